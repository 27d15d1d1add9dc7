"""What the administration may do with evidence, facts, proposals and the ledger: look."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)

MOST_LISTED = 10_000


class BoundedPaginator(Paginator[Any]):
    """Counts no further than the first ten thousand rows, so that a list of millions opens at once."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list[:MOST_LISTED]
        return rows.count() if isinstance(rows, QuerySet) else len(rows)


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """Lists and shows; adds, changes and removes nothing: that is for the services, which write the ledger."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
