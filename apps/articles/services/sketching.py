"""Making the index by which copies are found anew, from the texts themselves."""

from __future__ import annotations

from django.db import transaction

from apps.articles import sketches
from apps.articles.models import Rendition, Sketch

AT_ONCE = 200


def rebuild() -> int:
    """Replace every sketch, some at a time, so that copies are found meanwhile; how many there are."""
    last, done = 0, 0
    while rows := list(Rendition.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        with transaction.atomic():
            Sketch.objects.bulk_create(
                [Sketch(rendition=row, dossier_id=row.dossier_id, hashes=sketches.sketch(row.text)) for row in rows],
                update_conflicts=True,
                unique_fields=["rendition"],
                update_fields=["hashes"],
            )
        last, done = rows[-1].pk, done + len(rows)
    return done
