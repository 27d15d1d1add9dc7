"""What an editor returned and stands by itself: listed, mended, handed in again or set aside."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Actor
from apps.core.errors import Conflict
from apps.review.drafts import AliasDraft, ClaimDraft, CounterDraft, NameDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import NewSource
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.rooms import at, browser
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


def send_back(world: World, proposal: Proposal) -> Proposal:
    return judging.send_back(
        proposal=proposal,
        expected_revision=1,
        by=Actor.person(world.editor),
        at=timezone.now(),
        note="Say it more plainly.",
    )


def asked(world: World) -> dict[str, Any]:
    return {"by": Actor.person(world.analyst), "at": timezone.now()}


def a_returned_claim(world: World) -> Proposal:
    draft = ClaimDraft("Troops allegedly crossed", about=(world.north.pk,))
    return send_back(world, judging.propose_claim(dossier=world.dossier, draft=draft, **asked(world)))


def page_of(world: World, proposal: Proposal) -> str:
    return at(world, "review-returned", key=proposal.public_id)


def test_a_returned_claim_is_listed_mended_and_approved(world: World, analyst: Client) -> None:
    proposal = a_returned_claim(world)
    listed = analyst.get(at(world, "review"))
    assert "Returned to you Troops allegedly crossed" in words_of(listed)
    assert page_of(world, proposal).encode() in listed.content
    opened = analyst.get(page_of(world, proposal))
    assert "Edda Editor returned this: Say it more plainly." in words_of(opened)
    change = {"text": "Troops crossed the river", "about": [str(world.south.pk)]}
    assert press(analyst, opened, "resubmit", change=change).status_code == 302
    assert "Returned to you" not in words_of(analyst.get(at(world, "review")))
    (approved,) = worlds.approve(world, Proposal.objects.get(pk=proposal.pk))
    assert approved.claim is not None
    assert ClaimDraft.read(approved.revisions.get(number=2).body) == ClaimDraft(
        "Troops crossed the river", (world.south.pk,)
    )


def test_a_returned_source_keeps_what_the_form_does_not_show(world: World, analyst: Client, ministry: Source) -> None:
    draft = SourceDraft("A. Vale", "person", role="aide", names=(NameDraft("Vale", "short"),))
    new = NewSource(draft, party=world.north, institution=ministry)
    proposal = send_back(world, judging.propose_source(dossier=world.dossier, new=new, **asked(world)))
    press(analyst, analyst.get(page_of(world, proposal)), "resubmit", change={"name": "Anna Vale"})
    revision = proposal.revisions.get(number=2)
    mended = SourceDraft.read(revision.body)
    assert (mended.name, mended.role, mended.names) == ("Anna Vale", "aide", draft.names)
    assert (revision.party, revision.principal) == (world.north, ministry)


def test_a_returned_name_stays_that_source_s(world: World, analyst: Client, ministry: Source) -> None:
    draft = AliasDraft("The Minstry", "short", "en")
    proposal = send_back(world, judging.propose_alias(source=ministry, draft=draft, **asked(world)))
    press(analyst, analyst.get(page_of(world, proposal)), "resubmit", change={"name": "The Defence Ministry"})
    worlds.approve(world, Proposal.objects.get(pk=proposal.pk))
    assert ministry.aliases.filter(name="The Defence Ministry").exists()


def test_a_returned_counter_stays_between_its_claims(world: World, analyst: Client) -> None:
    one, two = worlds.a_claim(world, "Nobody crossed the river"), worlds.a_claim(world, "Troops crossed the river")
    draft = CounterDraft("Because.")
    proposal = send_back(
        world, judging.propose_counter(claim=one, against=two, kind="rebuts", draft=draft, **asked(world))
    )
    press(analyst, analyst.get(page_of(world, proposal)), "resubmit", change={"why": "Both cannot be so."})
    revision = proposal.revisions.get(number=2)
    assert CounterDraft.read(revision.body).why == "Both cannot be so."
    link = revision.links.get()
    assert (link.claim, link.against, link.counter_kind) == (one, two, "rebuts")


def test_a_returned_claim_may_be_set_aside(world: World, analyst: Client) -> None:
    proposal = a_returned_claim(world)
    press(analyst, analyst.get(page_of(world, proposal)), "reject")
    assert Proposal.objects.get(pk=proposal.pk).state == "rejected"
    assert analyst.get(page_of(world, proposal)).status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_a_stale_page_is_refused(world: World, analyst: Client) -> None:
    proposal = a_returned_claim(world)
    opened = analyst.get(page_of(world, proposal))
    blank = press(analyst, opened, "resubmit", change={"text": " "})
    assert blank.status_code == 422
    assert "This field is required." in words_of(blank)
    stale = press(analyst, opened, "resubmit", change={"expected": "9" * 5000})
    assert stale.status_code == 409
    assert "Somebody changed this since you opened it." in words_of(stale)
    assert Proposal.objects.get(pk=proposal.pk).last_revision == 1


def test_only_analysts_mend_and_only_what_was_returned(world: World) -> None:
    proposal = a_returned_claim(world)
    assert browser(world.reader).get(page_of(world, proposal)).status_code == 403
    stranger = worlds.a_world()
    assert browser(stranger.analyst).get(page_of(world, proposal)).status_code == 404
    for wrong in (AliasDraft("x", "short"), CounterDraft("x")):
        with pytest.raises(Conflict):
            judging.resubmit(proposal=proposal, expected_revision=1, draft=wrong, **asked(world))
    judging.resubmit(proposal=proposal, expected_revision=1, draft=ClaimDraft("Troops crossed"), **asked(world))
    with pytest.raises(Conflict):
        judging.resubmit(proposal=proposal, expected_revision=2, draft=ClaimDraft("Again"), **asked(world))
