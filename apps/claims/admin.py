"""Claims, positions, counters and figures, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.claims.models import Claim, Counter, Figure, Position, Wording
from apps.core.admin import ReadOnlyAdmin


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin[Claim]):
    list_display = ("number", "dossier", "known_from", "known_until")
    list_select_related = ("dossier",)


@admin.register(Wording)
class WordingAdmin(ReadOnlyAdmin[Wording]):
    list_display = ("text", "claim", "known_from", "known_until")
    list_select_related = ("claim",)
    exclude = ("words",)


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin[Position]):
    list_display = ("stance", "claim", "known_from", "known_until")
    list_select_related = ("claim",)


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin[Counter]):
    list_display = ("kind", "claim", "against", "known_until")
    list_select_related = ("claim", "against")


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin[Figure]):
    list_display = ("measure", "comparator", "low", "high", "of_whom", "known_until")
