"""A graph as its page shows it: lists that need no drawing, and the same as nodes and edges to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.claims.models import CounterKind, Stance
from apps.dossiers.selectors import PartyLabel
from apps.graph.rules import ClaimNode, Edge, EdgeType, Graph, SourceNode, StatementNode
from apps.statements.models import Kind
from apps.web import moments


@dataclass(frozen=True)
class Taking:
    """A statement that takes a position on the claim it is listed under."""

    stance: str
    side: PartyLabel | None
    who: str
    relayed_by: str
    said: str
    excerpt: str


@dataclass(frozen=True)
class Facing:
    """How the claim stands to another; ``argued_by`` is empty where an analyst drew it."""

    kind: str
    outgoing: bool
    ref: str
    wording: str
    url: str
    argued_by: str


@dataclass(frozen=True)
class ListedClaim:
    """A claim of the graph with what is said on it and how it stands to the others."""

    ref: str
    wording: str
    url: str
    hops: int
    takings: tuple[Taking, ...]
    facings: tuple[Facing, ...]


@dataclass(frozen=True)
class Drawing:
    """What the page needs: the claims in order of their distance, and the data for the script that draws them."""

    claims: tuple[ListedClaim, ...]
    data: dict[str, Any]


class _Reading:
    """A graph with its nodes by id."""

    def __init__(self, slug: str, graph: Graph, query: str) -> None:
        self.graph, self.slug, self.query = graph, slug, query
        self.claims = {node.id: node for node in graph.nodes if isinstance(node, ClaimNode)}
        self.statements = {node.id: node for node in graph.nodes if isinstance(node, StatementNode)}
        self.sources = {node.id: node for node in graph.nodes if isinstance(node, SourceNode)}
        self.said_by = self._ends(EdgeType.SAID_BY)
        self.for_whom = self.said_by | self._ends(EdgeType.ON_BEHALF_OF)
        self.relayed = self._ends(EdgeType.RELAYED_BY)

    def _ends(self, kind: EdgeType) -> dict[str, str]:
        return {edge.start: edge.end for edge in self.graph.edges if edge.type is kind}

    def claim_url(self, ref: str) -> str:
        return reverse("claim", args=[self.slug, ref]) + self.query

    def side(self, statement: str) -> PartyLabel | None:
        return self.sources[self.for_whom[statement]].label.party

    def who(self, statement: str) -> str:
        name, principal = (self.sources[found[statement]].label.name for found in (self.said_by, self.for_whom))
        return name if name == principal else _("%(who)s, for %(principal)s") % {"who": name, "principal": principal}

    def said(self, statement: StatementNode) -> str:
        return moments.said(statement.said_from, statement.said_until, moments.here())

    def taking(self, edge: Edge) -> Taking:
        statement = self.statements[edge.start]
        relayer = self.relayed.get(edge.start)
        return Taking(
            stance=edge.stance or "",
            side=self.side(edge.start),
            who=self.who(edge.start),
            relayed_by=self.who(relayer) if relayer else "",
            said=self.said(statement),
            excerpt=statement.excerpt,
        )

    def facing(self, edge: Edge, ref: str) -> Facing:
        outgoing = edge.start == ref
        other = self.claims[edge.end if outgoing else edge.start]
        return Facing(
            kind=edge.kind or "",
            outgoing=outgoing,
            ref=other.id,
            wording=other.wording,
            url=self.claim_url(other.id),
            argued_by=self.who(edge.made_by) if edge.made_by in self.statements else "",
        )


def drawing(slug: str, graph: Graph, *, query: str = "") -> Drawing:
    """The graph as lists and as data; the data hold no more than the lists show."""
    read = _Reading(slug, graph, query)
    positions = [edge for edge in graph.edges if edge.type is EdgeType.POSITION]
    counters = [edge for edge in graph.edges if edge.type is EdgeType.COUNTER]
    listed = tuple(
        ListedClaim(
            ref=node.id,
            wording=node.wording,
            url=read.claim_url(node.id),
            hops=node.hops,
            takings=tuple(read.taking(edge) for edge in positions if edge.end == node.id),
            facings=tuple(read.facing(edge, node.id) for edge in counters if node.id in {edge.start, edge.end}),
        )
        for node in read.claims.values()
    )
    return Drawing(claims=listed, data={"nodes": _nodes(read), "edges": _edges(read, positions, counters)})


def _nodes(read: _Reading) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "id": node.id,
            "type": "claim",
            "ref": node.id,
            "label": node.wording,
            "hops": node.hops,
            "url": read.claim_url(node.id),
        }
        for node in read.claims.values()
    ]
    stances: dict[str, set[str]] = {}
    for edge in read.graph.edges:
        if edge.type is EdgeType.POSITION and edge.stance:
            stances.setdefault(edge.start, set()).add(edge.stance)
    for node in read.statements.values():
        side, taken = read.side(node.id), stances.get(node.id, set())
        found.append(
            {
                "id": node.id,
                "type": "statement",
                # A statement that takes several positions has no one shape: the edges tell.
                "stance": next(iter(taken)) if len(taken) == 1 else "",
                "hue": side.hue if side else 0,
                "code": side.code if side else "–",
                "label": read.who(node.id),
                "words": node.excerpt,
                "about": f"{Kind(node.kind).label}, {read.said(node)}",
            }
        )
    return found


def _edges(read: _Reading, positions: list[Edge], counters: list[Edge]) -> list[dict[str, Any]]:
    found = [
        {"source": edge.start, "target": edge.end, "type": "position", "label": str(Stance(edge.stance or "").label)}
        for edge in positions
    ]
    found += [
        {
            "source": edge.start,
            "target": edge.end,
            "type": "counter" if edge.made_by else "drawn",
            "label": str(CounterKind(edge.kind or "").label),
        }
        for edge in counters
    ]
    for kind, words in ((EdgeType.RELAYED_BY, _("relayed by")), (EdgeType.RETRACTS, _("takes back"))):
        found += [
            {"source": edge.start, "target": edge.end, "type": "between", "label": words}
            for edge in read.graph.edges
            if edge.type is kind
        ]
    return found
