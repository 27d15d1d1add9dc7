"""Intakes: articles on their way in."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import ID, SLUG, described
from apps.api.v1.asking import InDossier, NothingAsked
from apps.articles.models import Capture, Intake
from apps.dossiers.rules import Power


class FailureSerializer(serializers.Serializer[Any]):
    """Why an article was not taken in."""

    code = serializers.CharField(help_text="Stable, for programs.")
    reason = serializers.CharField(help_text="A sentence for people.")


class IntakeSerializer(serializers.Serializer[Any]):
    """How far an article is. `done`: it is held, and people may review it; `failed`: see `failure`."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=Intake.State.choices)
    step = serializers.ChoiceField(choices=Intake.Step.choices, help_text="The step it is at or ended with.")
    method = serializers.ChoiceField(choices=Capture.Method.choices)
    address = serializers.CharField(help_text="Empty if it was sent without one.")
    headline = serializers.CharField(help_text="As it was sent.")
    outlet = serializers.CharField(source="outlet_name")
    published = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    added = serializers.DateTimeField()
    finished = serializers.DateTimeField(allow_null=True)
    article = serializers.CharField(
        source="article.ref", allow_null=True, default=None, help_text="The article, as soon as it is preserved."
    )
    failure = serializers.SerializerMethodField()

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, intake: Intake) -> dict[str, str] | None:
        if not intake.failure_code:
            return None
        return {"code": intake.failure_code, "reason": intake.failure_reason}


class IntakeInFull(InDossier):
    """One article on its way in."""

    query = NothingAsked
    power: ClassVar[dict[str, Power]] = {"GET": Power.ADD, "HEAD": Power.ADD}

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
        found = Intake.objects.in_dossier(self.dossier.pk).filter(public_id=public_id).select_related("article").first()
        if found is None:
            raise Http404(_("No such article is on its way into this dossier."))
        return Response(IntakeSerializer(found).data)
