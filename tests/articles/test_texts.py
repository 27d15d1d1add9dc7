"""The text of a rendition, before it is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles import texts

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("a\r\x00\nb", "a\nb"),
        ("\ufeffa\ufeffb", "a\ufeffb"),
        ("a \t\u00a0\nb", "a\nb"),
        ("a\n \n\t\n\n\nb", "a\n\nb"),
        ("\n\n  a\n\n", "a"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "\U0001f600"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_line_ends_and_controls_are_made_one(raw: str, normalised: str) -> None:
    assert texts.normalise(raw) == normalised


def test_words_keep_their_code_points() -> None:
    as_printed = "Ste\u0301pan said \u201cno\u201d\u00a0\u2014 \ufb01re, \u0540\u0561\u0575, \u200fab"
    assert texts.normalise(as_printed) == as_printed


@given(ANY_TEXT)
def test_a_normalised_text_can_always_be_stored_and_stays_as_it_is(raw: str) -> None:
    text = texts.normalise(raw)
    assert "\x00" not in text.encode("utf-8").decode("utf-8")
    assert "\n\n\n" not in text
    assert texts.normalise(text) == text


@given(ANY_TEXT)
def test_paragraphs_hold_every_word_and_no_blank_line(raw: str) -> None:
    text = texts.normalise(raw)
    found = texts.paragraphs(text)
    assert [paragraph.number for paragraph in found] == list(range(1, len(found) + 1))
    assert "\n\n".join(text[paragraph.start : paragraph.end] for paragraph in found) == text


def test_lines_of_one_paragraph_stay_together() -> None:
    found = texts.paragraphs("Head\n\none\ntwo\n\nthree")
    assert [(paragraph.number, paragraph.start, paragraph.end) for paragraph in found] == [
        (1, 0, 4),
        (2, 6, 13),
        (3, 15, 20),
    ]


def test_a_long_run_of_blanks_takes_no_time() -> None:
    assert texts.normalise(" " * 2_000_000 + "x" + " \n" * 1_000_000) == "x"
