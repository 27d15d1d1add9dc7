"""The positions on claims with all that a page or a client shows of them, as said and as known at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.articles import texts
from apps.articles.models import Lineage, Publication, Rendition
from apps.claims.models import About, Counter, Position, Wording
from apps.crosscheck import rules
from apps.crosscheck.rules import Held, Origins, Outcome
from apps.dossiers.selectors import PartyLabel
from apps.ledger.models import FactQuerySet
from apps.sources.selectors import SourceLabel, outlet_names, source_labels
from apps.statements.models import Attribution, Span, Statement


@dataclass(frozen=True)
class Moments:
    """The two times of a read; ``None`` means now. A statement counts once it was certainly said."""

    said_until: datetime | None = None
    known_at: datetime | None = None


NOW = Moments()


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


@dataclass(frozen=True)
class Said:
    """A statement with its source, its principal, and every piece of evidence that it was made, copies last."""

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


def positions_on(dossier_id: int, claim_ids: Iterable[int], moments: Moments = NOW) -> dict[int, tuple[Taken, ...]]:
    """Positions by claim, oldest said first, with statements and evidence. Fourteen queries, however many."""
    ids = list(claim_ids)
    rows = list(
        Position.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(claim__in=ids, statement__in=_statements(dossier_id, moments))
        .select_related("retracts")
        .order_by("statement__said_until", "statement_id", "pk")
    )
    said = statements(dossier_id, {row.statement_id for row in rows}, moments)
    found: dict[int, list[Taken]] = {claim_id: [] for claim_id in ids}
    for row in rows:
        if row.statement_id in said:
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


def _statements(dossier_id: int, moments: Moments) -> FactQuerySet[Statement]:
    rows = Statement.objects.in_dossier(dossier_id).as_known(moments.known_at)
    return rows if moments.said_until is None else rows.filter(said_until__lte=moments.said_until)


def statements(dossier_id: int, statement_ids: Iterable[int], moments: Moments = NOW) -> dict[int, Said]:
    """Statements by id with their evidence, as known then. Twelve queries, however many."""
    rows = list(
        _statements(dossier_id, moments).filter(pk__in=set(statement_ids)).select_related("relayed_by").order_by("pk")
    )
    sources = {i for row in rows for i in (row.source_id, row.principal_id)}
    sources |= {row.relayed_by.source_id for row in rows if row.relayed_by}
    labels = source_labels(dossier_id, sources, known_at=moments.known_at)
    evidence = evidence_of(dossier_id, [row.pk for row in rows], moments)
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
            evidence=evidence.get(row.pk, ()),
            known_from=row.known_from,
        )
        for row in rows
    }


def evidence_of(
    dossier_id: int, statement_ids: Sequence[int], moments: Moments = NOW
) -> dict[int, tuple[Evidence, ...]]:
    """Every attribution of each statement, originals before copies. Six queries."""
    rows = list(
        Attribution.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=statement_ids)
        .select_related("article", "rendition")
        .defer("rendition__words")
        .order_by("is_copy", "pk")
    )
    spans: dict[int, list[Span]] = {}
    for span in Span.objects.filter(attribution__in=[row.pk for row in rows]).defer("words").order_by("begins", "pk"):
        spans.setdefault(span.attribution_id, []).append(span)
    outlets = outlets_of(dossier_id, {row.article_id for row in rows}, known_at=moments.known_at)
    found: dict[int, list[Evidence]] = {}
    for row in rows:
        found.setdefault(row.statement_id, []).append(
            _evidence(row, tuple(spans.get(row.pk, ())), outlets.get(row.article_id, ""))
        )
    return {statement_id: tuple(group) for statement_id, group in found.items()}


def _evidence(row: Attribution, spans: tuple[Span, ...], outlet: str) -> Evidence:
    def words(role: str) -> tuple[str, ...]:
        return tuple(span.exact for span in spans if span.role == role)

    return Evidence(
        attribution_id=str(row.public_id),
        article_ref=row.article.ref,
        article_id=row.article_id,
        outlet=outlet,
        headline=row.rendition.headline,
        published=row.rendition.published,
        paragraph=_paragraph(row.rendition, min((s.begins for s in spans), default=0)),
        source_words=" … ".join(words("source")),
        cue=" … ".join(words("cue")),
        content=words("content"),
        quotation=row.quotation,
        is_copy=row.is_copy,
        rendition_id=str(row.rendition.public_id),
        rendition_sha256=row.rendition.sha256,
        spans=spans,
    )


def _paragraph(rendition: Rendition, begins: int) -> int:
    numbers = [p.number for p in texts.paragraphs(rendition.text) if p.start <= begins]
    return numbers[-1] if numbers else 1


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
    """Where a claim stands and its grounds: which positions, how many principals, parties and origins."""

    found: Outcome
    positions: tuple[Taken, ...]
    origins: Origins

    @property
    def code(self) -> str:
        return self.found.standing.value

    def marks(self, party_id: int | None) -> tuple[str, ...]:
        return rules.party_mark(self.found.voices, party_id)

    def of_stance(self, *stances: str) -> tuple[Taken, ...]:
        return tuple(taken for taken in self.positions if taken.stance in stances)


def standings(dossier_id: int, claim_ids: Iterable[int], moments: Moments = NOW) -> dict[int, Standing]:
    """Where each claim stands, computed from its positions. A constant number of queries."""
    ids = list(claim_ids)
    taken = positions_on(dossier_id, ids, moments)
    about: dict[int, set[int]] = {}
    for claim_id, party_id in (
        About.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(claim__in=ids)
        .values_list("claim_id", "party_id")
    ):
        about.setdefault(claim_id, set()).add(party_id)
    countered = _countered(dossier_id, ids, moments)
    articles = {e.article_id for group in taken.values() for t in group for e in t.statement.evidence}
    origin = origins_of(dossier_id, articles, known_at=moments.known_at)
    return {
        claim_id: Standing(
            found=rules.standing(
                [_held(t) for t in group], about=about.get(claim_id, ()), countered_by=countered.get(claim_id, ())
            ),
            positions=group,
            origins=rules.origins({e.article_id: origin[e.article_id] for t in group for e in t.statement.evidence}),
        )
        for claim_id, group in taken.items()
    }


def _held(taken: Taken) -> Held:
    said = taken.statement
    return Held(
        statement_id=said.id,
        principal_id=said.principal.id,
        party_id=said.party.id if said.party else None,
        stance=taken.stance,
        said_from=said.said_from,
        said_until=said.said_until,
        retracts=taken.retracts_id,
    )


def _countered(dossier_id: int, claim_ids: Sequence[int], moments: Moments) -> Mapping[int, set[int]]:
    rows = (
        Counter.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(against__in=claim_ids, kind__in=rules.ATTACKS, made_by__in=_statements(dossier_id, moments))
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
