"""Reads for pages that show statements: which positions each takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.claims.models import Position, Wording


@dataclass(frozen=True)
class Taken:
    """What a statement does to a claim, with the claim as it was worded then."""

    stance: str
    claim_ref: str
    wording: str


def positions_of(
    dossier_id: int, statement_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, tuple[Taken, ...]]:
    """Positions by statement, as known then. Two queries."""
    rows = list(
        Position.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(statement__in=set(statement_ids))
        .select_related("claim")
        .order_by("pk")
    )
    wordings = dict(
        Wording.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(claim__in={row.claim_id for row in rows})
        .values_list("claim_id", "text")
    )
    found: dict[int, list[Taken]] = {}
    for row in rows:
        found.setdefault(row.statement_id, []).append(Taken(row.stance, row.claim.ref, wordings.get(row.claim_id, "")))
    return {statement: tuple(taken) for statement, taken in found.items()}
