"""Taking an approval back: a new decision ends the facts, and everything that rests on them, from now on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.claims import services as claims
from apps.claims.models import Position
from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.ledger import services as ledger
from apps.review.models import Decision, Proposal
from apps.review.services import recording
from apps.sources import services as sources
from apps.statements import services as statements
from apps.statements.models import Attribution, Statement


@transaction.atomic
def withdraw(*, proposal: Proposal, by: Actor, at: datetime, note: str) -> list[Proposal]:
    """End what an approval made, with why. A statement takes its copies and what it relays along.

    Returns the proposals whose facts ended, the one asked for first.
    """
    if by.user is None:
        raise Denied(_("Only a person withdraws an approval."), code="not_a_person")
    check_can(Power.CHECK, user=by.user, dossier=proposal.dossier)
    if not note.strip():
        raise Refusal(_("Say why the approval is withdrawn."), code="no_note")
    held = recording.lock(proposal)
    recording.check_possible(held, "withdraw")
    _check_nothing_rests_on(held)
    affected = [held, *_resting_on(held)]
    with ledger.entry(
        dossier_id=held.dossier_id,
        actor=by.ref,
        verb="review.withdrawn",
        about={"proposals": [str(row.public_id) for row in affected], "why": note.strip()},
    ) as moment:
        for row in reversed(affected):
            _end(row, moment)
        for row in affected:
            recording.decide(
                proposal=row,
                revision=recording.latest(row),
                verb=Decision.Verb.WITHDRAW,
                to_state=Proposal.State.WITHDRAWN,
                by=by,
                at=at,
                note=note,
            )
    return affected


def _resting_on(proposal: Proposal) -> list[Proposal]:
    """Approved copies and twins of, and approved statements relayed by, what is withdrawn; all the way down."""
    if proposal.kind != Proposal.Kind.ATTRIBUTION:
        return []
    if proposal.copy_of_id is not None:
        twins = Proposal.objects.filter(attribution__twin_of=proposal.attribution_id, state=Proposal.State.APPROVED)
        return list(twins.select_for_update(no_key=True, of=("self",)).select_related("dossier").order_by("pk"))
    found: list[Proposal] = []
    wanted = [proposal.statement_id]
    seen = {proposal.pk}
    while wanted:
        relayed = Statement.objects.current().filter(relayed_by__in=wanted).values_list("pk", flat=True)
        rows = list(
            Proposal.objects.select_for_update(no_key=True, of=("self",))
            .select_related("dossier")
            .filter(kind=Proposal.Kind.ATTRIBUTION, state=Proposal.State.APPROVED)
            .filter(statement__in=[*wanted, *relayed])
            .exclude(pk__in=seen)
            .order_by("pk")
        )
        found += rows
        seen.update(row.pk for row in rows)
        wanted = list(relayed)
    return found


def _check_nothing_rests_on(proposal: Proposal) -> None:
    if proposal.claim_id and Position.objects.current().filter(claim=proposal.claim_id).exists():
        raise Conflict(_("Positions are taken on this claim: withdraw those first."), code="in_use")
    if proposal.source_id:
        rests = Statement.objects.current().filter(source=proposal.source_id)
        speaks = Statement.objects.current().filter(principal=proposal.source_id)
        if rests.exists() or speaks.exists():
            raise Conflict(_("Statements are attributed to this source: withdraw those first."), code="in_use")
    if proposal.alias_id and Attribution.objects.current().filter(alias=proposal.alias_id).exists():
        raise Conflict(_("Attributions rest on this name: withdraw those first."), code="in_use")


def _end(proposal: Proposal, moment: ledger.Moment) -> None:
    match proposal.kind:
        case Proposal.Kind.CLAIM:
            assert proposal.claim is not None
            claims.end_claim(moment=moment, claim=proposal.claim)
        case Proposal.Kind.SOURCE:
            assert proposal.source is not None
            sources.end_source(moment=moment, source=proposal.source)
        case Proposal.Kind.ALIAS:
            assert proposal.alias is not None
            sources.end_alias(moment=moment, alias=proposal.alias)
        case Proposal.Kind.COUNTER:
            assert proposal.counter is not None
            claims.end_counter(moment=moment, counter=proposal.counter)
        case _:
            assert proposal.statement is not None
            assert proposal.attribution is not None
            if proposal.copy_of_id is None:
                claims.end_what_rests_on(moment=moment, statement=proposal.statement)
                statements.end_statement(moment=moment, statement=proposal.statement)
            else:
                statements.end_attribution(moment=moment, attribution=proposal.attribution)
