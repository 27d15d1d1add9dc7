"""Statements: who said it, for whom, when, through whom, and the words that are evidence of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import ID, SLUG, AsOfSerializer, described, page_of
from apps.api.v1.asking import Asking, AskingForList, InDossier, read_cursor, write_cursor
from apps.api.v1.sources import SourceSerializer
from apps.claims.models import Comparator, Counting, Measure, Stance
from apps.crosscheck.selectors import Said
from apps.graph import listing
from apps.statements.models import Kind, Quotation, Span

UNIT = "code point"


class SaidIntervalSerializer(serializers.Serializer[Any]):
    """When it was said: somewhere between the two, ends included."""

    since = serializers.DateTimeField(source="said_from", allow_null=True, help_text="Not before; null: not known.")
    until = serializers.DateTimeField(source="said_until", help_text="Not after.")


class SpanSerializer(serializers.Serializer[Any]):
    """Exact words and where they stand (Web Annotation: text position and text quote)."""

    role = serializers.ChoiceField(choices=Span.Role.choices)
    start = serializers.IntegerField(source="begins", min_value=0, help_text="Counted from 0, in `unit`.")
    end = serializers.IntegerField(source="ends", min_value=1, help_text="Exclusive.")
    unit = serializers.SerializerMethodField(help_text="Unicode code points: not bytes, not UTF-16 units.")
    exact = serializers.CharField(help_text="text[start:end] of the rendition.")
    prefix = serializers.CharField(help_text="A little of the text before.")
    suffix = serializers.CharField(help_text="A little of the text after.")

    def get_unit(self, span: Span) -> str:
        return UNIT


class RenditionRefSerializer(serializers.Serializer[Any]):
    """The text that spans point into."""

    id = serializers.UUIDField(source="rendition_id")
    sha256 = serializers.CharField(source="rendition_sha256", help_text="Of the text in UTF-8, in hex.")


class AttributionSerializer(serializers.Serializer[Any]):
    """Evidence of a statement: the words by which one article attributes it."""

    id = serializers.UUIDField(source="attribution_id")
    article = serializers.CharField(source="article_ref")
    outlet = serializers.CharField(help_text="Empty if not known.")
    headline = serializers.CharField()
    published = serializers.DateTimeField(allow_null=True)
    paragraph = serializers.IntegerField(help_text="Counted from 1.")
    quotation = serializers.ChoiceField(choices=Quotation.choices)
    is_copy = serializers.BooleanField(help_text="The article repeats another's words: no further origin.")
    twin_of = serializers.UUIDField(
        allow_null=True,
        help_text="The attribution in an earlier version of the article of which this is the same in a later one; such "
        "count for nothing. null: it is the first.",
    )
    gone_since = serializers.DateTimeField(
        allow_null=True,
        help_text="Since when a later version of the article is known to lack the words; null: none held does.",
    )
    rendition = RenditionRefSerializer(source="*")
    spans = SpanSerializer(many=True)


class RelaySerializer(serializers.Serializer[Any]):
    """The statement through which this one reaches us, and whose it is. The relayer did not say it."""

    statement = serializers.UUIDField(source="relayed_by_statement")
    source = SourceSerializer(source="relayed_by")  # type: ignore[assignment]  # a field of this name


class SaidSerializer(serializers.Serializer[Any]):
    """A statement with every piece of evidence of it: originals, copies, and last what later versions have of them."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.CharField(help_text="Over what it was said; empty if not known.")
    said = SaidIntervalSerializer(source="*")
    source = SourceSerializer(help_text="Who said it.")  # type: ignore[assignment]  # a field of this name
    principal = SourceSerializer(help_text="On whose behalf; the source itself if on nobody else's.")
    relayed_by = serializers.SerializerMethodField()
    attributions = serializers.SerializerMethodField()
    stale = serializers.SerializerMethodField(
        help_text="Whether no latest version of any article has its words any more. It counts all the same."
    )
    stale_since = serializers.DateTimeField(allow_null=True, help_text="Since when that is known.")
    known_from = serializers.DateTimeField(help_text="Since when the dossier holds it.")

    @extend_schema_field(AttributionSerializer(many=True))
    def get_attributions(self, said: Said) -> Any:
        return AttributionSerializer([*said.evidence, *said.twins], many=True).data

    def get_stale(self, said: Said) -> bool:
        return said.stale_since is not None

    @extend_schema_field(RelaySerializer(allow_null=True))
    def get_relayed_by(self, said: Said) -> Any:
        return RelaySerializer(said).data if said.relayed_by is not None else None


class PositionTakenSerializer(serializers.Serializer[Any]):
    """What the statement does to a claim."""

    id = serializers.UUIDField(source="public_id")
    claim = serializers.CharField()
    stance = serializers.ChoiceField(choices=Stance.choices)
    retracts = serializers.UUIDField(allow_null=True, help_text="The statement that is taken back.")


class FigureSerializer(serializers.Serializer[Any]):
    """A number that the statement states, as it was stated."""

    id = serializers.UUIDField(source="public_id")
    measure = serializers.ChoiceField(choices=Measure.choices)
    comparator = serializers.ChoiceField(choices=Comparator.choices)
    low = serializers.IntegerField()
    high = serializers.IntegerField(allow_null=True, help_text="The upper end of a range.")
    of_whom = serializers.CharField(help_text="In the source's words; empty if not said.")
    counting = serializers.ChoiceField(
        choices=Counting.choices, help_text="All so far, or only what is new since an earlier number."
    )
    part_of = serializers.UUIDField(
        source="part_of.public_id", allow_null=True, help_text="The figure of this statement that includes this one."
    )


class StatementSerializer(SaidSerializer):
    """A statement with its evidence, the positions it takes and the figures it states."""

    positions = PositionTakenSerializer(many=True)
    figures = FigureSerializer(many=True)

    def to_representation(self, instance: Any) -> Any:
        record: listing.StatementRecord = instance["record"] if isinstance(instance, dict) else instance
        found = SaidSerializer(record.said).data
        found["positions"] = PositionTakenSerializer(record.positions, many=True).data
        found["figures"] = FigureSerializer(record.figures, many=True).data
        return found


class StatementInFullSerializer(StatementSerializer):
    """One statement, with the times that the answer holds for."""

    as_of = AsOfSerializer()

    def to_representation(self, instance: Any) -> Any:
        return {"as_of": AsOfSerializer(instance["as_of"]).data, **super().to_representation(instance)}


StatementPageSerializer = page_of("StatementPage", StatementSerializer)


class AskingForStatements(AskingForList):
    """A page of statements."""

    source = serializers.UUIDField(  # type: ignore[assignment]  # a field of this name
        required=False, help_text="Only what this source said, or was said on its behalf."
    )


class Statements(InDossier):
    """The statements of a dossier."""

    query = AskingForStatements

    @described(
        StatementPageSerializer,
        examples.STATEMENTS,
        asking=AskingForStatements,
        parameters=[SLUG],
        operation="statements_list",
        summary="Who said what, with the words that are evidence of it",
    )
    def get(self, request: Request, slug: str) -> Response:
        page = listing.said(
            self.dossier.pk,
            self.moments,
            source=self.asked.get("source"),
            after=read_cursor("statement", self.asked.get("cursor")),
            most=self.asked["limit"],
        )
        following = self.next_page(cursor=write_cursor("statement", page.end)) if page.end else None
        return Response(StatementPageSerializer({"as_of": self.as_of, "items": page.rows, "next": following}).data)


class StatementInFull(InDossier):
    """One statement."""

    @described(
        StatementInFullSerializer,
        examples.STATEMENT_IN_FULL,
        asking=Asking,
        parameters=[SLUG, ID],
        operation="statements_read",
        summary="A statement with every piece of evidence of it",
    )
    def get(self, request: Request, slug: str, public_id: UUID) -> Response:
        found = listing.find_statement(self.dossier.pk, public_id, self.moments)
        if found is None:
            raise Http404(_("No such statement is held in this dossier as of then."))
        return Response(StatementInFullSerializer({"record": found, "as_of": self.as_of}).data)
