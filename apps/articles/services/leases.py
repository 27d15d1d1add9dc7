"""Who works on which step until when. The row is the truth; a message only says that there may be work.

A step is claimed by a conditional UPDATE on the database's clock, which raises the fencing token; whoever commits a
result names the token, and commits nothing once another has taken over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.articles.models import Intake
from apps.core.errors import Conflict, Refusal

log = logging.getLogger(__name__)

LEASE_SECONDS = 120
MOST_SECONDS = 3600
"""For how long a step is held on to at most, however often its lease is renewed."""
MOST_ATTEMPTS = 5
TRANSIENT = frozenset({"timed_out", "unreachable", "no_such_host", "bad_response", "broke_down", "busy"})


class LostLease(Exception):
    """Another worker took over; nothing was committed."""


@dataclass(frozen=True)
class Claimed:
    """A step that is ours until ``token`` is raised by another."""

    intake: Intake
    token: int


_CLAIM = """
    UPDATE articles_intake SET state = 'running', token = token + 1, attempts = attempts + 1,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = %(id)s AND step = %(step)s AND run_after <= clock_timestamp() + interval '1 second'
      AND (state = 'ready' OR (state = 'running' AND lease_until < clock_timestamp()))
    RETURNING token
"""


def claim(*, intake_id: int, step: str, lease: int = LEASE_SECONDS) -> Claimed | None:
    """Take a step that waits, or whose lease ran out; ``None`` if there is nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"id": intake_id, "step": step, "lease": lease})
        row = cursor.fetchone()
    if row is None:
        return None
    return Claimed(Intake.objects.select_related("dossier").get(pk=intake_id), row[0])


@contextmanager
def keeping(claimed: Claimed, *, every: float = LEASE_SECONDS / 4, most: float = MOST_SECONDS) -> Iterator[None]:
    """Renew the lease from beside while something slow goes on, every so many seconds, so that nobody takes over.

    A worker that is killed renews nothing: its step is free again once the lease it had runs out. One that hangs is
    given up after ``most`` seconds. Uses a connection of its own, and none before the first renewal.
    """
    over = threading.Event()

    def renew() -> None:
        deadline = time.monotonic() + most
        while not over.wait(every) and time.monotonic() < deadline:
            try:
                if not extend(claimed):
                    break
            except DatabaseError:  # away: should it come back in time, nothing is lost
                log.warning("The lease on intake %s could not be renewed", claimed.intake.pk, exc_info=True)
            finally:
                connection.close()

    beside = threading.Thread(target=renew, name=f"lease-{claimed.intake.pk}", daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def extend(claimed: Claimed, *, lease: int = LEASE_SECONDS) -> bool:
    """Hold on to a step that is still ours for so many more seconds; whether it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND token = %s AND state = 'running'",
            [lease, claimed.intake.pk, claimed.token],
        )
        return bool(cursor.rowcount)


@contextmanager
def finishing(claimed: Claimed, *, then: str | None) -> Iterator[Intake]:
    """One transaction: hold the row if it is still ours, let the caller write results, move to the next step.

    ``then`` is the next step, or ``None`` when the article is in. Raises :class:`LostLease`.
    """
    with transaction.atomic():
        row = (
            Intake.objects.select_for_update(no_key=True)
            .filter(pk=claimed.intake.pk, token=claimed.token, state=Intake.State.RUNNING)
            .first()
        )
        if row is None:
            raise LostLease
        yield row
        if then is None:
            row.state, row.finished = Intake.State.DONE, _now()
        else:
            row.state, row.step = Intake.State.READY, then
        row.attempts, row.lease_until, row.failure_code, row.failure_reason = 0, None, "", ""
        row.save()


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def defer(claimed: Claimed, *, seconds: float) -> None:
    """Give a step back to wait for something else; that counts as no attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET state = 'ready', lease_until = NULL, attempts = attempts - 1, "
            "run_after = clock_timestamp() + make_interval(secs => %s) WHERE id = %s AND token = %s",
            [seconds, claimed.intake.pk, claimed.token],
        )


def fail(claimed: Claimed, *, code: str, reason: str, raw_sha256: str = "", transient: bool | None = None) -> bool:
    """Record why a step failed. What may pass is tried again, later each time; returns whether it will be.

    ``transient`` says whether it may pass, where whoever failed knows; else the code does.
    """
    again = (code in TRANSIENT if transient is None else transient) and claimed.intake.attempts < MOST_ATTEMPTS
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET state = %s, lease_until = NULL, failure_code = %s, failure_reason = %s, "
            "raw_sha256 = CASE WHEN %s <> '' THEN %s ELSE raw_sha256 END, "
            "run_after = clock_timestamp() + make_interval(secs => %s), "
            "finished = CASE WHEN %s THEN NULL ELSE clock_timestamp() END "
            "WHERE id = %s AND token = %s AND state = 'running'",
            [
                Intake.State.READY if again else Intake.State.FAILED,
                code[:40],
                reason[:500],
                raw_sha256,
                raw_sha256,
                min(2**claimed.intake.attempts, 300) if again else 0,
                again,
                claimed.intake.pk,
                claimed.token,
            ],
        )
    return again


def retry(*, intake: Intake) -> None:
    """Start a failed or cancelled article again at the step where it stopped."""
    try:
        with transaction.atomic():
            changed = Intake.objects.filter(
                pk=intake.pk, state__in=[Intake.State.FAILED, Intake.State.CANCELLED]
            ).update(
                state=Intake.State.READY,
                attempts=0,
                token=F("token") + 1,
                run_after=_now(),
                finished=None,
                failure_code="",
                failure_reason="",
            )
    except IntegrityError as error:
        raise Refusal(_("The same address is already on its way."), code="already_on_its_way") from error
    if not changed:
        raise Conflict(_("Only what failed or was cancelled can be tried again."))


def cancel(*, intake: Intake) -> None:
    """Stop an article that is on its way. What was preserved of it stays."""
    changed = Intake.objects.filter(pk=intake.pk, state__in=[Intake.State.READY, Intake.State.RUNNING]).update(
        state=Intake.State.CANCELLED, token=F("token") + 1, lease_until=None, finished=_now()
    )
    if not changed:
        raise Conflict(_("This article is no longer on its way."))


def due(*, limit: int = 200) -> list[tuple[int, str]]:
    """Steps that wait or whose worker is gone: what a lost message left behind. ``(intake id, step)``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, step FROM articles_intake WHERE run_after <= clock_timestamp() "
            "AND (state = 'ready' OR (state = 'running' AND lease_until < clock_timestamp())) "
            "ORDER BY run_after LIMIT %s",
            [limit],
        )
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows
