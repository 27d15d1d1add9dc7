"""What the card tells of the machine that proposed a statement: which it was, and what it takes it to answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from apps.review import rules
from apps.review.card import DeskArticle, Item
from apps.review.models import Decision, Proposal
from apps.review.reading import ClaimShown

DENY = "deny:"
"""Begins what the button sends that takes a suggestion: ``deny:C-0007``."""
KEY = "r"
DECIDED = frozenset({Proposal.State.SUBMITTED, Proposal.State.APPROVED})


@dataclass(frozen=True)
class Provenance:
    """Who proposed a statement and how. ``confidence`` orders this machine's own proposals, and is no probability."""

    machine: str
    pattern: str
    confidence: float | None
    resolution: str


@dataclass(frozen=True)
class Suggestion:
    """A claim that the statement may deny, as what it answers takes it for true. ``key`` is that of the first."""

    claim: ClaimShown
    sends: str
    taken: bool
    key: str = ""


@dataclass(frozen=True)
class AnswerView:
    """A statement that this one most likely answers, and why."""

    item: Item
    who: str
    reason: str
    suggestions: tuple[Suggestion, ...]


def provenance(item: Item | None, decisions: Collection[Decision]) -> Provenance | None:
    """``None`` for what a person marked by hand."""
    proposed = next((d for d in decisions if d.verb == Decision.Verb.PROPOSE and d.machine), None)
    if item is None or proposed is None:
        return None
    draft = item.reading.draft
    return Provenance(proposed.machine, draft.pattern, draft.confidence, draft.resolution)


def answered_claims(desk: DeskArticle, item: Item | None) -> tuple[ClaimShown, ...]:
    """The claims that the statement may deny, likeliest first: those that what it answers takes for true."""
    found = {claim.value: claim for _other, _reason, claims in _answered(desk, item) for claim in claims}
    return tuple(found.values())


def answers(desk: DeskArticle, item: Item | None, *, denied: Collection[str]) -> tuple[AnswerView, ...]:
    """What the statement most likely answers, likeliest first; ``denied`` are the claims that the card denies now."""
    views: list[AnswerView] = []
    keys = iter([KEY])
    for other, reason, claims in _answered(desk, item):
        suggestions = tuple(
            Suggestion(
                claim,
                sends=f"{DENY}{claim.value}",
                taken=claim.value in denied,
                key="" if claim.value in denied else next(keys, ""),
            )
            for claim in claims
        )
        who = other.reading.source.name if other.reading.source else other.reading.mention
        views.append(AnswerView(other, who, reason, suggestions))
    return tuple(views)


def _answered(desk: DeskArticle, item: Item | None) -> Iterator[tuple[Item, str, tuple[ClaimShown, ...]]]:
    for answer in item.reading.draft.answers if item is not None else ():
        other = desk.item(answer.proposal)
        if other is None or other.proposal.state == Proposal.State.REJECTED:
            continue  # replaced by a newer proposal, or no statement at all
        claims = (p.claim for p in other.reading.positions if rules.may_be_denied(p.stance))
        yield other, answer.reason, tuple(claims) if other.proposal.state in DECIDED else ()
