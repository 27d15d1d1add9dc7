"""Reads of the ledger itself."""

from __future__ import annotations

from django.db.models import Q

from apps.ledger.models import Entry

WORK_IN_HAND = "review."


def entries(
    dossier_id: int, *, before: int | None, limit: int, only_facts: bool = False, with_work_in_hand: bool = False
) -> tuple[Entry, ...]:
    """Entries, newest first, below the index ``before``. One query.

    ``with_work_in_hand`` adds what was suggested and decided without becoming a fact, which only the desks may see.
    """
    rows = Entry.objects.filter(dossier_id=dossier_id).newest_first()
    if before is not None:
        rows = rows.filter(index__lt=before)
    if only_facts:
        rows = rows.on_facts()
    elif not with_work_in_hand:
        rows = rows.filter(Q(touches_facts=True) | ~Q(verb__startswith=WORK_IN_HAND))
    return tuple(rows.defer("salt", "payload_digest", "previous")[:limit])
