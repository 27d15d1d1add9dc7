"""Reads about sources: what they are called, whom they stand with, whom they speak for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.dossiers.selectors import PartyLabel, party_labels
from apps.sources.models import Affiliation, Alias, Alignment, OutletName, Source, Toponym


@dataclass(frozen=True)
class SourceLabel:
    """How a source is shown: its preferred name, its party if it has one, and whom it speaks for."""

    id: int
    public_id: str
    kind: str
    name: str
    party: PartyLabel | None
    role: str
    speaks_for: int | None


def source_labels(
    dossier_id: int, source_ids: Iterable[int] | None = None, *, known_at: datetime | None = None
) -> dict[int, SourceLabel]:
    """Labels by id, as named and aligned then; all of the dossier's when no ids are given. Five queries at most."""
    sources = Source.objects.in_dossier(dossier_id)
    wanted = None if source_ids is None else set(source_ids)
    sources = sources.as_known(known_at) if wanted is None else sources.filter(pk__in=wanted)
    rows = list(sources)
    ids = [row.pk for row in rows]
    names = dict(
        Alias.objects.filter(source__in=ids, preferred=True).as_known(known_at).values_list("source_id", "name")
    )
    parties = {label.id: label for label in party_labels(dossier_id, known_at=known_at)}
    sides = dict(Alignment.objects.filter(source__in=ids).as_known(known_at).values_list("source_id", "party_id"))
    voices = {
        row.source_id: row
        for row in Affiliation.objects.filter(source__in=ids).as_known(known_at).order_by("-known_from", "-pk")
    }
    return {
        row.pk: SourceLabel(
            id=row.pk,
            public_id=str(row.public_id),
            kind=row.kind,
            name=names.get(row.pk, ""),
            party=parties.get(sides.get(row.pk, 0)),
            role=voices[row.pk].role if row.pk in voices else "",
            speaks_for=voices[row.pk].institution_id if row.pk in voices else None,
        )
        for row in rows
    }


def names_to_resolve(dossier_id: int) -> tuple[Alias, ...]:
    """Every current name of every current source, for recognising them in a text. One query."""
    return tuple(
        Alias.objects.in_dossier(dossier_id)
        .current()
        .filter(source__in=Source.objects.in_dossier(dossier_id).current())
        .order_by("pk")
    )


def outlet_names(
    dossier_id: int, outlet_ids: Iterable[int] | None = None, *, known_at: datetime | None = None
) -> dict[int, str]:
    """Outlet names by id. One query."""
    rows = OutletName.objects.in_dossier(dossier_id).as_known(known_at)
    if outlet_ids is not None:
        rows = rows.filter(outlet__in=set(outlet_ids))
    return dict(rows.values_list("outlet_id", "name"))


@dataclass(frozen=True)
class PlaceNames:
    """A place by all its names; each with the party that uses it, or none."""

    id: int
    public_id: str
    names: tuple[tuple[str, PartyLabel | None, str], ...]


def places(dossier_id: int, *, known_at: datetime | None = None) -> tuple[PlaceNames, ...]:
    """Every place with every name. Three queries."""
    parties = {label.id: label for label in party_labels(dossier_id, known_at=known_at)}
    rows = (
        Toponym.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .select_related("place")
        .order_by("place_id", "name", "pk")
    )
    found: dict[int, list[Toponym]] = {}
    for row in rows:
        found.setdefault(row.place_id, []).append(row)
    return tuple(
        PlaceNames(
            id=place_id,
            public_id=str(group[0].place.public_id),
            names=tuple((row.name, parties.get(row.party_id or 0), row.language) for row in group),
        )
        for place_id, group in found.items()
    )
