"""What may become of a proposal, and what is wrong with a draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from apps.review.drafts import AttributionDraft, SpanDraft

K = TypeVar("K", bound=Hashable)

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("withdrawn", "submit"): "submitted",
    ("open", "reject"): "rejected",
    ("returned", "reject"): "rejected",
    ("submitted", "return"): "returned",
    ("submitted", "approve"): "approved",
    ("open", "approve"): "approved",  # a copy of an approved statement only: see ``may_approve``
    ("withdrawn", "approve"): "approved",  # likewise
    ("approved", "withdraw"): "withdrawn",
    ("open", "supersede"): "superseded",
}
UNDOABLE = frozenset({"submit", "reject", "return"})


def after(state: str, verb: str) -> str | None:
    """The state that ``verb`` leads to, or ``None`` if it cannot be done from here."""
    return TRANSITIONS.get((state, verb))


def may_approve(*, state: str, repeats_approved: bool) -> bool:
    """What an analyst submitted, or a machine's copy of a statement that is approved already."""
    return state == "submitted" or (state in ("open", "withdrawn") and repeats_approved)


def undone(*, verb: str, from_state: str, to_state: str, state: str) -> str | None:
    """The state before a decision, if it can still be undone: nobody has acted since, and it made no fact."""
    return from_state if verb in UNDOABLE and state == to_state else None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a draft: a stable code, and where."""

    code: str
    role: str = ""


def faults(draft: AttributionDraft, *, text: str) -> list[Fault]:
    """Why these spans cannot stand: outside the text, other words, overlapping, no content, no cue or source at all."""
    found: list[Fault] = []
    for span in draft.spans:
        if not 0 <= span.begins < span.ends <= len(text):
            found.append(Fault("span_outside", span.role))
        elif text[span.begins : span.ends] != span.exact:
            found.append(Fault("span_words_differ", span.role))
        elif not span.exact.strip():
            found.append(Fault("span_blank", span.role))
    for role in ("source", "cue", "content"):
        ordered = sorted((s for s in draft.spans if s.role == role), key=lambda s: s.begins)
        if any(a.ends > b.begins for a, b in zip(ordered, ordered[1:], strict=False)):
            found.append(Fault("spans_overlap", role))
    if not any(span.role == "content" for span in draft.spans):
        found.append(Fault("no_content"))
    if draft.said_from is not None and draft.said_from > draft.said_until:
        found.append(Fault("said_out_of_order"))
    for figure in draft.figures:
        if figure.low < 0 or (figure.high is not None) != (figure.comparator == "range"):
            found.append(Fault("figure_wrong"))
        elif figure.high is not None and figure.high <= figure.low:
            found.append(Fault("figure_wrong"))
    return found


@dataclass(frozen=True)
class Change:
    """A field that differs between two revisions, in words of the draft."""

    field: str
    before: str
    after: str


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, in the order of ``now``; both map a field's name to what a reader would see."""
    return tuple(
        Change(field, before.get(field, ""), value) for field, value in now.items() if before.get(field, "") != value
    )


class Circular(Exception):
    """Statements relay each other in a circle."""


def in_order(needs: Mapping[K, Sequence[K]]) -> list[K]:
    """Each after all it needs, otherwise as given: the relayer's before the relayed. Raises :class:`Circular`.

    What is needed but not among the keys is left to the caller.
    """
    placed: dict[K, None] = {}
    doing: set[K] = set()

    def place(key: K) -> None:
        if key in placed:
            return
        if key in doing:
            raise Circular(key)
        doing.add(key)
        for need in needs[key]:
            if need in needs:
                place(need)
        doing.discard(key)
        placed[key] = None

    for key in needs:
        place(key)
    return list(placed)


_WORD = re.compile(r"\w+")


def same_words(a: Sequence[SpanDraft], b: Sequence[SpanDraft], *, role: str) -> bool:
    """Whether two attributions carry the very same words in a role, whatever the white space, case or punctuation."""

    def words(spans: Sequence[SpanDraft]) -> list[str]:
        return [w.casefold() for s in spans if s.role == role for w in _WORD.findall(s.exact)]

    return words(a) == words(b)
