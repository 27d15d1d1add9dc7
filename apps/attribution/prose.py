"""What of a text is prose at all: stretches that repeat themselves over and over are passed over.

A hostile or broken page can hold a million commas or one sentence two hundred thousand times. Reading it would take as
long as reading a library, and what it says once is said in its first block. Running text compresses two to three times,
tables some six times; what compresses beyond ``MOST_REPEATED`` says nothing new.
"""

from __future__ import annotations

import zlib

BLOCK = 4096
MOST_REPEATED = 14.0


def only_prose(text: str) -> str:
    """The text with blanks in place of what only repeats what stands before it; every offset stays as it was.

    Linear in the length. The first block of such a stretch stays, so that what it says is read once; a text shorter
    than two blocks is returned as it is.
    """
    if len(text) < 2 * BLOCK:
        return text
    parts: list[str] = []
    before = False
    for start in range(0, len(text), BLOCK):
        block = text[start : start + BLOCK]
        repeats = _repeats(block)
        parts.append(_blank(block) if repeats and before else block)
        before = repeats
    return "".join(parts)


def _repeats(block: str) -> bool:
    body = block.encode("utf-8", "surrogatepass")
    return len(body) > MOST_REPEATED * len(zlib.compress(body, level=1))


def _blank(block: str) -> str:
    """As many characters, none of them a word, that end the paragraph before them."""
    return ("\n\n" + " " * len(block))[: len(block)]
