"""Changes: what came to be held and what was withdrawn, in order."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import SLUG, AsOfSerializer, described
from apps.api.v1.asking import Asking, InDossier
from apps.graph.changes import changes


class FactRefSerializer(serializers.Serializer[Any]):
    """A fact or a piece of evidence, by what it is and its public id."""

    noun = serializers.CharField(help_text="Such as statement, attribution, claim, position, counter, source, article.")
    id = serializers.UUIDField()


class ChangeSerializer(serializers.Serializer[Any]):
    """One entry of the ledger that touched facts. What is both withdrawn and added was replaced."""

    index = serializers.IntegerField(help_text="Its place in the ledger. Entries that touched no fact are left out.")
    at = serializers.DateTimeField(help_text="Strictly increases with the index: it may be used as `known_at`.")
    verb = serializers.CharField()
    added = FactRefSerializer(many=True)
    withdrawn = FactRefSerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of the feed."""

    as_of = AsOfSerializer()
    items = ChangeSerializer(many=True)
    last = serializers.IntegerField(help_text="The index to ask `after` when `next` is null.")
    next = serializers.URLField(allow_null=True, help_text="The next page; null if nothing is there yet.")


class AskingForChanges(Asking):
    """A page of the feed."""

    after = serializers.IntegerField(
        min_value=0, max_value=2**63 - 1, default=0, help_text="Only entries with a greater index."
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50, help_text="How many at most.")


class Changes(InDossier):
    """The feed of a dossier."""

    query = AskingForChanges

    @described(
        ChangesSerializer,
        examples.CHANGES,
        asking=AskingForChanges,
        parameters=[SLUG],
        operation="changes_list",
        summary="What came to be held and what was withdrawn, in order",
    )
    def get(self, request: Request, slug: str) -> Response:
        """Keep `last`, ask `after` it later, and nothing is missed. `said_until` is echoed and changes nothing here."""
        page = changes(
            self.dossier.pk, after=self.asked["after"], known_at=self.moments.known_at, most=self.asked["limit"]
        )
        answer = {
            "as_of": self.as_of,
            "items": page.rows,
            "last": page.last,
            "next": self.next_page(after=page.last) if page.more else None,
        }
        return Response(ChangesSerializer(answer).data)
