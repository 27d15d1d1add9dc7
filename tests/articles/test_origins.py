"""Origins as they are recorded: what comes in settles them, people split and join, and every moment can be replayed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Intake, Lineage, Origin, Parting, Sketch
from apps.articles.services import leases, placing
from apps.articles.services.adding import Described, add_text
from apps.articles.services.identifying import identify
from apps.articles.services.sketching import candidates, rarer
from apps.core.errors import Conflict, Denied, Refusal
from apps.crosscheck.models import Summary
from apps.crosscheck.services import catch_up
from apps.dossiers.models import Dossier
from apps.ledger.models import Entry
from apps.ledger.services import verify
from apps.pipeline import working
from tests.factories.versions import a_later_text
from tests.factories.worlds import World, a_claim, a_source, a_statement, a_world

pytestmark = pytest.mark.django_db

MONDAY = datetime(2024, 3, 11, 6, tzinfo=UTC)
WIRE = (
    "Fishermen along the northern bank had watched the boats for three days before anything happened. The harbour "
    "office closed the lower quay on Monday evening because of the ice. A clerk there said that nobody had been told "
    "when it would open again, and that the captains of both ferries had asked twice. The ministry denied that its "
    "troops had crossed the river. Bread was sold out by noon in all three villages above the mill."
)
OTHER = (
    "The council of the upper valley met for the first time since the flood. Its speaker counted forty houses without "
    "a roof, and asked for tiles rather than money. A cooper from the next valley offered barrels to keep the grain in."
)


@pytest.fixture
def world() -> World:
    return a_world()


def arrives(world: World, text: str = WIRE, *, hours: int = 0, outlet: str = "", headline: str = "") -> Article:
    """A text that was published so many hours after Monday morning comes in now, and is identified."""
    added = add_text(
        dossier=world.dossier,
        text=text,
        described=Described(headline=headline, outlet_name=outlet, published=MONDAY + timedelta(hours=hours)),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        row = working.work(intake_id=added.intake.pk, step=step)
        assert row is not None
        assert not row.failure_code, row.failure_reason
    claimed = leases.claim(intake_id=added.intake.pk, step=Intake.Step.PROPOSE)
    assert claimed is not None
    with leases.finishing(claimed, then=None) as row:
        row.proposed = 0
    assert row.article is not None
    return row.article


def is_corrected(world: World, article: Article, text: str, *, credit: str = "") -> None:
    """The article has another text now, and is identified anew."""
    rendition = a_later_text(article, text, credit=credit)
    at = timezone.now()
    row = Intake.objects.create(
        dossier=world.dossier,
        method="fetched",
        purpose=Intake.Purpose.REVISIT,
        address="https://example.org/a",
        article=article,
        rendition=rendition,
        step=Intake.Step.IDENTIFY,
        actor="machine:test",
        added=at,
        run_after=at,
    )
    claimed = leases.claim(intake_id=row.pk, step=Intake.Step.IDENTIFY)
    assert claimed is not None
    identify(claimed)


def held(article: Article, *, at: datetime | None = None) -> Lineage | None:
    return Lineage.objects.as_known(at).select_related("origin", "copied_from").filter(article=article).first()


def told(article: Article, *, at: datetime | None = None) -> tuple[str, str, Article | None] | None:
    row = held(article, at=at)
    return None if row is None else (row.origin.label, row.grounds, row.copied_from)


def by(world: World) -> Actor:
    return Actor.person(world.analyst)


def test_a_credit_found_later_names_the_origin_and_the_time_before_can_be_replayed(world: World) -> None:
    first, second = arrives(world, outlet="The Lantern"), arrives(world, hours=1, outlet="The Kiln")
    before = timezone.now()
    third = arrives(world, f"{WIRE}\n\n(Norwire)", hours=2, outlet="The Compass")
    assert told(third) == ("Norwire", "credit", first)
    assert told(second) == ("Norwire", "same_text", first)
    assert told(second, at=before) == ("The Lantern", "same_text", first)
    assert told(third, at=before) is None
    assert [origin.label for origin in Origin.objects.current()] == ["Norwire"]
    assert [origin.label for origin in Origin.objects.as_known(before)] == ["The Lantern"]
    assert verify(dossier_id=world.dossier.pk) is None


def test_an_original_that_comes_in_late_becomes_the_root_of_its_copies(world: World) -> None:
    copy = arrives(world, f"{WIRE} Snow is expected.", hours=5, outlet="The Kiln")
    further = arrives(world, f"{WIRE} Snow is expected.", hours=6, outlet="The Compass")
    original = arrives(world, hours=0, outlet="The Lantern")
    assert told(original) == ("The Lantern", "same_text", None)
    assert told(copy) == ("The Lantern", "same_text", original)
    assert told(further) == ("The Lantern", "same_text", copy)


def test_a_correction_is_no_copy_of_its_own_first_version(world: World) -> None:
    article = arrives(world)
    is_corrected(world, article, WIRE.replace("three days", "two days"))
    assert held(article) is None
    assert Sketch.objects.count() == 2


def test_a_correction_that_adds_a_credit_names_the_origin(world: World) -> None:
    first, second = arrives(world, outlet="The Lantern"), arrives(world, hours=1, outlet="The Kiln")
    is_corrected(world, second, WIRE, credit="Norwire")
    assert told(second) == ("Norwire", "credit", first)
    assert told(first) == ("Norwire", "same_text", None)


def test_a_copy_of_the_first_version_is_a_copy_though_the_article_says_something_else_now(world: World) -> None:
    article = arrives(world, outlet="The Lantern")
    is_corrected(world, article, OTHER)
    copy = arrives(world, hours=2, outlet="The Kiln")
    assert told(copy) == ("The Lantern", "same_text", article)


@pytest.mark.django_db(transaction=True)
def test_copies_that_are_identified_at_the_same_moment_share_one_origin() -> None:
    world = a_world()
    rows = []
    for number in range(4):
        added = add_text(
            dossier=world.dossier,
            text=f"{WIRE} Number {number}.",
            described=Described(outlet_name=f"Outlet {number}", published=MONDAY),
            by=by(world),
            at=timezone.now(),
        )
        for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT):
            working.work(intake_id=added.intake.pk, step=step)
        rows.append(added.intake.pk)
    together = threading.Barrier(len(rows))

    def work(pk: int) -> None:
        together.wait()
        working.work(intake_id=pk, step=Intake.Step.IDENTIFY)
        connection.close()

    with ThreadPoolExecutor(len(rows)) as workers:
        list(workers.map(work, rows))
    assert Intake.objects.filter(pk__in=rows, step=Intake.Step.PROPOSE).count() == len(rows)
    assert Origin.objects.current().count() == 1
    assert Lineage.objects.current().count() == len(rows)
    assert Lineage.objects.current().filter(copied_from__isnull=True).count() == 1
    assert verify(dossier_id=world.dossier.pk) is None


def test_other_dossiers_are_not_looked_at(world: World) -> None:
    arrives(world)
    assert held(arrives(a_world())) is None


def test_who_is_parted_from_an_origin_is_of_unknown_origin_and_no_machine_puts_it_back(world: World) -> None:
    first, second = arrives(world, outlet="The Lantern"), arrives(world, hours=1, outlet="The Kiln")
    placing.split(article=second, reason="It was there before.", by=by(world))
    assert held(second) is None
    parting = Parting.objects.current().get()
    assert (parting.article, parting.decided_by, parting.reason) == (second, by(world).ref, "It was there before.")
    third = arrives(world, hours=2, outlet="The Compass")
    is_corrected(world, second, f"{WIRE} And more.")
    assert held(second) is None
    assert told(third) == ("The Lantern", "same_text", first)


def test_a_parting_goes_with_the_origin_when_a_credit_renames_it(world: World) -> None:
    arrives(world, outlet="The Lantern")
    second = arrives(world, hours=1, outlet="The Kiln")
    placing.split(article=second, reason="No.", by=by(world))
    arrives(world, f"{WIRE}\n\n(Norwire)", hours=2)
    assert Parting.objects.current().get().origin.label == "Norwire"
    is_corrected(world, second, f"{WIRE} And more.")
    assert held(second) is None


def test_an_article_can_be_given_an_origin_of_its_own_with_those_that_copied_it(world: World) -> None:
    first = arrives(world, outlet="The Lantern")
    second = arrives(world, f"{WIRE} Snow is expected.", hours=1, outlet="The Kiln")
    third = arrives(world, f"{WIRE} Snow is expected.", hours=2, outlet="The Compass")
    placing.split(article=second, reason="They met.", by=by(world), own_label="The Kiln", with_copies=True)
    assert told(second) == ("The Kiln", "person", None)
    assert told(third) == ("The Kiln", "person", second)
    assert told(first) == ("The Lantern", "same_text", None)
    fourth = arrives(world, f"{WIRE} Snow is expected.\n\n(Norwire)", hours=3, outlet="The Bell")
    row = held(fourth)
    assert row is not None
    assert row.copied_from == second
    assert told(second) == ("The Kiln", "person", None), "a name that a person gave stays"


def test_an_origin_that_nobody_carries_any_more_ends(world: World) -> None:
    article = arrives(world, f"{WIRE}\n\n(Norwire)")
    assert Origin.objects.current().count() == 1
    placing.split(article=article, reason="The credit is for the picture.", by=by(world))
    assert not Origin.objects.current().exists()


def test_a_person_can_put_an_article_with_another_and_take_that_back(world: World) -> None:
    first = arrives(world, outlet="The Lantern")
    second = arrives(world, OTHER, hours=1, outlet="The Kiln")
    origin = placing.join(article=second, other=first, reason="A translation.", by=by(world))
    assert told(second) == ("The Lantern", "person", first)
    assert told(first) == ("The Lantern", "person", None)
    row = held(second)
    assert row is not None
    assert (row.decided_by, row.reason, row.origin) == (by(world).ref, "A translation.", origin)
    placing.split(article=second, reason="It is none.", by=by(world))
    assert held(second) is None
    placing.join(article=second, other=first, reason="It is, after all.", by=by(world))
    assert told(second) == ("The Lantern", "person", first)
    assert not Parting.objects.current().exists()
    verbs = [entry.verb for entry in Entry.objects.filter(dossier=world.dossier, verb__startswith="origin.")]
    assert sorted(verbs) == ["origin.joined", "origin.joined", "origin.split"]
    assert verify(dossier_id=world.dossier.pk) is None


def test_a_machine_moves_nothing_that_a_person_placed(world: World) -> None:
    first = arrives(world, outlet="The Lantern")
    second = arrives(world, OTHER, hours=1, outlet="The Kiln")
    placing.join(article=second, other=first, reason="A translation.", by=by(world))
    copy_of_second = arrives(world, f"{OTHER}\n\n(Norwire)", hours=2)
    assert told(second) == ("The Lantern", "person", first)
    assert told(copy_of_second) == ("The Lantern", "credit", second)


def test_two_origins_can_be_made_one(world: World) -> None:
    first = arrives(world, f"{WIRE}\n\n(Norwire)", outlet="The Lantern")
    second = arrives(world, f"{OTHER}\n\n(Press Bureau)", hours=1, outlet="The Kiln")
    third = arrives(world, f"{OTHER}\n\n(Press Bureau)", hours=2, outlet="The Compass")
    placing.join(article=second, other=first, reason="One text in two languages.", by=by(world), whole=True)
    assert told(second) == ("Norwire", "person", first)
    assert told(third) == ("Norwire", "person", second)
    assert [origin.label for origin in Origin.objects.current()] == ["Norwire"]


def test_a_decision_needs_a_reason_something_to_decide_and_the_right_to(world: World) -> None:
    first, second = arrives(world, outlet="The Lantern"), arrives(world, hours=1)
    with pytest.raises(Refusal) as refused:
        placing.split(article=second, reason="  ", by=by(world))
    assert refused.value.code == "no_reason"
    with pytest.raises(Refusal) as refused:
        placing.split(article=second, reason="x" * 501, by=by(world))
    assert refused.value.code == "reason_too_long"
    with pytest.raises(Conflict):
        placing.join(article=second, other=first, reason="Again.", by=by(world))
    with pytest.raises(Refusal) as refused:
        placing.join(article=second, other=arrives(a_world()), reason="Elsewhere.", by=by(world))
    assert refused.value.code == "no_such_article"
    with pytest.raises(Conflict):
        placing.split(article=arrives(world, OTHER), reason="Nothing is known.", by=by(world))
    reader = Actor.person(world.reader)
    with pytest.raises(Denied):
        placing.split(article=second, reason="I may not.", by=reader)
    with pytest.raises(Denied):
        placing.join(article=second, other=first, reason="I may not.", by=reader)
    assert told(second) == ("The Lantern", "same_text", first)


def test_the_number_of_origins_of_a_claim_follows_a_decision(world: World) -> None:
    ministry = a_source(world, "Ministry", party=world.north)
    claim = a_claim(world)
    first, second = arrives(world, outlet="The Lantern"), arrives(world, hours=1, outlet="The Kiln")
    for article in (first, second):
        a_statement(world, source=ministry, claim=claim, stance="denies", article=article)

    def origins() -> int:
        catch_up(dossier_id=world.dossier.pk)
        return Summary.objects.get(claim=claim).origins

    assert origins() == 1
    placing.split(article=second, reason="They were both there.", by=by(world), own_label="The Kiln")
    assert origins() == 2
    placing.join(article=second, other=first, reason="No, they were not.", by=by(world))
    assert origins() == 1


def test_candidates_share_two_hashes_and_those_that_share_most_come_first(world: World) -> None:
    whole = arrives(world)
    part = arrives(world, WIRE[: len(WIRE) // 2])
    arrives(world, OTHER)
    hashes = Sketch.objects.get(rendition__article=whole).hashes
    found = candidates(world.dossier.pk, hashes, article_id=None)
    assert [Sketch.objects.get(pk=pk).rendition.article for pk in found] == [whole, part]
    assert candidates(world.dossier.pk, hashes[:1]) == []
    assert candidates(world.dossier.pk, []) == []
    assert candidates(Dossier.objects.latest("pk").pk + 1, hashes) == []


def test_hashes_that_many_share_are_left_out_of_the_search_the_most_frequent_first() -> None:
    rows = {1: 50_000.0, 2: 400.0, 3: 400.0, 4: 400.0}
    assert rarer([1, 2, 3, 4, 5], rows, budget=1_000) == [5, 2, 3]
    assert rarer([1], rows, budget=1_000) == [1]
