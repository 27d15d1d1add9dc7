"""What is new on the claims that somebody follows. Read off the facts alone, so that nothing unapproved is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from apps.articles.models import Article
from apps.claims.models import Claim, Follow, Wording
from apps.ledger.models import Head
from apps.sources.selectors import source_labels
from apps.statements.models import Span, Statement

MOST_COUNTED = 100
MOST_SHOWN = 60


class What(StrEnum):
    """What happened."""

    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    COUNTERED = "countered"
    GONE = "gone"
    BACK = "back"
    REMOVED = "removed"
    RETURNED = "returned"


@dataclass(frozen=True)
class News:
    """Something that happened to a followed claim, at a place of the ledger. ``new`` until the person has seen it.

    Who said it, and in which words, is told of what is still held; ``article_ref`` is where words are gone from, or
    what was removed.
    """

    what: What
    claim_ref: str
    wording: str
    index: int
    at: datetime
    new: bool
    stance: str = ""
    source: str = ""
    words: str = ""
    article_ref: str = ""


@dataclass(frozen=True)
class Followed:
    """A claim that somebody follows, and how much is new on it, counted no further than what is read at once."""

    claim_ref: str
    wording: str
    since: datetime
    new: int


@dataclass(frozen=True)
class Following:
    """All of it: the newest of what happened, what is followed, and how far the ledger was when this was read."""

    news: tuple[News, ...]
    claims: tuple[Followed, ...]
    up_to: int
    more: bool

    @property
    def new(self) -> int:
        return sum(one.new for one in self.news)


# Each event once for each claim it happened to, however many attributions or statements are behind it.
_EVENTS = """
    WITH followed AS (
        SELECT dossier_id, claim_id, seen_index FROM claims_follow WHERE user_id = %(user)s AND dossier_id = ANY(%(of)s)
    ), taken AS (
        SELECT f.dossier_id, f.claim_id, f.seen_index, p.statement_id, p.stance
        FROM followed f JOIN claims_position p ON p.claim_id = f.claim_id AND p.known_until IS NULL
    ), lost AS (
        SELECT t.dossier_id, t.claim_id, t.seen_index, t.statement_id, t.stance, g.article_id, a.known_until AS ended,
               g.known_from, g.known_from_index, g.known_until, g.known_until_index
        FROM taken t JOIN statements_attribution a ON a.statement_id = t.statement_id
        JOIN statements_gone g ON g.attribution_id = a.id
    ), away AS (
        SELECT DISTINCT t.dossier_id, t.claim_id, t.seen_index, r.id, r.article_id,
               r.known_from, r.known_from_index, r.known_until, r.known_until_index
        FROM taken t JOIN statements_attribution a ON a.statement_id = t.statement_id AND a.known_until IS NULL
        JOIN articles_removal r ON r.article_id = a.article_id
    ), events AS (
        SELECT 'taken' AS what, f.dossier_id, f.claim_id, f.seen_index, p.known_from_index AS index, p.known_from AS at,
               p.statement_id, p.stance, NULL::bigint AS article_id
        FROM followed f JOIN claims_position p ON p.claim_id = f.claim_id
        UNION ALL
        SELECT 'withdrawn', f.dossier_id, f.claim_id, f.seen_index, p.known_until_index, p.known_until,
               NULL, p.stance, NULL
        FROM followed f JOIN claims_position p ON p.claim_id = f.claim_id AND p.known_until IS NOT NULL
        UNION ALL
        SELECT 'countered', f.dossier_id, f.claim_id, f.seen_index, c.known_from_index, c.known_from,
               c.made_by_id, c.kind, NULL
        FROM followed f JOIN claims_counter c ON c.against_id = f.claim_id AND c.known_until IS NULL
        UNION ALL
        SELECT 'gone', dossier_id, claim_id, seen_index, known_from_index, known_from, statement_id, stance, article_id
        FROM lost
        UNION ALL
        SELECT 'back', dossier_id, claim_id, seen_index, known_until_index, known_until, statement_id, stance,
               article_id
        FROM lost WHERE known_until IS NOT NULL AND ended IS NULL
        UNION ALL
        SELECT 'removed', dossier_id, claim_id, seen_index, known_from_index, known_from, NULL, '', article_id
        FROM away
        UNION ALL
        SELECT 'returned', dossier_id, claim_id, seen_index, known_until_index, known_until, NULL, '', article_id
        FROM away WHERE known_until IS NOT NULL
    )
    SELECT dossier_id, what, claim_id, index, at, index > seen_index, statement_id, stance, article_id
    FROM events WHERE index > seen_index OR %(known)s
    ORDER BY index DESC, claim_id, what, article_id, statement_id LIMIT %(most)s
"""
MOST_READ = 1000


def _events(user_id: int, dossier_ids: Iterable[int], *, known: bool, most: int) -> list[tuple[Any, ...]]:
    """The newest events, of those the person knows too if they are asked for."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"user": user_id, "of": list(dossier_ids), "known": known, "most": most})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def unread(user_id: int, dossier_ids: Iterable[int]) -> dict[int, int]:
    """How much is new to this person in each of these dossiers, counted to 100. One query."""
    counted = Counter(row[0] for row in _events(user_id, dossier_ids, known=False, most=MOST_READ))
    return {dossier: min(count, MOST_COUNTED) for dossier, count in counted.items()}


def following(dossier_id: int, user_id: int) -> Following:
    """What somebody follows in a dossier, and what happened there last, newest first. Nine queries, however much."""
    up_to = Head.objects.get(dossier_id=dossier_id).index
    rows = _events(user_id, [dossier_id], known=True, most=MOST_SHOWN + 1)
    shown = rows[:MOST_SHOWN]
    follows = list(
        Follow.objects.filter(user=user_id, dossier=dossier_id).select_related("claim").order_by("claim__number")
    )
    wordings = _wordings(follows)
    refs = {f.claim_id: f.claim.ref for f in follows}
    said = _said(dossier_id, {row[6] for row in shown if row[6] is not None})
    articles = {a.pk: a.ref for a in Article.objects.filter(pk__in={row[8] for row in shown if row[8] is not None})}
    news = tuple(
        News(
            what=What(what),
            claim_ref=refs[claim],
            wording=wordings.get(claim, ""),
            index=index,
            at=at,
            new=new,
            stance=stance or "",
            source=said.get(statement, ("", ""))[0],
            words=said.get(statement, ("", ""))[1],
            article_ref=articles.get(article, ""),
        )
        for _dossier, what, claim, index, at, new, statement, stance, article in shown
        if claim in refs
    )
    return Following(
        news=news,
        claims=tuple(
            Followed(
                claim_ref=f.claim.ref,
                wording=wordings.get(f.claim_id, ""),
                since=f.since,
                new=sum(one.new for one in news if one.claim_ref == f.claim.ref),
            )
            for f in follows
        ),
        up_to=up_to,
        more=len(rows) > MOST_SHOWN,
    )


def follows(claim: Claim, *, user_id: int) -> bool:
    """Whether this person follows the claim. One query."""
    return Follow.objects.filter(claim=claim, user=user_id).exists()


def _wordings(follows: Iterable[Follow]) -> dict[int, str]:
    rows = Wording.objects.filter(claim__in=[f.claim_id for f in follows]).order_by("known_from_index", "pk")
    return dict(rows.values_list("claim_id", "text"))


def _said(dossier_id: int, statement_ids: set[int]) -> dict[int, tuple[str, str]]:
    """Who said it and in which words, of statements that are held. Five queries at most."""
    held = dict(Statement.objects.current().filter(pk__in=statement_ids).values_list("pk", "source_id"))
    labels = source_labels(dossier_id, held.values())
    words: dict[int, tuple[int, list[str]]] = {}
    spans = Span.objects.filter(
        attribution__statement__in=held, attribution__known_until__isnull=True, role=Span.Role.CONTENT
    )
    for statement, attribution, exact in spans.order_by("attribution_id", "begins").values_list(
        "attribution__statement_id", "attribution_id", "exact"
    ):
        first, parts = words.setdefault(statement, (attribution, []))
        if first == attribution:
            parts.append(" ".join(exact.split()))
    return {
        pk: (labels[source].name if source in labels else "", " … ".join(words.get(pk, (0, []))[1]))
        for pk, source in held.items()
    }
