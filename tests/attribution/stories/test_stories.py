"""The stories are what their source builds, and hold what they were written to hold."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from apps.attribution.records import read_records
from tests.attribution.challenge.building import BadPassage, lines
from tests.attribution.stories.building import BUILT, BadStory, build, story_from


@pytest.fixture(scope="module")
def stories() -> list[dict[str, Any]]:
    return list(read_records(BUILT))


def a_story(**attribution: Any) -> dict[str, Any]:
    """Two paragraphs, and one attribution in the second of them."""
    return {
        "id": "one",
        "newsroom": "wire",
        "published": date(2024, 5, 8),
        "text": "The navy denied it.\n\nIt denied it twice, and it left.",
        "sources": [{"id": "navy", "name": "Navy of Orland", "aliases": [{"form": "short", "name": "the navy"}]}],
        "attributions": [{"at": 2, "source": "It", "cue": "denied", "content": "it #1", **attribution}],
    }


def test_the_committed_lines_are_what_the_source_builds() -> None:
    assert BUILT.read_text(encoding="utf-8") == lines(build()), "Run python -m tests.attribution.stories.building."


def test_every_story_is_long_enough_and_full_of_attributions(stories: list[dict[str, Any]]) -> None:
    assert len(stories) == 5
    for story in stories:
        assert 300 <= len(story["text"].split()) <= 600, story["doc_id"]
        assert len(story["attributions"]) >= 12, story["doc_id"]


def test_every_story_has_denials_that_answer_appeals_figures_and_a_refusal(stories: list[dict[str, Any]]) -> None:
    for story in stories:
        attributions = story["attributions"]
        kinds = Counter(each["kind"] for each in attributions)
        assert sum(1 for each in attributions if each["kind"] == "denial" and each.get("answers")) >= 2, story["doc_id"]
        assert {"accusation", "appeal", "no_comment"} <= kinds.keys(), story["doc_id"]
        assert sum(len(each["figures"]) for each in attributions) >= 3, story["doc_id"]
        assert any(each.get("antecedent") for each in attributions), story["doc_id"]


def test_every_span_is_whole_words_inside_its_text(stories: list[dict[str, Any]]) -> None:
    for story in stories:
        text = story["text"]
        for each in story["attributions"]:
            for start, end in each["source"] + each["cue"] + each["content"]:
                assert 0 <= start < end <= len(text), story["doc_id"]
                assert text[start:end] == text[start:end].strip(), story["doc_id"]


def test_what_is_relayed_stands_inside_the_content_of_its_relayer(stories: list[dict[str, Any]]) -> None:
    for story in stories:
        for each in story["attributions"]:
            if each["relayed_by"] is not None:
                outer = story["attributions"][each["relayed_by"]]["content"]
                begin, end = outer[0][0], outer[-1][1]
                assert all(begin <= span[0] and span[1] <= end for span in each["cue"] + each["content"])


def test_words_are_looked_up_in_their_own_paragraph() -> None:
    (built,) = story_from(a_story())["attributions"]
    assert (built["source"], built["cue"], built["content"]) == ([[21, 23]], [[24, 30]], [[31, 33]])


def test_an_antecedent_may_stand_in_an_earlier_paragraph() -> None:
    (built,) = story_from(a_story(antecedent="1: The navy"))["attributions"]
    assert built["antecedent"] == {"surface": "The navy", "span": [0, 8], "others": []}


def test_words_of_another_paragraph_are_not_found() -> None:
    with pytest.raises(BadPassage, match="one, paragraph 2: “The navy” is not in the text"):
        story_from(a_story(source="The navy"))


def test_words_that_stand_twice_in_the_paragraph_are_refused_unless_numbered() -> None:
    with pytest.raises(BadPassage, match="one, paragraph 2: “it” stands 2 times"):
        story_from(a_story(content="it"))


@pytest.mark.parametrize(
    ("attribution", "complaint"),
    [
        ({"at": 3}, "there is no paragraph 3"),
        ({"actor": "army"}, "no source is called “army”"),
        ({"answers": [0]}, r"it points to \[0\]"),
        ({"relayed_by": 1}, r"it points to \[1\]"),
        ({"chanel": "x"}, "chanel means nothing here"),
        ({"kind": "rumour"}, "“rumour” is none of"),
        ({"unjudged": ["kind"]}, "kind cannot be left unjudged"),
        ({"said": {"precision": "day"}}, "a day is wanted"),
        ({"figures": [{"measure": "killed", "low": 1, "high": 2}]}, "a range, and only a range"),
        ({"content": ""}, "without content"),
    ],
)
def test_what_cannot_be_meant_is_refused(attribution: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadStory, match=complaint):
        story_from(a_story(**attribution))


def test_what_is_left_unjudged_has_no_key_and_what_is_not_written_is_none() -> None:
    (built,) = story_from(a_story(unjudged=["said"]))["attributions"]
    assert "said" not in built
    assert built["channel"] is None


def test_a_source_nobody_is_named_for_is_never_certain() -> None:
    nobody, navy = (story_from(a_story(**actor))["attributions"][0] for actor in ({}, {"actor": "navy"}))
    assert (nobody["actor"], nobody["certain"]) == (None, False)
    assert (navy["actor"], navy["certain"]) == ("navy", True)
