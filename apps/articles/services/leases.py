"""Who works on which step until when. The row is the truth; a message only says that there may be work.

A step is claimed by a conditional UPDATE on the database's clock, which raises the fencing token; whoever commits a
result names the token, and commits nothing once another has taken over.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.articles.models import Intake
from apps.core.errors import Conflict, Refusal

log = logging.getLogger(__name__)

LEASE_SECONDS = 30
"""How long a step stays taken after its worker was last heard of: what is left of a killed one waits for this."""
MOST_SECONDS = 3600
"""For how long a step is held on to at most, however often its lease is renewed."""
WAITS = (5, 30, 300, 1800, 7200)
"""Seconds until a step is tried again whose failure may pass, by how often it was tried; then it has failed."""
MOST_CLAIMS = 20
"""How often a step is begun whose workers all vanish: whatever it is that ends them, it ends them no more."""
TRANSIENT = frozenset(
    {"timed_out", "unreachable", "no_such_host", "bad_response", "broke_down", "busy", "robots_unreachable"}
)
ENVIRONMENT = frozenset({"storage_full", "storage_away", "database_away", "parser_lost"})
"""What is wrong here and not with the article: tried again for ever, and counted as no attempt."""
ENVIRONMENT_SECONDS = 5
"""After how many seconds, at least; at most three times as many, by chance, so that not everything comes at once."""


class LostLease(Exception):
    """Another worker took over; nothing was committed."""


@dataclass
class Claimed:
    """A step that is ours until ``token`` is raised by another. ``left`` is the row as we left it, once it is done."""

    intake: Intake
    token: int
    left: Intake | None = None


_CLAIM = """
    UPDATE articles_intake SET state = 'running', token = token + 1, attempts = attempts + 1,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = %(id)s AND step = %(step)s AND run_after <= clock_timestamp() + interval '1 second'
      AND (state = 'ready' OR (state = 'running' AND lease_until < clock_timestamp()))
    RETURNING {columns}
"""
_HOLD = """
    SELECT {columns} FROM articles_intake WHERE id = %s AND token = %s AND state = 'running' FOR NO KEY UPDATE
"""
_READ = "SELECT {columns} FROM articles_intake WHERE id = %s"
# Written out, as these are what every step of every article costs, and Django takes longer to put such a statement
# together than the database to answer it.


def claim(*, intake_id: int, step: str, lease: int | None = None) -> Claimed | None:
    """Take a step that waits, or whose lease ran out; ``None`` if there is nothing to do."""
    named: dict[str, str | int] = {"id": intake_id, "step": step, "lease": LEASE_SECONDS if lease is None else lease}
    row = _row(_CLAIM, named)
    return None if row is None else Claimed(row, row.token)


@contextmanager
def keeping(claimed: Claimed, *, every: float | None = None, most: float = MOST_SECONDS) -> Iterator[None]:
    """Renew the lease from beside while something slow goes on, four times in its length, so that nobody takes over.

    A worker that is killed renews nothing: its step is free again once the lease it had runs out. One that hangs is
    given up after ``most`` seconds. Uses a connection of its own, and none before the first renewal.
    """
    over = threading.Event()
    pause = LEASE_SECONDS / 4 if every is None else every

    def renew() -> None:
        deadline = time.monotonic() + most
        while not over.wait(pause) and time.monotonic() < deadline:
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


def extend(claimed: Claimed, *, lease: int | None = None) -> bool:
    """Hold on to a step that is still ours for so many more seconds; whether it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND token = %s AND state = 'running'",
            [LEASE_SECONDS if lease is None else lease, claimed.intake.pk, claimed.token],
        )
        return bool(cursor.rowcount)


@contextmanager
def finishing(claimed: Claimed, *, then: str | None) -> Iterator[Intake]:
    """One transaction: hold the row if it is still ours, let the caller write results, move to the next step.

    ``then`` is the next step, or ``None`` when the article is in. Raises :class:`LostLease`.
    """
    with transaction.atomic():
        row = _row(_HOLD, [claimed.intake.pk, claimed.token])
        if row is None:
            raise LostLease
        before = _columns(row)
        yield row
        if then is None:
            row.state, row.finished = Intake.State.DONE, now()
            row.outcome = row.outcome or Intake.Outcome.TAKEN_IN
        else:
            row.state, row.step = Intake.State.READY, then
        row.attempts, row.lease_until, row.failure_code, row.failure_reason = 0, None, "", ""
        row.save(update_fields=[name for name, value in _columns(row).items() if value != before[name]])
    claimed.left = row


def as_it_stands(intake_id: int) -> Intake:
    """The row at this moment."""
    row = _row(_READ, [intake_id])
    if row is None:
        raise Intake.DoesNotExist(intake_id)
    return row


def _row(statement: str, values: Mapping[str, str | int] | Sequence[str | int]) -> Intake | None:
    """The row that ``statement`` answers, if any; its ``{columns}`` are filled in here."""
    fields = Intake._meta.concrete_fields
    with connection.cursor() as cursor:
        cursor.execute(statement.format(columns=", ".join(str(field.column) for field in fields)), values)
        found = cursor.fetchone()
    if found is None:
        return None
    told = [json.loads(value) if field.attname == "came" else value for field, value in zip(fields, found, strict=True)]
    row: Intake = Intake.from_db(connection.alias, [field.attname for field in fields], told)
    return row


def _columns(row: Intake) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in Intake._meta.concrete_fields}


def now() -> datetime:
    """The database's, which is the same to all workers whatever their machines say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def defer(claimed: Claimed, *, seconds: float) -> None:
    """Give a step back to wait for something else; that counts as no attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET state = 'ready', lease_until = NULL, attempts = attempts - 1, "
            "run_after = clock_timestamp() + make_interval(secs => %s) WHERE id = %s AND token = %s",
            [seconds, claimed.intake.pk, claimed.token],
        )


_FAIL = """
    UPDATE articles_intake SET lease_until = NULL, failure_code = %(code)s, failure_reason = %(reason)s,
           raw_sha256 = CASE WHEN %(raw)s <> '' THEN %(raw)s ELSE raw_sha256 END,
           state = %(state)s, attempts = attempts - %(uncounted)s,
           run_after = clock_timestamp() + make_interval(secs => %(wait)s + random() * %(spread)s),
           finished = CASE WHEN %(state)s = 'ready' THEN NULL ELSE clock_timestamp() END
    WHERE id = %(id)s AND token = %(token)s AND state = 'running'
"""


def fail(claimed: Claimed, *, code: str, reason: str, raw_sha256: str = "", transient: bool | None = None) -> bool:
    """Record why a step failed. What may pass is tried again, later each time; returns whether it will be.

    ``transient`` says whether it may pass, where whoever failed knows; else the code does. What is wrong here and not
    with the article is tried again until it is mended.
    """
    wait, spread, here = 0, 0, code in ENVIRONMENT
    may_pass = code in TRANSIENT if transient is None else transient
    again = here or (may_pass and claimed.intake.attempts <= len(WAITS))
    if here:
        wait, spread = ENVIRONMENT_SECONDS, 2 * ENVIRONMENT_SECONDS
    elif again:
        wait = WAITS[max(claimed.intake.attempts, 1) - 1]
    with connection.cursor() as cursor:
        cursor.execute(
            _FAIL,
            {
                "id": claimed.intake.pk,
                "token": claimed.token,
                "state": Intake.State.READY if again else Intake.State.FAILED,
                "code": code[:40],
                "reason": reason[:500],
                "raw": raw_sha256,
                "uncounted": int(here),
                "wait": wait,
                "spread": spread,
            },
        )
    return again


def give_up() -> int:
    """End what has been begun too often by workers that all vanished over it; how many there were."""
    reason = _("Whoever worked on this vanished each time; it may need more memory than there is.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_intake SET state = 'failed', token = token + 1, lease_until = NULL, "
            "failure_code = 'worker_lost', failure_reason = %s, finished = clock_timestamp() "
            "WHERE state = 'running' AND attempts >= %s AND lease_until < clock_timestamp()",
            [reason, MOST_CLAIMS],
        )
        return int(cursor.rowcount)


def retry(*, intake: Intake) -> None:
    """Start a failed or cancelled article again at the step where it stopped.

    What was refused before anything was begun (an address that is none, a thing in a file that is no article) stays so.
    """
    try:
        with transaction.atomic():
            changed = (
                Intake.objects.filter(pk=intake.pk)
                .can_be_tried_again()
                .update(
                    state=Intake.State.READY,
                    attempts=0,
                    token=F("token") + 1,
                    run_after=now(),
                    finished=None,
                    failure_code="",
                    failure_reason="",
                )
            )
    except IntegrityError as error:
        raise Refusal(_("The same address is already on its way."), code="already_on_its_way") from error
    if not changed:
        raise Conflict(_("Only what failed on its way or was cancelled can be tried again."))


def cancel(*, intake: Intake) -> None:
    """Stop an article that is on its way. What was preserved of it stays."""
    changed = Intake.objects.filter(pk=intake.pk, state__in=[Intake.State.READY, Intake.State.RUNNING]).update(
        state=Intake.State.CANCELLED, token=F("token") + 1, lease_until=None, finished=now()
    )
    if not changed:
        raise Conflict(_("This article is no longer on its way."))


def due(*, limit: int = 200) -> list[tuple[int, str]]:
    """Steps that wait or whose worker is gone: what a lost message left behind. ``(intake id, step)``.

    What was in an archive comes after what somebody added by itself, and does not keep that waiting; of what came
    together, the first comes first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, step FROM articles_intake WHERE run_after <= clock_timestamp() "
            "AND (state = 'ready' OR (state = 'running' AND lease_until < clock_timestamp())) "
            "ORDER BY parent_id IS NOT NULL, run_after, id LIMIT %s",
            [limit],
        )
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows
