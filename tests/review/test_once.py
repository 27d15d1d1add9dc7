"""What is suggested twice waits once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.claims.models import Claim
from apps.review.drafts import ClaimDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import Filled, NewSource, Taken
from tests.factories import worlds

pytestmark = pytest.mark.django_db


def test_accepting_again_after_an_undo_takes_up_the_claim_and_the_source_that_wait() -> None:
    world = worlds.a_world()
    article = worlds.an_article(world)
    (proposal,) = worlds.proposed(article)
    by = Actor.person(world.analyst)
    for _again in range(3):
        fresh = Proposal.objects.select_related("dossier", "rendition").get(pk=proposal.pk)
        judging.submit(
            proposal=fresh,
            expected_revision=fresh.last_revision,
            filled=Filled(
                draft=worlds.a_draft(),
                new_source=NewSource(SourceDraft("Ministry of Works", "institution"), party=world.north),
                positions=[Taken(stance="denies", new_claim=ClaimDraft("Troops crossed", (world.north.pk,)))],
            ),
            by=by,
            at=timezone.now(),
        )
        if _again < 2:
            judging.undo(proposal=Proposal.objects.get(pk=proposal.pk), by=by, at=timezone.now())
    waiting = Proposal.objects.submitted().filter(dossier=world.dossier)
    assert sorted(waiting.values_list("kind", flat=True)) == ["attribution", "claim", "source"]
    worlds.approve(world, proposal)
    assert Claim.objects.current().filter(dossier=world.dossier).count() == 1
    assert not Proposal.objects.submitted().filter(dossier=world.dossier).exists()


def test_another_wording_is_another_claim() -> None:
    world = worlds.a_world()
    for text in ("Troops crossed", "Troops crossed the river", "Troops crossed"):
        judging.propose_claim(
            dossier=world.dossier, draft=ClaimDraft(text), by=Actor.person(world.analyst), at=timezone.now()
        )
    assert Proposal.objects.submitted().filter(dossier=world.dossier).count() == 2
