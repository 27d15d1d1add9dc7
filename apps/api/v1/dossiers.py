"""Dossiers: the ones that who asks is a member of."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api.v1 import examples
from apps.api.v1.answering import SLUG, AsOfSerializer, described, page_of
from apps.api.v1.asking import Asked, Asking, AskingForList, InDossier, read_cursor, write_cursor
from apps.api.v1.parties import PartySerializer
from apps.dossiers.models import Role
from apps.dossiers.selectors import party_labels, role_of
from apps.graph import listing


class DossierSerializer(serializers.Serializer[Any]):
    """A body of work on one conflict. Title and zone are settings: they are today's whatever `known_at` says."""

    slug = serializers.SlugField(source="dossier.slug")
    title = serializers.CharField(source="dossier.title")
    time_zone = serializers.CharField(source="dossier.time_zone", help_text="Name in the IANA time zone database.")
    role = serializers.ChoiceField(choices=Role.choices, help_text="What you are in it.")


DossierPageSerializer = page_of("DossierPage", DossierSerializer)


class DossierInFullSerializer(DossierSerializer):
    """A dossier with its parties, as named then."""

    as_of = AsOfSerializer()
    parties = PartySerializer(many=True)


class Dossiers(Asked):
    """Your dossiers, by their short names."""

    query = AskingForList

    @described(
        DossierPageSerializer,
        examples.DOSSIERS,
        asking=AskingForList,
        operation="dossiers_list",
        summary="The dossiers that you are a member of",
    )
    def get(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        page = listing.dossiers(
            request.user.pk,
            after=read_cursor("dossier", self.asked.get("cursor")),
            most=self.asked["limit"],
        )
        following = self.next_page(cursor=write_cursor("dossier", page.end)) if page.end else None
        return Response(DossierPageSerializer({"as_of": self.as_of, "items": page.rows, "next": following}).data)


class DossierInFull(InDossier):
    """One dossier."""

    @described(
        DossierInFullSerializer,
        examples.DOSSIER,
        asking=Asking,
        parameters=[SLUG],
        operation="dossiers_read",
        summary="A dossier with its parties",
    )
    def get(self, request: Request, slug: str) -> Response:
        assert isinstance(request.user, User)
        answer = {
            "as_of": self.as_of,
            "dossier": self.dossier,
            "role": role_of(request.user.pk, self.dossier.pk),
            "parties": party_labels(self.dossier.pk, known_at=self.moments.known_at),
        }
        return Response(DossierInFullSerializer(answer).data)
