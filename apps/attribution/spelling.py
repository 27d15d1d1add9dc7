"""How a person's name sounds, whatever its script and transliteration: its consonants and the vowels between them.

Two words sound alike if their consonants, in classes that transliterations confuse (kh, gh, h and g; zh, dzh and j),
are the same and their vowels differ only as transliterations make them differ (o and u, a and e, e and i, a vowel left
out). First and last sounds are stricter: a last "a" tells women's names from men's, and a first vowel one name from
another. Scripts that write no short vowels are compared by consonants alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, zip_longest

from anyascii import anyascii

LONGEST_WORD = 40
TURKIC_LETTERS = frozenset("əğıƏĞİ")
TURKIC = str.maketrans(
    {"ə": "a", "ğ": "gh", "ı": "y", "ş": "sh", "ç": "ch", "c": "j", "x": "kh", "q": "g", "j": "zh", "ö": "o", "ü": "u"}
)
WRITTEN = (
    "shch:S tsch:C sch:S tch:C dzh:J gue:Ge gui:Gi ch:C sh:S zh:J dj:J kh:G gh:G ph:f th:t dh:d ck:k ts:T tz:T "
    "ou:u oo:u ee:i h:G g:G x:ks w:v y:i ce:se ci:si cy:si c:k"
)
REWRITTEN = dict(pair.split(":") for pair in WRITTEN.split())
REWRITE = re.compile("|".join(sorted(REWRITTEN, key=len, reverse=True)))
VOWELS = frozenset("aeiou")
RUN = re.compile(r"[aeiou]+|[^aeiou]")
ARABIC_ARTICLE = re.compile(r"^(?:al|el|ul|ar|as|ad|an|ash|at|az)$")
SERVANT = re.compile(r"^abd(?:el|al|ul|ur|ol)$")
ALIKE = frozenset(
    frozenset(pair.split())
    for pair in (
        "a e",
        "e i",
        "e u",
        "o u",
        "eo o",
        "e ei",
        "a ai",
        "ei ai",
        "ei i",
        "ai e",
        "ui u",
        "ai i",
        "eu e",
        "au a",
    )
)
ABJADS = ("ARABIC", "HEBREW", "SYRIAC")
BARE = str.maketrans({"p": "f", "S": "s", "d": "t"})
FEWEST_CONSONANTS = 4
DEAREST_NAME = 2
FEWEST_TO_DROP = 3
SHORT, MIDDLING = 4, 5


@dataclass(frozen=True, slots=True)
class Sound:
    """``skeleton``: the consonants in classes; ``slots``: the vowels before, between and after them."""

    skeleton: str
    slots: tuple[str, ...]


def name_words(text: str) -> list[str]:
    """The words of a person's name that are compared: Latin letters, no Arabic article, "abdel" as "abd"."""
    written = text.split() if TURKIC_LETTERS.isdisjoint(text) else text.lower().translate(TURKIC).split()
    out = []
    for part in written:
        for word in part.split("-"):
            latin = re.sub(r"[^a-z]", "", anyascii(word[:LONGEST_WORD]).lower())
            if word.startswith("ال") and latin.startswith("l") and len(latin) > 2:
                latin = latin[1:]
            if latin and not ARABIC_ARTICLE.match(latin):
                out.append("abd" if SERVANT.match(latin) else latin)
    return out


@lru_cache(maxsize=8192)
def sounds(word: str) -> tuple[Sound, ...]:
    """Every way to read a Latin word: "q" and "j" are read in two ways."""
    readings = {word}
    if "q" in word:
        readings = {word.replace("q", "k"), word.replace("q", "g")}
    readings = {other for one in readings for other in _readings_of_j(one)}
    return tuple(sorted({_sound(reading) for reading in readings}, key=lambda s: (s.skeleton, s.slots)))


def _readings_of_j(word: str) -> set[str]:
    plain = re.sub(r"(?<=[aeiouy])j(?![aeiouy])", "i", word)
    bare = re.sub(r"(?<!d)j", "i", plain)
    return {plain.replace("dj", "zh").replace("j", "zh"), bare}


def _sound(word: str) -> Sound:
    silent = word[:-1] if len(word) > 3 and word[-1] == "h" and word[-2] in VOWELS else word
    silent = silent[:-2] + "v" if silent.endswith("ff") else silent
    coded = REWRITE.sub(lambda found: REWRITTEN[found[0]], silent)
    skeleton: list[str] = []
    slots = [""]
    for run in RUN.findall(coded):
        if run[0] in VOWELS:
            slots[-1] = _slot(slots[-1] + run)
        elif skeleton and skeleton[-1] == run and not slots[-1]:
            continue
        else:
            skeleton.append(run)
            slots.append("")
    if skeleton and not slots[-1] and skeleton[-1] == "d":
        skeleton[-1] = "t"
    return Sound("".join(skeleton), _unglided(slots))


def _slot(vowels: str) -> str:
    """Vowels without doubles."""
    return re.sub(r"(.)\1+", r"\1", vowels)


def _unglided(slots: list[str]) -> tuple[str, ...]:
    """Without an "i" that only glides to the next vowel: "iye" is "e". "Rania" and "Yana" keep theirs."""
    last = len(slots) - 1
    glides = (r"i(?=e)" if k == 0 else r"i(?=[aeou])" for k in range(last))
    return (*(re.sub(glide, "", slot) for slot, glide in zip(slots[:last], glides, strict=True)), slots[last])


def difference(said: Sound, known: Sound) -> int | None:
    """How many vowels two words with the same consonants differ in; None if they are different words."""
    if said.skeleton != known.skeleton or not said.skeleton:
        return None
    total = 0
    last = len(said.slots) - 1
    for place, (a, b) in enumerate(zip(said.slots, known.slots, strict=True)):
        if a == b:
            continue
        if place == 0:
            alike = {a, b} == {"o", "u"}
        elif place == last:
            alike = {a, b} in ({"i", "ei"}, {"i", "ai"})
        else:
            dropped = (not a or not b) and len(said.skeleton) > FEWEST_TO_DROP
            alike = dropped or frozenset((a, b)) in ALIKE
        if not alike:
            return None
        total += 1
    return total if total <= min(_most(said), _most(known)) else None


def _most(sound: Sound) -> int:
    """In how many vowels a word may differ and still be itself: the longer, the more."""
    letters = len(sound.skeleton) + sum(map(len, sound.slots))
    return 0 if letters <= SHORT else 1 if letters <= MIDDLING else 2


def words_differ(said: str, known: str) -> int | None:
    """The least difference of any two readings of two words; None if none sound alike."""
    if any(a.startswith("gh") and b.startswith(("h", "kh")) for a, b in ((said, known), (known, said))):
        return None  # either is often written with "g", but neither for the other
    found = [d for a, b in product(sounds(said), sounds(known)) if (d := difference(a, b)) is not None]
    return min(found, default=None)


def keys(text: str) -> set[str]:
    """What a person's name is looked up by: the consonants of its first and its last word."""
    words = name_words(text)
    if len(words) < 2:
        return set()
    found = {f"{a.skeleton} {b.skeleton}" for a, b in product(sounds(words[0]), sounds(words[-1]))}
    consonants = " ".join(_bare(word) for word in words)
    enough = len(consonants.replace(" ", "")) >= FEWEST_CONSONANTS
    return found | ({f"={consonants}"} if enough else set())


def names_differ(said: str, known: str) -> int | None:
    """How much two names of persons that share a key differ: 0 not at all, None if they are different names."""
    ours, theirs = name_words(said), name_words(known)
    if len(ours) < 2 or len(theirs) < 2:
        return None
    if _is_abjad(said) != _is_abjad(known):
        return 0 if [_bare(w) for w in ours] == [_bare(w) for w in theirs] else None
    if len(ours) == len(theirs):
        pairs = list(zip_longest(ours, theirs))
    else:
        pairs = [(ours[0], theirs[0]), (ours[-1], theirs[-1])]
    total = 0
    for place, (a, b) in enumerate(pairs):
        initial = 0 < place < len(pairs) - 1 and 1 in (len(a), len(b)) and a[0] == b[0]
        found = 0 if initial else words_differ(a, b)
        if found is None:
            return None
        total += found
    return total if total <= DEAREST_NAME else None


def _is_abjad(text: str) -> bool:
    return any(unicodedata.name(c, "").startswith(ABJADS) for c in text[:20])


def _bare(word: str) -> str:
    """The consonants that every script writes and no reading confuses: without b, v, half-vowels and doubles."""
    skeleton = sounds(word)[0].skeleton.translate(BARE)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[bv]", "", skeleton))
