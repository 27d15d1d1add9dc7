"""What differs between two texts, paragraph by paragraph and word by word."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles import differing
from apps.articles.differing import ADDED, CHANGED, CUT, SAME, Change, Extent, Run, differences, extent
from tests.pace import bound

FIRST = "The ferry left at noon. Nobody was on board."
SECOND = "The harbour office said that it had closed the lower quay because of the ice."
THIRD = "Bread was sold out in all three villages above the mill."


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def rebuilt(changes: list[Change]) -> tuple[str, str]:
    """Both texts, from what is said to differ."""
    return (
        text(*(change.was for change in changes if change.kind != ADDED)),
        text(*(change.became for change in changes if change.kind != CUT)),
    )


def kinds(changes: list[Change]) -> list[str]:
    return [change.kind for change in changes]


def test_a_text_does_not_differ_from_itself() -> None:
    found = differences(text(FIRST, SECOND), text(FIRST, SECOND))
    assert kinds(found) == [SAME, SAME]
    assert extent(found).nothing


def test_a_paragraph_that_is_gone_is_cut_and_a_new_one_added() -> None:
    found = differences(text(FIRST, SECOND), text(FIRST, THIRD))
    assert kinds(found) == [SAME, CUT, ADDED]
    assert (found[1].before, found[1].after, found[2].before, found[2].after) == (2, None, None, 2)
    assert found[1].runs == (Run(CUT, SECOND),)


def test_words_that_changed_are_shown_within_their_paragraph() -> None:
    found = differences(FIRST, FIRST.replace("noon", "nine"))
    assert kinds(found) == [CHANGED]
    assert found[0].runs == (
        Run(SAME, "The ferry left at "),
        Run(CUT, "noon"),
        Run(ADDED, "nine"),
        Run(SAME, ". Nobody was on board."),
    )


def test_changes_that_only_a_space_parts_are_one() -> None:
    (found,) = differences("At least nine soldiers died there.", "At least ten sailors died there.")
    assert [run.words for run in found.runs] == ["At least ", "nine soldiers", "ten sailors", " died there."]


def test_a_paragraph_before_the_changed_one_is_added_before_it() -> None:
    found = differences(SECOND, text(THIRD, SECOND.replace("lower", "upper")))
    assert kinds(found) == [ADDED, CHANGED]


def test_how_much_differs_is_counted() -> None:
    found = differences(text(FIRST, SECOND), text(FIRST.replace("noon", "nine"), SECOND, THIRD))
    assert extent(found) == Extent(cut=0, added=1, changed=1, words_cut=1, words_added=len(THIRD.split()) + 1)


def test_an_empty_text_has_no_paragraphs() -> None:
    assert differences("", "") == []
    assert kinds(differences("", FIRST)) == [ADDED]
    assert kinds(differences(FIRST, "")) == [CUT]


PARTS = st.lists(
    st.sampled_from([FIRST, SECOND, THIRD, FIRST.replace("noon", "one"), "a", "a b", " ", "\n"]), max_size=8
)


@given(PARTS, PARTS)
def test_what_differs_turns_one_text_into_the_other(a: list[str], b: list[str]) -> None:
    before, after = text(*a), text(*b)
    assert rebuilt(differences(before, after)) == (before, after)


@given(st.text(alphabet="ab \n.é'", max_size=60), st.text(alphabet="ab \n.é'", max_size=60))
def test_so_it_does_for_any_text(before: str, after: str) -> None:
    assert rebuilt(differences(before, after)) == (before, after)


@given(PARTS, PARTS)
def test_and_for_texts_that_are_too_long_to_be_aligned_in_full(a: list[str], b: list[str]) -> None:
    before, after = text(*a), text(*b)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differing, "CELLS", 3)
        assert rebuilt(differences(before, after)) == (before, after)


@given(PARTS)
def test_paragraphs_are_numbered_as_they_stand(parts: list[str]) -> None:
    found = differences(text(*parts), text(*parts[::-1]))
    for numbers in ([c.before for c in found if c.before], [c.after for c in found if c.after]):
        assert numbers == list(range(1, len(numbers) + 1))


def long_text(paragraphs: int, words: int, *, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(f"w{chance.randrange(3000)}" for _ in range(words)) for _ in range(paragraphs)]


@pytest.mark.untraced
@pytest.mark.parametrize(("paragraphs", "words"), [(2000, 90), (1, 180_000), (60_000, 2)])
def test_a_megabyte_is_compared_in_seconds(paragraphs: int, words: int) -> None:
    parts = long_text(paragraphs, words)
    changed = list(parts)
    for place in range(0, len(parts), 7):
        changed[place] = " ".join(["new", *parts[place].split()[1:-1], "end"])
    before, after = text(*parts), text(*changed)
    assert len(before) > 500_000
    began = time.process_time()
    found = differences(before, after)
    assert time.process_time() - began < bound(6)
    assert rebuilt(found) == (before, after)
    assert extent(found).words_added <= 2 * len(parts)


@pytest.mark.untraced
@pytest.mark.parametrize("pair", [("ab ", "ba "), ("a\n\n", "b\n\na\n\n"), ("x", "xy")])
def test_texts_made_to_be_slow_are_not(pair: tuple[str, str]) -> None:
    before, after = (part * (600_000 // len(part)) for part in pair)
    began = time.process_time()
    found = differences(before, after)
    assert time.process_time() - began < bound(6)
    assert rebuilt(found) == (before, after)
