"""What stands after a reporting verb: hearers, adjuncts, the opening and the end of the content, the target."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from apps.attribution.cues import Cue
from apps.attribution.drafts import Scene
from apps.attribution.phrases import DASHES, Phrase, VerbGroup
from apps.attribution.types import Kind


@dataclass(frozen=True, slots=True)
class Complement:
    """Where a content starts, where its cue ends, and how sure that is."""

    start: int
    last_of_cue: int
    confidence: float


UNFIT = Complement(-1, -1, 0.0)
QUANTIFIERS = frozenset(("at", "about", "around", "over", "up", "between", "under", "more", "fewer", "nearly"))
HEADING_BREAKS = frozenset(("as", "after", "amid", "while"))
LONGEST_INSERTION = 16
LOOSE_ENDS = frozenset((",", "where", "which", "who", "and", "but", "while"))
TO = frozenset(("to",))
AS = frozenset(("as",))
CLAUSE_OPENERS = frozenset(("that", "whether", "how", "why", "what", "if"))


def is_break(scene: Scene, k: int) -> bool:
    return k > scene.last or scene.reader.low[k] in (",", ".", ";", "?", "!", ")") or scene.doc.words[k] in DASHES


def is_verbal(scene: Scene, k: int) -> bool:
    word = scene.reader.low[k]
    return scene.reader.word_is(k, "auxiliaries") or word.endswith("ed") or word in scene.lex.verbs


def counts_something(scene: Scene, k: int) -> bool:
    """ "at least three people", "over 40", "between five and ten": a preposition that opens a figure."""
    low = scene.reader.low
    if low[k] not in QUANTIFIERS or k >= scene.last:
        return False
    after = low[k + 1]
    if low[k] == "at" and ":" in after:
        return False  # a clock time
    return after in ("least", "most", "to", "than") or after[0].isdigit() or after in scene.lex.numbers


def starts_adjunct(scene: Scene, k: int) -> bool:
    reader = scene.reader
    if counts_something(scene, k):
        return False
    if reader.low[k] in ("this", "last", "next") and reader.word_is(k + 1, "time"):
        return True
    return (
        reader.word_is(k, "prepositions")
        or reader.word_is(k, "time")
        or reader.is_adverb(k)
        or reader.word_is(k, "weekdays")
        or reader.low[k] in ("when", "while", "because", "where", "but", "and")
    )


def after_adjuncts(scene: Scene, start: int) -> tuple[int, bool]:
    """Where the content may start after "on Tuesday in a statement"; whether something explicit opens it."""
    reader = scene.reader
    k = start
    while k <= scene.last and k - start < 24:
        word = reader.low[k]
        if scene.opens_quote(k) or word == ":":
            return k, True
        if word == "that" and not reader.word_is(k - 1, "prepositions"):
            return k, True
        if word == "," and not scene.opens_quote(k + 1) and not _closes_insertion(scene, k):
            return k, False
        if k > start and not reader.word_is(k - 1, "prepositions") and _starts_clause(scene, k, start):
            return k, False
        k += 1
    return k, False


def _closes_insertion(scene: Scene, comma: int) -> bool:
    """ "said, according to the agency, that": an insertion between commas before a that-clause."""
    return any(scene.reader.low[k] == "that" for k in range(comma + 1, min(comma + 4, scene.last + 1)))


def _starts_clause(scene: Scene, k: int, start: int) -> bool:
    """Whether a clause without "that" seems to start at ``k``, after an adjunct."""
    reader = scene.reader
    word, before = reader.low[k], reader.low[k - 1]
    if word in reader.lex.words["subject_pronouns"]:
        return True
    names_time = before in reader.lex.words["time"] and not reader.word_is(k - 2, "determiners")
    if before in reader.lex.when.months and word[0].isdigit():
        return False  # "on May 3"
    if names_time and word not in reader.lex.words["time"]:
        return not reader.word_is(k, "prepositions") and reader.is_word(k) and not reader.is_adverb(k)
    determined = word in reader.lex.words["determiners"] and before not in reader.lex.words["determiners"]
    return determined and reader.is_word(k - 1) and k - start >= 2 and not reader.word_is(k - 1, "subordinators")


def names_hearer(scene: Scene, k: int) -> bool:
    return scene.reader.word_is(k, "hearers")


def skip_hearer(scene: Scene, start: int) -> int:
    """The token after the hearer: "told reporters", "told the Interfax agency", "informed him"."""
    reader = scene.reader
    if start > scene.last or reader.low[start] in CLAUSE_OPENERS or scene.opens_quote(start):
        return start
    if reader.low[start] in ("me", "us", "him", "them", "her") or reader.word_is(start, "hearers"):
        return start + 1
    phrase = reader.noun_phrase_after(start, min(scene.last, start + 10))
    if phrase is None:
        return start
    return next((k for k in range(phrase.first, phrase.last) if reader.low[k] == ","), phrase.last + 1)


def content_end(scene: Scene, start: int, verb: int | None = None) -> int:
    """Where a content that starts at ``start`` ends: at the next reporting participle, where the clause of its cue
    ``verb`` goes on, or with the sentence."""
    n = bisect_right(scene.breaks, start + 1)
    end = scene.breaks[n] - 1 if n < len(scene.breaks) else scene.last
    if scene.sentence.heading:
        end = next((k - 1 for k in range(start + 2, end) if scene.reader.low[k] in HEADING_BREAKS), end)
    if verb is not None and (limit := scene.reader.goes_on(verb, start)) is not None:
        end = min(end, limit - 1)
    while end > start and scene.reader.low[end] in LOOSE_ENDS:
        end -= 1
    return scene.quote_end(end)


def content_start(scene: Scene, cue: Cue, start: int) -> Complement | None:
    """Where the content of ``cue`` starts if the words from ``start`` on fit it, else None."""
    for read in (_after_particle, _after_mark, _after_hearer, _by_first_word, _by_frame):
        found = read(scene, cue, start)
        if found is UNFIT:
            return None
        if found is not None:
            return found
    return None


def _after_particle(scene: Scene, cue: Cue, start: int) -> Complement | None:
    """ "called on X to", "admitted to firing"."""
    if cue.phrase or (cue.particles and not cue.needs):
        if scene.reader.low[start] in cue.particles and start + 1 <= scene.last:
            opener, explicit = after_adjuncts(scene, start + 1) if scene.reader.low[start] == "back" else (start, False)
            if explicit:
                return Complement(opener, start, 0.8)
            if not scene.reader.word_is(start + 1, "time"):
                return Complement(start + 1, start, 0.8)
            late = next((k for k in range(start + 2, min(start + 24, scene.last)) if _opens_late(scene, cue, k)), None)
            return UNFIT if late is None else Complement(late + 1, start - 1, 0.7)
        if cue.phrase:
            return UNFIT
    return None


def _opens_late(scene: Scene, cue: Cue, k: int) -> bool:
    """The particle after the day: "called on Sunday, from the steps, for a truce"."""
    return scene.reader.low[k] in cue.particles and scene.reader.low[k - 1] == ","


def _after_mark(scene: Scene, cue: Cue, start: int) -> Complement | None:
    """A quotation or a colon right after the cue."""
    if scene.opens_quote(start) or scene.reader.low[start] == ":":
        return Complement(start, start - 1, 0.6 if "naming" in cue.takes else 0.92)
    if scene.reader.low[start] == "," and start + 1 <= scene.last and scene.opens_quote(start + 1):
        return Complement(start + 1, start - 1, 0.92)
    return None


def _after_hearer(scene: Scene, cue: Cue, start: int) -> Complement | None:
    if "hearer" not in cue.takes and not names_hearer(scene, start):
        return None
    if "clause" in cue.takes and scene.reader.low[start] in ("in", "on", "at", "during"):
        return _after_adjunct(scene, cue, start) or UNFIT
    after = _before_subject(scene, start, skip_hearer(scene, start))
    if after != start and after <= scene.last:
        found = _content_start_after_hearer(scene, after)
        if found is not None:
            return Complement(found, start - 1, 0.88)
    if scene.reader.low[start] not in CLAUSE_OPENERS and "noun" not in cue.takes:
        return UNFIT
    return None


def _before_subject(scene: Scene, start: int, after: int) -> int:
    """Back over the subject of a clause without "that" that looked like part of the hearer: "told the council | the
    bridge was mined", "told the agency | Orland had fired"."""
    reader = scene.reader
    if after > scene.last or after - start < 2 or not reader.word_is(after, "auxiliaries"):
        return after
    article = next((k for k in range(after - 1, start, -1) if reader.word_is(k, "determiners")), None)
    return article if article is not None else after - 1


def _by_first_word(scene: Scene, cue: Cue, start: int) -> Complement | None:
    """ "that", "whether", "to"; nothing that ends the clause."""
    word = scene.reader.low[start]
    if "that" in cue.takes:
        # Without "that" only where the parse sees a clause: "believes they left", not "believes the officer".
        parsed = scene.reader.clause_of(start - 1) == start
        return Complement(start, start - 1, 0.7 if word == "that" else 0.6) if word == "that" or parsed else UNFIT
    if word in CLAUSE_OPENERS and "clause" in cue.takes:
        return Complement(start, start - 1, 0.92 if word == "that" else 0.75)
    if word == "to" and not cue.objects:
        return Complement(start, start - 1, 0.7) if "to" in cue.takes else UNFIT
    if word == "," and "clause" in cue.takes and (that := _that_after_insertion(scene, start)) is not None:
        return Complement(that, start - 1, 0.75)
    if is_break(scene, start) or scene.reader.word_is(start, "negations"):
        return UNFIT
    return None


def _that_after_insertion(scene: Scene, comma: int) -> int | None:
    """The "that" of "say, and the brigade confirms, that ...", "alleges, without any evidence, that ...",
    "said, and I quote, “...”"."""
    low = scene.reader.low
    for k in range(comma + 2, min(comma + LONGEST_INSERTION, scene.last)):
        if low[k - 1] == "," and (low[k] == "that" or scene.opens_quote(k)):
            return k
    return None


def _by_frame(scene: Scene, cue: Cue, start: int) -> Complement | None:
    """What the cue asks of its object; else an adjunct with the content behind it, or a plain clause or noun phrase."""
    plain = Complement(start, start - 1, 0.8 if "clause" in cue.takes else 0.6)
    if "naming" in cue.takes:
        return Complement(start, start - 1, 0.55) if _names_something(scene, start) else None
    if cue.needs:
        return Complement(start, start - 1, 0.85) if _has_particle(scene, cue, start) else None
    clause = scene.reader.clause_of(start - 1)
    if clause is not None and scene.reader.low[clause] == "that" and clause - start < LONGEST_INSERTION:
        return Complement(clause, start - 1, 0.85)
    if cue.objects:
        known = mentions(scene, cue.objects, start, 8)
        as_what = cue.kind is Kind.DENIAL and mentions(scene, AS, start + 1, 12)
        return Complement(start, start - 1, 0.8 if known else 0.65) if known or as_what else None
    if starts_adjunct(scene, start):
        return _after_adjunct(scene, cue, start)
    return None if cue.takes.isdisjoint(("noun", "clause")) else plain


def _after_adjunct(scene: Scene, cue: Cue, start: int) -> Complement | None:
    if "clause" not in cue.takes:
        return None
    clause = scene.reader.clause_of(start - 1)
    if clause is not None and scene.reader.low[clause] == "that" and clause <= scene.last:
        return Complement(clause, start - 1, 0.9)
    opener, explicit = after_adjuncts(scene, start)
    if explicit:
        return Complement(opener, start - 1, 0.88)
    inserted = opener <= scene.last and scene.reader.low[opener] == ","
    if inserted and (that := _that_after_insertion(scene, opener)) is not None:
        return Complement(that, start - 1, 0.75)
    if opener <= scene.last and not is_break(scene, opener) and opener - start < 20:
        return Complement(opener, start - 1, 0.7)
    return None


def _content_start_after_hearer(scene: Scene, after: int) -> int | None:
    reader = scene.reader
    if scene.opens_quote(after) or reader.low[after] in CLAUSE_OPENERS or reader.low[after] in (":", "to"):
        return after
    if reader.low[after] == ",":
        fronted = reader.low[scene.first] == "as" and after - scene.first < 14
        return after + 1 if after < scene.last and (fronted or scene.opens_quote(after + 1)) else None
    if reader.low[after] in ("of", "about"):
        return after
    if starts_adjunct(scene, after):
        opener, explicit = after_adjuncts(scene, after)
        if explicit or (opener <= scene.last and not is_break(scene, opener)):
            return opener
        return None
    return None if is_break(scene, after) else after


def _names_something(scene: Scene, start: int) -> bool:
    """ "called it a provocation", "described the strikes as": a noun phrase and a predicate."""
    if mentions(scene, frozenset(("as",)), start, 16):
        return True
    span = range(start, min(start + 12, scene.last + 1))
    return any(scene.opens_quote(k) or (k > start and scene.reader.low[k] in ("a", "an")) for k in span)


def _has_particle(scene: Scene, cue: Cue, start: int) -> bool:
    return mentions(scene, cue.particles, start + 1, 24) or scene.sentence.heading


def mentions(scene: Scene, words: frozenset[str], start: int, reach: int) -> bool:
    return any(scene.reader.low[k] in words for k in range(start, min(start + reach, scene.last + 1)))


def target(scene: Scene, cue: Cue, begin: int, end: int) -> Phrase | None:
    """Who is accused or called upon: the noun phrase after "accused", "called on", "urged", "alleged that"."""
    reader = scene.reader
    if cue.kind is Kind.ACCUSATION and not cue.needs:
        if reader.low[begin] != "that":
            return None
        begin += 1
    if cue.kind is Kind.APPEAL:
        addressed = reader.low[begin - 1] in ("on", "upon", "to")
        if not addressed and (reader.low[begin - 1] == "for" or not mentions(scene, TO, begin + 1, 12)):
            return None
    if cue.kind not in (Kind.ACCUSATION, Kind.APPEAL) or begin >= end:
        return None
    if "on" in cue.particles and cue.needs:
        begin = next((k + 1 for k in range(begin + 1, min(begin + 12, end)) if reader.low[k] == "on"), begin)
    phrase = scene.reader.noun_phrase_after(begin, min(end, begin + 14))
    if phrase is None or phrase.first > phrase.last:
        return None
    for k in range(phrase.first + 1, phrase.last + 1):
        if reader.low[k] in ("for", "over", "to") or (reader.low[k] == "of" and _opens_charge(scene, cue, k, phrase)):
            return Phrase(phrase.first, k - 1)
    return phrase


def _opens_charge(scene: Scene, cue: Cue, k: int, phrase: Phrase) -> bool:
    """Whether the "of" at ``k`` opens what the target is accused of, and is no part of its name."""
    reader = scene.reader
    if k < scene.last and reader.low[k + 1].endswith("ing"):
        return True
    another = any(reader.low[m] == "of" for m in range(k + 1, min(phrase.last + 2, scene.last)))
    part_of_name = reader.word_is(k - 1, "titles") or reader.word_is(k - 1, "institutions")
    return cue.needs and not (another and part_of_name)


def clause_cue(group: VerbGroup) -> Cue | None:
    return next((cue for cue in group.cues if "clause" in cue.takes), None)
