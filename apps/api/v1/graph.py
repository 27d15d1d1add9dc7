"""What lies around a claim, as nodes and edges."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import CLAIM, SLUG, AsOfSerializer, described
from apps.api.v1.asking import Asking
from apps.api.v1.claims import InClaim
from apps.api.v1.parties import PartySerializer
from apps.api.v1.statements import SaidIntervalSerializer
from apps.claims.models import CounterKind, Stance
from apps.graph.rules import DEEPEST, MOST_NODES, EdgeType, Graph
from apps.graph.selectors import neighbourhood
from apps.sources.models import Source
from apps.statements.models import Kind


class ClaimNodeSerializer(serializers.Serializer[Any]):
    """A claim; its id in the graph is its reference."""

    type = serializers.ChoiceField(choices=["claim"])
    id = serializers.CharField()
    wording = serializers.CharField()
    hops = serializers.IntegerField(help_text="How many claims away from the one that was asked for.")


class StatementNodeSerializer(serializers.Serializer[Any]):
    """A statement; its id in the graph is its public id."""

    type = serializers.ChoiceField(choices=["statement"])
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.CharField()
    said = SaidIntervalSerializer(source="*")
    excerpt = serializers.CharField(help_text="Its words in the first evidence of it, at most 280 characters.")


class SourceNodeSerializer(serializers.Serializer[Any]):
    """A source, with its party as an attribute; its id in the graph is its public id."""

    type = serializers.ChoiceField(choices=["source"])
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Source.Kind.choices, source="label.kind")
    name = serializers.CharField(source="label.name")
    role = serializers.CharField(source="label.role")
    party = PartySerializer(source="label.party", allow_null=True)


NODES: dict[str, type[serializers.Serializer[Any]]] = {
    "claim": ClaimNodeSerializer,
    "statement": StatementNodeSerializer,
    "source": SourceNodeSerializer,
}
NODE = PolymorphicProxySerializer(
    component_name="Node", serializers={**NODES}, resource_type_field_name="type", many=True
)


class EdgeSerializer(serializers.Serializer[Any]):
    """From one node to another. Some fields belong to some types only and are null elsewhere."""

    type = serializers.ChoiceField(
        choices=[(kind.value, kind.value) for kind in EdgeType],
        help_text="`position`: statement to claim. `said_by`, `on_behalf_of`: statement to source, the latter only "
        "where it is another. `relayed_by`: to the statement it reaches us through. `counter`: claim to claim. "
        "`retracts`: statement to the statement it takes back.",
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        source="start", help_text="The id of the node it starts from."
    )
    target = serializers.CharField(source="end", help_text="The id of the node it leads to.")
    id = serializers.UUIDField(allow_null=True, help_text="Of the position or counter.")
    stance = serializers.ChoiceField(choices=Stance.choices, allow_null=True, help_text="Of a position.")
    kind = serializers.ChoiceField(choices=CounterKind.choices, allow_null=True, help_text="Of a counter.")
    made_by = serializers.UUIDField(
        allow_null=True, help_text="The statement in which a speaker argued the counter; null: an analyst drew it."
    )
    claim = serializers.CharField(allow_null=True, help_text="The claim on which a retraction takes something back.")


class GraphSerializer(serializers.Serializer[Any]):
    """Nodes, and the edges between them."""

    as_of = AsOfSerializer()
    claim = serializers.CharField(help_text="The reference of the claim in the middle.")
    depth = serializers.IntegerField()
    limit = serializers.IntegerField()
    truncated = serializers.BooleanField(help_text="There is more within this depth than is shown.")
    nodes = serializers.SerializerMethodField()
    edges = EdgeSerializer(many=True)

    @extend_schema_field(NODE)
    def get_nodes(self, answer: dict[str, Any]) -> list[Any]:
        found: Graph = answer["graph"]
        return [NODES[node.type](node).data for node in found.nodes]


class AskingForGraph(Asking):
    """How far, and how much."""

    depth = serializers.IntegerField(
        min_value=0,
        max_value=DEEPEST,
        default=1,
        help_text="How many hops from claim to claim: through a statement on both, or a counter between them.",
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_NODES, default=MOST_NODES, help_text="How many nodes at most."
    )


class GraphAround(InClaim):
    """The neighbourhood of one claim."""

    query = AskingForGraph

    @described(
        GraphSerializer,
        examples.GRAPH,
        asking=AskingForGraph,
        parameters=[SLUG, CLAIM],
        operation="claims_graph",
        summary="The statements, sources and claims around a claim",
    )
    def get(self, request: Request, slug: str, ref: str) -> Response:
        claim = self.held(ref)
        depth, limit = self.asked["depth"], self.asked["limit"]
        found = neighbourhood(self.dossier.pk, claim, depth, self.moments, limit)
        answer = {
            "as_of": self.as_of,
            "claim": claim.ref,
            "depth": depth,
            "limit": limit,
            "truncated": found.truncated,
            "graph": found,
            "edges": found.edges,
        }
        return Response(GraphSerializer(answer).data)
