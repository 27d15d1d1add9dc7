"""The index by which copies are found: asking it, and making it anew from the texts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction

from apps.articles import sketches
from apps.articles.models import Rendition, Sketch

AT_ONCE = 200
MOST: Final = 60
"""So many candidates are compared in full, those that share most hashes first."""
BUDGET: Final = 1_000
"""Rows that a look-up may read: hashes that bring more are left out of it, the most frequent first."""

# The database knows which hashes are frequent from its own statistics, which ANALYZE keeps.
_FREQUENT = """
    SELECT known.hash, known.share * greatest(c.reltuples, 0)
    FROM pg_stats s
    JOIN pg_class c ON c.oid = 'articles_sketch'::regclass
    CROSS JOIN LATERAL unnest(s.most_common_elems::text::int[], s.most_common_elem_freqs) known (hash, share)
    WHERE s.schemaname = c.relnamespace::regnamespace::text AND s.tablename = 'articles_sketch'
      AND s.attname = 'hashes' AND known.hash = ANY (%s)
"""
# First the index over the hashes, then all else: "+ 0" keeps the planner from reading a whole dossier beside it.
_CANDIDATES = """
    WITH likely AS MATERIALIZED (
        SELECT s.rendition_id,
               (SELECT count(*) FROM unnest(s.hashes) h WHERE h = ANY (%(hashes)s)) AS shared
        FROM articles_sketch s WHERE s.hashes && %(asked)s AND s.dossier_id + 0 = %(dossier)s
    )
    SELECT r.id FROM likely JOIN articles_rendition r ON r.id = likely.rendition_id
    WHERE likely.shared >= %(fewest)s AND r.article_id <> %(article)s
    ORDER BY likely.shared DESC, r.id LIMIT %(most)s
"""


def asked(hashes: Sequence[int]) -> list[int]:
    """The hashes to search by: one that half the dossier shares tells nothing and would cost the most. One query."""
    if not hashes:
        return []
    listed = list(hashes)
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, [listed])
        return rarer(listed, dict(cursor.fetchall()))


def candidates(
    dossier_id: int, hashes: Sequence[int], *, article_id: int | None = None, by: Sequence[int] | None = None
) -> list[int]:
    """Renditions of other articles worth comparing: those that share most hashes first, at most ``MOST``. Ids.

    The search goes ``by`` the rarer hashes, which are asked for where they are not given; what is found must still
    share ``FEWEST_SHARED`` of all. Two queries, or one.
    """
    if not hashes:
        return []
    listed = list(hashes)
    rarest = asked(listed) if by is None else list(by)
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "hashes": listed,
                "asked": rarest,
                "dossier": dossier_id,
                "article": article_id or 0,
                "fewest": sketches.FEWEST_SHARED,
                "most": MOST,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def rarer(hashes: Sequence[int], rows: dict[int, float], *, budget: float = BUDGET) -> list[int]:
    """As many of these as ``budget`` allows, by how many rows each is known to bring, the rarest first; never none."""
    kept: list[int] = []
    cost = 0.0
    for value in sorted(hashes, key=lambda one: (rows.get(one, 0.0), one)):
        cost += rows.get(value, 0.0)
        if kept and cost > budget:
            break
        kept.append(value)
    return kept


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
