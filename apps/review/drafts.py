"""What a revision's body holds, for each kind of proposal. Pure; ``read`` of what ``body`` wrote is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self

AROUND = 32


@dataclass(frozen=True)
class SpanDraft:
    """A span as suggested: role, place in code points (end exclusive), words, and a little around them."""

    role: str
    begins: int
    ends: int
    exact: str
    prefix: str = ""
    suffix: str = ""

    @classmethod
    def of(cls, text: str, *, role: str, begins: int, ends: int) -> Self:
        """Read the words off the text. Offsets outside it give an empty or shorter span, which is refused later."""
        return cls(
            role=role,
            begins=begins,
            ends=ends,
            exact=text[begins:ends],
            prefix=text[max(begins - AROUND, 0) : begins],
            suffix=text[ends : ends + AROUND],
        )


@dataclass(frozen=True)
class FigureDraft:
    """A number as suggested. ``part_of`` is the place, among the draft's figures, of the one this is a part of."""

    measure: str
    comparator: str
    low: int
    high: int | None = None
    of_whom: str = ""
    counting: str = "unstated"
    part_of: int | None = None


@dataclass(frozen=True)
class AnswerDraft:
    """A statement that this one most likely answers: the proposal (public id), why, and how sure beside the others."""

    proposal: str
    reason: str
    confidence: float


@dataclass(frozen=True)
class NameDraft:
    """A name as suggested."""

    name: str
    form: str
    language: str = ""


@dataclass(frozen=True)
class AttributionDraft:
    """A statement and the words that are evidence of it, as suggested. Whom it refers to stands in columns.

    ``said_from`` may be open (``None``); ``resolution`` says why this source was suggested; ``learn`` is a name that
    the source is also to go by once this is approved. ``answers`` is only ever the machine's guess, the likeliest
    first: what a person makes of it is a position.
    """

    spans: tuple[SpanDraft, ...]
    kind: str
    quotation: str
    said_until: datetime
    said_from: datetime | None = None
    channel: str = ""
    figures: tuple[FigureDraft, ...] = ()
    confidence: float | None = None
    pattern: str = ""
    resolution: str = ""
    learn: NameDraft | None = None
    answers: tuple[AnswerDraft, ...] = ()

    def body(self) -> dict[str, Any]:
        return asdict(self) | {
            "said_from": self.said_from.isoformat() if self.said_from else None,
            "said_until": self.said_until.isoformat(),
        }

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            spans=tuple(SpanDraft(**span) for span in body["spans"]),
            kind=body["kind"],
            quotation=body["quotation"],
            said_from=datetime.fromisoformat(body["said_from"]) if body["said_from"] else None,
            said_until=datetime.fromisoformat(body["said_until"]),
            channel=body["channel"],
            figures=tuple(FigureDraft(**figure) for figure in body["figures"]),
            confidence=body["confidence"],
            pattern=body["pattern"],
            resolution=body["resolution"],
            learn=NameDraft(**body["learn"]) if body["learn"] else None,
            # Bodies from before machines said what a statement answers have none.
            answers=tuple(AnswerDraft(**answer) for answer in body.get("answers", ())),
        )

    def words(self, role: str) -> str:
        """The words of all spans of a role, as one line."""
        return " … ".join(" ".join(span.exact.split()) for span in self.spans if span.role == role)


@dataclass(frozen=True)
class ClaimDraft:
    """A claim as suggested: a neutral sentence, and the parties (ids) it is about."""

    text: str
    about: tuple[int, ...] = ()

    def body(self) -> dict[str, Any]:
        return {"text": self.text, "about": list(self.about)}

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(text=body["text"], about=tuple(body["about"]))


@dataclass(frozen=True)
class SourceDraft:
    """A source as suggested. Its party and the institution it speaks for stand in columns.

    It speaks for that institution from the day ``since`` to the day ``until``, both included; ``None``: not known.
    """

    name: str
    kind: str
    form: str = "official"
    role: str = ""
    names: tuple[NameDraft, ...] = ()
    since: date | None = None
    until: date | None = None

    def body(self) -> dict[str, Any]:
        return asdict(self) | {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(
            name=body["name"],
            kind=body["kind"],
            form=body["form"],
            role=body["role"],
            names=tuple(NameDraft(**name) for name in body["names"]),
            since=date.fromisoformat(body["since"]) if body["since"] else None,
            until=date.fromisoformat(body["until"]) if body["until"] else None,
        )


@dataclass(frozen=True)
class AliasDraft:
    """A further name of a source, as suggested. The source stands in a column."""

    name: str
    form: str
    language: str = ""

    def body(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(**body)


@dataclass(frozen=True)
class CounterDraft:
    """A counter drawn by an analyst; both claims and the kind stand in the revision's link. ``why`` is their reason."""

    why: str = ""

    def body(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        return cls(**body)
