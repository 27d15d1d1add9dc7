"""Reads about dossiers, their members and parties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.dossiers.models import Dossier, Membership, Party, PartyName


@dataclass(frozen=True)
class PartyLabel:
    """How a party is shown. ``hue`` is 1 to 8, by column, never by who it is."""

    id: int
    public_id: str
    code: str
    name: str
    hue: int


@dataclass(frozen=True)
class Access:
    """A dossier as one person may use it."""

    dossier: Dossier
    role: str


def party_labels(dossier_id: int, *, known_at: datetime | None = None) -> tuple[PartyLabel, ...]:
    """The dossier's parties in column order, as named then. One query."""
    names = (
        PartyName.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(party__in=Party.objects.in_dossier(dossier_id).as_known(known_at))
        .select_related("party")
        .order_by("party__ordinal", "party_id")
    )
    return tuple(
        PartyLabel(
            id=row.party_id,
            public_id=str(row.party.public_id),
            code=row.code,
            name=row.name,
            hue=(row.party.ordinal - 1) % 8 + 1,
        )
        for row in names
    )


def role_of(user_id: int, dossier_id: int) -> str | None:
    """The role a person holds now, or ``None``. One query."""
    return (
        Membership.objects.in_dossier(dossier_id)
        .current()
        .filter(user_id=user_id, user__is_active=True)
        .values_list("role", flat=True)
        .first()
    )


def accessible(user_id: int) -> tuple[Access, ...]:
    """The dossiers a person is a member of, by title. One query."""
    rows = (
        Membership.objects.current().filter(user_id=user_id).select_related("dossier").order_by("dossier__title", "pk")
    )
    return tuple(Access(dossier=row.dossier, role=row.role) for row in rows)


def members(dossier_id: int) -> tuple[Membership, ...]:
    """Who belongs to the dossier now, by name. One query."""
    return tuple(
        Membership.objects.in_dossier(dossier_id).current().select_related("user").order_by("user__name", "pk")
    )
