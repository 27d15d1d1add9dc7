"""Intakes: articles on their way in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.problems import BadInput
from apps.api.v1 import examples
from apps.api.v1.answering import ID, SLUG, described
from apps.api.v1.asking import InDossier, NothingAsked, read_cursor, write_cursor
from apps.articles import intake_reading
from apps.articles.intake_reading import Inside, Wanted
from apps.articles.models import Capture, Intake
from apps.articles.services import leases
from apps.dossiers.rules import Power
from apps.pipeline.waking import wake

ROLE = {"GET": Power.ADD, "HEAD": Power.ADD, "POST": Power.ADD}


class AskingForIntakes(serializers.Serializer[Any]):
    """A page of what comes in."""

    state = serializers.ChoiceField(choices=Intake.State.choices, required=False, help_text="Only those in this state.")
    within = serializers.UUIDField(required=False, help_text="Only what was in this file that holds several articles.")
    purpose = serializers.ChoiceField(
        choices=Intake.Purpose.choices,
        default=Intake.Purpose.TAKE_IN,
        help_text="`revisit`: articles that are looked at again for changes.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50, help_text="How many at most.")
    cursor = serializers.CharField(
        max_length=200, required=False, help_text="Where to go on: from `next`, and not to be made up."
    )


class FailureSerializer(serializers.Serializer[Any]):
    """Why an article was not taken in."""

    code = serializers.CharField(help_text="Stable, for programs.")
    reason = serializers.CharField(help_text="A sentence for people.")


class ChildrenSerializer(serializers.Serializer[Any]):
    """How many of the articles in a file are in which state."""

    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    on_the_way = serializers.IntegerField(source="way")
    cancelled = serializers.IntegerField()


class IntakeSerializer(serializers.Serializer[Any]):
    """How far an article is. `done`: it is held, and people may review it; `failed`: see `failure`.

    A file that holds several articles is `done` once it is unpacked (`outcome`); each of them is an intake of its own,
    with this one as its `parent`.
    """

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=Intake.State.choices)
    step = serializers.ChoiceField(choices=Intake.Step.choices, help_text="The step it is at or ended with.")
    outcome = serializers.ChoiceField(
        choices=[("", ""), *Intake.Outcome.choices], help_text="What it came to; empty while that is not known."
    )
    purpose = serializers.ChoiceField(choices=Intake.Purpose.choices)
    method = serializers.ChoiceField(choices=Capture.Method.choices)
    address = serializers.CharField(help_text="Empty if it was sent without one.")
    headline = serializers.CharField(help_text="As it was sent.")
    outlet = serializers.CharField(source="outlet_name")
    published = serializers.DateTimeField(allow_null=True)
    file_name = serializers.CharField()
    sha256 = serializers.CharField(source="raw_sha256", help_text="Of the bytes, in hex; empty while there are none.")
    size = serializers.IntegerField(source="raw_size", help_text="In bytes.")
    parent = serializers.UUIDField(  # type: ignore[assignment]  # a field, not the serializer around this one
        source="parent.public_id", allow_null=True, default=None, help_text="The file that it was in."
    )
    member = serializers.CharField(help_text="Its name in that file.")
    children = serializers.SerializerMethodField(help_text="Of a file that holds several; null for an article.")
    left_out = serializers.DictField(
        child=serializers.IntegerField(),
        source="came.left_out",
        default=dict,
        help_text="What was in a file beside articles, by its kind, and how much of it.",
    )
    feed = serializers.UUIDField(source="feed.public_id", allow_null=True, default=None, help_text="That brought it.")
    attempts = serializers.IntegerField(help_text="At this step.")
    added = serializers.DateTimeField()
    next_try = serializers.SerializerMethodField(
        help_text="When it goes on at the earliest; null if it is not waiting."
    )
    finished = serializers.DateTimeField(allow_null=True)
    article = serializers.CharField(
        source="article.ref", allow_null=True, default=None, help_text="The article, as soon as it is preserved."
    )
    failure = serializers.SerializerMethodField()

    @extend_schema_field(ChildrenSerializer(allow_null=True))
    def get_children(self, intake: Intake) -> dict[str, int] | None:
        if intake.step != Intake.Step.UNPACK:
            return None
        known: Mapping[int, Inside] = self.context.get("inside", {})
        return dict(ChildrenSerializer(known.get(intake.pk, Inside())).data)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_try(self, intake: Intake) -> str | None:
        waits = intake.state == Intake.State.READY and isinstance(intake.run_after, datetime)
        return serializers.DateTimeField().to_representation(intake.run_after) if waits else None

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, intake: Intake) -> dict[str, str] | None:
        if not intake.failure_code:
            return None
        return {"code": intake.failure_code, "reason": intake.failure_reason}


class IntakePageSerializer(serializers.Serializer[Any]):
    """What comes in, newest first, and where the next page is."""

    items = IntakeSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")


def _place(cursor: str | None) -> int | None:
    found = read_cursor("intake", cursor)
    if found is None:
        return None
    if not (found.isascii() and found.isdecimal() and len(found) <= 18):
        raise BadInput(_("This cursor does not belong to this list."), code="bad_cursor")
    return int(found)


class OfIntakes(InDossier):
    """Work under way: it has no past, and is for those who add."""

    query: type[serializers.Serializer[Any]] = NothingAsked
    power: ClassVar[dict[str, Power]] = ROLE

    def found(self, public_id: UUID) -> Intake:
        row = intake_reading.find_intake(self.dossier.pk, public_id)
        if row is None:
            raise Http404(_("No such article is on its way into this dossier."))
        return row

    def answer(self, row: Intake) -> Response:
        return Response(IntakeSerializer(row, context={"inside": intake_reading.inside([row.pk])}).data)


class Intakes(OfIntakes):
    """The articles that come into a dossier, and those that did."""

    query = AskingForIntakes

    @described(
        IntakePageSerializer,
        examples.INTAKES,
        asking=AskingForIntakes,
        parameters=[SLUG],
        also=(403,),
        operation="intakes_list",
        summary="What is on its way in, what came in, and what failed",
    )
    def get(self, request: Request, slug: str) -> Response:
        """Without `state` and `within`, what was in a file with several articles stands under that file alone. Needs
        the role of analyst."""
        limit, within = self.asked["limit"], self.asked.get("within")
        wanted = Wanted(
            state=self.asked.get("state", ""),
            within=self.found(within) if within else None,
            visits=self.asked["purpose"] == Intake.Purpose.REVISIT,
        )
        before = _place(self.asked.get("cursor"))
        rows = intake_reading.intakes(self.dossier.pk, wanted, before=before, limit=limit + 1)
        shown = rows[:limit]
        further = len(rows) > limit
        next_page = self.next_page(cursor=write_cursor("intake", str(shown[-1].pk))) if further else None
        inside = intake_reading.inside(row.pk for row in shown if row.step == Intake.Step.UNPACK)
        return Response(IntakePageSerializer({"items": shown, "next": next_page}, context={"inside": inside}).data)


class IntakeInFull(OfIntakes):
    """One article on its way in."""

    @described(
        IntakeSerializer,
        examples.INTAKE,
        parameters=[SLUG, ID],
        also=(403,),
        operation="intakes_read",
        summary="How far an article is on its way in",
    )
    def get(self, request: Request, slug: str, public_id: UUID) -> Response:
        """Work under way has no past: there is no `said_until` or `known_at` here. Needs the role of analyst."""
        return self.answer(self.found(public_id))


class Retry(OfIntakes):
    """Once more."""

    @described(
        IntakeSerializer,
        examples.INTAKE,
        parameters=[SLUG, ID],
        also=(403, 409, 422),
        operation="intakes_retry",
        summary="Try what failed or was cancelled again, at the step where it stopped",
    )
    def post(self, request: Request, slug: str, public_id: UUID) -> Response:
        """409 `conflict` if it did neither, 422 `already_on_its_way` if its address is coming in again already. Needs
        the role of analyst, and of a key the scope to add."""
        leases.retry(intake=self.found(public_id))
        row = self.found(public_id)
        wake(row)
        return self.answer(row)


class Cancel(OfIntakes):
    """No further."""

    @described(
        IntakeSerializer,
        examples.INTAKE_CANCELLED,
        parameters=[SLUG, ID],
        also=(403, 409),
        operation="intakes_cancel",
        summary="Stop an article that is on its way; what was preserved of it stays",
    )
    def post(self, request: Request, slug: str, public_id: UUID) -> Response:
        """409 `conflict` if it is not on its way any more. Needs the role of analyst, and of a key the scope to add."""
        leases.cancel(intake=self.found(public_id))
        return self.answer(self.found(public_id))
