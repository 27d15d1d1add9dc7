"""A request that is sent again adds nothing, even if somebody else had asked for the address first."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Intake
from apps.articles.services.adding import add_address
from tests.factories import worlds

pytestmark = pytest.mark.django_db


def test_a_key_for_an_address_on_its_way_is_remembered_after_that_is_done() -> None:
    world = worlds.a_world()
    by, at, address = Actor.person(world.analyst), timezone.now(), "https://news.example/a"
    first = add_address(dossier=world.dossier, address=address, by=by, at=at)
    second = add_address(dossier=world.dossier, address=address, by=by, at=at, idempotency_key="k1")
    assert second.intake == first.intake
    Intake.objects.filter(pk=first.intake.pk).update(state="done", finished=at)
    again = add_address(dossier=world.dossier, address=address, by=by, at=at, idempotency_key="k1")
    assert not again.new
    assert again.intake == first.intake
    assert Intake.objects.in_dossier(world.dossier.pk).count() == 1
