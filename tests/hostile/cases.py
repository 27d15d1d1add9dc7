"""What a case of the corpus is: something hostile, the way it comes in, and what must become of it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.articles.hosts import Answer

TAKEN_IN: Final = "taken in"
"""The article is in, with a text; else the code of a refusal is expected."""
PUBLIC: Final = "93.184.215.14"
"""The address of every hostile host, as far as anybody who looks its name up is told."""

Made = Callable[[], bytes]
Lookup = Sequence[Sequence[str]]
"""What a name server answers, one time after the other; the last answer stays."""


@dataclass(frozen=True)
class Case:
    """``name`` tells it from all others, also as the first label of its host's name."""

    name: str
    expect: str

    @property
    def host(self) -> str:
        return f"{self.name}.hostile.example"


@dataclass(frozen=True)
class Address(Case):
    """An address that somebody enters. Its own host answers with an article, if anybody should ask it."""

    address: str
    lookup: Lookup = ((PUBLIC,),)


@dataclass(frozen=True)
class Served(Case):
    """A host that answers as ``answer`` does. ``received`` says whether bytes of a body come, which must be kept."""

    answer: Answer
    robots: Answer | None = None
    lookup: Lookup = ((PUBLIC,),)
    path: str = "/story.html"
    scheme: str = "http"
    received: bool = False
    holds: str = ""


@dataclass(frozen=True)
class Page(Case):
    """A page with these bytes. ``holds`` are words that its text must have, ``lacks`` such that it must not."""

    body: Made
    content_type: str = "text/html; charset=utf-8"
    holds: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class File(Case):
    """An uploaded file. Of a container, ``inside`` counts what must become of its members."""

    body: Made
    file_name: str
    media_type: str = "application/octet-stream"
    inside: Mapping[str, int] = field(default_factory=dict)
    holds: str = ""


@dataclass(frozen=True)
class Pasted(Case):
    """A text that somebody pastes."""

    text: Callable[[], str]


@dataclass(frozen=True)
class Followed(Case):
    """A feed, sitemap or listing: how many items are taken and refused at the first time of asking.

    ``later`` is what it answers from the second time on, and ``later_taken`` what is taken then.
    """

    body: Made
    content_type: str = "application/rss+xml"
    kind: str = "feed"
    selector: str = ""
    taken: int = 0
    refused: int = 0
    answer: Answer | None = None
    later: Made | None = None
    later_taken: int = 0


@dataclass(frozen=True)
class Outlines(Case):
    """A list of feeds that is imported: how many of it can be followed."""

    body: Made
    followed: int = 0


_THINGS: Final = (
    "harbour",
    "council",
    "ferry",
    "station",
    "market",
    "bridge",
    "reservoir",
    "railway",
    "orchard",
    "mill",
)
_DONE: Final = ("closed", "opened", "flooded", "rebuilt", "inspected", "measured", "painted", "guarded", "moved")
_WHERE: Final = ("in the north", "by the river", "after the storm", "before noon", "on the hill", "near the border")


def zeros(megabytes: int, *, wbits: int = zlib.MAX_WBITS) -> bytes:
    """Zeros, packed by zlib, or by gzip with 31; never held as they are."""
    packer = zlib.compressobj(9, wbits=wbits)
    packed = [packer.compress(bytes(2**20)) for _ in range(megabytes)]
    return b"".join([*packed, packer.flush()])


def prose(seed: str, sentences: int = 12) -> str:
    """Words that are nobody's and no other case's."""
    chance = random.Random(seed)
    return " ".join(
        f"The {chance.choice(_THINGS)} {chance.randrange(2, 900)} was {chance.choice(_DONE)} "
        f"{chance.choice(_WHERE)}, and the {chance.choice(_THINGS)} was {chance.choice(_DONE)} too."
        for _ in range(sentences)
    )


def article(seed: str, *, head: str = "", before: str = "", within: str = "", after: str = "") -> bytes:
    """An ordinary page, with something in its head, before its paragraphs, as one of them, and behind them."""
    first, *others = (f"<p>{prose(f'{seed} {number}', 4)}</p>" for number in range(4))
    return (
        f"<!DOCTYPE html><html><head><title>Story {seed}</title>{head}</head>"
        f"<body>{before}<article><h1>Story {seed}</h1>{first}{within}{''.join(others)}</article>{after}</body></html>"
    ).encode("utf-8", "surrogatepass")
