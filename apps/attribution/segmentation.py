"""Tokens, sentences, paragraphs and quotations of a text, in one linear pass each.

No language model: a regular expression for tokens (every alternative starts with a different class of character, so
it cannot backtrack badly), short lists of abbreviations, and the typography of quotation marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}"
    r"|[$£€]?\d+(?:[.,:]\d+)*%?(?:-[^\W\d_]+)*"
    r"|[^\W\d_]+\.(?:com|org|net|info|co\.uk|ru|am|az|ua|il|ps|ir)\b"
    r"|[^\W\d_]+(?:[-–'’][^\W_]+)*"
    r"|['’](?:s|S|re|ve|ll|d|m|t)\b"
    r"|''|``|’’|‘‘|\.{2,}|-{2,}|[^\w\s]|\w"
)
CLITIC = re.compile(r"(?:['’](?:s|S|re|ve|ll|d|m)|n['’]t)$")
ABBREVIATIONS = frozenset(
    (
        *(
            "mr",
            "mrs",
            "ms",
            "dr",
            "sen",
            "rep",
            "gov",
            "gen",
            "lt",
            "col",
            "sgt",
            "maj",
            "capt",
            "cmdr",
            "adm",
            "brig",
        ),
        *("prof", "rev", "hon", "st", "jr", "sr", "vs", "no", "sept", "oct", "nov", "dec", "jan", "feb", "aug"),
        *("inc", "corp", "co", "ltd", "dept"),
    )
)
LONGEST_SENTENCE = 300
OPENING: dict[str, tuple[str, ...]] = {"“": ("”", "''"), "«": ("»",), "„": ("“", "”")}
DOUBLED: dict[str, tuple[str, ...]] = {
    '"': ('"', "”"),
    "''": ("''", "’’", '"'),
    "``": ("''", "’’", '"'),
    "‘‘": ("’’", "''"),
}
CLOSING = frozenset(("”", '"', "’", "»", ")", "''", "’’"))
STARTS = frozenset(("“", '"', "‘", "«", "„", "[", "(", "''", "``", "‘‘"))
SINGLE = ("’", "'")
SINGLE_OPENING = ("‘", "'")
DATELINE = re.compile(
    r"[^\W\d_][^\n()]{1,70}?\s?(?:\([^\W\d_][\w.&/ -]{1,30}\)\s?){1,2}[.,]?\s?[-–—]+\s?|"
    r"[A-Z][A-Z ’'./-]{2,40}(?:, [^\n,–—]{2,30}){0,2}\s(?:--|[–—-])\s"
)
STAMP = re.compile(
    r"(?:[^\W\d_]{2,12}\s)?\(?\d{1,2}[:.]\d{2}(?:\s?(?:am|pm|a\.m\.|p\.m\.|GMT|UTC|CET|EET))?\)?\s?[:–—|-]?\s+(?=\S)"
)
BYLINE = re.compile(
    r"(?i:by|reporting by|writing by|editing by|photo by|photograph|image|credit)\b[:\s]"
    r"|(?i:published|updated|share|related|read more|advertisement|back to top|sign up|subscribe|©)\b"
    r"|(?i:\(?reporting by|\(?photo)\b"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Tokens ``first..last`` between quotation marks, the marks included; ``closed`` if the closing mark is there."""

    first: int
    last: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``first..last``; ``heading`` for a line of its own without a full stop; ``skipped`` for bylines."""

    first: int
    last: int
    paragraph: int
    heading: bool
    skipped: bool


class Document:
    """A text cut into tokens, sentences and quotations. All positions are token numbers unless said otherwise."""

    __slots__ = (
        "ends",
        "low",
        "paragraph",
        "quote_of",
        "quoted_before",
        "quotes",
        "sentences",
        "starts",
        "text",
        "words",
        "words_before",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        spans = token_spans(text)
        self.starts = [a for a, _ in spans]
        self.ends = [b for _, b in spans]
        self.words = [text[a:b] for a, b in spans]
        self.low = [w.lower().replace("’", "'") for w in self.words]
        self.paragraph = self._paragraphs()
        self.quotes = self._quotes()
        self.quote_of = [-1] * len(self.words)
        for n, q in enumerate(self.quotes):
            for k in range(q.first, q.last + 1):
                self.quote_of[k] = n
        self.words_before = [0, *accumulate(word[0].isalnum() for word in self.words)]
        self.quoted_before = [
            0,
            *accumulate(w[0].isalnum() and n >= 0 for w, n in zip(self.words, self.quote_of, strict=True)),
        ]
        self.sentences = self._sentences()

    def __len__(self) -> int:
        return len(self.words)

    def token_at(self, offset: int) -> int:
        """Number of the first token that ends after ``offset``."""
        return bisect_left(self.ends, offset + 1)

    def slice(self, first: int, last: int) -> str:
        """The text of tokens ``first..last``."""
        return self.text[self.starts[first] : self.ends[last]]

    def count_words(self, first: int, last: int) -> tuple[int, int]:
        """How many words tokens ``first..last`` hold, and how many of them stand between quotation marks."""
        return (
            self.words_before[last + 1] - self.words_before[first],
            self.quoted_before[last + 1] - self.quoted_before[first],
        )

    def _paragraphs(self) -> list[int]:
        wrapped = _is_hard_wrapped(self.text)
        out: list[int] = []
        number = 0
        for k in range(len(self.words)):
            if k:
                gap = self.text[self.ends[k - 1] : self.starts[k]]
                breaks = gap.count("\n")
                if breaks > 1 or (breaks == 1 and not self._is_soft_break(k, wrapped)):
                    number += 1
            out.append(number)
        return out

    def _is_soft_break(self, k: int, wrapped: bool) -> bool:
        return wrapped or (self.words[k - 1] not in '.!?:”"»' and self.words[k][0].islower())

    def _quotes(self) -> list[Quote]:
        """Quotations in order, none inside another. One left open ends with its paragraph, a single one is void."""
        out: list[Quote] = []
        opened: int | None = None
        closers: tuple[str, ...] = ()
        for k, word in enumerate(self.words):
            if opened is not None and self.paragraph[k] != self.paragraph[opened]:
                out.append(Quote(opened, k - 1, False))
                opened = None
            if opened is None:
                if (closers := self._closers(k)) != () and not self._only_closes(k):
                    opened = k
            elif self._closes(k, closers):
                out.append(Quote(opened, k, True))
                opened = None
            elif self._opens_anew(word, closers):
                if closers != SINGLE:
                    out.append(Quote(opened, k - 1, False))
                opened, closers = k, self._closers(k)
        if opened is not None:
            out.append(Quote(opened, len(self.words) - 1, False))
        return [q for q in out if q.closed or self.words[q.first] not in SINGLE_OPENING]

    def _closes(self, k: int, closers: tuple[str, ...]) -> bool:
        """Whether token ``k`` ends the open quotation; a straight mark may end one that a curly mark began."""
        if self.words[k] in closers:
            return closers != SINGLE or self._closes_single(k)
        return self.words[k] == '"' and "”" in closers and self._is_glued(k)

    def _is_glued(self, k: int) -> bool:
        """Whether a mark stands right after a word or mark and before a blank, as a closing one does."""
        spaced = self.ends[k] >= len(self.text) or not self.text[self.ends[k]].isalnum()
        return k > 0 and self.ends[k - 1] == self.starts[k] and spaced

    def _only_closes(self, k: int) -> bool:
        """A straight mark that ends what no mark began ("There is no famine," she said), or one of inches (5'10")."""
        if self.words[k] != '"' or k == 0:
            return False
        glued = self.ends[k - 1] == self.starts[k]
        spaced = self.ends[k] >= len(self.text) or self.text[self.ends[k]].isspace()
        return glued and spaced and (self.words[k - 1] in ",.!?" or self.words[k - 1][-1].isdigit())

    def _closers(self, k: int) -> tuple[str, ...]:
        """The marks that close a quotation opened by token ``k``; none if it opens none."""
        word = self.words[k]
        if word in SINGLE_OPENING:
            return SINGLE if self._opens_single(k) else ()
        return OPENING.get(word) or DOUBLED.get(word, ())

    @staticmethod
    def _opens_anew(word: str, closers: tuple[str, ...]) -> bool:
        """A double mark inside what looked like a single quotation, or "“" where "”" was due."""
        if closers == SINGLE:
            return word in OPENING or word in DOUBLED
        return word == "“" and "”" in closers

    def _opens_single(self, k: int) -> bool:
        before = self.text[self.starts[k] - 1] if self.starts[k] else " "
        after = self.text[self.ends[k]] if self.ends[k] < len(self.text) else " "
        return before in ' \n\t(“"' and after.isalpha()

    def _closes_single(self, k: int) -> bool:
        after = self.text[self.ends[k]] if self.ends[k] < len(self.text) else " "
        before = self.text[self.starts[k] - 1]
        return not after.isalnum() and (before in ".,!?" or after in ".,!?;:)\n" or before != "s")

    def _sentences(self) -> list[Sentence]:
        out: list[Sentence] = []
        start = 0
        for k in range(len(self.words)):
            if self._ends_sentence(k) or k - start >= LONGEST_SENTENCE:
                out.extend(self._finish(start, k))
                start = k + 1
        return out

    def _ends_sentence(self, k: int) -> bool:
        if k + 1 == len(self.words) or self.paragraph[k + 1] != self.paragraph[k]:
            return True
        word, after = self.words[k], self.words[k + 1]
        spaced = self.ends[k] < self.starts[k + 1]
        opens = after[0].isupper() or after[0].isdigit() or after in STARTS
        if word in ".?!…" or word == "...":
            return spaced and opens and not (k and word == "." and self._is_abbreviation(k - 1, k))
        mark = next(
            (m for m in range(k - 1, max(-1, k - 4), -1) if self.words[m] not in CLOSING and self.words[m] != "'"), k
        )
        if word in CLOSING and self.words[mark] in ".?!…":
            return spaced and (after[0].isupper() or after in STARTS)
        if len(word) > 3 and word[1] == "." and word[-1] == ".":
            return spaced and after in ("The", "He", "She", "It", "They", "But", "In", "A", "And", "We", "I")
        return False

    def _is_abbreviation(self, k: int, stop: int) -> bool:
        if self.ends[k] != self.starts[stop]:
            return False
        return self.low[k] in ABBREVIATIONS or (len(self.words[k]) == 1 and self.words[k].isupper())

    def _finish(self, first: int, last: int) -> list[Sentence]:
        """The sentence ``first..last``, cut where a dateline ends, and marked if it is a heading or a byline."""
        paragraph = self.paragraph[first]
        opens = first == 0 or self.paragraph[first - 1] != paragraph
        closes = last + 1 == len(self.words) or self.paragraph[last + 1] != paragraph
        offset = self.starts[first]
        heading = opens and closes and self.words[last] not in '.?!…”"»’:' and last - first < 25
        if opens and BYLINE.match(self.text, offset) and last - first < 14:
            return [Sentence(first, last, paragraph, heading, True)]
        if opens and (found := DATELINE.match(self.text, offset, offset + 120) or STAMP.match(self.text, offset)):
            cut = self.token_at(found.end() - 1) + (0 if self.text[found.end() - 1].isspace() else 1)
            if first < cut <= last:
                return [
                    Sentence(first, cut - 1, paragraph, False, True),
                    Sentence(cut, last, paragraph, False, False),
                ]
        return [Sentence(first, last, paragraph, heading, False)]


def token_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every token, in order; clitics ("'s", "n't") are tokens of their own."""
    out: list[tuple[int, int]] = []
    for found in TOKEN.finditer(text):
        start, end = found.span()
        if end - start > 2 and (clitic := CLITIC.search(text, max(start, end - 3), end)) and clitic.start() > start:
            out.append((start, clitic.start()))
            out.append((clitic.start(), end))
        else:
            out.append((start, end))
    return out


def _is_hard_wrapped(text: str) -> bool:
    """Whether single line ends only wrap lines (a text file, a mail) and blank lines divide paragraphs."""
    if "\n\n" not in text:
        return False
    single = [line for block in text.split("\n\n") for line in block.split("\n")[:-1] if line.strip()]
    return len(single) > 2 and sum(50 <= len(line) <= 100 for line in single) > 0.8 * len(single)
