"""What the page on a claim shows: the claim with its sides next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.articles.models import Article, Origin, Removal, Rendition
from apps.claims.models import About, Claim, Counter, Counting, Figure, Position
from apps.crosscheck.rules import Held
from apps.crosscheck.selectors import (
    NOW,
    Moments,
    Said,
    Standing,
    Taken,
    outlets_of,
    positions_on,
    said_by_then,
    standings,
    statements,
    wordings,
)
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.ledger.models import Entry, FactQuerySet
from apps.statements.models import Attribution, Gone

MOST_SHOWN = 100
"""Positions in one column; the standing counts them all."""
MOST_INSTANCES = 20
MOST_RELATED = 100
MOST_CARRIERS = 60
MOST_FIGURES = 60
MOST_ENTRIES = 40


@dataclass(frozen=True)
class Column:
    """A party beside the others: its positions, newest first, counters it argued, positions on instances of the claim.

    ``more`` positions, and ``more_instances`` on instances, are held beyond those given.
    """

    party: PartyLabel | None
    marks: tuple[str, ...]
    positions: tuple[Taken, ...]
    more: int
    instances: tuple[tuple[str, str, Taken], ...]
    more_instances: int
    is_about: bool
    counters: tuple[CounterMade, ...]

    @property
    def silent(self) -> bool:
        return not self.positions


@dataclass(frozen=True)
class CounterMade:
    """A counter that a speaker argued against the claim: by which claim of theirs, and in which words."""

    kind: str
    claim_ref: str
    wording: str
    statement: Said


@dataclass(frozen=True)
class Related:
    """Another claim, how the one on the page stands to it (or it to the one), and who argued so if anybody did."""

    kind: str
    outgoing: bool
    ref: str
    wording: str
    made_by: Said | None


@dataclass(frozen=True)
class Stated:
    """A figure somebody stated."""

    measure: str
    comparator: str
    low: int
    high: int | None
    of_whom: str
    statement: Said
    counting: str = Counting.UNSTATED


@dataclass(frozen=True)
class Carrier:
    """An article that carries words a standing rests on."""

    ref: str
    headline: str
    outlet: str
    published: datetime | None


@dataclass(frozen=True)
class Carried:
    """An origin and the articles that carry its text; no label where nobody knows who wrote theirs first."""

    label: str
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True)
class Known:
    """A step in how a claim came to be known: the ledger entry, and how often it added or withdrew which noun."""

    at: datetime
    index: int
    verb: str
    actor: str
    facts: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class ClaimSheet:
    """A claim with all its sides. ``earlier_steps`` says that the history began before the steps given."""

    claim: Claim
    wording: str
    standing: Standing
    columns: tuple[Column, ...]
    about: tuple[PartyLabel, ...]
    waiting_for: tuple[PartyLabel, ...]
    related: tuple[Related, ...]
    figures: tuple[Stated, ...]
    origins: tuple[Carried, ...]
    more_carriers: int
    history: tuple[Known, ...]
    earlier_steps: bool


def find_claim(dossier_id: int, number: int, moments: Moments = NOW) -> Claim | None:
    """A claim by its number, if it was held then. One query."""
    return Claim.objects.in_dossier(dossier_id).as_known(moments.known_at).filter(number=number).first()


def claim_sheet(claim: Claim, moments: Moments = NOW) -> ClaimSheet:
    """Everything the claim's page shows. At most sixty queries, however much is held."""
    dossier_id = claim.dossier_id
    parties = party_labels(dossier_id, known_at=moments.known_at)
    counters = _counters(claim, moments)
    made = statements(dossier_id, [c.made_by_id for c in counters if c.made_by_id], moments, only_first=True)
    instances = {c.claim_id: c.claim for c in counters if c.kind == "instance_of" and c.against_id == claim.pk}
    found = standings(dossier_id, [claim.pk, *instances], moments)
    others = {pk for c in counters for pk in (c.claim_id, c.against_id)}
    words = wordings(dossier_id, {claim.pk, *others}, known_at=moments.known_at)
    about = _about(claim, moments)
    own = found[claim.pk]
    sides = (*(party.id for party in parties), None)
    shown = {side: _newest(own.held, side, MOST_SHOWN) for side in sides}
    beside = {side: _newest([h for i in instances for h in found[i].held], side, MOST_INSTANCES) for side in sides}
    among = {h.statement_id for group in (*shown.values(), *beside.values()) for h in group}
    taken = positions_on(dossier_id, [claim.pk, *instances], moments, among=among, only_first=True)
    columns = []
    for party in (*parties, None):
        side = party.id if party else None
        here = [t for t in taken[claim.pk] if _stands_with(t.statement, side)]
        there = [(i, t) for i in instances for t in taken[i] if _stands_with(t.statement, side)][-MOST_INSTANCES:]
        columns.append(
            Column(
                party=party,
                marks=own.marks(side),
                positions=tuple(reversed(here)),
                more=sum(1 for h in own.held if h.party_id == side) - len(here),
                instances=tuple((instances[i].ref, words.get(i, ""), t) for i, t in there),
                more_instances=sum(1 for i in instances for h in found[i].held if h.party_id == side) - len(there),
                is_about=side in about,
                counters=tuple(
                    CounterMade(c.kind, c.claim.ref, words.get(c.claim_id, ""), made[c.made_by_id])
                    for c in counters
                    if c.against_id == claim.pk and c.made_by_id and _stands_with(made[c.made_by_id], side)
                ),
            )
        )
    origins, more_carriers = _origins(dossier_id, own, moments)
    history, earlier_steps = _history(claim, moments)
    return ClaimSheet(
        claim=claim,
        wording=words.get(claim.pk, ""),
        standing=own,
        # The column of those who stand with no party is there only if somebody in it spoke.
        columns=tuple(c for c in columns if c.party is not None or c.positions or c.instances or c.counters),
        about=tuple(p for p in parties if p.id in about),
        waiting_for=tuple(p for p in parties if p.id in own.found.waiting_for),
        related=tuple(_related(c, claim, words, made.get(c.made_by_id or 0)) for c in counters),
        figures=_figures(dossier_id, own, moments),
        origins=origins,
        more_carriers=more_carriers,
        history=history,
        earlier_steps=earlier_steps,
    )


def _counters(claim: Claim, moments: Moments) -> list[Counter]:
    """Those between the claim and others: an analyst's, and a speaker's once it was said."""
    return list(
        Counter.objects.in_dossier(claim.dossier_id)
        .as_known(moments.known_at)
        .filter(Q(claim=claim) | Q(against=claim))
        .filter(Q(made_by__isnull=True) | Q(made_by__in=said_by_then(claim.dossier_id, moments)))
        .select_related("claim", "against")
        .order_by("kind", "pk")[:MOST_RELATED]
    )


def _about(claim: Claim, moments: Moments) -> set[int | None]:
    rows = About.objects.in_dossier(claim.dossier_id).as_known(moments.known_at).filter(claim=claim)
    return set(rows.values_list("party_id", flat=True))


def _newest(held: Iterable[Held], side: int | None, most: int) -> list[Held]:
    mine = [h for h in held if h.party_id == side]
    return sorted(mine, key=lambda h: (h.said_until, h.statement_id))[-most:]


def _stands_with(said: Said, side: int | None) -> bool:
    return (said.party.id if said.party else None) == side


def _related(counter: Counter, claim: Claim, words: Mapping[int, str], made_by: Said | None) -> Related:
    outgoing = counter.claim_id == claim.pk
    other = counter.against if outgoing else counter.claim
    return Related(counter.kind, outgoing, other.ref, words.get(other.pk, ""), made_by)


def _figures(dossier_id: int, standing: Standing, moments: Moments) -> tuple[Stated, ...]:
    rows = Figure.objects.filter(statement__in=list(standing.statements))
    return _stated(dossier_id, rows.in_dossier(dossier_id), moments, most=MOST_FIGURES)


def stated_figures(dossier_id: int, measure: str, moments: Moments = NOW, *, most: int = 60) -> tuple[Stated, ...]:
    """The newest figures of a measure, oldest of them first. A constant number of queries."""
    return _stated(dossier_id, Figure.objects.in_dossier(dossier_id).filter(measure=measure), moments, most=most)


def _stated(dossier_id: int, rows: FactQuerySet[Figure], moments: Moments, *, most: int) -> tuple[Stated, ...]:
    newest = list(
        rows.as_known(moments.known_at)
        .filter(statement__in=said_by_then(dossier_id, moments))
        .order_by("-statement__said_until", "-pk")[:most]
    )
    said = statements(dossier_id, {row.statement_id for row in newest}, moments, only_first=True)
    return tuple(
        Stated(row.measure, row.comparator, row.low, row.high, row.of_whom, said[row.statement_id], row.counting)
        for row in reversed(newest)
    )


def _origins(dossier_id: int, standing: Standing, moments: Moments) -> tuple[tuple[Carried, ...], int]:
    """The articles behind a standing by origin, those with most articles first and the unknown last."""
    at = moments.known_at
    shown = sorted(standing.articles, reverse=True)[:MOST_CARRIERS]
    rows = Article.objects.in_dossier(dossier_id).filter(pk__in=shown).order_by("pk")
    texts = {
        row.article_id: row
        for row in Rendition.objects.in_dossier(dossier_id)
        .as_known(at)
        .filter(article__in=shown)
        .defer("text", "words")
        .order_by("pk")
    }
    outlets = outlets_of(dossier_id, shown, known_at=at)
    known = {origin for article in shown if (origin := standing.articles[article]) is not None}
    labels = dict(Origin.objects.in_dossier(dossier_id).filter(pk__in=known).values_list("pk", "label"))
    groups: dict[int | None, list[Carrier]] = {}
    for row in rows:
        text = texts.get(row.pk)
        groups.setdefault(standing.articles[row.pk], []).append(
            Carrier(
                ref=row.ref,
                headline=text.headline if text else "",
                outlet=outlets.get(row.pk, ""),
                published=text.published if text else None,
            )
        )
    order = sorted(groups, key=lambda origin: (origin is None, -len(groups[origin]), origin or 0))
    found = tuple(Carried(labels.get(origin or 0, ""), tuple(groups[origin])) for origin in order)
    return found, len(standing.articles) - len(shown)


def _history(claim: Claim, moments: Moments) -> tuple[tuple[Known, ...], bool]:
    """The newest ledger entries that brought the claim's facts about or ended them, oldest first. Five queries."""
    facts = [(str(claim.public_id), claim.known_from_index, claim.known_until_index)]
    counters = Counter.objects.filter(Q(claim=claim) | Q(against=claim))
    for rows in (Position.objects.filter(claim=claim), counters):
        held = rows.in_dossier(claim.dossier_id).values_list("public_id", "known_from_index", "known_until_index")
        facts += [(str(public_id), begun, ended) for public_id, begun, ended in held]
    of_claim = Attribution.objects.filter(statement__positions__claim=claim)
    lost = Gone.objects.in_dossier(claim.dossier_id).filter(attribution__in=of_claim)
    away = Removal.objects.in_dossier(claim.dossier_id).filter(article__in=of_claim.values("article"))
    for later in (lost, away):
        ended_or_not = later.values_list("public_id", "known_from_index", "known_until_index")
        facts += [(str(public_id), begun, ended) for public_id, begun, ended in ended_or_not]
    names = {public_id for public_id, _begun, _ended in facts}
    indexes = {index for _id, *ends in facts for index in ends if index is not None}
    entries = Entry.objects.filter(dossier_id=claim.dossier_id, index__in=indexes).newest_first()
    if moments.known_at is not None:
        entries = entries.filter(at__lte=moments.known_at)
    newest = list(entries.only("at", "index", "verb", "actor", "payload", "dossier_id")[: MOST_ENTRIES + 1])
    steps = tuple(
        Known(at=row.at, index=row.index, verb=row.verb, actor=row.actor, facts=_counted(row, names))
        for row in reversed(newest[:MOST_ENTRIES])
    )
    return steps, len(newest) > MOST_ENTRIES


def _counted(entry: Entry, names: set[str]) -> Mapping[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for fact in entry.payload.get("facts", ()):
        if fact["id"] in names:
            key = (fact["noun"], fact["op"])
            found[key] = found.get(key, 0) + 1
    return found
