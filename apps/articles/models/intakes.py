"""What is on its way in: the row is the truth, messages only wake workers."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.articles.models.evidence import Article, Capture, Rendition
from apps.articles.models.feeds import Feed
from apps.core.constraints import addressable, same_dossier


class IntakeQuerySet(models.QuerySet["Intake"]):
    def in_dossier(self, dossier_id: int) -> Self:
        return self.filter(dossier_id=dossier_id)

    def can_be_tried_again(self) -> Self:
        """What was cancelled, or failed at a step; not what was refused before any step was begun."""
        return self.filter(Q(state="cancelled") | Q(state="failed", attempts__gt=0))

    def on_its_way(self) -> Self:
        return self.filter(state__in=["ready", "running"])


class Intake(models.Model):
    """One article's way in: the step it is at, who works on it until when, and why it failed.

    The row is the truth; messages only wake workers. ``token`` fences: who lost the lease commits nothing.
    """

    class Purpose(models.TextChoices):
        TAKE_IN = "take_in", _("taking in")
        REVISIT = "revisit", _("looking for changes")

    class Step(models.TextChoices):
        UNPACK = "unpack", _("unpacking")
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

    class Outcome(models.TextChoices):
        TAKEN_IN = "taken_in", _("taken in")
        UNPACKED = "unpacked", _("unpacked")
        UNCHANGED = "unchanged", _("unchanged")
        CHANGED = "changed", _("changed")
        GONE = "gone", _("no longer there")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="intakes")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    method = models.CharField(max_length=10, choices=Capture.Method.choices)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.TAKE_IN)
    address = models.CharField(max_length=2000, blank=True)
    address_key = models.CharField(max_length=2000, blank=True)
    headline = models.CharField(max_length=500, blank=True)
    outlet_name = models.CharField(max_length=120, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    media_type = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    raw_sha256 = models.CharField(max_length=64, blank=True)
    raw_size = models.BigIntegerField(default=0)
    record_sha256 = models.CharField(max_length=64, blank=True)
    # What was in a container (a ZIP, a WARC, a wire's bundle): which one, and its name there.
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="children"
    )
    member = models.CharField(max_length=1000, blank=True)
    # How the bytes came, as a capture holds it: headers, status, final_address, redirects, ip_address, tls, preserved.
    came = models.JSONField(default=dict)
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
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

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
            same_dossier("parent", "articles.Intake", name="articles_intake_parent_same_dossier"),
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
            models.UniqueConstraint(
                fields=["parent", "member"], condition=Q(parent__isnull=False), name="articles_intake_once_of_parent"
            ),
            models.CheckConstraint(
                condition=Q(purpose="take_in") | Q(article__isnull=False), name="articles_intake_revisits_an_article"
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
            # What failed is looked for among everything that ever came.
            models.Index(fields=["dossier", "state", "-id"], name="articles_intake_in_state"),
            models.Index(fields=["article", "-id"], name="articles_intake_of_article"),
        ]

    def __str__(self) -> str:
        return f"{self.address or self.headline or self.file_name} ({self.step}, {self.state})"


class Watch(models.Model):
    """An article that is looked at again for changes, ever more rarely. Working data; what was found is evidence."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="watch")
    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.CASCADE, related_name="+")
    active = models.BooleanField(default=True)
    began = models.DateTimeField()
    next_visit = models.DateTimeField()
    last_visit = models.DateTimeField(null=True, blank=True)
    visits = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    etag = models.CharField(max_length=400, blank=True)
    modified = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [same_dossier("article", "articles.Article", name="articles_watch_same_dossier")]
        indexes = [models.Index(fields=["next_visit"], name="articles_watch_due", condition=Q(active=True))]

    def __str__(self) -> str:
        return f"{self.article_id}"


class Visit(models.Model):
    """One look at an article's address: what came of it. A changed text has a capture, a gone one a removal."""

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, db_constraint=False, related_name="visits")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=[*Intake.Outcome.choices, ("failed", _("failed"))])
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            same_dossier("article", "articles.Article", name="articles_visit_same_dossier"),
            models.CheckConstraint(
                condition=Q(outcome__in=["unchanged", "changed", "gone", "failed"]), name="articles_visit_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["article", "-id"], name="articles_visit_newest")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.outcome}"
