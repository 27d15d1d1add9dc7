"""Where a text comes from, as far as it can be told. Pure.

An article that comes in is compared with those that carry much the same text, and :func:`settle` says what follows for
it and for them: which origin they share, what it is called, and who most likely copied from whom. What a person decided
(an article put with an origin, or parted from one) is given and never undone here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Final

from apps.articles.credits import same_agency

MOSTLY: Final = 0.5
"""The part of a text from which on another that has it can be where all of it comes from."""
CLOSER: Final = 0.02
"""By so much more of a text another must have to be the likelier one that it was copied from."""

CREDIT, SAME_TEXT, OWN, PERSON = "credit", "same_text", "own", "person"


class Named(IntEnum):
    """What an origin's name rests on, the weakest first."""

    FIRST_SEEN = 0
    SIGNED = 1
    CREDITED = 2
    BY_PERSON = 3


@dataclass(frozen=True)
class Known:
    """An origin as it is known so far."""

    label: str
    named: Named


@dataclass(frozen=True)
class Text:
    """An article as far as its lineage goes. ``first`` is when it was published, or else preserved.

    ``grounds`` is empty while its origin is unknown; ``parted`` are the origins that a person parted it from.
    """

    article_id: int
    first: datetime
    outlet: str = ""
    credit: str = ""
    signed: bool = False
    origin_id: int | None = None
    grounds: str = ""
    copied_from: int | None = None
    share: float = 1.0
    parted: frozenset[int] = frozenset()

    @property
    def order(self) -> tuple[datetime, int]:
        """Who comes first; of two on one day whichever was taken in first."""
        return (self.first, self.article_id)

    def comes_before(self, other: Text) -> bool:
        return self.order < other.order


@dataclass(frozen=True)
class Carrier:
    """Another article with much the same text: ``has`` is the share of the newcomer's text that it has too,
    ``had`` the share of its own that the newcomer has."""

    text: Text
    has: float
    had: float


@dataclass(frozen=True)
class Place:
    """What is to be recorded of one article: that it carries the settled origin's text, and why."""

    article_id: int
    grounds: str
    copied_from: int | None = None
    share: float = 1.0


@dataclass(frozen=True)
class Settled:
    """What follows from an article's coming in.

    ``origin_id`` is an origin that is known, or ``None`` for a new one; ``label`` what it is called from now on, empty
    if that stays; ``places`` are the articles whose lineage changes; all others of the origins ``absorbed`` go along.
    """

    origin_id: int | None
    label: str
    places: tuple[Place, ...]
    absorbed: tuple[int, ...] = ()


def settle(newcomer: Text, carriers: Sequence[Carrier], known: Mapping[int, Known]) -> Settled | None:
    """The same text has the same origin, and a credit line is the strongest sign of whose it is.

    Then comes a signature, then who had the text first; an article of which none of this can be said is of unknown
    origin, which counts as none: ``None``. ``known`` has every origin that the carriers and the newcomer have.
    """
    target = _target(newcomer, carriers, known)
    absorbed = _absorbed(newcomer, carriers, known, target)
    ours = {target, *absorbed}
    together = [c for c in carriers if _goes_along(c.text, ours, target)]
    earlier = [c for c in together if c.text.comes_before(newcomer)]
    if target is None and not (newcomer.credit or together or (newcomer.signed and newcomer.outlet)):
        return None
    label = _label(newcomer, together, known.get(target) if target is not None else None)
    parent = _parent(earlier)
    places = [_place(newcomer, parent, target)] if newcomer.grounds != PERSON else []
    places += _others(newcomer, together, carriers)
    held = {text.article_id: text for text in (newcomer, *(c.text for c in together))}
    changed = [place for place in places if not _holds(held[place.article_id], place, target)]
    if not changed and not label and not absorbed:
        return None
    return Settled(target, label, tuple(changed), absorbed)


def _parent(earlier: Sequence[Carrier]) -> Carrier | None:
    """Whom a text was most likely copied from: whoever has most of it, and of those that have as much the first."""
    most = max((c.has for c in earlier), default=0.0)
    return min((c for c in earlier if c.has >= most - CLOSER), key=lambda c: c.text.order, default=None)


def _ordinal(text: Text) -> tuple[float, int]:
    return (text.first.timestamp(), text.article_id)


def _target(newcomer: Text, carriers: Iterable[Carrier], known: Mapping[int, Known]) -> int | None:
    """The origin whose text the newcomer has, if one is known: that of its credit first, else of the closest text."""
    if newcomer.grounds == PERSON:
        return newcomer.origin_id
    options: dict[int, tuple[object, ...]] = {}
    for carrier in carriers:
        origin = carrier.text.origin_id
        if origin is None or origin in newcomer.parted or not _can_be(newcomer, carrier, known[origin]):
            continue
        alike = max(carrier.has, carrier.had) >= MOSTLY
        agrees = bool(newcomer.credit) and same_agency(known[origin].label, newcomer.credit)
        first, number = _ordinal(carrier.text)
        rank = (agrees, alike and known[origin].named >= Named.CREDITED, carrier.has, -first, -number)
        options[origin] = max(options.get(origin, rank), rank)
    own = newcomer.origin_id
    if own is not None and not any(
        rank[0] or (rank[1] and known[own].named < Named.CREDITED) for rank in options.values()
    ):
        return own
    return max(options, key=lambda origin: options[origin], default=own)


def _can_be(newcomer: Text, carrier: Carrier, origin: Known) -> bool:
    """Whether an article with its credit can carry this origin's text: where the names differ, it must mostly do so."""
    if not newcomer.credit or same_agency(origin.label, newcomer.credit):
        return True
    if origin.named == Named.FIRST_SEEN:
        return max(carrier.has, carrier.had) >= MOSTLY
    return carrier.has >= MOSTLY


def _absorbed(
    newcomer: Text, carriers: Iterable[Carrier], known: Mapping[int, Known], target: int | None
) -> tuple[int, ...]:
    """Origins that turn out to be the target: what was taken for their beginning is mostly in the earlier newcomer."""
    if target is None:
        return ()
    found = set()
    for carrier in carriers:
        text = carrier.text
        begins_it = text.origin_id is not None and text.copied_from is None and text.grounds != PERSON
        if begins_it and newcomer.comes_before(text) and carrier.had >= MOSTLY and target not in text.parted:
            found.add(text.origin_id)
    if newcomer.origin_id is not None and newcomer.copied_from is None and newcomer.grounds != PERSON:
        found.add(newcomer.origin_id)
    others = (origin for origin in found if origin is not None and origin != target)
    return tuple(sorted(origin for origin in others if _may_be(known[origin], known[target])))


def _may_be(one: Known, other: Known) -> bool:
    """Whether one origin can be another: not where each has a name of its own that is more than a first sight."""
    return one.named < Named.CREDITED or (one.named == Named.CREDITED and same_agency(one.label, other.label))


def _goes_along(text: Text, ours: set[int | None], target: int | None) -> bool:
    if text.origin_id is None:
        return target is None or target not in text.parted
    return text.origin_id in ours


def _label(newcomer: Text, together: Sequence[Carrier], origin: Known | None) -> str:
    """What the origin is called from now on; empty if it keeps the name it has."""
    first = min((newcomer, *(c.text for c in together)), key=lambda text: text.order)
    if origin is None:
        return newcomer.credit or first.outlet
    if origin.named >= Named.CREDITED or newcomer.grounds == PERSON:
        return ""
    if newcomer.credit:
        return "" if origin.label == newcomer.credit else newcomer.credit
    takes_the_lead = first is newcomer and any(c.text.copied_from is None and c.text.grounds for c in together)
    return newcomer.outlet if takes_the_lead and newcomer.outlet != origin.label else ""


def _place(newcomer: Text, parent: Carrier | None, target: int | None) -> Place:
    """The newcomer's own lineage."""
    copied_from, share = (parent.text.article_id, parent.has) if parent else (None, 1.0)
    stays = newcomer.origin_id is not None and newcomer.origin_id == target
    if stays and parent is None:
        copied_from, share = newcomer.copied_from, newcomer.share
    if newcomer.credit:
        own = bool(newcomer.outlet) and same_agency(newcomer.credit, newcomer.outlet)
        grounds = OWN if own else CREDIT
    elif newcomer.signed and newcomer.outlet and copied_from is None:
        grounds = OWN
    else:
        grounds = newcomer.grounds if stays and newcomer.grounds != OWN else SAME_TEXT
    return Place(newcomer.article_id, grounds, copied_from, share)


def _others(newcomer: Text, together: Iterable[Carrier], carriers: Iterable[Carrier]) -> list[Place]:
    """Those whose lineage was unknown until now, or who more likely copied from the newcomer."""
    order = {c.text.article_id: c.text.order for c in carriers}
    places = []
    for carrier in together:
        text = carrier.text
        if text.grounds == PERSON:
            continue
        place = Place(text.article_id, text.grounds or SAME_TEXT, text.copied_from, text.share)
        if newcomer.comes_before(text) and _is_likelier(newcomer, carrier, order):
            place = replace(place, copied_from=newcomer.article_id, share=carrier.had)
            if place.grounds == OWN and not text.credit:
                place = replace(place, grounds=SAME_TEXT)
        places.append(place)
    return places


def _is_likelier(newcomer: Text, carrier: Carrier, order: Mapping[int, tuple[datetime, int]]) -> bool:
    """Whether a later article copied from the newcomer rather than from whom it was thought to."""
    text = carrier.text
    if text.copied_from is None or text.copied_from == newcomer.article_id:
        return True
    if carrier.had > text.share + CLOSER:
        return True
    present = order.get(text.copied_from)
    return present is not None and carrier.had >= text.share and newcomer.order < present


def _holds(text: Text, place: Place, target: int | None) -> bool:
    """Whether this is recorded already."""
    recorded = (text.origin_id, text.grounds, text.copied_from, round(text.share, 4))
    return target is not None and recorded == (target, place.grounds, place.copied_from, round(place.share, 4))
