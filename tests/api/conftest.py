"""A river, a claim and two who disagree on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from apps.claims.models import Claim
from apps.sources.models import Source
from apps.statements.models import Statement
from tests.api.program import Program
from tests.factories.worlds import SAID, World, a_claim, a_source, a_statement, a_world


@dataclass
class Dispute:
    """South asserts on day one, North denies a day later."""

    world: World
    claim: Claim
    north: Source
    south: Source
    asserted: Statement
    denied: Statement
    reader: Program


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture
def reader(world: World) -> Program:
    return Program(world.reader, slug=world.dossier.slug)


@pytest.fixture
def dispute(world: World, reader: Program) -> Dispute:
    claim = a_claim(world, "Troops of North crossed the river", about=[world.north])
    north = a_source(world, "Ministry of North", party=world.north)
    south = a_source(world, "Government of South", party=world.south)
    asserted = a_statement(world, source=south, claim=claim, stance="asserts", said_until=SAID - timedelta(days=1))
    denied = a_statement(world, source=north, claim=claim, stance="denies")
    return Dispute(world, claim, north, south, asserted, denied, reader)
