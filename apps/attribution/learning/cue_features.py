"""Features of a token from which the model tells whether it belongs to a cue."""

from __future__ import annotations

from collections.abc import Mapping

from apps.attribution.learning.pages import Page

ARGUMENTS = frozenset(
    ("nsubj", "ccomp", "xcomp", "obj", "obl", "parataxis", "nsubj:pass", "acl", "advcl", "mark", "nmod:poss")
)


def shape(word: str) -> str:
    """ "Kessel" is Xx, "UN" X, "27" d, "co-ordinated" x-x."""
    out: list[str] = []
    for char in word[:12]:
        kind = "X" if char.isupper() else "x" if char.isalpha() else "d" if char.isdigit() else char
        if not out or out[-1] != kind:
            out.append(kind)
    return "".join(out)


def bucket(distance: int) -> str:
    """A distance in tokens, roughly."""
    for bound in (0, 1, 2, 3, 5, 8, 13, 21, 40):
        if distance <= bound:
            return str(bound)
    return "more"


def word_features(page: Page, k: int) -> list[str]:
    """What a token is by itself and in the parse."""
    parse, doc = page.parse, page.doc
    word, tag, lemma = doc.low[k], parse.tags[k], page.lemmas[k]
    head = parse.heads[k]
    out = [f"w={word}", f"l={lemma}", f"t={tag}", f"x={word[-3:]}", f"s={shape(doc.words[k])}", f"lt={lemma}{tag}"]
    out += [f"r={parse.relations[k]}", f"p={page.reports[k]}", f"q={doc.quote_of[k] >= 0}"]
    if head >= 0:
        out += [
            f"h={page.lemmas[head]}",
            f"ht={parse.tags[head]}{parse.relations[k]}",
            f"hp={page.reports[head]}{parse.relations[k]}",
        ]
    return out


def around(page: Page, k: int, first: int, last: int, *, reach: int = 2) -> list[str]:
    """What stands beside a token, within ``first..last``."""
    doc, parse = page.doc, page.parse
    out: list[str] = []
    for offset in range(-reach, reach + 1):
        at = k + offset
        if offset == 0:
            continue
        if not first <= at <= last:
            out.append(f"{offset}edge")
            continue
        out += [f"{offset}w={doc.low[at]}", f"{offset}t={parse.tags[at]}", f"{offset}p={page.reports[at]}"]
    return out


def cue_features(page: Page, first: int, last: int, hinted: Mapping[int, str]) -> list[list[str]]:
    """Of each token of the sentence ``first..last``; ``hinted`` says which rule took a token for a cue."""
    doc, parse = page.doc, page.parse
    quoted = any(doc.quote_of[k] >= 0 for k in range(first, last + 1))
    heading = doc.sentences[page.sentence_of[first]].heading
    out = []
    for k in range(first, last + 1):
        features = word_features(page, k)
        features += around(page, k, first, last)
        relations = {parse.relations[c] for c in parse.children.get(k, ())} & ARGUMENTS
        features += [f"c={relation}" for relation in relations]
        features += [f"cl={page.lemmas[k]}{relation}" for relation in relations]
        features.append(f"cs={''.join(sorted(relations))}{parse.tags[k][:2]}")
        before = doc.low[k - 1] if k > first else "^"
        after = doc.low[k + 1] if k < last else "$"
        features += [f"b={before}_{page.lemmas[k]}", f"a={page.lemmas[k]}_{after}"]
        hint = hinted.get(k, "")
        features += [f"hint={hint}", f"hintl={hint}{page.lemmas[k]}", f"hintr={hint}{parse.relations[k]}"]
        features += [f"hint-={hinted.get(k - 1, '')}{hint}", f"hint+={hint}{hinted.get(k + 1, '')}"]
        subject = parse.child(k, "nsubj", "nsubj:pass")
        if subject is not None:
            features += [f"sl={page.lemmas[subject]}", f"sc={shape(doc.words[subject])}{parse.tags[k]}"]
        features += [f"quoted={quoted}{page.reports[k]}", f"heading={heading}{parse.tags[k][:2]}"]
        if k < last and doc.quote_of[k + 1] >= 0 and doc.quote_of[k] < 0:
            features.append("opens")
        if k > first and doc.quote_of[k - 1] >= 0 and doc.quote_of[k] < 0:
            features.append("closed")
        out.append(features)
    return out


def hints(page: Page) -> dict[int, str]:
    """The pattern that took each token for part of a cue."""
    return {k: draft.pattern for draft in page.drafts for part in draft.cue for k in range(part.first, part.last + 1)}
