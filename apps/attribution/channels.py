"""The channel over which something was said: the words beside the cue, the cue itself, or a source that is a text."""

from __future__ import annotations

from collections.abc import Iterable

from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.segmentation import Document
from apps.attribution.surroundings import Region

MOST = 40


class Channels:
    """Reads the channels of one document. A platform ranks before the sort of text that was put there."""

    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.under = lex.channels.under
        self.closed = lex.words["prepositions"]

    def of(self, draft: Draft, regions: Iterable[Region]) -> str | None:
        """The channel of a draft, by the regions around its cue; None where the text names none."""
        places = [(part.first, part.last) for part in draft.cue]
        places += [self._head(part.first, part.last) for part in draft.source]
        best: tuple[int, str] | None = None
        for first, last in (*places, *regions):
            for k in range(first, min(last, first + MOST) + 1):
                found = self._at(k) if not self._is_asked_for(k) else None
                if found is not None and (best is None or found < best):
                    best = found
        return best[1] if best is not None else None

    def _head(self, first: int, last: int) -> Region:
        """The head of a source: "a statement from the ministry" is a text, "the minister's statement" too."""
        for k in range(first, last + 1):
            if self.low[k] in self.closed or self.low[k] == ",":
                return max(first, k - 1), k - 1
        return max(first, last), last

    def _is_asked_for(self, k: int) -> bool:
        """ "Did not respond to requests for an interview"."""
        return k > 1 and self.low[k - 1] in ("a", "an") and self.low[k - 2] == "for"

    def _at(self, k: int) -> tuple[int, str] | None:
        """(rank, channel) of the phrase that starts at token ``k``."""
        for rank, channel, words in self.under.get(self.low[k], ()):
            if all(self._is(k + n, word) for n, word in enumerate(words)):
                return rank, channel
        return None

    def _is(self, k: int, word: str) -> bool:
        if k >= len(self.low):
            return False
        return self.doc.words[k] == word[1:] if word[0] == "=" else self.low[k] == word
