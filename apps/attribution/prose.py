"""What of a text is prose at all: stretches that repeat themselves over and over are passed over.

A hostile or broken page can hold a million commas or one sentence two hundred thousand times. Reading it would take as
long as reading a library, and what it says is said in its first block. Running text compresses two to three times,
tables some six times; what compresses beyond ``MOST_REPEATED`` says nothing new.
"""

from __future__ import annotations

import zlib

BLOCK = 4096
PIECE = 256
MOST_REPEATED = 14.0
NOTHING_NEW = 15.0


def only_prose(text: str) -> str:
    """The text with blanks in place of what only repeats what stands before it; every offset stays as it was.

    Linear in the length. The first block of such a stretch stays, so that what it says is read once; so does every
    piece of it that says something else. A text shorter than two blocks is returned as it is.
    """
    if len(text) < 2 * BLOCK:
        return text
    parts: list[str] = []
    before = False
    for start in range(0, len(text), BLOCK):
        block = text[start : start + BLOCK]
        repeats = _repeats(block)
        parts.append(_blank_pieces(text, start, start + len(block)) if repeats and before else block)
        before = repeats
    return "".join(parts)


def _repeats(block: str) -> bool:
    body = block.encode("utf-8", "surrogatepass")
    return len(body) > MOST_REPEATED * len(zlib.compress(body, level=1))


def _blank_pieces(text: str, start: int, end: int) -> str:
    parts: list[str] = []
    for begins in range(start, end, PIECE):
        piece = text[begins : min(begins + PIECE, end)]
        parts.append(_blank(piece) if _is_known(piece, text[begins - BLOCK : begins]) else piece)
    return "".join(parts)


def _is_known(piece: str, before: str) -> bool:
    """Whether a piece says nothing that the block before it has not said: it compresses well once that is known."""
    body = piece.encode("utf-8", "surrogatepass")
    squeezer = zlib.compressobj(level=1, wbits=-13, memLevel=4, zdict=before.encode("utf-8", "surrogatepass"))
    return len(body) > NOTHING_NEW * len(squeezer.compress(body) + squeezer.flush())


def _blank(piece: str) -> str:
    """As many characters, none of them a word, that end the paragraph before them."""
    return ("\n\n" + " " * len(piece))[: len(piece)]
