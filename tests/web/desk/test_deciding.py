"""The analysts' desk: setting aside, undoing, and what others did meanwhile."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.review.models import Decision, Proposal
from apps.review.services import judging
from apps.review.services.judging import Taken
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.desk.sitting import TEXT, card_url, desk_url, latest, signed_in, source_value
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


def test_not_a_statement_sets_aside_and_undo_takes_it_back(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    page = press(analyst, analyst.get(desk_url(world, article)), "reject", follow=True)
    assert latest(proposals[0])[0].state == "rejected"
    assert "Statement 2 of 3" in words_of(page)
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    assert undo.encode() in page.content
    response = analyst.post(undo, {"statement": str(proposals[0].public_id)})
    assert response["location"] == card_url(world, article, proposals[0])
    assert latest(proposals[0])[0].state == "open"


def test_undo_through_htmx_opens_what_was_undone(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    press(analyst, analyst.get(desk_url(world, article)), "accept", change={"source": source_value(ministry)})
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    response = analyst.post(undo, {"statement": str(proposals[0].public_id)}, headers={"hx-request": "true"})
    assert response["HX-Push-Url"] == card_url(world, article, proposals[0])
    assert "Statement 1 of 3" in words_of(response)


def test_nobody_undoes_anothers_decision(
    world: World, article: Article, proposals: list[Proposal], ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    other = signed_in(worlds.a_member(world.dossier, "analyst", name="Olga Other", by=world.manager))
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    response = other.post(undo, {"statement": str(proposals[0].public_id)})
    assert response.status_code == 403
    assert latest(proposals[0])[0].state == "submitted"
    assert other.post(undo, {"statement": "nonsense"}).status_code == 404


def test_undo_ends_once_an_editor_has_acted(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    worlds.approve(world, proposals[0])
    page = analyst.get(desk_url(world, article))
    assert reverse("review-undo", args=[world.dossier.slug, article.ref]).encode() not in page.content


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_a_statement_changed_meanwhile_is_refused_and_the_card_kept(
    *, world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source, verb: str
) -> None:
    page = analyst.get(desk_url(world, article))
    changed = worlds.accept(world, proposals[0], source=ministry)
    judging.undo(proposal=changed, by=Actor.person(world.analyst), at=timezone.now())
    response = press(analyst, page, verb, change={"source": source_value(ministry), "channel": "radio"})
    assert response.status_code == 409
    assert "Somebody changed this since you opened it." in words_of(response)
    assert 'value="radio"' in response.content.decode()
    assert latest(proposals[0])[0].state == "open"


def test_a_returned_statement_shows_the_editors_note(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    judging.send_back(
        proposal=Proposal.objects.get(pk=proposals[0].pk),
        expected_revision=2,
        by=Actor.person(world.editor),
        at=timezone.now(),
        note="Is it not the government?",
    )
    said = words_of(analyst.get(card_url(world, article, proposals[0])))
    assert "Edda Editor returned this: Is it not the government?" in said


def test_an_approved_statement_is_shown_with_who_approved_it(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry, positions=[Taken("asserts", claim=worlds.a_claim(world))])
    worlds.approve(world, proposals[0])
    response = analyst.get(card_url(world, article, proposals[0]))
    assert "by Edda Editor" in words_of(response)
    assert b'value="accept"' not in response.content


def test_a_copy_waits_for_the_editor_with_what_it_repeats(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    copy = worlds.an_article(world, TEXT, headline="The same again", outlet="Hill Gazette")
    (repeated,) = worlds.proposed(copy, worlds.a_draft(worlds.rendition_of(copy).text), copies_of=[article])
    assert repeated.copy_of == proposals[0]
    assert "The same again" not in words_of(analyst.get(reverse("review", args=[world.dossier.slug])))
    page = analyst.get(card_url(world, copy, repeated))
    assert "This repeats a statement of another article" in words_of(page)
    assert card_url(world, article, proposals[0]).encode() in page.content
    press(analyst, page, "reject")
    assert latest(repeated)[0].state == "rejected"


def test_every_button_works_by_get_or_post_only(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    slug = world.dossier.slug
    assert analyst.get(reverse("review-undo", args=[slug, article.ref])).status_code == 405
    assert analyst.post(desk_url(world, article)).status_code == 405
    assert analyst.get(reverse("review-article", args=[slug, "A-0099"])).status_code == 404


def test_a_reviewed_article_keeps_every_decision(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    press(analyst, analyst.get(desk_url(world, article)), "accept", change={"source": source_value(ministry)})
    verbs = Decision.objects.filter(proposal=proposals[0]).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["propose", "submit"]


def test_going_back_in_the_browser_gets_the_whole_page(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    url = card_url(world, article, proposals[1])
    part = analyst.get(url, headers={"hx-request": "true"}).content
    assert b"<html" not in part
    assert b'id="queue"' not in part
    whole = analyst.get(url, headers={"hx-request": "true", "hx-history-restore-request": "true"}).content
    assert b"<html" in whole
    assert b'id="queue"' in whole
