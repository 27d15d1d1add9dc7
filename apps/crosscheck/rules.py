"""Where a claim stands, from approved positions alone. Pure: it never says who is right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ASSERTS, DENIES, PARTLY, CONCEDES = "asserts", "denies", "partly_admits", "concedes"
PRESUPPOSES, EVADES, DECLINES, RETRACTS = "presupposes", "evades", "declines", "retracts"
SUBSTANTIVE = frozenset({ASSERTS, DENIES, PARTLY, CONCEDES, RETRACTS})
ATTACKS = frozenset({"rebuts", "undercuts", "contradicts", "contrary"})


class Standing(StrEnum):
    """Where a claim stands."""

    NONE = "none"
    CONCEDED = "conceded"
    PARTLY_CONCEDED = "partly_conceded"
    DIVIDED = "divided"
    RETRACTED = "retracted"
    CONTESTED = "contested"
    DENIED_WITHOUT_ASSERTION = "denied_without_assertion"
    UNANSWERED = "unanswered"
    UNCONTESTED = "uncontested"


@dataclass(frozen=True)
class Held:
    """An approved position: whose it is, and the interval in which it was said (``None``: open towards the past)."""

    statement_id: int
    principal_id: int
    party_id: int | None
    stance: str
    said_from: datetime | None
    said_until: datetime
    retracts: int | None = None


@dataclass(frozen=True)
class Voice:
    """Where one principal stands: the stances of its latest positions; more than one is inconsistent."""

    principal_id: int
    party_id: int | None
    stances: frozenset[str]
    statements: tuple[int, ...]

    @property
    def inconsistent(self) -> bool:
        return len(self.stances & SUBSTANTIVE) > 1


@dataclass(frozen=True)
class Outcome:
    """A standing with the voices it follows from, and the parties that a claim is about and that hold no position."""

    standing: Standing
    voices: tuple[Voice, ...]
    waiting_for: frozenset[int]
    first_said: datetime | None


def later(a: Held, b: Held) -> bool:
    """Whether ``a`` was certainly said after ``b``: only intervals that do not overlap can tell."""
    return a.said_from is not None and a.said_from > b.said_until


def latest(positions: Sequence[Held]) -> tuple[Held, ...]:
    """Those that none of the others is certainly :func:`later` than. Linear: the latest beginning decides for all."""
    newest = max((p.said_from for p in positions if p.said_from is not None), default=None)
    return tuple(p for p in positions if newest is None or newest <= p.said_until)


def voices(positions: Iterable[Held]) -> tuple[Voice, ...]:
    """Each principal's latest. Evading, declining and presupposing never replace an assertion, denial or admission."""
    by_principal: dict[int, list[Held]] = {}
    for position in positions:
        by_principal.setdefault(position.principal_id, []).append(position)
    return tuple(_voice(principal, held) for principal, held in by_principal.items())


def _voice(principal_id: int, held: Sequence[Held]) -> Voice:
    taken_back = {p.retracts for p in held if p.stance == RETRACTS}
    standing = [p for p in held if p.statement_id not in taken_back]
    # Taking back a denial leaves whatever else was said as it was; taking back an assertion is the latest word on it.
    denials = {p.statement_id for p in held if p.stance == DENIES}
    substantive = [p for p in standing if p.stance in SUBSTANTIVE and p.retracts not in denials]
    now = latest(substantive or [p for p in standing if p.stance in SUBSTANTIVE])
    # A retraction with an assertion after it, or beside it, says only that something earlier was taken back.
    if any(p.stance != RETRACTS for p in now):
        now = tuple(p for p in now if p.stance != RETRACTS)
    weak = latest([p for p in standing if p.stance not in SUBSTANTIVE])
    presupposed = tuple(p for p in standing if p.stance == PRESUPPOSES)
    counted = now + presupposed if now else (weak or presupposed)
    return Voice(
        principal_id=principal_id,
        party_id=held[-1].party_id,
        stances=frozenset(p.stance for p in counted),
        statements=tuple(dict.fromkeys(p.statement_id for p in counted)),
    )


def standing(positions: Iterable[Held], *, about: Collection[int], countered_by: Collection[int] = ()) -> Outcome:
    """Where a claim stands, as of the positions given.

    ``about`` are the parties whose conduct the claim is about; ``countered_by`` the principals who argued a counter
    against it (their own words, not an analyst's drawing). The order of the cases is part of the definition. Of a
    principal whose latest positions overlap and disagree each counts, and the voice says that it is inconsistent.
    """
    held = list(positions)
    heard = voices(held)
    present = {voice.party_id for voice in heard}
    waiting = frozenset(party for party in about if party not in present)
    first = min((p.said_until for p in held if p.stance == ASSERTS), default=None)
    return Outcome(_case(held, heard, set(about), set(countered_by), waiting), heard, waiting, first)


def _case(
    held: Sequence[Held], heard: Sequence[Voice], about: set[int], countered_by: set[int], waiting: frozenset[int]
) -> Standing:
    if not held:
        return Standing.NONE
    admission = _admission(heard, about)
    if admission is not None:
        return admission
    if _all_retracted(held, heard):
        return Standing.RETRACTED
    claim_it = {v.principal_id for v in heard if v.stances & {ASSERTS, PRESUPPOSES}}
    deny_it = {v.principal_id for v in heard if DENIES in v.stances}
    if any(a != b for a in claim_it for b in deny_it | countered_by):
        return Standing.CONTESTED
    if deny_it and not any(p.stance == ASSERTS for p in held):
        return Standing.DENIED_WITHOUT_ASSERTION
    if waiting and any(ASSERTS in v.stances for v in heard):
        return Standing.UNANSWERED
    return Standing.UNCONTESTED


def _admission(heard: Sequence[Voice], about: set[int]) -> Standing | None:
    """Case 2: somebody the claim is about concedes it, wholly or in part, alone or against their own side's denial."""
    admitting = [v for v in heard if v.party_id in about and v.stances & {CONCEDES, PARTLY}]
    for voice in admitting:
        others = (v for v in heard if v.party_id == voice.party_id and v.principal_id != voice.principal_id)
        if any(DENIES in v.stances for v in others):
            return Standing.DIVIDED
    if any(CONCEDES in v.stances for v in admitting):
        return Standing.CONCEDED
    return Standing.PARTLY_CONCEDED if admitting else None


def _all_retracted(held: Sequence[Held], heard: Sequence[Voice]) -> bool:
    """Case 3: there were assertions, and each principal that made one took it back and does not claim it again."""
    asserters = {p.principal_id for p in held if p.stance == ASSERTS}
    denials = {p.statement_id for p in held if p.stance == DENIES}
    retracting = {p.principal_id for p in held if p.stance == RETRACTS and p.retracts not in denials}
    claiming = {v.principal_id for v in heard if v.stances & {ASSERTS, PARTLY, CONCEDES}}
    return bool(asserters) and asserters <= retracting - claiming


@dataclass(frozen=True)
class Change:
    """A principal that certainly said one thing and later another on the same claim."""

    principal_id: int
    before: Held
    after: Held


def changes(positions: Iterable[Held]) -> tuple[Change, ...]:
    """Principals whose latest position differs from the one before it, those that changed last first.

    Only what is certainly later counts, and only where neither end is inconsistent: an overlap tells no order.
    """
    by_principal: dict[int, list[Held]] = {}
    for position in positions:
        if position.stance in SUBSTANTIVE:
            by_principal.setdefault(position.principal_id, []).append(position)
    found = []
    for principal_id, held in by_principal.items():
        now = latest(held)
        starts = [p.said_from for p in now if p.said_from is not None]
        # Certainly before all of them: with one open towards the past, nothing is.
        before_all = min(starts) if len(starts) == len(now) else None
        earlier = latest([p for p in held if before_all is not None and p.said_until < before_all])
        if len({p.stance for p in now}) == 1 == len({p.stance for p in earlier}) and now[0].stance != earlier[0].stance:
            found.append(Change(principal_id, before=earlier[-1], after=min(now, key=lambda p: p.said_until)))
    return tuple(sorted(found, key=lambda change: change.after.said_until, reverse=True))


def party_mark(heard: Iterable[Voice], party_id: int | None) -> tuple[str, ...]:
    """The stances of a party's voices, strongest first, for its cell in the overview; empty when it holds none."""
    order = (CONCEDES, PARTLY, ASSERTS, DENIES, RETRACTS, PRESUPPOSES, EVADES, DECLINES)
    held = {stance for voice in heard if voice.party_id == party_id for stance in voice.stances}
    return tuple(stance for stance in order if stance in held)


@dataclass(frozen=True)
class Origins:
    """How many independent origins stand behind a claim, of how many articles; unknown lineage counts as none."""

    known: int
    articles: int
    unknown: int


def origins(article_origins: Mapping[int, int | None]) -> Origins:
    """From the origin of each article, ``None`` where it is unknown."""
    known = {origin for origin in article_origins.values() if origin is not None}
    unknown = sum(1 for origin in article_origins.values() if origin is None)
    return Origins(known=len(known), articles=len(article_origins), unknown=unknown)
