"""May this person decide this? ``check_can_x`` says why not."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Conflict, Denied
from apps.dossiers.models import Dossier
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.review.models import Decision, Hold, Proposal, Revision


def check_can_review(*, user: User, dossier: Dossier) -> None:
    check_can(Power.REVIEW, user=user, dossier=dossier)


def check_not_held(*, user: User, article_id: int, at: datetime) -> None:
    """One person at a time reviews an article."""
    held = Hold.objects.select_related("user").filter(article_id=article_id, until__gt=at).exclude(user=user).first()
    if held is not None:
        raise Conflict(
            _("%(name)s is reviewing this article at the moment.") % {"name": held.user.name}, code="held_by_another"
        )


def contributed(*, user: User, proposal_ids: list[int]) -> set[int]:
    """Which of these the person had a hand in: wrote a revision of, or submitted. Two queries."""
    wrote = Revision.objects.filter(proposal__in=proposal_ids, author=user).values_list("proposal_id", flat=True)
    sent = Decision.objects.filter(proposal__in=proposal_ids, by=user, verb=Decision.Verb.SUBMIT)
    return {*wrote, *sent.values_list("proposal_id", flat=True)}


def check_can_check(*, user: User, dossier: Dossier, proposals: list[Proposal]) -> None:
    """An editor of the dossier, who contributed to none of these."""
    check_can(Power.CHECK, user=user, dossier=dossier)
    if contributed(user=user, proposal_ids=[p.pk for p in proposals]):
        raise Denied(_("You contributed to this; somebody else has to check it."), code="own_contribution")


def can_check(*, user: User, dossier: Dossier, proposals: list[Proposal]) -> bool:
    try:
        check_can_check(user=user, dossier=dossier, proposals=proposals)
    except Denied:
        return False
    return True
