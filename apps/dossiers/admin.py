"""Dossiers, their people and parties, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.dossiers.models import Dossier, Membership, PartyName


@admin.register(Dossier)
class DossierAdmin(ReadOnlyAdmin[Dossier]):
    list_display = ("title", "slug", "time_zone", "created")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    list_display = ("user", "role", "dossier", "known_from", "known_until")
    list_select_related = ("user", "dossier")


@admin.register(PartyName)
class PartyNameAdmin(ReadOnlyAdmin[PartyName]):
    list_display = ("code", "name", "dossier", "known_from", "known_until")
    list_select_related = ("dossier",)
