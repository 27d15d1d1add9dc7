"""An attribution in the making, in token numbers, and the small questions all patterns ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from apps.attribution.cues import Lexicon
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document, Sentence
from apps.attribution.types import Kind


@dataclass(slots=True)
class Draft:
    """``source``, ``cue`` and ``content`` hold token ranges; ``verb`` is the head token of the cue."""

    source: list[Phrase]
    cue: list[Phrase]
    content: list[Phrase]
    kind: Kind
    pattern: str
    confidence: float
    verb: int
    target: Phrase | None = None


@dataclass(slots=True)
class Scene:
    """One sentence under reading: its bounds without final punctuation, and what has been found in it so far."""

    reader: Reader
    sentence: Sentence
    first: int
    last: int
    found: list[Draft] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    inside: int = -1
    """The number of the quotation whose words alone are read, as if nothing stood around them; -1 for none."""

    @property
    def doc(self) -> Document:
        return self.reader.doc

    @property
    def lex(self) -> Lexicon:
        return self.reader.lex

    def quote_end(self, k: int) -> int:
        """``k``, or where the quotation ends that token ``k`` stands in."""
        n = self._quote(k)
        return k if n < 0 else max(k, self.doc.quotes[n].last)

    def quote_start(self, k: int) -> int:
        """``k``, or where the quotation starts that token ``k`` stands in."""
        n = self._quote(k)
        return k if n < 0 else min(k, self.doc.quotes[n].first)

    def in_quote(self, k: int) -> bool:
        return self._quote(k) >= 0

    def opens_quote(self, k: int) -> bool:
        n = self._quote(k) if 0 <= k < len(self.doc) else -1
        return n >= 0 and self.doc.quotes[n].first == k

    def _quote(self, k: int) -> int:
        """The number of the quotation that token ``k`` stands in, other than the one that is read; -1 for none."""
        n = self.doc.quote_of[k]
        return -1 if n == self.inside else n


def scene(reader: Reader, sentence: Sentence, *, inside: int = -1) -> Scene:
    """The sentence, less its final marks, with the commas at which a content may break off.

    With ``inside`` only as much of it as stands between the marks of that quotation.
    """
    first, last = sentence.first, sentence.last
    if inside >= 0:
        quote = reader.doc.quotes[inside]
        first, last = max(first, quote.first + 1), min(last, quote.last - quote.closed)
    while last > first and reader.low[last] in (".", "?", "!", "...", "…", ","):
        last -= 1
    out = Scene(reader, sentence, first, last, inside=inside)
    for k in range(first, last):
        if out.in_quote(k):
            continue
        if reader.low[k] == ";" or (reader.low[k] in (",", "–", "—", "--") and _breaks_off(reader, k + 1)):
            out.breaks.append(k)
    return out


def _breaks_off(reader: Reader, k: int) -> bool:
    """Whether a new cue starts at ``k``: a reporting participle or "according to"."""
    while k < len(reader.low) and reader.is_adverb(k):
        k += 1
    if k >= len(reader.low):
        return False
    word = reader.low[k]
    if word == "according":
        return True
    form = reader.lex.verbs.get(word)
    return form is not None and form.tense == {"gerund"}
