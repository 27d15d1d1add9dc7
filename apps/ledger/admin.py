"""The ledger, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.ledger.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin[Entry]):
    list_display = ("index", "dossier", "at", "actor", "verb", "touches_facts")
    list_filter = ("dossier", "touches_facts")
    list_select_related = ("dossier",)
