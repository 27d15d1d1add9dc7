"""What may become of a proposal, and what is wrong with a draft. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from apps.review.drafts import AttributionDraft, FigureDraft, SpanDraft

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
DENIABLE = frozenset({"asserts", "presupposes", "concedes", "partly_admits"})


def after(state: str, verb: str) -> str | None:
    """The state that ``verb`` leads to, or ``None`` if it cannot be done from here."""
    return TRANSITIONS.get((state, verb))


def may_approve(*, state: str, repeats_approved: bool) -> bool:
    """What an analyst submitted, or a machine's copy of a statement that is approved already."""
    return state == "submitted" or (state in ("open", "withdrawn") and repeats_approved)


def undone(*, verb: str, from_state: str, to_state: str, state: str) -> str | None:
    """The state before a decision, if it can still be undone: nobody has acted since, and it made no fact."""
    return from_state if verb in UNDOABLE and state == to_state else None


def may_be_denied(stance: str) -> bool:
    """Whether somebody who takes this position takes the claim for true, so that an answer may deny it."""
    return stance in DENIABLE


@dataclass(frozen=True)
class Fault:
    """What is wrong with a draft: a stable code, and where."""

    code: str
    role: str = ""


def faults(draft: AttributionDraft, *, text: str) -> list[Fault]:
    """Why this cannot stand: spans outside the text, of other words or overlapping, no content, times or figures that
    make no sense."""
    found = [*_span_faults(draft.spans, text)]
    if not any(span.role == "content" for span in draft.spans):
        found.append(Fault("no_content"))
    if draft.said_from is not None and draft.said_from > draft.said_until:
        found.append(Fault("said_out_of_order"))
    found += [Fault("figure_wrong") for figure in draft.figures if not _makes_sense(figure)]
    if not _parts_make_sense(draft.figures):
        found.append(Fault("figure_part_wrong"))
    return found


def _span_faults(spans: Sequence[SpanDraft], text: str) -> Iterator[Fault]:
    for span in spans:
        if not 0 <= span.begins < span.ends <= len(text):
            yield Fault("span_outside", span.role)
        elif text[span.begins : span.ends] != span.exact:
            yield Fault("span_words_differ", span.role)
        elif not span.exact.strip():
            yield Fault("span_blank", span.role)
    for role in ("source", "cue", "content"):
        ordered = sorted((s for s in spans if s.role == role), key=lambda s: s.begins)
        if any(a.ends > b.begins for a, b in pairwise(ordered)):
            yield Fault("spans_overlap", role)


def _makes_sense(figure: FigureDraft) -> bool:
    if figure.comparator == "range":
        return figure.high is not None and 0 <= figure.low < figure.high
    return figure.high is None and figure.low >= 0


def _parts_make_sense(figures: Sequence[FigureDraft]) -> bool:
    """Each part names another figure of the statement, and none is in the end a part of itself."""
    if any(f.part_of is not None and not 0 <= f.part_of < len(figures) for f in figures):
        return False
    try:
        in_order({n: [f.part_of] if f.part_of is not None else [] for n, f in enumerate(figures)})
    except Circular:
        return False
    return True


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


def words(spans: Sequence[SpanDraft], *, role: str) -> tuple[str, ...]:
    """The words of a role as copies share them: white space, case and punctuation do not count."""
    return tuple(w.casefold() for s in spans if s.role == role for w in _WORD.findall(s.exact))


def same_words(a: Sequence[SpanDraft], b: Sequence[SpanDraft], *, role: str) -> bool:
    """Whether two attributions carry the very same words in a role."""
    return words(a, role=role) == words(b, role=role)


LONGEST_MACHINE = 72
"""Characters; with ``machine:`` before it, it has to fit what the ledger keeps of an actor."""


def machine_name(name: str, version: str) -> str:
    """How an extractor is recorded: ``name/version``; a longer one is cut, and told from its like by a hash."""
    whole = f"{name}/{version}"
    if len(whole) <= LONGEST_MACHINE:
        return whole
    told_by = "~" + hashlib.sha256(whole.encode()).hexdigest()[:12]
    return whole[: LONGEST_MACHINE - len(told_by)] + told_by


UNDETERMINED = "und"
_LOOKED_AT = 20_000
_ENGLISH = frozenset(["the", "of", "and", "to", "that", "was", "were", "with", "from", "said"])
_TELLING = 50
"""Words from which on a text shows by its function words whether it is English. They are a sixth of English prose, a
fiftieth of what else is written in Latin letters at most."""
_SURELY, _HARDLY = 0.1, 0.04


def language_of(declared: str, text: str) -> str:
    """The language to read a text in: the one its page declares, as an ISO 639 code, else English.

    Pages declare English, or nothing, over texts in any language, and other languages over English: so letters and
    function words are looked at. What is certainly no English is ``und``, undetermined (ISO 639-2).
    """
    code = re.split("[-_]", declared.strip().lower(), maxsplit=1)[0][:12] or "en"
    looked_at = text[:_LOOKED_AT]
    words = re.findall(r"[^\W\d_]+", looked_at.lower())
    share = sum(word in _ENGLISH for word in words) / len(words) if len(words) >= _TELLING else None
    if code != "en":
        return "en" if share is not None and share >= _SURELY else code
    letters = [character for character in looked_at if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    foreign = 2 * latin < len(letters) or (share is not None and share < _HARDLY)
    return UNDETERMINED if foreign else code
