"""Reads for the desks. Nothing outside the desks may show what comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.review.models import Decision, Link, Proposal, Revision

MOST_COUNTED = 100


@dataclass(frozen=True)
class Waiting:
    """How much waits at each desk, counted no further than 100."""

    to_review: int
    to_check: int


def waiting(*, dossier_id: int, user_id: int) -> Waiting:
    """Statements for the analysts, and what this editor may check. Two queries, each bounded."""
    return Waiting(
        to_review=reviewable(dossier_id)[:MOST_COUNTED].count(),
        to_check=checkable(dossier_id, user_id)[:MOST_COUNTED].count(),
    )


def reviewable(dossier_id: int) -> QuerySet[Proposal]:
    """Statements that wait for an analyst. A machine's copy waits for an editor instead, with what it repeats."""
    rows = Proposal.objects.in_dossier(dossier_id).attributions().to_review()
    return rows.filter(Q(copy_of__isnull=True) | Q(state=Proposal.State.RETURNED))


def checkable(dossier_id: int, user_id: int) -> QuerySet[Proposal]:
    """What others submitted and stands by itself: a new claim or source waits with the statement it came with."""
    latest = Revision.objects.filter(proposal__state="submitted", number=F("proposal__last_revision"))
    claimed = Link.objects.filter(claim_proposal=OuterRef("pk"), revision__in=latest)
    sourced = latest.filter(source_proposal=OuterRef("pk"))
    return (
        Proposal.objects.in_dossier(dossier_id)
        .submitted()
        .exclude(Exists(Revision.objects.filter(proposal=OuterRef("pk"), author=user_id)))
        .exclude(Exists(Decision.objects.filter(proposal=OuterRef("pk"), by=user_id, verb=Decision.Verb.SUBMIT)))
        .exclude(Q(kind=Proposal.Kind.CLAIM) & Exists(claimed))
        .exclude(Q(kind=Proposal.Kind.SOURCE) & Exists(sourced))
    )


def copies_to_approve(dossier_id: int) -> QuerySet[Proposal]:
    """Machine-proposed copies of statements that are approved: further evidence, to be approved in bulk."""
    return _repeating(dossier_id).filter(twin_of__isnull=True)


def twins_to_approve(dossier_id: int) -> QuerySet[Proposal]:
    """What stands in an article's later version for what is approved of an earlier one."""
    return _repeating(dossier_id).filter(twin_of__state=Proposal.State.APPROVED)


def _repeating(dossier_id: int) -> QuerySet[Proposal]:
    rows = Proposal.objects.in_dossier(dossier_id).attributions()
    return rows.filter(
        state__in=[Proposal.State.OPEN, Proposal.State.WITHDRAWN], copy_of__state=Proposal.State.APPROVED
    )
