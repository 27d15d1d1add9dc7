"""What lies around a claim: who said what on it, and which claims that leads to, as said and as known then."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Max, Q

from apps.claims.models import Claim, Counter, Position
from apps.crosscheck.selectors import NOW, Moments, said_by_then, wordings
from apps.graph.rules import (
    MOST_EDGES,
    MOST_NODES,
    ClaimNode,
    Edge,
    EdgeType,
    Gathering,
    Graph,
    Node,
    SourceNode,
    Speech,
    StatementNode,
)
from apps.ledger.models import FactQuerySet
from apps.sources.selectors import source_labels
from apps.statements.models import Attribution, Span, Statement

_SPEECH = ("id", "source_id", "principal_id", "relayed_by_id")
EXCERPT = 280


def neighbourhood(
    dossier_id: int, claim: Claim, depth: int = 1, moments: Moments = NOW, limit: int = MOST_NODES
) -> Graph:
    """Claims up to ``depth`` hops from ``claim``, with the statements, sources and counters between them.

    One hop leads from a claim to another that the same statement takes a position on, or that stands to it as a
    counter. Claims at the last hop come without what else is said of them. With ``depth`` 0 the claim stands alone.
    Nearer things come first and, among those equally near, what was said last. Of what does not fit in ``limit``
    nodes nothing is shown, and ``truncated`` is true. Four queries a hop and one for each link of the longest chain of
    relays in it, plus at most thirteen; their number does not depend on how much is found.
    """
    found = Gathering(limit=limit)
    frontier = found.take_claims([claim.pk], hops=0)
    for hops in range(1, depth + 1):
        if not frontier or found.truncated:
            break
        frontier = _hop(dossier_id, frontier, hops, found, moments)
    return _assembled(dossier_id, found, moments)


def _counters(dossier_id: int, moments: Moments) -> FactQuerySet[Counter]:
    """Those that hold then: an analyst's, and those whose statement had been made."""
    rows = Counter.objects.in_dossier(dossier_id).as_known(moments.known_at)
    return rows.filter(Q(made_by__isnull=True) | Q(made_by__in=said_by_then(dossier_id, moments)))


def _positions(dossier_id: int, moments: Moments) -> FactQuerySet[Position]:
    rows = Position.objects.in_dossier(dossier_id).as_known(moments.known_at)
    return rows.filter(
        statement__in=said_by_then(dossier_id, moments),
        claim__in=Claim.objects.in_dossier(dossier_id).as_known(moments.known_at),
    )


def _hop(dossier_id: int, frontier: Collection[int], hops: int, found: Gathering, moments: Moments) -> list[int]:
    """Take in what is said on the claims of the frontier; return the claims that it leads to."""
    most = found.room + 1  # one more than fits shows that there is more
    counters = list(
        _counters(dossier_id, moments)
        .filter(Q(claim__in=frontier) | Q(against__in=frontier))
        .order_by("pk")
        .values_list("claim_id", "against_id", "made_by_id")[:most]
    )
    makers = {made_by for *_claims, made_by in counters} - {None}
    on_it = _positions(dossier_id, moments).filter(claim__in=frontier).values("statement")
    speeches = said_by_then(dossier_id, moments).filter(Q(pk__in=makers) | Q(pk__in=on_it))
    taken = found.take_statements(_speeches(speeches, most))
    _take_those_behind(dossier_id, taken, found, moments)
    said_elsewhere = (
        _positions(dossier_id, moments)
        .filter(statement__in=[speech.id for speech in taken])
        .exclude(claim__in=list(found.claims))
        .values("claim_id")
        .annotate(last=Max("statement__said_until"))
        .order_by("-last", "claim_id")
        .values_list("claim_id", flat=True)[:most]
    )
    beside = [claim_id for *pair, _made_by in counters for claim_id in pair]
    if len(counters) == most:
        found.truncated = True
    return found.take_claims([*beside, *said_elsewhere], hops=hops)


def _speeches(rows: FactQuerySet[Statement], most: int) -> list[Speech]:
    """What was said last comes first."""
    return [Speech(*row) for row in rows.order_by("-said_until", "-pk").values_list(*_SPEECH)[:most]]


def _take_those_behind(dossier_id: int, taken: Iterable[Speech], found: Gathering, moments: Moments) -> None:
    """Take in the statements by which these reach us, and those that they take back."""
    taken_back = (
        _positions(dossier_id, moments)
        .filter(statement__in=[speech.id for speech in taken], retracts__isnull=False)
        .order_by("retracts")
        .values_list("retracts_id", flat=True)
        .distinct()[: found.room + 1]
    )
    wanted = {pk for pk in (*taken_back, *(speech.relayed_by_id for speech in taken)) if pk is not None}
    while wanted := wanted - found.statements.keys():
        rows = said_by_then(dossier_id, moments).filter(pk__in=wanted)
        further = found.take_statements(_speeches(rows, found.room + 1))
        wanted = {speech.relayed_by_id for speech in further if speech.relayed_by_id is not None}


def _assembled(dossier_id: int, found: Gathering, moments: Moments) -> Graph:
    claims = Claim.objects.in_dossier(dossier_id).in_bulk(list(found.claims))
    words = wordings(dossier_id, found.claims, known_at=moments.known_at)
    statements = Statement.objects.in_dossier(dossier_id).in_bulk(list(found.statements))
    labels = source_labels(dossier_id, found.sources, known_at=moments.known_at)
    excerpts = _excerpts(dossier_id, found.statements, moments)
    nodes: list[Node] = [
        ClaimNode(id=claims[pk].ref, public_id=str(claims[pk].public_id), wording=words.get(pk, ""), hops=hops)
        for pk, hops in found.claims.items()
    ]
    nodes += [
        StatementNode(
            id=str(statements[pk].public_id),
            kind=statements[pk].kind,
            channel=statements[pk].channel,
            said_from=statements[pk].said_from,
            said_until=statements[pk].said_until,
            excerpt=excerpts.get(pk, ""),
        )
        for pk in found.statements
    ]
    nodes += [SourceNode(id=labels[pk].public_id, label=labels[pk]) for pk in sorted(found.sources)]
    refs = {pk: claims[pk].ref for pk in found.claims}
    names = {pk: str(statements[pk].public_id) for pk in found.statements}
    speakers = {pk: labels[pk].public_id for pk in found.sources}
    taken = _taken(dossier_id, refs, names, moments)
    drawn = _drawn(dossier_id, refs, moments)
    edges = [*_said(found.statements.values(), names, speakers), *taken, *drawn]
    return Graph(
        nodes=tuple(nodes), edges=tuple(edges[:MOST_EDGES]), truncated=found.truncated or len(edges) > MOST_EDGES
    )


def _said(speeches: Iterable[Speech], names: dict[int, str], speakers: dict[int, str]) -> Iterable[Edge]:
    for speech in speeches:
        name = names[speech.id]
        yield Edge(EdgeType.SAID_BY, name, speakers[speech.source_id])
        if speech.principal_id != speech.source_id:
            yield Edge(EdgeType.ON_BEHALF_OF, name, speakers[speech.principal_id])
        if speech.relayed_by_id in names:
            yield Edge(EdgeType.RELAYED_BY, name, names[speech.relayed_by_id])


def _taken(dossier_id: int, refs: dict[int, str], names: dict[int, str], moments: Moments) -> Iterable[Edge]:
    rows = (
        _positions(dossier_id, moments)
        .filter(claim__in=list(refs), statement__in=list(names))
        .order_by("pk")[: MOST_EDGES + 1]
    )
    for row in rows:
        start, claim = names[row.statement_id], refs[row.claim_id]
        yield Edge(EdgeType.POSITION, start, claim, id=str(row.public_id), stance=row.stance)
        if row.retracts_id in names:
            yield Edge(EdgeType.RETRACTS, start, names[row.retracts_id], claim=claim)


def _drawn(dossier_id: int, refs: dict[int, str], moments: Moments) -> Iterable[Edge]:
    rows = (
        _counters(dossier_id, moments)
        .filter(claim__in=list(refs), against__in=list(refs))
        .select_related("made_by")
        .order_by("pk")[: MOST_EDGES + 1]
    )
    for row in rows:
        yield Edge(
            EdgeType.COUNTER,
            refs[row.claim_id],
            refs[row.against_id],
            id=str(row.public_id),
            kind=row.kind,
            made_by=str(row.made_by.public_id) if row.made_by else None,
        )


def _excerpts(dossier_id: int, statement_ids: Iterable[int], moments: Moments) -> dict[int, str]:
    """The content words of each statement's first evidence, cut to 280 characters. Two queries."""
    first = dict(
        Attribution.objects.in_dossier(dossier_id)
        .as_known(moments.known_at)
        .filter(statement__in=list(statement_ids))
        .order_by("statement_id", "is_copy", "pk")
        .distinct("statement_id")
        .values_list("pk", "statement_id")
    )
    words: dict[int, list[str]] = {}
    spans = Span.objects.filter(attribution__in=list(first), role=Span.Role.CONTENT).order_by("begins", "pk")
    for attribution_id, exact in spans.values_list("attribution_id", "exact"):
        words.setdefault(first[attribution_id], []).append(exact)
    return {pk: " … ".join(found)[:EXCERPT] for pk, found in words.items()}
