"""Positions: what statements do to claims."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import CLAIM, SLUG, described, page_of
from apps.api.v1.asking import AskingForList, InDossier, read_cursor, write_cursor
from apps.api.v1.claims import InClaim
from apps.api.v1.statements import SaidSerializer
from apps.claims.models import Claim, Stance
from apps.graph import listing


class PositionSerializer(serializers.Serializer[Any]):
    """A statement's position on a claim, with the statement."""

    id = serializers.UUIDField(source="public_id")
    claim = serializers.CharField()
    stance = serializers.ChoiceField(choices=Stance.choices)
    retracts = serializers.UUIDField(allow_null=True, help_text="The statement that is taken back.")
    known_from = serializers.DateTimeField(help_text="Since when the dossier holds it.")
    statement = SaidSerializer()


PositionPageSerializer = page_of("PositionPage", PositionSerializer)


class AskingForPositions(AskingForList):
    """A page of positions."""

    stance = serializers.ChoiceField(choices=Stance.choices, required=False, help_text="Only such positions.")


class Positions(InDossier):
    """The positions of a dossier."""

    query = AskingForPositions

    @described(
        PositionPageSerializer,
        examples.POSITIONS,
        asking=AskingForPositions,
        parameters=[SLUG],
        operation="positions_list",
        summary="What statements do to claims",
    )
    def get(self, request: Request, slug: str) -> Response:
        return _answer(self, None)


class PositionsOnClaim(InClaim):
    """The positions on one claim."""

    query = AskingForPositions

    @described(
        PositionPageSerializer,
        examples.POSITIONS,
        asking=AskingForPositions,
        parameters=[SLUG, CLAIM],
        operation="claims_positions",
        summary="What statements do to one claim",
    )
    def get(self, request: Request, slug: str, ref: str) -> Response:
        return _answer(self, self.held(ref))


def _answer(view: InDossier, claim: Claim | None) -> Response:
    page = listing.positions(
        view.dossier.pk,
        view.moments,
        claim=claim,
        stance=view.asked.get("stance", ""),
        after=read_cursor("position", view.asked.get("cursor")),
        most=view.asked["limit"],
    )
    following = view.next_page(cursor=write_cursor("position", page.end)) if page.end else None
    return Response(PositionPageSerializer({"as_of": view.as_of, "items": page.rows, "next": following}).data)
