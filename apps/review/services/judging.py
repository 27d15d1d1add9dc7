"""What analysts and editors say of a proposal short of making it a fact: submit, add, reject, return, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import Actor, User
from apps.articles.models import Rendition
from apps.claims.models import Claim
from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers.models import Dossier, Party
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.drafts import AliasDraft, AttributionDraft, ClaimDraft, CounterDraft, SourceDraft
from apps.review.models import Decision, Proposal, Revision
from apps.review.permissions import check_can_check, check_can_review, check_not_held
from apps.review.services import recording
from apps.review.services.carrying import set_aside, take_up
from apps.review.services.fitting import check_claim, check_fits, check_name, check_source, check_statement
from apps.review.services.recording import LinkRefs, Refs
from apps.sources.models import Alias, Source
from apps.statements.models import Attribution, Statement

DRAFTS: Mapping[str, type] = {
    Proposal.Kind.CLAIM: ClaimDraft,
    Proposal.Kind.SOURCE: SourceDraft,
    Proposal.Kind.ALIAS: AliasDraft,
    Proposal.Kind.COUNTER: CounterDraft,
}
"""What is suggested by itself, by kind."""


@dataclass(frozen=True)
class NewSource:
    """A source to be proposed along with the statement."""

    draft: SourceDraft
    party: Party | None = None
    institution: Source | None = None


@dataclass(frozen=True)
class Taken:
    """A position as an analyst chose it: on a claim, a pending one, or one to be proposed along with it."""

    stance: str
    claim: Claim | None = None
    claim_proposal: Proposal | None = None
    new_claim: ClaimDraft | None = None
    retracts: Statement | None = None
    against: Claim | None = None
    counter_kind: str = ""


@dataclass(frozen=True)
class Filled:
    """A statement card as an analyst filled it in.

    With ``repeats`` the words are further evidence of what that other proposal states: no position, no figure and no
    relayer are taken from here then.
    """

    draft: AttributionDraft
    source: Source | None = None
    source_proposal: Proposal | None = None
    new_source: NewSource | None = None
    principal: Source | None = None
    alias: Alias | None = None
    relayed_by: Proposal | None = None
    repeats: Proposal | None = None
    positions: Sequence[Taken] = ()


@transaction.atomic
def submit(
    *, proposal: Proposal, expected_revision: int, filled: Filled, by: Actor, at: datetime, note: str = ""
) -> Proposal:
    """Accept a proposal, as it is or changed, so that an editor may check it."""
    user = _person(by)
    check_can_review(user=user, dossier=proposal.dossier)
    assert proposal.article_id is not None
    check_not_held(user=user, article_id=proposal.article_id, at=at)
    held = recording.lock(proposal, expected_revision=expected_revision)
    to_state = recording.check_possible(held, "submit")
    return _submit(held, to_state=to_state, filled=filled, by=by, at=at, note=note)


@transaction.atomic
def add(*, rendition: Rendition, filled: Filled, by: Actor, at: datetime, note: str = "") -> Proposal:
    """Submit a statement that no machine proposed."""
    user = _person(by)
    dossier = Dossier.objects.get(pk=rendition.dossier_id)
    check_can_review(user=user, dossier=dossier)
    check_not_held(user=user, article_id=rendition.article_id, at=at)
    proposal = recording.begin(
        dossier_id=rendition.dossier_id,
        kind=Proposal.Kind.ATTRIBUTION,
        at=at,
        article=rendition.article,
        rendition=rendition,
        begins=min((span.begins for span in filled.draft.spans), default=0),
    )
    return _submit(proposal, to_state="submitted", filled=filled, by=by, at=at, note=note)


def _submit(proposal: Proposal, *, to_state: str, filled: Filled, by: Actor, at: datetime, note: str) -> Proposal:
    assert proposal.rendition is not None
    check_fits(Statement, "kind", filled.draft.kind)
    check_fits(Statement, "channel", filled.draft.channel)
    check_fits(Attribution, "quotation", filled.draft.quotation)
    check_statement(filled.draft, text=proposal.rendition.text)
    if filled.source is None and filled.source_proposal is None and filled.new_source is None:
        raise Refusal(_("Choose who said it."), code="no_source")
    source_proposal = filled.source_proposal
    if filled.new_source is not None:
        source_proposal = _begin_source(proposal.dossier_id, filled.new_source, by=by, at=at)
    if filled.repeats is not None:
        proposal.copy_of = _first_of(filled.repeats, proposal)
    links = [_link(proposal.dossier_id, taken, by=by, at=at) for taken in filled.positions]
    _check_links(links)
    revision = recording.revise(
        proposal=proposal,
        by=by,
        at=at,
        body=filled.draft.body(),
        refs=Refs(
            source=filled.source if source_proposal is None else None,
            source_proposal=source_proposal,
            principal=filled.principal,
            alias=filled.alias,
            relayed_by=filled.relayed_by,
        ),
        links=links,
    )
    recording.decide(
        proposal=proposal, revision=revision, verb=Decision.Verb.SUBMIT, to_state=to_state, by=by, at=at, note=note
    )
    _note(proposal, by, "review.submitted")
    return proposal


def _first_of(repeated: Proposal, proposal: Proposal) -> Proposal:
    """The proposal whose statement is meant: never a copy of a copy, nor of itself."""
    first = repeated.copy_of or repeated
    if first.pk == proposal.pk:
        raise Refusal(_("A statement cannot repeat itself."), code="repeats_itself")
    if first.kind != Proposal.Kind.ATTRIBUTION or first.state not in (
        Proposal.State.SUBMITTED,
        Proposal.State.APPROVED,
    ):
        raise Conflict(_("The statement that is repeated was not accepted."), code="original_first")
    if Proposal.objects.filter(copy_of=proposal.pk).exists():
        raise Conflict(_("Other articles repeat this one, so it cannot repeat another."), code="repeated_itself")
    return first


def _check_links(links: Sequence[LinkRefs]) -> None:
    on = [(link.claim, link.claim_proposal) for link in links]
    if len(set(on)) != len(on):
        raise Refusal(_("A statement takes one position on each claim."), code="position_twice")
    for link in links:
        if link.stance == "retracts" and link.retracts is None:
            raise Refusal(_("Say which statement is taken back."), code="retracts_nothing")


def _link(dossier_id: int, taken: Taken, *, by: Actor, at: datetime) -> LinkRefs:
    claim_proposal = taken.claim_proposal
    if taken.new_claim is not None:
        claim_proposal = _begin_claim(dossier_id, taken.new_claim, by=by, at=at)
    if taken.claim is None and claim_proposal is None:
        raise Refusal(_("Choose the claim that the position is on."), code="no_claim")
    return LinkRefs(
        stance=taken.stance,
        claim=taken.claim if claim_proposal is None else None,
        claim_proposal=claim_proposal,
        retracts=taken.retracts,
        against=taken.against,
        counter_kind=taken.counter_kind if taken.against else "",
    )


def _begin(dossier_id: int, kind: str, body: dict[str, Any], refs: Refs, *, by: Actor, at: datetime) -> Proposal:
    proposal = recording.begin(dossier_id=dossier_id, kind=kind, at=at)
    revision = recording.revise(proposal=proposal, by=by, at=at, body=body, refs=refs)
    recording.decide(
        proposal=proposal, revision=revision, verb=Decision.Verb.SUBMIT, to_state="submitted", by=by, at=at
    )
    return proposal


def _begin_once(dossier_id: int, kind: str, body: dict[str, Any], refs: Refs, *, by: Actor, at: datetime) -> Proposal:
    """The same suggestion that waits already is taken up again: after an undo, nobody should approve it twice."""
    same = Revision.objects.select_related("proposal").filter(
        dossier_id=dossier_id,
        proposal__kind=kind,
        proposal__state=Proposal.State.SUBMITTED,
        number=F("proposal__last_revision"),
        body=body,
        party=refs.party,
        principal=refs.principal,
    )
    waiting = same.order_by("pk").first()
    return waiting.proposal if waiting is not None else _begin(dossier_id, kind, body, refs, by=by, at=at)


def _begin_claim(dossier_id: int, draft: ClaimDraft, *, by: Actor, at: datetime) -> Proposal:
    check_claim(draft, dossier_id=dossier_id)
    return _begin_once(dossier_id, Proposal.Kind.CLAIM, draft.body(), Refs(), by=by, at=at)


def _begin_source(dossier_id: int, new: NewSource, *, by: Actor, at: datetime) -> Proposal:
    check_source(new.draft)
    refs = Refs(party=new.party, principal=new.institution)
    return _begin_once(dossier_id, Proposal.Kind.SOURCE, new.draft.body(), refs, by=by, at=at)


@transaction.atomic
def propose_claim(*, dossier: Dossier, draft: ClaimDraft, by: Actor, at: datetime) -> Proposal:
    """Suggest a claim by itself."""
    check_can_review(user=_person(by), dossier=dossier)
    proposal = _begin_claim(dossier.pk, draft, by=by, at=at)
    _note(proposal, by, "review.submitted")
    return proposal


@transaction.atomic
def propose_source(*, dossier: Dossier, new: NewSource, by: Actor, at: datetime) -> Proposal:
    """Suggest a source by itself."""
    check_can_review(user=_person(by), dossier=dossier)
    proposal = _begin_source(dossier.pk, new, by=by, at=at)
    _note(proposal, by, "review.submitted")
    return proposal


@transaction.atomic
def propose_alias(*, source: Source, draft: AliasDraft, by: Actor, at: datetime) -> Proposal:
    """Suggest a further name for a source."""
    check_can_review(user=_person(by), dossier=Dossier.objects.get(pk=source.dossier_id))
    check_name(draft)
    refs = Refs(source=source)
    proposal = _begin(source.dossier_id, Proposal.Kind.ALIAS, draft.body(), refs, by=by, at=at)
    _note(proposal, by, "review.submitted")
    return proposal


@transaction.atomic
def propose_counter(
    *, claim: Claim, against: Claim, kind: str, draft: CounterDraft, by: Actor, at: datetime
) -> Proposal:
    """Suggest how a claim stands to another, as an analyst sees it; it will not count in a standing."""
    check_can_review(user=_person(by), dossier=Dossier.objects.get(pk=claim.dossier_id))
    if claim.pk == against.pk:
        raise Refusal(_("A claim cannot counter itself."), code="same_claim")
    proposal = recording.begin(dossier_id=claim.dossier_id, kind=Proposal.Kind.COUNTER, at=at)
    revision = recording.revise(
        proposal=proposal,
        by=by,
        at=at,
        body=draft.body(),
        links=[LinkRefs(claim=claim, against=against, counter_kind=kind)],
    )
    recording.decide(
        proposal=proposal, revision=revision, verb=Decision.Verb.SUBMIT, to_state="submitted", by=by, at=at
    )
    _note(proposal, by, "review.submitted")
    return proposal


@transaction.atomic
def resubmit(
    *,
    proposal: Proposal,
    expected_revision: int,
    draft: ClaimDraft | SourceDraft | AliasDraft | CounterDraft,
    by: Actor,
    at: datetime,
    party: Party | None = None,
    institution: Source | None = None,
    note: str = "",
) -> Proposal:
    """Hand in again, mended, what an editor returned and stands by itself; statements are sent with :func:`submit`.

    ``party`` and ``institution`` are those of a source. Whose name it is, and between which claims a counter is drawn,
    stays as it was.
    """
    check_can_review(user=_person(by), dossier=proposal.dossier)
    held = recording.lock(proposal, expected_revision=expected_revision)
    if held.state != Proposal.State.RETURNED or DRAFTS.get(held.kind) is not type(draft):
        raise Conflict(_("Only what an editor returned is mended here."), code="wrong_state")
    to_state = recording.check_possible(held, "submit")
    before = recording.latest(held)
    refs, links = Refs(source=before.source), [recording.link_refs(link) for link in before.links.all()]
    match draft:
        case ClaimDraft():
            check_claim(draft, dossier_id=held.dossier_id)
        case SourceDraft():
            check_source(draft)
            refs = Refs(party=party, principal=institution)
        case AliasDraft():
            check_name(draft)
    revision = recording.revise(proposal=held, by=by, at=at, body=draft.body(), refs=refs, links=links)
    recording.decide(
        proposal=held, revision=revision, verb=Decision.Verb.SUBMIT, to_state=to_state, by=by, at=at, note=note
    )
    _note(held, by, "review.submitted")
    return held


@transaction.atomic
def reject(*, proposal: Proposal, expected_revision: int, by: Actor, at: datetime, note: str = "") -> Proposal:
    """Set a proposal aside: it is not a statement. Can be undone."""
    user = _person(by)
    check_can_review(user=user, dossier=proposal.dossier)
    if proposal.article_id is not None:
        check_not_held(user=user, article_id=proposal.article_id, at=at)
    held = recording.lock(proposal, expected_revision=expected_revision)
    to_state = recording.check_possible(held, "reject")
    revision = recording.latest(held)
    recording.decide(
        proposal=held, revision=revision, verb=Decision.Verb.REJECT, to_state=to_state, by=by, at=at, note=note
    )
    _note(held, by, "review.rejected")
    return held


@transaction.atomic
def send_back(*, proposal: Proposal, expected_revision: int, by: Actor, at: datetime, note: str) -> Proposal:
    """Return what was submitted to the analysts, with why."""
    if not note.strip():
        raise Refusal(_("Say what should be mended."), code="no_note")
    check_can_check(user=_person(by), dossier=proposal.dossier, proposals=[proposal])
    held = recording.lock(proposal, expected_revision=expected_revision)
    to_state = recording.check_possible(held, "return")
    revision = recording.latest(held)
    recording.decide(
        proposal=held, revision=revision, verb=Decision.Verb.RETURN, to_state=to_state, by=by, at=at, note=note
    )
    _note(held, by, "review.returned")
    return held


@transaction.atomic
def undo(*, proposal: Proposal, by: Actor, at: datetime) -> Proposal:
    """Take back one's own last decision, as long as nobody has acted since. The decision stays on record."""
    user = _person(by)
    check_can_review(user=user, dossier=proposal.dossier)
    held = recording.lock(proposal)
    last = Decision.objects.filter(proposal=held).select_related("revision").order_by("-id").first()
    if last is None or last.by_id != user.pk:
        raise Denied(_("You can undo only your own last decision."), code="not_yours")
    to_state = rules.undone(verb=last.verb, from_state=last.from_state, to_state=last.to_state, state=held.state)
    if to_state is None or (last.verb == Decision.Verb.SUBMIT and last.revision.number == 1):
        if last.verb == Decision.Verb.SUBMIT and held.state == Proposal.State.SUBMITTED:
            to_state = Proposal.State.REJECTED  # added by hand: there is nothing to go back to
        else:
            raise Conflict(_("This can no longer be undone; an editor may withdraw it instead."), code="too_late")
    recording.decide(
        proposal=held,
        revision=last.revision,
        verb=Decision.Verb.UNDO,
        to_state=to_state,
        by=by,
        at=at,
        undoes=last,
    )
    _note(held, by, "review.undone")
    return held


def _person(by: Actor) -> User:
    if by.user is None:
        raise Denied(_("Only a person decides this."), code="not_a_person")
    return by.user


def _note(proposal: Proposal, by: Actor, verb: str) -> None:
    about: dict[str, object] = {"proposal": str(proposal.public_id), "revision": proposal.last_revision}
    with ledger.entry(dossier_id=proposal.dossier_id, actor=by.ref, verb=verb, about=about) as moment:
        if proposal.state == Proposal.State.REJECTED:
            set_aside(proposal=proposal, moment=moment)
        elif verb == "review.undone":
            take_up(proposal=proposal, moment=moment)
