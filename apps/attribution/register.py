"""The names of a dossier, looked up in every way a mention may write them; each name is read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apps.attribution.naming import Name, fold, tokens
from apps.attribution.nations import stem
from apps.attribution.offices import SPEAKER, Bag, initials, offices, said
from apps.attribution.persons import first_and_last, looks_like_person, untitled
from apps.attribution.spelling import keys, name_words, names_differ, sounds, words_differ

BY_WAY = frozenset(("metonym", "role"))
"""Forms that say of whom a name is used, and not what its bearer is called."""
MOST_WHOSE = 2
MOST_POSTED = 400
"""A word that more names than these have tells nothing."""
SHORTEST_ALIKE = 6
NEAREST = 3


class Names:
    """Names, found by their words; building it takes time linear in their number, a look-up does not depend on it."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._of_source: dict[int, list[Name]] = defaultdict(list)
        self._exact: dict[str, list[Name]] = defaultdict(list)
        self._folded: dict[str, list[Name]] = defaultdict(list)
        self._bags: dict[tuple[str, Bag], list[Name]] = defaultdict(list)
        self._words: dict[str, list[Name]] = defaultdict(list)
        self._initials: dict[str, list[Name]] = defaultdict(list)
        self._last: dict[str, list[Name]] = defaultdict(list)
        self._sounds: dict[str, list[Name]] = defaultdict(list)
        self._offices: dict[Bag, list[Name]] = defaultdict(list)
        self._places: dict[int, set[str]] = defaultdict(set)
        self._known_places: set[str] = set()
        self._stems: dict[int, set[str]] = defaultdict(set)
        self.persons: set[int] = set()
        for name in names:
            self.add(name)

    def add(self, name: Name) -> None:
        """Know one more name."""
        self._of_source[name.source_id].append(name)
        self._exact[name.text.strip()].append(name)
        self._folded[fold(name.text)].append(name)
        if name.form == "acronym":
            return
        person = name.form not in BY_WAY and looks_like_person(name.text)
        if name.form != "metonym":
            self._add_bags(name, person=person)
        for word in {token.word for token in tokens(name.text)}:
            self._words[word].append(name)
        if person:
            self.persons.add(name.source_id)
            self._last[first_and_last(name.text)[-1]].append(name)
            bare = untitled(name.text)
            if bare != name.text:
                self._folded[fold(bare)].append(name)
            for key in keys(bare):
                self._sounds[key].append(name)
        elif name.form not in BY_WAY:
            for letters in initials(name.text):
                self._initials[letters].append(name)
            for sound in _alone(name.text):
                self._sounds[sound].append(name)

    def _add_bags(self, name: Name, *, person: bool) -> None:
        reading = said(name.text)
        self._stems[name.source_id].update(*reading.stems)
        for level, bags in (("same", reading.same), ("stems", reading.stems), ("near", reading.near)):
            for bag in set(bags):
                self._bags[f"person {level}" if person else level, bag].append(name)
                if not person and level == "same":
                    self._add_office(bag, name)

    def _add_office(self, bag: Bag, name: Name) -> None:
        """An office and whose it is, so that the office alone finds it."""
        office = frozenset(token for token in bag if token[0] == "#")
        whose = bag - office
        if office and 1 <= len(whose) <= MOST_WHOSE and SPEAKER not in whose and whose.isdisjoint(_altering()):
            self._offices[office].append(name)
            if name.form not in BY_WAY:
                self._places[name.source_id] |= whose
                self._known_places |= {_stemmed(place) for place in whose}

    def exact(self, text: str) -> Sequence[Name]:
        """Names written in these very characters."""
        return self._exact.get(text, ())

    def folded(self, text: str) -> Sequence[Name]:
        """Names that differ at most in case, marks, article and possessive."""
        return self._folded.get(fold(text), ()) if fold(text) else ()

    def bags(self, level: str, bags: Iterable[Bag]) -> list[Name]:
        """Names other than persons' that say one of these bags at a level: same, stems or near."""
        return _unique(name for bag in bags for name in self._bags.get((level, bag), ()))

    def persons_in(self, bags: Iterable[Bag]) -> list[Name]:
        """Persons whose name has these words."""
        return _unique(name for bag in bags for name in self._bags.get(("person same", bag), ()))

    def acronyms(self, letters: str) -> Sequence[Name]:
        """Names of bodies that begin with these letters, word by word."""
        return self._initials.get(letters, ())

    def surname(self, word: str) -> Sequence[Name]:
        """Persons whose name ends in this word."""
        return self._last.get(word, ())

    def alike(self, text: str) -> list[tuple[int, Name]]:
        """Persons whose name sounds like this one, and one-word names of bodies, with how much they differ."""
        found = _unique(name for key in keys(text) for name in self._sounds.get(key, ()))
        scored = [
            (difference, name) for name in found if (difference := names_differ(text, untitled(name.text))) is not None
        ]
        alone = _unique(name for key in _alone(text) for name in self._sounds.get(key, ()))
        words = name_words(text)
        scored += [(0, name) for name in alone if words_differ(words[0], name_words(name.text)[0]) == 0]
        return scored

    def holding(self, bag: Bag) -> list[Name]:
        """Names of bodies that say all of ``bag`` and a little more that makes nobody else of it. Bounded."""
        words = [token.rpartition(">")[2] for token in bag if token[0] not in "#@~"]
        posted = min((self._words.get(word, ()) for word in words), key=len, default=())
        if len(posted) > MOST_POSTED:
            return []
        return _unique(
            name
            for name in posted
            if self._is_body(name)
            for other in said(name.text).same
            if bag < other and _tells_little(other - bag)
        )

    def headed(self, word: str) -> list[Name]:
        """Names of bodies of this kind: "the commission" for one that is a commission of something. Bounded."""
        posted = self._words.get(word, ())
        if len(posted) > MOST_POSTED:
            return list(posted[:2])
        return [
            name
            for name in posted
            if self._is_body(name) and _tells_little(frozenset(t.word for t in tokens(name.text)) - {word})
        ]

    def _is_body(self, name: Name) -> bool:
        return name.form not in BY_WAY and name.source_id not in self.persons

    def of_office(self, bag: Bag) -> list[Name]:
        """Names that say this very office, and whose it is, which ``bag`` does not."""
        return _unique(self._offices.get(bag, ())[:MOST_POSTED])

    def with_place(self, bags: Iterable[Bag], places: Bag) -> list[Name]:
        """Names that say one of these bags but for a place, which another name of the same source says."""
        return _unique(
            name
            for bag in bags
            for place in bag & places
            for name in self._bags.get(("stems", bag - {place}), ())
            if place in self._stems[name.source_id]
        )

    def of_source(self, source_id: int | None) -> list[Bag]:
        """What the names of a source say, cut to stems."""
        if source_id is None:
            return []
        return [bag for name in self._of_source.get(source_id, ()) for bag in said(name.text).stems]

    def whose(self, source_id: int | None) -> Bag:
        """What the names of a source say of whose office it is: a state, a place."""
        return frozenset(self._places.get(source_id, ()) if source_id is not None else ())

    def places_in(self, text: str) -> Bag:
        """The places in a text that are a state's, or whose offices the dossier knows."""
        found = {token for bag in said(text).stems for token in bag}
        return frozenset(t for t in found if t[0] == "@" or t in self._known_places)

    def nearest(self, text: str) -> list[Name]:
        """The names with most rare words in common with a mention, best first; for people to look at."""
        scores: dict[int, float] = defaultdict(float)
        best: dict[int, Name] = {}
        small = offices().words["owning"] | offices().words["directed"] | offices().words["connecting"]
        for word in {token.word for token in tokens(text)} - small:
            posted = self._words.get(word, ())
            if len(posted) <= MOST_POSTED:
                for name in posted:
                    scores[name.source_id] += 1 / len(posted)
                    best.setdefault(name.source_id, name)
        for _, name in self.alike(text):
            scores[name.source_id] += 1
            best.setdefault(name.source_id, name)
        order = sorted(best, key=lambda source: (-scores[source], best[source].text))
        return [best[source] for source in order[:NEAREST]]


def _tells_little(more: Bag) -> bool:
    """Whether words more in a name leave the body what it is: no office, no other body, no "former"."""
    words = {token.rpartition(">")[2] for token in more}
    return not (
        any(word[:1] in ("#", SPEAKER) for word in words)
        or words & offices().words["bodies"]
        or words & offices().words["titles"]
        or words & _altering()
    )


def _altering() -> frozenset[str]:
    return offices().words["altering"]


def _stemmed(token: str) -> str:
    return token if token[0] in "#@~" else stem(token)


def _unique(names: Iterable[Name]) -> list[Name]:
    return list(dict.fromkeys(names))


def _alone(text: str) -> set[str]:
    """The key of a name of one long word, which no person bears."""
    words = name_words(text)
    if len(words) != 1 or len(words[0]) < SHORTEST_ALIKE or not all(token.capital for token in tokens(text)):
        return set()
    return {f"one {sound.skeleton}" for sound in sounds(words[0])}
