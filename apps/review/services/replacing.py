"""Proposals that newer ones replace. Shared by the other services; no interface calls this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.review import rules
from apps.review.drafts import AttributionDraft
from apps.review.models import Decision, Proposal, Revision

AT_ONCE = 1000

Words = tuple[tuple[str, ...], ...]


def words_of(draft: AttributionDraft) -> Words:
    """What two copies have in common: the words of content, cue and source, whatever stands between them."""
    return tuple(rules.words(draft.spans, role=role) for role in ("content", "cue", "source"))


def untouched() -> QuerySet[Proposal]:
    """Statements that a machine proposed and nobody has decided on or changed."""
    return Proposal.objects.attributions().filter(state=Proposal.State.OPEN, last_revision=1)


def supersede(proposal_ids: set[int], *, by: Actor, at: datetime) -> list[Proposal]:
    """Withdraw what a machine proposed and nobody has touched; what was decided stays.

    What somebody is deciding on at this moment is waited for, and stays. The copies elsewhere, which are to follow,
    are held along with it, all in the order of their keys, as approvals hold them.
    """
    copies = set(Proposal.objects.filter(copy_of__in=proposal_ids).values_list("pk", flat=True))
    rows = _still_untouched(proposal_ids, copies)
    firsts = {r.proposal_id: r for r in Revision.objects.filter(proposal__in=rows, number=1)}
    Decision.objects.bulk_create(
        [
            Decision(
                dossier_id=row.dossier_id,
                proposal=row,
                revision=firsts[row.pk],
                verb=Decision.Verb.SUPERSEDE,
                machine=by.machine,
                at=at,
                from_state=Proposal.State.OPEN,
                to_state=Proposal.State.SUPERSEDED,
            )
            for row in rows
        ],
        batch_size=AT_ONCE,
    )
    Proposal.objects.filter(pk__in=[row.pk for row in rows]).update(state=Proposal.State.SUPERSEDED, changed=at)
    return rows


def _still_untouched(ids: set[int], copies: set[int]) -> list[Proposal]:
    """Hold all of these, and return those of ``ids`` that nobody has decided on meanwhile."""
    held = Proposal.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids | copies).order_by("pk")
    return [row for row in held if row.pk in ids and row.state == Proposal.State.OPEN and row.last_revision == 1]


def relink_copies(replaced: Sequence[Proposal], now: Mapping[Words, Proposal]) -> None:
    """Copies elsewhere of what was replaced repeat what replaces it; without such they stand by themselves."""
    firsts = Revision.objects.filter(number=1, proposal__copy_of__in=replaced)
    following: dict[Proposal | None, list[int]] = {}
    for first in firsts:
        following.setdefault(now.get(words_of(AttributionDraft.read(first.body))), []).append(first.proposal_id)
    for copy_of, ids in following.items():
        Proposal.objects.filter(pk__in=ids).update(copy_of=copy_of)
