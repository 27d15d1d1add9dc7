"""What the data files hold, as frozen values.

Keys (`source`, `claim`, `decision`, `person`) are names that these files use among themselves; they are not
public ids of the application. Times carry their offset; days have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

ALIAS_FORMS = frozenset({"official", "short", "transliterated", "acronym", "metonym", "role"})
SOURCE_KINDS = frozenset({"person", "office", "institution", "state", "group", "medium"})
ROLES = frozenset({"reader", "analyst", "editor", "manager"})
STANCES = frozenset({"asserts", "denies", "partly_admits", "concedes", "presupposes", "evades", "declines", "retracts"})
COUNTER_KINDS = frozenset({"rebuts", "undercuts", "contradicts", "contrary", "supports", "instance_of", "supersedes"})
COMPARATORS = frozenset({"exactly", "at_least", "at_most", "about", "range"})
MEASURES = frozenset({"killed", "wounded", "displaced", "detained", "missing", "other"})
KINDS = frozenset(
    {
        "assertion", "denial", "accusation", "acknowledgement", "justification", "appeal", "no_comment", "retraction",
        "designation",
    }
)  # fmt: skip
OUTCOMES = frozenset({"approved", "submitted", "returned", "rejected"})


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in to the demonstration, with the same role in every demo dossier."""

    key: str
    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Party:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Alias:
    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Affiliation:
    """``institution`` is a source key; an unknown first or last day is None."""

    institution: str
    role: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Source:
    """The first alias is the official name. ``party`` is None for a source that no side can call its own."""

    key: str
    kind: str
    party: str | None
    aliases: tuple[Alias, ...]
    affiliations: tuple[Affiliation, ...]

    @property
    def name(self) -> str:
        return self.aliases[0].name


@dataclass(frozen=True, slots=True)
class Toponym:
    """``used_by`` is a party code, or None where the name belongs to no side."""

    name: str
    used_by: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    key: str
    kind: str
    toponyms: tuple[Toponym, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    slug: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Dossier:
    slug: str
    title: str
    summary: str
    time_zone: str
    fictional: bool
    parties: tuple[Party, ...]
    sources: tuple[Source, ...]
    places: tuple[Place, ...]
    outlets: tuple[Outlet, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One published item. A copy of a wire has ``copy_of``, the slug of the article it repeats."""

    slug: str
    outlet: str
    headline: str
    summary: str
    byline: str
    section: str
    published: datetime
    paragraphs: tuple[str, ...]
    copy_of: str | None
    note: str

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def path(self) -> str:
        """Where the demo site serves it; the day is that of the place of publication."""
        return f"/{self.outlet}/{self.published:%Y/%m/%d}/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class Claim:
    """``about`` holds party codes."""

    key: str
    wording: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """A relation that the analyst ``by`` drew between two claims: ``claim`` *kind* ``against``."""

    claim: str
    kind: str
    against: str
    by: str
    checked_by: str | None
    then: str


@dataclass(frozen=True, slots=True)
class Argued:
    """A relation that a speaker made: the position's claim *kind* ``against``."""

    against: str
    kind: str


@dataclass(frozen=True, slots=True)
class Position:
    """``retracts`` is the decision whose statement a retraction takes back; every other stance has none."""

    claim: str
    stance: str
    retracts: str | None
    argued: Argued | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number somebody stated; ``high`` closes a range and is None otherwise."""

    measure: str
    comparator: str
    low: int
    high: int | None
    of_whom: str


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words of an attribution's spans, as they stand in the article."""

    source: str
    cue: str
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the demo people did with one attribution.

    ``by`` is the analyst and ``checked_by`` the editor, who acts only where ``then`` is approved or returned; a
    rejection is the analyst's, who finds that it is no statement. ``note`` is the reason given with the decision.
    ``source`` is None only for a rejected one; ``on_behalf_of`` is None where the source speaks for itself.
    ``added`` means that the rule-based extractor does not propose it and the analyst marks it by hand.
    ``relayed_by`` and ``repeats`` are keys of decisions that stand earlier in the file: the statement that relays
    this one, and the statement that this attribution is further evidence of.
    ``said_on`` is None where the words were said on the day of publication, or nothing tells when.
    """

    key: str
    article: str
    content_contains: str
    words: Words
    kind: str
    source: str | None
    on_behalf_of: str | None
    positions: tuple[Position, ...]
    figures: tuple[Figure, ...]
    channel: str | None
    said_on: date | None
    relayed_by: str | None
    repeats: str | None
    added: bool
    by: str
    checked_by: str | None
    then: str
    note: str


@dataclass(frozen=True, slots=True)
class CopyDecided:
    """Every approved attribution of ``of`` whose words the copy ``article`` still carries becomes further evidence."""

    article: str
    of: str
    by: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The analyst ``by`` has been through the article: whatever is still proposed in it is set aside with ``note``."""

    article: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Review:
    """``decisions`` stand in the order in which they were taken, the relayer's before the relayed.

    ``left`` holds the slugs of the articles that nobody has touched: they are for the visitor.
    """

    claims: tuple[Claim, ...]
    decisions: tuple[Decided, ...]
    copies: tuple[CopyDecided, ...]
    counters: tuple[Counter, ...]
    finished: tuple[Finished, ...]
    left: tuple[str, ...]
