"""Following a claim: what somebody wants to hear of, and up to where they know. Working data, in no ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.claims.models import Claim, Follow
from apps.dossiers.models import Dossier
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.ledger.models import Head


@transaction.atomic
def follow(*, claim: Claim, by: User, at: datetime) -> Follow:
    """Tell this person what is new on the claim from now on. Done twice, it is done once."""
    check_can(Power.READ, user=by, dossier=claim.dossier)
    begun, _new = Follow.objects.get_or_create(
        user=by,
        claim=claim,
        defaults={"dossier_id": claim.dossier_id, "since": at, "seen_index": _head(claim.dossier_id)},
    )
    return begun


def unfollow(*, claim: Claim, by: User) -> None:
    """Tell this person nothing more of the claim."""
    Follow.objects.filter(user=by, claim=claim).delete()


def mark_read(*, dossier: Dossier, by: User, up_to: int) -> None:
    """This person has seen what is new up to a place in the ledger: what came after it stays new."""
    last = min(up_to, _head(dossier.pk))
    Follow.objects.filter(user=by, dossier=dossier, seen_index__lt=last).update(seen_index=last)


def _head(dossier_id: int) -> int:
    return Head.objects.get(dossier_id=dossier_id).index
