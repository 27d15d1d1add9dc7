"""The challenge set is what its source builds, and big and broad enough to be worth a score."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from apps.attribution.records import read_records
from tests.attribution.challenge.building import BUILT, BadPassage, Words, build, lines

QUOTATION_MARKS = ("“", "”", "«", "»", "„", '"', "‘", "’", "'", "‹", "›", "``")


@pytest.fixture(scope="module")
def passages() -> list[dict[str, Any]]:
    return list(read_records(BUILT))


def a_folder_with(folder: Path, text: str, attribution: str) -> Path:
    (folder / "some.toml").write_text(
        f"[[inverted]]\nid = \"one\"\ntext = '''{text}'''\nattributions = [{attribution}]\n", encoding="utf-8"
    )
    return folder


def test_the_committed_lines_are_what_the_source_builds() -> None:
    assert BUILT.read_text(encoding="utf-8") == lines(build()), "Run python -m tests.attribution.challenge.building."


def test_there_are_passages_enough(passages: list[dict[str, Any]]) -> None:
    assert len(passages) >= 120


def test_every_phenomenon_has_three_passages_or_more(passages: list[dict[str, Any]]) -> None:
    counted = Counter(passage["phenomenon"] for passage in passages)
    assert {phenomenon: count for phenomenon, count in counted.items() if count < 3} == {}
    assert len(counted) >= 30


def test_no_two_passages_share_an_id_or_a_text(passages: list[dict[str, Any]]) -> None:
    for key in ("doc_id", "text"):
        assert [value for value, count in Counter(passage[key] for passage in passages).items() if count > 1] == []


def test_every_span_is_whole_words_inside_its_text(passages: list[dict[str, Any]]) -> None:
    for passage in passages:
        text = passage["text"]
        for attribution in passage["attributions"]:
            for start, end in attribution["source"] + attribution["cue"] + attribution["content"]:
                assert 0 <= start < end <= len(text), passage["doc_id"]
                assert text[start:end] == text[start:end].strip(), passage["doc_id"]


def test_what_is_called_direct_stands_in_quotation_marks_and_what_is_called_indirect_does_not(
    passages: list[dict[str, Any]],
) -> None:
    for passage in passages:
        for attribution in passage["attributions"]:
            contents = [passage["text"][start:end] for start, end in attribution["content"]]
            if attribution["quotation"] == "direct":
                assert contents[0].startswith(QUOTATION_MARKS) or contents[-1].endswith(QUOTATION_MARKS), (
                    passage["doc_id"],
                    contents,
                )
            if attribution["quotation"] == "indirect":
                assert not any(mark in content for mark in '“”«»„"' for content in contents), (
                    passage["doc_id"],
                    contents,
                )


def lies_within(span: list[int], outer: list[list[int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in outer)


def test_what_is_relayed_stands_inside_the_content_of_its_relayer(passages: list[dict[str, Any]]) -> None:
    for passage in passages:
        for attribution in passage["attributions"]:
            if attribution["relayed_by"] is not None:
                outer = passage["attributions"][attribution["relayed_by"]]["content"]
                spans = attribution["source"] + attribution["cue"] + attribution["content"]
                assert all(lies_within(span, outer) for span in spans), passage["doc_id"]


def test_the_accused_stand_inside_the_content(passages: list[dict[str, Any]]) -> None:
    for passage in passages:
        for attribution in passage["attributions"]:
            if attribution["kind"] == "accusation" and attribution.get("target"):
                assert lies_within(attribution["target"], attribution["content"]), passage["doc_id"]


def test_an_answer_comes_after_what_it_answers(passages: list[dict[str, Any]]) -> None:
    for passage in passages:
        for index, attribution in enumerate(passage["attributions"]):
            assert all(answered < index for answered in attribution.get("answers", [])), passage["doc_id"]


def test_words_that_are_not_in_the_text_are_refused_with_the_passage(tmp_path: Path) -> None:
    folder = a_folder_with(tmp_path, "Kessel denied it.", '{ source = "Orland", cue = "denied", content = "it" }')
    with pytest.raises(BadPassage, match="one: “Orland” is not in the text"):
        build(folder)


def test_words_that_stand_there_twice_are_refused_unless_numbered(tmp_path: Path) -> None:
    folder = a_folder_with(tmp_path, "He said he said it.", '{ source = "He", cue = "said", content = "it" }')
    with pytest.raises(BadPassage, match="one: “said” stands 2 times"):
        build(folder)
    assert Words(passage="one", text="He said he said it.").span("said #2") == [11, 15]


def test_an_ellipsis_stands_for_all_words_between() -> None:
    words = Words(passage="one", text="He said that the bridge had gone.")
    assert words.span("that … gone") == [8, 32]


def test_words_are_counted_as_whole_words() -> None:
    assert Words(passage="one", text="Without it").span("it") == [8, 10]


def test_an_attribution_that_points_nowhere_is_refused(tmp_path: Path) -> None:
    folder = a_folder_with(
        tmp_path, "Kessel denied it.", '{ source = "Kessel", cue = "denied", content = "it", answers = [1] }'
    )
    with pytest.raises(BadPassage, match="one: attribution 0 points to 1"):
        build(folder)
