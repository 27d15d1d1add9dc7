"""Parties: the sides of a dossier."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import SLUG, AnswerSerializer, described
from apps.api.v1.asking import Asking, InDossier
from apps.dossiers.selectors import party_labels


class PartySerializer(serializers.Serializer[Any]):
    """A side in the dossier, as named then."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField(help_text="Short, and unique in the dossier at any time.")
    name = serializers.CharField()


class PartiesSerializer(AnswerSerializer):
    """All parties, in the order of their columns."""

    items = PartySerializer(many=True)


class Parties(InDossier):
    """The parties of a dossier, at most eight, in the order of their columns."""

    @described(
        PartiesSerializer,
        examples.PARTIES,
        asking=Asking,
        parameters=[SLUG],
        operation="parties_list",
        summary="The sides of a dossier",
    )
    def get(self, request: Request, slug: str) -> Response:
        found = party_labels(self.dossier.pk, known_at=self.moments.known_at)
        return Response(PartiesSerializer({"as_of": self.as_of, "items": found}).data)
