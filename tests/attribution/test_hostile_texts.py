"""Texts made to take long: each is answered within a second of processor time, by rules with and without a parse."""

import random
import time
from datetime import date

import pytest

from apps.attribution.engine import extractor
from apps.attribution.prose import BLOCK, only_prose
from tests.pace import bound

HOSTILE = {
    "a million commas": "," * 10**6,
    "one cue over and over": "said " * 200_000,
    "cues and conjunctions": "said that " * 100_000,
    "quotations in quotations": "“He said ‘she said " * 50_000,
    "opening marks only": "“" * 500_000,
    "straight marks only": '"' * 10**6,
    "one sentence over and over": "Orland said that it fell. " * 20_000,
    "a quotation over and over": '"a" he said. ' * 80_000,
    "relatives": "who said who " * 100_000,
    "claims in claims": "Orland's claims that " * 50_000,
    "a word without an end": "a" * 2 * 10**6,
    "marks on one letter": "a" + "\u0301" * 10**6,
    "numbers": "27 " * 10**5,
    "colons": "a: " * 300_000,
    "dashes": "–" * 10**6,
    "line ends": "\n" * 10**6,
    "paragraphs": "said\n" * 200_000,
    "parentheses": "(" * 10**6,
    "possessives": "'s " * 300_000,
    "emoji": "😀" * 10**6,
    "nothing at all": " " * 2 * 10**6,
}


@pytest.mark.untraced
@pytest.mark.parametrize("name", ["default", "rules"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_takes_a_second_at_most(name: str, text: str) -> None:
    using = extractor(name)
    using.extract("A man said it fell.")
    started = time.process_time()

    using.extract(text, published=date(2024, 5, 8))

    assert time.process_time() - started < bound(1)


WORDS = (
    *("Orland", "the ministry", "said", "denied", "that", "“", "”", ",", ".", "of", "which", "accused", "27", "people"),
    *("its", "claims", "according to", "he", "Kessel", "and", "not", "by", "\n\n", "who", "’s", "killed", "a", "on"),
)


def _shuffled(size: int) -> str:
    """A text of that many words that repeats nothing: what is passed over as repetition cannot help here."""
    return " ".join(random.Random(size).choices(WORDS, k=size))


@pytest.mark.untraced
@pytest.mark.slow
def test_time_grows_no_faster_than_the_text() -> None:
    using = extractor("default")
    using.extract("A man said it fell.")
    taken = []
    for size in (2_000, 8_000):
        text = _shuffled(size)
        assert only_prose(text) == text
        started = time.process_time()
        using.extract(text)
        taken.append(time.process_time() - started)

    assert taken[1] < 4 * taken[0] * 3  # sixteen times as long, if each word were held against every other


@pytest.mark.untraced
@pytest.mark.slow
def test_many_denials_take_no_longer_each_than_a_few() -> None:
    """Each denial looks for what it answers; no number of others may make that slower."""
    using = extractor("rules")
    taken = []
    for count in (500, 2_000):
        places = random.Random(count).sample(range(10**6), count)
        text = " ".join(f"Town {n:x} denied that Port {n * 7:x} had shelled bridge {n * 13:x}." for n in places)
        started = time.process_time()
        found = using.extract(text)
        taken.append(time.process_time() - started)
        assert len(found) >= 0.9 * count

    assert taken[1] < 4 * taken[0] * 3  # sixteen times, if each looked through all the others


def test_what_is_said_over_and_over_is_read_once() -> None:
    text = "Orland said that the bridge fell. " * 20_000

    found = extractor("rules").extract(text)

    assert found
    assert len(found) <= 3 * BLOCK // len("Orland said that the bridge fell. ")


def test_prose_around_a_repetition_is_read_with_its_offsets() -> None:
    text = "Orland said that the bridge fell.\n\n" + "ha " * 20_000 + "\n\nKessel denied that it had shot."

    found = extractor("default").extract(text)

    assert [text[s.start : s.end] for a in found for s in a.source] == ["Orland", "Kessel"]


def test_a_short_text_is_never_passed_over() -> None:
    text = "ha " * 1000

    assert only_prose(text) == text
