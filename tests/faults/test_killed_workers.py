"""Workers are killed with -9 between steps and in the middle of them, and messages are lost: no article is lost and
nothing of it is there twice. A real broker, a real worker, a real database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

from apps.articles.models import Article, Capture, Intake, Lineage, Rendition
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.pipeline import tasks
from apps.review.models import Proposal
from ops.broker import Broker
from tests.factories.worlds import World, a_world, an_intake

ARTICLES = 12
KILLS = 3
PATIENCE = 90
"""Seconds; far more than an idle machine needs."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """The address of a broker of its own."""
    server = Broker(tmp_path / "valkey")
    process = subprocess.Popen(server.command(), stdout=subprocess.DEVNULL)
    until(server.ready, "the broker to listen")
    yield server.url()
    process.terminate()
    process.wait()


def until(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Works:
    """Starts workers for the test's database, and speaks to the broker as the application would."""

    broker: str
    log: Path

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker that is killed with all its children when the block ends, whatever they are doing."""
        address = urlsplit(os.environ["DATABASE_URL"])
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "DATABASE_POOL_SIZE": "0",
            "CELERY_BROKER_URL": self.broker,
            "EVIDENCE_ROOT": str(settings.EVIDENCE_ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        command = [*(sys.executable, "-m", "celery", "-A", "config.celery:app", "worker", "--concurrency=2"),
                   *("--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")]  # fmt: skip
        with self.log.open("a") as log:
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def sweep(self) -> None:
        """What beat sends every few seconds."""
        with Connection(self.broker, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS) as to:
            current_app.send_task(tasks.sweep.name, connection=to)

    def lose_all_messages(self) -> None:
        with Connection(self.broker) as to:
            channel: Any = to.default_channel
            channel.client.flushall()


def steps_done() -> int:
    """How many steps are behind all articles together."""
    order = [step.value for step in Intake.Step]
    rows = Intake.objects.values_list("step", "state")
    return sum(len(order) if state == "done" else order.index(step) for step, state in rows)


def unfinished() -> int:
    return Intake.objects.on_its_way().count()


def let_leases_run_out() -> None:
    """Time passes, and with it the leases of workers that are gone."""
    Intake.objects.filter(state=Intake.State.RUNNING).update(lease_until=timezone.now())


@pytest.fixture
def world(transactional_db: None) -> World:
    world = a_world()
    for number in range(ARTICLES):
        an_intake(world, f"The harbour office said that boat number {number} had passed the northern point.")
    return world


@pytest.mark.slow
def test_killing_workers_and_losing_messages_loses_no_article_and_doubles_nothing(
    world: World, broker: str, tmp_path: Path
) -> None:
    works = Works(broker, tmp_path / "worker.log")
    for _kill in range(KILLS):
        before = steps_done()
        works.sweep()
        with works.worker():
            until(lambda: steps_done() >= before + 5, "five steps")  # noqa: B023 - asked in this round only
        assert unfinished() > 0, "the worker was killed too late to prove anything"
        works.lose_all_messages()
        let_leases_run_out()

    # The control: a worker that runs again knows of nothing, as a broker's word is all it has.
    stuck = steps_done()
    with works.worker():
        until(lambda: works.log.read_text().count(" ready.") > KILLS, "the worker to be ready")
        time.sleep(2)
        assert steps_done() == stuck
        # The rows know what remains.
        works.sweep()
        until(lambda: unfinished() == 0, "all articles to be in")

    assert set(Intake.objects.values_list("state", flat=True)) == {Intake.State.DONE}
    for made in (Article, Capture, Rendition):
        assert made._base_manager.count() == ARTICLES
    proposals = Proposal.objects.attributions()
    assert proposals.count() == ARTICLES == proposals.values("article").distinct().count()
    assert Lineage.objects.count() <= ARTICLES
    for verb in ("article.preserved", "article.rendered", "article.identified", "review.proposed"):
        assert Entry.objects.filter(verb=verb).count() == ARTICLES, verb
    assert ledger.verify(dossier_id=world.dossier.pk) is None
