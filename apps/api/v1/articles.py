"""Articles: what was published, the bytes preserved of it, and the texts drawn from them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.authentication import actor
from apps.api.v1 import examples
from apps.api.v1.answering import ARTICLE, SLUG, AsOfSerializer, described, page_of, path_parameter
from apps.api.v1.asking import Asking, AskingForList, InDossier, read_cursor, read_ref, write_cursor
from apps.api.v1.intakes import IntakeSerializer
from apps.api.v1.sending import ArticleToAddSerializer, idempotency_key, take_in
from apps.articles.models import Capture, Lineage
from apps.dossiers.rules import Power
from apps.graph import listing, records


class OriginSerializer(serializers.Serializer[Any]):
    """Who first wrote the text that the article carries, and on what grounds we think so."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    grounds = serializers.ChoiceField(choices=Lineage.Grounds.choices)
    copied_from = serializers.CharField(allow_null=True, help_text="The earlier article that it repeats.")
    share = serializers.FloatField(help_text="How much of its text is that of the other, 0 to 1.")


class CaptureSerializer(serializers.Serializer[Any]):
    """The bytes exactly as preserved at one moment. They never change; a refetch makes another."""

    id = serializers.UUIDField(source="public_id")
    sha256 = serializers.CharField(help_text="Of the bytes, in hex.")
    size = serializers.IntegerField(help_text="In bytes.")
    media_type = serializers.CharField()
    method = serializers.ChoiceField(choices=Capture.Method.choices, help_text="How they came.")
    preserved = serializers.DateTimeField()
    final_address = serializers.CharField(help_text="After redirects; empty if it was not fetched.")
    status = serializers.IntegerField(allow_null=True, help_text="Of the response it was fetched with.")


class RenditionSerializer(serializers.Serializer[Any]):
    """The text that one version of an extractor drew from a capture."""

    id = serializers.UUIDField(source="public_id")
    capture = serializers.UUIDField(source="capture.public_id")
    extractor = serializers.CharField()
    version = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47; empty if not known.")
    sha256 = serializers.CharField(help_text="Of the text in UTF-8, in hex.")
    headline = serializers.CharField()
    byline = serializers.CharField()
    published = serializers.DateTimeField(allow_null=True)
    known_from = serializers.DateTimeField()


class TextSerializer(RenditionSerializer):
    """A rendition with its text. Spans count its code points from 0."""

    text = serializers.CharField()


class TextInFullSerializer(serializers.Serializer[Any]):
    """One text, with the times that the answer holds for."""

    as_of = AsOfSerializer()
    rendition = TextSerializer()


class ArticleSerializer(serializers.Serializer[Any]):
    """An article as its newest text describes it."""

    ref = serializers.CharField(source="article.ref", help_text="Short and for good in the dossier.")
    id = serializers.UUIDField(source="article.public_id")
    address = serializers.CharField(source="article.address", help_text="Empty if it was pasted or sent without one.")
    outlet = serializers.CharField(help_text="Who published it; empty if not known.")
    headline = serializers.CharField(source="text.headline", default="")
    published = serializers.DateTimeField(source="text.published", allow_null=True, default=None)
    published_precision = serializers.CharField(
        source="text.published_precision", default="", help_text="`day` or finer; empty if not known."
    )
    language = serializers.CharField(source="text.language", default="", help_text="BCP 47; empty if not known.")
    known_from = serializers.DateTimeField(source="article.known_from")


class ArticleInFullSerializer(serializers.Serializer[Any]):
    """An article with everything preserved of it."""

    as_of = AsOfSerializer()
    article = ArticleSerializer()
    origin = OriginSerializer(allow_null=True, help_text="null: not known.")
    captures = CaptureSerializer(many=True)
    renditions = RenditionSerializer(many=True, help_text="All texts drawn, oldest first, without their words.")
    text = TextSerializer(allow_null=True, help_text="The newest text; null while none was drawn.")


ArticlePageSerializer = page_of("ArticlePage", ArticleSerializer)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 255 printable ASCII characters of your choice. The same key with the same article adds nothing "
    "and answers with the first intake; with another article it is refused.",
)


class Articles(InDossier):
    """The articles of a dossier, and the way in for another."""

    query = AskingForList
    power: ClassVar[dict[str, Power]] = {"POST": Power.ADD}

    @described(
        ArticlePageSerializer,
        examples.ARTICLES,
        asking=AskingForList,
        parameters=[SLUG],
        operation="articles_list",
        summary="What was published, without the texts",
    )
    def get(self, request: Request, slug: str) -> Response:
        after = read_cursor("article", self.asked.get("cursor"))
        page = listing.articles(self.dossier.pk, self.moments, after=after, most=self.asked["limit"])
        following = self.next_page(cursor=write_cursor("article", page.end)) if page.end else None
        return Response(ArticlePageSerializer({"as_of": self.as_of, "items": page.rows, "next": following}).data)

    @described(
        IntakeSerializer,
        examples.INTAKE,
        status=202,
        request=ArticleToAddSerializer,
        requests=examples.ARTICLES_TO_ADD,
        also=(403, 409, 413, 415, 422),
        parameters=[SLUG, IDEMPOTENCY_KEY],
        operation="articles_add",
        summary="Add an article: an address to fetch, or its text",
    )
    def post(self, request: Request, slug: str) -> Response:
        """Answers as soon as the article is safe, with the resource to ask how far it is. Needs the role of analyst,
        and of a key the scope to add."""
        key = idempotency_key(request)
        form = ArticleToAddSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        intake = take_in(self.dossier, form.validated_data, by=actor(request), key=key)
        where = reverse("api-intake", kwargs={"slug": slug, "public_id": intake.public_id})
        return Response(
            IntakeSerializer(intake).data, status=202, headers={"Location": request.build_absolute_uri(where)}
        )


class ArticleInFull(InDossier):
    """One article."""

    @described(
        ArticleInFullSerializer,
        examples.ARTICLE_IN_FULL,
        asking=Asking,
        parameters=[SLUG, ARTICLE],
        operation="articles_read",
        summary="An article with its captures, the texts drawn and the newest of them",
    )
    def get(self, request: Request, slug: str, ref: str) -> Response:
        found = records.find_article(self.dossier.pk, read_ref(ref, "A"), self.moments)
        if found is None:
            raise Http404(_("No such article is held in this dossier as of then."))
        answer = {
            "as_of": self.as_of,
            "article": found.record,
            "origin": found.origin,
            "captures": found.captures,
            "renditions": found.renditions,
            "text": found.text,
        }
        return Response(ArticleInFullSerializer(answer).data)


class Text(InDossier):
    """One text of an article."""

    @described(
        TextInFullSerializer,
        examples.TEXT,
        asking=Asking,
        parameters=[SLUG, ARTICLE, path_parameter("public_id", "The rendition that a span names.", OpenApiTypes.UUID)],
        operation="articles_rendition",
        summary="A text drawn from an article, for checking spans",
    )
    def get(self, request: Request, slug: str, ref: str, public_id: UUID) -> Response:
        found = records.find_rendition(self.dossier.pk, read_ref(ref, "A"), public_id, self.moments)
        if found is None:
            raise Http404(_("No such text is held of this article as of then."))
        return Response(TextInFullSerializer({"as_of": self.as_of, "rendition": found}).data)
