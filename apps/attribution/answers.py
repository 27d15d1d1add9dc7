"""Which earlier statements a denial or rebuttal most likely answers: proposals with a reason, none rather than a guess.

Signals: the earlier one accuses or names those for whom the denier speaks; both are about the same things (words
weighted by how rare they are among the statements of the text, the inverse document frequency of Spärck Jones 1972);
"the allegation" and denials without words of their own point back; figures of one measure differ; the same side goes on
denying; accusations and near statements come first. What the own side says, refusals, appeals and whoever relays what
is answered are no answers. The weights were set by hand on invented texts. Looks back over ``LOOK_BACK`` statements, so
that time is linear.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.attribution.contents import Contents
from apps.attribution.cues import Lexicon
from apps.attribution.parties import Parties, Party, singular
from apps.attribution.segmentation import Document
from apps.attribution.types import Answer, Attribution, Figure, Kind, Quotation, Span

LOOK_BACK = 40
MOST_ANSWERS = 4
ENOUGH = 0.5
ENOUGH_FOR_REBUTTAL = 0.52
# What one signal has to reach for a statement that is no denial by its cue.
CLOSE = 0.22
NEAR_BEST = 0.65
KINDS = {
    Kind.ACCUSATION: 1.0,
    Kind.ASSERTION: 0.6,
    Kind.DESIGNATION: 0.5,
    Kind.JUSTIFICATION: 0.5,
    Kind.DENIAL: 0.4,
    Kind.ACKNOWLEDGEMENT: 0.3,
}


@dataclass(frozen=True, slots=True)
class _Signal:
    weight: float
    strength: float
    reason: str

    @property
    def value(self) -> float:
        return self.weight * self.strength


def answers(doc: Document, lex: Lexicon, attributions: Sequence[Attribution]) -> list[tuple[Answer, ...]]:
    """For each attribution the earlier ones it most likely answers, the likeliest first; empty for most.

    Pure: the attributions come back unchanged, and what they had in ``answers`` before is not looked at.
    """
    reader = _Answers(doc, lex, attributions)
    for n in range(len(attributions)):
        reader.found.append(reader.of(n))
    return reader.found


class _Answers:
    def __init__(self, doc: Document, lex: Lexicon, attributions: Sequence[Attribution]) -> None:
        self.doc = doc
        self.low = doc.low
        self.words = lex.answering
        self.all = attributions
        self.parties = Parties(doc, lex)
        self.speaking = self.parties.speaking(attributions)
        reader = Contents(doc, lex)
        self.contents = [reader.read(attribution) for attribution in attributions]
        self.frequency = Counter(word for content in self.contents for word in content.stems)
        self.names = [self.parties.names_in(each.content) for each in attributions]
        self.targets = [self.parties.of(t, office=False) if (t := each.target) else None for each in attributions]
        self.owners = [self.parties.of(o, office=True) if (o := each.owner) else None for each in self.contents]
        self.rare = math.log(1 + (len(attributions) + 1) / 2)
        self.found: list[tuple[Answer, ...]] = []

    def of(self, n: int) -> tuple[Answer, ...]:
        """The answers of attribution ``n``, at most ``MOST_ANSWERS``."""
        denier = self.all[n]
        if denier.kind is not Kind.DENIAL and not self._may_rebut(n):
            return ()
        denies = denier.kind is Kind.DENIAL
        found = [self._answer(n, m, steps) for steps, m in enumerate(self._earlier(n))]
        found = [answer for answer in found if answer.confidence >= (ENOUGH if denies else ENOUGH_FOR_REBUTTAL)]
        found.sort(key=lambda answer: (-answer.confidence, -answer.index))
        best = found[0].confidence if found else 0.0
        relayers = {self.all[answer.index].relayed_by for answer in found}
        kept = [a for a in found if a.confidence >= NEAR_BEST * best and a.index not in relayers]
        return tuple(replace(a, confidence=round(min(0.95, a.confidence), 2)) for a in kept[:MOST_ANSWERS])

    def _may_rebut(self, n: int) -> bool:
        """Whether something said without a cue of denial may answer: it negates, or calls something untrue."""
        attribution = self.all[n]
        if attribution.kind not in (Kind.ASSERTION, Kind.DESIGNATION, Kind.JUSTIFICATION):
            return False
        return self.contents[n].negative or self.contents[n].false or self._quotes_on(n)

    def _quotes_on(self, n: int) -> bool:
        """Whether a quotation right behind a denial goes on about the same things."""
        if n == 0 or self.all[n].quotation is not Quotation.DIRECT or self.all[n - 1].kind is not Kind.DENIAL:
            return False
        return bool(self.found[n - 1]) and not self.contents[n].stems.isdisjoint(self.contents[n - 1].stems)

    def _earlier(self, n: int) -> list[int]:
        """The statements before ``n`` that it may answer, the nearest first."""
        here = self.all[n]
        start = self._start(here)
        out: list[int] = []
        for m in range(n - 1, max(-1, n - 1 - LOOK_BACK), -1):
            other = self.all[m]
            if other.kind not in KINDS or m == here.relayed_by or other.relayed_by == n:
                continue
            if self._start(other) >= start or self._is_own(n, m) or _holds(other, start):
                continue
            out.append(m)
        return out

    def _is_own(self, n: int, m: int) -> bool:
        """Whether ``m`` is said, or reported of others, by the side of ``n``."""
        relayer = self.all[m].relayed_by
        own = self.speaking[n]
        return own.is_same(self.speaking[m]) or (relayer is not None and own.is_same(self.speaking[relayer]))

    def _start(self, attribution: Attribution) -> int:
        return min(span.start for span in (*attribution.cue, *attribution.content))

    def _answer(self, n: int, m: int, steps: int) -> Answer:
        """How likely ``n`` answers ``m``, with ``steps`` other candidates between, and the two best reasons."""
        other = KINDS[self.all[m].kind]
        signals = [
            self._accused(n, m),
            self._alike(n, m),
            self._pointed_at(n, m, steps),
            self._counted_otherwise(n, m),
            self._in_one_breath(n, m),
            self._goes_on(n, m),
            self._at_once(n, m, steps),
            _Signal(0.12, other, "it is an accusation" if other == 1 else ""),
            _Signal(0.16, 1 / (1 + steps), "" if steps else "it is the last statement of another side before"),
        ]
        if self.all[n].kind is not Kind.DENIAL and not self._meets(n, m, signals):
            return Answer(m, "", 0.0)
        told = sorted((s for s in signals if s.reason and s.value > 0), key=lambda s: -s.value)[:2]
        reason = " and ".join(signal.reason for signal in told) or "it stands before"
        return Answer(m, reason, max(0.0, sum(signal.value for signal in signals)))

    def _meets(self, n: int, m: int, signals: Sequence[_Signal]) -> bool:
        """Whether what is no denial by its cue may be taken for one: it negates, and for more than one reason.

        Most of what is said with a "not" in it answers nobody.
        """
        here = self.contents[n]
        accused, alike, pointed, counted, breath, goes_on = (signal.value for signal in signals[:6])
        if goes_on > 0:
            return here.negative or here.false or self._quotes_on(n)
        if here.false and here.points and pointed > 0:
            return True
        if not (here.negative or here.false):
            return False
        close = accused >= CLOSE or alike >= CLOSE or breath > 0
        if self.all[m].kind is Kind.ACCUSATION or here.rebuts:
            return close or ((here.replies or here.bare) and pointed > 0)
        quoted = self.all[n].quotation is Quotation.DIRECT
        return not quoted and accused >= CLOSE and (alike >= CLOSE or counted > 0)

    def _goes_on(self, n: int, m: int) -> _Signal:
        """Whether the earlier statement has just been answered, and the same side, or the same words, go on denying."""
        here = self.all[n]
        for before in range(n - 1, max(-1, n - 3), -1):
            if here.relayed_by != self.all[before].relayed_by or not any(a.index == m for a in self.found[before]):
                continue
            firm = Kind.DENIAL in (here.kind, self.all[before].kind) or self.all[m].kind is Kind.ACCUSATION
            if firm and self.speaking[n].is_same(self.speaking[before]):
                return _Signal(0.3, 1.0, "the same side has just answered it")
            if (
                self.all[before].kind is here.kind is Kind.DENIAL
                and self.contents[n].stems & self.contents[before].stems
            ):
                return _Signal(0.3, 1.0, "the denial just before answers it, in the same words")
        return _Signal(0.3, 0.0, "")

    def _at_once(self, n: int, m: int, steps: int) -> _Signal:
        """Whether a plain denial follows an accusation with nobody else's words between."""
        fits = steps == 0 and self.all[n].kind is Kind.DENIAL and self.all[m].kind is Kind.ACCUSATION
        return _Signal(0.25, float(fits), "it is the accusation right before")

    def _accused(self, n: int, m: int) -> _Signal:
        """Whether the earlier statement is against, or about, those for whom the denier speaks."""
        denier, other = self.speaking[n], self.all[m]
        target = self.targets[m]
        if target is not None and other.target is not None:
            if target.names & denier.names or target.offices & denier.offices:
                return _Signal(0.42, 1.0, f"it accuses “{self._words(other.target)}”, for whom the denial speaks")
            if target.names and denier.names:
                return _Signal(0.42, -0.3, "")
        about, words = self._about(denier, m)
        return _Signal(0.42, about, f"it is about “{words}”, for whom the denial speaks")

    def _about(self, denier: Party, m: int) -> tuple[float, str]:
        """How much a content is about a party, and the words that say so: its subject more than a place in it."""
        best, words = 0.0, ""
        start = self.doc.token_at(self.all[m].content[0].start)
        for k, keys in self.names[m]:
            if keys & denier.names:
                near = k - start < 8
                there = k > 0 and self.low[k - 1] in self.words["elsewhere"]
                value = 0.3 if there else 0.9 if near else 0.7
                if value > best:
                    best, words = value, self.doc.words[k]
        if best or denier.names:
            return best, words
        for stem, word in self.contents[m].spelled.items():
            if stem in denier.offices:
                return 0.9 if word in self.low[start : start + 8] else 0.6, word
        return 0.0, ""

    def _alike(self, n: int, m: int) -> _Signal:
        """The share of the weight of the shorter statement's words that both have."""
        ours, theirs = self.contents[n].stems, self.contents[m].stems
        shared = ours & theirs - self._own_names(n, m)
        if not shared:
            return _Signal(0.5, 0.0, "")
        weight = sum(self._weight(stem) for stem in shared) / self.rare
        strength = max(1 - 0.5**weight, min(1.0, len(shared) / min(len(ours), len(theirs))) * 0.9)
        told = sorted(shared, key=lambda stem: (self.frequency[stem], stem))[:2]
        words = " and ".join(f"“{self.contents[n].spelled[stem]}”" for stem in told)
        return _Signal(0.5, strength, f"both speak of {words}")

    def _own_names(self, n: int, m: int) -> frozenset[str]:
        """The stems of the denier's own names in the earlier statement: that it is about them counts elsewhere."""
        own = self.speaking[n].names
        return frozenset(singular(self.doc.low[k]) for k, keys in self.names[m] if keys & own)

    def _weight(self, stem: str) -> float:
        return math.log(1 + (len(self.all) + 1) / self.frequency[stem])

    def _pointed_at(self, n: int, m: int, steps: int) -> _Signal:
        """ "The allegation", "responsibility", "it never happened", "replied": the nearest that fits is meant."""
        here, other = self.contents[n], self.all[m]
        owned = self._is_owned_by(n, m)
        if owned is not None:
            return _Signal(0.45, 1.0 if owned else -0.5, "the denial names whose words it denies" if owned else "")
        if here.points:
            fits = other.kind is Kind.ACCUSATION if here.accusing else KINDS[other.kind] >= 0.4
            vague = 1.0 if not here.stems or here.stems & self.contents[m].stems else 0.7
            strength = (vague if fits else 0.3) / (1 + 0.3 * steps)
            return _Signal(0.45, strength, "the denial points back to what was alleged")
        if here.bare:
            violent = min(1.0, self.contents[m].violent / 2)
            strength = 1.0 / (1 + 0.2 * steps) if other.kind is Kind.ACCUSATION else violent
            return _Signal(0.45, max(strength, 0.2), "the denial names nothing of its own and can mean this")
        if here.replies:
            return _Signal(0.3, 1.0 / (1 + 0.3 * steps), "the denial is given as a reply")
        return _Signal(0.45, 0.0, "")

    def _is_owned_by(self, n: int, m: int) -> bool | None:
        """Whether ``m`` is by those whose claim ``n`` denies; None where none is named or nobody near has the name."""
        owner = self.owners[n]
        if owner is None or not any(owner.is_same(each) for each in self.speaking[max(0, n - LOOK_BACK) : n]):
            return None
        return owner.is_same(self.speaking[m])

    def _counted_otherwise(self, n: int, m: int) -> _Signal:
        """Whether both count the same measure and come to other numbers."""
        for ours in self.all[n].figures:
            for theirs in self.all[m].figures:
                if ours.measure == theirs.measure != "other" and _differ(ours, theirs):
                    return _Signal(0.3, 1.0, f"it gives another number of {ours.measure}")
        return _Signal(0.3, 0.0, "")

    def _in_one_breath(self, n: int, m: int) -> _Signal:
        """Whether one sentence holds both, and the later one denies or rebuts by its cue."""
        if self.all[n].kind is not Kind.DENIAL and not self.contents[n].rebuts:
            return _Signal(0.3, 0.0, "")
        end = max(span.end for span in (*self.all[m].content, *self.all[m].cue))
        start = min(span.start for span in (*self.all[n].source, *self.all[n].cue, *self.all[n].content))
        between = self.doc.text[end : end + 40] if end <= start <= end + 40 else None
        if between is None or any(mark in between[: start - end] for mark in ".\n"):
            return _Signal(0.3, 0.0, "")
        return _Signal(0.3, 1.0, "it is answered in the same sentence")

    def _words(self, span: Span) -> str:
        return self.doc.text[span.start : span.end]


def _differ(ours: Figure, theirs: Figure) -> bool:
    return (ours.low, ours.high) != (theirs.low, theirs.high)


def _holds(outer: Attribution, offset: int) -> bool:
    """Whether a place in the text lies within a content."""
    return any(span.start <= offset < span.end for span in outer.content)
