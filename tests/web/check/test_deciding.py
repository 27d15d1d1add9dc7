"""The editors' desk: approving and returning."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.claims.models import Claim, Counter, Position
from apps.review.drafts import AliasDraft, ClaimDraft, CounterDraft, NameDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import NewSource
from apps.sources.models import Alias, Source
from apps.statements.models import Statement
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.check.sitting import one_url, queue_url, state_of
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


def test_approving_makes_the_facts_and_goes_on(world: World, waiting: Proposal, editor: Client) -> None:
    response = press(editor, editor.get(one_url(world, waiting)), "approve")
    assert response.status_code == 302
    assert response["location"] == queue_url(world)
    assert state_of(waiting) == "approved"
    position = Position.objects.current().get()
    assert position.stance == "denies"
    assert position.claim.wordings.get().text == "Northern troops crossed the river"


def test_approving_through_htmx_shows_the_next_that_waits(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    second = worlds.submitted(
        world, article, draft=worlds.a_draft(text, source="It", cue="said", content="12 people"), source=ministry
    )
    response = press(editor, editor.get(one_url(world, waiting)), "approve", htmx=True)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == one_url(world, second)
    assert "12 people" in words_of(response)
    assert "<html" not in response.content.decode()
    last = press(editor, response, "approve", htmx=True)
    assert last["HX-Redirect"] == queue_url(world)


def test_what_changed_since_it_was_opened_is_not_approved(
    world: World, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    page = editor.get(one_url(world, waiting))
    judging.undo(proposal=waiting, by=Actor.person(world.analyst), at=timezone.now())
    worlds.accept(world, waiting, source=ministry)
    response = press(editor, page, "approve")
    assert response.status_code == 409
    assert "Somebody changed this since you opened it." in words_of(response)
    assert state_of(waiting) == "submitted"
    assert not Statement.objects.exists()


def test_all_of_an_article_is_approved_at_once_as_it_was_seen(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    draft = worlds.a_draft(text, source="It", cue="said", content="12 people")
    relayed = worlds.submitted(world, article, draft=draft, source=ministry, relayed_by=waiting)
    page = editor.get(one_url(world, relayed))
    assert "approve that first" in words_of(page)
    refused = press(editor, page, "approve")
    assert refused.status_code == 409
    assert "It is relayed by a statement that is not approved" in words_of(refused)
    response = press(editor, page, "approve-article", follow=True)
    assert "2 approved." in words_of(response)
    assert {state_of(waiting), state_of(relayed)} == {"approved"}


def test_what_came_after_the_page_was_opened_is_not_approved_with_the_article(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    draft = worlds.a_draft(text, source="It", cue="said", content="12 people")
    second = worlds.submitted(world, article, draft=draft, source=ministry)
    page = editor.get(one_url(world, waiting))
    later = worlds.submitted(world, article, draft=worlds.a_draft(text, content="its troops"), source=ministry)
    press(editor, page, "approve-article")
    assert state_of(second) == "approved"
    assert state_of(later) == "submitted"


def test_an_unknown_decision_is_refused(world: World, waiting: Proposal, editor: Client) -> None:
    response = editor.post(one_url(world, waiting), {"do": "bless"})
    assert response.status_code == 422
    assert "nothing of that kind" in words_of(response)


# --- Returning --------------------------------------------------------------------------------------------------------


def test_a_return_needs_a_note_and_can_be_undone(world: World, waiting: Proposal, editor: Client) -> None:
    page = editor.get(one_url(world, waiting))
    refused = press(editor, page, "return", change={"note": "  "})
    assert refused.status_code == 422
    assert "Say what should be mended." in words_of(refused)
    press(editor, page, "return", change={"note": "Whose troops?"})
    assert state_of(waiting) == "returned"
    back = editor.get(one_url(world, waiting))
    assert "There is nothing to decide here: it is “returned”." in words_of(back)
    response = press(editor, back, "undo")
    assert response["location"] == one_url(world, waiting)
    assert state_of(waiting) == "submitted"


# --- By themselves ----------------------------------------------------------------------------------------------------


def test_claims_sources_names_and_counters_are_checked_by_themselves(
    world: World, ministry: Source, editor: Client
) -> None:
    one, two = worlds.a_claim(world, "Nobody crossed"), worlds.a_claim(world, "Troops crossed")
    by, at = Actor.person(world.analyst), timezone.now()
    dossier = world.dossier
    new = NewSource(SourceDraft("Anna Vale", "person", role="spokesperson"), party=world.south, institution=ministry)
    expected = [
        (judging.propose_claim(dossier=dossier, draft=ClaimDraft("A bridge closed"), by=by, at=at), "A bridge closed"),
        (judging.propose_source(dossier=dossier, new=new, by=by, at=at), "Anna Vale"),
        (judging.propose_alias(source=ministry, draft=AliasDraft("MoD", "acronym"), by=by, at=at), "MoD"),
        (
            judging.propose_counter(claim=one, against=two, kind="rebuts", draft=CounterDraft("plainly"), by=by, at=at),
            "plainly",
        ),
    ]
    listed = words_of(editor.get(queue_url(world)))
    for proposal, words in expected:
        page = editor.get(one_url(world, proposal))
        assert words in words_of(page)
        assert proposal.get_kind_display() in listed
        press(editor, page, "approve")
        assert state_of(proposal) == "approved"
    assert Claim.objects.count() == 3
    assert Alias.objects.filter(name="MoD", source=ministry).exists()
    assert Counter.objects.get().made_by is None


def test_a_pending_source_and_a_learnt_name_are_shown_as_new(world: World, article: Article, editor: Client) -> None:
    text = worlds.rendition_of(article).text
    new = NewSource(SourceDraft("Anna Vale", "person"), party=world.south)
    proposal = judging.add(
        rendition=worlds.rendition_of(article),
        filled=judging.Filled(draft=worlds.a_draft(text, learn=NameDraft("The ministry", "short")), new_source=new),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    page = editor.get(one_url(world, proposal))
    said = words_of(page)
    assert "Anna Vale new, approved along" in said
    assert "“The ministry” becomes a name of it" in said
    press(editor, page, "approve")
    source = Source.objects.get()
    assert {a.name for a in Alias.objects.filter(source=source)} == {"Anna Vale", "The ministry"}


# --- Copies -----------------------------------------------------------------------------------------------------------
