"""Telling workers that there is work. A message is only a wake-up: should it be lost, the sweep finds the row.

So nothing here waits for a broker that is away, and nothing fails because of it.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import Any

from celery import current_app
from celery.canvas import Signature
from django.db import transaction
from kombu import Queue
from kombu.exceptions import OperationalError

from apps.articles.models import Feed, Intake
from apps.articles.services import leases, revisiting
from apps.articles.services.polling import due_feeds
from apps.crosscheck.services import BEARING, behind

log = logging.getLogger(__name__)

TASKS = "apps.pipeline.tasks"
MOST_WAITING = 200
"""How many messages the sweep lets stand in one queue: it adds none to a queue that nobody empties."""
CHILDREN_AT_ONCE = 40
VISITS_AT_ONCE = 100
NOT_WITHIN = 1.0
"""Seconds within which a worker does not sweep twice, as when messages piled up while no worker was there."""

AWAY_FOR = 10.0
"""Seconds in which a broker that did not answer is not tried again by this process, as each try holds somebody up."""

_last: dict[str, float] = {}


def wake(intake: Intake, *, seconds: float = 0) -> None:
    """Send the task for the step that the article is at, once the transaction around this is committed."""
    if intake.state == Intake.State.READY:
        transaction.on_commit(partial(_send, intake.step, {"intake_id": intake.pk}, countdown=seconds))


def wake_children(parent: Intake) -> None:
    """Wake workers for what was in a container, as far as there is room; the sweep comes to the rest."""
    for child in parent.children.filter(state=Intake.State.READY).order_by("pk")[:CHILDREN_AT_ONCE]:
        wake(child)


def wake_feed(feed: Feed) -> None:
    """Have a feed asked now, once the transaction around this is committed."""
    transaction.on_commit(partial(_send, "poll_feed", {"feed_id": feed.pk}))


def on_recorded(sender: object, *, dossier_id: int, nouns: frozenset[str], **kwargs: object) -> None:
    """A ledger entry was committed: have the summaries brought level by a worker, not by whoever approved.

    Where it bears on none, as with most of what is written about an article that comes in, the sweep is soon enough.
    """
    if nouns & BEARING:
        _send("summarise", {"dossier_id": dossier_id})


def wake_what_is_due() -> int:
    """Send a task for whatever waits or was left behind, as far as there is room; how many were sent."""
    steps = ((step, {"intake_id": pk}) for pk, step in leases.due(limit=MOST_WAITING))
    summaries = (("summarise", {"dossier_id": pk}) for pk in behind())
    return _send_where_there_is_room(chain(steps, summaries))


def wake_feeds_that_are_due() -> int:
    """Send a task for every feed that is due, as far as there is room; how many were sent."""
    return _send_where_there_is_room(("poll_feed", {"feed_id": pk}) for pk in due_feeds(limit=MOST_WAITING))


def begin_visits_that_are_due() -> int:
    """Put the articles on their way that are to be looked at again; how many there were."""
    begun = 0
    for watch_id in revisiting.due_visits(limit=VISITS_AT_ONCE):
        visit = revisiting.begin_visit(watch_id=watch_id, at=leases.now())
        if visit is not None:
            wake(visit)
            begun += 1
    return begun


def is_time_to(what: str) -> bool:
    """Whether this worker has not done it just now. Messages have no date of expiry, since a worker whose clock is
    ahead would throw each of them away.
    """
    now = time.monotonic()
    if now - _last.get(what, -NOT_WITHIN) < NOT_WITHIN:
        return False
    _last[what] = now
    return True


def _task(name: str, kwargs: dict[str, int]) -> Signature[None]:
    return current_app.signature(f"{TASKS}.{name}", kwargs=kwargs)


def _send(name: str, kwargs: dict[str, int], *, countdown: float = 0) -> bool:
    if countdown and _over_amqp():
        return False  # a quorum queue cannot hold a message back; the sweep comes in time
    if time.monotonic() < _last.get("broker away", 0.0) + AWAY_FOR:
        return False
    try:
        _task(name, kwargs).apply_async(countdown=countdown)
    except (OperationalError, OSError) as error:
        _last["broker away"] = time.monotonic()
        log.warning("No broker to wake a worker for %s %s: %s. The sweep will.", name, kwargs, error)
        return False
    return True


def _send_where_there_is_room(wanted: Iterable[tuple[str, dict[str, int]]]) -> int:
    room: dict[str, int] = {}
    sent: Counter[str] = Counter()
    for name, kwargs in wanted:
        queue = _queue_of(name)
        if queue not in room:
            room[queue] = MOST_WAITING - _waiting_in(queue)
        if sent[queue] < room[queue]:
            _task(name, kwargs).apply_async()
            sent[queue] += 1
    return sent.total()


def _over_amqp() -> bool:
    return str(current_app.conf.broker_url).startswith(("amqp", "pyamqp"))


def _queue_of(name: str) -> str:
    queue: str = current_app.amqp.router.route({}, f"{TASKS}.{name}")["queue"].name
    return queue


def _waiting_in(queue: str) -> int:
    """Messages that nobody has taken yet; one call that AMQP, Redis and the in-memory broker share."""
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        try:
            declared: Any = Queue(queue).bind(channel).queue_declare(passive=True)
        except connection.channel_errors:
            return 0  # nothing was ever sent there
    return int(declared.message_count)
