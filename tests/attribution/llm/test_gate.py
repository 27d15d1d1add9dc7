"""Words pass if they are in the text, character for character; where they are twice, the nearer place is meant."""

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.attribution.llm.answers import Told
from apps.attribution.llm.gate import Gate, Passed, Stopped, places
from apps.attribution.llm.placing import Placer, around, merged, without
from apps.attribution.llm.windows import Window
from apps.attribution.phrases import Phrase
from apps.attribution.segmentation import Document
from apps.attribution.types import Kind
from tests.pace import bound


def standing(text: str, words: str) -> list[int]:
    """Where the words stand in the text, in code points."""
    doc = Document(text)
    return [doc.starts[at.first] for at in places(doc, words, Window(0, len(text), 0, len(text)))]


def gate(doc: Document) -> Gate:
    """A gate to all of a document."""
    return Gate(doc, Window(0, len(doc.text), 0, len(doc.text)), Placer(doc))


def passed(
    text: str,
    source: list[str],
    cue: list[str],
    content: list[str],
    *,
    where: str = "",
    target: list[str] | None = None,
) -> tuple[list[int], list[int], list[str]]:
    """Where source and cue were found, and the words of the content, with the place of each after a bar."""
    doc = Document(text)
    told = Told(where, tuple(source), tuple(cue), tuple(content), tuple(target or ()), Kind.ASSERTION)
    found = gate(doc).check(told)
    assert isinstance(found, Passed)
    return (
        [doc.starts[p.first] for p in found.source],
        [doc.starts[p.first] for p in found.cue],
        [f"{doc.slice(p.first, p.last)}|{doc.starts[p.first]}" for p in found.content],
    )


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Orland said so.", "Orland said", [0]),
        ("Orland said so.", "orland said", []),
        ("Orland  said so.", "Orland said", []),
        ("Orland\nsaid so.", "Orland said", []),
        ("Orland\nsaid so.", "Orland\nsaid", [0]),
        ("Orland\u00a0said so.", "Orland said", []),
        ("Orland said so.", " said ", [7]),
        ("Orland said so.", "  said", []),
        ("Orland said so.", "Orlan", []),
        ("Orland said so.", "and said", []),
        ("Orland’s claim", "Orland", [0]),
        ("Orland’s claim", "Orland’s", [0]),
        ("Orland’s claim", "Orland's", []),
        ("“No,” he said.", "“No,”", [0]),
        ("“No,” he said.", '"No,"', []),
        ("the cafe\u0301 said", "the cafe", []),
        ("the cafe\u0301 said", "the caf\u00e9", []),
        ("the cafe\u0301 said", "the cafe\u0301", [0]),
        ("he, the hero, he said", "he", [0, 14]),
        ("no no no no no", "no no", [0, 6]),
        ("Баку said", "Баку", [0]),
        ("Баку said", "Бaку", []),
        ("ＯＫ said", "OK", []),
        ("Zoë\u200b said", "Zoë said", []),
        ("a b", "", []),
        ("a b", " \n", []),
        ("a b", "a b c", []),
        ("😀 he said 😀", "😀 he", [0]),
    ],
)
def test_words_stand_where_the_same_characters_stand_as_whole_words(text: str, words: str, found: list[int]) -> None:
    assert standing(text, words) == found


def test_words_outside_the_window_are_not_in_the_text() -> None:
    doc = Document("Orland said so. Kessel said so.")

    assert [doc.starts[p.first] for p in places(doc, "said so.", Window(10, 31, 10, 31))] == [23]
    assert places(doc, "Orland", Window(3, 31, 3, 31)) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab .\n“”'’é\u0301-", max_size=60), st.text(alphabet="ab .\n“”'’é\u0301-", max_size=6))
def test_what_stands_is_exactly_what_was_given(text: str, words: str) -> None:
    doc = Document(text)
    for at in places(doc, words, Window(0, len(text), 0, len(text))):
        start, end = doc.starts[at.first], doc.ends[at.last]
        assert text[start:end] == words.strip()
        lead = len(words) - len(words.lstrip())
        assert text[start - lead : start - lead + len(words)] == words


TWICE = "Orland said the road was shut. Kessel said the bridge was open, too."


def test_of_two_cues_the_one_beside_the_content_is_meant() -> None:
    assert passed(TWICE, ["Orland"], ["said"], ["the road was shut"])[1] == [7]
    assert passed(TWICE, ["Kessel"], ["said"], ["the bridge was open"])[1] == [38]


def test_a_cue_in_the_same_sentence_is_nearer_than_one_just_before_it() -> None:
    text = "The road was shut, Orland said. The bridge was open, Orland said."

    assert passed(text, ["Orland"], ["said"], ["The bridge was open"])[:2] == ([53], [60])
    assert passed(text, ["Orland"], ["said"], ["The road was shut"])[:2] == ([19], [26])


def test_a_cue_between_two_pieces_of_a_quotation_is_nearer_than_one_before_both() -> None:
    text = "They said. “We left,” he said, “and came back.” They said."

    assert passed(text, ["he"], ["said"], ["“We left,”", "“and came back.”"])[1] == [25]


def test_where_everything_stands_twice_the_beginning_of_the_sentence_tells() -> None:
    text = "On Monday Orland said it won. On Friday Orland said it won."

    assert passed(text, ["Orland"], ["said"], ["it won"], where="On Friday")[:2] == ([40], [47])
    assert passed(text, ["Orland"], ["said"], ["it won"], where="On Monday")[:2] == ([10], [17])
    assert passed(text, ["Orland"], ["said"], ["it won"], where="On Sunday")[:2] == ([10], [17])


def test_a_content_that_stands_twice_is_the_one_beside_its_cue() -> None:
    text = "There was no fire. Orland denied that there was a raid; there was no fire, Kessel insisted. No fire."

    assert passed(text, ["Kessel"], ["insisted"], ["no fire"])[2] == ["no fire|66"]


def test_a_source_in_its_own_content_is_another_mention_unless_there_is_no_other() -> None:
    text = "“Orland will hold,” Orland said."
    assert passed(text, ["Orland"], ["said"], ["“Orland will hold,”"])[0] == [20]

    text = "Orland said that it will hold. Orland is large."
    assert passed(text, ["Orland"], ["said"], ["Orland said that it will hold"]) == ([0], [7], ["that it will hold|12"])


def test_two_pieces_with_the_same_words_are_two_places() -> None:
    text = "“No,” he said, “no, no.”"

    assert passed(text, ["he"], ["said"], ["no", "no"])[2] == ["no|16", "no|20"]


def test_pieces_come_in_the_order_of_the_text_and_overlapping_ones_are_one() -> None:
    text = "“We left,” he said, “and came back.”"

    assert passed(text, ["he"], ["said"], ["and came back", "We left", "came back.”"])[2] == [
        "We left|1",
        "and came back.”|21",
    ]


def test_a_colon_may_be_a_cue_and_no_other_mark() -> None:
    doc = Document("Minister: “We left.”")

    def check(cue: str) -> Passed | Stopped:
        return gate(doc).check(Told("", ("Minister",), (cue,), ("“We left.”",), (), Kind.ASSERTION))

    assert isinstance(check(":"), Passed)
    assert check("“") == Stopped(3)


def test_where_nothing_tells_which_of_many_is_meant_nothing_is() -> None:
    assert isinstance(_all_same(60), Passed)
    assert _all_same(70) == Stopped(3)


def _all_same(copies: int) -> Passed | Stopped:
    text = "He said no. " * copies
    told = Told("", ("He",), ("said",), ("no",), (), Kind.ASSERTION)
    return gate(Document(text)).check(told)


places_at = st.integers(0, 40)
phrases = st.builds(lambda first, more: Phrase(first, first + more), places_at, st.integers(0, 4))


@settings(max_examples=300, deadline=None)
@given(st.lists(places_at, min_size=1, max_size=12), st.integers(0, 4), st.lists(phrases, min_size=1, max_size=4))
def test_looking_around_finds_what_looking_everywhere_finds(at: list[int], more: int, placed: list[Phrase]) -> None:
    doc = Document("One two three. " * 20)
    placer = Placer(doc)
    in_order = _the_same_words(doc, [Phrase(first, first + more) for first in sorted(at)])

    def cost(here: Phrase) -> int:
        return sum(placer.distance(here, other) for other in placed)

    assert min(map(cost, around(in_order, placed))) == min(map(cost, in_order))


def test_distance_is_words_between_and_a_long_way_over_the_end_of_a_sentence() -> None:
    placer = Placer(Document("One two three. Four five six."))

    assert placer.distance(Phrase(0, 0), Phrase(2, 2)) == placer.distance(Phrase(2, 2), Phrase(0, 0)) == 1
    assert placer.distance(Phrase(0, 1), Phrase(1, 2)) == placer.distance(Phrase(0, 0), Phrase(1, 1)) == 0
    assert placer.distance(Phrase(2, 2), Phrase(4, 4)) > placer.distance(Phrase(4, 4), Phrase(7, 7)) > 1


@given(st.lists(phrases, max_size=5), st.lists(phrases, max_size=5))
def test_cutting_out_leaves_exactly_the_rest(parts: list[Phrase], holes: list[Phrase]) -> None:
    def tokens(of: list[Phrase]) -> set[int]:
        return {k for part in of for k in range(part.first, part.last + 1)}

    left = without(merged(parts), holes)

    assert tokens(list(left)) == tokens(parts) - tokens(holes)
    assert all(part.first <= part.last for part in left)


def test_no_parts_have_no_places() -> None:
    assert Placer(Document("")).place([]) == {}


@pytest.mark.untraced
def test_placing_is_soon_done_whatever_text_and_model_agree_on() -> None:
    text = "he said he said " * 500
    checks = gate(Document(text))
    words = ["he", "said", "he said", " he", "he said he", "id he sa", "said he said he said"]
    told = [
        Told("he", (a, b), (b, a), (c,) * 11 + (text[3:4_000],), (a,), Kind.ASSERTION)
        for a, b, c in product(words, repeat=3)
    ][:220]

    started = time.process_time()
    for one in told:
        checks.check(one)
    assert time.process_time() - started < bound(2)


def _the_same_words(doc: Document, places: list[Phrase]) -> list[Phrase]:
    """Those that do not overlap and go over as many ends of sentences as the first."""

    def ends(place: Phrase) -> int:
        return sum(place.first < sentence.first <= place.last for sentence in doc.sentences)

    out: list[Phrase] = []
    for place in places:
        if not out or (place.first > out[-1].last and ends(place) == ends(out[0])):
            out.append(place)
    return out
