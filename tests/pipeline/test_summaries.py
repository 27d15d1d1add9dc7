"""The index of standings follows the ledger without anybody waiting for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app

from apps.crosscheck.models import Summary
from apps.crosscheck.services import behind
from apps.pipeline import tasks
from tests.factories.worlds import a_claim, a_source, a_statement, a_world


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks are done where they are sent."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.mark.usefixtures("eager")
@pytest.mark.django_db(transaction=True)
def test_a_commit_has_a_worker_bring_the_index_level() -> None:
    world = a_world()
    claim = a_claim(world)
    a_statement(world, source=a_source(world), claim=claim, stance="denies")
    assert Summary.objects.get(claim=claim).standing == "denied_without_assertion"


@pytest.mark.django_db(transaction=True)
def test_what_no_message_announced_the_sweep_finds() -> None:
    world = a_world()
    claim = a_claim(world)
    assert behind() == [world.dossier.pk]
    tasks.summarise(dossier_id=world.dossier.pk)
    assert Summary.objects.get(claim=claim).standing == "none"
    assert behind() == []
