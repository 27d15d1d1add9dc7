"""Whatever the words and the names, the answer comes, says why, and comes soon."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.attribution.resolution import UNRESOLVED, Name, Names, resolve
from tests.pace import bound

FORMS = ("official", "short", "transliterated", "acronym", "metonym", "role", "preferred")
PIECES = [
    *(
        "the",
        "Orland",
        "Orlandi",
        "'s",
        "’s",
        "defence",
        "ministry",
        "of",
        "for",
        "spokesman",
        "President",
        "Ada",
        "Roe",
    ),
    *("its", "their", "and", ",", "(", ")", "Republic", "former", "MoD", "U.N.", "Baku", "the Kremlin", "Congolese"),
    *(
        "Гегам",
        "Холтян",
        "خالد",
        "نصر",
        "דוד",
        "გია",
        "İ",
        "ß",
        "ﬁ",
        "-",
        "--",
        "Orland-backed",
        "A.",
        "0",
        "\u0301",
        "x" * 50,
    ),
]
words = st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join), st.text(max_size=60))
known = st.lists(st.tuples(st.integers(1, 4), words, st.sampled_from(FORMS)), max_size=6)


@settings(max_examples=500, deadline=None)
@given(words, known, st.one_of(st.none(), words), st.lists(words, max_size=2))
def test_any_mention_is_answered_and_what_is_unresolved_is_never_certain(
    mention: str, names: list[tuple[int, str, str]], antecedent: str | None, context: list[str]
) -> None:
    given_names = [Name(*name) for name in names]
    found = resolve(mention, Names(given_names), antecedent=antecedent, context=context)

    assert found.reason
    assert found == resolve(mention, given_names, antecedent=antecedent, context=context)
    assert (found.source_id is None) == (found.rule == UNRESOLVED)
    assert {found.source_id, *found.candidates} - {None} <= {name.source_id for name in given_names}
    if found.source_id is None:
        assert not found.certain


@settings(max_examples=200, deadline=None)
@given(words, known)
def test_a_names_own_words_never_resolve_to_another_source(text: str, names: list[tuple[int, str, str]]) -> None:
    others = [Name(*name) for name in names]
    found = resolve(text, [Name(9, text, "official"), *others])

    assert found.source_id in (9, None)


FIRST = [f"{a}{b}{c}" for a in "BDGKLMNRST" for b in "aeiou" for c in ("lan", "rik", "ven", "mos")]
LAST = [f"{a}{b}{c}" for a in "BDFGKLMNPRSTVZ" for b in "aeiou" for c in ("rdan", "lovet", "nskar", "zarim")]
PLACES = [f"{a}{b}" for a in LAST[:100] for b in ("ia", "land", "stan")]
BODIES = ["Ministry of Defence", "Ministry of Health", "Armed Forces", "Red Crescent", "Prosecutor General's Office"]


def _ten_thousand() -> list[Name]:
    people = [f"{first} {last}" for first in FIRST for last in LAST[:42]][:8400]
    bodies = [f"{body} of {place}" for body in BODIES for place in PLACES]
    return [Name(number, text, "official") for number, text in enumerate((people + bodies * 2)[:10_000])]


@pytest.mark.untraced
def test_two_hundred_mentions_among_ten_thousand_names_take_less_than_two_seconds() -> None:
    mentions = [
        *(f"{first} {last}" for first, last in zip(FIRST, LAST, strict=False)),
        *(
            "the ministry",
            "the defence ministry",
            "its armed forces",
            "a spokesman for the Red Crescent",
            "Minister Lan",
        ),
        *(f"the {place} defence ministry's spokesman" for place in PLACES[:40]),
        *("the health ministry of nowhere at all", "Balan Lovet", "Baku", "МИД", "x" * 400) * 4,
    ][:200]
    assert len(mentions) == 200
    names = _ten_thousand()
    assert len(names) == 10_000

    started = time.process_time()
    known = Names(names)
    for mention in mentions:
        resolve(mention, known, antecedent=None if len(mention) % 3 else names[-1].text)

    assert time.process_time() - started < bound(2)
