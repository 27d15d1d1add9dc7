"""What is in a container of any kind."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Final

from apps.articles.formats import newsml, ninjs, warc, zips
from apps.articles.formats.kinds import Kind
from apps.articles.formats.members import LARGEST_ALL, MOST_MEMBERS, LeftOut, Member
from apps.articles.refusals import Unreadable

_LARGEST_TEXT: Final = 50 * 2**20
"""Bytes of a bundle of a wire, all of which is read at once."""


def unpack(
    body: bytes, *, kind: str, filename: str = "", descriptor: int
) -> Iterator[tuple[Member | None, LeftOut | None]]:
    """What is in the container in an open file, and last, once, what was left out of it; ``body`` is empty.

    No two members have the same name, and the same file gives the same names each time. Raises ``Unreadable``.
    """
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)  # whoever wrote it left off at its end
        for one in told_once(_found(file, Kind(kind))):
            yield (one, None) if isinstance(one, Member) else (None, one)


def _found(file: IO[bytes], kind: Kind) -> Iterator[Member | LeftOut]:
    if kind == Kind.WARC:
        return warc.members(file)
    if kind == Kind.WACZ:
        return zips.crawl(file)
    if kind == Kind.ZIP:
        return zips.members(file)
    body = file.read(_LARGEST_TEXT + 1)
    if len(body) > _LARGEST_TEXT:
        raise Unreadable("too_large", f"more than {_LARGEST_TEXT} bytes")
    return ninjs.members(body) if kind == Kind.NINJS_MANY else newsml.members(body)


def told_once(found: Iterator[Member | LeftOut], *, most: int = MOST_MEMBERS) -> Iterator[Member | LeftOut]:
    """Members with names of their own, as many as are taken in at once, and what was left out in one count."""
    names: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    taken = size = 0
    for one in found:
        if isinstance(one, LeftOut):
            left_out.update(one.counts)
            continue
        size += len(one.body)
        if taken == most or size > LARGEST_ALL:
            yield Member(name="…", code="too_many_members", detail=f"after {taken}, of {size} bytes")
            break
        taken += 1
        yield replace(one, name=_own(one.name, names))
    yield LeftOut(dict(left_out))


def _own(name: str, names: Counter[str]) -> str:
    """The name, with a number behind it where others had it before."""
    name = name[:900] or "?"
    while True:
        names[name] += 1
        if names[name] == 1:
            return name
        name = f"{name} ({names[name]})"
