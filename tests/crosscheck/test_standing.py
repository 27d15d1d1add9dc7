"""Where a claim stands: each case of the definition, with the smallest set of positions that shows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.crosscheck.rules import Held, Standing, changes, latest, origins, party_mark, standing, voices

NORTH, SOUTH, NOBODY = 1, 2, None
MINISTRY, SPOKESPERSON, ASSEMBLY, HOSPITAL = 10, 11, 20, 30
PARTY_OF = {MINISTRY: NORTH, SPOKESPERSON: NORTH, ASSEMBLY: SOUTH, HOSPITAL: NOBODY}


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2024, 3, number, hour, tzinfo=UTC)


def said(
    principal: int,
    stance: str,
    on: int = 10,
    *,
    statement: int = 0,
    retracts: int | None = None,
    until: int | None = None,
) -> Held:
    """A position said at some time of one day (or of several)."""
    number = statement or principal * 1000 + on * 10 + len(stance)
    return Held(number, principal, PARTY_OF[principal], stance, day(on), day(until or on, 23), retracts=retracts)


def case(*held: Held, about: tuple[int, ...] = (NORTH,), countered_by: tuple[int, ...] = ()) -> Standing:
    return standing(held, about=about, countered_by=countered_by).standing


def test_without_positions_none_is_held() -> None:
    assert case() is Standing.NONE


def test_an_assertion_about_a_party_without_a_position_is_unanswered() -> None:
    found = standing([said(ASSEMBLY, "asserts")], about=(NORTH,))
    assert found.standing is Standing.UNANSWERED
    assert found.waiting_for == {NORTH}
    assert found.first_said == day(10, 23)


def test_an_assertion_about_nobody_is_uncontested() -> None:
    assert case(said(ASSEMBLY, "asserts"), about=()) is Standing.UNCONTESTED


def test_an_assertion_by_the_party_it_is_about_is_uncontested() -> None:
    assert case(said(MINISTRY, "asserts")) is Standing.UNCONTESTED


def test_asserted_by_one_and_denied_by_another_is_contested() -> None:
    assert case(said(ASSEMBLY, "asserts"), said(MINISTRY, "denies")) is Standing.CONTESTED


def test_a_denial_by_somebody_of_no_party_contests_too() -> None:
    assert case(said(ASSEMBLY, "asserts"), said(HOSPITAL, "denies")) is Standing.CONTESTED


def test_what_is_only_presupposed_can_be_contested() -> None:
    assert case(said(ASSEMBLY, "presupposes"), said(MINISTRY, "denies")) is Standing.CONTESTED


def test_a_counter_that_a_speaker_made_contests() -> None:
    assert case(said(ASSEMBLY, "asserts"), countered_by=(MINISTRY,)) is Standing.CONTESTED


def test_a_counter_by_the_asserter_itself_contests_nothing() -> None:
    assert case(said(ASSEMBLY, "asserts"), about=(), countered_by=(ASSEMBLY,)) is Standing.UNCONTESTED


def test_a_denial_that_nothing_held_asserts_is_a_denial_without_assertion() -> None:
    assert case(said(MINISTRY, "denies")) is Standing.DENIED_WITHOUT_ASSERTION


def test_one_principal_that_asserts_and_later_denies_contests_nothing_by_itself() -> None:
    assert case(said(ASSEMBLY, "asserts", 10), said(ASSEMBLY, "denies", 12), about=()) is Standing.UNCONTESTED


def test_the_party_it_is_about_concedes() -> None:
    assert case(said(ASSEMBLY, "asserts"), said(MINISTRY, "concedes")) is Standing.CONCEDED


def test_the_party_it_is_about_admits_a_part() -> None:
    assert case(said(ASSEMBLY, "asserts"), said(MINISTRY, "partly_admits")) is Standing.PARTLY_CONCEDED


def test_a_concession_by_somebody_it_is_not_about_is_none() -> None:
    assert case(said(MINISTRY, "denies"), said(ASSEMBLY, "concedes")) is not Standing.CONCEDED


def test_a_party_whose_voices_concede_and_deny_is_divided() -> None:
    held = said(ASSEMBLY, "asserts"), said(MINISTRY, "denies"), said(SPOKESPERSON, "concedes", 11)
    assert case(*held) is Standing.DIVIDED


def test_a_denial_by_another_party_does_not_divide_the_one_that_concedes() -> None:
    assert case(said(MINISTRY, "concedes"), said(ASSEMBLY, "denies")) is Standing.CONCEDED


def test_a_principal_that_conceded_after_denying_is_not_divided() -> None:
    assert case(said(MINISTRY, "denies", 10), said(MINISTRY, "concedes", 12)) is Standing.CONCEDED


def test_retracted_when_every_asserter_took_it_back() -> None:
    held = said(ASSEMBLY, "asserts", 10, statement=1), said(ASSEMBLY, "retracts", 12, retracts=1)
    assert case(*held) is Standing.RETRACTED


def test_a_retraction_of_the_same_day_takes_back_what_it_names() -> None:
    held = said(ASSEMBLY, "asserts", 10, statement=1), said(ASSEMBLY, "retracts", 10, retracts=1)
    assert case(*held) is Standing.RETRACTED


def test_not_retracted_while_another_still_asserts() -> None:
    held = said(ASSEMBLY, "asserts", statement=1), said(ASSEMBLY, "retracts", 12, retracts=1), said(HOSPITAL, "asserts")
    assert case(*held) is Standing.UNANSWERED


def test_asserting_again_after_a_retraction_counts() -> None:
    held = (
        said(ASSEMBLY, "asserts", 10, statement=1),
        said(ASSEMBLY, "retracts", 12, retracts=1),
        said(ASSEMBLY, "asserts", 14, statement=3),
    )
    assert case(*held) is Standing.UNANSWERED


@pytest.mark.parametrize("weak", ["evades", "declines", "presupposes"])
def test_a_weak_position_never_replaces_a_denial(weak: str) -> None:
    assert case(said(ASSEMBLY, "asserts"), said(MINISTRY, "denies", 10), said(MINISTRY, weak, 15)) is Standing.CONTESTED


def test_evading_is_a_position_but_no_denial() -> None:
    assert case(said(ASSEMBLY, "asserts"), said(MINISTRY, "evades")) is Standing.UNCONTESTED


def test_a_late_discovery_is_not_a_newer_position() -> None:
    # Found last, said first: the order in which positions are given tells nothing.
    found = voices([said(MINISTRY, "concedes", 12), said(MINISTRY, "denies", 10)])
    assert found[0].stances == {"concedes"}


def test_overlapping_intervals_that_disagree_are_inconsistent() -> None:
    (voice,) = voices([said(MINISTRY, "denies", 10, until=12), said(MINISTRY, "concedes", 11)])
    assert voice.inconsistent
    assert voice.stances == {"denies", "concedes"}


def test_an_interval_open_to_the_past_is_later_than_nothing() -> None:
    open_ended = Held(1, MINISTRY, NORTH, "denies", None, day(20))
    assert len(latest([said(MINISTRY, "asserts", 10), open_ended])) == 2


def test_a_party_is_marked_with_all_its_voices_stances() -> None:
    found = voices([said(MINISTRY, "denies"), said(SPOKESPERSON, "evades"), said(ASSEMBLY, "asserts")])
    assert party_mark(found, NORTH) == ("denies", "evades")
    assert party_mark(found, SOUTH) == ("asserts",)
    assert party_mark(found, NOBODY) == ()


def test_forty_copies_are_one_origin_and_unknown_lineage_is_none() -> None:
    found = origins(dict.fromkeys(range(40), 7) | {100: None})
    assert (found.known, found.articles, found.unknown) == (1, 41, 1)


def test_a_division_in_one_party_is_not_hidden_by_another_partys_concession() -> None:
    held = said(ASSEMBLY, "concedes"), said(MINISTRY, "denies"), said(SPOKESPERSON, "partly_admits", 11)
    assert case(*held, about=(NORTH, SOUTH)) is Standing.DIVIDED


def test_conceding_goes_before_admitting_a_part() -> None:
    assert case(said(MINISTRY, "partly_admits"), said(SPOKESPERSON, "concedes")) is Standing.CONCEDED


def test_a_part_admitted_by_a_side_that_still_denies_is_divided() -> None:
    assert case(said(MINISTRY, "denies"), said(SPOKESPERSON, "partly_admits")) is Standing.DIVIDED


def test_a_principal_that_retracted_a_concession_concedes_no_more() -> None:
    held = (
        said(ASSEMBLY, "asserts", 9),
        said(MINISTRY, "concedes", 10, statement=1),
        said(MINISTRY, "retracts", 12, retracts=1),
    )
    assert case(*held) is Standing.UNCONTESTED


def test_a_denial_is_no_longer_one_once_it_was_taken_back() -> None:
    held = (
        said(ASSEMBLY, "asserts", 9),
        said(MINISTRY, "denies", 10, statement=1),
        said(MINISTRY, "retracts", 12, retracts=1),
    )
    assert case(*held) is Standing.UNCONTESTED


def test_taking_a_denial_back_is_not_taking_the_claim_back() -> None:
    held = (
        said(ASSEMBLY, "asserts", 8),
        said(ASSEMBLY, "denies", 10, statement=1),
        said(ASSEMBLY, "retracts", 12, retracts=1),
    )
    found = standing(held, about=(NORTH,))
    assert found.standing is Standing.UNANSWERED
    assert found.voices[0].stances == {"asserts"}


def test_presupposing_after_a_retraction_does_not_replace_it() -> None:
    held = (
        said(ASSEMBLY, "asserts", 10, statement=1),
        said(ASSEMBLY, "retracts", 12, retracts=1),
        said(ASSEMBLY, "presupposes", 14),
    )
    assert case(*held) is Standing.RETRACTED


def test_one_that_retracted_and_then_denied_has_retracted() -> None:
    held = (
        said(ASSEMBLY, "asserts", 10, statement=1),
        said(ASSEMBLY, "retracts", 12, retracts=1),
        said(ASSEMBLY, "denies", 14),
    )
    assert case(*held) is Standing.RETRACTED


def test_retracted_goes_before_a_denial_by_another() -> None:
    held = (
        said(ASSEMBLY, "asserts", 10, statement=1),
        said(MINISTRY, "denies", 11),
        said(ASSEMBLY, "retracts", 12, retracts=1),
    )
    assert case(*held) is Standing.RETRACTED


def test_a_retraction_of_what_we_do_not_hold_retracts_no_claim_that_nobody_asserted() -> None:
    assert case(said(ASSEMBLY, "retracts", retracts=99)) is Standing.UNCONTESTED


def test_one_that_presupposes_and_denies_denies_without_assertion() -> None:
    assert case(said(MINISTRY, "presupposes", 9), said(MINISTRY, "denies", 10)) is Standing.DENIED_WITHOUT_ASSERTION


def test_what_was_asserted_only_before_its_asserter_denied_it_waits_for_nobody() -> None:
    assert case(said(ASSEMBLY, "asserts", 10), said(ASSEMBLY, "denies", 12)) is Standing.UNCONTESTED


def test_waiting_is_counted_from_the_first_assertion() -> None:
    found = standing([said(ASSEMBLY, "asserts", 14), said(HOSPITAL, "asserts", 11)], about=(NORTH,))
    assert found.first_said == day(11, 23)


def test_an_inconsistent_voice_counts_for_each_of_its_positions() -> None:
    held = said(HOSPITAL, "asserts"), said(ASSEMBLY, "denies", 10), said(ASSEMBLY, "asserts", 10)
    found = standing(held, about=())
    assert found.standing is Standing.CONTESTED
    assert [voice.inconsistent for voice in found.voices] == [False, True]


def test_a_voice_that_presupposes_what_it_asserts_is_not_inconsistent() -> None:
    (voice,) = voices([said(ASSEMBLY, "asserts"), said(ASSEMBLY, "presupposes")])
    assert not voice.inconsistent


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_positions_are_read_changes_nothing(order: int) -> None:
    held = [
        said(ASSEMBLY, "asserts", 8),
        said(MINISTRY, "denies", 9),
        said(MINISTRY, "partly_admits", 12),
        said(SPOKESPERSON, "denies", 11),
    ][::order]
    assert case(*held) is Standing.DIVIDED


def test_a_change_of_position_names_what_was_said_before_and_after() -> None:
    (change,) = changes([said(MINISTRY, "concedes", 12), said(MINISTRY, "denies", 10), said(ASSEMBLY, "asserts", 9)])
    assert (change.principal_id, change.before.stance, change.after.stance) == (MINISTRY, "denies", "concedes")


def test_repeating_evading_and_overlapping_are_no_change() -> None:
    assert changes([said(MINISTRY, "denies", 10), said(MINISTRY, "denies", 12), said(MINISTRY, "evades", 14)]) == ()
    assert changes([said(MINISTRY, "denies", 10, until=12), said(MINISTRY, "concedes", 11)]) == ()


def test_changes_come_latest_first() -> None:
    held = [
        said(MINISTRY, "denies", 10),
        said(MINISTRY, "concedes", 12),
        said(ASSEMBLY, "asserts", 9, statement=1),
        said(ASSEMBLY, "retracts", 14, retracts=1),
    ]
    assert [change.principal_id for change in changes(held)] == [ASSEMBLY, MINISTRY]
