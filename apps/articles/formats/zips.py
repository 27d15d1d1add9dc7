"""ZIP: files of articles, or a WACZ (the WARC of a crawl with a list of its pages).

Nothing is unpacked to a disk, so that the names in an archive are labels and lead nowhere.
"""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import IO, Final

from apps.articles import addresses
from apps.articles.formats import newsml, ninjs, warc
from apps.articles.formats.kinds import Kind, announced, kind_of
from apps.articles.formats.members import LARGEST_ALL, LARGEST_MEMBER, LeftOut, Member, shown
from apps.articles.refusals import Unreadable

MOST_ENTRIES: Final = 100_000
"""Of the directory: more are not even looked at."""
MOST_RATIO: Final = 200
"""Deflate packs text some ten times; what is a thousand times smaller was made to burst."""
_FREE: Final = 2**20
"""Bytes below which no ratio is asked for: a short page of blanks hurts nobody."""
_HEAD: Final = 64 * 1024
_DROPPINGS: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_BESIDE: Final = re.compile(
    r"(?:image|video|audio|font)/|text/(?:css|javascript)$|application/(?:x-)?(?:java|ecma)script$"
)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_LIST: Final = "pages/pages.jsonl"
_LONGEST_LIST: Final = 25 * 2**20
_MOST_LISTED: Final = 50_000


def members(stream: IO[bytes]) -> Iterator[Member | LeftOut]:
    """The articles in a ZIP, those of archives in it too, in its order.

    Raises ``Unreadable``: damaged_archive, too_large.
    """
    left_out: Counter[str] = Counter()
    with _opened(stream) as archive:
        overlapping = _overlapping(archive)
        unpacked = 0
        for entry in archive.infolist():
            label = shown(entry.filename, 900)
            if entry.is_dir() or _DROPPINGS.search(entry.filename):
                continue
            unpacked += entry.file_size
            code = _refused(entry, overlapping) or ("too_large" if unpacked > LARGEST_ALL else "")
            if code:
                yield Member(name=label, code=code, detail=f"{entry.compress_size} bytes for {entry.file_size}")
                continue
            try:
                yield from _inside(archive, entry, label, left_out)
            except _BROKEN as error:
                yield Member(name=label, code="damaged_archive", detail=str(error)[:300])
    yield LeftOut(dict(left_out))


def crawl(stream: IO[bytes]) -> Iterator[Member | LeftOut]:
    """The pages of a WACZ: those that its list names, or all where it has none or names none that is there.

    Raises ``Unreadable``: damaged_archive, too_large.
    """
    with _opened(stream) as archive:
        overlapping = _overlapping(archive)
        listed = _listed(archive)
        warcs = [one for one in archive.infolist() if re.fullmatch(r"archive/[^/]+\.warc(?:\.gz)?", one.filename)]
        found = 0
        for only in (listed, None):
            if only is not None and not only:
                continue
            for entry in warcs:
                code = _refused(entry, overlapping, container=True)
                if code:
                    yield Member(name=shown(entry.filename, 900), code=code)
                    continue
                try:
                    for one in _of_warc(archive, entry, only):
                        found += isinstance(one, Member)
                        yield one
                except _BROKEN as error:
                    found += 1
                    yield Member(name=shown(entry.filename, 900), code="damaged_archive", detail=str(error)[:300])
            if found:
                return


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise Unreadable("damaged_archive", str(error)[:300]) from error
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Unreadable("too_large", f"{len(archive.infolist())} entries, more than {MOST_ENTRIES}")
    return archive


def _overlapping(archive: zipfile.ZipFile) -> set[int]:
    """Where entries begin that share bytes with the one before: honest archives have none."""
    found: set[int] = set()
    end = 0
    for entry in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if entry.header_offset < end:
            found.add(entry.header_offset)
        end = max(end, entry.header_offset + 30 + len(entry.orig_filename.encode()) + entry.compress_size)
    return found


def _refused(entry: zipfile.ZipInfo, overlapping: set[int], *, container: bool = False) -> str:
    """Why an entry is not even opened; empty if it may be."""
    if entry.flag_bits & 0x1:
        return "encrypted"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "not_text"
    if entry.header_offset in overlapping:
        return "damaged_archive"
    if entry.file_size > _FREE and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return "expands_too_far"
    name = entry.filename.lower()
    if entry.file_size > LARGEST_MEMBER and not container and not name.endswith((".warc", ".warc.gz")):
        return "too_large"
    return ""


def _inside(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, left_out: Counter[str]
) -> Iterator[Member | LeftOut]:
    with archive.open(entry) as file:
        head = file.read(_HEAD)
    kind = kind_of(head, filename=entry.filename)
    if kind == Kind.WARC:
        yield from _named(label, _of_warc(archive, entry, None))
        return
    with archive.open(entry) as file:
        body = file.read(LARGEST_MEMBER + 1)
    if len(body) > LARGEST_MEMBER:
        yield Member(name=label, code="too_large", detail="larger than its archive says")
        return
    kind = kind_of(body, filename=entry.filename)
    media_type = announced("", entry.filename)
    if kind == Kind.UNKNOWN and _BESIDE.match(media_type):
        left_out[media_type] += 1
    elif kind in (Kind.UNKNOWN, Kind.ZIP):
        code = "nested_archive" if kind == Kind.ZIP else "not_text"
        yield Member(name=label, body=body, media_type=media_type, code=code)
    elif kind.is_container:
        yield from _named(label, _nested(kind, body))
    else:
        yield Member(name=label, body=body, media_type=media_type)


def _nested(kind: Kind, body: bytes) -> Iterator[Member | LeftOut]:
    if kind == Kind.WACZ:
        return crawl(io.BytesIO(body))
    return ninjs.members(body) if kind == Kind.NINJS_MANY else newsml.members(body)


def _named(label: str, found: Iterator[Member | LeftOut]) -> Iterator[Member | LeftOut]:
    """What is in a container in the archive, under the name of that; one that cannot be read is told by its code."""
    try:
        for one in found:
            yield replace(one, name=f"{label} / {one.name}") if isinstance(one, Member) else one
    except Unreadable as error:
        yield Member(name=label, code=error.code, detail=error.detail)


def _of_warc(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, only: set[str] | None) -> Iterator[Member | LeftOut]:
    with archive.open(entry) as file:
        yield from warc.members(file, wanted=None if only is None else lambda address: _key(address) in only)


def _listed(archive: zipfile.ZipFile) -> set[str]:
    """The addresses of a crawl's pages, as far as its list can be read."""
    listed: set[str] = set()
    with suppress(KeyError, *_BROKEN):
        with archive.open(_LIST) as file:
            lines = file.read(_LONGEST_LIST).splitlines()
        for line in lines[:_MOST_LISTED]:
            with suppress(ValueError, RecursionError):
                page = json.loads(line)
                if isinstance(page, dict) and isinstance(page.get("url"), str):
                    listed.add(_key(page["url"]))
    return listed


def _key(address: str) -> str:
    try:
        return str(addresses.parse(address))
    except addresses.BadAddress:
        return address
