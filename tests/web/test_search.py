"""Finding claims, sources, statements and articles by words."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.claims.models import Claim
from apps.sources.models import Source
from apps.web.search.marked import BEGINS, ENDS, marked
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_person,
    a_source,
    a_world,
    an_article,
    approved,
    rendition_of,
    submitted,
)
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def world() -> World:
    return a_world()


def test_what_is_found_is_escaped_before_it_is_marked() -> None:
    found = f"<b>{BEGINS}<i>{ENDS}</b> {BEGINS}stray &"
    assert marked(found) == "&lt;b&gt;<mark>&lt;i&gt;</mark>&lt;/b&gt; stray &amp;"


def test_nobody_unknown_and_no_outsider_searches(client: object, world: World) -> None:
    assert client.get(at(world, "search")).status_code == 302  # type: ignore[attr-defined]
    assert browser(a_person("Olga Outsider")).get(at(world, "search"), {"q": "river"}).status_code == 404


def test_without_words_the_page_says_what_can_be_found(world: World) -> None:
    reader = browser(world.reader)
    assert "What are you looking for?" in html(reader.get(at(world, "search")))
    assert "What are you looking for?" in html(reader.get(at(world, "search"), {"q": "  "}))


def test_words_that_are_nowhere_are_not_found_rather_than_not_said(world: World) -> None:
    page = html(browser(world.reader).get(at(world, "search"), {"q": "submarine"}))
    assert "was not found" in page
    assert "not said" not in page


def test_what_cannot_be_words_is_refused_in_a_sentence(world: World) -> None:
    reader = browser(world.reader)
    for words in ("x" * 201, "x" * 4000):
        response = reader.get(at(world, "search"), {"q": words})
        assert response.status_code == 400
        assert 'id="id_q_error"' in html(response)


def test_each_kind_is_found_by_its_words(world: World) -> None:
    claim: Claim = a_claim(world, "Troops crossed the river")
    source: Source = a_source(world, "River Authority", party=world.north, names=[("RA", "acronym")])
    article = an_article(world, headline="At the water")
    approved(world, article, source=source)
    page = html(browser(world.reader).get(at(world, "search"), {"q": "river"}))
    assert f"{claim.ref}" in page
    assert "Troops crossed the <mark>river</mark>" in page
    assert "River Authority" in page
    assert "its troops had crossed the <mark>river</mark>" in page
    assert "At the water" in page


def test_a_name_is_found_though_it_is_misspelt_or_another_of_its_names(world: World) -> None:
    a_source(world, "Ministry of Defence", names=[("Stepanakert", "metonym")])
    reader = browser(world.reader)
    assert "Ministry of Defence" in html(reader.get(at(world, "search"), {"q": "Stepanakrt"}))
    assert "also called" in html(reader.get(at(world, "search"), {"q": "stepanakert"}))


def test_phrases_and_minus_are_understood(world: World) -> None:
    an_article(world, "The bridge was closed for repairs.", headline="First")
    an_article(world, "Closed was the bridge of the old town.", headline="Second")
    reader = browser(world.reader)
    phrase = html(reader.get(at(world, "search"), {"q": '"bridge was closed"'}))
    assert "First" in phrase
    assert "Second" not in phrase
    without = html(reader.get(at(world, "search"), {"q": "bridge -repairs"}))
    assert "Second" in without
    assert "First" not in without


@pytest.mark.parametrize("words", ["'; drop table", "a & | !", "(((", "%", "_", '"', "\\", "-", "<->"])
def test_no_punctuation_breaks_the_search(world: World, words: str) -> None:
    a_source(world)
    an_article(world)
    assert browser(world.reader).get(at(world, "search"), {"q": words}).status_code == 200


def test_a_kind_with_more_leads_to_all_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.search.views.FEW", 1)
    monkeypatch.setattr("apps.web.search.views.MANY", 2)
    for number in range(4):
        a_claim(world, f"Bridge number {number} was closed")
    reader = browser(world.reader)
    first = html(reader.get(at(world, "search"), {"q": "bridge"}))
    assert "number 3" in first
    assert "number 2" not in first
    assert "in=claims" in first
    second = html(reader.get(at(world, "search"), {"q": "bridge", "in": "claims"}))
    assert "number 2" in second
    assert "number 1" not in second
    last = Claim.objects.get(number=3).pk
    assert "number 1" in html(reader.get(at(world, "search"), {"q": "bridge", "in": "claims", "before": str(last)}))


@pytest.mark.parametrize("kind", ["sources", "statements", "articles"])
def test_every_kind_goes_on_below_a_place(world: World, kind: str) -> None:
    source = a_source(world, "River Authority")
    approved(world, an_article(world), source=source)
    reader = browser(world.reader)
    page = html(reader.get(at(world, "search"), {"q": "river", "in": kind}))
    assert "not found" not in page
    assert "was not found" in html(reader.get(at(world, "search"), {"q": "river", "in": kind, "before": "1"}))


def test_proposals_are_never_found(world: World) -> None:
    article = an_article(world, "The ministry denied that submarines were seen.", headline="At sea")
    text = rendition_of(article).text
    submitted(world, article, draft=a_draft(text, content="submarines were seen"))
    page = html(browser(world.editor).get(at(world, "search"), {"q": "submarines"}))
    assert "At sea" in page  # the evidence itself is
    assert 'id="found-statements"' in page
    assert page.split('id="found-statements"')[1].split("</section>")[0].count("not found") == 1


def test_another_dossiers_words_are_not_found(world: World) -> None:
    other = a_world()
    a_claim(other, "A submarine was seen")
    an_article(other, "A submarine was seen near the coast.")
    assert "was not found" in html(browser(world.reader).get(at(world, "search"), {"q": "submarine"}))


def test_the_past_is_searched_as_it_was_known(world: World) -> None:
    before = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    a_claim(world, "A submarine was seen")
    reader = browser(world.reader)
    assert "was not found" in html(reader.get(at(world, "search"), {"q": "submarine", "known_at": before}))


def test_nothing_that_is_found_becomes_markup(world: World) -> None:
    a_claim(world, f"Boats {NASTY} fired")
    source = a_source(world, f"Boats office {NASTY}")
    article = an_article(world, f"The ministry denied that boats {NASTY} fired.", headline=f"Boats {NASTY}")
    text = rendition_of(article).text
    approved(world, article, source=source, draft=a_draft(text, content=f"boats {NASTY} fired"))
    page = html(browser(world.reader).get(at(world, "search"), {"q": "boats"}))
    assert page.lower().count("<mark>boats</mark>") >= 3
    assert NASTY not in page
    assert NASTY not in html(browser(world.reader).get(at(world, "search"), {"q": NASTY}))


def test_the_search_takes_as_many_queries_for_ten_finds_as_for_one(world: World) -> None:
    def add(number: int) -> None:
        text = f"The ministry denied that bridge {number} was crossed."
        article = an_article(world, text, outlet=f"Outlet {number}")
        a_claim(world, f"The bridge {number} was crossed")
        source = a_source(world, f"Bridge office {number}", party=world.north)
        draft = a_draft(rendition_of(article).text, content=f"bridge {number} was crossed")
        approved(world, article, source=source, draft=draft)

    add(0)
    reader = browser(world.reader)
    one = queries(reader, at(world, "search") + "?q=bridge")
    for number in range(1, 10):
        add(number)
    assert queries(reader, at(world, "search") + "?q=bridge") == one
