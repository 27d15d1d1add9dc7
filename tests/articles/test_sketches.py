"""Copies of one text, and texts that are none. The strait and everyone at it are invented."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles import sketches
from tests.pace import bound

WIRE = """
The harbour office of Port Elin denied on Monday that it had closed the strait to ships of the northern coast. No ship
was turned away at any hour of the day, the office's spokeswoman Ann Maar said in a bulletin that went to every captain.

Captains of two ferries said that patrol boats had told them to turn back an hour before that bulletin was sent. One of
them, Bo Rikk, said his crew had counted three grey boats without numbers near the lighthouse. The coast guard of the
northern district, which owns boats of that colour, declined to comment.

The strait has been in dispute since the two coasts ended their treaty in spring. The northern council says it may be
used by anyone who pays the old toll, while the southern council says that the toll lapsed with the treaty and calls
every demand for it piracy. At least four fishermen have been held for not paying since then, according to the union of
the southern ports, and one of them is still in custody in Lower Vay. The northern council puts the number at two and
says that both were let go within a day.

Talks between the councils are to go on next week on the island of Sorm, whose mayor has offered the town hall. An
earlier round broke off after eleven minutes, when the delegations could not agree which of them should sit down first.
Traders in both ports say that flour has become a third dearer since, and that nobody there counts on the talks.
"""
RIVAL = """
Grain prices rose again in both ports on Monday after ferries turned back in the strait. "No ship was turned away at any
hour of the day," spokeswoman Ann Maar said in a bulletin, but dockers who waited for the morning boat in vain told this
newspaper another story. They had seen it come within sight of the pier, slow down beside a grey vessel and leave.

The union of the southern ports wants the toll put before a judge. Its secretary, Lena Dov, called the treaty's end a
mistake that both coasts would pay for, and asked the mayor of Sorm to invite the ports as well as the councils. Nobody
in the north answered her letter by Monday night. Flour was sold at nine crowns, two more than in March, and the bakers'
guild expects ten by summer. Some villages have gone back to barley.
"""
WORDS = (WIRE + RIVAL).split()


def edited(text: str, share: float, *, seed: int) -> str:
    """``text`` with this share of its words exchanged, left out or added to."""
    chance = random.Random(seed)
    words: list[str] = []
    for word in text.split():
        if chance.random() >= share:
            words.append(word)
            continue
        change = chance.randrange(3)
        if change == 0:
            words.append(chance.choice(WORDS))
        elif change == 1:
            words += [word, chance.choice(WORDS)]
    return " ".join(words)


def shared(a: str, b: str) -> int:
    return len(set(sketches.sketch(a)) & set(sketches.sketch(b)))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("seed", range(20))
def test_an_edited_copy_is_found_and_known(share: float, seed: int) -> None:
    copy = edited(WIRE, share, seed=seed)
    assert shared(copy, WIRE) >= sketches.FEWEST_SHARED
    assert sketches.is_copy(copy, WIRE)
    assert sketches.is_copy(WIRE, copy)


@pytest.mark.parametrize("paragraph", range(4))
def test_one_paragraph_of_a_wire_is_a_copy_of_it(paragraph: int) -> None:
    part = WIRE.strip().split("\n\n")[paragraph]
    assert shared(part, WIRE) >= sketches.FEWEST_SHARED
    assert sketches.is_copy(part, WIRE)
    assert sketches.containment(part, WIRE) == 1.0
    assert sketches.containment(WIRE, part) < 0.5


def test_a_wire_within_a_longer_article_is_a_copy() -> None:
    assert sketches.is_copy(RIVAL + WIRE, WIRE)


def test_two_reports_of_one_event_that_quote_the_same_words_are_no_copies() -> None:
    likeness = sketches.same_text(WIRE, RIVAL)
    assert likeness.contained_b_in_a > 0.05
    assert not sketches.is_copy(WIRE, RIVAL)


def test_print_makes_no_difference() -> None:
    plain = "The office's spokeswoman said no ship was turned away."
    printed = "THE OFFICE’S spokeswoman said: “No ship was\u00a0turned away!”"
    assert sketches.sketch(plain) == sketches.sketch(printed)
    assert sketches.is_copy(plain, printed)


def test_a_short_text_is_no_copy_by_chance() -> None:
    short = "The strait was open on Monday and no ship was turned away, said the office of the port in a letter."
    assert not sketches.is_copy(short, WIRE)


def test_nothing_is_a_copy_of_nothing() -> None:
    assert sketches.sketch(" ... ") == []
    assert not sketches.is_copy("", "")
    assert not sketches.is_copy("", WIRE)
    assert sketches.same_text("", "") == sketches.Likeness(0.0, 0.0, 0.0, 0.0)
    assert sketches.containment("", WIRE) == 0.0


def test_a_sketch_stays_the_same_for_good() -> None:
    """It is stored: another value for the same text would hide every copy that is held already."""
    assert sketches.sketch("No ship was turned away.") == [-1450737898, -1208838658, 726412490]


@given(st.text(max_size=300), st.text(max_size=300))
def test_measures_are_shares_and_hashes_fit_their_column(a: str, b: str) -> None:
    hashes = sketches.sketch(a)
    assert hashes == sorted(set(hashes))
    assert len(hashes) <= sketches.SIZE
    assert all(-(2**31) <= value < 2**31 for value in hashes)
    likeness = sketches.same_text(a, b)
    for share in (likeness.resemblance, likeness.contained_a_in_b, likeness.contained_b_in_a, likeness.aligned):
        assert 0.0 <= share <= 1.0
    assert sketches.is_copy(a, b) == sketches.is_copy(b, a)


@pytest.mark.untraced
def test_a_letter_under_a_million_marks_costs_no_more_than_words() -> None:
    text = WIRE + "a" + "\u0300\u0316\u0345" * 100_000
    began = time.process_time()
    assert len(sketches.sketch(text)) == sketches.SIZE
    assert time.process_time() - began < bound(2)


def test_a_text_in_composed_and_decomposed_letters_has_one_sketch() -> None:
    text = WIRE.replace("e", "é")
    assert sketches.sketch(unicodedata.normalize("NFD", text)) == sketches.sketch(text)
