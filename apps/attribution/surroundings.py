"""The words around a cue that belong to the reporting clause: neither to the content nor to another clause.

"On Monday, the ministry said in a statement that the road, which had closed on Sunday, was open" has two such places,
"On Monday" and "in a statement". What is said inside the content never tells when or how it was said.
"""

from __future__ import annotations

from bisect import bisect_right

from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.segmentation import Document

REACH = 24
STOPS = frozenset((".", "?", "!", ";", ":", "“", "”", '"', "«", "»", "„"))
COORDINATORS = frozenset(("and", "but", "or"))
Region = tuple[int, int]


class Surroundings:
    """Finds the reporting clause around the drafts of one document. Every walk is bounded by ``REACH``."""

    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.other = lex.when.classes["other_times"]
        self.ways = lex.when.classes["ways"]
        self.starts = [sentence.first for sentence in doc.sentences]

    def regions(self, draft: Draft) -> list[Region]:
        """Token ranges ``first..last`` beside the cue, the closest first: behind it, before it, in front of all."""
        floor, ceiling = self._sentence(draft.verb)
        inside = sorted((part.first, part.last) for part in draft.content)
        behind = [self._behind(end + 1, ceiling, inside) for end in self._ends(draft)]
        found = [*behind, self._between(draft, floor, inside), self._before(draft, floor, inside)]
        found.append(self._trailing(draft, ceiling, inside))
        return [region for region in found if region[0] <= region[1]]

    def _sentence(self, k: int) -> Region:
        n = bisect_right(self.starts, k) - 1
        if n < 0:
            return k, k
        sentence = self.doc.sentences[n]
        return sentence.first, max(sentence.last, k)

    def _ends(self, draft: Draft) -> list[int]:
        """Last tokens of the cue, of a source behind it and of the one addressed: something may follow each."""
        cue = draft.cue[-1].last
        out = [cue]
        if draft.source and draft.source[-1].first > cue:
            out.append(draft.source[-1].last)
        if draft.target is not None and draft.target.first > cue:
            out.append(draft.target.last)
        return out

    def _behind(self, first: int, ceiling: int, inside: list[Region]) -> Region:
        """From token ``first`` up to the content, the end of the clause, or the cue of another."""
        last = first - 1
        for k in range(first, min(first + REACH, ceiling + 1)):
            if any(a <= k <= b for a, b in inside) and not self._is_right_behind(first, k):
                break
            if self._stops(k) or self._ends_clause(k):
                break
            last = k
        return first, last

    def _stops(self, k: int) -> bool:
        """Whether a mark ends the clause; the full stops of "p.m." do not."""
        if self.low[k] != ".":
            return self.low[k] in STOPS
        return not (k and len(self.low[k - 1]) == 1 and self.doc.ends[k - 1] == self.doc.starts[k])

    def _is_right_behind(self, first: int, k: int) -> bool:
        """Whether a time that opens right behind the accused is still the cue's: "accused Orland on Monday of"."""
        if k - first > 3 or self.low[first] != "on":
            return False
        return k == first or self.low[k] in self.lex.words["time"]

    def _ends_clause(self, k: int) -> bool:
        word = self.low[k]
        if word in COORDINATORS:
            return True
        if word in self.other:
            return not self._is_clock_like(k + 1)
        form = self.lex.verbs.get(word)
        return form is not None and form.tense == {"gerund"} and self.low[k - 1] == ","

    def _is_clock_like(self, k: int) -> bool:
        """ "shortly after midnight" still says when."""
        word = self.low[k] if k < len(self.low) else "."
        return word in self.lex.when.parts or word[0].isdigit()

    def _between(self, draft: Draft, floor: int, inside: list[Region]) -> Region:
        """From the source, or the last comma or "and", up to the cue: "the army, in a statement, denied"."""
        cue = draft.cue[0].first
        source = [part.last for part in draft.source if part.last < cue]
        stop = max([floor, cue - REACH, *(last + 1 for last in source)])
        first = cue
        for k in range(cue - 1, stop - 1, -1):
            if self._stops(k) or self.low[k] in COORDINATORS or any(a <= k <= b for a, b in inside):
                break
            first = k
        return first, cue - 1

    def _before(self, draft: Draft, floor: int, inside: list[Region]) -> Region:
        """What is put in front of the source: "On Tuesday, in a letter, the army denied"."""
        stop = min(part.first for part in (*draft.source, *draft.cue))
        first = floor
        while first < stop and (self.low[first] in self.lex.words["leading"] or self._is_stamp(first)):
            if self._opens_adjunct(first):
                break
            first += 1
        if first >= stop or not self._opens_adjunct(first):
            return 1, 0
        last = first - 1
        for k in range(first, min(stop, first + REACH)):
            if any(a <= k <= b for a, b in inside) or self._stops(k):
                return 1, 0
            if self.low[k] in COORDINATORS or (self.low[k] in self.other and not self._is_clock_like(k + 1)):
                break
            last = k
        return (first, last) if last + 1 == stop or self.low[stop - 1] == "," else (1, 0)

    def _is_stamp(self, k: int) -> bool:
        return self.low[k] in (",", "–", "—", "-")

    def _opens_adjunct(self, k: int) -> bool:
        """Whether a sentence begins with an adjunct, "On Tuesday", "Late on", "Speaking to", and no subject."""
        words = self.lex.words
        word = self.low[k]
        if word in self.other:
            return False
        groups = (words["prepositions"], words["time"], self.lex.when.opening - {"a", "the", "that", "this"})
        return any(word in group for group in groups) or word.endswith("ing") or word == "this" or self._counts_back(k)

    def _counts_back(self, k: int) -> bool:
        """ "Two days ago", "a day later"."""
        classes = self.lex.when.classes
        return any(word in classes["back"] or word in classes["later"] for word in self.low[k + 1 : k + 4])

    def closing(self, draft: Draft) -> Region:
        """What follows the content and says how: "..., in a communique on Telegram"."""
        ceiling = self._sentence(draft.verb)[1]
        last = max(part.last for part in draft.content)
        first = last + 2 if self.low[last + 1 : last + 2] == [","] else last + 1
        if last < draft.cue[-1].last or first > ceiling or self.low[first] not in self.ways:
            return 1, 0
        return self._behind(first, min(ceiling, first + 12), [])

    def _trailing(self, draft: Draft, ceiling: int, inside: list[Region]) -> Region:
        """Right behind a content without a verb of its own: "rejected the allegation on Tuesday"."""
        first, last = inside[-1]
        if first < draft.cue[-1].last or last - first > 7:
            return 1, 0
        named = next((k for k in range(first, last + 1) if self.low[k] in self.lex.nouns), None)
        if named is not None and named < last:
            return named + 1, last
        if last < ceiling and (named is not None or last - first < 5):
            return self._behind(last + 1, min(ceiling, last + 8), [])
        return 1, 0

    def swallowed(self, draft: Draft) -> list[Region]:
        """Adjuncts that the spans took in: "said | at a briefing that", "the army, in a letter, said"."""
        out: list[Region] = []
        first, last = self.opening(draft)
        that = next((k for k in range(first, last + 1) if self.low[k] == "that"), None)
        if that is not None and self.low[first] in self.ways:
            out.append((first, that - 1))
        spans = [(draft.content[-1], REACH // 2)] if draft.content[-1].first > draft.cue[-1].last else []
        for part, reach in (*spans, *((part, REACH) for part in draft.source)):
            for k in range(part.last - 1, max(part.first, part.last - reach), -1):
                if self.doc.quote_of[k] >= 0:
                    break
                if self.low[k] == "," and self.low[k + 1] in self.ways:
                    out.append((k + 1, part.last))
                    break
        return out

    def opening(self, draft: Draft) -> Region:
        """The first words of a content right behind its cue, where a time may have been taken for content."""
        cue = draft.cue[-1].last
        for part in draft.content:
            if part.first == cue + 1:
                return part.first, min(part.last, part.first + 8)
        return 1, 0
