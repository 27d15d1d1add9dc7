"""Attributions as JSON records, one document a line: the format the corpora of the field are kept in.

A line has ``doc_id``, ``text`` and ``attributions``; each of those has ``source``, ``cue`` and ``content`` as lists of
[start, end] in code points, end exclusive, and what else the extractor found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apps.attribution.types import Attribution, Span


class BadRecord(ValueError):
    """A line is no JSON object with ``doc_id`` and ``text``. Says which line of which file."""


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The documents of a JSON Lines file, in order; blank lines are passed over.

    Raises ``BadRecord`` for a line that is none and ``OSError`` if the file cannot be read.
    """
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise BadRecord(f"{path}, line {number}: not UTF-8.") from error
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise BadRecord(f"{path}, line {number}: not JSON ({error}).") from error
            if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "doc_id" not in record:
                raise BadRecord(f"{path}, line {number}: an object with “doc_id” and “text” is wanted.")
            yield record


def _spans(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def as_record(attribution: Attribution) -> dict[str, Any]:
    """The attribution as a JSON-ready mapping; dates as ISO 8601, spans as [start, end]."""
    said, antecedent = attribution.said, attribution.antecedent
    return {
        "source": _spans(attribution.source),
        "cue": _spans(attribution.cue),
        "content": _spans(attribution.content),
        "kind": attribution.kind.value,
        "quotation": attribution.quotation.value,
        "confidence": attribution.confidence,
        "pattern": attribution.pattern,
        "relayed_by": attribution.relayed_by,
        "target": [attribution.target.start, attribution.target.end] if attribution.target else None,
        "channel": attribution.channel,
        "said": {
            "on": said.on.isoformat() if said.on else None,
            "begins": said.begins.isoformat() if said.begins else None,
            "ends": said.ends.isoformat() if said.ends else None,
            "precision": said.precision,
            "words": [said.words.start, said.words.end] if said.words else None,
        }
        if said
        else None,
        "figures": [asdict(figure) | {"span": [figure.span.start, figure.span.end]} for figure in attribution.figures],
        "answers": [asdict(answer) for answer in attribution.answers],
        "antecedent": asdict(antecedent) | {"span": [antecedent.span.start, antecedent.span.end]}
        if antecedent
        else None,
    }
