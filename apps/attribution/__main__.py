"""The engine from the command line, without Django or a database.

python -m apps.attribution annotate IN.jsonl OUT.jsonl --extractor rules
python -m apps.attribution evaluate --gold FILE.jsonl --extractor rules --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from apps.attribution.engine import DEFAULT, KNOWN, UnknownExtractor, extractor
from apps.attribution.records import BadRecord, as_record, read_records
from apps.attribution.scoring import TokenizedText, score
from apps.attribution.types import Extractor, ExtractorUnavailable


def annotate(source: Path, target: Path, using: Extractor) -> int:
    """Write every document of ``source`` to ``target`` with its attributions; the number of documents."""
    count = 0
    with target.open("w", encoding="utf-8") as out:
        for record in read_records(source):
            found = _extract(using, record)
            line = {"doc_id": record["doc_id"], "text": record["text"], "attributions": found}
            line["extractor"] = {"name": using.name, "version": using.version}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def evaluate(gold: Path, using: Extractor) -> dict[str, Any]:
    """Measures of the extractor against a gold file, its speed on one core, its name and version."""
    records = list(read_records(gold))
    for record in records:
        if not isinstance(record.get("attributions"), list):
            raise BadRecord(f"{gold}: document {record['doc_id']!r} has no list of “attributions”.")
    started = time.perf_counter()
    predicted = [_extract(using, record) for record in records]
    seconds = time.perf_counter() - started
    tokens = sum(len(TokenizedText(record["text"]).tokens) for record in records)
    pairs = ((r["text"], r["attributions"], p) for r, p in zip(records, predicted, strict=True))
    return {
        "extractor": {"name": using.name, "version": using.version},
        "documents": len(records),
        "attributions": {"gold": sum(len(r["attributions"]) for r in records), "predicted": sum(map(len, predicted))},
        "tokens_per_second": round(tokens / seconds) if seconds else None,
        "measures": {name: asdict(measure) for name, measure in score(pairs).items()},
    }


def _extract(using: Extractor, record: dict[str, Any]) -> list[dict[str, Any]]:
    published = record.get("published")
    day = date.fromisoformat(published) if isinstance(published, str) else None
    return [as_record(found) for found in using.extract(record["text"], published=day)]


def _show(result: dict[str, Any]) -> str:
    lines = [f"{'':20s}{'P':>7s}{'R':>7s}{'F1':>7s}"]
    for name, measure in result["measures"].items():
        shares = (measure["precision"], measure["recall"], measure["f1"])
        lines.append(f"{name:20s}" + "".join(f"{100 * share:7.1f}" for share in shares))
    counts = result["attributions"]
    lines.append(f"attributions: {counts['gold']} in the gold standard, {counts['predicted']} predicted")
    lines.append(f"{result['tokens_per_second']} tokens a second")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m apps.attribution", description="Who said what, in which words.")
    commands = parser.add_subparsers(dest="command", required=True)
    annotating = commands.add_parser("annotate", help="write a JSON Lines file with the attributions found")
    annotating.add_argument("source", type=Path, metavar="IN.jsonl")
    annotating.add_argument("target", type=Path, metavar="OUT.jsonl")
    evaluating = commands.add_parser("evaluate", help="compare with a gold standard")
    evaluating.add_argument("--gold", type=Path, required=True, metavar="FILE.jsonl")
    evaluating.add_argument("--json", action="store_true", help="print JSON instead of a table")
    for command in (annotating, evaluating):
        command.add_argument("--extractor", default=DEFAULT, metavar="NAME", help=f"one of {', '.join(KNOWN)}")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it went well, 2 with a sentence on the error stream if the input is at fault."""
    options = _parser().parse_args(arguments)
    try:
        using = extractor(options.extractor)
        if options.command == "annotate":
            count = annotate(options.source, options.target, using)
            sys.stdout.write(f"Documents written to {options.target}: {count}.\n")
        else:
            result = evaluate(options.gold, using)
            sys.stdout.write((json.dumps(result, indent=2) if options.json else _show(result)) + "\n")
    except (BadRecord, ExtractorUnavailable, OSError, UnknownExtractor, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
