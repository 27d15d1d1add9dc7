"""Claims: propositions that nobody owns, and where they stand."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.v1 import examples
from apps.api.v1.answering import CLAIM, SLUG, AsOfSerializer, described, page_of
from apps.api.v1.asking import Asking, AskingForList, InDossier, read_cursor, read_ref, write_cursor
from apps.api.v1.parties import PartySerializer
from apps.api.v1.sources import SourceSerializer
from apps.claims.models import Claim, CounterKind, Stance
from apps.crosscheck.rules import Standing as StandingCode
from apps.graph import listing

MOST_NAMED = 100
"""How many statements of one voice are named among the grounds; all of them are in the list of positions."""

STANDINGS = [(code.value, code.value) for code in StandingCode]


class OriginsSerializer(serializers.Serializer[Any]):
    """How many independent origins stand behind the articles. Unknown lineage counts as none."""

    known = serializers.IntegerField(help_text="Different origins.")
    articles = serializers.IntegerField(help_text="Articles that hold evidence.")
    unknown = serializers.IntegerField(help_text="Of those, how many are of unknown origin.")


class VoiceSerializer(serializers.Serializer[Any]):
    """Where one principal stands: by its latest positions."""

    principal = SourceSerializer()
    stances = serializers.ListField(child=serializers.ChoiceField(choices=Stance.choices))
    positions = serializers.IntegerField(help_text="How many of its positions this rests on.")
    statements = serializers.ListField(
        child=serializers.UUIDField(),
        help_text=f"The statements of these, at most {MOST_NAMED}, what was said last first.",
    )
    inconsistent = serializers.BooleanField(help_text="Its latest positions disagree, and none is certainly later.")


class CounterArguedSerializer(serializers.Serializer[Any]):
    """A counter that a speaker argued against the claim. Those that an analyst drew never count here."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=CounterKind.choices)
    claim = serializers.CharField(help_text="The claim that counters.")
    made_by = serializers.UUIDField(help_text="The statement in which it was argued.")
    principal = SourceSerializer(help_text="On whose behalf.")


class GroundsSerializer(serializers.Serializer[Any]):
    """What a standing follows from. Every number counts what is held, as of the two times."""

    positions = serializers.IntegerField()
    statements = serializers.IntegerField()
    principals = serializers.IntegerField()
    parties = serializers.IntegerField(help_text="Different parties among the principals; none counts as none.")
    origins = OriginsSerializer()
    voices = VoiceSerializer(many=True)
    counters = CounterArguedSerializer(many=True)


class StandingSerializer(serializers.Serializer[Any]):
    """Where the claim stands by a fixed rule over positions. It never says who is right."""

    code = serializers.ChoiceField(choices=STANDINGS)
    first_said = serializers.DateTimeField(allow_null=True, help_text="By when it was first asserted.")
    waiting_for = PartySerializer(many=True, help_text="Parties that it is about and of whom no position is held.")
    grounds = GroundsSerializer()


class ClaimSerializer(serializers.Serializer[Any]):
    """A proposition, where it stands and on what grounds."""

    ref = serializers.CharField(help_text="Short and for good in the dossier.")
    id = serializers.UUIDField(source="public_id")
    wording = serializers.CharField(help_text="The dossier's own neutral sentence, as it was then.")
    about = PartySerializer(many=True, help_text="The parties whose conduct or condition the claim is about.")
    standing = serializers.SerializerMethodField()
    known_from = serializers.DateTimeField(help_text="Since when the dossier holds it.")

    @extend_schema_field(StandingSerializer)
    def get_standing(self, record: listing.ClaimRecord) -> Any:
        return StandingSerializer(grounds_of(record)).data


def grounds_of(record: listing.ClaimRecord) -> dict[str, object]:
    """The standing of a claim in the shape of :class:`StandingSerializer`."""
    standing = record.standing
    voices = standing.found.voices
    return {
        "code": standing.code,
        "first_said": standing.found.first_said,
        "waiting_for": record.waiting_for,
        "grounds": {
            "positions": len(standing.held),
            "statements": len(standing.statements),
            "principals": len(voices),
            "parties": len({voice.party_id for voice in voices if voice.party_id is not None}),
            "origins": standing.origins,
            "voices": [
                {
                    "principal": standing.principals[voice.principal_id],
                    "stances": sorted(voice.stances),
                    "positions": len(voice.statements),
                    "statements": [standing.statements[pk] for pk in voice.statements[: -MOST_NAMED - 1 : -1]],
                    "inconsistent": voice.inconsistent,
                }
                for voice in voices
            ],
            "counters": record.counters,
        },
    }


ClaimPageSerializer = page_of("ClaimPage", ClaimSerializer)


class ClaimInFullSerializer(ClaimSerializer):
    """One claim, with the times that the answer holds for."""

    as_of = AsOfSerializer()

    def to_representation(self, instance: Any) -> Any:
        return {
            "as_of": AsOfSerializer(instance["as_of"]).data,
            **ClaimSerializer(instance["record"]).data,
        }


class AskingForClaims(AskingForList):
    """A page of claims."""

    standing = serializers.ChoiceField(
        choices=STANDINGS,
        required=False,
        help_text="Only claims that stand so. As of an earlier time a page may hold fewer than `limit`, even none, "
        "while `next` leads on.",
    )


class InClaim(InDossier):
    """A view of one claim."""

    def held(self, ref: str) -> Claim:
        """The claim that the address names, if it was held then; else ``Http404``."""
        found = listing.find_claim(self.dossier.pk, read_ref(ref, "C"), self.moments)
        if found is None:
            raise Http404(_("No such claim is held in this dossier as of then."))
        return found


class Claims(InDossier):
    """The claims of a dossier."""

    query = AskingForClaims

    @described(
        ClaimPageSerializer,
        examples.CLAIMS,
        asking=AskingForClaims,
        parameters=[SLUG],
        operation="claims_list",
        summary="Claims, with where each stands and on what grounds",
    )
    def get(self, request: Request, slug: str) -> Response:
        page = listing.claims(
            self.dossier.pk,
            self.moments,
            standing=self.asked.get("standing", ""),
            after=read_cursor("claim", self.asked.get("cursor")),
            most=self.asked["limit"],
        )
        following = self.next_page(cursor=write_cursor("claim", page.end)) if page.end else None
        return Response(ClaimPageSerializer({"as_of": self.as_of, "items": page.rows, "next": following}).data)


class ClaimInFull(InClaim):
    """One claim."""

    @described(
        ClaimInFullSerializer,
        examples.CLAIM_IN_FULL,
        asking=Asking,
        parameters=[SLUG, CLAIM],
        operation="claims_read",
        summary="A claim with where it stands and on what grounds",
    )
    def get(self, request: Request, slug: str, ref: str) -> Response:
        (record,) = listing.claim_records(self.dossier.pk, [self.held(ref)], self.moments)
        return Response(ClaimInFullSerializer({"record": record, "as_of": self.as_of}).data)
