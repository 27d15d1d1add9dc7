"""Evidence and what is on its way, to be looked at. Texts are on the article's page."""

from __future__ import annotations

from django.contrib import admin

from apps.articles.models import Article, Capture, Feed, Intake, Lineage, Origin, Rendition
from apps.core.admin import ReadOnlyAdmin


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin[Article]):
    list_display = ("number", "dossier", "address", "known_from")
    list_select_related = ("dossier",)


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin[Capture]):
    list_display = ("sha256", "article", "method", "size", "preserved")
    list_select_related = ("article",)


@admin.register(Rendition)
class RenditionAdmin(ReadOnlyAdmin[Rendition]):
    list_display = ("article", "extractor", "version", "published", "known_from")
    list_select_related = ("article",)
    exclude = ("text", "words")


@admin.register(Origin)
class OriginAdmin(ReadOnlyAdmin[Origin]):
    list_display = ("label", "dossier", "known_from", "known_until")
    list_select_related = ("dossier",)


@admin.register(Lineage)
class LineageAdmin(ReadOnlyAdmin[Lineage]):
    list_display = ("article", "origin", "grounds", "share", "known_until")
    list_select_related = ("article", "origin")


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin[Feed]):
    list_display = ("address", "dossier", "active", "last_success", "failures")
    list_select_related = ("dossier",)


@admin.register(Intake)
class IntakeAdmin(ReadOnlyAdmin[Intake]):
    list_display = ("method", "dossier", "step", "state", "attempts", "failure_code", "added")
    list_select_related = ("dossier",)
