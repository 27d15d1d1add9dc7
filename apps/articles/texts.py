"""The text of a rendition: what is made equal before it is stored, and how it falls into paragraphs.

Spans point into a rendition by Unicode code point (not byte, not UTF-16 unit), so nothing here may run on a text that
is already stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# The C0 and C1 controls but tab and newline: PostgreSQL refuses NUL, XML the others, and none of them is a word.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_PARAGRAPH: Final = re.compile(r"[^\n]+(?:\n[^\n]+)*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its number from 1 and its place in code points, end exclusive."""

    number: int
    start: int
    end: int


def normalise(raw: str) -> str:
    """``raw`` as it may be stored: always encodable, always with the same line ends. Idempotent.

    - a pair of surrogates becomes its character, a lone surrogate U+FFFD;
    - NUL and the other control characters go, a byte order mark at the start too;
    - every line end (CRLF, CR, NEL, VT, FF, LS, PS) becomes ``\\n``;
    - white space goes from the ends of lines, and from both ends of the text;
    - at most two newlines follow each other: a blank line parts paragraphs.

    Code points are otherwise kept as they came, with no Unicode normal form applied: the words are evidence, and a
    span must show them as they were printed. Whoever compares texts folds them there.
    """
    text = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = text.replace("\x00", "")
    text = _LINE_END.sub("\n", text)
    text = _CONTROL.sub("", text).lstrip("\ufeff")
    # Line by line: a pattern for white space before a line's end takes quadratic time on a long run of it elsewhere.
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a normalised text, parted by blank lines; lines of one paragraph stay together."""
    return [
        Paragraph(number=number, start=match.start(), end=match.end())
        for number, match in enumerate(_PARAGRAPH.finditer(text), start=1)
    ]
