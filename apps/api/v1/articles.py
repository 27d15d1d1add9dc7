"""Articles: what was published, the bytes preserved of it, and the texts drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
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
from apps.api.parsing import BoundedJSONParser, BoundedMultiPartParser
from apps.api.v1 import examples
from apps.api.v1.answering import ARTICLE, SLUG, AsOfSerializer, described, page_of, path_parameter
from apps.api.v1.asking import (
    Asked,
    Asking,
    AskingForList,
    InDossier,
    NothingAsked,
    check_scope,
    may_add,
    read_cursor,
    read_ref,
    write_cursor,
)
from apps.api.v1.intakes import IntakeSerializer
from apps.api.v1.sending import (
    OF_ANY,
    OF_DOSSIER,
    dossier_named,
    idempotency_key,
    kept_if_unreadable,
    read_body,
    take_in,
)
from apps.articles.models import Capture, Lineage, OtherAddress
from apps.articles.reading import Comes
from apps.dossiers.models import Dossier
from apps.dossiers.rules import Power
from apps.graph import listing, records


class OriginSerializer(serializers.Serializer[Any]):
    """Who first wrote the text that the article carries, and on what grounds we think so."""

    id = serializers.CharField(source="origin", help_text="The same for all that carry the text.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    grounds = serializers.ChoiceField(choices=Lineage.Grounds.choices)
    copied_from = serializers.CharField(allow_null=True, help_text="The earlier article that it repeats.")
    share = serializers.FloatField(help_text="How much of its text is that of the other, 0 to 1.")
    decided = serializers.SerializerMethodField(help_text="Whether a person decided so, and not the rules alone.")
    reason = serializers.CharField(help_text="Why they did, in their words; else empty.")

    def get_decided(self, comes: Comes) -> bool:
        return bool(comes.decided_by)


class RemovalSerializer(serializers.Serializer[Any]):
    """That the publisher no longer has the article. What was preserved of it stays."""

    address = serializers.CharField()
    status = serializers.IntegerField(help_text="404 or 410.")
    noticed = serializers.DateTimeField()


class OtherAddressSerializer(serializers.Serializer[Any]):
    """A further address of the article."""

    address = serializers.CharField(source="key", help_text="Normalised.")
    kind = serializers.ChoiceField(choices=OtherAddress.Kind.choices)


class CaptureSerializer(serializers.Serializer[Any]):
    """The bytes exactly as preserved at one moment. They never change; a refetch makes another."""

    id = serializers.UUIDField(source="public_id")
    sha256 = serializers.CharField(help_text="Of the bytes, in hex.")
    size = serializers.IntegerField(help_text="In bytes.")
    media_type = serializers.CharField()
    method = serializers.ChoiceField(choices=Capture.Method.choices, help_text="How they came.")
    preserved = serializers.DateTimeField()
    record_sha256 = serializers.CharField(
        help_text="Of the WARC records of how they came, in hex; empty if none were made."
    )
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
    modified = serializers.DateTimeField(allow_null=True, help_text="As the page says of itself.")
    canonical = serializers.CharField(help_text="The address that the page gives itself; empty if it gives none.")
    captions = serializers.ListField(
        child=serializers.CharField(), help_text="The words under pictures, which are not in the text."
    )
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
    other_addresses = OtherAddressSerializer(many=True, help_text="Further addresses under which it is known.")
    removal = RemovalSerializer(allow_null=True, help_text="null: it is still there, as far as we know.")
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


PARSERS = [BoundedJSONParser, BoundedMultiPartParser]
REFUSED = (403, 409, 411, 413, 415, 422, 507)


class Articles(InDossier):
    """The articles of a dossier, and the way in for another."""

    query = AskingForList
    power: ClassVar[dict[str, Power]] = {"POST": Power.ADD}
    parser_classes = PARSERS
    keeps_bodies = True

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
        request=OF_DOSSIER,
        requests=examples.ARTICLES_TO_ADD,
        also=REFUSED,
        parameters=[SLUG, IDEMPOTENCY_KEY],
        operation="articles_add",
        summary="Add an article: an address to fetch, its text, or a file",
    )
    def post(self, request: Request, slug: str) -> Response:
        """Answers as soon as the article is safe, with the resource to ask how far it is. Needs the role of analyst,
        and of a key the scope to add."""
        with kept_if_unreadable(request, lambda: self.dossier, by=actor(request)):
            sent = read_body(request, OF_DOSSIER)
        return _added(request, self.dossier, sent, key=idempotency_key(request))


class ArticlesAnywhere(Asked):
    """The way in for an article of any dossier."""

    query = NothingAsked
    parser_classes = PARSERS
    keeps_bodies = True

    @described(
        IntakeSerializer,
        examples.INTAKE,
        status=202,
        request=OF_ANY,
        requests=examples.ARTICLES_TO_ADD_SOMEWHERE,
        also=REFUSED,
        parameters=[IDEMPOTENCY_KEY],
        operation="articles_add_somewhere",
        summary="Add an article to the dossier that the body names",
    )
    def post(self, request: Request) -> Response:
        """As with the articles of a dossier. The key counts in that dossier."""
        check_scope(request)
        with kept_if_unreadable(request, lambda: dossier_named(request), by=actor(request)):
            sent = read_body(request, OF_ANY)
        dossier = may_add(request, sent["dossier"])
        return _added(request, dossier, sent, key=idempotency_key(request))


def _added(request: Request, dossier: Dossier, sent: Mapping[str, Any], *, key: str | None) -> Response:
    """202, once the bytes are durable and the row is committed."""
    intake = take_in(dossier, sent, by=actor(request), key=key)
    where = reverse("api-intake", kwargs={"slug": dossier.slug, "public_id": intake.public_id})
    return Response(IntakeSerializer(intake).data, status=202, headers={"Location": request.build_absolute_uri(where)})


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
            "other_addresses": found.other_addresses,
            "removal": found.removal,
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
