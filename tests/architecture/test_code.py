"""Habits that a reader can rely on, kept by reading the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, modules, name, tree

MOST_LINES = 400
INTERFACES = ("apps/web", "apps/api", "apps/pipeline")
WRITES = re.compile(r"(?:^|\.)(?:save|bulk_create|bulk_update|get_or_create|update_or_create|objects\.create)$")
RECORDS_FACTS = re.compile(
    r"(?:^|\.)(?:record_source|record_alias|record_statement|attribute|record_claim|take_position|record_counter"
    r"|record_figures|end_source|end_alias|end_claim|end_counter|end_statement|end_attribution|end_what_rests_on)$"
)
DOMAIN = (
    "accounts", "articles", "attribution", "claims", "core", "crosscheck", "dossiers", "extractors", "graph", "ledger",
    "review", "sources", "statements",
)  # fmt: skip


def test_no_module_is_longer_than_400_lines() -> None:
    long = {name(p): n for p in modules("apps", "config", "ops", "demo", "tests") if (n := _lines(p)) > MOST_LINES}
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_interfaces_write_only_through_services() -> None:
    found = [f"{name(p)}:{line} {call}" for p in modules(*INTERFACES) for call, line in calls(p) if WRITES.search(call)]
    assert not [entry for entry in found if "form.save" not in entry]


def test_facts_are_recorded_by_review_alone() -> None:
    homes = (
        "apps/review/services/",
        "apps/sources/services.py",
        "apps/statements/services.py",
        "apps/claims/services.py",
    )
    found = [
        f"{name(p)}:{line} {call}"
        for p in modules("apps")
        if not name(p).startswith(homes)
        for call, line in calls(p)
        if RECORDS_FACTS.search(call)
    ]
    assert not found


def test_imports_stand_at_the_top_of_their_module() -> None:
    found = []
    for path in modules("apps", "config"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{name(path)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom) and not _awaits_models(path)
                ]
    assert not found


def _awaits_models(path: Path) -> bool:
    # AppConfig.ready is where Django wants what needs models to be imported.
    return path.name == "apps.py"


@pytest.mark.parametrize("app", DOMAIN)
def test_domain_apps_know_no_interface_library(app: str) -> None:
    banned = ("celery", "rest_framework", "django_htmx", "drf_spectacular")
    found = []
    for path in modules(f"apps/{app}"):
        for node in ast.walk(tree(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [f"{name(path)}: {n}" for n in names if n.split(".")[0] in banned]
    assert not found


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE
)


def test_no_template_has_inline_style_or_script() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (match := INLINE.search(path.read_text(encoding="utf-8")))
    ]
    assert not found


def test_every_word_of_a_template_outside_tags_is_translatable() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{% (blocktranslate|comment).*?%\}.*?\{% end\1 %\}", "", text, flags=re.DOTALL)
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", "", text, flags=re.DOTALL)
        text = re.sub(r"<(script|style|code)\b.*?</\1>", "", text, flags=re.DOTALL | re.IGNORECASE)
        bare = re.findall(r">([^<>]+)<", text)
        words = [w.strip() for w in bare if re.search(r"[A-Za-z]{3,}", re.sub("Counterclaim|SHA-256", "", w))]
        found += [f"{path.relative_to(ROOT)}: {w!r}" for w in words]
    assert not found
