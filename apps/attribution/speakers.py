"""Which attributions of one text have the same speaker, without any dossier: a number for each.

Two sources are one if the later resolves to the earlier by the rules of ``resolution.py``, the text's own mentions
taken for the names that are known. Only what words say counts (the name in other words, a last name after the full
one, an acronym that was introduced, another spelling, a pronoun's antecedent): a spokesperson is not the ministry and a
capital is not its government.
"""

from __future__ import annotations

from collections.abc import Sequence

from apps.attribution.resolution import Name, Names, resolve
from apps.attribution.types import Attribution

OF_ONE = frozenset(("surname", "shortened", "transliteration", "acronym"))
LONGEST_BACK = 400
"""Speakers of a text that later ones are compared with."""


def same_speakers(text: str, attributions: Sequence[Attribution]) -> list[int | None]:
    """For each attribution the number of its speaker, from 0 as they first speak; None where it has no source."""
    names = Names()
    count = 0
    out: list[int | None] = []
    for attribution in attributions:
        words = " ".join(text[span.start : span.end] for span in attribution.source).strip()
        if not words:
            out.append(None)
            continue
        fuller = attribution.antecedent.surface if attribution.antecedent is not None else None
        known = _known(words, fuller, names)
        if known is None:
            known, count = count, count + 1
        for called in (words, fuller) if known < LONGEST_BACK else ():
            if called is not None and not (called == words and fuller):
                names.add(Name(known, called, "short"))
        out.append(known)
    return out


def _known(words: str, fuller: str | None, names: Names) -> int | None:
    """The number of the speaker these words mean, if they have spoken before."""
    found = resolve(words, names, antecedent=fuller)
    if found.source_id is None:
        return None
    rule = found.rule.removeprefix("repeated ")
    through = fuller is not None and found.rule != rule
    sure = found.certain or (through and resolve(fuller or "", names).certain)
    return found.source_id if sure or rule in OF_ONE else None
