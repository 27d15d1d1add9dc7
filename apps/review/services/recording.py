"""How a revision and a decision are written down. Shared by the other services; no interface calls this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles.models import Article, Rendition
from apps.claims.models import Claim
from apps.core.errors import Conflict
from apps.dossiers.models import Party
from apps.review import rules
from apps.review.models import Decision, Link, Proposal, Revision
from apps.sources.models import Alias, Source
from apps.statements.models import Statement


@dataclass(frozen=True)
class Refs:
    """The rows that a revision points to."""

    source: Source | None = None
    source_proposal: Proposal | None = None
    principal: Source | None = None
    alias: Alias | None = None
    relayed_by: Proposal | None = None
    party: Party | None = None


@dataclass(frozen=True)
class LinkRefs:
    """A position (or, with ``against``, a counter) that a revision suggests."""

    stance: str = ""
    claim: Claim | None = None
    claim_proposal: Proposal | None = None
    retracts: Statement | None = None
    against: Claim | None = None
    counter_kind: str = ""


NOTHING = Refs()


def link_refs(link: Link) -> LinkRefs:
    """What a link points to, for a further revision to point to as well."""
    return LinkRefs(
        stance=link.stance,
        claim=link.claim,
        claim_proposal=link.claim_proposal,
        retracts=link.retracts,
        against=link.against,
        counter_kind=link.counter_kind,
    )


def begin(
    *,
    dossier_id: int,
    kind: str,
    at: datetime,
    article: Article | None = None,
    rendition: Rendition | None = None,
    begins: int = 0,
    copy_of: Proposal | None = None,
    twin_of: Proposal | None = None,
) -> Proposal:
    """A proposal without revisions; :func:`revise` follows in the same transaction."""
    return Proposal.objects.create(
        dossier_id=dossier_id,
        kind=kind,
        article=article,
        rendition=rendition,
        begins=begins,
        copy_of=copy_of,
        twin_of=twin_of,
        created=at,
        changed=at,
    )


def revise(
    *,
    proposal: Proposal,
    by: Actor,
    at: datetime,
    body: dict[str, Any],
    refs: Refs = NOTHING,
    links: Sequence[LinkRefs] = (),
) -> Revision:
    """The next revision. The caller holds the proposal's row."""
    number = proposal.last_revision + 1
    revision = Revision.objects.create(
        dossier_id=proposal.dossier_id,
        proposal=proposal,
        number=number,
        author=by.user,
        key=by.key,
        machine=by.machine,
        at=at,
        body=body,
        source=refs.source,
        source_proposal=refs.source_proposal,
        principal=refs.principal,
        alias=refs.alias,
        relayed_by=refs.relayed_by,
        party=refs.party,
    )
    Link.objects.bulk_create(
        Link(
            dossier_id=proposal.dossier_id,
            revision=revision,
            claim=link.claim,
            claim_proposal=link.claim_proposal,
            stance=link.stance,
            retracts=link.retracts,
            against=link.against,
            counter_kind=link.counter_kind,
        )
        for link in links
    )
    proposal.last_revision = number
    return revision


def decide(
    *,
    proposal: Proposal,
    revision: Revision,
    verb: str,
    to_state: str,
    by: Actor,
    at: datetime,
    note: str = "",
    undoes: Decision | None = None,
) -> Decision:
    """Write a decision down and leave the proposal where it leads. The caller holds the proposal's row."""
    decision = Decision.objects.create(
        dossier_id=proposal.dossier_id,
        proposal=proposal,
        revision=revision,
        verb=verb,
        by=by.user,
        key=by.key,
        machine=by.machine,
        at=at,
        note=note.strip(),
        from_state=proposal.state,
        to_state=to_state,
        undoes=undoes,
    )
    proposal.state, proposal.changed = to_state, at
    proposal.save()
    return decision


def lock(proposal: Proposal, *, expected_revision: int | None = None) -> Proposal:
    """Hold a proposal's row; refuse if somebody revised it since it was read."""
    held = Proposal.objects.select_for_update(no_key=True, of=("self",)).select_related("dossier").get(pk=proposal.pk)
    if expected_revision is not None and held.last_revision != expected_revision:
        raise Conflict(_("Somebody changed this since you opened it. Look at it again."), code="changed_meanwhile")
    return held


def latest(proposal: Proposal) -> Revision:
    """The last revision, with what it points to."""
    return Revision.objects.select_related(
        "source", "source_proposal", "principal", "alias", "relayed_by", "party", "author"
    ).get(proposal=proposal, number=proposal.last_revision)


def check_possible(proposal: Proposal, verb: str) -> str:
    """The state that ``verb`` leads to. Raises a conflict that says where the proposal is."""
    to_state = rules.after(proposal.state, verb)
    if to_state is None:
        raise Conflict(
            _("This cannot be done any more: it is “%(state)s”.") % {"state": proposal.get_state_display()},
            code="wrong_state",
        )
    return to_state
