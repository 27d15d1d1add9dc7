"""Sources, names, places and outlets, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.sources.models import Affiliation, Alias, Alignment, OutletName, Source, Toponym


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin[Source]):
    list_display = ("public_id", "kind", "dossier", "known_from", "known_until")
    list_select_related = ("dossier",)


@admin.register(Alias)
class AliasAdmin(ReadOnlyAdmin[Alias]):
    list_display = ("name", "form", "language", "preferred", "dossier", "known_from", "known_until")
    list_select_related = ("dossier",)


@admin.register(Affiliation)
class AffiliationAdmin(ReadOnlyAdmin[Affiliation]):
    list_display = ("source", "institution", "role", "days", "known_until")
    list_select_related = ("source", "institution")


@admin.register(Alignment)
class AlignmentAdmin(ReadOnlyAdmin[Alignment]):
    list_display = ("source", "party", "days", "known_until")
    list_select_related = ("source", "party")


@admin.register(Toponym)
class ToponymAdmin(ReadOnlyAdmin[Toponym]):
    list_display = ("name", "language", "dossier", "known_until")
    list_select_related = ("dossier",)


@admin.register(OutletName)
class OutletNameAdmin(ReadOnlyAdmin[OutletName]):
    list_display = ("name", "dossier", "known_until")
    list_select_related = ("dossier",)
