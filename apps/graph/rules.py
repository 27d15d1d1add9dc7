"""What a bounded neighbourhood holds, decided without a database.

Whatever is found is offered in order of its distance; once there is no room for a node with all that it needs, nothing
further is taken and the graph says that it was cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from apps.sources.selectors import SourceLabel

DEEPEST = 4
MOST_NODES = 300
MOST_EDGES = 3000


class EdgeType(StrEnum):
    """How one node leads to another. The direction is that in which the words are read."""

    POSITION = "position"
    SAID_BY = "said_by"
    ON_BEHALF_OF = "on_behalf_of"
    RELAYED_BY = "relayed_by"
    COUNTER = "counter"
    RETRACTS = "retracts"


@dataclass(frozen=True)
class ClaimNode:
    """A claim, ``hops`` claims away from the one that was asked for."""

    id: str
    public_id: str
    wording: str
    hops: int
    type: Literal["claim"] = "claim"


@dataclass(frozen=True)
class StatementNode:
    """A statement; ``excerpt`` are its words in the first evidence of it."""

    id: str
    kind: str
    channel: str
    said_from: datetime | None
    said_until: datetime
    excerpt: str
    type: Literal["statement"] = "statement"


@dataclass(frozen=True)
class SourceNode:
    """A source, with its party as an attribute."""

    id: str
    label: SourceLabel
    type: Literal["source"] = "source"


Node = ClaimNode | StatementNode | SourceNode


@dataclass(frozen=True)
class Edge:
    """``stance`` is a position's, ``kind`` and ``made_by`` (a statement) a counter's, ``claim`` a retraction's.

    ``id`` is the public id of the position or counter, if the edge is one.
    """

    type: EdgeType
    start: str
    end: str
    id: str | None = None
    stance: str | None = None
    kind: str | None = None
    made_by: str | None = None
    claim: str | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes and the edges between them; ``truncated`` says that there is more within the depth than is shown."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    truncated: bool


@dataclass(frozen=True)
class Speech:
    """A statement as the walk needs it: who said it, for whom, through whom."""

    id: int
    source_id: int
    principal_id: int
    relayed_by_id: int | None


@dataclass
class Gathering:
    """What is taken in so far, under a bound on nodes. A statement comes with its sources or not at all."""

    limit: int
    claims: dict[int, int] = field(default_factory=dict)
    statements: dict[int, Speech] = field(default_factory=dict)
    sources: set[int] = field(default_factory=set)
    truncated: bool = False

    @property
    def room(self) -> int:
        return max(0, self.limit - len(self.claims) - len(self.statements) - len(self.sources))

    def take_claims(self, claim_ids: Iterable[int], *, hops: int) -> list[int]:
        """Those that are new and that there is room for, in order."""
        taken = []
        for claim_id in claim_ids:
            if claim_id in self.claims:
                continue
            if self.room < 1:
                self.truncated = True
                break
            self.claims[claim_id] = hops
            taken.append(claim_id)
        return taken

    def take_statements(self, speeches: Iterable[Speech]) -> list[Speech]:
        """Those that are new and that there is room for together with whoever said them, in order."""
        taken = []
        for speech in speeches:
            if speech.id in self.statements:
                continue
            needed = {speech.source_id, speech.principal_id} - self.sources
            if self.room < 1 + len(needed):
                self.truncated = True
                break
            self.statements[speech.id] = speech
            self.sources |= needed
            taken.append(speech)
        return taken
