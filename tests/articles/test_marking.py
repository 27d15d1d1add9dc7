"""Marks over a text: every word once, and what is written always nests."""

import time

from hypothesis import given
from hypothesis import strategies as st

from apps.articles.marking import Mark, mark

TEXT = "Alpha beta gamma.\n\nDelta 🙂 epsilon\nzeta.\n\nEta."


def written(text: str, *marks: Mark[str]) -> list[str]:
    """Each paragraph as a page would write it."""
    return [
        "".join(
            "".join(f"<{m}>" for m in run.opens) + run.words + "".join(f"</{m}>" for m in run.closes)
            for run in paragraph.runs
        )
        for paragraph in mark(text, marks)
    ]


def test_the_longer_of_two_marks_lies_outside() -> None:
    assert written("a b c", Mark(2, 3, "in"), Mark(0, 5, "out")) == ["<out>a <in>b</in> c</out>"]


def test_marks_that_overlap_are_closed_and_opened_again() -> None:
    assert written("a b c", Mark(0, 3, "x"), Mark(2, 5, "y")) == ["<x>a <y>b</y></x><y> c</y>"]


def test_a_mark_over_a_paragraphs_end_is_cut_there() -> None:
    assert written("a b\n\nc d", Mark(2, 6, "x")) == ["a <x>b</x>", "<x>c</x> d"]


def test_what_lies_outside_the_text_is_left_out() -> None:
    assert written("a b", Mark(9, 12, "x"), Mark(1, 1, "y")) == ["a b"]


def test_thousands_of_marks_in_one_paragraph_take_no_longer_than_they_must() -> None:
    def seconds(count: int) -> float:
        began = time.perf_counter()
        mark("word " * count, [Mark(5 * n, 5 * n + 4, n) for n in range(count)])
        return time.perf_counter() - began

    few, many = (min(seconds(count) for _try in range(3)) for count in (1_000, 10_000))
    assert many < 40 * few  # a hundred times as long, if every mark were held against every other


spans = st.tuples(st.integers(0, len(TEXT) + 3), st.integers(0, len(TEXT) + 3))


@given(st.lists(spans, max_size=6))
def test_whatever_is_marked_every_word_is_written_once_and_the_marks_nest(places: list[tuple[int, int]]) -> None:
    marks = [Mark(begins, ends, number) for number, (begins, ends) in enumerate(places)]
    for paragraph in mark(TEXT, marks):
        words = "".join(run.words for run in paragraph.runs)
        assert TEXT[paragraph.begins : paragraph.begins + len(words)] == words
        at = paragraph.begins
        held: list[int] = []
        for run in paragraph.runs:
            held += run.opens
            assert tuple(held) == run.under
            over = {n for n, (b, e) in enumerate(places) if b < e and b <= at and e >= at + len(run.words)}
            assert set(run.under) == over
            for closed in run.closes:
                assert held.pop() == closed
            at += len(run.words)
        assert held == []
