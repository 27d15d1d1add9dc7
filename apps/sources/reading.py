"""Reads for the page of one source, and for places and outlets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from apps.core.names import fold
from apps.sources.models import Affiliation, Alias, OutletName, Source
from apps.sources.selectors import SourceLabel, source_labels

MOST_VOICES = 50


@dataclass(frozen=True)
class Tie:
    """Somebody speaks for an institution: the other end of it, in what role, from and to which day (``None``: open)."""

    other: SourceLabel
    role: str
    begins: date | None
    ends: date | None


@dataclass(frozen=True)
class Ties:
    """Whom a source speaks for, and who speaks for it."""

    speaks_for: tuple[Tie, ...]
    voices: tuple[Tie, ...]


def source_known(dossier_id: int, public_id: UUID, *, known_at: datetime | None = None) -> Source | None:
    """The source with that id, if it was known then. One query."""
    return Source.objects.in_dossier(dossier_id).as_known(known_at).filter(public_id=public_id).first()


def alias_known(source: Source, public_id: UUID, *, known_at: datetime | None = None) -> Alias | None:
    """The name of a source with that id, if it was known then. One query."""
    return Alias.objects.as_known(known_at).filter(source=source, public_id=public_id).first()


def ties_of(source: Source, *, known_at: datetime | None = None) -> Ties:
    """Affiliations both ways, at most fifty each. Seven queries."""
    held = Affiliation.objects.in_dossier(source.dossier_id).as_known(known_at).order_by("-pk")
    up = list(held.filter(source=source)[:MOST_VOICES])
    down = list(held.filter(institution=source)[:MOST_VOICES])
    ids = {row.institution_id for row in up} | {row.source_id for row in down}
    labels = source_labels(source.dossier_id, ids, known_at=known_at)
    return Ties(
        speaks_for=tuple(_tie(row, labels[row.institution_id]) for row in up),
        voices=tuple(_tie(row, labels[row.source_id]) for row in down),
    )


def _tie(row: Affiliation, other: SourceLabel) -> Tie:
    return Tie(other=other, role=row.role, begins=row.days.lower, ends=row.days.upper)


def source_named(dossier_id: int, name: str) -> list[Source]:
    """The current sources that go by a name, folded; more than one where it is shared. One query."""
    aliases = Alias.objects.in_dossier(dossier_id).current().filter(folded=fold(name))
    return list(Source.objects.in_dossier(dossier_id).current().filter(pk__in=aliases.values("source_id"))[:3])


@dataclass(frozen=True)
class OutletNote:
    """An outlet as the dossier calls it, and the host its pages are recognised by."""

    id: int
    public_id: str
    name: str
    host: str


def outlets(dossier_id: int, *, after: str = "", limit: int) -> tuple[OutletNote, ...]:
    """Outlets by name, after the name ``after``. One query."""
    rows = OutletName.objects.in_dossier(dossier_id).current().select_related("outlet").order_by("name")
    if after:
        rows = rows.filter(name__gt=after)
    return tuple(
        OutletNote(id=row.outlet_id, public_id=str(row.outlet.public_id), name=row.name, host=row.outlet.host)
        for row in rows[:limit]
    )
