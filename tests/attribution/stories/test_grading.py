"""Grading, on an article of two attributions and on the stories themselves."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from apps.attribution.records import read_records
from tests.attribution.stories.building import BUILT
from tests.attribution.stories.grading import FIELDS, Grades, grade, misses, report, totals

TEXT = (
    "Kessel accused Orland of killing 12 sailors. "
    "The Orland navy, which lost a ship, denied on Telegram on Monday that it had fired, "
    "but colonel Ivo Rand, head of its staff, would not say more."
)


def at(words: str) -> list[int]:
    start = TEXT.index(words)
    return [start, start + len(words)]


def attributed(source: str, cue: str, content: str, **more: Any) -> dict[str, Any]:
    spans = {"source": [at(source)], "cue": [at(cue)], "content": [at(content)]}
    plain: dict[str, Any] = {
        "kind": "assertion",
        "quotation": "indirect",
        "figures": [],
        "relayed_by": None,
        "answers": [],
    }
    return spans | plain | {"target": None, "antecedent": None, "said": None, "channel": None} | more


TWELVE = {
    "measure": "killed",
    "low": 12,
    "high": None,
    "comparator": "exactly",
    "of_whom": "sailors",
    "counting": "unstated",
}
ARTICLE: dict[str, Any] = {
    "doc_id": "one",
    "text": TEXT,
    "attributions": [
        attributed(
            "Kessel",
            "accused",
            "Orland of killing 12 sailors",
            kind="accusation",
            target=at("Orland"),
            figures=[TWELVE],
        ),
        attributed(
            "The Orland navy, which lost a ship",
            "denied",
            "that it had fired",
            kind="denial",
            answers=[0],
            said={"on": "2024-05-06", "precision": "day"},
            channel="telegram",
            relayed_by=0,
            antecedent={"surface": "Orland", "span": at("Orland"), "others": [at("Kessel")]},
        ),
    ],
}


def perfect(article: dict[str, Any] = ARTICLE) -> list[dict[str, Any]]:
    return deepcopy(article["attributions"])


def predicting(place: int, **wrong: Any) -> Grades:
    predicted = perfect()
    predicted[place] |= wrong
    return grade(ARTICLE, predicted)


def wrong_fields(grades: Grades) -> set[tuple[int, str]]:
    return {
        (verdict.index, field)
        for verdict in grades.verdicts
        for field, right in verdict.right.items()
        if right is False
    }


def test_the_gold_itself_has_everything_right() -> None:
    assert wrong_fields(grade(ARTICLE, perfect())) == set()
    for story in read_records(BUILT):
        assert wrong_fields(grade(story, perfect(story))) == set(), story["doc_id"]
        assert misses(story, perfect(story), grade(story, perfect(story))) == []


def test_the_gold_of_all_stories_is_found_whole() -> None:
    stories = list(read_records(BUILT))
    counted = totals((story, grade(story, perfect(story))) for story in stories)
    assert counted["found"] == counted["attributions"] == counted["predicted"]
    assert all(field["right"] == field["wanted"] and not field["invented"] for field in counted["fields"].values())
    assert all(link["wanted"] == link["predicted"] == link["right"] > 0 for link in counted["links"].values())


def test_nothing_found_has_nothing_right() -> None:
    grades = grade(ARTICLE, [])
    assert wrong_fields(grades) == {(index, field) for index in (0, 1) for field in FIELDS}
    assert [miss["missed"] for miss in misses(ARTICLE, [], grades)] == ["found", "found"]
    counted = totals([(ARTICLE, grades)])
    assert (counted["found"], counted["fields"]["channel"]) == (0, {"wanted": 1, "right": 0, "invented": 0})
    assert counted["kinds"]["denial"] == {"wanted": 1, "found": 0, "right": 0}


@pytest.mark.parametrize(
    ("place", "wrong", "fields"),
    [
        (0, {"kind": "assertion"}, {"kind"}),
        (0, {"quotation": "mixed"}, {"quotation"}),
        (0, {"target": at("Kessel")}, {"target"}),
        (0, {"target": None}, {"target"}),
        (0, {"figures": []}, {"figures", "figure_details"}),
        (0, {"figures": [TWELVE | {"low": 13}]}, {"figures", "figure_details"}),
        (0, {"figures": [TWELVE | {"counting": "new"}]}, {"figure_details"}),
        (0, {"figures": [TWELVE, TWELVE | {"measure": "wounded"}]}, {"figures", "figure_details"}),
        (0, {"channel": "x"}, {"channel"}),
        (1, {"answers": []}, {"answers"}),
        (1, {"answers": [0, 7]}, {"answers"}),
        (1, {"relayed_by": None}, {"relayed_by"}),
        (1, {"antecedent": {"span": at("staff")}}, {"antecedent"}),
        (1, {"said": {"on": "2024-05-06", "precision": "part_of_day"}}, {"said"}),
        (1, {"said": None}, {"said"}),
        (1, {"channel": None}, {"channel"}),
    ],
)
def test_one_wrong_field_is_wrong_and_no_other(place: int, wrong: dict[str, Any], fields: set[str]) -> None:
    assert wrong_fields(predicting(place, **wrong)) == {(place, field) for field in fields}


@pytest.mark.parametrize(
    ("place", "as_good"),
    [
        (0, {"figures": [TWELVE, TWELVE | {"measure": "other", "low": 1, "of_whom": "ship"}]}),
        (0, {"said": {"on": None, "precision": "unknown"}}),
        (1, {"answers": [{"index": 0, "reason": "it is the only accusation", "confidence": 0.5}]}),
        (1, {"antecedent": {"span": at("Kessel")}}),
        (1, {"source": [at("Orland navy")]}),
        (1, {"content": [at("it had fired")]}),
    ],
)
def test_what_is_as_good_is_right(place: int, as_good: dict[str, Any]) -> None:
    assert wrong_fields(predicting(place, **as_good)) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": [at("Kessel")]},
        {"source": [at("which lost a ship")]},
        {"source": []},
        {"content": [at("fired")]},
    ],
)
def test_another_source_or_less_than_half_of_the_content_finds_nothing(wrong: dict[str, Any]) -> None:
    assert [verdict.found_as for verdict in predicting(1, **wrong).verdicts] == [0, None]


def test_a_name_after_its_role_is_enough_of_a_source() -> None:
    gold = attributed("colonel Ivo Rand, head of its staff", "would not say", "more")
    article = ARTICLE | {"attributions": [gold]}
    for source, found_as in (("Ivo Rand", 0), ("head of its staff", 0), ("its staff", None)):
        assert grade(article, [gold | {"source": [at(source)]}]).verdicts[0].found_as == found_as


def test_a_source_that_opens_with_a_relative_has_its_last_word_for_a_head() -> None:
    gold = attributed("which lost a ship", "would not say", "more")
    article = ARTICLE | {"attributions": [gold]}
    for source, found_as in (("a ship", 0), ("which", None)):
        assert grade(article, [gold | {"source": [at(source)]}]).verdicts[0].found_as == found_as


def test_places_are_compared_through_what_they_found() -> None:
    first, second = perfect()
    noise = attributed("colonel Ivo Rand", "would not say", "more")
    grades = grade(ARTICLE, [noise, first, second | {"answers": [1], "relayed_by": 1}])
    assert wrong_fields(grades) == set()
    assert totals([(ARTICLE, grades)])["unmatched"] == 1


def test_a_prediction_finds_one_attribution_at_most() -> None:
    twice = ARTICLE | {"attributions": [perfect()[0], perfect()[0]]}
    assert [verdict.found_as for verdict in grade(twice, perfect()[:1]).verdicts] == [0, None]


def test_what_the_gold_leaves_out_is_not_judged() -> None:
    gold = perfect()
    del gold[1]["channel"]
    grades = grade(ARTICLE | {"attributions": gold}, [perfect()[0], perfect()[1] | {"channel": "x"}])
    assert wrong_fields(grades) == set()
    assert grades.verdicts[1].right["channel"] is None


def test_what_was_invented_is_counted_apart_from_what_is_wrong() -> None:
    counted = totals([(ARTICLE, predicting(0, channel="x"))])
    assert counted["fields"]["channel"] == {"wanted": 1, "right": 1, "invented": 1}


def test_a_denial_taken_for_an_assertion_is_found_and_of_the_wrong_kind() -> None:
    counted = totals([(ARTICLE, predicting(1, kind="assertion"))])
    assert counted["kinds"] == {
        "accusation": {"wanted": 1, "found": 1, "right": 1},
        "denial": {"wanted": 1, "found": 1, "right": 0},
    }
    assert not any(isinstance(count, bool) for kind in counted["kinds"].values() for count in kind.values())


def test_an_article_nothing_was_predicted_for_is_an_error() -> None:
    with pytest.raises(KeyError):
        report([ARTICLE], {}, with_misses=False)
    assert report([ARTICLE], {"one": []}, with_misses=True)["misses"][0]["missed"] == "found"
