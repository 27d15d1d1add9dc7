"""A machine reads an article again while an analyst decides on it, over two connections: nobody's decision is lost."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.core.errors import Refusal
from apps.review.models import Proposal
from apps.review.services import judging, replacing, storing
from apps.review.services.proposing import propose_again
from tests.factories.finders import Finder
from tests.factories.worlds import World, a_world, an_article, proposed, rendition_of

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20


@pytest.fixture
def world() -> World:
    return a_world()


class Beside:
    """Does something in a thread with a connection of its own, from now on."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.raised: list[BaseException] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.act()
        except BaseException as error:  # noqa: BLE001 (told to the test)
            self.raised.append(error)
        finally:
            connection.close()

    def ended(self) -> list[BaseException]:
        """What it raised, once it is over."""
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "two wait for each other"
        return self.raised


WAITING = """
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())
"""


def until_it_waits(beside: Beside) -> None:
    """Until the one beside waits for a lock that this one holds."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline and beside.thread.is_alive():
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it is as it was at the first look
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError(f"it waits for nothing: {beside.raised}")


def read(article: Article, version: str) -> storing.Stored:
    return propose_again(rendition=rendition_of(article), engine=Finder(version=version), at=timezone.now(), force=True)


def reject(world: World, proposal: Proposal) -> Proposal:
    fresh = Proposal.objects.select_related("dossier").get(pk=proposal.pk)
    by = Actor.person(world.analyst)
    return judging.reject(proposal=fresh, expected_revision=1, by=by, at=timezone.now())


def only(article: Article) -> Proposal:
    return Proposal.objects.live().get(article=article)


def states(article: Article) -> list[str]:
    return list(Proposal.objects.filter(article=article).order_by("pk").values_list("state", flat=True))


def test_a_decision_that_came_first_stays_and_is_not_proposed_again(world: World) -> None:
    article = an_article(world)
    read(article, "1")
    proposal = only(article)
    with transaction.atomic():
        reject(world, proposal)
        machine = Beside(lambda: read(article, "2"))
        until_it_waits(machine)
    assert machine.ended() == []
    assert states(article) == ["rejected"]


def test_a_machine_that_came_first_withdraws_and_the_analyst_is_told(world: World) -> None:
    article = an_article(world)
    read(article, "1")
    proposal = only(article)
    with transaction.atomic():
        read(article, "2")
        analyst = Beside(lambda: reject(world, proposal))
        until_it_waits(analyst)
    (refused,) = analyst.ended()
    assert isinstance(refused, Refusal)
    assert refused.code == "wrong_state"
    assert states(article) == ["superseded", "open"]


def test_two_machines_at_one_text_propose_it_once(world: World) -> None:
    article = an_article(world)
    with transaction.atomic():
        read(article, "1")
        other = Beside(lambda: read(article, "1"))
        until_it_waits(other)
    assert other.ended() == []
    assert states(article) == ["open"]


def test_control_without_the_lock_the_decision_is_overwritten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    article = an_article(world)
    read(article, "1")
    proposal = only(article)
    monkeypatch.setattr(replacing, "_still_untouched", lambda ids, copies: list(Proposal.objects.filter(pk__in=ids)))
    with transaction.atomic():
        reject(world, proposal)
        machine = Beside(lambda: read(article, "2"))
        until_it_waits(machine)
    machine.ended()
    assert states(article)[0] == "superseded"


def test_a_copy_that_somebody_holds_is_waited_for_and_follows(world: World) -> None:
    article, copy = an_article(world), an_article(world)
    read(article, "1")
    (held,) = proposed(copy, copies_of=[article])
    assert held.copy_of is not None
    with transaction.atomic():
        Proposal.objects.select_for_update(no_key=True).get(pk=held.pk)
        machine = Beside(lambda: read(article, "2"))
        until_it_waits(machine)
    assert machine.ended() == []
    held.refresh_from_db()
    assert held.copy_of == only(article)
