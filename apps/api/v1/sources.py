"""Sources: those to whom words are attributed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import ID, SLUG, AsOfSerializer, described, page_of
from apps.api.v1.asking import Asking, AskingForList, InDossier, read_cursor, write_cursor
from apps.api.v1.parties import PartySerializer
from apps.graph import listing, records
from apps.sources.models import Alias, Source


class SourceSerializer(serializers.Serializer[Any]):
    """A source as named and aligned then."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=Source.Kind.choices)
    name = serializers.CharField(help_text="The name that the dossier itself uses.")
    role = serializers.CharField(help_text="In the institution it speaks for; empty if none is known.")
    party = PartySerializer(allow_null=True, help_text="The side it stands with; null: none.")


class SourceItemSerializer(SourceSerializer):
    """A source in a list."""

    known_from = serializers.DateTimeField(help_text="Since when the dossier holds it.")


class AliasSerializer(serializers.Serializer[Any]):
    """A name that a source goes by."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    form = serializers.ChoiceField(choices=Alias.Form.choices)
    language = serializers.CharField(help_text="BCP 47; empty if not said.")
    preferred = serializers.BooleanField()


class AffiliationSerializer(serializers.Serializer[Any]):
    """Whom a source speaks for, over which days."""

    institution = SourceSerializer()
    role = serializers.CharField()
    since = serializers.DateField(allow_null=True, help_text="The first day; null: open.")
    until = serializers.DateField(allow_null=True, help_text="The last day; null: open.")


class AlignmentSerializer(serializers.Serializer[Any]):
    """Whom a source stands with, over which days."""

    party = PartySerializer()
    since = serializers.DateField(allow_null=True, help_text="The first day; null: open.")
    until = serializers.DateField(allow_null=True, help_text="The last day; null: open.")


SourcePageSerializer = page_of("SourcePage", SourceItemSerializer)


class SourceInFullSerializer(serializers.Serializer[Any]):
    """A source with all its names, whom it speaks for and whom it stands with."""

    as_of = AsOfSerializer()
    id = serializers.UUIDField(source="label.public_id")
    kind = serializers.ChoiceField(choices=Source.Kind.choices, source="label.kind")
    name = serializers.CharField(source="label.name")
    role = serializers.CharField(source="label.role")
    party = PartySerializer(source="label.party", allow_null=True)
    known_from = serializers.DateTimeField()
    aliases = AliasSerializer(many=True)
    affiliations = AffiliationSerializer(many=True)
    alignments = AlignmentSerializer(many=True)


class Sources(InDossier):
    """The sources of a dossier."""

    query = AskingForList

    @described(
        SourcePageSerializer,
        examples.SOURCES,
        asking=AskingForList,
        parameters=[SLUG],
        operation="sources_list",
        summary="Those to whom words are attributed",
    )
    def get(self, request: Request, slug: str) -> Response:
        after = read_cursor("source", self.asked.get("cursor"))
        page = listing.sources(self.dossier.pk, self.moments, after=after, most=self.asked["limit"])
        following = self.next_page(cursor=write_cursor("source", page.end)) if page.end else None
        return Response(SourcePageSerializer({"as_of": self.as_of, "items": page.rows, "next": following}).data)


class SourceInFull(InDossier):
    """One source."""

    @described(
        SourceInFullSerializer,
        examples.SOURCE_IN_FULL,
        asking=Asking,
        parameters=[SLUG, ID],
        operation="sources_read",
        summary="A source with its names, affiliations and alignments",
    )
    def get(self, request: Request, slug: str, public_id: UUID) -> Response:
        found = records.find_source(self.dossier.pk, public_id, self.moments)
        if found is None:
            raise Http404(_("No such source is held in this dossier as of then."))
        answer = {**vars(found), "as_of": self.as_of}
        return Response(SourceInFullSerializer(answer).data)
