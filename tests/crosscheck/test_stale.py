"""Statements whose words later versions lack: told on every side, and counted all the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from apps.articles.models import Article
from apps.claims.models import Claim
from apps.crosscheck.selectors import Moments, Said, positions_on, standings, statements
from apps.review.models import Proposal
from apps.review.services.judging import Taken
from apps.sources.models import Source
from apps.statements.models import Gone
from apps.statements.reading import Attributed, Times, attributed_in, evidence
from apps.statements.staleness import stale_since
from tests.factories.versions import corrected
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_source,
    a_world,
    an_article,
    approve,
    approved,
    proposed,
    rendition_of,
)
from tests.web.rooms import at, browser, html
from tests.web.submitting import words_of

pytestmark = pytest.mark.django_db

TEXT = "The ministry denied that its troops had crossed the river. Boats were seen near the northern bank."
WITHOUT = "Boats were seen near the northern bank."


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def claim(world: World) -> Claim:
    return a_claim(world, about=[world.north])


@pytest.fixture
def ministry(world: World) -> Source:
    return a_source(world, "Ministry of Defence", party=world.north)


@pytest.fixture
def article(world: World) -> Article:
    return an_article(world, TEXT)


@pytest.fixture
def denial(world: World, article: Article, ministry: Source, claim: Claim) -> Proposal:
    return approved(world, article, draft=a_draft(TEXT), source=ministry, positions=[Taken("denies", claim=claim)])


def told(world: World, moments: Moments | None = None) -> Said:
    """The only statement there is."""
    proposal = Proposal.objects.filter(statement__isnull=False, twin_of=None, copy_of=None).get()
    return statements(world.dossier.pk, [proposal.statement_id or 0], moments or Moments())[proposal.statement_id or 0]


def a_copy(world: World, article: Article) -> Article:
    """Another article with the same words, approved to be a copy."""
    copy = an_article(world, f"{TEXT} So it was told elsewhere.")
    approve(world, *proposed(copy, a_draft(rendition_of(copy).text), copies_of=[article]))
    return copy


def in_article(world: World, article: Article) -> list[Attributed]:
    return list(attributed_in(article, Times()))


def test_a_statement_whose_words_are_in_the_latest_version_is_not_stale(
    world: World, article: Article, denial: Proposal
) -> None:
    assert told(world).stale_since is None
    corrected(article, f"Correction. {TEXT}")
    assert told(world).stale_since is None


def test_one_whose_words_are_gone_is_stale_since_that_was_known(
    world: World, article: Article, denial: Proposal
) -> None:
    corrected(article, WITHOUT)
    gone = Gone.objects.get()
    assert told(world).stale_since == gone.known_from
    assert [one.gone_since for one in told(world).evidence] == [gone.known_from]


def test_it_is_so_as_known_then(world: World, article: Article, denial: Proposal) -> None:
    corrected(article, WITHOUT)
    corrected(article, f"Again. {TEXT}")
    gone = Gone.objects.get()
    assert told(world).stale_since is None
    assert told(world, Moments(known_at=gone.known_from)).stale_since == gone.known_from
    assert told(world, Moments(known_at=gone.known_until)).stale_since is None


def test_it_counts_all_the_same(world: World, article: Article, denial: Proposal, claim: Claim) -> None:
    before = standings(world.dossier.pk, [claim.pk])[claim.pk]
    corrected(article, WITHOUT)
    after = standings(world.dossier.pk, [claim.pk])[claim.pk]
    assert (after.held, after.code, after.articles) == (before.held, before.code, before.articles)


def test_as_long_as_one_article_has_the_words_the_statement_is_not_stale(
    world: World, article: Article, denial: Proposal
) -> None:
    copy = a_copy(world, article)
    corrected(article, WITHOUT)
    assert told(world).stale_since is None
    assert told(world).evidence[0].gone_since is not None
    corrected(copy, WITHOUT)
    assert told(world).stale_since == Gone.objects.latest("pk").known_from


def test_twins_are_neither_evidence_nor_counted(world: World, article: Article, denial: Proposal) -> None:
    approve(world, *corrected(article, f"Correction. {TEXT}"))
    said = told(world)
    assert (len(said.evidence), len(said.twins), said.reports, said.copies) == (1, 1, 1, 0)
    assert said.twins[0].twin_of == said.evidence[0].attribution_id
    assert evidence(world.dossier.pk, Times()).filter(twin_of=None).count() == 1


def test_the_article_attributes_each_statement_once_where_its_version_has_it(
    world: World, article: Article, denial: Proposal
) -> None:
    first = rendition_of(article)
    approve(world, *corrected(article, f"Correction. {TEXT}"))
    (newest,) = in_article(world, article)
    assert newest.rendition_id == rendition_of(article).pk
    (older,) = attributed_in(article, Times(), rendition_id=first.pk)
    assert older.rendition_id == first.pk
    corrected(article, WITHOUT)
    (gone,) = in_article(world, article)
    assert gone.gone_since == Gone.objects.get().known_from
    assert gone.stale_since == gone.gone_since


def test_what_is_withdrawn_is_not_stale_but_not_held(world: World, article: Article, denial: Proposal) -> None:
    assert stale_since(world.dossier.pk, [10**9]) == {}


def test_the_claim_page_shows_it_and_leads_to_the_version_that_has_the_words(
    world: World, article: Article, denial: Proposal, claim: Claim
) -> None:
    first = rendition_of(article)
    url = at(world, "claim", number=claim.number)
    assert "gone from the later version" not in words_of(browser(world.reader).get(url))
    corrected(article, WITHOUT)
    page = browser(world.reader).get(url)
    assert "gone from the later version · known since" in words_of(page)
    assert f"rendition={first.public_id}#p1" in html(page)


def test_the_claim_page_tells_a_statement_gone_from_one_article_from_one_gone_from_all(
    world: World, article: Article, denial: Proposal, claim: Claim
) -> None:
    copy = a_copy(world, article)
    corrected(article, WITHOUT)
    url = at(world, "claim", number=claim.number)
    assert "gone from the later version of this article, not of all" in words_of(browser(world.reader).get(url))
    corrected(copy, WITHOUT)
    assert "gone from the later versions of all articles" in words_of(browser(world.reader).get(url))


def test_a_position_on_the_claim_carries_it(world: World, article: Article, denial: Proposal, claim: Claim) -> None:
    corrected(article, WITHOUT)
    (taken,) = positions_on(world.dossier.pk, [claim.pk], only_first=True)[claim.pk]
    assert taken.statement.stale_since is not None


def test_programs_are_told_since_when_and_which_attribution_is_a_twin(
    world: World, article: Article, denial: Proposal
) -> None:
    approve(world, *corrected(article, f"Correction. {TEXT}"))
    client = browser(world.reader)
    base = f"/api/v1/dossiers/{world.dossier.slug}/statements"

    def asked(query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"{base}{query}").json()["items"][0]
        return found

    attributions = asked()["attributions"]
    assert [one["twin_of"] for one in attributions] == [None, attributions[0]["id"]]
    assert (asked()["stale"], asked()["stale_since"]) == (False, None)
    before = timezone.now()
    corrected(article, WITHOUT)
    assert asked()["stale"] is True
    assert asked()["stale_since"] is not None
    assert asked(f"?known_at={quote(before.isoformat())}")["stale"] is False
