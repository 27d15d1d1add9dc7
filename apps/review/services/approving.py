"""Where facts come from: an editor approves what others submitted, atomically, the relayer's before the relayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.claims import services as claims
from apps.claims.models import Claim
from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers.models import Dossier, Party
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.drafts import AliasDraft, AttributionDraft, ClaimDraft, SourceDraft
from apps.review.models import Decision, Link, Proposal, Revision
from apps.review.permissions import check_can_check
from apps.review.services import recording
from apps.review.services.carrying import Foreseen, follow_up, foresee
from apps.sources import services as sources
from apps.sources.models import Alias, Source
from apps.sources.services import Name
from apps.statements import services as statements
from apps.statements.models import Attribution, Statement
from apps.statements.services import Words

MOST_AT_ONCE = 200


@dataclass
class _Batch:
    """What is being approved: each proposal with the revision that counts, and whatever they need."""

    by: Actor
    at: datetime
    proposals: dict[int, Proposal] = field(default_factory=dict)
    revisions: dict[int, Revision] = field(default_factory=dict)
    links: dict[int, list[Link]] = field(default_factory=dict)
    foreseen: dict[int, Foreseen] = field(default_factory=dict)


def approve(*, proposal: Proposal, expected_revision: int, by: Actor, at: datetime, note: str = "") -> Proposal:
    """Make a fact of one submitted proposal, with the claims and the source that it brings along."""
    return approve_all(proposals=[(proposal, expected_revision)], by=by, at=at, note=note)[0]


@transaction.atomic
def approve_all(
    *, proposals: Sequence[tuple[Proposal, int]], by: Actor, at: datetime, note: str = ""
) -> list[Proposal]:
    """Approve several of one dossier in one ledger entry; all or none.

    Each comes with the revision number that the editor saw. Raises a refusal that says what stands in the way:
    somebody's own contribution, a change since, a relayer that is not approved, a wrong state.
    """
    if not proposals:
        raise Refusal(_("There is nothing to approve here."), code="nothing_to_approve")
    if len(proposals) > MOST_AT_ONCE:
        raise Refusal(_("At most 200 are approved at once."), code="too_many")
    dossier = _one_dossier(proposals)
    if by.user is None:
        raise Denied(_("Only a person approves."), code="not_a_person")
    batch = _gather(proposals, by=by, at=at)
    check_can_check(user=by.user, dossier=dossier, proposals=list(batch.proposals.values()))
    order = _order(batch)
    for key in order:
        _check_ready(batch.proposals[key], batch)
    _foresee(batch)
    with ledger.entry(
        dossier_id=dossier.pk,
        actor=by.ref,
        verb="review.approved",
        about={"proposals": [str(batch.proposals[key].public_id) for key in order]},
    ) as moment:
        for key in order:
            _materialise(batch.proposals[key], batch, moment)
            recording.decide(
                proposal=batch.proposals[key],
                revision=batch.revisions[key],
                verb=Decision.Verb.APPROVE,
                to_state=Proposal.State.APPROVED,
                by=by,
                at=at,
                note=note,
            )
        for key in order:
            if batch.proposals[key].kind == Proposal.Kind.ATTRIBUTION:
                follow_up(proposal=batch.proposals[key], foreseen=batch.foreseen.get(key), moment=moment, at=at)
    return [batch.proposals[proposal.pk] for proposal, _expected in proposals]


def _one_dossier(proposals: Sequence[tuple[Proposal, int]]) -> Dossier:
    ids = {proposal.dossier_id for proposal, _expected in proposals}
    if len(ids) != 1:
        raise Refusal(_("Only proposals of one dossier are approved together."), code="several_dossiers")
    # Before all other locks: a machine that reads a later text of an article meanwhile has to see what is approved.
    return Dossier.objects.select_for_update(no_key=True).get(pk=ids.pop())


def _foresee(batch: _Batch) -> None:
    """What is approved in an earlier text of its article is carried over to the newest one."""
    for key, proposal in batch.proposals.items():
        if proposal.kind == Proposal.Kind.ATTRIBUTION:
            foreseen = foresee(proposal, batch.revisions[key])
            if foreseen is not None:
                batch.foreseen[key] = foreseen


def _gather(proposals: Sequence[tuple[Proposal, int]], *, by: Actor, at: datetime) -> _Batch:
    """Lock what is to be approved and the pending claims and sources it brings along, in the order of their keys."""
    expected = {proposal.pk: revision for proposal, revision in proposals}
    asked = {p.pk: p for p, _expected in proposals}
    needed: set[int] = set(asked)
    for proposal in asked.values():
        revision = Revision.objects.filter(proposal=proposal).order_by("-number").first()
        if revision is None:
            continue
        if revision.source_proposal_id:
            needed.add(revision.source_proposal_id)
        needed.update(
            Link.objects.filter(revision=revision, claim_proposal__isnull=False).values_list(
                "claim_proposal_id", flat=True
            )
        )
    batch = _Batch(by=by, at=at)
    rows = (
        Proposal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("dossier", "rendition", "copy_of", "twin_of__attribution", "article")
        .filter(pk__in=needed)
        .order_by("pk")
    )
    for row in rows:
        if row.pk in expected and row.last_revision != expected[row.pk]:
            raise Conflict(_("Somebody changed this since you opened it. Look at it again."), code="changed_meanwhile")
        if row.pk not in asked and row.state == Proposal.State.APPROVED:
            continue  # its fact exists
        batch.proposals[row.pk] = row
        batch.revisions[row.pk] = recording.latest(row)
    for link in Link.objects.filter(revision__in=list(batch.revisions.values())).select_related(
        "claim", "claim_proposal", "retracts", "against"
    ):
        batch.links.setdefault(link.revision_id, []).append(link)
    return batch


def _needs(key: int, batch: _Batch) -> list[int]:
    revision, proposal = batch.revisions[key], batch.proposals[key]
    needs = [revision.source_proposal_id, revision.relayed_by_id, proposal.copy_of_id]
    needs += [link.claim_proposal_id for link in batch.links.get(revision.pk, [])]
    return [need for need in needs if need is not None]


def _order(batch: _Batch) -> list[int]:
    try:
        return rules.in_order({key: _needs(key, batch) for key in batch.proposals})
    except rules.Circular as error:
        raise Refusal(_("These statements relay each other in a circle."), code="circular_relay") from error


def _check_ready(proposal: Proposal, batch: _Batch) -> None:
    revision = batch.revisions[proposal.pk]
    original = proposal.copy_of
    repeats = original is not None and (original.state == "approved" or original.pk in batch.proposals)
    if not rules.may_approve(state=proposal.state, repeats_approved=repeats):
        recording.check_possible(proposal, "return")  # names the state, unless it is merely open
        raise Conflict(_("An analyst has to accept this first."), code="wrong_state")
    outer = revision.relayed_by
    if outer is not None and outer.pk not in batch.proposals and outer.state != Proposal.State.APPROVED:
        raise Conflict(
            _("It is relayed by a statement that is not approved: approve that first."), code="relayer_first"
        )
    first = proposal.twin_of
    if first is not None and first.state != Proposal.State.APPROVED:
        raise Conflict(
            _("It stands for a statement of an earlier version that is not approved."), code="original_first"
        )
    if original is not None and original.pk not in batch.proposals and original.state != Proposal.State.APPROVED:
        raise Conflict(_("It repeats a statement that is not approved: approve that first."), code="original_first")


def _materialise(proposal: Proposal, batch: _Batch, moment: ledger.Moment) -> None:
    revision = batch.revisions[proposal.pk]
    links = batch.links.get(revision.pk, [])
    match proposal.kind:
        case Proposal.Kind.CLAIM:
            draft = ClaimDraft.read(revision.body)
            about = Party.objects.in_dossier(proposal.dossier_id).current().filter(pk__in=draft.about)
            proposal.claim = claims.record_claim(moment=moment, text=draft.text, about=about)
        case Proposal.Kind.SOURCE:
            proposal.source = _source(revision, moment)
        case Proposal.Kind.ALIAS:
            alias = AliasDraft.read(revision.body)
            assert revision.source is not None
            proposal.alias = sources.record_alias(
                moment=moment, source=revision.source, name=Name(alias.name, alias.form, alias.language)
            )
        case Proposal.Kind.COUNTER:
            (link,) = links
            assert link.claim is not None
            assert link.against is not None
            proposal.counter = claims.record_counter(
                moment=moment, claim=link.claim, against=link.against, kind=link.counter_kind, made_by=None
            )
        case _:
            _attribution(proposal, revision, links, batch, moment)


def _source(revision: Revision, moment: ledger.Moment) -> Source:
    draft = SourceDraft.read(revision.body)
    return sources.record_source(
        moment=moment,
        kind=draft.kind,
        preferred=Name(draft.name, draft.form),
        names=[Name(name.name, name.form, name.language) for name in draft.names],
        party=revision.party,
        institution=revision.principal,
        role=draft.role,
        since=draft.since,
        until=draft.until,
    )


def _attribution(
    proposal: Proposal, revision: Revision, links: Sequence[Link], batch: _Batch, moment: ledger.Moment
) -> None:
    draft = AttributionDraft.read(revision.body)
    assert proposal.rendition is not None
    original = batch.proposals.get(proposal.copy_of_id or 0, proposal.copy_of)
    first: Attribution | None = None
    if original is not None:
        assert original.statement_id is not None
        # Who said it is known from the original, whatever was made of the mention here.
        statement = Statement.objects.select_related("source").get(pk=original.statement_id)
        first = _first(proposal, statement)
        is_copy = first.is_copy if first is not None else _is_copy(draft, original)
    else:
        source = _resolved_source(revision, batch)
        statement, is_copy = _statement(revision, draft, source, batch, moment), False
    proposal.statement = statement
    proposal.attribution = statements.attribute(
        moment=moment,
        statement=statement,
        rendition=proposal.rendition,
        quotation=draft.quotation,
        alias=_alias(revision, draft, statement.source, moment),
        spans=[Words(s.role, s.begins, s.ends, s.exact, s.prefix, s.suffix) for s in draft.spans],
        is_copy=is_copy,
        twin_of=first,
    )
    if original is not None:
        return
    for link in links:
        _position(link, statement, batch, moment)
    claims.record_figures(
        moment=moment,
        statement=statement,
        numbers=[
            claims.Number(f.measure, f.comparator, f.low, f.high, f.of_whom, f.counting, f.part_of)
            for f in draft.figures
        ],
    )


def _first(proposal: Proposal, statement: Statement) -> Attribution | None:
    """The attribution of the same in an earlier version of the article, whoever says that this one repeats it."""
    if proposal.twin_of is not None:
        return proposal.twin_of.attribution
    held = Attribution.objects.current().filter(statement=statement, article=proposal.article_id)
    here = held.filter(rendition=proposal.rendition_id).values("twin_of")
    earlier = (
        held.firsts().filter(rendition__lt=proposal.rendition_id).exclude(pk__in=here.filter(twin_of__isnull=False))
    )
    return earlier.order_by("pk").first()


def _is_copy(draft: AttributionDraft, original: Proposal) -> bool:
    """Word for word what the original carries, in any of its revisions; else another's own report of the statement."""
    drafts = (AttributionDraft.read(body) for body in original.revisions.values_list("body", flat=True))
    return any(rules.same_words(draft.spans, other.spans, role="content") for other in drafts)


def _resolved_source(revision: Revision, batch: _Batch) -> Source:
    pending = revision.source_proposal
    if pending is not None:
        pending = batch.proposals.get(pending.pk, pending)
        assert pending.source is not None
        return pending.source
    if revision.source is None:
        raise Refusal(_("Nobody has resolved who said this."), code="no_source")
    if not revision.source.is_current:
        raise Conflict(_("The source was withdrawn meanwhile."), code="source_withdrawn")
    return revision.source


def _alias(revision: Revision, draft: AttributionDraft, source: Source, moment: ledger.Moment) -> Alias | None:
    if draft.learn is not None:
        return sources.record_alias(
            moment=moment, source=source, name=Name(draft.learn.name, draft.learn.form, draft.learn.language)
        )
    return revision.alias if revision.alias and revision.alias.source_id == source.pk else None


def _statement(
    revision: Revision, draft: AttributionDraft, source: Source, batch: _Batch, moment: ledger.Moment
) -> Statement:
    relayer: Statement | None = None
    if revision.relayed_by is not None:
        outer = batch.proposals.get(revision.relayed_by.pk, revision.relayed_by)
        assert outer.statement_id is not None
        relayer = Statement.objects.get(pk=outer.statement_id)
    return statements.record_statement(
        moment=moment,
        source=source,
        principal=revision.principal or source,
        kind=draft.kind,
        channel=draft.channel,
        said_from=draft.said_from,
        said_until=draft.said_until,
        relayed_by=relayer,
    )


def _position(link: Link, statement: Statement, batch: _Batch, moment: ledger.Moment) -> None:
    claim = _claim(link, batch)
    if not claim.is_current:
        raise Conflict(_("A claim was withdrawn meanwhile."), code="claim_withdrawn")
    if link.stance:
        claims.take_position(
            moment=moment, statement=statement, claim=claim, stance=link.stance, retracts=link.retracts
        )
    if link.against is not None:
        claims.record_counter(
            moment=moment, claim=claim, against=link.against, kind=link.counter_kind, made_by=statement
        )


def _claim(link: Link, batch: _Batch) -> Claim:
    if link.claim is not None:
        return link.claim
    assert link.claim_proposal is not None
    pending = batch.proposals.get(link.claim_proposal.pk, link.claim_proposal)
    assert pending.claim is not None
    return pending.claim
