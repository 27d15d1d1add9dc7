"""How much waits for one person across their dossiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet

from apps.review.models import Proposal
from apps.review.selectors import MOST_COUNTED, Waiting, checkable, reviewable


def waiting_in(dossier_ids: Iterable[int], user_id: int) -> dict[int, Waiting]:
    """What waits at each desk of each dossier, counted no further than 100. Two queries, however many dossiers."""
    ids = list(dossier_ids)
    to_review = _counted([reviewable(pk) for pk in ids])
    to_check = _counted([checkable(pk, user_id) for pk in ids])
    return {pk: Waiting(to_review=to_review[pk], to_check=to_check[pk]) for pk in ids}


def _counted(queues: list[QuerySet[Proposal]]) -> Counter[int]:
    if not queues:
        return Counter()
    first, *rest = [queue.order_by().values_list("dossier_id", flat=True)[:MOST_COUNTED] for queue in queues]
    return Counter(first.union(*rest, all=True) if rest else first)
