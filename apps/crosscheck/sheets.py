"""What the pages on claims show: a claim with its sides next to each other, and a dossier's claims at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.claims.models import About, Claim, Counter, Figure
from apps.crosscheck.models import Summary
from apps.crosscheck.selectors import NOW, Moments, Said, Standing, Taken, standings, statements, wordings
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.ledger.models import Entry

PAGE = 50
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Column:
    """A party beside the others: its positions on the claim, newest first, and those on instances of it."""

    party: PartyLabel | None
    marks: tuple[str, ...]
    positions: tuple[Taken, ...]
    instances: tuple[tuple[str, str, Taken], ...]
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


@dataclass(frozen=True)
class Known:
    """A step in how a claim came to be known."""

    at: datetime
    index: int
    verb: str
    actor: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class ClaimSheet:
    """A claim with all its sides."""

    claim: Claim
    wording: str
    standing: Standing
    columns: tuple[Column, ...]
    about: tuple[PartyLabel, ...]
    waiting_for: tuple[PartyLabel, ...]
    related: tuple[Related, ...]
    figures: tuple[Stated, ...]
    history: tuple[Known, ...]
    articles_held: int


def find_claim(dossier_id: int, number: int, moments: Moments = NOW) -> Claim | None:
    """A claim by its number, if it was held then. One query."""
    return Claim.objects.in_dossier(dossier_id).as_known(moments.known_at).filter(number=number).first()


def claim_sheet(claim: Claim, moments: Moments = NOW, *, articles_held: int = 0) -> ClaimSheet:
    """Everything the claim's page shows. A constant number of queries, about forty."""
    dossier_id = claim.dossier_id
    parties = party_labels(dossier_id, known_at=moments.known_at)
    counters = list(
        Counter.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(Q(claim=claim) | Q(against=claim))
        .select_related("claim", "against")
        .order_by("kind", "pk")
    )
    instances = {c.claim_id: c.claim for c in counters if c.kind == "instance_of" and c.against_id == claim.pk}
    found = standings(dossier_id, [claim.pk, *instances], moments)
    words = wordings(
        dossier_id,
        {claim.pk, *(c.claim_id for c in counters), *(c.against_id for c in counters)},
        known_at=moments.known_at,
    )
    made = statements(dossier_id, [c.made_by_id for c in counters if c.made_by_id], moments)
    about_ids = set(
        About.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(claim=claim)
        .values_list("party_id", flat=True)
    )
    own = found[claim.pk]
    answering = [c for c in counters if c.against_id == claim.pk and c.made_by_id in made]
    columns = [
        Column(
            party=party,
            marks=own.marks(party.id if party else None),
            positions=tuple(reversed([t for t in own.positions if _of(t.statement, party)])),
            instances=tuple(
                (instances[i].ref, words.get(i, ""), t)
                for i in instances
                for t in found[i].positions
                if _of(t.statement, party)
            ),
            is_about=party is not None and party.id in about_ids,
            counters=tuple(
                CounterMade(c.kind, c.claim.ref, words.get(c.claim_id, ""), made[c.made_by_id])
                for c in answering
                if c.made_by_id is not None and _of(made[c.made_by_id], party)
            ),
        )
        for party in (*parties, None)
    ]
    return ClaimSheet(
        claim=claim,
        wording=words.get(claim.pk, ""),
        standing=own,
        # The column of those who stand with no party is there only if somebody in it spoke.
        columns=tuple(c for c in columns if c.party is not None or c.positions or c.instances or c.counters),
        about=tuple(p for p in parties if p.id in about_ids),
        waiting_for=tuple(p for p in parties if p.id in own.found.waiting_for),
        related=tuple(_related(c, claim, words, made.get(c.made_by_id or 0)) for c in counters),
        figures=_figures(dossier_id, own.positions, moments),
        history=_history(claim, own, moments),
        articles_held=articles_held,
    )


def _of(said: Said, party: PartyLabel | None) -> bool:
    return (said.party.id if said.party else None) == (party.id if party else None)


def _related(counter: Counter, claim: Claim, words: dict[int, str], made_by: Said | None) -> Related:
    outgoing = counter.claim_id == claim.pk
    other = counter.against if outgoing else counter.claim
    return Related(counter.kind, outgoing, other.ref, words.get(other.pk, ""), made_by)


def _figures(dossier_id: int, positions: Sequence[Taken], moments: Moments) -> tuple[Stated, ...]:
    said = {taken.statement.id: taken.statement for taken in positions}
    rows = (
        Figure.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=said)
        .order_by("statement__said_until", "pk")
    )
    return tuple(
        Stated(row.measure, row.comparator, row.low, row.high, row.of_whom, said[row.statement_id]) for row in rows
    )


def stated_figures(dossier_id: int, measure: str, moments: Moments = NOW, *, most: int = 60) -> tuple[Stated, ...]:
    """The newest figures of a measure, oldest of them first. A constant number of queries."""
    rows = list(
        Figure.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(measure=measure)
        .order_by("-statement__said_until", "-pk")[:most]
    )
    said = statements(dossier_id, {row.statement_id for row in rows}, moments)
    return tuple(
        Stated(row.measure, row.comparator, row.low, row.high, row.of_whom, said[row.statement_id])
        for row in reversed(rows)
        if row.statement_id in said
    )


def _history(claim: Claim, standing: Standing, moments: Moments) -> tuple[Known, ...]:
    """The ledger entries that brought the claim's facts about."""
    names = {str(claim.public_id): "claim"}
    names |= {taken.public_id: "position" for taken in standing.positions}
    moments_of = {claim.known_from, *(taken.known_from for taken in standing.positions)}
    rows = Entry.objects.filter(dossier_id=claim.dossier_id, at__in=moments_of).order_by("index")
    return tuple(
        Known(
            at=row.at,
            index=row.index,
            verb=row.verb,
            actor=row.actor,
            facts=tuple(f["noun"] for f in row.payload.get("facts", ()) if f["id"] in names),
        )
        for row in rows
    )


@dataclass(frozen=True)
class OverviewRow:
    """A claim at a glance: where it stands and a mark per party, computed from its positions."""

    claim_id: int
    ref: str
    wording: str
    standing: Standing
    marks: tuple[tuple[PartyLabel, tuple[str, ...]], ...]
    statements: int
    last_word: datetime | None


@dataclass(frozen=True)
class Overview:
    """A page of claims, those with the latest word first; ``older`` is the cursor of the next page."""

    parties: tuple[PartyLabel, ...]
    rows: tuple[OverviewRow, ...]
    older: str | None


FILTERS = {
    "contested": Q(standing="contested"),
    "unanswered": Q(standing="unanswered"),
    "conceded": Q(standing__in=["conceded", "partly_conceded", "divided"]),
    "denied": Q(standing="denied_without_assertion"),
    "retracted": Q(standing="retracted"),
    "one-origin": Q(origins=1),
}


def counts(dossier_id: int) -> dict[str, int]:
    """How many claims each filter of the overview leaves, counted no further than 1,000. One query a filter."""
    rows = Summary.objects.filter(dossier_id=dossier_id)
    found = {"all": rows[:MOST_COUNTED].count()}
    for name, condition in FILTERS.items():
        found[name] = rows.filter(condition)[:MOST_COUNTED].count()
    return found


def overview(
    dossier_id: int, moments: Moments = NOW, *, only: str = "", older_than: str = "", most: int = PAGE
) -> Overview:
    """A page of the claims, latest word first; as of a time, by number, since no index holds the past order."""
    parties = party_labels(dossier_id, known_at=moments.known_at)
    claims, cursor = (
        _newest(dossier_id, only, older_than, most)
        if moments == NOW
        else _numbered(dossier_id, moments, older_than, most)
    )
    ids = [claim.pk for claim in claims]
    found = standings(dossier_id, ids, moments)
    words = wordings(dossier_id, ids, known_at=moments.known_at)
    rows = tuple(
        OverviewRow(
            claim_id=claim.pk,
            ref=claim.ref,
            wording=words.get(claim.pk, ""),
            standing=found[claim.pk],
            marks=tuple((party, found[claim.pk].marks(party.id)) for party in parties),
            statements=len({t.statement.id for t in found[claim.pk].positions}),
            last_word=max((t.statement.said_until for t in found[claim.pk].positions), default=None),
        )
        for claim in claims
    )
    return Overview(parties=parties, rows=rows, older=cursor)


def _newest(dossier_id: int, only: str, older_than: str, most: int) -> tuple[list[Claim], str | None]:
    rows = Summary.objects.filter(dossier_id=dossier_id).select_related("claim").order_by("-last_word", "-claim_id")
    if only in FILTERS:
        rows = rows.filter(FILTERS[only])
    if older_than and (cursor := _read_cursor(older_than)):
        at, claim_id = cursor
        rows = rows.filter(Q(last_word__lt=at) | Q(last_word=at, claim_id__lt=claim_id))
    found = list(rows[: most + 1])
    more = f"{found[most - 1].last_word.isoformat()}~{found[most - 1].claim_id}" if len(found) > most else None
    return [row.claim for row in found[:most]], more


def _read_cursor(raw: str) -> tuple[datetime, int] | None:
    at, _, claim_id = raw.partition("~")
    try:
        return datetime.fromisoformat(at.replace(" ", "+")), int(claim_id)
    except ValueError:
        return None


def _numbered(dossier_id: int, moments: Moments, older_than: str, most: int) -> tuple[list[Claim], str | None]:
    rows = Claim.objects.in_dossier(dossier_id).as_known(moments.known_at).order_by("-number")
    if older_than.isdigit():
        rows = rows.filter(number__lt=int(older_than))
    found = list(rows[: most + 1])
    return found[:most], str(found[most - 1].number) if len(found) > most else None
