"""What a visit brought that is perhaps no version of its article: shown, and taken for one by whoever looked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from apps.articles import storage
from apps.articles.models import Article, Capture, Intake
from tests.factories.versions import a_later_text
from tests.factories.worlds import World, a_world, an_article
from tests.web.rooms import at, browser
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db

NOTICE = b"<html><body><article><p>This article was withdrawn by its publisher.</p></article></body></html>"


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def article(world: World) -> Article:
    return an_article(world)


@pytest.fixture
def visit(world: World, article: Article) -> Intake:
    """A visit that failed because hardly anything was left of the text."""
    return Intake.objects.create(
        dossier=world.dossier,
        method=Capture.Method.FETCHED,
        purpose=Intake.Purpose.REVISIT,
        address="https://example.org/a",
        article=article,
        actor="machine:revisit",
        added=timezone.now(),
        run_after=timezone.now(),
        step=Intake.Step.EXTRACT,
        state=Intake.State.FAILED,
        failure_code="much_shorter",
        finished=timezone.now(),
        raw_sha256=storage.keep(NOTICE),
        came={"status": 200, "final_address": "https://example.org/a", "headers": [["Content-Type", "text/html"]]},
    )


@pytest.fixture
def analyst(world: World) -> Client:
    return browser(world.analyst)


def page_of(world: World, article: Article) -> str:
    return at(world, "versions", number=article.number)


def accept_url(world: World, article: Article, visit: Intake) -> str:
    return at(world, "article-accept", number=article.number, intake_id=visit.public_id)


def test_what_was_doubted_is_shown_with_its_words(
    world: World, article: Article, visit: Intake, analyst: Client
) -> None:
    words = words_of(analyst.get(page_of(world, article)))
    assert "Is this the article?" in words
    assert "Hardly anything of the article's text is left on its page." in words
    assert "This article was withdrawn by its publisher." in words


def test_nothing_is_asked_where_nothing_was_doubted(world: World, article: Article, analyst: Client) -> None:
    assert "Is this the article?" not in words_of(analyst.get(page_of(world, article)))


def test_a_reader_sees_it_and_decides_nothing(world: World, article: Article, visit: Intake) -> None:
    client = browser(world.reader)
    page = words_of(client.get(page_of(world, article)))
    assert "Is this the article?" in page
    assert "Take it for a version" not in page
    assert client.post(accept_url(world, article, visit)).status_code == 403


def test_an_analyst_takes_it_for_a_version(world: World, article: Article, visit: Intake, analyst: Client) -> None:
    form = form_of(analyst.get(page_of(world, article)), action=accept_url(world, article, visit))
    response = analyst.post(accept_url(world, article, visit), values_of(form), follow=True)
    assert "It is taken for a version of the article." in words_of(response)
    visit.refresh_from_db()
    assert (visit.state, visit.step) == ("ready", "extract")
    assert visit.came["accepted_by"] == f"person:{world.analyst.pk}"
    again = analyst.post(accept_url(world, article, visit), follow=True)
    assert "There is nothing here to be taken for a version of the article." in words_of(again)


def test_what_was_preserved_again_since_is_asked_no_more(
    world: World, article: Article, visit: Intake, analyst: Client
) -> None:
    a_later_text(article, "Another text, which came in another way.")
    assert "Is this the article?" not in words_of(analyst.get(page_of(world, article)))


def test_bytes_that_are_lost_are_asked_about_without_words(
    world: World, article: Article, visit: Intake, analyst: Client
) -> None:
    Intake.objects.filter(pk=visit.pk).update(raw_sha256="0" * 64)
    assert "Is this the article?" in words_of(analyst.get(page_of(world, article)))


def test_a_visit_of_another_article_is_none_of_this(
    world: World, article: Article, visit: Intake, analyst: Client
) -> None:
    other = an_article(world, "Something else was said elsewhere.")
    assert analyst.post(accept_url(world, other, visit)).status_code == 404
