"""What is asked for new articles, and the hosts that are asked. Working data, not evidence."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core.constraints import addressable


class Feed(models.Model):
    """An address that is asked for new articles: a feed, a news sitemap, or a page that lists them.

    ``every_seconds`` is the present interval, which follows the feed's own rhythm between ``least_seconds`` and
    ``most_seconds``; ``rhythm_seconds`` is the usual time between two of its items, where that is known. ``title`` is
    what it calls itself, ``name`` what the people of the dossier call it. One that is followed no longer (``ended``)
    stays, as articles came by it.
    """

    class Kind(models.TextChoices):
        FEED = "feed", _("feed (RSS, Atom or JSON Feed)")
        SITEMAP = "sitemap", _("news sitemap")
        LISTING = "listing", _("page that lists articles")

    dossier = models.ForeignKey("dossiers.Dossier", on_delete=models.PROTECT, related_name="feeds")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=2000)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FEED)
    selector = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    ended = models.DateTimeField(null=True, blank=True)
    every_seconds = models.PositiveIntegerField(default=900, validators=[MinValueValidator(15)])
    least_seconds = models.PositiveIntegerField(default=300, validators=[MinValueValidator(15)])
    most_seconds = models.PositiveIntegerField(default=21_600)
    rhythm_seconds = models.PositiveIntegerField(null=True, blank=True)
    etag = models.CharField(max_length=400, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    # The sitemaps of an index that are still to be read, as their host wants a pause before each.
    unread = models.JSONField(default=list, blank=True)
    next_poll = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.BigIntegerField(default=0)
    last_success = models.DateTimeField(null=True, blank=True)
    last_poll = models.DateTimeField(null=True, blank=True)
    items_seen = models.PositiveIntegerField(default=0)
    items_taken = models.PositiveIntegerField(default=0)
    items_refused = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=500, blank=True)
    # Where it was permanently redirected to, and how many times in a row.
    moved_to = models.CharField(max_length=2000, blank=True)
    moved_times = models.PositiveSmallIntegerField(default=0)
    added = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            addressable(name="articles_feed_addressable"),
            models.UniqueConstraint(fields=["dossier", "address"], name="articles_feed_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["feed", "sitemap", "listing"]), name="articles_feed_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="listing") ^ Q(selector=""), name="articles_feed_listing_has_selector"
            ),
            models.CheckConstraint(
                condition=Q(least_seconds__lte=F("most_seconds")), name="articles_feed_bounds_in_order"
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(ended__isnull=True), name="articles_feed_ended_is_not_asked"
            ),
        ]
        indexes = [models.Index(fields=["next_poll"], name="articles_feed_due", condition=Q(active=True))]

    def __str__(self) -> str:
        return self.name or self.title or self.address


class Poll(models.Model):
    """One time a feed was asked, and what came of it. Only the latest few hundred of a feed are kept.

    ``seen`` items were shown, ``taken`` of them are new articles, ``changed`` ones are looked at again, ``refused``
    ones cannot be fetched; ``cut`` if there were more than are taken of one answer.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        NOT_MODIFIED = "unchanged", _("nothing new")
        FAILED = "failed", _("failed")

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="polls")
    at = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    raw_sha256 = models.CharField(max_length=64, blank=True)
    seen = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    cut = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["answered", "unchanged", "failed"]), name="articles_poll_outcome_known"
            ),
            models.CheckConstraint(condition=Q(outcome="failed") ^ Q(code=""), name="articles_poll_failure_has_code"),
        ]
        indexes = [models.Index(fields=["feed", "-id"], name="articles_poll_newest")]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.outcome}"


class FeedItem(models.Model):
    """An item as a feed last showed it. ``guid`` is what the feed knows it by, ``digest`` covers what it said of it."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="items")
    guid_digest = models.CharField(max_length=64)
    guid = models.CharField(max_length=500)
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=500, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    first_seen = models.DateTimeField()
    last_changed = models.DateTimeField()
    refused_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "guid_digest"], name="articles_feeditem_once")]
        indexes = [models.Index(fields=["feed", "-id"], name="articles_feeditem_newest")]

    def __str__(self) -> str:
        return self.title or self.address


class Host(models.Model):
    """A host that is asked for pages, one at a time: who asks it until when, and what its robots.txt says.

    ``name`` is ``host:port``. Shared by all dossiers, since manners do not depend on who asks.
    """

    name = models.CharField(max_length=300, unique=True)
    token = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_ask = models.DateTimeField()
    pause_seconds = models.FloatField(default=0)
    robots = models.TextField(blank=True)
    robots_status = models.PositiveSmallIntegerField(null=True, blank=True)
    robots_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pause_seconds__gte=0), name="articles_host_pause"),
            models.CheckConstraint(condition=~Q(name=""), name="articles_host_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
