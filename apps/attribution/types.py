"""What the engine returns: attributions whose spans are exact in the text that was given.

Offsets are Unicode code points (Python string indices), zero-based, end exclusive, as the W3C Web Annotation
``TextPositionSelector`` counts them. The triple source / cue / content follows PARC 3.0 and PolNeAR.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """The three parts of an attribution."""

    SOURCE = "source"
    CUE = "cue"
    CONTENT = "content"


class Kind(StrEnum):
    """What sort of speech act the cue names. It says nothing of whether the words are true."""

    ASSERTION = "assertion"
    DENIAL = "denial"
    ACCUSATION = "accusation"
    ACKNOWLEDGEMENT = "acknowledgement"
    JUSTIFICATION = "justification"
    APPEAL = "appeal"
    NO_COMMENT = "no_comment"
    RETRACTION = "retraction"
    DESIGNATION = "designation"


class Quotation(StrEnum):
    """How much of the content stands between quotation marks: nearly all, some, none."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]``; code points, end exclusive, never empty."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number somebody stated.

    ``measure`` is one of killed, wounded, displaced, detained, missing, other; ``comparator`` one of exactly,
    at_least, at_most, about, range. ``high`` is set for a range only. An unspecific plural is at least its lower bound
    ("dozens" at least 24, "hundreds" at least 200), "nobody" and "no casualties" are 0. ``of_whom`` is the counted noun
    as written, or empty where the text leaves it out ("at least 35"). ``counting`` is cumulative ("so far", "brings the
    toll to"), new ("a further 12"), or unstated; ``part_of`` the place, among the figures of the same attribution, of
    the figure that this one is a part of ("27 people, including seven civilians").
    """

    measure: str
    low: int
    high: int | None
    comparator: str
    of_whom: str
    span: Span
    counting: str = "unstated"
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """When the words were said, as far as the text and the day of publication tell.

    ``precision`` is minute, part_of_day ("on Tuesday night"), day, week, month or unknown. ``on`` is the day for the
    first three and None for the others. ``begins`` and ``ends`` are the interval meant, naive and in the local time of
    whoever wrote the text: ``begins <= t < ends``, and None where that end is open. A day nobody named leaves the
    interval open up to the publication or the dateline; neither of them is claimed as the day. ``words`` are the words
    that say when.
    """

    on: date | None
    precision: str
    words: Span | None
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """The earlier, fuller mention a short source ("It", "he", "the ministry") most likely repeats.

    ``span`` is the earlier mention, ``surface`` its words, ``name`` a proper name within it if there is one,
    ``reason`` a phrase that completes "taken to be X because ...".
    """

    surface: str
    span: Span
    reason: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Another attribution that a denial or rebuttal most likely answers: an earlier one, or the claim that it names.

    ``index`` is its place in the list both came in, ``reason`` a phrase that completes "most likely answers it because
    ...", ``confidence`` a number in 0..1 that orders the answers of one attribution and is no probability.
    """

    index: int
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """One source said, by one cue, one content; each part may be discontinuous, ``source`` may be empty.

    ``relayed_by`` is the index, in the list it came in, of the attribution inside whose content this one stands;
    ``target`` the one who is accused or addressed; ``confidence`` a number in 0..1 that orders proposals of this
    extractor among themselves and is no probability; ``pattern`` names the rule or model that found it.
    """

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    kind: Kind
    quotation: Quotation
    confidence: float
    pattern: str
    relayed_by: int | None = None
    target: Span | None = None
    channel: str | None = None
    said: Said | None = None
    figures: tuple[Figure, ...] = ()
    antecedent: Mention | None = None
    answers: tuple[Answer, ...] = ()


class ExtractorUnavailable(RuntimeError):
    """The extractor cannot work now, for no fault of the text: its endpoint is away, its model is not installed.

    ``code`` is a word for programs, the message a sentence for people, ``transient`` whether trying later may help.
    """

    def __init__(self, message: str, *, code: str, transient: bool) -> None:
        super().__init__(message)
        self.code = code
        self.transient = transient


class Extractor(Protocol):
    """Finds attributions in a text. ``name`` and ``version`` are recorded with every proposal it makes."""

    name: str
    version: str

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        """Attributions of ``text`` in order of their first cue or content.

        No text makes it raise; :class:`ExtractorUnavailable` says that it cannot work at all now. Takes time linear in
        the length. ``published`` anchors "on Tuesday". A language the extractor has no lexicon for yields nothing.
        """
        ...
