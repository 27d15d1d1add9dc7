"""What may stand in an address without a page breaking."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import worlds

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["", "claims/", "search/", "sources/", "articles/", "review/sources/", "history/"])
def test_a_null_character_in_an_address_is_told_and_breaks_nothing(client: Client, page: str) -> None:
    world = worlds.a_world()
    client.force_login(world.analyst)
    answer = client.get(f"/d/{world.dossier.slug}/{page}", {"q": "a\x00b", "source_q": "\x00", "before": "\x00"})
    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00", "tomorrow", "2023-13-01T00:00"]
)
@pytest.mark.parametrize("name", ["said_until", "known_at"])
def test_a_time_that_has_no_place_in_every_zone_is_told(client: Client, name: str, when: str) -> None:
    world = worlds.a_world(zone="Pacific/Kiritimati")
    client.force_login(world.reader)
    answer = client.get(f"/d/{world.dossier.slug}/claims/", {name: when})
    assert answer.status_code == 400
    assert "no time that we can read" in answer.content.decode()
