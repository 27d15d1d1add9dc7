"""Proposals and decisions, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin
from apps.review.models import Decision, Proposal, Revision


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin[Proposal]):
    list_display = ("public_id", "kind", "state", "dossier", "last_revision", "changed")
    list_select_related = ("dossier",)


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin[Revision]):
    list_display = ("proposal", "number", "author", "machine", "at")
    list_select_related = ("proposal", "author")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin[Decision]):
    list_display = ("proposal", "verb", "by", "machine", "at", "to_state")
    list_select_related = ("proposal", "by")
