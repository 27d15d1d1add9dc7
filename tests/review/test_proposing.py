"""What the machine suggests: once per version, copies recognised, and nothing that a person decided touched."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Intake, Lineage
from apps.pipeline import working
from apps.review.models import Proposal
from apps.review.services import judging
from tests.factories.worlds import (
    SAID,
    TEXT,
    World,
    a_draft,
    a_source,
    a_world,
    accept,
    an_article,
    an_intake,
    proposed,
    run_until_quiet,
)

pytestmark = pytest.mark.django_db

LONG = (
    "The ministry denied that its troops had crossed the river. A spokesperson said that the ferry was attacked at "
    "noon. Fishermen along the northern bank had watched the boats for three days before anything happened, and the "
    "harbour office closed the lower quay on Monday evening because of the ice. Nobody else was asked."
)


@pytest.fixture
def world() -> World:
    return a_world()


def states(article_id: int) -> list[str]:
    return list(Proposal.objects.filter(article=article_id).order_by("pk").values_list("state", flat=True))


def test_proposing_twice_with_one_version_proposes_once(world: World) -> None:
    article = an_article(world)
    assert proposed(article) == proposed(article)
    assert Proposal.objects.count() == 1


def test_a_newer_version_replaces_what_nobody_touched_and_leaves_what_was_decided(world: World) -> None:
    article, source = an_article(world, LONG), a_source(world)
    first = a_draft(LONG)
    second = a_draft(LONG, source="A spokesperson", cue="said", content="the ferry was attacked")
    third = a_draft(LONG, source="A spokesperson", cue="said", content="attacked at noon")
    decided, refused, untouched = proposed(article, first, second, third, source=source)
    accept(world, decided, source=source)
    judging.reject(proposal=refused, expected_revision=1, by=Actor.person(world.analyst), at=timezone.now())

    proposed(article, third, source=source, version="2")

    untouched.refresh_from_db()
    assert untouched.state == Proposal.State.SUPERSEDED
    assert states(article.pk) == ["submitted", "rejected", "superseded", "open"]


def test_the_machine_resolves_a_source_by_its_name_and_says_how(world: World) -> None:
    source = a_source(world, "Ministry of Defence", names=[("The ministry", "short")])
    an_intake(world)
    run_until_quiet()
    revision = Proposal.objects.attributions().get().revisions.get()
    assert revision.source == source
    assert revision.alias is not None
    assert revision.alias.name == "The ministry"
    assert revision.body["resolution"]
    assert revision.machine.startswith("rules/")


def test_what_cannot_be_resolved_stays_unresolved(world: World) -> None:
    an_intake(world)
    run_until_quiet()
    assert Proposal.objects.attributions().get().revisions.get().source is None


def test_a_copy_that_comes_in_later_is_proposed_as_evidence_of_what_it_repeats(world: World) -> None:
    an_intake(world, LONG, outlet="The Lantern")
    run_until_quiet()
    copy = an_intake(world, LONG + "\n\nMore follows.", outlet="The Kiln")
    run_until_quiet()

    copy.refresh_from_db()
    originals = Proposal.objects.attributions().exclude(article=copy.article)
    repeats = Proposal.objects.attributions().filter(article=copy.article)
    assert originals.count() == 2
    assert {p.copy_of for p in repeats} == set(originals)
    assert Lineage.objects.get(article=copy.article).copied_from == originals[0].article


def test_a_copy_waits_until_the_article_it_repeats_has_been_read(world: World) -> None:
    first, copy = an_intake(world, LONG), an_intake(world, LONG + "\n\nMore follows.")
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        for intake in (first, copy):
            assert working.work(intake_id=intake.pk, step=step)

    waiting = working.work(intake_id=copy.pk, step=Intake.Step.PROPOSE)
    assert waiting is not None
    assert (waiting.state, waiting.step, waiting.attempts) == (Intake.State.READY, Intake.Step.PROPOSE, 0)
    assert not Proposal.objects.exists()

    read = working.work(intake_id=first.pk, step=Intake.Step.PROPOSE)
    assert read is not None
    assert read.state == Intake.State.DONE


def test_words_are_said_by_the_end_of_the_day_on_which_the_article_was_published(world: World) -> None:
    an_intake(world, TEXT)
    run_until_quiet()
    body = Proposal.objects.attributions().get().revisions.get().body
    assert body["said_until"] == f"{SAID:%Y-%m-%d}T23:59:59+00:00"
    assert body["said_from"] is None


def test_a_newer_version_does_not_propose_again_what_was_decided(world: World) -> None:
    article, source = an_article(world), a_source(world)
    (decided,) = proposed(article, source=source)
    accept(world, decided, source=source)
    assert proposed(article, source=source, version="2") == [decided]


def test_copies_follow_the_proposal_that_replaces_what_they_repeat(world: World) -> None:
    first, copy = an_article(world, LONG), an_article(world, LONG)
    kept = a_draft(LONG)
    lost = a_draft(LONG, source="A spokesperson", cue="said", content="the ferry was attacked at noon")
    proposed(first, kept, lost)
    one, other = proposed(copy, kept, lost, copies_of=[first])

    (replacement,) = proposed(first, kept, version="2")

    one.refresh_from_db()
    other.refresh_from_db()
    assert one.copy_of == replacement
    assert other.copy_of is None
