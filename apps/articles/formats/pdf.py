"""The text layer of a PDF (ISO 32000), drawn by PDFium, with its paragraphs put together again from its lines.

A PDF says where letters stand and not what is a paragraph. Lines are joined by how they stand to each other: the space
between them, the indent of a first line, the short last line, the size of the letters. Running heads, feet and page
numbers are left out where they repeat from page to page.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import pypdfium2
from pypdfium2 import PdfiumError, raw

from apps.articles.refusals import Unreadable

MOST_PAGES: Final = 500
MOST_CHARACTERS: Final = 2 * 2**20
VERSION: Final = f"{pypdfium2.PYPDFIUM_INFO.version}/1"

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_HYPHENS: Final = ("\x02", "\ufffe", "\u00ad")
"""What PDFium puts for a hyphen at the end of a line, and the character that may only stand there."""
_HYPHEN: Final = re.compile("[\x02\ufffe\u00ad]+(\\w?)")
_BROKEN_WORD: Final = re.compile(r"[^\W\d_]-$")
_SENTENCE_END: Final = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_NUMBER: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(
    r"[-–—\s]*(?:(?:page|p\.|pág\.?|página|seite|s\.|стр\.?)\s*)?\d{1,4}(?:\s*(?:/|of|de|von|из)\s*\d{1,4})?[-–—\s]*",
    re.IGNORECASE,
)
_NOT_WORDS: Final = re.compile(r"\W+")
_DATE: Final = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_NOT_A_TITLE: Final = re.compile(
    r"(?:untitled|microsoft word|document\d*$|.*\.(?:docx?|indd|qxd|pdf|html?)$)", re.IGNORECASE
)
_MARGIN_LINES: Final = 2
_LARGER: Final = 1.15


@dataclass(frozen=True, slots=True)
class Drawn:
    """``paragraphs`` parted by blank lines; the rest are hints from the file about itself, empty where it has none."""

    paragraphs: str
    headline: str
    author: str
    created: datetime | None


@dataclass(slots=True)
class _Line:
    """One line, at times two that PDFium takes for one, and where it is on its page, in points from below and left.

    ``begins`` and ``ends`` are the heights of the feet of its first and last letter.
    """

    words: str
    left: float
    begins: float
    right: float
    ends: float
    size: float
    broken: bool


def draw(body: bytes) -> Drawn:
    """Draw the text of a PDF.

    Raises ``Unreadable``: no_text_layer, encrypted, too_large, not_readable, bad_encoding.
    """
    try:
        document = pypdfium2.PdfDocument(body)
    except PdfiumError as error:
        code = "encrypted" if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY) else "not_readable"
        raise Unreadable(code, str(error)) from error
    try:
        if len(document) > MOST_PAGES:
            raise Unreadable("too_large", f"{len(document)} pages, more than {MOST_PAGES}")
        pages = _without_margins(list(_pages(document)))
        told = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    lines = [line for page in pages for line in page]
    _check_letters(lines)
    return Drawn(
        paragraphs="\n\n".join(_paragraphs(pages)),
        headline=_headline(pages, told.get("Title", "")),
        author=" ".join(told.get("Author", "").split())[:300],
        created=_day(told.get("CreationDate", "")),
    )


def _pages(document: pypdfium2.PdfDocument) -> Iterator[list[_Line]]:
    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except PdfiumError as error:
            raise Unreadable("not_readable", f"page {number + 1}: {error}") from error
        text = page.get_textpage()
        characters += text.count_chars()
        if characters > MOST_CHARACTERS:
            raise Unreadable("too_large", f"more than {MOST_CHARACTERS} characters")
        yield list(_lines(text))
        text.close()
        page.close()


def _lines(text: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """The lines of a page in the order of its content, each with its place."""
    whole, count = _characters(text)
    at = 0
    for words in _LINE_END.split(whole):
        printed = [index for index in range(at, min(at + len(words), count)) if not whole[index].isspace()]
        if printed:
            first, last = text.get_charbox(printed[0], loose=True), text.get_charbox(printed[-1], loose=True)
            broken = words.rstrip().endswith(_HYPHENS)
            yield _Line(
                words=" ".join(_HYPHEN.sub(_kept, words).split()),
                left=first[0],
                begins=first[1],
                right=last[2],
                ends=last[1],
                size=max(first[3] - first[1], 0.1),
                broken=broken,
            )
        at += len(words)
        at += 2 if whole[at : at + 2] == "\r\n" else 1


def _characters(text: pypdfium2.PdfTextPage) -> tuple[str, int]:
    """Every character of a page, one for one with the places that are known of them."""
    count = text.count_chars()
    codes = (raw.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if code and code < 0x110000 else " " for code in codes), count


def _without_margins(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without running heads and feet, which repeat but for their numbers, and without page numbers."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_pattern(line) for line in _edge(page)})
    often = max(2, len(pages) // 3)
    kept = []
    for page in pages:
        outer = {
            id(line)
            for line in _edge(page)
            if _PAGE_NUMBER.fullmatch(line.words) or (len(pages) > 1 and edges[_pattern(line)] >= often)
        }
        kept.append([line for line in page if id(line) not in outer])
    return kept


def _edge(page: list[_Line]) -> list[_Line]:
    """The lines that stand highest and lowest on a page."""
    by_height = sorted(page, key=lambda line: line.begins)
    return [*by_height[:_MARGIN_LINES], *by_height[-_MARGIN_LINES:]]


def _pattern(line: _Line) -> str:
    return f"{_NUMBER.sub('#', line.words.casefold())} {round(line.begins / 4)}"


def _check_letters(lines: list[_Line]) -> None:
    letters = "".join(line.words for line in lines)
    if not _NOT_WORDS.sub("", letters):
        raise Unreadable("no_text_layer", "no word on any page")
    unknown = sum(1 for letter in letters if letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff")
    if unknown * 5 > len(letters):
        raise Unreadable("bad_encoding", "its fonts do not say which letters they hold")


def _paragraphs(pages: list[list[_Line]]) -> list[str]:
    paragraphs: list[str] = []
    before: _Line | None = None
    for page in pages:
        shape = _Shape.of(page)
        for number, line in enumerate(page):
            if before is None or shape.parted(before, line, turned=number == 0):
                paragraphs.append(line.words)
            else:
                paragraphs[-1] = _joined(paragraphs[-1], line.words, broken=before.broken)
            before = line
    return paragraphs


def _kept(hyphen: re.Match[str]) -> str:
    """What stays of a hyphen that broke a word, with the letter behind it."""
    return hyphen[1] if hyphen[1].islower() or not hyphen[1] else f"-{hyphen[1]}"


def _joined(before: str, after: str, *, broken: bool) -> str:
    """Two lines as one. A word that is broken between them is one word again; before a capital the hyphen stays."""
    if broken or _BROKEN_WORD.search(before):
        whole = before if broken else before[:-1]
        return whole + after if after[:1].islower() else f"{whole}-{after}"
    return f"{before} {after}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is usual on a page: the step from one line to the next, in sizes of its letters, and where lines end."""

    pitch: float
    left: float
    right: float

    @classmethod
    def of(cls, page: list[_Line]) -> _Shape:
        steps = [(above.ends - below.begins) / below.size for above, below in pairwise(page)]
        steps = [step for step in steps if 0.1 < step < 4]
        return cls(
            pitch=statistics.median(steps) if steps else 0.0,
            left=statistics.mode(round(line.left, 1) for line in page) if page else 0.0,
            right=max((line.right for line in page), default=0.0),
        )

    def parted(self, above: _Line, below: _Line, *, turned: bool) -> bool:
        """Whether a paragraph ends between two lines that follow each other; ``turned`` if a page does too."""
        if max(above.size, below.size) > _LARGER * min(above.size, below.size):
            return True
        step = (above.ends - below.begins) / below.size
        ended = _SENTENCE_END.search(above.words) is not None and not above.broken
        if turned or not 0.1 < step < 4:  # the next column or page
            return ended and (self._short(above, below) or self._indented(below))
        if self.pitch and step > 1.3 * self.pitch:
            return True
        return ended and (self._short(above, below) or below.left - above.left > 0.7 * below.size)

    def _indented(self, line: _Line) -> bool:
        return 0.7 < (line.left - self.left) / line.size < 4

    def _short(self, above: _Line, below: _Line) -> bool:
        """Whether a line leaves room that the first word of the next would have fitted in."""
        width = (below.right - below.left) / max(len(below.words), 1)
        first = below.words.partition(" ")[0]
        edge = max(above.right, below.right) if above.left > self.left + 2 * above.size else self.right
        return edge - above.right > width * (len(first) + 2) and below.left <= above.left + above.size


def _headline(pages: list[list[_Line]], title: str) -> str:
    """The largest letters on the first page, if larger than the text's; else the file's title, if it is one."""
    first = pages[0] if pages else []
    sizes = [line.size for page in pages for line in page for _ in line.words]
    usual = statistics.median(sizes) if sizes else 0.0
    largest = max((line.size for line in first), default=0.0)
    if largest > _LARGER * usual:
        large = [line for line in first if line.size * 1.05 >= largest]
        if sum(len(line.words) for line in large) <= 300:
            return " ".join(line.words for line in large)
    title = " ".join(title.split())
    return "" if _NOT_A_TITLE.match(title) else title[:500]


def _day(text: str) -> datetime | None:
    """The day of a date as PDF writes it ("D:20310403093000+02'00'"), at midnight UTC."""
    match = _DATE.match(text)
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
