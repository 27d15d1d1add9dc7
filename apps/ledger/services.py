"""Writing to a dossier's ledger, and proving that it is whole."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

from django.db import connection, transaction

from apps.ledger import rules
from apps.ledger.models import Entry, Head
from apps.ledger.signals import recorded

Operation = Literal["added", "withdrawn"]


class Beginning(TypedDict):
    dossier_id: int
    known_from: datetime
    known_from_index: int


class Ending(TypedDict):
    known_until: datetime
    known_until_index: int


@dataclass
class Moment:
    """The place in the ledger that the changes of one transaction share."""

    dossier_id: int
    index: int
    at: datetime
    facts: list[dict[str, str]] = field(default_factory=list)

    def begins(self) -> Beginning:
        """Columns of a fact that begins here."""
        return {"dossier_id": self.dossier_id, "known_from": self.at, "known_from_index": self.index}

    def ends(self) -> Ending:
        """Columns of a fact that ends here."""
        return {"known_until": self.at, "known_until_index": self.index}

    def changed(self, noun: str, public_id: object, operation: Operation) -> None:
        """Name a fact that began or ended, for the entry's payload and the change feed."""
        self.facts.append({"noun": noun, "id": str(public_id), "op": operation})


def open_ledger(*, dossier_id: int, at: datetime) -> None:
    """Begin the ledger of a new dossier."""
    Head.objects.create(dossier_id=dossier_id, index=0, at=at, digest=rules.GENESIS)


_LOCK = """
    SELECT index + 1, greatest(clock_timestamp(), at + interval '1 microsecond'), digest
    FROM ledger_head WHERE dossier_id = %s FOR UPDATE
"""
# One statement, since everything that is ever written goes through it.
_APPEND = """
    WITH entry AS (
        INSERT INTO ledger_entry (dossier_id, index, at, actor, verb, payload, touches_facts, salt, payload_digest,
            previous, digest)
        VALUES (%(dossier)s, %(index)s, %(at)s, %(actor)s, %(verb)s, %(payload)s::jsonb, %(touches_facts)s, %(salt)s,
            %(payload_digest)s, %(previous)s, %(digest)s)
    )
    UPDATE ledger_head SET index = %(index)s, at = %(at)s, digest = %(digest)s WHERE dossier_id = %(dossier)s
"""


@contextmanager
def entry(*, dossier_id: int, actor: str, verb: str, about: dict[str, object] | None = None) -> Iterator[Moment]:
    """Lock the head, let the caller write facts at one moment, append the entry.

    The head is held from here to commit, so everything slow and every other lock comes before. Time is the database's
    and strictly increases with the index, whatever the clock does.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a ledger entry needs a transaction around it and the facts")
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [dossier_id])
        row = cursor.fetchone()
    if row is None:
        raise Head.DoesNotExist(f"dossier {dossier_id} has no ledger")
    index, at, previous = row
    moment = Moment(dossier_id=dossier_id, index=index, at=at)
    yield moment
    payload: dict[str, object] = dict(about or {})
    if moment.facts:
        payload["facts"] = moment.facts
    salt = secrets.token_bytes(16)
    digest_of_payload = rules.payload_digest(payload, salt=salt)
    digest = rules.entry_digest(
        previous=bytes(previous), index=index, at=at, actor=actor, verb=verb, payload_digest=digest_of_payload
    )
    written = {
        "dossier": dossier_id,
        "index": index,
        "at": at,
        "actor": actor,
        "verb": verb,
        "payload": json.dumps(payload),
        "touches_facts": bool(moment.facts),
        "salt": salt,
        "payload_digest": digest_of_payload,
        "previous": bytes(previous),
        "digest": digest,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, written)
    said: dict[str, object] = {"dossier_id": dossier_id, "index": index, "touches_facts": bool(moment.facts)}
    said["nouns"] = frozenset(fact["noun"] for fact in moment.facts)
    transaction.on_commit(lambda: recorded.send_robust(sender=Entry, **said), robust=True)


@dataclass(frozen=True)
class Broken:
    """Where a ledger does not hold together, and how."""

    index: int
    reason: str


def verify(*, dossier_id: int) -> Broken | None:
    """Recompute the whole chain; ``None`` when it is whole. One pass, constant memory.

    Nobody need stop writing meanwhile: it is recomputed up to the head as that is at the beginning, and whatever came
    later must have a head after it.
    """
    previous, expected, at = rules.GENESIS, 1, None
    entries = Entry.objects.filter(dossier_id=dossier_id).order_by("index")
    head = Head.objects.get(dossier_id=dossier_id)
    for row in entries.filter(index__lte=head.index).iterator(chunk_size=1000):
        if row.index != expected:
            return Broken(expected, "an entry is missing")
        if bytes(row.previous) != previous:
            return Broken(row.index, "it does not link to the entry before it")
        if at is not None and row.at <= at:
            return Broken(row.index, "time runs backwards")
        if rules.payload_digest(row.payload, salt=bytes(row.salt)) != bytes(row.payload_digest):
            return Broken(row.index, "the payload was changed")
        digest = rules.entry_digest(
            previous=previous,
            index=row.index,
            at=row.at,
            actor=row.actor,
            verb=row.verb,
            payload_digest=bytes(row.payload_digest),
        )
        if digest != bytes(row.digest):
            return Broken(row.index, "the entry was changed")
        previous, expected, at = digest, row.index + 1, row.at
    last = entries.values_list("index", flat=True).last() or 0
    if bytes(head.digest) != previous or head.index != expected - 1 or last > _head_index(dossier_id):
        return Broken(head.index, "the head does not match the last entry")
    return None


def _head_index(dossier_id: int) -> int:
    return Head.objects.values_list("index", flat=True).get(dossier_id=dossier_id)
