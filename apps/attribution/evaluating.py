"""How well an extractor does against a gold standard: measures, per phenomenon where the gold names one, and speed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from apps.attribution.records import BadRecord, as_record, read_records
from apps.attribution.scoring import ROLES, Measure, TokenizedText, score
from apps.attribution.types import Extractor

Record = Mapping[str, Any]


def extract_record(using: Extractor, record: Record) -> list[dict[str, Any]]:
    """What the extractor finds in a record's text, as records; ``published`` anchors days."""
    published = record.get("published")
    day = date.fromisoformat(published) if isinstance(published, str) else None
    return [as_record(found) for found in using.extract(record["text"], published=day)]


def read_gold(path: Path) -> list[dict[str, Any]]:
    """The documents of a gold file. Raises :class:`BadRecord` for one whose attributions are no spans in its text."""
    records = list(read_records(path))
    if not records:
        raise BadRecord(f"{path}: there is no document in it.")
    if len({str(record["doc_id"]) for record in records}) < len(records):
        raise BadRecord(f"{path}: two documents have the same “doc_id”.")
    for record in records:
        where = f"{path}: document {record['doc_id']!r}"
        if not isinstance(record.get("attributions"), list):
            raise BadRecord(f"{where} has no list of “attributions”.")
        for number, attribution in enumerate(record["attributions"], start=1):
            if not isinstance(attribution, dict):
                raise BadRecord(f"{where}, attribution {number}: an object is wanted.")
            for role in ROLES:
                if not _are_spans(attribution.get(role), len(record["text"])):
                    raise BadRecord(f"{where}, attribution {number}: “{role}” is no list of [start, end] in the text.")
    return records


def _are_spans(spans: object, length: int) -> bool:
    """Whether something is a list of pairs of whole numbers, each a stretch of a text of that length."""
    if not isinstance(spans, list):
        return False
    return all(
        isinstance(span, list)
        and len(span) == 2
        and all(type(end) is int for end in span)
        and 0 <= span[0] < span[1] <= length
        for span in spans
    )


def evaluate(gold: Sequence[Record], using: Extractor) -> dict[str, Any]:
    """Measures of the extractor against gold documents, its speed, its name and version.

    ``tokens_per_second`` counts the processor time of one core, after loading; waiting for others is not in it.

    Where documents name a ``phenomenon``, ``phenomena`` has, for each, documents, gold and predicted attributions, how
    many of the gold ones were found (full attribution) and how many documents are right as a whole, the weakest first.
    """
    warm = using.extract("A spokesman said so.")
    started = time.process_time()
    predicted = [extract_record(using, record) for record in gold]
    seconds = time.process_time() - started
    tokens = sum(len(TokenizedText(record["text"]).tokens) for record in gold)
    triples = [(r["text"], r["attributions"], p) for r, p in zip(gold, predicted, strict=True)]
    out: dict[str, Any] = {
        "extractor": {"name": using.name, "version": using.version},
        "documents": len(gold),
        "attributions": {"gold": sum(len(r["attributions"]) for r in gold), "predicted": sum(map(len, predicted))},
        "tokens_per_second": round(tokens / seconds) if seconds and warm is not None else None,
        "measures": {name: asdict(measure) for name, measure in score(triples).items()},
    }
    if any("phenomenon" in record for record in gold):
        out["phenomena"] = _phenomena(gold, triples)
    return out


def _phenomena(gold: Sequence[Record], triples: Sequence[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[tuple[str, Any, Any]]] = {}
    for record, triple in zip(gold, triples, strict=True):
        groups.setdefault(str(record.get("phenomenon", "")), []).append(triple)
    rows = [_phenomenon(name, group) for name, group in groups.items()]
    return sorted(rows, key=lambda row: (row["whole"] / row["documents"], row["phenomenon"]))


def _phenomenon(name: str, group: Sequence[tuple[str, Any, Any]]) -> dict[str, Any]:
    wanted, made = (sum(len(triple[side]) for triple in group) for side in (1, 2))
    found = score(group)["full.all"].recall * sum(bool(a["content"]) for _, gold, _ in group for a in gold)
    return {
        "phenomenon": name,
        "documents": len(group),
        "gold": wanted,
        "predicted": made,
        "found": round(found),
        "whole": sum(_is_whole(triple) for triple in group),
    }


def _is_whole(triple: tuple[str, Any, Any]) -> bool:
    """Whether exactly the gold attributions were predicted, each in full."""
    _, wanted, made = triple
    if not wanted or not made:
        return not wanted and not made
    full: Measure = score([triple])["full.all"]
    return full.precision == full.recall == 1.0


def show(result: Mapping[str, Any]) -> str:
    """The result as a table for people; shares in per cent."""
    lines = [f"{'':20s}{'P':>7s}{'R':>7s}{'F1':>7s}"]
    for name, measure in result["measures"].items():
        shares = (measure["precision"], measure["recall"], measure["f1"])
        lines.append(f"{name:20s}" + "".join(f"{100 * share:7.1f}" for share in shares))
    counts = result["attributions"]
    lines.append(f"attributions: {counts['gold']} in the gold standard, {counts['predicted']} predicted")
    lines.append(f"{result['tokens_per_second']} tokens a second")
    if "phenomena" in result:
        lines.append(f"\n{'phenomenon':34s}{'texts':>7s}{'whole':>7s}{'gold':>7s}{'found':>7s}{'made':>7s}")
        for row in result["phenomena"]:
            numbers = (row["documents"], row["whole"], row["gold"], row["found"], row["predicted"])
            lines.append(f"{row['phenomenon']:34s}" + "".join(f"{number:7d}" for number in numbers))
    return "\n".join(lines)
