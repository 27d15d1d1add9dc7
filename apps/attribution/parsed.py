"""The rules' reader with a dependency parse to ask where typography and closed word classes do not tell.

Rules speak first where they are the surer (a subject right before its verb), the parse where they are silent (a subject
with a long relative clause, a verb that looks like a noun, the subject a participle shares with its clause).
"""

from __future__ import annotations

from apps.attribution.cues import Form, Lexicon
from apps.attribution.parsing import Parse
from apps.attribution.phrases import Phrase, Reader, VerbGroup
from apps.attribution.segmentation import Document

SUBJECTS = ("nsubj", "nsubj:pass")
SHARING = frozenset(("conj", "xcomp", "aux", "advcl", "acl", "parataxis"))
ATTRIBUTIVE = frozenset(("amod", "compound", "case", "nmod", "det"))
LONGEST_SUBJECT = 45
TRIMMED = frozenset((",", ";", "–", "—", "--", "-"))


class ParsedReader(Reader):
    """A ``Reader`` that falls back on the parse, or lets it decide between verb and noun."""

    def __init__(self, doc: Document, lex: Lexicon, parse: Parse) -> None:
        super().__init__(doc, lex)
        self.parse = parse

    def _reads_as_verb(self, k: int, form: Form, floor: int) -> bool:
        if not self.parse.has(k):
            return super()._reads_as_verb(k, form, floor)
        verbal = self.parse.tags[k].startswith("VB") and self.parse.relations[k] not in ATTRIBUTIVE
        ambiguous = self.low[k] in self.lex.plural_nouns or self.low[k] in self.lex.base_nouns
        return verbal or (not ambiguous and super()._reads_as_verb(k, form, floor))

    def subject(self, group: VerbGroup, floor: int) -> Phrase | None:
        return super().subject(group, floor) or self._parsed_subject(group.verb, floor)

    def _parsed_subject(self, verb: int, floor: int) -> Phrase | None:
        """The subject the parse gives the verb itself, where it stands before it and begins at ``floor`` or later."""
        head = self.parse.child(verb, *SUBJECTS)
        return self._before(head, verb, floor) if head is not None else None

    def shared(self, verb: int, floor: int) -> Phrase | None:
        """The subject a verb has from the clause it is joined to or hangs on."""
        at = verb
        for _ in range(4):
            head = self.parse.child(at, *SUBJECTS)
            if head is not None:
                return self._before(head, verb, floor)
            above = self.parse.heads[at]
            if above in (-1, at) or self.parse.relations[at] not in SHARING:
                return None
            if self.parse.relations[at] == "acl" and not self.parse.tags[above].startswith("VB"):
                return self._before(above, verb, floor)
            at = above
        return None

    def _before(self, head: int, verb: int, floor: int) -> Phrase | None:
        first, last = self.parse.lefts[head], min(self.parse.rights[head], verb - 1)
        while last > head and (self.low[last] in TRIMMED or self.word_is(last, "auxiliaries")):
            last -= 1
        while first < head and (self.low[first] in TRIMMED or self.word_is(first, "leading")):
            first += 1
        if not floor <= first <= head <= last or last - first > LONGEST_SUBJECT:
            return None
        if self.doc.quote_of[head] != self.doc.quote_of[verb]:
            return None
        return Phrase(first, last)
