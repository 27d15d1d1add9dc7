"""Statements and their evidence, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.statements.models import Attribution, Span, Statement


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin[Statement]):
    list_display = ("public_id", "kind", "dossier", "said_until", "known_from", "known_until")
    list_select_related = ("dossier",)


@admin.register(Attribution)
class AttributionAdmin(ReadOnlyAdmin[Attribution]):
    list_display = ("public_id", "article", "quotation", "is_copy", "known_from", "known_until")
    list_select_related = ("article",)


@admin.register(Span)
class SpanAdmin(ReadOnlyAdmin[Span]):
    list_display = ("role", "begins", "ends", "exact", "dossier")
    list_select_related = ("dossier",)
    exclude = ("words",)
