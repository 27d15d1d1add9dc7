"""What fits into a bounded neighbourhood."""

from apps.graph.rules import Gathering, Speech


def speech(number: int, source: int, principal: int | None = None) -> Speech:
    return Speech(number, source, principal or source, None)


def test_claims_are_taken_while_there_is_room() -> None:
    found = Gathering(limit=2)
    assert found.take_claims([1, 2, 3], hops=1) == [1, 2]
    assert found.truncated


def test_what_is_there_already_needs_no_room() -> None:
    found = Gathering(limit=1)
    found.take_claims([1], hops=0)
    assert found.take_claims([1], hops=1) == []
    assert found.claims == {1: 0}
    assert not found.truncated


def test_a_statement_comes_with_its_source_and_principal_or_not_at_all() -> None:
    found = Gathering(limit=3)
    found.take_claims([1], hops=0)
    assert found.take_statements([speech(1, source=7, principal=8)]) == []
    assert found.truncated
    assert (found.statements, found.sources) == ({}, set())


def test_a_source_that_speaks_twice_takes_room_once() -> None:
    found = Gathering(limit=4)
    found.take_claims([1], hops=0)
    taken = found.take_statements([speech(1, source=7), speech(2, source=7), speech(1, source=7)])
    assert [s.id for s in taken] == [1, 2]
    assert (found.room, found.truncated) == (0, False)


def test_a_claim_and_a_statement_of_the_same_number_are_two() -> None:
    found = Gathering(limit=9)
    found.take_claims([1], hops=0)
    assert [s.id for s in found.take_statements([speech(1, source=1)])] == [1]
    assert found.room == 6
