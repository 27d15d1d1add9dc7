"""The page that compares versions of an article, and looking at its address again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Capture, Intake, Rendition, Watch
from apps.articles.services.adding import add_address
from apps.ledger import services as ledger
from tests.factories.versions import TEXT, a_later_text, corrected
from tests.factories.worlds import World, a_draft, a_source, a_world, an_article, approved, rendition_of
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db

CHANGED = TEXT.replace("its troops had crossed the river", "its soldiers had crossed the river")


@pytest.fixture
def world() -> World:
    return a_world(zone="Asia/Baku")


def test_one_version_has_nothing_beside_it(world: World) -> None:
    article = an_article(world, TEXT)
    shown = html(browser(world.reader).get(at(world, "versions", number=article.number)))
    assert "One version is held" in shown
    assert browser(world.reader).get(at(world, "versions", number=99)).status_code == 404


def test_two_versions_stand_beside_each_other_word_by_word(world: World) -> None:
    article = an_article(world, TEXT, headline="At the river")
    a_later_text(article, CHANGED)
    shown = html(browser(world.reader).get(at(world, "versions", number=article.number)))
    assert "<del>" in shown
    assert "cut: </span>troops<" in shown
    assert "added: </span>soldiers<" in shown
    assert "1 paragraph changed." in shown


def test_any_two_of_several_versions_can_be_asked_for(world: World) -> None:
    article = an_article(world, TEXT)
    a_later_text(article, CHANGED)
    a_later_text(article, TEXT)
    reader = browser(world.reader)
    first_and_last = reader.get(at(world, "versions-between", number=article.number, first=1, second=3))
    assert "The text is the same, word for word." in html(first_and_last)
    asked = reader.get(at(world, "versions", number=article.number) + "?from=3&to=2")
    assert asked["Location"] == at(world, "versions-between", number=article.number, first=2, second=3)
    for first, second in ((2, 2), (3, 2), (0, 1), (1, 4)):
        address = at(world, "versions-between", number=article.number, first=first, second=second)
        assert reader.get(address).status_code == 404


def test_what_is_told_beside_the_text_is_compared_too(world: World) -> None:
    article = an_article(world, TEXT, headline="At the river")
    later = a_later_text(article, CHANGED, credit="Norwire")
    assert later.credit == "Norwire"
    with (
        transaction.atomic(),
        ledger.entry(dossier_id=world.dossier.pk, actor="machine:test", verb="article.rendered") as m,
    ):
        Rendition.objects.create(
            article=article,
            capture=later.capture,
            extractor=later.extractor,
            version="another",
            text=CHANGED,
            sha256=later.sha256,
            headline="At the bank of the river",
            captions=["The quay on Monday."],
            published=(later.published or timezone.now()) + timedelta(hours=1),
            **m.begins(),
        )
    shown = html(browser(world.reader).get(at(world, "versions", number=article.number)))
    assert "Credits" in shown
    assert "Norwire" in shown
    assert "Published" in shown
    assert "The quay on Monday." in shown
    assert "<ins>" in shown.partition("<h1")[2].partition("</h1>")[0]
    assert "the same bytes, read anew" in shown
    article_page = html(browser(world.reader).get(at(world, "article", number=article.number)))
    assert "Under pictures" in article_page
    assert "What changed between versions" in article_page


def test_statements_whose_words_are_gone_are_named(world: World) -> None:
    article = an_article(world, TEXT)
    approved(world, article, draft=a_draft(rendition_of(article).text), source=a_source(world, "Ministry of Ferries"))
    corrected(article, "Boats were seen near the northern bank.")
    reader = browser(world.reader)
    shown = html(reader.get(at(world, "versions", number=article.number)))
    gone = shown.partition("Words that are gone")[2]
    assert "its troops had crossed the river" in gone
    assert "Ministry of Ferries" in gone
    assert "gone from the later version" in html(reader.get(at(world, "article", number=article.number)))


def test_a_permalink_knows_only_the_versions_of_its_time(world: World) -> None:
    article = an_article(world, TEXT)
    before = timezone.now()
    a_later_text(article, CHANGED)
    reader = browser(world.reader)
    shown = html(reader.get(at(world, "versions", number=article.number), {"known_at": before.isoformat()}))
    assert "One version is held" in shown
    address = at(world, "versions-between", number=article.number, first=1, second=2)
    assert reader.get(address, {"known_at": before.isoformat()}).status_code == 404


def test_an_earlier_version_says_so_on_the_articles_page(world: World) -> None:
    article = an_article(world, TEXT)
    first = rendition_of(article)
    a_later_text(article, CHANGED)
    address = at(world, "article", number=article.number)
    reader = browser(world.reader)
    assert "This is an earlier version." in html(reader.get(address, {"rendition": str(first.public_id)}))
    assert "This is an earlier version." not in html(reader.get(address))


def with_an_address(world: World) -> Article:
    """An article that was fetched, as far as its page knows."""
    at_ = timezone.now()
    added = add_address(
        dossier=world.dossier, address="https://example.org/a.html", by=Actor.person(world.analyst), at=at_
    )
    with (
        transaction.atomic(),
        ledger.entry(dossier_id=world.dossier.pk, actor="machine:test", verb="article.preserved") as m,
    ):
        article = Article.objects.create(
            number=1, address="https://example.org/a.html", address_key="https://example.org/a.html", **m.begins()
        )
        Capture.objects.create(
            article=article,
            sha256="a" * 64,
            size=3,
            method=Capture.Method.FETCHED,
            preserved=at_,
            redirects=[{"address": "https://example.org/old.html", "status": 301, "location": "/a.html"}],
            headers=[["Server", "<b>Quay</b>"]],
            ip_address="203.0.113.7",
            tls={"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "certificate_sha256": "b" * 64},
            final_address="https://example.org/a.html",
            actor="machine:test",
            **m.begins(),
        )
    Intake.objects.filter(pk=added.intake.pk).update(state="done", article=article)
    return article


def test_how_a_capture_came_is_told_in_full_and_runs_nothing(world: World) -> None:
    article = with_an_address(world)
    shown = html(browser(world.reader).get(at(world, "article", number=article.number)))
    for told in ("https://example.org/old.html", "203.0.113.7", "TLSv1.3", "a" * 64, "Server: &lt;b&gt;Quay&lt;/b&gt;"):
        assert told in shown


def test_an_analyst_has_it_looked_at_again_no_more_and_again(world: World) -> None:
    article = with_an_address(world)
    analyst, address = browser(world.analyst), at(world, "article-look", number=article.number)
    assert "It is being looked at." in html(analyst.post(address, {"do": "now"}, follow=True))
    visit = Intake.objects.get(purpose=Intake.Purpose.REVISIT)
    assert (visit.article, visit.address) == (article, article.address)
    again = html(analyst.post(address, {"do": "now"}, follow=True))
    assert "The same address is already on its way." in again
    assert "It is on its way now." in again
    analyst.post(address, {"do": "stop"})
    assert not Watch.objects.get(article=article).active
    analyst.post(address, {"do": "keep"})
    assert Watch.objects.get(article=article).active
    assert analyst.post(at(world, "article-look", number=99)).status_code == 404
    assert browser(world.reader).post(address, {"do": "now"}).status_code == 403


def test_the_page_takes_as_many_queries_for_ten_versions_as_for_two(world: World) -> None:
    article = an_article(world, TEXT)
    a_later_text(article, CHANGED)
    reader = browser(world.reader)
    few = queries(reader, at(world, "versions", number=article.number))
    for number in range(8):
        a_later_text(article, f"{CHANGED} Number {number}.")
    assert queries(reader, at(world, "versions", number=article.number)) == few
