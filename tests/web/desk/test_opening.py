"""The analysts' desk: who may open it, who holds an article, and what it shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from apps.articles.models import Article
from apps.review.models import Hold, Proposal
from apps.review.services import holding
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.desk.sitting import card_url, desk_url, first_card, latest, signed_in
from tests.web.submitting import words_of

pytestmark = pytest.mark.django_db


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review", "review-article", "review-statement", "review-add", "review-sources"])
def test_the_desk_is_closed_to_readers_and_unknown_to_strangers(
    world: World, article: Article, proposals: list[Proposal], name: str
) -> None:
    slug = world.dossier.slug
    args: dict[str, list[Any]] = {
        "review": [slug],
        "review-sources": [slug],
        "review-article": [slug, article.ref],
        "review-add": [slug, article.ref],
        "review-statement": [slug, article.ref, proposals[0].public_id],
    }
    url = reverse(name, args=args[name])
    stranger = worlds.a_world()
    assert signed_in(world.reader).get(url).status_code == 403
    assert signed_in(stranger.analyst).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert not Hold.objects.exists()


def test_an_article_of_another_dossier_is_not_found(world: World, article: Article, proposals: list[Proposal]) -> None:
    other = worlds.a_world()
    client = signed_in(other.analyst)
    assert client.get(card_url(other, article, proposals[0])).status_code == 404


def test_a_reader_cannot_accept(world: World, article: Article, proposals: list[Proposal]) -> None:
    response = signed_in(world.reader).post(card_url(world, article, proposals[0]), {"do": "accept"})
    assert response.status_code == 403
    assert latest(proposals[0])[0].state == "open"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_shows_progress_and_who_holds_an_article(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    holding.hold(article=article, by=world.editor, at=timezone.now())
    said = words_of(analyst.get(reverse("review", args=[world.dossier.slug])))
    assert "A river is disputed" in said
    assert "Valley Post" in said
    assert "1 / 3" in said
    assert "Edda Editor" in said


def test_the_queue_is_empty_once_all_is_reviewed(world: World, analyst: Client) -> None:
    assert "Nothing waits for an analyst" in words_of(analyst.get(reverse("review", args=[world.dossier.slug])))


def test_queries_do_not_grow_with_the_statements(
    world: World, analyst: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(12))
    one = worlds.an_article(world, text, headline="Many matters")
    drafts = [worlds.a_draft(worlds.rendition_of(one).text, content=f"matter {n} was so") for n in range(12)]
    worlds.proposed(one, *drafts)
    with django_assert_max_num_queries(75):
        analyst.get(desk_url(world, one))


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_opening_an_article_holds_it_and_shows_every_statement_marked(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    response = analyst.get(desk_url(world, article))
    page = html.fromstring(response.content.decode())
    text = worlds.rendition_of(article).text
    paragraphs = page.xpath("//article[@data-rendition]/p[@data-start]")
    for paragraph in paragraphs:
        start = int(paragraph.get("data-start"))
        shown = "".join(paragraph.xpath(".//text()[not(ancestor::a[@class='n'])]"))
        assert text[start : start + len(shown)] == shown
    assert {one.get("data-a") for one in page.xpath("//*[@data-a]")} == {str(p.public_id) for p in proposals}
    assert [one.text for one in page.xpath("//em[@data-state='active']")] == ["denied"]
    hold = Hold.objects.get(article=article)
    assert hold.user == world.analyst
    assert hold.until > timezone.now() + timedelta(minutes=29)


def test_what_an_article_says_is_escaped(world: World, analyst: Client) -> None:
    evil = "The ministry denied that <script>alert(1)</script> was so & nothing else."
    one = worlds.an_article(world, evil)
    text = worlds.rendition_of(one).text
    assert "<script>" in text
    worlds.proposed(one, worlds.a_draft(text, content="<script>alert(1)</script> was so"))
    shown = analyst.get(desk_url(world, one)).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_relayed_words_are_marked_inside_the_relayers(world: World, analyst: Client) -> None:
    one = worlds.an_article(world, "Osmark argued that the ministry's admission that it retreated changed everything.")
    text = worlds.rendition_of(one).text
    worlds.proposed(
        one,
        worlds.a_draft(
            text, source="Osmark", cue="argued", content="the ministry's admission that it retreated changed everything"
        ),
        worlds.a_draft(text, source="the ministry", cue="admission", content="it retreated"),
        relayed_by={1: 0},
    )
    page = html.fromstring(analyst.get(desk_url(world, one)).content.decode())
    (inner,) = page.xpath("//span[contains(@class, 'm-content')]//span[contains(@class, 'm-content')]")
    assert inner.text_content() == "it retreated"
    assert "m-nested" in inner.get("class")


def test_an_article_held_by_another_is_read_only(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    holding.hold(article=article, by=world.editor, at=timezone.now())
    response = analyst.get(desk_url(world, article))
    assert "Edda Editor is reviewing this article" in words_of(response)
    assert b'value="accept"' not in response.content
    refused = analyst.post(
        card_url(world, article, proposals[0]),
        {**first_card(world, article, proposals[0], ministry), "do": "accept"},
    )
    assert refused.status_code == 409
    assert "Edda Editor is reviewing this article" in words_of(refused)
    assert latest(proposals[0])[0].state == "open"


def test_a_hold_that_lapsed_is_anybodys(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    holding.hold(article=article, by=world.editor, at=timezone.now() - timedelta(minutes=31))
    assert b'value="accept"' in analyst.get(desk_url(world, article)).content
    assert Hold.objects.get(article=article).user == world.analyst


def test_an_article_without_proposals_says_so_and_offers_to_add_one(
    world: World, article: Article, analyst: Client
) -> None:
    response = analyst.get(desk_url(world, article))
    assert "No statement was proposed here" in words_of(response)
    assert reverse("review-add", args=[world.dossier.slug, article.ref]).encode() in response.content


def test_releasing_lets_another_work(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    analyst.get(desk_url(world, article))
    response = analyst.post(reverse("review-release", args=[world.dossier.slug, article.ref]))
    assert response["location"] == reverse("review", args=[world.dossier.slug])
    assert not Hold.objects.exists()


# --- Accepting --------------------------------------------------------------------------------------------------------
