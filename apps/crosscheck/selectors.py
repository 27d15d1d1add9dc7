"""The positions on claims with all that a page or a client shows of them, as said and as known at any moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q

from apps.articles import texts
from apps.articles.models import Lineage, Publication, Rendition
from apps.claims.models import About, Counter, Position, Wording
from apps.crosscheck import rules
from apps.crosscheck.rules import Change, Held, Origins, Outcome, Voice
from apps.dossiers.selectors import PartyLabel
from apps.ledger.models import FactQuerySet
from apps.sources.selectors import SourceLabel, outlet_names, source_labels
from apps.statements.models import Attribution, Span, Statement
from apps.statements.staleness import gone_from, removed, stale_since


@dataclass(frozen=True)
class Moments:
    """The two times of a read; ``None`` means now.

    ``said_until`` keeps what had certainly been said by then: statements whose interval ends at that time or before. A
    statement said "on 20 September" counts from the end of that day. What an analyst drew between claims was said by
    nobody and is kept. ``known_at`` keeps what the dossier held then: a fact from the moment its ledger entry was
    made, and until the moment another ended it, so that a page asked for with it never changes.
    """

    said_until: datetime | None = None
    known_at: datetime | None = None


NOW = Moments()
_SPEECH = ("statement__principal_id", "statement__said_from", "statement__said_until")


@dataclass(frozen=True)
class Evidence:
    """One attribution: the exact words, and where they stand."""

    attribution_id: str
    article_ref: str
    article_id: int
    outlet: str
    headline: str
    published: datetime | None
    paragraph: int
    source_words: str
    cue: str
    content: tuple[str, ...]
    quotation: str
    is_copy: bool
    rendition_id: str
    rendition_sha256: str
    spans: tuple[Span, ...]
    twin_of: str | None = None
    """The attribution in an earlier version of the article that this is the same as; such count for nothing."""
    gone_since: datetime | None = None
    """Since when a later version of the article is known to lack the words."""
    removed_since: datetime | None = None
    """Since when the publisher is known to have removed the article."""


@dataclass(frozen=True)
class Said:
    """A statement with its source, its principal, and the evidence that it was made, copies last.

    Of all the evidence held, ``copies`` carry another's words and ``reports`` are told in an outlet's own. ``twins``
    are the same evidence in later versions of the articles. ``stale_since`` is when the last of the articles lost the
    words.
    """

    id: int
    public_id: str
    kind: str
    channel: str
    said_from: datetime | None
    said_until: datetime
    source: SourceLabel
    principal: SourceLabel
    relayed_by: SourceLabel | None
    relayed_by_statement: str | None
    evidence: tuple[Evidence, ...]
    known_from: datetime
    copies: int = 0
    reports: int = 0
    twins: tuple[Evidence, ...] = ()
    stale_since: datetime | None = None

    @property
    def party(self) -> PartyLabel | None:
        return self.principal.party

    @property
    def first(self) -> Evidence | None:
        return self.evidence[0] if self.evidence else None


@dataclass(frozen=True)
class Taken:
    """A position with the statement that takes it."""

    public_id: str
    claim_id: int
    stance: str
    statement: Said
    retracts: str | None
    retracts_id: int | None
    known_from: datetime


def positions_on(
    dossier_id: int,
    claim_ids: Iterable[int],
    moments: Moments = NOW,
    *,
    among: Iterable[int] | None = None,
    only_first: bool = False,
) -> dict[int, tuple[Taken, ...]]:
    """Positions by claim, oldest said first, with statements and evidence; at most nineteen queries, however many.

    ``among`` keeps those of these statements; ``only_first`` leaves out all evidence of a statement but the first.
    """
    ids = list(claim_ids)
    rows = (
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(claim__in=ids, statement__in=said_by_then(dossier_id, moments))
        .select_related("retracts")
        .order_by("statement__said_until", "statement_id", "pk")
    )
    if among is not None:
        rows = rows.filter(statement__in=set(among))
    said = statements(dossier_id, {row.statement_id for row in rows}, moments, only_first=only_first)
    found: dict[int, list[Taken]] = {claim_id: [] for claim_id in ids}
    for row in rows:
        found[row.claim_id].append(
            Taken(
                public_id=str(row.public_id),
                claim_id=row.claim_id,
                stance=row.stance,
                statement=said[row.statement_id],
                retracts=str(row.retracts.public_id) if row.retracts else None,
                retracts_id=row.retracts_id,
                known_from=row.known_from,
            )
        )
    return {claim_id: tuple(taken) for claim_id, taken in found.items()}


def said_by_then(dossier_id: int, moments: Moments) -> FactQuerySet[Statement]:
    """The statements that count as of these times. No query."""
    rows = Statement.objects.in_dossier(dossier_id).as_known(moments.known_at)
    return rows if moments.said_until is None else rows.filter(said_until__lte=moments.said_until)


def statements(
    dossier_id: int, statement_ids: Iterable[int], moments: Moments = NOW, *, only_first: bool = False
) -> dict[int, Said]:
    """Statements by id with their evidence, as known then; at most seventeen queries, however many."""
    rows = list(
        said_by_then(dossier_id, moments).filter(pk__in=set(statement_ids)).select_related("relayed_by").order_by("pk")
    )
    sources = {i for row in rows for i in (row.source_id, row.principal_id)}
    sources |= {row.relayed_by.source_id for row in rows if row.relayed_by}
    labels = source_labels(dossier_id, sources, known_at=moments.known_at)
    ids = [row.pk for row in rows]
    evidence = evidence_of(dossier_id, ids, moments, only_first=only_first)
    carried = _carried(dossier_id, ids, moments)
    stale = stale_since(dossier_id, ids, known_at=moments.known_at)
    return {
        row.pk: Said(
            id=row.pk,
            public_id=str(row.public_id),
            kind=row.kind,
            channel=row.channel,
            said_from=row.said_from,
            said_until=row.said_until,
            source=labels[row.source_id],
            principal=labels[row.principal_id],
            relayed_by=labels[row.relayed_by.source_id] if row.relayed_by else None,
            relayed_by_statement=str(row.relayed_by.public_id) if row.relayed_by else None,
            evidence=tuple(one for one in evidence.get(row.pk, ()) if one.twin_of is None),
            twins=tuple(one for one in evidence.get(row.pk, ()) if one.twin_of is not None),
            stale_since=stale.get(row.pk),
            known_from=row.known_from,
            copies=carried.get(row.pk, (0, 0))[0],
            reports=carried.get(row.pk, (0, 0))[1],
        )
        for row in rows
    }


def _attributions(dossier_id: int, moments: Moments) -> FactQuerySet[Attribution]:
    return Attribution.objects.in_dossier(dossier_id).as_known(moments.known_at)


def _carried(dossier_id: int, statement_ids: Sequence[int], moments: Moments) -> dict[int, tuple[int, int]]:
    """How many copies and how many reports in other words carry each statement. One query."""
    rows = (
        _attributions(dossier_id, moments)
        .filter(statement__in=statement_ids, twin_of__isnull=True)
        .order_by()
        .values("statement_id")
        .annotate(copies=Count("pk", filter=Q(is_copy=True)), reports=Count("pk", filter=Q(is_copy=False)))
    )
    return {row["statement_id"]: (row["copies"], row["reports"]) for row in rows}


def evidence_of(
    dossier_id: int, statement_ids: Sequence[int], moments: Moments = NOW, *, only_first: bool = False
) -> dict[int, tuple[Evidence, ...]]:
    """Every attribution of each statement (or the first), originals before copies. Seven queries."""
    held = _attributions(dossier_id, moments).filter(statement__in=statement_ids).select_related("article", "twin_of")
    order = ("statement_id", "is_copy", "pk")  # twins are younger than what they are twins of
    rows = list(held.order_by(*order).distinct("statement_id") if only_first else held.order_by(*order))
    # Many attributions share a text: it is read, and cut into paragraphs, once.
    renditions = Rendition.objects.defer("words").in_bulk({row.rendition_id for row in rows})
    starts = {pk: [p.start for p in texts.paragraphs(text.text)] for pk, text in renditions.items()}
    spans: dict[int, list[Span]] = {}
    for span in Span.objects.filter(attribution__in=[row.pk for row in rows]).defer("words").order_by("begins", "pk"):
        spans.setdefault(span.attribution_id, []).append(span)
    outlets = outlets_of(dossier_id, {row.article_id for row in rows}, known_at=moments.known_at)
    gone = gone_from(dossier_id, [row.pk for row in rows], known_at=moments.known_at)
    away = removed(dossier_id, [row.article_id for row in rows], known_at=moments.known_at)
    found: dict[int, list[Evidence]] = {}
    for row in rows:
        quoted = tuple(spans.get(row.pk, ()))
        paragraph = bisect_right(starts[row.rendition_id], min((s.begins for s in quoted), default=0)) or 1
        one = _evidence(row, renditions[row.rendition_id], quoted, outlets.get(row.article_id, ""), paragraph)
        note = gone.get(row.pk)
        found.setdefault(row.statement_id, []).append(
            replace(one, gone_since=note.since if note else None, removed_since=away.get(row.article_id))
        )
    return {statement_id: tuple(group) for statement_id, group in found.items()}


def _evidence(row: Attribution, rendition: Rendition, spans: tuple[Span, ...], outlet: str, paragraph: int) -> Evidence:
    def words(role: str) -> tuple[str, ...]:
        return tuple(span.exact for span in spans if span.role == role)

    return Evidence(
        attribution_id=str(row.public_id),
        article_ref=row.article.ref,
        article_id=row.article_id,
        outlet=outlet,
        headline=rendition.headline,
        published=rendition.published,
        paragraph=paragraph,
        source_words=" … ".join(words("source")),
        cue=" … ".join(words("cue")),
        content=words("content"),
        quotation=row.quotation,
        is_copy=row.is_copy,
        rendition_id=str(rendition.public_id),
        rendition_sha256=rendition.sha256,
        spans=spans,
        twin_of=str(row.twin_of.public_id) if row.twin_of else None,
    )


def outlets_of(dossier_id: int, article_ids: Iterable[int], *, known_at: datetime | None = None) -> dict[int, str]:
    """The outlet's name by article. Two queries."""
    published = dict(
        Publication.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(article__in=set(article_ids))
        .values_list("article_id", "outlet_id")
    )
    names = outlet_names(dossier_id, published.values(), known_at=known_at)
    return {article: names.get(outlet, "") for article, outlet in published.items()}


def origins_of(
    dossier_id: int, article_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, int | None]:
    """The origin of each article, ``None`` where unknown. One query."""
    ids = set(article_ids)
    known = dict(
        Lineage.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(article__in=ids)
        .values_list("article_id", "origin_id")
    )
    return {article: known.get(article) for article in ids}


@dataclass(frozen=True)
class Standing:
    """Where a claim stands and its grounds: every position, who holds it, and the origin of each article behind it.

    ``statements`` are public ids by id, ``articles`` origins by article id (``None`` where unknown).
    """

    found: Outcome
    held: tuple[Held, ...]
    statements: Mapping[int, str]
    principals: Mapping[int, SourceLabel]
    articles: Mapping[int, int | None]

    @property
    def code(self) -> str:
        return self.found.standing.value

    @property
    def origins(self) -> Origins:
        return rules.origins(self.articles)

    @property
    def last_word(self) -> datetime | None:
        return max((h.said_until for h in self.held), default=None)

    @property
    def inconsistent(self) -> tuple[Voice, ...]:
        return tuple(voice for voice in self.found.voices if voice.inconsistent)

    def marks(self, party_id: int | None) -> tuple[str, ...]:
        return rules.party_mark(self.found.voices, party_id)

    def changes(self) -> tuple[Change, ...]:
        return rules.changes(self.held)


def standings(dossier_id: int, claim_ids: Iterable[int], moments: Moments = NOW) -> dict[int, Standing]:
    """Where each claim stands, from all its positions, read as narrow rows. At most ten queries, however many."""
    ids = list(claim_ids)
    rows = list(
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(claim__in=ids, statement__in=said_by_then(dossier_id, moments))
        .order_by("statement__said_until", "statement_id", "pk")
        .values_list("claim_id", "stance", "retracts_id", "statement_id", "statement__public_id", *_SPEECH)
    )
    labels = source_labels(dossier_id, {row[5] for row in rows}, known_at=moments.known_at)
    held: dict[int, list[Held]] = {claim_id: [] for claim_id in ids}
    for claim_id, stance, retracts, statement_id, _public_id, principal, said_from, said_until in rows:
        party = labels[principal].party
        held[claim_id].append(
            Held(statement_id, principal, party.id if party else None, stance, said_from, said_until, retracts)
        )
    about: dict[int, set[int]] = {}
    abouts = About.objects.in_dossier(dossier_id).as_known(moments.known_at).filter(claim__in=ids)
    for claim_id, party_id in abouts.values_list("claim_id", "party_id"):
        about.setdefault(claim_id, set()).add(party_id)
    countered = _countered(dossier_id, ids, moments)
    names = {row[3]: str(row[4]) for row in rows}
    articles = _articles(dossier_id, names, moments)
    origin = origins_of(dossier_id, {a for group in articles.values() for a in group}, known_at=moments.known_at)
    return {
        claim_id: Standing(
            found=rules.standing(group, about=about.get(claim_id, ()), countered_by=countered.get(claim_id, ())),
            held=tuple(group),
            statements={h.statement_id: names[h.statement_id] for h in group},
            principals={h.principal_id: labels[h.principal_id] for h in group},
            articles={a: origin[a] for h in group for a in articles.get(h.statement_id, ())},
        )
        for claim_id, group in held.items()
    }


def _articles(dossier_id: int, statement_ids: Iterable[int], moments: Moments) -> dict[int, set[int]]:
    """The articles that carry each statement. One query."""
    found: dict[int, set[int]] = {}
    rows = _attributions(dossier_id, moments).filter(statement__in=list(statement_ids))
    for statement_id, article_id in rows.order_by().values_list("statement_id", "article_id"):
        found.setdefault(statement_id, set()).add(article_id)
    return found


def _countered(dossier_id: int, claim_ids: Sequence[int], moments: Moments) -> Mapping[int, set[int]]:
    rows = (
        Counter.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(against__in=claim_ids, kind__in=rules.ATTACKS, made_by__in=said_by_then(dossier_id, moments))
        .values_list("against_id", "made_by__principal_id")
    )
    found: dict[int, set[int]] = {}
    for claim_id, principal_id in rows:
        found.setdefault(claim_id, set()).add(principal_id)
    return found


def wordings(dossier_id: int, claim_ids: Iterable[int], *, known_at: datetime | None = None) -> dict[int, str]:
    """The wording of each claim, as it was then. One query."""
    return dict(
        Wording.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(claim__in=set(claim_ids))
        .values_list("claim_id", "text")
    )
