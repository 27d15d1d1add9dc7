"""The derived index of standings: level with the ledger, whatever happens to whoever keeps it so."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from apps.accounts.models import Actor
from apps.claims.models import Claim
from apps.crosscheck import services
from apps.crosscheck.models import Summary, Watermark
from apps.crosscheck.services import behind, catch_up, rebuild
from apps.ledger.models import Head
from apps.review.models import Proposal
from apps.review.services.judging import Taken
from apps.sources.services import align
from tests.factories.stories import said, withdrawn
from tests.factories.worlds import World, a_claim, a_source, a_statement, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()


def index(world: World) -> dict[int, tuple[str, int, int]]:
    rows = Summary.objects.filter(dossier=world.dossier)
    return {row.claim_id: (row.standing, row.origins, row.statements) for row in rows}


def test_catching_up_summarises_what_the_ledger_touched_and_then_nothing(world: World) -> None:
    claim = a_claim(world, about=[world.north])
    a_statement(world, source=a_source(world, party=world.south), claim=claim, stance="asserts")
    assert behind() == [world.dossier.pk]
    assert catch_up(dossier_id=world.dossier.pk) == 1
    assert index(world) == {claim.pk: ("unanswered", 0, 1)}
    assert behind() == []
    assert catch_up(dossier_id=world.dossier.pk) == 0
    assert Watermark.objects.get().index == Head.objects.get(dossier=world.dossier).index


def test_a_later_position_moves_the_summary(world: World) -> None:
    claim = a_claim(world, about=[world.north])
    a_statement(world, source=a_source(world, party=world.south), claim=claim, stance="asserts")
    catch_up(dossier_id=world.dossier.pk)
    a_statement(world, source=a_source(world, "Northern office", party=world.north), claim=claim, stance="denies")
    assert catch_up(dossier_id=world.dossier.pk) == 1
    # Both come from the same text in a new article: one origin, as soon as a copy shows that it travels.
    assert index(world)[claim.pk] == ("contested", 1, 2)


def test_a_withdrawn_position_and_then_a_withdrawn_claim_leave_the_index(world: World) -> None:
    claim = a_claim(world)
    proposal = said(world, a_source(world), Taken("denies", claim=claim), content="it had happened")
    catch_up(dossier_id=world.dossier.pk)
    assert index(world)[claim.pk][0] == "denied_without_assertion"
    withdrawn(world, proposal)
    catch_up(dossier_id=world.dossier.pk)
    assert index(world)[claim.pk] == ("none", 0, 0)
    withdrawn(world, Proposal.objects.get(claim=claim))
    catch_up(dossier_id=world.dossier.pk)
    assert index(world) == {}


def test_a_source_that_changes_sides_moves_the_claims_it_spoke_on(world: World) -> None:
    claim = a_claim(world, about=[world.north])
    source = a_source(world, party=world.south)
    a_statement(world, source=source, claim=claim, stance="concedes")
    catch_up(dossier_id=world.dossier.pk)
    assert index(world)[claim.pk][0] == "uncontested"
    align(source=source, party=world.north, by=Actor.person(world.manager))
    catch_up(dossier_id=world.dossier.pk)
    assert index(world)[claim.pk][0] == "conceded"


def test_a_crash_leaves_index_and_watermark_where_they_were(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = a_claim(world)
    a_statement(world, source=a_source(world), claim=claim, stance="asserts")

    def crash(**kwargs: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(services, "standings", crash)
        patched.setattr(services, "summarise", crash)
        with pytest.raises(RuntimeError):
            catch_up(dossier_id=world.dossier.pk)
    assert index(world) == {}
    assert not Watermark.objects.exists()
    catch_up(dossier_id=world.dossier.pk)
    assert index(world)[claim.pk][0] == "uncontested"


def test_catching_up_goes_on_from_batch_to_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ENTRIES_AT_ONCE", 2)
    monkeypatch.setattr(services, "CLAIMS_AT_ONCE", 1)
    claims = [a_claim(world, f"Claim number {number}") for number in range(3)]
    assert catch_up(dossier_id=world.dossier.pk) == 3
    assert set(index(world)) == {claim.pk for claim in claims}


def test_an_index_made_anew_is_the_same(world: World) -> None:
    claim = a_claim(world, about=[world.north])
    a_claim(world, "Another")
    a_statement(world, source=a_source(world, party=world.south), claim=claim, stance="asserts")
    catch_up(dossier_id=world.dossier.pk)
    before = index(world)
    Summary.objects.filter(claim=claim).update(standing="conceded")
    assert rebuild(dossier_id=world.dossier.pk) == 2
    assert index(world) == before
    assert behind() == []


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_leaves_the_work_to_the_first_and_waits_for_nobody() -> None:
    world = a_world()
    claim = a_claim(world)
    catch_up(dossier_id=world.dossier.pk)
    Watermark.objects.update(index=0)
    Summary.objects.all().delete()
    done: list[int] = []

    def second() -> None:
        try:
            done.append(catch_up(dossier_id=world.dossier.pk))
        finally:
            connection.close()

    with transaction.atomic():
        Watermark.objects.select_for_update().get(dossier=world.dossier)
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive()
    assert done == [0]
    assert not Summary.objects.exists()
    assert catch_up(dossier_id=world.dossier.pk) == 1
    assert set(index(world)) == {claim.pk} == set(Claim.objects.values_list("pk", flat=True))
