"""Fitted models and what was switched on, to be looked at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin import ReadOnlyAdmin
from apps.extractors.models import TrainedModel, Use


@admin.register(TrainedModel)
class TrainedModelAdmin(ReadOnlyAdmin[TrainedModel]):
    list_display = ("version", "size", "made_at", "made_by")
    exclude = ("model",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainedModel]:
        """Without the bytes, of which there are many."""
        return super().get_queryset(request).defer("model")


@admin.register(Use)
class UseAdmin(ReadOnlyAdmin[Use]):
    list_display = ("name", "at", "by")
