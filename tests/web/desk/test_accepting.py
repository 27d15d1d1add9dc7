"""The analysts' desk: accepting a statement and linking it to claims."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.claims.models import Claim
from apps.review.drafts import ClaimDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.desk.sitting import card_url, desk_url, latest, source_value
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


def test_accepting_without_javascript_submits_and_opens_the_next(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    claim = worlds.a_claim(world, "Northern troops crossed the river", about=[world.north])
    page = analyst.get(desk_url(world, article))
    response = press(analyst, page, "accept", change={"source": source_value(ministry), "positions-0-claim": claim.ref})
    assert response.status_code == 302
    assert response["location"] == card_url(world, article, proposals[1])
    proposal, _draft = latest(proposals[0])
    assert proposal.state == "submitted"
    revision = proposal.revisions.get(number=2)
    assert revision.source == ministry
    assert revision.author == world.analyst
    assert revision.alias is not None
    assert revision.alias.name == "The ministry"
    link = revision.links.get()
    assert (link.claim, link.stance) == (claim, "denies")


def test_accepting_through_htmx_gives_the_next_card_the_queue_and_the_marks(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(analyst, page, "accept", change={"source": source_value(ministry)}, htmx=True)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == card_url(world, article, proposals[1])
    said = response.content.decode()
    assert "<html" not in said
    assert "Statement 2 of 3" in words_of(response)
    assert 'id="queue"' in said
    assert 'id="read" hx-swap-oob="true"' in said
    assert "1 / 3" in words_of(response)


def test_after_the_last_one_the_desk_says_that_all_is_reviewed(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    for _each in proposals:
        page = analyst.get(desk_url(world, article))
        response = press(analyst, page, "accept", change={"source": source_value(ministry)}, follow=True)
    assert "All of it is reviewed" in words_of(response)


def test_a_card_without_a_source_is_refused_and_keeps_what_was_typed(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(
        analyst,
        page,
        "accept",
        change={"source": [], "positions-0-claim": "new", "positions-0-wording": "A wording", "channel": "radio"},
    )
    assert response.status_code == 422
    assert "Choose who said it." in words_of(response)
    assert "A wording" in response.content.decode()
    assert 'value="radio"' in response.content.decode()
    assert latest(proposals[0])[0].state == "open"


def test_a_new_claim_goes_along_with_the_parties_it_is_about(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    press(
        analyst,
        page,
        "accept",
        change={
            "source": source_value(ministry),
            "positions-0-claim": "new",
            "positions-0-wording": "Northern troops crossed the river",
            "positions-0-about": [str(world.north.pk)],
        },
    )
    pending = Proposal.objects.get(kind="claim", state="submitted")
    assert ClaimDraft.read(pending.revisions.get().body) == ClaimDraft(
        "Northern troops crossed the river", (world.north.pk,)
    )
    assert not Claim.objects.exists()


def test_a_pending_claim_is_offered_and_marked_so_that_nobody_makes_it_twice(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    draft = ClaimDraft("Troops crossed the river")
    pending = judging.propose_claim(
        dossier=world.dossier, draft=draft, by=Actor.person(world.analyst), at=timezone.now()
    )
    page = analyst.get(desk_url(world, article))
    value = f"P-{pending.public_id}"
    assert value in page.content.decode()
    assert "waits for an editor" in words_of(page)
    press(analyst, page, "accept", change={"source": source_value(ministry), "positions-0-claim": value})
    assert latest(proposals[0])[0].revisions.get(number=2).links.get().claim_proposal == pending
    assert Proposal.objects.filter(kind="claim").count() == 1


def test_a_statement_may_take_positions_on_two_claims(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one, two = worlds.a_claim(world, "Troops crossed the river"), worlds.a_claim(world, "Troops were near the river")
    page = analyst.get(desk_url(world, article))
    page = press(
        analyst, page, "more-position", change={"source": source_value(ministry), "positions-0-claim": one.ref}
    )
    assert page.status_code == 200
    press(analyst, page, "accept", change={"positions-1-claim": two.ref, "positions-1-stance": "presupposes"})
    links = latest(proposals[0])[0].revisions.get(number=2).links.all()
    assert [(link.claim, link.stance) for link in links] == [(one, "denies"), (two, "presupposes")]


def test_two_positions_on_one_claim_are_refused_at_the_card(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one = worlds.a_claim(world)
    page = press(analyst, analyst.get(desk_url(world, article)), "more-position")
    response = press(
        analyst,
        page,
        "accept",
        change={
            "source": source_value(ministry),
            "positions-0-claim": one.ref,
            "positions-1-claim": one.ref,
            "positions-1-stance": "asserts",
        },
    )
    assert response.status_code == 422
    assert "one position on each claim" in words_of(response)


def test_a_retraction_names_what_it_takes_back(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    claim = worlds.a_claim(world)
    earlier = worlds.a_statement(world, source=ministry, claim=claim, stance="asserts")
    change = {
        "source": source_value(ministry),
        "positions-0-claim": claim.ref,
        "positions-0-stance": "retracts",
    }
    page = press(analyst, analyst.get(desk_url(world, article)), "look", change=change)
    assert f"S-{earlier.public_id}" in page.content.decode()
    refused = press(analyst, page, "accept")
    assert refused.status_code == 422
    assert "Say which statement is taken back." in words_of(refused)
    press(analyst, refused, "accept", change={"positions-0-retracts": f"S-{earlier.public_id}"})
    assert latest(proposals[0])[0].revisions.get(number=2).links.get().retracts == earlier


def test_a_speaker_may_argue_that_a_claim_answers_another(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one, two = worlds.a_claim(world, "Nobody crossed the river"), worlds.a_claim(world, "Troops crossed the river")
    change = {
        "source": source_value(ministry),
        "positions-0-claim": one.ref,
        "positions-0-stance": "asserts",
        "positions-0-against": two.ref,
    }
    refused = press(analyst, analyst.get(desk_url(world, article)), "accept", change=change)
    assert refused.status_code == 422
    assert "Say how it answers it." in words_of(refused)
    press(analyst, refused, "accept", change={"positions-0-counter_kind": "rebuts"})
    link = latest(proposals[0])[0].revisions.get(number=2).links.get()
    assert (link.against, link.counter_kind) == (two, "rebuts")


def test_a_stance_that_a_person_chose_needs_a_claim(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(
        analyst, page, "accept", change={"source": source_value(ministry), "positions-0-stance": "concedes"}
    )
    assert response.status_code == 422
    assert "Choose the claim that the position is on." in words_of(response)


# --- The source -------------------------------------------------------------------------------------------------------
