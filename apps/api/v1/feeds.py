"""Feeds: what a dossier follows, how each one does, and the way to follow another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.authentication import actor
from apps.api.parsing import check_length, encodable
from apps.api.problems import BadInput
from apps.api.v1 import examples
from apps.api.v1.answering import ID, SLUG, described
from apps.api.v1.asking import InDossier, NothingAsked, read_cursor, write_cursor
from apps.articles import feed_health
from apps.articles.feed_health import Health
from apps.articles.models import Feed, Poll
from apps.articles.rhythm import LONGEST_INTERVAL, SHORTEST
from apps.articles.services import following
from apps.articles.services.following import USUAL_LEAST, USUAL_MOST, USUAL_SECONDS, Wanted
from apps.dossiers.rules import Power
from apps.pipeline.waking import wake_feed

ROLE: dict[str, Power] = dict.fromkeys(("GET", "HEAD", "POST"), Power.ADD)


class AskingForFeeds(serializers.Serializer[Any]):
    """A page of feeds. What is followed has no past: there is no ``said_until`` or ``known_at`` here."""

    state = serializers.ChoiceField(
        choices=feed_health.CHOICES,
        required=False,
        help_text="Only those that do so; without it, all but those that are followed no longer.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50, help_text="How many at most.")
    cursor = serializers.CharField(
        max_length=200, required=False, help_text="Where to go on: from `next`, and not to be made up."
    )


class FeedFailureSerializer(serializers.Serializer[Any]):
    """Why a feed could not be asked or read."""

    code = serializers.CharField(help_text="Stable, for programs.")
    reason = serializers.CharField(help_text="A sentence for people.")


class FeedSerializer(serializers.Serializer[Any]):
    """A feed, and how it does. `state`: it answers, is failing, waits for its first time, is paused, or has ended, that
    is, it is followed no longer."""

    id = serializers.UUIDField(source="feed.public_id")
    address = serializers.CharField(source="feed.address")
    kind = serializers.ChoiceField(choices=Feed.Kind.choices, source="feed.kind")
    selector = serializers.CharField(
        source="feed.selector", help_text="Of a listing: which links are articles, in CSS."
    )
    name = serializers.CharField(source="feed.name", help_text="As the dossier's people call it; may be empty.")
    title = serializers.CharField(source="feed.title", help_text="As it calls itself.")
    state = serializers.ChoiceField(choices=feed_health.CHOICES)
    added = serializers.DateTimeField(source="feed.added")
    least_seconds = serializers.IntegerField(source="feed.least_seconds", help_text="It is asked no more often.")
    most_seconds = serializers.IntegerField(source="feed.most_seconds", help_text="It is asked no more rarely.")
    every_seconds = serializers.IntegerField(source="feed.every_seconds", help_text="How often it is asked now.")
    rhythm_seconds = serializers.IntegerField(
        source="feed.rhythm_seconds", allow_null=True, help_text="The usual time between two items; null: not known."
    )
    last_success = serializers.DateTimeField(source="feed.last_success", allow_null=True)
    next_poll = serializers.SerializerMethodField(
        help_text="When it is asked next; null while it is paused, and once it ended."
    )
    items_seen = serializers.IntegerField(source="feed.items_seen")
    items_taken = serializers.IntegerField(source="feed.items_taken", help_text="Of these, articles it brought.")
    items_refused = serializers.IntegerField(source="feed.items_refused", help_text="And those not to be fetched.")
    failures = serializers.IntegerField(source="feed.failures", help_text="How many times in a row it has failed.")
    failure = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_poll(self, health: Health) -> str | None:
        return serializers.DateTimeField().to_representation(health.feed.next_poll) if health.feed.active else None

    @extend_schema_field(FeedFailureSerializer(allow_null=True))
    def get_failure(self, health: Health) -> dict[str, str] | None:
        return _failure(health.feed.failure_code, health.feed.failure_reason)


class PollSerializer(serializers.Serializer[Any]):
    """One time a feed was asked."""

    at = serializers.DateTimeField()
    seconds = serializers.FloatField()
    outcome = serializers.ChoiceField(choices=Poll.Outcome.choices)
    status = serializers.IntegerField(allow_null=True, help_text="Of HTTP; null if there was no answer.")
    items = serializers.IntegerField(source="seen")
    new = serializers.IntegerField(source="taken")
    changed = serializers.IntegerField(help_text="Known items of which it said something else.")
    refused = serializers.IntegerField()
    cut = serializers.BooleanField(help_text="Whether there were more than are taken at once: the newest 500.")
    failure = serializers.SerializerMethodField()

    @extend_schema_field(FeedFailureSerializer(allow_null=True))
    def get_failure(self, poll: Poll) -> dict[str, str] | None:
        return _failure(poll.code, poll.reason)


def _failure(code: str, reason: str) -> dict[str, str] | None:
    return {"code": code, "reason": reason} if code else None


class FeedInFullSerializer(FeedSerializer):
    """A feed with the latest times that it was asked."""

    polls = PollSerializer(many=True, help_text="The latest 40 at most, oldest first.")


class FeedPageSerializer(serializers.Serializer[Any]):
    """Feeds, newest first, and where the next page is."""

    items = FeedSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")


class FeedToFollowSerializer(serializers.Serializer[Any]):
    """What is to be followed. Left to us, the kind is found out when it is first asked: a feed, or a sitemap; of a page
    that names feeds the first is followed."""

    address = serializers.CharField(max_length=2000)
    kind = serializers.ChoiceField(choices=Feed.Kind.choices, required=False, help_text="Left out, it is found out.")
    selector = serializers.CharField(
        max_length=300, required=False, default="", help_text="Needed for a listing: which links are articles, in CSS."
    )
    name = serializers.CharField(
        max_length=120, required=False, default="", allow_blank=True, help_text="What you call it, if not by its title."
    )
    least_seconds = serializers.IntegerField(
        min_value=SHORTEST, max_value=LONGEST_INTERVAL, default=USUAL_LEAST, help_text="Ask it no more often."
    )
    most_seconds = serializers.IntegerField(
        min_value=SHORTEST, max_value=LONGEST_INTERVAL, default=USUAL_MOST, help_text="Ask it no more rarely."
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(str(name) for name in set(data) - set(self.fields))):
            told = _("There is no such field.")
            raise serializers.ValidationError(
                {encodable(name[:80]): [serializers.ErrorDetail(told, "unknown_field")] for name in unknown[:20]}
            )
        return super().to_internal_value(data)


def _place(cursor: str | None) -> int | None:
    found = read_cursor("feed", cursor)
    if found is None:
        return None
    if not (found.isascii() and found.isdecimal() and len(found) <= 18):
        raise BadInput(_("This cursor does not belong to this list."), code="bad_cursor")
    return int(found)


class Feeds(InDossier):
    """The feeds of a dossier."""

    query = AskingForFeeds
    power: ClassVar[dict[str, Power]] = ROLE

    @described(
        FeedPageSerializer,
        examples.FEEDS,
        asking=AskingForFeeds,
        parameters=[SLUG],
        also=(403,),
        operation="feeds_list",
        summary="What is followed, and how each one does",
    )
    def get(self, request: Request, slug: str) -> Response:
        """Needs the role of analyst."""
        limit = self.asked["limit"]
        rows = feed_health.feeds_in(
            self.dossier.pk,
            state=self.asked.get("state", ""),
            before=_place(self.asked.get("cursor")),
            limit=limit + 1,
        )
        further = len(rows) > limit
        next_page = self.next_page(cursor=write_cursor("feed", str(rows[limit - 1].feed.pk))) if further else None
        return Response(FeedPageSerializer({"items": rows[:limit], "next": next_page}).data)

    @described(
        FeedInFullSerializer,
        examples.FEED_IN_FULL,
        status=201,
        request=FeedToFollowSerializer,
        requests=examples.FEEDS_TO_FOLLOW,
        also=(403, 409, 411, 413, 415, 422),
        parameters=[SLUG],
        operation="feeds_follow",
        summary="Follow a feed, a news sitemap, or a page that lists articles",
    )
    def post(self, request: Request, slug: str) -> Response:
        """It is asked at once and from then on. Needs the role of analyst, and of a key the scope to add."""
        check_length(request)
        form = FeedToFollowSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        feed = following.add_feed(
            dossier=self.dossier,
            address=sent["address"],
            every_seconds=USUAL_SECONDS,
            by=actor(request),
            at=timezone.now(),
            wanted=Wanted(
                kind=sent.get("kind", ""),
                selector=sent["selector"],
                name=sent["name"],
                least_seconds=sent["least_seconds"],
                most_seconds=sent["most_seconds"],
            ),
        )
        wake_feed(feed)
        where = reverse("api-feed", kwargs={"slug": slug, "public_id": feed.public_id})
        found = Health(feed, feed_health.state_of(feed), ())
        return Response(
            FeedInFullSerializer(found).data, status=201, headers={"Location": request.build_absolute_uri(where)}
        )


class FeedInFull(InDossier):
    """One feed."""

    query = NothingAsked
    power: ClassVar[dict[str, Power]] = ROLE

    @described(
        FeedInFullSerializer,
        examples.FEED_IN_FULL,
        parameters=[SLUG, ID],
        also=(403,),
        operation="feeds_read",
        summary="How a feed does: its rhythm, its failures, and the latest times that it was asked",
    )
    def get(self, request: Request, slug: str, public_id: UUID) -> Response:
        """Needs the role of analyst."""
        found = feed_health.feed_in(self.dossier.pk, public_id)
        if found is None:
            raise Http404(_("No such feed is followed in this dossier."))
        return Response(FeedInFullSerializer(found).data)
