"""Every list and every record takes as many queries for ten as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.program import Program, document
from tests.factories.worlds import SAID, World, a_claim, a_source, a_statement, a_world, an_article

MOST = {
    "/api/v1/dossiers": 4,
    "/api/v1/dossiers/{slug}": 5,
    "/api/v1/dossiers/{slug}/parties": 4,
    "/api/v1/dossiers/{slug}/sources": 9,
    "/api/v1/dossiers/{slug}/sources/{public_id}": 15,
    "/api/v1/dossiers/{slug}/articles": 8,
    "/api/v1/dossiers/{slug}/articles/{ref}": 12,
    "/api/v1/dossiers/{slug}/articles/{ref}/renditions/{public_id}": 4,
    "/api/v1/dossiers/{slug}/statements": 20,
    "/api/v1/dossiers/{slug}/statements/{public_id}": 20,
    "/api/v1/dossiers/{slug}/claims": 20,
    "/api/v1/dossiers/{slug}/claims/{ref}": 20,
    "/api/v1/dossiers/{slug}/claims/{ref}/positions": 20,
    "/api/v1/dossiers/{slug}/claims/{ref}/graph": 22,
    "/api/v1/dossiers/{slug}/positions": 20,
    "/api/v1/dossiers/{slug}/changes": 4,
}
NO_LIST = {
    "/api/v1/dossiers/{slug}/intakes",
    "/api/v1/dossiers/{slug}/intakes/{public_id}",
    "/api/v1/dossiers/{slug}/feeds",
    "/api/v1/dossiers/{slug}/feeds/{public_id}",
}
"""They are for those who add, and read tables that hold no facts; they have their budgets beside their tests."""


def grown(rows: int) -> tuple[World, Program, dict[str, str]]:
    """A dossier in which one claim has that many statements of as many sources, and as many further claims."""
    world = a_world()
    claim = a_claim(world, "Troops crossed the river", about=[world.north])
    ids: dict[str, str] = {}
    for number in range(rows):
        source = a_source(world, f"Office {number}", party=world.north if number % 2 else world.south)
        article = an_article(world, outlet=f"Gazette {number}")
        statement = a_statement(
            world,
            source=source,
            claim=claim,
            stance="denies" if number % 2 else "asserts",
            article=article,
            said_until=SAID + timedelta(hours=number),
        )
        other = a_claim(world, f"Claim {number}", about=[world.south])
        a_statement(world, source=source, claim=other, stance="asserts", article=article)
        evidence = statement.attributions.get()
        ids = {
            "sources": str(source.public_id),
            "statements": str(statement.public_id),
            "renditions": str(evidence.rendition.public_id),
        }
    return world, Program(world.reader, slug=world.dossier.slug), ids


def address(template: str, world: World, ids: dict[str, str]) -> str:
    parts = template.replace("{slug}", world.dossier.slug).split("/")
    for place, part in enumerate(parts):
        if part == "{ref}":
            parts[place] = {"claims": "C-0001", "articles": f"A-{_last(ids):04d}"}[parts[place - 1]]
        elif part == "{public_id}":
            parts[place] = ids[parts[place - 1]]
    return "/".join(parts)


def _last(ids: dict[str, str]) -> int:
    return int(ids["articles"])


def queries(ask: Callable[[], object]) -> int:
    ask()  # notes the use of the key, which happens once a minute
    with CaptureQueriesContext(
        connection,
    ) as seen:
        ask()
    return len(seen)


def test_every_read_has_a_budget() -> None:
    reads = {path for path, methods in document()["paths"].items() if "get" in methods}
    assert reads == set(MOST) | NO_LIST


@pytest.mark.django_db
def test_ten_take_no_more_queries_than_one_and_both_stay_within_their_budget() -> None:
    few, one, few_ids = grown(1)
    many, ten, many_ids = grown(10)
    few_ids["articles"], many_ids["articles"] = "1", "10"
    for path, most in MOST.items():
        for_one = queries(lambda p=path: one.get(address(p, few, few_ids)))  # type: ignore[misc]
        for_ten = queries(lambda p=path: ten.get(address(p, many, many_ids)))  # type: ignore[misc]
        assert for_ten <= for_one, f"{path}: {for_one} queries for one, {for_ten} for ten"
        assert for_ten <= most, f"{path}: {for_ten} queries"
