"""Where nothing is proposed, or not all, the pages say why: silence of the machine is not silence of the text."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.articles.models import Article, Intake
from apps.articles.services import leases
from apps.attribution.types import Attribution, ExtractorUnavailable
from apps.pipeline import working
from apps.review.models import MachineReading, Proposal
from apps.review.services import suggesting
from apps.review.services.proposing import propose_again
from tests.factories import worlds
from tests.factories.finders import Finder, found
from tests.factories.worlds import World, an_article, an_intake, rendition_of
from tests.web.desk.sitting import desk_url, signed_in

pytestmark = pytest.mark.django_db

RUSSIAN = "Министерство отрицало, что войска перешли реку."
FOREIGN = "Not read: no extractor for this language"


def shown(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def article_url(world: World, article: Article) -> str:
    return reverse("article", args=[world.dossier.slug, article.ref])


def read(article: Article, engine: Finder) -> None:
    propose_again(rendition=rendition_of(article), engine=engine, at=timezone.now())


def test_a_text_in_a_language_that_nobody_reads_is_said_not_to_have_been_read(world: World, analyst: Client) -> None:
    article = an_article(world, RUSSIAN)
    read(article, Finder())
    for url in (desk_url(world, article), article_url(world, article)):
        assert FOREIGN in shown(analyst, url)
    at_desk = shown(analyst, desk_url(world, article))
    assert "Not read by the machine" in at_desk
    assert "found nobody’s words" not in at_desk
    assert FOREIGN in shown(signed_in(world.reader), article_url(world, article))


def test_a_machine_that_cannot_read_it_takes_nothing_from_what_another_has_read(world: World, analyst: Client) -> None:
    class Polyglot(Finder):
        def reads(self, language: str) -> bool:
            return True

    article = an_article(world, RUSSIAN)
    words: dict[str, Any] = {"source": "Министерство", "cue": "отрицало", "content": "войска перешли реку"}
    read(article, Polyglot(lambda text: [found(text, **words)], name="polyglot"))
    read(article, Finder())
    assert "Not read" not in shown(analyst, desk_url(world, article))


def test_a_text_that_was_read_and_holds_nobodys_words_is_said_to(world: World, analyst: Client) -> None:
    article = an_article(world)
    read(article, Finder(lambda text: []))
    at_desk = shown(analyst, desk_url(world, article))
    assert "found nobody’s words" in at_desk
    for page in (at_desk, shown(analyst, article_url(world, article))):
        assert "Not read" not in page
        assert "left out" not in page


def test_what_was_left_out_is_said_on_the_desk_and_beside_the_article(
    world: World, analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "MOST_PROPOSED", 1)
    article = an_article(world)
    read(article, Finder(lambda text: [found(text), found(text, content="troops had crossed")]))
    told = "The machine found 2 statements in this text. Only the first 1 were taken up: 1 more were left out."
    for url in (desk_url(world, article), article_url(world, article)):
        assert told in shown(analyst, url)


def test_an_article_whose_reading_failed_is_said_not_to_have_been_read_and_why(
    world: World, analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str) -> list[Attribution]:
        raise ExtractorUnavailable("The endpoint is away.", code="llm_refused", transient=False)

    monkeypatch.setattr(working, "engine", lambda: Finder(fails))
    intake = an_intake(world)
    worlds.run_until_quiet()
    article = Article.objects.get()
    for url in (desk_url(world, article), article_url(world, article)):
        assert "Not read: the machine could not. The endpoint is away." in shown(analyst, url)
    to_a_reader = shown(signed_in(world.reader), article_url(world, article))
    assert "Not read: the machine could not." in to_a_reader
    assert "The endpoint is away." not in to_a_reader

    leases.retry(intake=intake)
    assert "Not read yet: it is on its way." in shown(analyst, desk_url(world, article))
    leases.cancel(intake=Intake.objects.get(pk=intake.pk))
    assert "No machine has read this text." in shown(analyst, desk_url(world, article))


def test_texts_that_were_read_before_this_was_written_down_count_as_read_by_who_proposed_last(world: World) -> None:
    article = an_article(world)
    for version in ("1", "2"):
        read(article, Finder(lambda text: [found(text)], version=version))
    before = MachineReading.objects.order_by("-pk").values_list("machine", "proposed")[0]
    with pgtrigger.ignore("review.MachineReading:append_only"):
        MachineReading.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("apps.review.migrations.0002_machine_readings").READ_BEFORE)
    assert MachineReading.objects.values_list("machine", "proposed").get() == before == ("stand-in/2", 1)
    assert Proposal.objects.live().count() == 1
