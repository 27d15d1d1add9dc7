"""Counting no further than somebody reads."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

MOST_COUNTED = 100


class UpTo(Subquery):
    """How many rows a correlated query has, counted up to ``top``; one more stands for "more than that".

    ``annotate(copies=UpTo(Lineage.objects.filter(origin=OuterRef("origin"))))`` costs at most ``top`` index entries a
    row, however common the thing is.
    """

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet[Any], *, top: int = MOST_COUNTED, **extra: Any) -> None:
        super().__init__(queryset.order_by().values("pk")[: top + 1], **extra)
