"""Grades what was found in whole articles: not only who said what, but to whom, how many, when and in answer to what.

    python -m tests.attribution.stories.grading GOLD.jsonl PRED.jsonl [--misses]

GOLD is what ``building.py`` builds. PRED has ``doc_id`` and ``attributions`` as ``apps.attribution.records`` writes
them, with ``answers`` as a list of numbers or of mappings with an ``index``; a key that is left out counts as none. A
gold attribution is *found* if one prediction has a head of its source and at least half of its content (Jaccard over
word tokens); each prediction finds one at most. What is not found has nothing right. A key that the gold leaves out is
not judged.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from apps.attribution.records import read_records

Record = Mapping[str, Any]
Figures = Counter[tuple[Any, ...]]

ENOUGH_CONTENT = 0.5
FIELDS = (
    "kind",
    "quotation",
    "target",
    "figures",
    "figure_details",
    "answers",
    "relayed_by",
    "antecedent",
    "said",
    "channel",
)
WORD = re.compile(r"\w+")
# What ends the head of a noun phrase: "officials | in the valley", "the mayor | , who ...".
AFTER_THE_HEAD = re.compile(r"[,(]|\b(?:of|in|at|for|from|with|to|on|by|who|which|whose|that)\b")
# A name after its role: "head of the district administration Viktor Osmin".
NAME_AFTER_ROLE = re.compile(
    r"\b(?!(?:of|the|in|at|for|from|and|de|van|von)\b)[a-z]\w* (?:[A-Z][\w-]* )*(?P<name>[A-Z][\w-]*)\Z"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one gold attribution.

    ``index`` is its place in the gold, ``found_as`` the place of the prediction that found it, ``right`` says for each
    of ``FIELDS`` whether it is right, None where the gold does not judge it.
    """

    index: int
    found_as: int | None
    right: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Grades:
    """The verdicts over one article, in the order of its gold, and how many links between attributions were right."""

    verdicts: tuple[Verdict, ...]
    predicted: int
    links: Mapping[str, Counter[str]]


def _tokens(text: str, spans: Iterable[Sequence[int]]) -> frozenset[int]:
    """The word tokens under the spans, each by where it starts."""
    return frozenset(match.start() for start, end in spans for match in WORD.finditer(text, start, end))


def _heads(text: str, span: Sequence[int]) -> frozenset[int]:
    """The tokens any of which names the noun phrase: its head, a name after a role, the heads of its appositives."""
    heads: set[int] = set()
    start, end = span
    for segment in re.finditer(r"[^,()]+", text[start:end]):
        words = segment[0]
        begin = start + segment.start() + len(words) - len(words.lstrip())
        words = words.strip()
        named = NAME_AFTER_ROLE.search(words)
        stop = AFTER_THE_HEAD.search(words)
        if tokens := list(WORD.finditer(words[: stop.start()] if stop else words)):
            possessive = len(tokens) > 1 and tokens[-1][0] == "s"
            heads.add(begin + tokens[-2 if possessive else -1].start())
        if named:
            heads.add(begin + named.start("name"))
    # "whose press service" is all relative clause: its last word is what there is.
    return frozenset(heads) or frozenset([max(_tokens(text, [span]), default=start)])


def _same_source(text: str, gold: Record, predicted: Record) -> bool:
    if not gold["source"] or not predicted["source"]:
        return bool(gold["source"]) == bool(predicted["source"])
    heads = frozenset().union(*(_heads(text, span) for span in gold["source"]))
    return bool(heads & _tokens(text, predicted["source"]))


def _overlap(text: str, gold: Record, predicted: Record, *, part: str) -> float:
    ours, theirs = _tokens(text, gold[part]), _tokens(text, predicted[part])
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def _pairs(text: str, gold: Sequence[Record], predicted: Sequence[Record]) -> dict[int, int]:
    """Gold place -> the place of the prediction that found it; the best fitting pairs first, no prediction twice."""
    fits = []
    for (i, ours), (j, theirs) in product(enumerate(gold), enumerate(predicted)):
        content = _overlap(text, ours, theirs, part="content")
        if content >= ENOUGH_CONTENT and _same_source(text, ours, theirs):
            fits.append((_overlap(text, ours, theirs, part="cue") > 0, content, -i, -j))
    pairs: dict[int, int] = {}
    for *_, i, j in sorted(fits, reverse=True):
        if -i not in pairs and -j not in pairs.values():
            pairs[-i] = -j
    return pairs


def _counted(figures: Iterable[Record], *, details: bool) -> Figures:
    return Counter(
        (figure["measure"], figure["low"], figure["high"], figure["comparator"])
        + ((figure["of_whom"].casefold().split(" ")[-1], figure["counting"]) if details else ())
        for figure in figures
    )


def _same_figures(ours: Figures, theirs: Figures) -> bool:
    """All of ours are there, and no more people; how many other things are worth counting is a matter of taste."""
    return not ours - theirs and all(figure[0] == "other" for figure in theirs - ours)


def _answered(predicted: Record) -> list[int]:
    return [each["index"] if isinstance(each, Mapping) else int(each) for each in predicted.get("answers") or ()]


def _when(said: Record | None) -> tuple[str | None, str]:
    return (said["on"], said["precision"]) if said else (None, "unknown")


def _points_at(text: str, wanted: Sequence[int] | None, found: Sequence[int] | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return bool(_heads(text, wanted) & _tokens(text, [found]))


def _same_antecedent(text: str, wanted: Record | None, found: Record | None) -> bool:
    if not wanted or not found:
        return bool(wanted) == bool(found)
    return any(_points_at(text, mention, found["span"]) for mention in [wanted["span"], *wanted["others"]])


def _right(text: str, gold: Record, predicted: Record, *, pairs: Mapping[int, int]) -> dict[str, bool | None]:
    """Field by field, for a pair; None for what the gold does not judge."""
    found_as = {theirs: ours for ours, theirs in pairs.items()}
    relayer = gold["relayed_by"]
    judged = {
        "kind": gold["kind"] == predicted["kind"],
        "quotation": gold["quotation"] == predicted["quotation"],
        "target": _points_at(text, gold.get("target"), predicted.get("target")),
        "figures": _same_figures(
            _counted(gold["figures"], details=False), _counted(predicted.get("figures") or (), details=False)
        ),
        "figure_details": _same_figures(
            _counted(gold["figures"], details=True), _counted(predicted.get("figures") or (), details=True)
        ),
        "answers": {found_as.get(each) for each in _answered(predicted)} == set(gold.get("answers", ())),
        "relayed_by": (pairs.get(relayer, -1) if relayer is not None else None) == predicted.get("relayed_by"),
        "antecedent": _same_antecedent(text, gold.get("antecedent"), predicted.get("antecedent")),
        "said": _when(gold.get("said")) == _when(predicted.get("said")),
        "channel": gold.get("channel") == predicted.get("channel"),
    }
    left_out = {"target", "answers", "antecedent", "said", "channel"} - gold.keys()
    return {field: None if field in left_out else right for field, right in judged.items()}


def _links(gold: Sequence[Record], predicted: Sequence[Record], pairs: Mapping[int, int]) -> dict[str, Counter[str]]:
    """Single figures and single answers: how many are wanted, predicted (by found attributions) and right."""
    answers, figures = Counter[str](), Counter[str]()
    found_as = {theirs: ours for ours, theirs in pairs.items()}
    for index, each in enumerate(gold):
        theirs = predicted[pairs[index]] if index in pairs else {}
        if "answers" in each:
            given = _answered(theirs)
            answers["wanted"] += len(each["answers"])
            answers["predicted"] += len(given)
            answers["right"] += len(set(each["answers"]) & {found_as.get(answer) for answer in given})
        wanted = _counted(each["figures"], details=False)
        counted = _counted(theirs.get("figures") or (), details=False)
        figures["wanted"] += wanted.total()
        figures["predicted"] += counted.total()
        figures["right"] += (wanted & counted).total()
    return {"answers": answers, "figures": figures}


def grade(article: Record, predicted: Sequence[Record]) -> Grades:
    """The verdict on every attribution of a gold article (``text``, ``attributions``)."""
    text, gold = article["text"], article["attributions"]
    pairs = _pairs(text, gold, predicted)
    verdicts = []
    for index, each in enumerate(gold):
        right = _right(text, each, predicted[pairs[index]] if index in pairs else each, pairs=pairs)
        if index not in pairs:
            right = {field: None if judged is None else False for field, judged in right.items()}
        verdicts.append(Verdict(index=index, found_as=pairs.get(index), right=right))
    return Grades(verdicts=tuple(verdicts), predicted=len(predicted), links=_links(gold, predicted, pairs))


def _wanted(gold: Record, field: str) -> bool:
    value = gold.get("figures" if field == "figure_details" else field)
    return value is not None and value not in ([], ())


def totals(graded: Iterable[tuple[Record, Grades]]) -> dict[str, Any]:
    """Counts over articles and their grades.

    For each field: ``wanted``, gold attributions that have it; ``right``, those of them found and right; ``invented``,
    found attributions that were given one and have none. ``kinds`` splits them by the kind they have in the gold;
    ``right`` there is a right kind. ``unmatched`` predictions found nothing that is in the gold.
    """
    counts = Counter[str]()
    kinds: dict[str, Counter[str]] = {}
    fields = {field: Counter[str](wanted=0, right=0, invented=0) for field in FIELDS}
    links = {name: Counter[str](wanted=0, predicted=0, right=0) for name in ("answers", "figures")}
    for article, grades in graded:
        counts["predicted"] += grades.predicted
        for name, each in grades.links.items():
            links[name].update(each)
        for gold, verdict in zip(article["attributions"], grades.verdicts, strict=True):
            found = verdict.found_as is not None
            counts.update(attributions=1, found=found)
            kind = kinds.setdefault(gold["kind"], Counter(wanted=0, found=0, right=0))
            kind.update(wanted=1, found=found, right=bool(verdict.right["kind"]))
            for field, right in verdict.right.items():
                if right is not None and _wanted(gold, field):
                    fields[field].update(wanted=1, right=right)
                elif right is False and found:
                    fields[field].update(invented=1)
    return {
        "attributions": counts["attributions"],
        "found": counts["found"],
        "predicted": counts["predicted"],
        "unmatched": counts["predicted"] - counts["found"],
        "fields": {field: dict(counted) for field, counted in fields.items()},
        "links": {name: dict(counted) for name, counted in links.items()},
        "kinds": {kind: dict(counted) for kind, counted in sorted(kinds.items())},
    }


def _as_words(text: str, attribution: Record) -> dict[str, str]:
    return {
        part: " | ".join(text[start:end] for start, end in attribution[part]) for part in ("source", "cue", "content")
    }


def misses(article: Record, predicted: Sequence[Record], grades: Grades) -> list[dict[str, Any]]:
    """What was not found, and of what was found each wrong field with both values, and what was found too much."""
    text, missed = article["text"], []
    for gold, verdict in zip(article["attributions"], grades.verdicts, strict=True):
        at = {"doc_id": article["doc_id"], "index": verdict.index, **_as_words(text, gold)}
        if verdict.found_as is None:
            missed.append({**at, "missed": "found", "kind": gold["kind"]})
            continue
        theirs = predicted[verdict.found_as]
        for field in (field for field, right in verdict.right.items() if right is False):
            key = "figures" if field == "figure_details" else field
            missed.append({**at, "missed": field, "wanted": gold.get(key), "predicted": theirs.get(key)})
    used = {verdict.found_as for verdict in grades.verdicts}
    for index, theirs in enumerate(predicted):
        if index not in used:
            missed.append({"doc_id": article["doc_id"], "missed": "unmatched", **_as_words(text, theirs)})
    return missed


def report(gold: Iterable[Record], predictions: Mapping[str, Sequence[Record]], *, with_misses: bool) -> dict[str, Any]:
    """What the command prints. Raises KeyError for an article that nothing was predicted for, not even nothing."""
    graded = [(article, grade(article, predictions[article["doc_id"]])) for article in gold]
    printed = totals(graded)
    if with_misses:
        printed["misses"] = [
            miss for article, grades in graded for miss in misses(article, predictions[article["doc_id"]], grades)
        ]
    return printed


def _main() -> None:
    parser = argparse.ArgumentParser(description="Grade attributions found in whole articles.")
    parser.add_argument("gold", type=Path)
    parser.add_argument("predicted", type=Path)
    parser.add_argument("--misses", action="store_true", help="also print what was missed")
    asked = parser.parse_args()
    predictions = {record["doc_id"]: record["attributions"] for record in _predicted(asked.predicted)}
    printed = report(read_records(asked.gold), predictions, with_misses=asked.misses)
    sys.stdout.write(json.dumps(printed, ensure_ascii=False, indent=1) + "\n")


def _predicted(path: Path) -> list[dict[str, Any]]:
    """Predictions may leave the text out."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    _main()
