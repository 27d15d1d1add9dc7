"""An article with three proposed statements, and the analyst who reviews it."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.articles.models import Article
from apps.review.models import Proposal
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.desk.sitting import TEXT, signed_in


@pytest.fixture
def world() -> World:
    return worlds.a_world()


@pytest.fixture
def ministry(world: World) -> Source:
    return worlds.a_source(
        world, "Ministry of Defence of the North", party=world.north, names=[("The ministry", "short")]
    )


@pytest.fixture
def article(world: World) -> Article:
    return worlds.an_article(world, TEXT, headline="A river is disputed", outlet="Valley Post")


@pytest.fixture
def proposals(article: Article) -> list[Proposal]:
    text = worlds.rendition_of(article).text
    return worlds.proposed(
        article,
        worlds.a_draft(text, kind="denial"),
        worlds.a_draft(text, source="It", cue="said", content="12 people were wounded near the bridge"),
        worlds.a_draft(text, source="Anna Vale", cue="said", content="the bridge was closed"),
    )


@pytest.fixture
def analyst(world: World) -> Client:
    return signed_in(world.analyst)
