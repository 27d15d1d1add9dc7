"""What strangers publish and programs send must break no page: no text, a year beyond any calendar, other bytes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Actor, Key
from apps.articles.models import Article, Intake, Rendition
from apps.articles.services.adding import Described, add_file
from apps.review.services import holding
from tests.api.program import Program
from tests.factories import worlds
from tests.factories.worlds import TEXT, World
from tests.web.rooms import at, browser
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.a_world(zone="Asia/Baku")


def added(world: World, body: bytes, media_type: str) -> Article:
    intake = add_file(
        dossier=world.dossier,
        name="odd",
        media_type=media_type,
        body=body,
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    ).intake
    worlds.run_until_quiet()
    row = Intake.objects.select_related("article").get(pk=intake.pk)
    assert row.article is not None
    return row.article


def test_an_article_that_nobody_can_read_still_has_its_page(world: World) -> None:
    article = added(world, b"%PDF-1.4 nothing that we read", "application/pdf")
    assert not Rendition.objects.filter(article=article).exists()
    said = words_of(browser(world.reader).get(at(world, "article", number=article.number)))
    assert "Without a headline" in said
    assert browser(world.analyst).get(at(world, "review-article", number=article.number)).status_code == 200


def test_an_article_that_nobody_can_read_says_why_and_keeps_its_bytes(world: World) -> None:
    article = added(world, b"%PDF-1.4 nothing that we read", "application/pdf")
    said = words_of(browser(world.reader).get(at(world, "article", number=article.number)))
    assert "No text could be drawn from what was preserved. This page could not be read." in said
    assert "application/pdf" in said
    assert "save the bytes" in said


def test_a_page_dated_beyond_any_calendar_has_no_date(world: World) -> None:
    page = f"""<html><head><title>At the river</title>
        <meta property="article:published_time" content="9999-12-31T22:59:59Z"></head>
        <body><article><p>{TEXT}</p></article></body></html>"""
    article = added(world, page.encode(), "text/html")
    assert worlds.rendition_of(article).published is None
    reader = browser(world.reader)
    assert reader.get(at(world, "articles")).status_code == 200
    assert reader.get(at(world, "article", number=article.number)).status_code == 200


def test_a_program_cannot_say_that_an_article_is_of_the_year_9999(world: World) -> None:
    sender = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    problem = sender.post("/articles", {"text": TEXT, "published": "9999-12-31T22:59:59Z"}, expect=400)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("#/published", "bad_time")]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_text_that_a_program_sends_in_another_encoding_is_read(world: World, encoding: str) -> None:
    words = "The café’s ministry denied that its troops had crossed the river."
    sender = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    body = {"content_base64": base64.b64encode(words.encode(encoding)).decode(), "media_type": "text/plain"}
    sender.post("/articles", body)
    worlds.run_until_quiet()
    assert Rendition.objects.get(article__dossier=world.dossier).text == words


def test_adding_by_hand_says_who_holds_the_article(world: World) -> None:
    article = worlds.an_article(world)
    holding.hold(article=article, by=world.analyst, at=timezone.now())
    said = words_of(browser(world.editor).get(reverse("review-add", args=[world.dossier.slug, article.ref])))
    assert "Anton Analyst is reviewing this article" in said


@pytest.mark.parametrize(
    ("field", "year"), [("said_until", "9999-12-31T23:59:59"), ("said_from", "0001-01-01T00:00:00")]
)
def test_a_moment_that_not_every_zone_has_is_refused_at_its_field(world: World, field: str, year: str) -> None:
    article = worlds.an_article(world)
    client = browser(world.analyst)
    opened = client.get(reverse("review-add", args=[world.dossier.slug, article.ref]))
    response = press(client, opened, "accept", change={field: year})
    assert response.status_code == 422
    assert "No time like that can be recorded" in words_of(response)


def test_a_card_that_claims_countless_figures_is_drawn(world: World) -> None:
    article = worlds.an_article(world)
    client = browser(world.analyst)
    opened = client.get(reverse("review-add", args=[world.dossier.slug, article.ref]))
    assert press(client, opened, "look", change={"figures-TOTAL_FORMS": "9" * 5000}).status_code == 200


def test_the_administration_tells_those_it_does_not_let_in(world: World, client: Client) -> None:
    answer: Any = browser(world.reader).get("/admin/", follow=True)
    assert answer.status_code == 403
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/sign-in/")
