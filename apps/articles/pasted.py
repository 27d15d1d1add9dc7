"""Addresses in what somebody pasted: a list, a table, prose, or the source of a page.

Pure, and in time that grows with the length. Whether an address may be fetched is not asked here: what looks like one
is told, so that whoever pasted it learns what becomes of it.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST: Final = 500
"""How many addresses are taken at once."""

# Whatever has a scheme, so that one that is not fetched is refused and not overlooked.
_ADDRESS: Final = re.compile(r"(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s<>\"“”„«»|\\^`{}]+")
_LINK: Final = re.compile(r"\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s<>\"']+))", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<(?:a|html|body|li|p|div|td)\b", re.IGNORECASE)
# One word that somebody may have meant as an address: with a dot or a colon in it.
_BARE: Final = re.compile(r"[^\s<>\"]*[.:][^\s<>\"]*")
_HOST: Final = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:]\S*)?")
# What begins so is an address wherever it stands.
_WWW: Final = re.compile(
    r"(?<![\w.@/+-])www\.(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:][^\s<>\"“”„«»|\\^`{}]*)?", re.IGNORECASE
)
# A comma may be part of an address; after a slash it parts the cells of a table.
_NEXT_CELL: Final = re.compile(r"(?<=[^/:]/)[,;].*")
_TRAILING: Final = ".,;:!?'’*_…"
_CLOSING: Final = {")": "(", "]": "["}
_DELIMITERS: Final = "\t;,"


@dataclass(frozen=True, slots=True)
class Named:
    """What stands for an address, as it was written, and the line it stands on, counted from 1."""

    line: int
    text: str


def addresses_in(text: str) -> list[Named]:
    """Every address in ``text``, in its order, as it was written, each once in a line, or in the source of a page.

    Of the source of a page the links are taken, of anything else whatever has a scheme or begins with ``www.``. A line
    that is one word with a dot is meant as an address too: with ``https://`` put before it where it begins with the
    name of a host.
    """
    of_a_page = _MARKUP.search(text) is not None
    found: dict[tuple[int, str], Named] = {}
    for one in _all_in(text):
        found.setdefault((0 if of_a_page else one.line, one.text), one)
    return list(found.values())


def lines_without(text: str) -> list[int]:
    """The lines that hold something and no address, counted from 1; of the source of a page none is told."""
    if _MARKUP.search(text):
        return []
    told = {one.line for one in _all_in(text)}
    return [number for number, line in enumerate(text.splitlines(), start=1) if line.strip() and number not in told]


def _all_in(text: str) -> Iterator[Named]:
    lines = text.splitlines()
    if _MARKUP.search(text):
        yield from _links(text)
    elif (delimiter := _table(lines)) is not None:
        yield from _cells(lines, delimiter)
    else:
        for number, line in enumerate(lines, start=1):
            yield from (Named(number, address) for address in _in_line(line))


def _links(text: str) -> Iterator[Named]:
    """The links of a page's source, and the addresses that stand in its text; those within the page are no articles."""
    line, seen = 1, 0
    found = [*((m.start(), m[1] or m[2] or m[3] or "") for m in _LINK.finditer(text))]
    bare = _LINK.sub(lambda m: " " * len(m[0]), text)
    found += [(m.start(), _trimmed(m[0])) for m in _ADDRESS.finditer(bare)]
    for at, written in sorted(found):
        line, seen = line + text.count("\n", seen, at), at
        address = html.unescape(written).strip()
        if _ADDRESS.match(address) and not _of_markup(address):
            yield Named(line, address)


def _of_markup(address: str) -> bool:
    """Whether this is the name of a vocabulary, as markup holds it, and no page."""
    return address.startswith(("http://www.w3.org/", "https://www.w3.org/"))


def _table(lines: list[str]) -> str | None:
    """What parts the cells, if every line has as many of them and some cells are addresses."""
    filled = [line for line in lines if line.strip()]
    for delimiter in _DELIMITERS if len(filled) > 1 else ():
        rows = _rows(filled, delimiter)
        if rows is None or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
            continue
        if any(_ADDRESS.fullmatch(cell.strip()) for row in rows for cell in row):
            return delimiter
    return None


def _rows(lines: list[str], delimiter: str) -> list[list[str]] | None:
    """The cells of each line; none where a cell goes on over the end of its line."""
    if any(line.count('"') % 2 for line in lines):
        return None
    try:
        return [next(csv.reader([line], delimiter=delimiter), [""]) for line in lines]
    except csv.Error:
        return None


def _cells(lines: list[str], delimiter: str) -> Iterator[Named]:
    for number, line in enumerate(lines, start=1):
        for cell in next(csv.reader([line], delimiter=delimiter), []):
            yield from (Named(number, address) for address in _in_line(cell, alone=False))


def _in_line(line: str, *, alone: bool = True) -> list[str]:
    """The addresses in a line; of one that is ``alone`` there, also what has no scheme."""
    line = line.strip(" \t\u00a0\ufeff")
    placed = [(match.start(), _trimmed(match[0])) for match in _ADDRESS.finditer(line)]
    spaced = _ADDRESS.sub(lambda match: " " * len(match[0]), line)
    placed += [(match.start(), f"https://{_trimmed(match[0])}") for match in _WWW.finditer(spaced)]
    found = [address for _at, address in sorted(placed)]
    if found or not alone or not _BARE.fullmatch(line):
        return found
    return [f"https://{line}" if _HOST.fullmatch(line) else line]


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence that it stands in; a bracket is kept if it was opened inside."""
    address = _NEXT_CELL.sub("", address)
    while address:
        last = address[-1]
        unopened = last in _CLOSING and address.count(last) > address.count(_CLOSING[last])
        if last not in _TRAILING and not unopened:
            break
        address = address[:-1]
    return address
