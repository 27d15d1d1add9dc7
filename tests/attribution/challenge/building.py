"""Builds ``en.jsonl``, the challenge set with offsets, from the passages people write in the TOML files beside it.

    python -m tests.attribution.challenge.building

A table's name is the phenomenon, its ``text`` the passage. Spans are given as words of the text, never as offsets:

- ``"the mayor"``: these words, which may stand in the text only once, counted as whole words;
- ``"said #2"``: the second time they stand there;
- ``"that the bridge … at noon"``: from the first words to the last, with all between; the last words may stand only
  once after the first;
- a list of these: a span in several pieces; ``""``: none at all.

Offsets in what is built are Unicode code points, zero-based, end exclusive.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.attribution.types import Kind, Quotation

FOLDER = Path(__file__).parent
BUILT = FOLDER / "en.jsonl"

MEASURES = frozenset({"killed", "wounded", "displaced", "detained", "missing", "other"})
COMPARATORS = frozenset({"exactly", "at_least", "at_most", "about", "range"})
COUNTINGS = frozenset({"cumulative", "new", "unstated"})
PRECISIONS = frozenset({"minute", "part_of_day", "day", "unknown"})
PASSAGE_KEYS = frozenset({"id", "text", "published", "attributions"})
SPANS = frozenset({"source", "cue", "content"})
WHERE_IT_MATTERS = frozenset({"target", "antecedent", "answers", "figures", "said", "channel"})
ATTRIBUTION_KEYS = SPANS | WHERE_IT_MATTERS | {"kind", "quotation", "relayed_by"}


class BadPassage(ValueError):
    """A passage cannot be built. Says which, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of one passage, in which words are looked up."""

    passage: str
    text: str

    def _only(self, words: str, *, after: int = 0, occurrence: int | None = None) -> tuple[int, int]:
        if not words or words != words.strip():
            raise BadPassage(f"{self.passage}: “{words}” is empty or padded.")
        before = r"(?<!\w)" if re.match(r"\w", words) else ""
        behind = r"(?!\w)" if re.search(r"\w\Z", words) else ""
        found = list(re.compile(before + re.escape(words) + behind).finditer(self.text, after))
        if not found or (occurrence is not None and not 1 <= occurrence <= len(found)):
            raise BadPassage(f"{self.passage}: “{words}” is not in the text (time {occurrence or 1}).")
        if occurrence is None and len(found) > 1:
            raise BadPassage(f"{self.passage}: “{words}” stands {len(found)} times in the text; number it.")
        return found[(occurrence or 1) - 1].span()

    def span(self, words: str) -> list[int]:
        """Where the words stand, [start, end]. BadPassage if nowhere, or in more places than one without a number."""
        numbered = re.fullmatch(r"(.*) #(\d+)", words, re.DOTALL)
        words, occurrence = (numbered[1], int(numbered[2])) if numbered else (words, None)
        first, *last = words.split(" … ")
        if len(last) > 1:
            raise BadPassage(f"{self.passage}: “{words}” leaves words out twice.")
        start, end = self._only(first, occurrence=occurrence)
        return [start, self._only(last[0], after=end)[1] if last else end]

    def spans(self, words: str | list[str]) -> list[list[int]]:
        """The spans of a part in one or several pieces, or of none."""
        pieces = [words] if isinstance(words, str) else words
        return sorted(self.span(piece) for piece in pieces if piece)


def _one_of(value: str, allowed: frozenset[str], *, passage: str) -> str:
    if value not in allowed:
        raise BadPassage(f"{passage}: “{value}” is none of {', '.join(sorted(allowed))}.")
    return value


def _figure(figure: Mapping[str, Any], *, passage: str) -> dict[str, Any]:
    built = {
        "measure": _one_of(figure["measure"], MEASURES, passage=passage),
        "low": figure["low"],
        "high": figure.get("high"),
        "comparator": _one_of(figure.get("comparator", "exactly"), COMPARATORS, passage=passage),
        "of_whom": figure.get("of_whom", ""),
        "counting": _one_of(figure.get("counting", "unstated"), COUNTINGS, passage=passage),
        "part_of": figure.get("part_of"),
    }
    if unknown := figure.keys() - built.keys():
        raise BadPassage(f"{passage}: a figure has no {unknown}.")
    if (built["high"] is not None) != (built["comparator"] == "range"):
        raise BadPassage(f"{passage}: a range, and only a range, has a high end.")
    return built


def _circumstances(written: Mapping[str, Any], *, words: Words) -> Iterator[tuple[str, Any]]:
    """What is annotated only where the passage is about it: a key that is left out says nothing either way."""
    if "target" in written:
        yield "target", words.span(written["target"]) if written["target"] else None
    if "antecedent" in written:
        span = words.span(written["antecedent"]) if written["antecedent"] else None
        yield "antecedent", {"surface": words.text[span[0] : span[1]], "span": span} if span else None
    if "answers" in written:
        yield "answers", written["answers"]
    if "figures" in written:
        yield "figures", [_figure(figure, passage=words.passage) for figure in written["figures"]]
    if "said" in written:
        on = written["said"].get("on")
        precision = _one_of(written["said"]["precision"], PRECISIONS, passage=words.passage)
        yield "said", {"on": on.isoformat() if on else None, "precision": precision}
    if "channel" in written:
        yield "channel", written["channel"] or None


def _attribution(written: Mapping[str, Any], *, words: Words) -> dict[str, Any]:
    if unknown := written.keys() - ATTRIBUTION_KEYS:
        raise BadPassage(f"{words.passage}: an attribution has no {unknown}.")
    built: dict[str, Any] = {part: words.spans(written[part]) for part in sorted(SPANS)}
    if not built["cue"] and not built["content"]:
        raise BadPassage(f"{words.passage}: an attribution without cue and content.")
    built["kind"] = _one_of(written.get("kind", "assertion"), frozenset(Kind), passage=words.passage)
    built["quotation"] = _one_of(written.get("quotation", "indirect"), frozenset(Quotation), passage=words.passage)
    built["relayed_by"] = written.get("relayed_by")
    return built | dict(_circumstances(written, words=words))


def _passage(phenomenon: str, written: Mapping[str, Any]) -> dict[str, Any]:
    words = Words(passage=written["id"], text=written["text"].strip())
    if unknown := written.keys() - PASSAGE_KEYS:
        raise BadPassage(f"{words.passage}: a passage has no {unknown}.")
    attributions = [_attribution(each, words=words) for each in written.get("attributions", [])]
    for index, each in enumerate(attributions):
        for other in [each["relayed_by"], *each.get("answers", [])]:
            if other is not None and (other == index or not 0 <= other < len(attributions)):
                raise BadPassage(f"{words.passage}: attribution {index} points to {other}.")
    published = written.get("published")
    return {
        "doc_id": words.passage,
        "phenomenon": phenomenon,
        "text": words.text,
        "published": published.isoformat() if published else None,
        "attributions": attributions,
    }


def build(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The passages of every TOML file of the folder, files by name, passages as written.

    Raises BadPassage, which names the passage, for words that are not in its text or stand there more than once.
    """
    passages = []
    for path in sorted(folder.glob("*.toml")):
        for phenomenon, written in tomllib.loads(path.read_text(encoding="utf-8")).items():
            passages += [_passage(phenomenon, each) for each in written]
    return passages


def lines(passages: list[dict[str, Any]]) -> str:
    """The passages as JSON Lines."""
    return "".join(json.dumps(passage, ensure_ascii=False) + "\n" for passage in passages)


if __name__ == "__main__":
    BUILT.write_text(lines(build()), encoding="utf-8")
