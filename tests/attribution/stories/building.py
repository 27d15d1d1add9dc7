"""Builds ``tuning.jsonl``, whole invented articles with gold, from the TOML files people write beside it.

    python -m tests.attribution.stories.building [FOLDER BUILT]

One file is one article: ``id``, ``newsroom``, ``published``, ``text``, ``sources``, ``attributions``. Spans are words,
written as in the challenge set (``"said #2"``, ``"that the bridge … noon"``, a list for pieces, ``""`` for none), but
they are looked up in the paragraph that ``at`` counts from one ([4, 5] is two of them), where they may stand only once.
``"3: Ada Roe"`` are words of paragraph three. Offsets in what is built are Unicode code points of the whole text,
zero-based, end exclusive.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.attribution.types import Kind, Quotation
from tests.attribution.challenge.building import COMPARATORS, COUNTINGS, MEASURES, SPANS, Words, lines

FOLDER = Path(__file__).parent
BUILT = FOLDER / "tuning.jsonl"

ALIAS_FORMS = frozenset({"official", "short", "transliterated", "acronym", "metonym", "role"})
PRECISIONS = frozenset({"minute", "part_of_day", "day", "week", "month", "unknown"})
MAY_BE_UNJUDGED = frozenset({"target", "antecedent", "said", "channel", "answers"})
ATTRIBUTION_KEYS = frozenset(
    {"at", "kind", "quotation", "actor", "certain", "relayed_by", "figures", "unjudged"} | SPANS | MAY_BE_UNJUDGED
)
FIGURE_KEYS = frozenset({"measure", "low", "high", "comparator", "of_whom", "counting", "part_of"})


class BadStory(ValueError):
    """A story cannot be built. Says which, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Story:
    """The text of one story and where its paragraphs, parted by blank lines, stand in it."""

    name: str
    text: str
    paragraphs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, *, name: str, text: str) -> Story:
        found = re.finditer(r"\S.*?(?=\n[ \t]*\n|\s*\Z)", text, re.DOTALL)
        return cls(name=name, text=text, paragraphs=tuple(match.span() for match in found))

    def span(self, words: str, *, at: int | Sequence[int]) -> list[int]:
        """Where the words stand, [start, end]; ``BadPassage`` or ``BadStory`` for none or too many such places."""
        if elsewhere := re.match(r"(\d+): ", words):
            at, words = int(elsewhere[1]), words[elsewhere.end() :]
        first, last = (at, at) if isinstance(at, int) else (at[0], at[-1])
        if not 1 <= first <= last <= len(self.paragraphs):
            raise BadStory(f"{self.name}: there is no paragraph {at}; it has {len(self.paragraphs)}.")
        begin, end = self.paragraphs[first - 1][0], self.paragraphs[last - 1][1]
        found = Words(passage=f"{self.name}, paragraph {at}", text=self.text[begin:end]).span(words)
        return [begin + found[0], begin + found[1]]

    def spans(self, words: str | list[str], *, at: int | Sequence[int]) -> list[list[int]]:
        """The spans of a part in one or several pieces, or of none."""
        pieces = [words] if isinstance(words, str) else words
        return sorted(self.span(piece, at=at) for piece in pieces if piece)


def _known(keys: Mapping[str, Any], allowed: frozenset[str], *, where: str) -> None:
    if unknown := keys.keys() - allowed:
        raise BadStory(f"{where}: {', '.join(sorted(unknown))} means nothing here.")


def _one_of(value: str, allowed: frozenset[str], *, where: str) -> str:
    if value not in allowed:
        raise BadStory(f"{where}: “{value}” is none of {', '.join(sorted(allowed))}.")
    return value


def _figure(written: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    _known(written, FIGURE_KEYS, where=where)
    comparator = _one_of(written.get("comparator", "exactly"), COMPARATORS, where=where)
    if (written.get("high") is not None) != (comparator == "range"):
        raise BadStory(f"{where}: a range, and only a range, has a high end.")
    return {
        "measure": _one_of(written["measure"], MEASURES, where=where),
        "low": written["low"],
        "high": written.get("high"),
        "comparator": comparator,
        "of_whom": written.get("of_whom", ""),
        "counting": _one_of(written.get("counting", "unstated"), COUNTINGS, where=where),
        "part_of": written.get("part_of"),
    }


def _antecedent(written: str | list[str], *, story: Story, at: int | Sequence[int]) -> dict[str, Any] | None:
    """The fullest earlier mention, and with it every other one that is as right."""
    spans = [story.span(each, at=at) for each in ([written] if isinstance(written, str) else written) if each]
    if not spans:
        return None
    return {"surface": story.text[spans[0][0] : spans[0][1]], "span": spans[0], "others": spans[1:]}


def _said(written: Mapping[str, Any] | None, *, where: str) -> dict[str, Any] | None:
    if written is None:
        return None
    on = written.get("on")
    precision = _one_of(written["precision"], PRECISIONS, where=where)
    if (on is not None) != (precision in {"minute", "part_of_day", "day"}):
        raise BadStory(f"{where}: a day is wanted for {precision}, or none is.")
    return {"on": on.isoformat() if on else None, "precision": precision}


def _judged(written: Mapping[str, Any], *, story: Story, where: str) -> Iterator[tuple[str, Any]]:
    """What is none unless written, but for the keys that the story leaves unjudged."""
    at, unjudged = written["at"], frozenset(written.get("unjudged", ()))
    if (wrong := unjudged - MAY_BE_UNJUDGED) or (wrong := unjudged & written.keys()):
        raise BadStory(f"{where}: {', '.join(sorted(wrong))} cannot be left unjudged.")
    built = {
        "target": story.span(written["target"], at=at) if written.get("target") else None,
        "antecedent": _antecedent(written.get("antecedent", ""), story=story, at=at),
        "said": _said(written.get("said"), where=where),
        "channel": written.get("channel"),
        "answers": sorted(written.get("answers", ())),
    }
    return ((key, value) for key, value in built.items() if key not in unjudged)


def _attribution(written: Mapping[str, Any], *, story: Story, sources: frozenset[str], where: str) -> dict[str, Any]:
    _known(written, ATTRIBUTION_KEYS, where=where)
    built: dict[str, Any] = {part: story.spans(written[part], at=written["at"]) for part in sorted(SPANS)}
    if not built["content"]:
        raise BadStory(f"{where}: an attribution without content.")
    actor = written.get("actor")
    if actor is not None and actor not in sources:
        raise BadStory(f"{where}: no source is called “{actor}”.")
    figures = [_figure(each, where=where) for each in written.get("figures", ())]
    return built | {
        "kind": _one_of(written.get("kind", "assertion"), frozenset(Kind), where=where),
        "quotation": _one_of(written.get("quotation", "indirect"), frozenset(Quotation), where=where),
        "actor": actor,
        "certain": actor is not None and written.get("certain", True),
        "relayed_by": written.get("relayed_by"),
        "figures": figures,
        **dict(_judged(written, story=story, where=where)),
    }


def _source(written: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    for alias in written["aliases"]:
        _one_of(alias["form"], ALIAS_FORMS, where=where)
    return {"id": written["id"], "name": written["name"], "aliases": written["aliases"]}


def story_from(written: Mapping[str, Any]) -> dict[str, Any]:
    """One article with its gold, ready for JSON. Raises ``BadStory`` or ``BadPassage``, which name the article."""
    story = Story.of(name=written["id"], text=written["text"].strip())
    sources = [_source(each, where=story.name) for each in written["sources"]]
    ids = frozenset(each["id"] for each in sources)
    attributions = []
    for index, each in enumerate(written["attributions"]):
        where = f"{story.name}, attribution {index} (“{each['cue']}”)"
        built = _attribution(each, story=story, sources=ids, where=where)
        others = [*built.get("answers", ()), *([built["relayed_by"]] if built["relayed_by"] is not None else [])]
        if any(other == index or not 0 <= other < len(written["attributions"]) for other in others):
            raise BadStory(f"{where}: it points to {others}.")
        attributions.append(built)
    return {
        "doc_id": story.name,
        "newsroom": written["newsroom"],
        "text": story.text,
        "published": written["published"].isoformat(),
        "sources": sources,
        "attributions": attributions,
    }


def build(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The stories of every TOML file of the folder, by name of file."""
    return [story_from(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))]


if __name__ == "__main__":
    source, built = (Path(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) == 3 else (FOLDER, BUILT)
    built.write_text(lines(build(source)), encoding="utf-8")
