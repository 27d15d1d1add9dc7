"""What the demo people decided about the articles, applied through the services of review.

A decision is found again by the words it is about, so that a run that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Rendition
from apps.claims.models import Claim, Counter, Wording
from apps.dossiers.models import Dossier, Party
from apps.pipeline.demonstration.setting_up import article_of, parties_of, sources_of
from apps.review.drafts import AttributionDraft, ClaimDraft, CounterDraft, FigureDraft, SpanDraft
from apps.review.models import Link, Proposal, Revision
from apps.review.services import approving, judging
from apps.review.services.judging import Filled, Taken
from apps.sources.models import Source
from apps.statements.models import Statement
from demo import data, shapes
from demo.spans import Located, locate, match

PROPOSED, SUBMITTED = Proposal.State.OPEN, Proposal.State.SUBMITTED


@dataclass
class Session:
    """A dossier's review under way. ``decided`` maps the key of a decision to the proposal it is about."""

    dossier: Dossier
    users: Mapping[str, User]
    review: shapes.Review
    articles: Mapping[str, shapes.Article]
    sources: Mapping[str, Source]
    parties: Mapping[str, Party]
    decided: dict[str, Proposal] = field(default_factory=dict)

    def actor(self, key: str | None) -> Actor:
        return Actor.person(self.users[key or ""])


def begin(dossier: Dossier, users: Mapping[str, User]) -> Session:
    """The review of a dossier whose articles are in."""
    return Session(
        dossier=dossier,
        users=users,
        review=data.review(dossier.slug),
        articles={article.slug: article for article in data.articles(dossier.slug)},
        sources=sources_of(dossier, data.load(dossier.slug)),
        parties=parties_of(dossier),
    )


def apply(session: Session) -> None:
    """Every decision in its order, then the counters, the copies, and what was left over in a finished article."""
    for decision in session.review.decisions:
        _decide(session, decision)
    for counter in session.review.counters:
        _draw(session, counter)
    for copy in session.review.copies:
        _approve_copies(session, copy)
    for finished in session.review.finished:
        _set_the_rest_aside(session, finished)


def _rendition(session: Session, slug: str) -> Rendition:
    article = article_of(session.dossier, session.articles[slug])
    assert article is not None, f"{slug} is not in"
    return Rendition.objects.filter(article=article).latest("pk")


def _decide(session: Session, decision: shapes.Decided) -> None:
    rendition = _rendition(session, decision.article)
    located = locate(rendition.text, decision.words)
    proposal = _already(rendition, located) or _machines(rendition, decision)
    if decision.then == "rejected":
        if proposal is not None and proposal.state == PROPOSED:
            _reject(session, proposal, by=decision.by, note=decision.note)
        return
    if proposal is None or proposal.state == PROPOSED:
        proposal = _accept(session, decision, rendition, located, proposal)
    session.decided[decision.key] = proposal
    if proposal.state != SUBMITTED:
        return
    by, seen = session.actor(decision.checked_by or decision.by), proposal.last_revision
    if decision.then == "approved":
        session.decided[decision.key] = approving.approve(
            proposal=proposal, expected_revision=seen, by=by, at=timezone.now(), note=decision.note
        )
    elif decision.then == "returned":
        judging.send_back(proposal=proposal, expected_revision=seen, by=by, at=timezone.now(), note=decision.note)


def _proposals(rendition: Rendition) -> list[tuple[Proposal, Located | None, bool]]:
    """The article's proposals, where their words stand as last revised, and whether a person has revised them."""
    rows = Proposal.objects.attributions().select_related("dossier", "rendition").filter(rendition=rendition)
    latest = Revision.objects.filter(proposal__in=rows, number=F("proposal__last_revision"))
    revisions = {revision.proposal_id: revision for revision in latest}
    return [
        (row, _located(AttributionDraft.read(revisions[row.pk].body)), revisions[row.pk].author_id is not None)
        for row in rows.order_by("pk")
    ]


def _located(draft: AttributionDraft) -> Located | None:
    parts = {
        role: [(span.begins, span.ends) for span in draft.spans if span.role == role]
        for role in ("source", "cue", "content")
    }
    if not parts["content"] or not parts["cue"]:
        return None
    nowhere = parts["cue"][0][:1] * 2
    return Located(source=(parts["source"] or [nowhere])[0], cue=parts["cue"][0], content=tuple(parts["content"]))


def _already(rendition: Rendition, located: Located) -> Proposal | None:
    """The proposal that a person gave these very words."""
    for proposal, place, by_hand in _proposals(rendition):
        if by_hand and place == located:
            return proposal
    return None


def _machines(rendition: Rendition, decision: shapes.Decided) -> Proposal | None:
    """What the machine proposed of these words, if it did."""
    rows = [
        (proposal, place)
        for proposal, place, by_hand in _proposals(rendition)
        if place is not None and not by_hand and proposal.state == PROPOSED
    ]
    number = match(rendition.text, decision, [place for _proposal, place in rows])
    return None if number is None else rows[number][0]


def _accept(
    session: Session, decision: shapes.Decided, rendition: Rendition, located: Located, proposal: Proposal | None
) -> Proposal:
    """Submit what the analyst made of it: the machine's proposal mended, or one of their own."""
    assert decision.source is not None
    filled = Filled(
        draft=_draft(session, decision, rendition, located),
        source=session.sources[decision.source],
        principal=session.sources[decision.on_behalf_of] if decision.on_behalf_of else None,
        relayed_by=session.decided[decision.relayed_by] if decision.relayed_by else None,
        repeats=session.decided[decision.repeats] if decision.repeats else None,
        positions=[_taken(session, position, decision) for position in decision.positions],
    )
    by, at = session.actor(decision.by), timezone.now()
    if proposal is None:
        return judging.add(rendition=rendition, filled=filled, by=by, at=at)
    return judging.submit(proposal=proposal, expected_revision=proposal.last_revision, filled=filled, by=by, at=at)


def _draft(session: Session, decision: shapes.Decided, rendition: Rendition, located: Located) -> AttributionDraft:
    text = rendition.text
    extents = [("source", located.source), ("cue", located.cue), *(("content", part) for part in located.content)]
    spans = tuple(SpanDraft.of(text, role=role, begins=begins, ends=ends) for role, (begins, ends) in extents)
    said_from, said_until = _said(session, decision)
    return AttributionDraft(
        spans=spans,
        kind=decision.kind,
        quotation=_quotation(text, located),
        said_from=said_from,
        said_until=said_until,
        channel=decision.channel or "",
        figures=tuple(FigureDraft(f.measure, f.comparator, f.low, f.high, f.of_whom) for f in decision.figures),
    )


def _quotation(text: str, located: Located) -> str:
    """Direct if all of the content stands in quotation marks, mixed if a part does."""
    marks = '“”«»"'
    quoted = [text[begins - 1 : begins] in marks or text[begins] in marks for begins, _ends in located.content]
    if all(quoted):
        return "direct"
    inside = any(mark in text[begins:ends] for begins, ends in located.content for mark in marks)
    return "mixed" if any(quoted) or inside else "indirect"


def _said(session: Session, decision: shapes.Decided) -> tuple[datetime | None, datetime]:
    """The day it names; else any time up to publication."""
    if decision.said_on is None:
        return None, session.articles[decision.article].published
    begins = datetime.combine(decision.said_on, time(), session.dossier.zone)
    ends = begins + timedelta(days=1) - timedelta(seconds=1)
    return begins, min(ends, session.articles[decision.article].published)


def _taken(session: Session, position: shapes.Position, decision: shapes.Decided) -> Taken:
    taken = Taken(stance=position.stance, retracts=_retracted(session, position))
    if position.argued is not None:
        against = _claim(session, position.argued.against, by=decision.by, checked_by=decision.checked_by)
        taken = replace(taken, against=against, counter_kind=position.argued.kind)
    claim, pending = _find_claim(session, position.claim)
    if claim is None and pending is None:
        return replace(taken, new_claim=_claim_draft(session, position.claim))
    return replace(taken, claim=claim, claim_proposal=pending)


def _retracted(session: Session, position: shapes.Position) -> Statement | None:
    if position.retracts is None:
        return None
    return Statement.objects.get(pk=session.decided[position.retracts].statement_id)  # type: ignore[misc]


def _claim_draft(session: Session, key: str) -> ClaimDraft:
    wanted = next(claim for claim in session.review.claims if claim.key == key)
    return ClaimDraft(wanted.wording, about=tuple(session.parties[code].pk for code in wanted.about))


def _find_claim(session: Session, key: str) -> tuple[Claim | None, Proposal | None]:
    """The claim as it is worded in the files; else the proposal of it that waits for an editor; else nothing."""
    text = _claim_draft(session, key).text
    wording = Wording.objects.in_dossier(session.dossier.pk).current().filter(text=text).select_related("claim").first()
    if wording is not None:
        return wording.claim, None
    waiting = Proposal.objects.in_dossier(session.dossier.pk).submitted().filter(kind=Proposal.Kind.CLAIM)
    revision = Revision.objects.select_related("proposal").filter(proposal__in=waiting, body__text=text).first()
    return None, revision.proposal if revision else None


def _claim(session: Session, key: str, *, by: str, checked_by: str | None) -> Claim:
    """The claim as a fact; suggested and approved by itself if nobody has taken a position on it yet."""
    claim, pending = _find_claim(session, key)
    if claim is not None:
        return claim
    if pending is None:
        pending = judging.propose_claim(
            dossier=session.dossier, draft=_claim_draft(session, key), by=session.actor(by), at=timezone.now()
        )
    editor = checked_by or next(person.key for person in data.people() if person.role == "editor")
    approved = approving.approve(
        proposal=pending, expected_revision=pending.last_revision, by=session.actor(editor), at=timezone.now()
    )
    assert approved.claim is not None
    return approved.claim


def _draw(session: Session, drawn: shapes.Counter) -> None:
    one = _claim(session, drawn.claim, by=drawn.by, checked_by=drawn.checked_by)
    other = _claim(session, drawn.against, by=drawn.by, checked_by=drawn.checked_by)
    if Counter.objects.current().filter(claim=one, against=other, kind=drawn.kind, made_by=None).exists():
        return
    link = (
        Link.objects.filter(claim=one, against=other, counter_kind=drawn.kind, stance="")
        .select_related("revision__proposal")
        .first()
    )
    proposal = (
        link.revision.proposal
        if link is not None
        else judging.propose_counter(
            claim=one,
            against=other,
            kind=drawn.kind,
            draft=CounterDraft(),
            by=session.actor(drawn.by),
            at=timezone.now(),
        )
    )
    if drawn.then == "approved" and proposal.state == SUBMITTED:
        approving.approve(
            proposal=proposal,
            expected_revision=proposal.last_revision,
            by=session.actor(drawn.checked_by),
            at=timezone.now(),
        )


def _approve_copies(session: Session, copy: shapes.CopyDecided) -> None:
    rendition = _rendition(session, copy.article)
    rows = Proposal.objects.attributions().filter(
        rendition=rendition, state=PROPOSED, copy_of__state=Proposal.State.APPROVED
    )
    seen = [(row, row.last_revision) for row in rows.order_by("pk")]
    if seen:
        approving.approve_all(proposals=seen, by=session.actor(copy.checked_by), at=timezone.now())


def _set_the_rest_aside(session: Session, finished: shapes.Finished) -> None:
    rendition = _rendition(session, finished.article)
    rest: Sequence[Proposal] = list(
        Proposal.objects.attributions()
        .select_related("dossier")
        .filter(rendition=rendition, state=PROPOSED)
        .order_by("pk")
    )
    for proposal in rest:
        _reject(session, proposal, by=finished.by, note=finished.note)


def _reject(session: Session, proposal: Proposal, *, by: str, note: str) -> None:
    judging.reject(
        proposal=proposal,
        expected_revision=proposal.last_revision,
        by=session.actor(by),
        at=timezone.now(),
        note=note,
    )
