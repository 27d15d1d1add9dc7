"""The ledger as a feed of facts: what came to be held and what was withdrawn, in the order in which that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.ledger.models import Entry

VERBS = {
    "review.approved": "approved",
    "review.withdrawn": "withdrawn",
}
"""What a decision of the review did to facts, told without a word on proposals."""


@dataclass(frozen=True)
class FactRef:
    """A fact by what it is and its public id."""

    noun: str
    id: str


@dataclass(frozen=True)
class Change:
    """One entry of the ledger that touched facts."""

    index: int
    at: datetime
    verb: str
    added: tuple[FactRef, ...]
    withdrawn: tuple[FactRef, ...]


@dataclass(frozen=True)
class Changes:
    """A page of the feed; ``last`` is the index to go on from, ``more`` whether anything is there already."""

    rows: tuple[Change, ...]
    last: int
    more: bool


def changes(dossier_id: int, *, after: int = 0, known_at: datetime | None = None, most: int) -> Changes:
    """Entries behind ``after``, up to ``known_at``. Entries that touched no fact are left out. One query."""
    rows = Entry.objects.filter(dossier_id=dossier_id).on_facts().after(after)
    if known_at is not None:
        rows = rows.filter(at__lte=known_at)
    found = list(rows[: most + 1])
    told = tuple(_change(row) for row in found[:most])
    return Changes(rows=told, last=told[-1].index if told else after, more=len(found) > most)


def _change(row: Entry) -> Change:
    facts = row.payload.get("facts", ())
    verb = VERBS.get(row.verb, row.verb)
    return Change(
        index=row.index,
        at=row.at,
        verb=verb if not verb.startswith("review.") else "changed",
        added=tuple(FactRef(fact["noun"], fact["id"]) for fact in facts if fact["op"] == "added"),
        withdrawn=tuple(FactRef(fact["noun"], fact["id"]) for fact in facts if fact["op"] == "withdrawn"),
    )
