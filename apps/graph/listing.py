"""Everything a dossier holds, page by page, as said and as known at any moment.

Pages are in the order in which things came to be held, so that whoever reads to the end and comes back later finds
what is new behind what they know. The key of a page's end is the public id of its last row: rows are never removed,
so it stays good, and it says nothing of what else the database holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db import models

from apps.articles.models import Article, EvidenceQuerySet, Rendition
from apps.claims.models import About, Claim, Counter, Figure, Position
from apps.core.errors import Refusal
from apps.crosscheck.rules import ATTACKS
from apps.crosscheck.selectors import (
    NOW,
    Moments,
    Said,
    Standing,
    outlets_of,
    said_by_then,
    standings,
    statements,
    wordings,
)
from apps.dossiers.models import Membership
from apps.dossiers.selectors import Access, PartyLabel, party_labels
from apps.ledger.models import FactQuerySet
from apps.sources.models import Source
from apps.sources.selectors import SourceLabel, source_labels
from apps.statements.models import Statement

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
SCANNED = 400
"""How many claims at most are weighed to fill one page of a filter that no index answers."""


class BadCursor(Refusal):
    """A cursor that names no row of this list."""

    status = 400
    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor does not belong to this list.")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the public id of the last of them if there are more."""

    rows: tuple[T, ...]
    end: str | None


def _page(
    rows: models.QuerySet[M], anchors: models.QuerySet[M], after: str | None, most: int
) -> tuple[list[M], str | None]:
    """``anchors`` are all rows of the list at any time: what was withdrawn since still marks a place. Two queries."""
    if after is not None:
        rows = rows.filter(pk__gt=_anchor(anchors, after))
    found = list(rows.order_by("pk")[: most + 1])
    return found[:most], _public_id(found[most - 1]) if len(found) > most else None


def _anchor(anchors: models.QuerySet[M], after: str) -> int:
    try:
        public_id = UUID(after)
    except ValueError:
        raise BadCursor from None
    anchor: int | None = anchors.filter(public_id=public_id).values_list("pk", flat=True).first()
    if anchor is None:
        raise BadCursor
    return anchor


def _public_id(row: models.Model) -> str:
    return str(row.public_id)  # type: ignore[attr-defined]  # every fact and every evidence has one


@dataclass(frozen=True)
class CounterArgued:
    """A counter against a claim that a speaker argued, and so counts in its standing."""

    public_id: str
    kind: str
    claim: str
    made_by: str
    principal: SourceLabel


@dataclass(frozen=True)
class ClaimRecord:
    """A claim with its wording, whom it is about, and where it stands."""

    public_id: str
    ref: str
    wording: str
    about: tuple[PartyLabel, ...]
    standing: Standing
    waiting_for: tuple[PartyLabel, ...]
    counters: tuple[CounterArgued, ...]
    known_from: datetime


def claim_records(dossier_id: int, claims: Sequence[Claim], moments: Moments = NOW) -> tuple[ClaimRecord, ...]:
    """Claims with what a client is told of each, in the order given. A constant number of queries."""
    ids = [claim.pk for claim in claims]
    parties = party_labels(dossier_id, known_at=moments.known_at)
    words = wordings(dossier_id, ids, known_at=moments.known_at)
    about: dict[int, set[int]] = {}
    abouts = About.objects.in_dossier(dossier_id).as_known(moments.known_at).filter(claim__in=ids)
    for claim_id, party_id in abouts.values_list("claim_id", "party_id"):
        about.setdefault(claim_id, set()).add(party_id)
    found = standings(dossier_id, ids, moments)
    counters = _argued(dossier_id, ids, moments)
    return tuple(
        ClaimRecord(
            public_id=str(claim.public_id),
            ref=claim.ref,
            wording=words.get(claim.pk, ""),
            about=tuple(party for party in parties if party.id in about.get(claim.pk, ())),
            standing=found[claim.pk],
            waiting_for=tuple(party for party in parties if party.id in found[claim.pk].found.waiting_for),
            counters=tuple(counters.get(claim.pk, ())),
            known_from=claim.known_from,
        )
        for claim in claims
    )


def _argued(dossier_id: int, claim_ids: Sequence[int], moments: Moments) -> dict[int, list[CounterArgued]]:
    """The counters by which a speaker attacks each claim. Six queries at most."""
    rows = list(
        Counter.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(against__in=claim_ids, kind__in=ATTACKS, made_by__in=said_by_then(dossier_id, moments))
        .select_related("claim", "made_by")
        .order_by("pk")
    )
    made = [row.made_by for row in rows if row.made_by is not None]
    labels = source_labels(dossier_id, {s.principal_id for s in made}, known_at=moments.known_at)
    found: dict[int, list[CounterArgued]] = {}
    for row, statement in zip(rows, made, strict=True):
        found.setdefault(row.against_id, []).append(
            CounterArgued(
                public_id=str(row.public_id),
                kind=row.kind,
                claim=row.claim.ref,
                made_by=str(statement.public_id),
                principal=labels[statement.principal_id],
            )
        )
    return found


def claims(
    dossier_id: int, moments: Moments = NOW, *, standing: str = "", after: str | None = None, most: int
) -> Page[ClaimRecord]:
    """A page of claims.

    With ``standing`` those that stand so. Now, the index of standings finds them, and each is weighed again. As of
    another time every claim is weighed, no more than 400 for a page, which may then hold fewer rows than ``most``
    though it has an end to go on from.
    """
    everything = Claim.objects.in_dossier(dossier_id)
    rows: FactQuerySet[Claim] = everything.as_known(moments.known_at)
    if standing and moments != NOW:
        return _weighed(dossier_id, moments, standing, after, most)
    if standing:
        rows = rows.filter(summary__standing=standing)
    found, end = _page(rows, everything, after, most)
    records = claim_records(dossier_id, found, moments)
    return Page(tuple(r for r in records if not standing or r.standing.code == standing), end)


def _weighed(dossier_id: int, moments: Moments, standing: str, after: str | None, most: int) -> Page[ClaimRecord]:
    everything = Claim.objects.in_dossier(dossier_id)
    found, end = _page(everything.as_known(moments.known_at), everything, after, SCANNED)
    codes = standings(dossier_id, [claim.pk for claim in found], moments)
    matching = [claim for claim in found if codes[claim.pk].code == standing]
    if len(matching) > most:
        matching = matching[:most]
        end = str(matching[-1].public_id)
    return Page(claim_records(dossier_id, matching, moments), end)


def find_claim(dossier_id: int, ref: int | UUID, moments: Moments = NOW) -> Claim | None:
    """A claim by its number or its public id, if it was held then. One query."""
    rows = Claim.objects.in_dossier(dossier_id).as_known(moments.known_at)
    return (rows.filter(number=ref) if isinstance(ref, int) else rows.filter(public_id=ref)).first()


@dataclass(frozen=True)
class PositionTaken:
    """What a statement does to a claim; ``retracts`` is the statement that it takes back."""

    public_id: str
    claim: str
    stance: str
    retracts: str | None


@dataclass(frozen=True)
class StatementRecord:
    """A statement with the positions it takes and the figures it states."""

    said: Said
    positions: tuple[PositionTaken, ...]
    figures: tuple[Figure, ...]


def statement_records(
    dossier_id: int, statement_ids: Iterable[int], moments: Moments = NOW
) -> tuple[StatementRecord, ...]:
    """Statements in the order of their ids. A constant number of queries."""
    said = statements(dossier_id, statement_ids, moments)
    positions: dict[int, list[PositionTaken]] = {}
    taken = (
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=list(said))
        .select_related("claim", "retracts")
        .order_by("pk")
    )
    for row in taken:
        retracts = str(row.retracts.public_id) if row.retracts else None
        positions.setdefault(row.statement_id, []).append(
            PositionTaken(str(row.public_id), row.claim.ref, row.stance, retracts)
        )
    figures: dict[int, list[Figure]] = {}
    for figure in (
        Figure.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=list(said))
        .select_related("part_of")
        .order_by("pk")
    ):
        figures.setdefault(figure.statement_id, []).append(figure)
    return tuple(
        StatementRecord(found, tuple(positions.get(pk, ())), tuple(figures.get(pk, ()))) for pk, found in said.items()
    )


def said(
    dossier_id: int, moments: Moments = NOW, *, source: UUID | None = None, after: str | None = None, most: int
) -> Page[StatementRecord]:
    """A page of statements; with ``source`` those that it said, or that were said on its behalf."""
    rows = said_by_then(dossier_id, moments)
    if source is not None:
        rows = rows.filter(models.Q(source__public_id=source) | models.Q(principal__public_id=source))
    found, end = _page(rows, Statement.objects.in_dossier(dossier_id), after, most)
    return Page(statement_records(dossier_id, [row.pk for row in found], moments), end)


def find_statement(dossier_id: int, public_id: UUID, moments: Moments = NOW) -> StatementRecord | None:
    """One statement, if it was held and had been made then."""
    ids = said_by_then(dossier_id, moments).filter(public_id=public_id).values_list("pk", flat=True)
    return next(iter(statement_records(dossier_id, list(ids), moments)), None)


@dataclass(frozen=True)
class PositionRecord:
    """A position with the claim's reference and the statement that takes it."""

    public_id: str
    claim: str
    stance: str
    retracts: str | None
    statement: Said
    known_from: datetime


def positions(
    dossier_id: int,
    moments: Moments = NOW,
    *,
    claim: Claim | None = None,
    stance: str = "",
    after: str | None = None,
    most: int,
) -> Page[PositionRecord]:
    """A page of positions, on one claim or on all. A constant number of queries."""
    rows: FactQuerySet[Position] = (
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=said_by_then(dossier_id, moments))
        .select_related("claim", "retracts")
    )
    if claim is not None:
        rows = rows.filter(claim=claim)
    if stance:
        rows = rows.filter(stance=stance)
    found, end = _page(rows, Position.objects.in_dossier(dossier_id), after, most)
    made = statements(dossier_id, {row.statement_id for row in found}, moments)
    return Page(
        tuple(
            PositionRecord(
                public_id=str(row.public_id),
                claim=row.claim.ref,
                stance=row.stance,
                retracts=str(row.retracts.public_id) if row.retracts else None,
                statement=made[row.statement_id],
                known_from=row.known_from,
            )
            for row in found
            if row.statement_id in made
        ),
        end,
    )


@dataclass(frozen=True)
class SourceItem(SourceLabel):
    """A source as it is shown, and since when it is held."""

    known_from: datetime


def sources(dossier_id: int, moments: Moments = NOW, *, after: str | None = None, most: int) -> Page[SourceItem]:
    """A page of sources, as named and aligned then. Seven queries."""
    everything = Source.objects.in_dossier(dossier_id)
    found, end = _page(everything.as_known(moments.known_at), everything, after, most)
    labels = source_labels(dossier_id, [row.pk for row in found], known_at=moments.known_at)
    return Page(tuple(SourceItem(**vars(labels[row.pk]), known_from=row.known_from) for row in found), end)


def dossiers(user_id: int, *, after: str | None = None, most: int) -> Page[Access]:
    """A page of the dossiers that a person is a member of, by short name; its end is the last short name. One query."""
    rows = Membership.objects.current().filter(user_id=user_id).select_related("dossier").order_by("dossier__slug")
    if after is not None:
        rows = rows.filter(dossier__slug__gt=after)
    found = [Access(dossier=row.dossier, role=row.role) for row in rows[: most + 1]]
    return Page(tuple(found[:most]), found[most - 1].dossier.slug if len(found) > most else None)


@dataclass(frozen=True)
class ArticleRecord:
    """An article as its newest text describes it; ``text`` is ``None`` while none was drawn."""

    article: Article
    outlet: str
    text: Rendition | None


def articles(dossier_id: int, moments: Moments = NOW, *, after: str | None = None, most: int) -> Page[ArticleRecord]:
    """A page of articles, without their texts. Five queries at most."""
    everything: EvidenceQuerySet[Article] = Article.objects.in_dossier(dossier_id)
    found, end = _page(everything.as_known(moments.known_at), everything, after, most)
    return Page(article_records(dossier_id, found, moments), end)


def article_records(dossier_id: int, rows: Sequence[Article], moments: Moments = NOW) -> tuple[ArticleRecord, ...]:
    """Articles with outlet and newest description, without texts. Three queries."""
    ids = [row.pk for row in rows]
    outlets = outlets_of(dossier_id, ids, known_at=moments.known_at)
    newest = {
        text.article_id: text
        for text in Rendition.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(article__in=ids)
        .defer("text", "words")
        .order_by("article_id", "-pk")
        .distinct("article_id")
    }
    return tuple(ArticleRecord(row, outlets.get(row.pk, ""), newest.get(row.pk)) for row in rows)
