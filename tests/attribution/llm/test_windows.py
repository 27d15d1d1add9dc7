"""Long texts are cut where a reader would cut them, and every word is owned by one piece."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.attribution.llm.windows import Window, windows
from apps.attribution.segmentation import Document

PARAGRAPH = "Orland said that the road was shut. Kessel denied it at once, and so did everybody else there."


def cut(text: str, size: int = 1_000) -> list[Window]:
    return windows(Document(text), size=size)


def test_a_short_text_is_one_window() -> None:
    assert cut(PARAGRAPH) == [Window(0, len(PARAGRAPH), 0, len(PARAGRAPH))]


def test_windows_end_between_paragraphs_and_begin_with_a_sentence() -> None:
    text = "\n\n".join([PARAGRAPH] * 60)
    found = cut(text)

    assert len(found) > 5
    for window in found[:-1]:
        assert text[: window.end].endswith("\n\n")
    for before, after in pairwise(found):
        assert 0 < before.end - after.start <= 125
        assert text[after.start :].startswith(("Orland said", "Kessel denied"))


def test_a_paragraph_longer_than_a_window_is_cut_between_sentences() -> None:
    text = " ".join([PARAGRAPH] * 60)

    for window in cut(text)[:-1]:
        assert text[: window.end].rstrip().endswith(".")
        assert text[window.end :].startswith(("Orland", "Kessel"))


def test_a_sentence_longer_than_a_window_is_cut_between_words() -> None:
    text = "and then " * 500

    for window in cut(text)[:-1]:
        assert text[window.end :].startswith(("and", "then"))


@pytest.mark.parametrize(
    "text", ["x" * 10_000, " " * 10_000, "\n" * 10_000, "。" * 10_000, "x" * 999 + "\n\n" + "y" * 9_000]
)
def test_what_has_no_border_is_cut_all_the_same(text: str) -> None:
    _check(text, cut(text), 1_000)


def _check(text: str, found: list[Window], size: int) -> None:
    assert found[0].start == found[0].owns_from == 0
    assert found[-1].end == found[-1].owns_to == len(text)
    for window in found:
        assert window.start <= window.owns_from <= window.owns_to <= window.end
        assert window.end - window.start <= size
    for before, after in pairwise(found):
        assert before.owns_to == after.owns_from
        assert before.start < after.start <= before.end < after.end
    assert len(found) <= 1 + len(text) / (size * 3 / 8 - 1)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab .\n“”é", max_size=600), st.integers(16, 200))
def test_the_windows_of_any_text_cover_it_and_share_their_cues_out(text: str, size: int) -> None:
    _check(text, cut(text, size), size)
