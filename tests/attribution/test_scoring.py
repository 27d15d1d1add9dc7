"""The scorer's definitions, each on a text small enough to count by hand."""

import pytest

from apps.attribution.scoring import Measure, TokenizedText, score

TEXT = 'Orland said on Monday that "two men" fled. "We did not fire," he added. Velland denied it.'
Spans = list[list[int]]
Record = dict[str, Spans]


def _at(words: str) -> list[int]:
    start = TEXT.index(words)
    return [start, start + len(words)]


GOLD: list[Record] = [
    {"source": [_at("Orland")], "cue": [_at("said")], "content": [_at('that "two men" fled')]},
    {"source": [_at("he")], "cue": [_at("added")], "content": [_at('"We did not fire,"')]},
    {"source": [_at("Velland")], "cue": [_at("denied")], "content": [_at("it.")]},
]


def _score(predicted: list[Record], gold: list[Record] | None = None) -> dict[str, Measure]:
    return score([(TEXT, GOLD if gold is None else gold, predicted)])


def test_the_gold_standard_scores_one_on_every_measure() -> None:
    assert {measure.f1 for measure in _score(GOLD).values()} == {1.0}


def test_nothing_scores_nothing() -> None:
    assert {measure.f1 for measure in _score([]).values()} == {0.0}
    assert {measure.f1 for measure in _score([], gold=[]).values()} == {0.0}


def test_a_short_content_is_partial_and_still_whole_at_one_half() -> None:
    found = _score([{**GOLD[0], "content": [_at('"two men" fled')]}, *GOLD[1:]])

    assert found["content.exact"].f1 == pytest.approx(2 / 3)
    assert found["content.partial"].precision == pytest.approx(1)
    assert found["content.partial"].recall == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert found["full.all"].f1 == pytest.approx(1)
    assert found["full.8.all"].f1 == pytest.approx(2 / 3)


def test_the_wrong_source_fails_the_whole_but_not_its_content() -> None:
    found = _score([{**GOLD[0], "source": [_at("Velland")]}, *GOLD[1:]])

    assert found["full.all"].f1 == pytest.approx(2 / 3)
    assert found["content.5.all"].f1 == pytest.approx(1)


def test_a_missing_source_is_right_only_where_none_is_wanted() -> None:
    without = [{**GOLD[0], "source": []}, *GOLD[1:]]

    assert _score(without)["full.all"].f1 == pytest.approx(2 / 3)
    assert _score(without, gold=without)["full.all"].f1 == pytest.approx(1)


def test_another_cue_fails_only_the_measure_that_asks_for_it() -> None:
    found = _score([{**GOLD[0], "cue": [_at("Monday")]}, {**GOLD[1], "cue": []}, GOLD[2]])

    assert found["full.all"].f1 == pytest.approx(1)
    assert found["full+cue.all"].f1 == pytest.approx(1 / 3)


def test_a_spurious_prediction_costs_precision() -> None:
    found = _score([*GOLD, {**GOLD[2], "content": [_at("Monday")]}])

    assert found["full.all"].precision == pytest.approx(3 / 4)
    assert found["full.all"].recall == pytest.approx(1)


def test_marks_at_the_edges_do_not_count() -> None:
    found = _score([GOLD[0], {**GOLD[1], "content": [_at("We did not fire")]}, GOLD[2]])

    assert found["content.exact"].f1 == pytest.approx(1)


def test_contents_are_told_apart_by_their_quotation() -> None:
    found = _score([GOLD[1]])

    assert found["full.direct"] == Measure(1, 1, 1)
    assert found["full.mixed"].recall == 0
    assert found["full.indirect"].recall == 0


@pytest.mark.parametrize(
    ("source", "head"),
    [
        ("a spokesman for Orland", "spokesman"),
        ("Orland’s defence ministry spokesperson Anna Holt", "Holt"),
        ("“We, the people", "We"),
        ("of", "of"),
        ("...", None),
    ],
)
def test_the_head_of_a_source_stands_before_its_complements(source: str, head: str | None) -> None:
    text = TokenizedText(source)
    found = text.head([[0, len(source)]])

    assert (text.tokens[found] if found is not None else None) == head
