"""Evidence: articles, the bytes preserved of them, the text drawn from those; and what is on its way."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
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


class Capture(Evidence):
    """The bytes exactly as preserved at one moment, with their hash and how they came."""

    class Method(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        PASTED = "pasted", _("pasted by hand")
        UPLOADED = "uploaded", _("uploaded")
        SENT = "sent", _("sent through the API")

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

    objects = EvidenceQuerySet["Capture"].as_manager()

    class Meta(Evidence.Meta):
        constraints = [
            addressable(name="articles_capture_addressable"),
            same_dossier("article", "articles.Article", name="articles_capture_same_dossier"),
            models.UniqueConstraint(fields=["article", "id"], name="articles_capture_of_article"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="articles_capture_hash"),
            models.CheckConstraint(condition=Q(size__gte=0), name="articles_capture_size"),
            models.CheckConstraint(
                condition=Q(method__in=["fetched", "pasted", "uploaded", "sent"]), name="articles_capture_method_known"
            ),
        ]
        indexes = [models.Index(fields=["dossier", "sha256"], name="articles_capture_by_hash")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}"


class Rendition(Evidence):
    """The text that one extractor version drew from a capture. Spans point into it, in code points."""

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


class Sketch(models.Model):
    """Hashed word shingles of a rendition, to find copies by. Derived: may be dropped and rebuilt."""

    rendition = models.OneToOneField(Rendition, on_delete=models.CASCADE, primary_key=True, related_name="sketch")
    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    hashes = ArrayField(models.IntegerField())

    class Meta:
        constraints = [same_dossier("rendition", "articles.Rendition", name="articles_sketch_same_dossier")]
        indexes = [GinIndex(fields=["hashes"], name="articles_sketch_hashes")]

    def __str__(self) -> str:
        return f"{self.rendition_id}"


class Origin(Fact):
    """Who first wrote a text that one or more articles carry."""

    label = models.CharField(max_length=160)

    objects = FactQuerySet["Origin"].as_manager()

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, addressable(name="articles_origin_addressable")]

    def __str__(self) -> str:
        return self.label


class Lineage(Fact):
    """An article carries the text of an origin, and on what grounds we think so. No row: unknown."""

    class Grounds(models.TextChoices):
        CREDIT = "credit", _("the article credits it")
        SAME_TEXT = "same_text", _("the text is that of an earlier article")
        OWN = "own", _("the article is signed as the outlet's own report")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="lineages")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, db_constraint=False, related_name="lineages")
    grounds = models.CharField(max_length=12, choices=Grounds.choices)
    copied_from = models.ForeignKey(
        Article, on_delete=models.PROTECT, db_constraint=False, related_name="copied_by", null=True, blank=True
    )
    share = models.FloatField(default=1.0)

    objects = FactQuerySet["Lineage"].as_manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            same_dossier("article", "articles.Article", name="articles_lineage_same_dossier"),
            same_dossier("origin", "articles.Origin", name="articles_lineage_origin_same_dossier"),
            same_dossier("copied_from", "articles.Article", name="articles_lineage_from_same_dossier"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(known_until__isnull=True), name="articles_lineage_one_now"
            ),
            models.CheckConstraint(condition=~Q(article=F("copied_from")), name="articles_lineage_from_another"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="articles_lineage_share"),
        ]
        indexes = [models.Index(fields=["origin"], name="articles_lineage_by_origin")]

    def __str__(self) -> str:
        return str(self.public_id)


class Feed(models.Model):
    """An RSS or Atom address that is asked for new articles. Working data, not evidence."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="feeds")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=2000)
    title = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)
    every_seconds = models.PositiveIntegerField(default=900, validators=[MinValueValidator(15)])
    etag = models.CharField(max_length=400, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    next_poll = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.BigIntegerField(default=0)
    last_success = models.DateTimeField(null=True, blank=True)
    items_seen = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    added = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            addressable(name="articles_feed_addressable"),
            models.UniqueConstraint(fields=["dossier", "address"], name="articles_feed_once"),
        ]
        indexes = [models.Index(fields=["next_poll"], name="articles_feed_due", condition=Q(active=True))]

    def __str__(self) -> str:
        return self.title or self.address


class IntakeQuerySet(models.QuerySet["Intake"]):
    def in_dossier(self, dossier_id: int) -> Self:
        return self.filter(dossier_id=dossier_id)

    def on_its_way(self) -> Self:
        return self.filter(state__in=["ready", "running"])


class Intake(models.Model):
    """One article's way in: the step it is at, who works on it until when, and why it failed.

    The row is the truth; messages only wake workers. ``token`` fences: who lost the lease commits nothing.
    """

    class Step(models.TextChoices):
        PRESERVE = "preserve", _("preserving")
        EXTRACT = "extract", _("extracting the text")
        IDENTIFY = "identify", _("looking for copies")
        PROPOSE = "propose", _("proposing statements")

    class State(models.TextChoices):
        READY = "ready", _("waiting")
        RUNNING = "running", _("being worked on")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="intakes")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    method = models.CharField(max_length=10, choices=Capture.Method.choices)
    address = models.CharField(max_length=2000, blank=True)
    address_key = models.CharField(max_length=2000, blank=True)
    headline = models.CharField(max_length=500, blank=True)
    outlet_name = models.CharField(max_length=120, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    media_type = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    raw_sha256 = models.CharField(max_length=64, blank=True)
    raw_size = models.BigIntegerField(default=0)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, null=True, blank=True, related_name="intakes")
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 (likewise)
    request_digest = models.CharField(max_length=64, blank=True)
    actor = models.CharField(max_length=80)
    added = models.DateTimeField()

    step = models.CharField(max_length=10, choices=Step.choices, default=Step.PRESERVE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    attempts = models.PositiveIntegerField(default=0)
    token = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    run_after = models.DateTimeField()
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="intakes"
    )
    capture = models.ForeignKey(
        Capture, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    rendition = models.ForeignKey(
        Rendition, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="+"
    )
    proposed = models.PositiveIntegerField(null=True, blank=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        constraints = [
            addressable(name="articles_intake_addressable"),
            same_dossier("feed", "articles.Feed", name="articles_intake_feed_same_dossier"),
            same_dossier("article", "articles.Article", name="articles_intake_article_same_dossier"),
            same_dossier("capture", "articles.Capture", name="articles_intake_capture_same_dossier"),
            same_dossier("rendition", "articles.Rendition", name="articles_intake_rendition_same_dossier"),
            models.UniqueConstraint(fields=["dossier", "idempotency_key"], name="articles_intake_once_per_key"),
            models.UniqueConstraint(
                fields=["dossier", "address_key"],
                condition=~Q(address_key="") & Q(state__in=["ready", "running"]),
                name="articles_intake_one_on_its_way",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "running", "done", "failed", "cancelled"]),
                name="articles_intake_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="articles_intake_running_has_lease"
            ),
            models.CheckConstraint(
                condition=~Q(raw_sha256="") | ~Q(address=""), name="articles_intake_has_bytes_or_address"
            ),
        ]
        indexes = [
            models.Index(fields=["run_after"], name="articles_intake_due", condition=Q(state__in=["ready", "running"])),
            models.Index(fields=["dossier", "-id"], name="articles_intake_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.address or self.headline or self.file_name} ({self.step}, {self.state})"
