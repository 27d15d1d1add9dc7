"""The challenge set and the invented articles: what was reached stays reached, and the guide shows what is so."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.attribution.engine import extractor
from apps.attribution.evaluating import evaluate, extract_record, read_gold
from tests.attribution.stories.grading import report

HERE = Path(__file__).parent
CHALLENGE = HERE / "challenge" / "en.jsonl"
STORIES = HERE / "stories" / "tuning.jsonl"
GUIDE = HERE.parents[1] / "docs" / "attribution.md"
HEADER = "| phenomenon | passages | right as a whole | attributions | found | proposed |"


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return evaluate(read_gold(CHALLENGE), extractor("default"))


def test_the_default_finds_what_it_found_of_the_challenge_set(measured: dict[str, Any]) -> None:
    full = measured["measures"]["full.all"]

    assert full["precision"] >= 0.88
    assert full["f1"] >= 0.83


def test_rules_without_a_parse_find_less_than_with_one(measured: dict[str, Any]) -> None:
    plain = evaluate(read_gold(CHALLENGE), extractor("rules"))["measures"]["full.all"]

    assert 0.78 <= plain["f1"] < measured["measures"]["full.all"]["f1"]


def test_the_guide_shows_the_phenomena_as_they_are_weakest_first(measured: dict[str, Any]) -> None:
    columns = ("phenomenon", "documents", "whole", "gold", "found", "predicted")
    rows = ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in measured["phenomena"]]
    table = "\n".join([HEADER, "|---|---|---|---|---|---|", *rows])

    assert table in GUIDE.read_text(encoding="utf-8"), f"docs/attribution.md should have:\n{table}"


def test_most_of_what_the_invented_articles_say_is_found_with_what_goes_with_it() -> None:
    using = extractor("default")
    golds = [json.loads(line) for line in STORIES.read_text(encoding="utf-8").splitlines()]

    told = report(golds, {gold["doc_id"]: extract_record(using, gold) for gold in golds}, with_misses=False)

    assert told["found"] >= 0.83 * told["attributions"]
    assert told["unmatched"] <= 0.1 * told["predicted"]
    for name, least in (("kind", 0.76), ("figures", 0.8), ("antecedent", 0.75), ("channel", 0.8), ("answers", 0.5)):
        field = told["fields"][name]
        assert field["right"] >= least * field["wanted"], name
