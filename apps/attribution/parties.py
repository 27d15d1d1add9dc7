"""For whom the sources of one text speak, as far as its words tell: the names, states and offices of each mention.

"Orland's defence ministry" and "an Orlandi spokesman" share the party "orland" by their stems, "Baku" and "Azerbaijani"
theirs by the table of nations. A name that stands beside another in one mention ("Anna Holt, Orland's minister") brings
it along wherever it stands alone later. All this is for comparing the sources of one text only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.attribution.cues import Lexicon
from apps.attribution.naming import tokens
from apps.attribution.nations import nations, stem
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, Span

LONGEST_MENTION = 40
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Party:
    """``names``: stems of proper names and codes of states; ``offices``: common nouns, "ministry", "governor"."""

    names: frozenset[str]
    offices: frozenset[str]

    def __or__(self, other: Party) -> Party:
        return Party(self.names | other.names, self.offices | other.offices)

    def is_same(self, other: Party) -> bool:
        """Whether both speak for one side: a name in common, or, where one has no name, an office."""
        if self.names & other.names:
            return True
        return not (self.names and other.names) and bool(self.offices & other.offices)


NOBODY = Party(frozenset(), frozenset())


class Parties:
    """Reads the parties of one document's mentions."""

    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.words = lex.answering
        self.offices = lex.words["institutions"] | lex.words["titles"] | lex.words["plural_sources"]
        self.colourless = self.words["colourless"] | self.words["pronouns"] | lex.words["time"]
        self.closed = frozenset().union(
            *(lex.words[name] for name in ("determiners", "prepositions", "auxiliaries", "subordinators", "leading"))
        )

    def speaking(self, attributions: Sequence[Attribution]) -> list[Party]:
        """The party of each attribution's source, with all that the text says of it up to there."""
        known: dict[str, frozenset[str]] = {}
        out: list[Party] = []
        for attribution in attributions:
            party = self._source(attribution)
            if self._is_possessed(attribution):
                party = party | Party(self._owner_before(attribution), frozenset())
            names = party.names.union(*(known.get(name, frozenset()) for name in party.names))
            if len(names) > 1:
                for name in party.names:
                    known[name] = known.get(name, frozenset()) | party.names
            out.append(Party(names, party.offices))
        return out

    def _source(self, attribution: Attribution) -> Party:
        spans = list(attribution.source)
        if attribution.antecedent is not None:
            spans.append(attribution.antecedent.span)
        party = NOBODY
        for span in spans:
            party = party | self.of(span, office=True)
        return party

    def _is_possessed(self, attribution: Attribution) -> bool:
        """ "Its spokeswoman": an office of whoever was named before; not "its neighbour"."""
        if not attribution.source or attribution.antecedent is not None:
            return False
        first = self.doc.token_at(attribution.source[0].start)
        last = self.doc.token_at(attribution.source[0].end - 1)
        if self.low[first] not in ("its", "his", "her", "their"):
            return False
        return any(
            self.low[k] in self.offices or self.low[k] in self.words["colourless"] for k in range(first, last + 1)
        )

    def _owner_before(self, attribution: Attribution) -> frozenset[str]:
        """The name nearest before a source, past those that only say where."""
        first = self.doc.token_at(attribution.source[0].start)
        for k in range(first - 1, max(-1, first - LONGEST_MENTION), -1):
            if self._is_name(k) and not (k and self.low[k - 1] in self.words["elsewhere"]):
                return self._keys(k)
        return frozenset()

    def of(self, span: Span, *, office: bool) -> Party:
        """The party that the words of a span name; with ``office``, less the names that only say where or to whom."""
        first, last = self.doc.token_at(span.start), self.doc.token_at(span.end - 1)
        last = min(last, first + LONGEST_MENTION)
        names: set[str] = set()
        offices: set[str] = set()
        elsewhere = False
        for k in range(first, last + 1):
            word = self.low[k]
            if word in self.words["elsewhere"]:
                elsewhere = office
            elif word in (",", "(", "and"):
                elsewhere = False
            elif elsewhere or not word[0].isalpha():
                continue
            elif self._is_name(k):
                names |= self._keys(k)
            elif word not in self.closed and word not in self.colourless:
                offices.add(singular(word))
        return Party(frozenset(names), frozenset(offices))

    def _is_name(self, k: int) -> bool:
        word = self.low[k]
        if not self.doc.words[k][0].isupper() or len(word) < SHORTEST:
            return False
        return word not in self.offices and word not in self.words["generic"] and word not in self.closed

    def _keys(self, k: int) -> frozenset[str]:
        """The codes of the state a word names, or else its stem."""
        table = nations()
        words = tokens(self.doc.words[k])
        if not words:
            return frozenset()
        found = table.at(words, 0)
        if found is not None and found[1] == 1:
            return found[0]
        return table.capitals.get(words[0].word) or frozenset((stem(words[0].word),))

    def names_in(self, spans: Iterable[Span]) -> list[tuple[int, frozenset[str]]]:
        """(token, keys) of every proper name in the spans, the words in front of "in" and the like left as they are."""
        out: list[tuple[int, frozenset[str]]] = []
        for span in spans:
            first, last = self.doc.token_at(span.start), self.doc.token_at(span.end - 1)
            tokens_of_it = range(first, min(last, first + 2 * LONGEST_MENTION) + 1)
            out.extend((k, self._keys(k)) for k in tokens_of_it if self._is_name(k))
        return out


def singular(word: str) -> str:
    """A rough stem of a common noun or verb: enough to tell that two words of one text are the same."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            word = word[: -len(ending)]
            break
    if len(word) > SHORTEST and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > SHORTEST else word
