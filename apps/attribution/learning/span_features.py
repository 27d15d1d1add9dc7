"""Features of a token from which the model tells whether it is source or content of one given cue."""

from __future__ import annotations

from dataclasses import dataclass

from apps.attribution.drafts import Draft
from apps.attribution.learning.cue_features import around, bucket, word_features
from apps.attribution.learning.pages import Page

MARKS = frozenset((",", ";", ":", "—", "–", "--"))
TELLING = frozenset(
    (",", ".", ":", "that", "to", "“", '"', ";", "of", "by", "about", "for", "in", "on", "if", "whether", "how", "”")
)
LONGEST_PATH = 5


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: tokens ``first..last`` and the one that heads it."""

    first: int
    last: int
    head: int


def head_of(page: Page, first: int, last: int) -> int:
    """The token of ``first..last`` that reports, else the one whose head stands outside."""
    for k in range(last, first - 1, -1):
        if page.reports[k]:
            return k
    for k in range(last, first - 1, -1):
        if not first <= page.parse.heads[k] <= last:
            return k
    return last


def draft_of(page: Page, cue: Cue) -> Draft | None:
    """What the rules made of this very cue."""
    return next((d for d in page.drafts if cue.first <= d.verb <= cue.last), None)


def path(page: Page, k: int, cue: Cue) -> str:
    """The way from a token to the cue's head through the parse, in relations; "-" where there is none or a long one."""
    heads, relations = page.parse.heads, page.parse.relations
    above: dict[int, int] = {}
    at = cue.head
    for step in range(LONGEST_PATH):
        above.setdefault(at, step)
        if heads[at] < 0 or heads[at] == at:
            break
        at = heads[at]
    up: list[str] = []
    at = k
    for _ in range(12):
        if at in above:
            down: list[str] = []
            walk = cue.head
            while walk != at:
                down.append(relations[walk])
                walk = heads[walk]
            return "<".join(up[-2:]) + "^" + ">".join(reversed(down))
        if heads[at] < 0 or heads[at] == at:
            return "-"
        up.append(relations[at])
        at = heads[at]
    return "-"


def _between(page: Page, k: int, cue: Cue) -> str:
    """What lies between a token and the cue, in short."""
    if k < cue.first:
        side, low, high = "L", k + 1, cue.first
    else:
        side, low, high = "R", cue.last + 1, k
    doc, tags = page.doc, page.parse.tags
    span = range(max(low, high - 60), high)
    commas = min(2, sum(doc.low[m] in MARKS for m in span))
    verbs = any(tags[m][:2] in ("VB", "MD") for m in span)
    quotes = any(doc.quote_of[m] >= 0 for m in span)
    that = any(doc.low[m] == "that" for m in span)
    who = any(doc.low[m] in ("who", "which") for m in span)
    return f"{side}{commas}{'v' if verbs else ''}{'q' if quotes else ''}{'t' if that else ''}{'w' if who else ''}"


def window_features(page: Page, cue: Cue, base: list[list[str] | None]) -> tuple[int, int, list[list[str]]]:
    """The window of the cue, first and last token, and the features of each token in it.

    ``base`` caches what does not depend on the cue, one entry a token of the document.
    """
    first, last = page.window(cue.first)
    doc, parse = page.doc, page.parse
    sentence = page.sentence_of[cue.first]
    lemma, tag = page.lemmas[cue.head], parse.tags[cue.head]
    after = doc.low[cue.last + 1] if cue.last < last else "$"
    before = doc.low[cue.first - 1] if cue.first > first else "^"
    nk = after if after in TELLING else parse.tags[cue.last + 1] if cue.last < last else "$"
    pk = before if before in TELLING else parse.tags[cue.first - 1] if cue.first > first else "^"
    hinted = _hinted(page, cue)
    pattern = hinted.get(-1, "")
    others = {k for d in page.drafts for k in (d.verb,) if not cue.first <= k <= cue.last and first <= k <= last}
    out: list[list[str]] = []
    for k in range(first, last + 1):
        if base[k] is None:
            base[k] = _base(page, k)
        fixed = base[k]
        assert fixed is not None
        side = "C" if cue.first <= k <= cue.last else "L" if k < cue.first else "R"
        away = max(-2, min(2, page.sentence_of[k] - sentence))
        inside = "i" if doc.quote_of[k] >= 0 else "o"
        place = f"{side}{away}"
        features = [
            f"cl={lemma}{place}",
            f"clq={lemma}{place}{inside}",
            f"cn={place}{nk}{pk}",
            f"cq={place}{nk}{pk}{inside}",
            f"ct={tag}{place}{nk}",
            f"cln={lemma}{place}{nk}",
        ]
        hint = hinted.get(k, "")
        features += [
            f"R={hint}",
            f"Rp={hint}{pattern}",
            f"Rpl={hint}{pattern}{place}",
            f"R-={hinted.get(k - 1, '')}{hint}",
            f"R+={hint}{hinted.get(k + 1, '')}",
        ]
        if away == 0:
            way = path(page, k, cue)
            between = _between(page, k, cue)
            distance = bucket(cue.first - k if side == "L" else k - cue.last)
            features += [
                f"y={way}",
                f"yl={way}{lemma}",
                f"yk={way}{nk}",
                f"yt={way}{parse.tags[k]}",
                f"ys={side}{way}{inside}",
            ]
            features += [
                f"e={between}",
                f"et={between}{parse.tags[k]}",
                f"en={between}{nk}",
                f"ep={between}{pk}",
                f"eq={between}{inside}{nk}",
            ]
            features += [
                f"d={side}{distance}",
                f"dt={side}{distance}{parse.tags[k]}",
                f"dn={side}{distance}{nk}",
                f"dw={side}{distance}{doc.low[k]}" if abs(k - cue.head) < 4 else "dw",
            ]
        else:
            spoken = any(page.sentence_of[o] == page.sentence_of[k] for o in others)
            features += [f"z={away}{inside}{spoken}", f"zn={away}{inside}{nk}{spoken}"]
        if k in others:
            features.append(f"other={side}{away}")
        out.append(fixed + features)
    return first, last, out


def _base(page: Page, k: int) -> list[str]:
    first, last = page.doc.sentences[page.sentence_of[k]].first, page.doc.sentences[page.sentence_of[k]].last
    quote = page.doc.quote_of[k]
    out = word_features(page, k) + around(page, k, first, last)
    if quote >= 0:
        size = page.doc.quotes[quote].last - page.doc.quotes[quote].first
        out.append(f"ql={bucket(size)}")
    out += [f"sf={bucket(k - first)}", f"sl={bucket(last - k)}"]
    return out


def _hinted(page: Page, cue: Cue) -> dict[int, str]:
    """How the rules read each token for this cue: S, C, or c for the content of another cue; the pattern at -1."""
    out: dict[int, str] = {}
    own = draft_of(page, cue)
    for draft in page.drafts:
        if draft is own:
            continue
        if abs(draft.verb - cue.head) > 200:
            continue
        for part in draft.content:
            for k in range(part.first, part.last + 1):
                out[k] = "c"
    if own is not None:
        out[-1] = own.pattern
        for role, parts in (("C", own.content), ("S", own.source)):
            for part in parts:
                for k in range(part.first, part.last + 1):
                    out[k] = role
    return out
