"""The rules' reader with a dependency parse to ask where typography and closed word classes do not tell.

Rules speak first where they are the surer (a subject right before its verb), the parse where they are silent (a subject
with a long relative clause, a verb that looks like a noun, the subject a participle shares with its clause).
"""

from __future__ import annotations

from apps.attribution.cues import Form, Lexicon
from apps.attribution.parsing import Parse
from apps.attribution.phrases import QUOTATION_MARKS, Phrase, Reader, VerbGroup
from apps.attribution.segmentation import Document

SUBJECTS = ("nsubj", "nsubj:pass")
SHARING = frozenset(("conj", "xcomp", "aux", "advcl", "acl", "parataxis", "ccomp", "cop"))
ATTRIBUTIVE = frozenset(("amod", "compound", "case", "nmod", "det"))
DETERMINING = frozenset(("'s", "the", "a", "an", "its", "his", "her", "their"))
CONTRASTING = frozenset(("while", "although", "though", "whereas", "even"))
LONGEST_SUBJECT = 45
TRIMMED = frozenset((",", ";", "–", "—", "--", "-", *QUOTATION_MARKS))


class ParsedReader(Reader):
    """A ``Reader`` that falls back on the parse, or lets it decide between verb and noun."""

    def __init__(self, doc: Document, lex: Lexicon, parse: Parse) -> None:
        super().__init__(doc, lex)
        self.parse = parse

    def _reads_as_verb(self, k: int, form: Form, floor: int) -> bool:
        if not self.parse.has(k):
            return super()._reads_as_verb(k, form, floor)
        if self.parse.relations[k] in ATTRIBUTIVE and self.low[k - 1] in DETERMINING:
            return False
        if self._is_reduced_relative(k):
            return False
        verbal = self.parse.tags[k].startswith("VB") and self.parse.relations[k] not in ATTRIBUTIVE
        return verbal or super()._reads_as_verb(k, form, floor)

    def _is_reduced_relative(self, k: int) -> bool:
        """ "a statement | posted on its channel |": a participle right after its noun and before a preposition."""
        follows = self.word_is(k - 1, "documents") and self.parse.heads[k] == k - 1
        return follows and self.parse.tags[k] == "VBN" and self.word_is(k + 1, "prepositions")

    def subject(self, group: VerbGroup, floor: int) -> Phrase | None:
        """The noun phrase before the verb group; where the parse sees it as part of a longer subject, all of that."""
        found = super().subject(group, floor)
        own = self.own_subject(group.verb)
        if own is None or own.first < floor or own.last >= group.verb or not self._reaches(own, group):
            return found
        if found is None or (own.first < found.first and found.last <= own.last and self._is_part(found, own)):
            return own
        return found

    def _reaches(self, own: Phrase, group: VerbGroup) -> bool:
        """Whether only marks and adverbs stand between a subject and its verb group."""
        return all(
            self.low[k] in TRIMMED or self.is_adverb(k) or self.word_is(k, "time") or self.word_is(k, "prepositions")
            for k in range(own.last + 1, group.first)
        )

    def _is_part(self, found: Phrase, own: Phrase) -> bool:
        """Whether a phrase is an apposition in, or the tail of, a subject that begins with a name or a title."""
        return self.low[own.first] not in self.lex.words["subordinators"]

    def tag_of(self, k: int) -> str:
        """See ``Reader``."""
        return self.parse.tags[k]

    def own_subject(self, verb: int) -> Phrase | None:
        """See ``Reader``."""
        head = self.parse.child(verb, *SUBJECTS)
        if head is None or self.doc.quote_of[head] != self.doc.quote_of[verb]:
            return None  # who stands within a quotation does not say it
        return self._phrase(head, verb)

    def shared(self, verb: int) -> Phrase | None:
        """See ``Reader``. Climbs four clauses at most."""
        at = verb
        for _ in range(4):
            head = self.parse.child(at, *SUBJECTS)
            if head is not None:
                return self._phrase(head, at)
            above = self.parse.heads[at]
            if above in (-1, at) or self.parse.relations[at] not in SHARING:
                return None
            if self.parse.relations[at] == "acl" and not self.parse.tags[above].startswith("VB"):
                return self._phrase(above, at)
            at = above
        return None

    def is_joined(self, verb: int) -> bool:
        """See ``Reader``."""
        return self.parse.relations[verb] == "conj" and self.parse.child(verb, *SUBJECTS) is None

    def is_purpose(self, verb: int) -> bool:
        """See ``Reader``."""
        above = self.parse.heads[verb]
        infinitive = verb > 0 and self.low[verb - 1] == "to" and self.parse.relations[verb] == "advcl"
        return infinitive and above >= 0 and self.parse.tags[above] in ("VBD", "VBZ", "VBP") and above < verb

    def clause_of(self, verb: int) -> int | None:
        """See ``Reader``."""
        clause = next((c for c in self.parse.children.get(verb, ()) if c > verb and self._is_clause(c)), None)
        return None if clause is None else max(verb + 1, self.parse.lefts[clause])

    def _is_clause(self, k: int) -> bool:
        return self.parse.relations[k] == "ccomp"

    def goes_on(self, verb: int, start: int) -> int | None:
        """See ``Reader``: "X said A, but did B"; "X said A, while doing B"."""
        for child in self.parse.children.get(verb, ()):
            begins = self.parse.lefts[child]
            if begins <= start + 1 or self.doc.quote_of[begins] >= 0:
                continue
            relation = self.parse.relations[child]
            marked = self.low[begins] in TRIMMED or self.low[begins - 1] in TRIMMED
            same = self.parse.tags[child] == self.parse.tags[verb] and self.parse.child(verb, "ccomp") is None
            if relation == "conj" and self._may_be_said(child, begins, start):
                continue
            if (relation == "conj" and (marked or same) and self.parse.tags[child].startswith("VB")) or (
                relation == "advcl" and self.low[begins] in CONTRASTING
            ):
                return begins
        return None

    def _may_be_said(self, child: int, begins: int, start: int) -> bool:
        """Whether a clause with a subject of its own, joined by "and" to a that-clause, may belong to what is said."""
        joint = next((self.low[k] for k in range(begins, child) if self.low[k] in ("and", "but", "or")), "and")
        return joint == "and" and self.low[start] == "that" and self.parse.child(child, *SUBJECTS) is not None

    def clause_of_noun(self, noun: int) -> Phrase | None:
        """See ``Reader``."""
        for child in self.parse.children.get(noun, ()):
            mark = self.parse.child(child, "mark")
            if child > noun and mark is not None and self.low[mark] == "that" and self.parse.rights[child] > mark:
                return Phrase(mark, self.parse.rights[child])
        return None

    def agent_of(self, verb: int) -> Phrase | None:
        """See ``Reader``."""
        for child in self.parse.children.get(verb, ()):
            case = self.parse.child(child, "case")
            if child > verb and case is not None and self.low[case] == "by":
                return self._phrase(child, len(self.low), first=case + 1)
        return None

    def _phrase(self, head: int, verb: int, *, first: int | None = None) -> Phrase | None:
        """The subtree of ``head``, up to ``verb`` where that comes after it, without marks at its ends."""
        begins = self.parse.lefts[head] if first is None else first
        last = min(self.parse.rights[head], verb - 1) if head < verb else self.parse.rights[head]
        while last > head and (
            self.low[last] in TRIMMED or self.word_is(last, "auxiliaries") or self.low[last] == "to"
        ):
            last -= 1
        while begins < head and (self.low[begins] in TRIMMED or self.word_is(begins, "leading")):
            begins += 1
        while begins < head and self.doc.quote_of[begins] not in (-1, self.doc.quote_of[head]):
            begins = self.doc.quotes[self.doc.quote_of[begins]].last + 1
        if not begins <= head <= last or last - begins > LONGEST_SUBJECT:
            return None
        if self.word_is(head, "not_subjects") or not self.is_word(head):
            return None
        return Phrase(begins, last)

    def _hangs_over(self, k: int) -> bool:
        """Whether a token cannot be the last of a noun phrase."""
        return self.low[k] in TRIMMED or self.low[k] == "to" or self.word_is(k, "auxiliaries")
