"""What a container holds: one article after the other, and what had to be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

MOST_MEMBERS: Final = 1_000
"""Of one container. What comes after is told in one line and left out."""
LARGEST_MEMBER: Final = 25 * 2**20
"""Bytes of one member, as of any article."""
LARGEST_ALL: Final = 500 * 2**20
"""Bytes of all members together."""

_NOT_SHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def shown(text: str, most: int) -> str:
    """A name from inside a container as it may be kept and shown: without controls, of writing's direction too."""
    return _NOT_SHOWN.sub("\ufffd", text)[:most]


@dataclass(frozen=True, slots=True)
class Member:
    """One article in a container, or, with a ``code``, one thing in it that cannot be taken in.

    ``name`` is a label and never a path; no two members of a container have one name. ``came`` is how the bytes came,
    as ``Intake.came`` holds it, for what an archive had preserved; ``record`` are the archive's own bytes about it.
    """

    name: str
    body: bytes = b""
    media_type: str = ""
    address: str = ""
    headline: str = ""
    outlet_name: str = ""
    byline: str = ""
    published: datetime | None = None
    came: dict[str, Any] = field(default_factory=dict)
    record: bytes | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many things in a container are no articles, by what they are ("image/png", "revisit")."""

    counts: dict[str, int]
