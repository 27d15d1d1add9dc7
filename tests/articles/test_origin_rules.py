"""Where a text comes from, decided without a database: who shares an origin, what it is called, who copied whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles.credits import same_agency
from apps.articles.rules import Carrier, Known, Named, Place, Settled, Text, settle

MONDAY = datetime(2024, 3, 11, 6, tzinfo=UTC)
LANTERN, NORWIRE = 1, 2
KNOWN = {LANTERN: Known("The Lantern", Named.FIRST_SEEN), NORWIRE: Known("Norwire", Named.CREDITED)}


def text(number: int, hours: int = 0, **more: object) -> Text:
    """Article ``number``, so many hours after Monday morning."""
    return replace(Text(number, MONDAY + timedelta(hours=hours), outlet=f"Outlet {number}"), **more)  # type: ignore[arg-type]


def same(other: Text, has: float = 0.9, had: float = 0.9) -> Carrier:
    return Carrier(other, has, had)


def placed(number: int, hours: int, origin: int, **more: object) -> Text:
    return text(number, hours, origin_id=origin, **{"grounds": "same_text", **more})


def test_nothing_is_guessed_of_a_text_that_says_nothing_and_that_nobody_else_has() -> None:
    assert settle(text(1), [], {}) is None


def test_a_signature_alone_makes_a_report_the_outlets_own() -> None:
    assert settle(text(1, signed=True), [], {}) == Settled(None, "Outlet 1", (Place(1, "own"),))
    assert settle(text(1, signed=True, outlet=""), [], {}) is None


def test_a_credit_names_the_origin() -> None:
    assert settle(text(1, credit="Norwire"), [], {}) == Settled(None, "Norwire", (Place(1, "credit"),))


def test_an_outlet_that_credits_itself_is_the_origin() -> None:
    assert settle(text(1, credit="NW", outlet="Nor Wire"), [], {}) == Settled(None, "NW", (Place(1, "own"),))


def test_two_copies_that_nobody_credits_share_an_origin_called_by_who_had_it_first() -> None:
    found = settle(text(2, 3), [same(text(1, 0))], {})
    assert found == Settled(None, "Outlet 1", (Place(2, "same_text", 1, 0.9), Place(1, "same_text")))


def test_a_signature_on_a_copy_says_nothing() -> None:
    found = settle(text(2, 3, signed=True), [same(text(1, 0))], {})
    assert found is not None
    assert (found.label, found.places[0].grounds) == ("Outlet 1", "same_text")


def test_it_was_copied_from_whoever_has_most_of_it_not_from_the_first() -> None:
    carriers = [same(placed(1, 0, LANTERN), 0.7), same(placed(2, 1, LANTERN), 0.95)]
    found = settle(text(3, 2), carriers, KNOWN)
    assert found is not None
    assert found.places == (Place(3, "same_text", 2, 0.95),)


def test_of_those_that_have_as_much_of_it_the_first_is_the_likeliest() -> None:
    carriers = [same(placed(2, 1, LANTERN)), same(placed(1, 0, LANTERN))]
    found = settle(text(3, 2), carriers, KNOWN)
    assert found is not None
    assert found.places == (Place(3, "same_text", 1, 0.9),)


def test_nobody_copies_from_what_came_later() -> None:
    found = settle(text(3, 0), [same(placed(1, 5, LANTERN, copied_from=9, share=0.99))], KNOWN)
    assert found is not None
    assert found.places == (Place(3, "same_text"),)


def test_who_credits_an_agency_joins_the_carriers_that_credit_it_though_another_text_is_closer() -> None:
    carriers = [same(placed(1, 0, LANTERN), 0.95), same(placed(2, 1, NORWIRE, credit="Norwire"), 0.6)]
    found = settle(text(3, 2, credit="NORWIRE"), carriers, KNOWN)
    assert found is not None
    assert (found.origin_id, found.label) == (NORWIRE, "")
    assert found.places[0] == Place(3, "credit", 2, 0.6)


def test_a_credit_that_comes_later_names_an_origin_that_was_called_by_who_had_it_first() -> None:
    found = settle(text(3, 2, credit="Norwire"), [same(placed(1, 0, LANTERN))], KNOWN)
    assert found == Settled(LANTERN, "Norwire", (Place(3, "credit", 1, 0.9),))


def test_a_credit_names_a_signed_report_only_if_it_mostly_carries_it() -> None:
    signed = {LANTERN: Known("The Lantern", Named.SIGNED)}
    origin = placed(1, 0, LANTERN, grounds="own", signed=True)
    mostly = settle(text(3, 2, credit="Norwire"), [same(origin, 0.8)], signed)
    in_part = settle(text(3, 2, credit="Norwire"), [same(origin, 0.3)], signed)
    assert mostly is not None
    assert in_part is not None
    assert (mostly.origin_id, mostly.label) == (LANTERN, "Norwire")
    assert (in_part.origin_id, in_part.label) == (None, "Norwire")


def test_one_text_under_two_credits_is_one_origin() -> None:
    """A copy never raises the number of origins."""
    found = settle(text(3, 2, credit="Press Bureau"), [same(placed(1, 0, NORWIRE, credit="Norwire"))], KNOWN)
    assert found == Settled(NORWIRE, "", (Place(3, "credit", 1, 0.9),))


def test_a_name_that_a_person_gave_stays() -> None:
    named = {LANTERN: Known("The Lantern", Named.BY_PERSON)}
    found = settle(text(3, 2, credit="Norwire"), [same(placed(1, 0, LANTERN, grounds="person"))], named)
    assert found == Settled(LANTERN, "", (Place(3, "credit", 1, 0.9),))


def test_an_earlier_original_that_comes_late_becomes_the_root() -> None:
    carriers = [
        same(placed(1, 5, LANTERN)),
        same(placed(2, 6, LANTERN, copied_from=1, share=0.8), had=0.95),
        same(placed(4, 7, LANTERN, copied_from=1, share=0.99), had=0.9),
    ]
    found = settle(text(3, 0), carriers, KNOWN)
    assert found == Settled(
        LANTERN, "Outlet 3", (Place(3, "same_text"), Place(1, "same_text", 3, 0.9), Place(2, "same_text", 3, 0.95))
    )


def test_a_late_original_takes_the_origin_of_a_signed_copy_with_all_that_hangs_from_it() -> None:
    known = {LANTERN: Known("The Lantern", Named.FIRST_SEEN), 3: Known("Outlet 5", Named.SIGNED)}
    carriers = [same(placed(1, 3, LANTERN), 0.95), same(placed(5, 8, 3, grounds="own", signed=True))]
    found = settle(text(4, 0), carriers, known)
    assert found is not None
    assert (found.origin_id, found.absorbed) == (LANTERN, (3,))
    assert Place(5, "same_text", 4, 0.9) in found.places


def test_origins_that_two_agencies_are_credited_with_stay_two() -> None:
    known = {NORWIRE: KNOWN[NORWIRE], 3: Known("Press Bureau", Named.CREDITED)}
    carriers = [
        same(placed(1, 3, NORWIRE, credit="Norwire"), 0.7),
        same(placed(2, 4, 3, credit="Press Bureau"), 0.6),
    ]
    found = settle(text(4, 0), carriers, known)
    assert found is not None
    assert (found.origin_id, found.absorbed) == (NORWIRE, ())
    assert {place.article_id for place in found.places} == {4, 1}


def test_what_a_person_put_somewhere_is_not_moved() -> None:
    by_hand = placed(1, 5, LANTERN, grounds="person")
    found = settle(text(3, 0), [same(by_hand)], KNOWN)
    assert found is not None
    assert [place.article_id for place in found.places] == [3]
    again = settle(replace(by_hand, credit="Norwire"), [same(placed(2, 0, NORWIRE, credit="Norwire"))], KNOWN)
    assert again is None


def test_an_article_that_was_parted_from_an_origin_is_not_put_back() -> None:
    carriers = [same(placed(1, 0, LANTERN), 1.0, 1.0)]
    assert settle(text(3, 2, parted=frozenset({LANTERN})), carriers, KNOWN) is None
    credited = settle(text(3, 2, parted=frozenset({LANTERN}), credit="Norwire"), carriers, KNOWN)
    assert credited == Settled(None, "Norwire", (Place(3, "credit"),))


def test_nor_by_a_newcomer_that_carries_both_texts() -> None:
    parted = text(2, 1, parted=frozenset({LANTERN}))
    found = settle(text(3, 2), [same(placed(1, 0, LANTERN)), same(parted)], KNOWN)
    assert found == Settled(LANTERN, "", (Place(3, "same_text", 1, 0.9),))


def test_a_correction_that_changes_nothing_here_records_nothing() -> None:
    held = placed(3, 2, LANTERN, copied_from=1, share=0.9)
    assert settle(held, [same(placed(1, 0, LANTERN))], KNOWN) is None
    assert settle(held, [], KNOWN) is None


def test_a_correction_that_adds_the_credit_names_the_origin() -> None:
    held = placed(3, 2, LANTERN, copied_from=1, share=0.9, credit="Norwire")
    found = settle(held, [same(placed(1, 0, LANTERN))], KNOWN)
    assert found == Settled(LANTERN, "Norwire", (Place(3, "credit", 1, 0.9),))


@pytest.mark.parametrize(
    ("one", "other"),
    [("AP", "Associated Press"), ("The Associated Press", "AP"), ("AFP", "Agence France-Presse"), ("AP/EFE", "EFE"),
     ("Press Trust of India", "PTI"), ("Norwire", "NORWIRE"), ("A.P.", "AP")],
)  # fmt: skip
def test_an_agency_is_known_by_its_name_and_by_its_initials(one: str, other: str) -> None:
    assert same_agency(one, other)
    assert same_agency(other, one)


@pytest.mark.parametrize(("one", "other"), [("AP", "AFP"), ("Reuters", "EFE"), ("", "AP"), ("A", "Agency"), ("", "")])
def test_two_agencies_are_two(one: str, other: str) -> None:
    assert not same_agency(one, other)


SOME = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from([None, LANTERN, NORWIRE]),
        st.sampled_from(["same_text", "credit", "own", "person"]),
        st.floats(0.2, 1.0),
        st.floats(0.2, 1.0),
        st.booleans(),
    ),
    max_size=6,
)


@given(SOME, st.sampled_from(["", "Norwire", "Press Bureau"]), st.booleans())
def test_no_decision_of_a_person_is_ever_undone_and_no_one_copies_from_later(
    others: list[tuple[int, int | None, str, float, float, bool]], credit: str, signed: bool
) -> None:
    carriers = [
        Carrier(
            text(
                number,
                hours,
                origin_id=origin,
                grounds=grounds if origin else "",
                parted=frozenset({LANTERN}) if parted and origin != LANTERN else frozenset(),
            ),
            has,
            had,
        )
        for number, (hours, origin, grounds, has, had, parted) in enumerate(others, start=1)
    ]
    texts = {c.text.article_id: c.text for c in carriers} | {99: text(99, 3, credit=credit, signed=signed)}
    found = settle(texts[99], carriers, KNOWN)
    for place in found.places if found else ():
        assert texts[place.article_id].grounds != "person"
        if found and found.origin_id is not None:
            assert found.origin_id not in texts[place.article_id].parted
        if place.copied_from is not None:
            assert texts[place.copied_from].comes_before(texts[place.article_id])
