"""Evidence: articles, the bytes preserved of them, the text drawn from those, who published them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import CompositeForeignKey, addressable, same_dossier
from apps.core.days import end_of
from apps.core.triggers import append_only
from apps.ledger.models import Fact, FactQuerySet

INDEXED_CHARACTERS = 200_000  # a tsvector holds 1 MB; what is searched of a text must fit


class Evidence(models.Model):
    """A row that is written once, at one place of the ledger, and never changes."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    known_from = models.DateTimeField()
    known_from_index = models.BigIntegerField()

    class Meta:
        abstract = True
        triggers = append_only()


E_co = TypeVar("E_co", bound=models.Model, covariant=True)


class EvidenceQuerySet(models.QuerySet[E_co]):
    """Reads that all evidence shares."""

    def in_dossier(self, dossier_id: int) -> Self:
        return self.filter(dossier_id=dossier_id)

    def as_known(self, known_at: datetime | None) -> Self:
        return self if known_at is None else self.filter(known_from__lte=known_at)


class Article(Evidence):
    """One published item at one address; without one if it was pasted or uploaded."""

    number = models.PositiveIntegerField()
    address = models.CharField(_("address"), max_length=2000, blank=True)
    address_key = models.CharField(max_length=2000, null=True, blank=True, editable=False)  # noqa: DJ001 (NULL: any number have none)

    objects = EvidenceQuerySet["Article"].as_manager()

    class Meta(Evidence.Meta):
        constraints = [
            addressable(name="articles_article_addressable"),
            models.UniqueConstraint(fields=["dossier", "number"], name="articles_article_numbered_once"),
            models.UniqueConstraint(fields=["dossier", "address_key"], name="articles_article_one_per_address"),
        ]

    def __str__(self) -> str:
        return f"A-{self.number:04d}"

    @property
    def ref(self) -> str:
        return f"A-{self.number:04d}"


class OtherAddress(Evidence):
    """A further address under which an article is known: where a redirect led, or what its page calls itself."""

    class Kind(models.TextChoices):
        FINAL = "final", _("where a redirect led")
        CANONICAL = "canonical", _("what the page calls itself")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="other_addresses")
    key = models.CharField(max_length=2000)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = EvidenceQuerySet["OtherAddress"].as_manager()

    class Meta(Evidence.Meta):
        constraints = [
            same_dossier("article", "articles.Article", name="articles_otheraddress_same_dossier"),
            models.UniqueConstraint(fields=["dossier", "key"], name="articles_otheraddress_of_one_article"),
            models.CheckConstraint(condition=~Q(key=""), name="articles_otheraddress_is_one"),
            models.CheckConstraint(
                condition=Q(kind__in=["final", "canonical"]), name="articles_otheraddress_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["article"], name="articles_otheraddress_of")]

    def __str__(self) -> str:
        return self.key


class Capture(Evidence):
    """The bytes exactly as preserved at one moment, with their hash and how they came.

    ``sha256`` names the bytes of the page or file, content encodings undone; ``record_sha256`` the WARC records (ISO
    28500) of the whole exchange as it went over the wire. ``headers`` are ``[name, value]`` pairs, ``redirects`` the
    addresses asked before ``final_address`` as ``{"address", "status", "location"}``, ``tls`` is
    ``{"version", "cipher", "certificate_sha256"}`` or empty. ``preserved`` is when the bytes came, for an archive's
    record when the archive took them.
    """

    class Method(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        PASTED = "pasted", _("pasted by hand")
        UPLOADED = "uploaded", _("uploaded")
        SENT = "sent", _("sent through the API")
        BOOKMARKED = "bookmarked", _("sent from a browser")
        ARCHIVED = "archived", _("taken from an archive")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="captures")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=10, choices=Method.choices)
    preserved = models.DateTimeField()
    final_address = models.CharField(max_length=2000, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=list)
    file_name = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=80)
    # Empty only for what was preserved before records were kept.
    record_sha256 = models.CharField(max_length=64, blank=True)
    redirects = models.JSONField(default=list)
    ip_address = models.CharField(max_length=45, blank=True)
    tls = models.JSONField(default=dict)

    objects = EvidenceQuerySet["Capture"].as_manager()

    class Meta(Evidence.Meta):
        constraints = [
            addressable(name="articles_capture_addressable"),
            same_dossier("article", "articles.Article", name="articles_capture_same_dossier"),
            models.UniqueConstraint(fields=["article", "id"], name="articles_capture_of_article"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="articles_capture_hash"),
            models.CheckConstraint(condition=Q(size__gte=0), name="articles_capture_size"),
            models.CheckConstraint(
                condition=Q(method__in=["fetched", "pasted", "uploaded", "sent", "bookmarked", "archived"]),
                name="articles_capture_method_known",
            ),
            models.CheckConstraint(
                condition=Q(record_sha256="") | Q(record_sha256__regex=r"^[0-9a-f]{64}$"),
                name="articles_capture_record_hash",
            ),
        ]
        indexes = [models.Index(fields=["dossier", "sha256"], name="articles_capture_by_hash")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}"


class Rendition(Evidence):
    """The text that one extractor version drew from a capture. Spans point into it, in code points.

    ``captions`` are the words under pictures, which are not in ``text``; ``canonical`` is the address that the page
    gives itself.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="renditions")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, db_constraint=False, related_name="renditions")
    extractor = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    headline = models.CharField(max_length=500, blank=True)
    byline = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=120, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    published_precision = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=12, blank=True)
    captions = ArrayField(models.TextField(), default=list, blank=True)
    modified = models.DateTimeField(null=True, blank=True)
    canonical = models.CharField(max_length=2000, blank=True)
    words = models.GeneratedField(
        expression=SearchVector(Left("text", INDEXED_CHARACTERS), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EvidenceQuerySet["Rendition"].as_manager()

    class Meta(Evidence.Meta):
        constraints = [
            addressable(name="articles_rendition_addressable"),
            same_dossier("article", "articles.Article", name="articles_rendition_same_dossier"),
            CompositeForeignKey(
                fields=("article", "capture"),
                to="articles.Capture",
                to_fields=("article", "id"),
                name="articles_rendition_of_capture",
            ),
            models.UniqueConstraint(fields=["article", "id"], name="articles_rendition_of_article"),
            models.UniqueConstraint(fields=["capture", "extractor", "version"], name="articles_rendition_once"),
            models.CheckConstraint(condition=~Q(text=""), name="articles_rendition_has_text"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="articles_rendition_hash"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="articles_rendition_words"),
            models.Index(fields=["article", "-id"], name="articles_rendition_newest"),
        ]

    def __str__(self) -> str:
        return self.headline or str(self.public_id)

    def said_before(self, zone: ZoneInfo) -> datetime:
        """What is printed was said before it was published; of a day alone, by the end of that day in the zone."""
        published = self.published or self.known_from
        if self.published_precision != "day":
            return published
        return end_of(published.astimezone(zone).date(), zone)


class Publication(Fact):
    """Which outlet published an article: by its page's own word, or as a person said when pasting it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="publications")
    outlet = models.ForeignKey(
        "sources.Outlet", on_delete=models.PROTECT, db_constraint=False, related_name="publications"
    )

    objects = FactQuerySet["Publication"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("article", "articles.Article", name="articles_publication_same_dossier"),
            same_dossier("outlet", "sources.Outlet", name="articles_publication_outlet_same_dossier"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(known_until__isnull=True), name="articles_publication_one_now"
            ),
        ]
        indexes = [models.Index(fields=["outlet"], name="articles_publication_by_outlet")]

    def __str__(self) -> str:
        return str(self.public_id)


class Removal(Fact):
    """The publisher answered that an article is no longer at its address. Ends when it is there again."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="removals")
    address = models.CharField(max_length=2000)
    status = models.PositiveSmallIntegerField()
    noticed = models.DateTimeField()

    objects = FactQuerySet["Removal"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("article", "articles.Article", name="articles_removal_same_dossier"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(known_until__isnull=True), name="articles_removal_one_now"
            ),
            models.CheckConstraint(condition=Q(status__in=[404, 410]), name="articles_removal_status"),
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.status})"
