"""What is refused at the door is a row too, with its reason and its bytes up to the cap: somebody will ask for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import Actor
from apps.articles import addresses, storage
from apps.articles.models import Capture, Intake
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier

LONGEST_ADDRESS = 2_000
# Only before the first host: further on, another address may be part of this one.
_PASSWORD = re.compile(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*://)[^/?#@\s]*@")


@contextmanager
def on_record(
    row: Intake, body: bytes | None = None, *, cap: int, digest: str, dossier: Dossier, by: Actor, at: datetime
) -> Iterator[None]:
    """Whatever is refused within is kept as ``row``, failed before any step was begun, with ``body`` up to ``cap``
    bytes; the refusal goes on with the row's ``intake_id``.

    The same thing that is refused once more is the same row: ``digest`` says what it is. What is wrong here, and not
    with what was given, leaves none, since it may be given again; nor does a conflict with what was given before.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.status < 500 and not isinstance(refusal, Conflict) and (row.address or body is not None):
            row = _kept(row, None if body is None else body[:cap], refusal, dossier=dossier, by=by, at=at)
            row.request_digest = digest
            refusal.intake_id = str(_once(row).public_id)
        raise


@dataclass(frozen=True, slots=True)
class Sent:
    """What a program sent: the bytes, what they are said to be, and the address in them, if one can be told."""

    body: bytes
    media_type: str
    name: str = ""
    address: str = ""


def keep_unreadable(*, dossier: Dossier, sent: Sent, code: str, reason: str, cap: int, by: Actor, at: datetime) -> str:
    """The id of the row that keeps what a program sent and was not as it should be, whatever it was meant as."""
    name, body = sent.name.replace("\x00", "")[:255], sent.body
    row = Intake(method=Capture.Method.SENT, media_type=sent.media_type[:200], file_name=name, address=sent.address)
    digest = hashlib.sha256(b"unreadable\x1f" + body[:cap]).hexdigest()
    try:
        with on_record(row, body, cap=cap, digest=digest, dossier=dossier, by=by, at=at):
            raise Refusal(reason, code=code)
    except Refusal as refusal:
        return refusal.intake_id


def as_kept(address: str) -> str:
    """A refused address as it was given, but for what no database holds, whoever's password it held, and characters
    that would have it read in another direction."""
    shown = address.replace("\x00", "").encode("utf-8", "replace").decode()
    return _PASSWORD.sub(r"\1…@", addresses.spelled_out(shown))[:LONGEST_ADDRESS]


@transaction.atomic
def _once(row: Intake) -> Intake:
    """The row as it is stored: one that says the same of the same thing, if there is one, whoever comes at once."""
    Dossier.objects.select_for_update(no_key=True).get(pk=row.dossier_id)
    rows = Intake.objects.in_dossier(row.dossier_id).filter(state=Intake.State.FAILED, attempts=0, parent=None)
    before = rows.filter(request_digest=row.request_digest, failure_code=row.failure_code).first()
    if before is None:
        row.save(force_insert=True)
    return before or row


def _kept(row: Intake, body: bytes | None, refusal: Refusal, *, dossier: Dossier, by: Actor, at: datetime) -> Intake:
    row.dossier, row.actor, row.added = dossier, by.ref, at
    row.address = as_kept(row.address)
    row.run_after = row.finished = Now()
    row.state = Intake.State.FAILED
    row.failure_code, row.failure_reason = refusal.code[:40], str(refusal)[:500]
    if body is not None:
        row.raw_sha256, row.raw_size = storage.keep(body), len(body)
    return row
