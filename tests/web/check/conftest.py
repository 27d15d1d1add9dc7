"""A statement that waits for the editor, and the editor."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.articles.models import Article
from apps.review.drafts import ClaimDraft
from apps.review.models import Proposal
from apps.review.services.judging import Taken
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.check.sitting import TEXT, signed_in


@pytest.fixture
def world() -> World:
    return worlds.a_world()


@pytest.fixture
def ministry(world: World) -> Source:
    return worlds.a_source(world, "Ministry of Defence", party=world.north, names=[("The ministry", "short")])


@pytest.fixture
def article(world: World) -> Article:
    return worlds.an_article(world, TEXT, headline="A river is disputed", outlet="Valley Post")


@pytest.fixture
def waiting(world: World, article: Article, ministry: Source) -> Proposal:
    """A denial that the analyst accepted, on a claim that is new with it."""
    text = worlds.rendition_of(article).text
    (proposal,) = worlds.proposed(article, worlds.a_draft(text, kind="denial"))
    new = ClaimDraft("Northern troops crossed the river", (world.north.pk,))
    return worlds.accept(world, proposal, source=ministry, positions=[Taken("denies", new_claim=new)])


@pytest.fixture
def editor(world: World) -> Client:
    return signed_in(world.editor)


@pytest.fixture
def copies(world: World, article: Article, waiting: Proposal) -> list[Proposal]:
    """Two copies of the denial, in two outlets; the denial is approved."""
    made = []
    for outlet in ("Hill Gazette", "Harbour Mail"):
        again = worlds.an_article(world, TEXT, headline="The same", outlet=outlet)
        draft = worlds.a_draft(worlds.rendition_of(again).text, kind="denial")
        made += worlds.proposed(again, draft, copies_of=[article])
    worlds.approve(world, waiting)
    return made
