"""The engine from the command line, without Django or a database.

python -m apps.attribution annotate IN.jsonl OUT.jsonl --extractor default
python -m apps.attribution evaluate --gold FILE.jsonl --extractor default --json
python -m apps.attribution train FOLDER --out MODEL
python -m apps.attribution train-parser FOLDER --out DIR
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from apps.attribution.engine import DEFAULT, KNOWN, UnknownExtractor, extractor
from apps.attribution.evaluating import evaluate, extract_record, read_gold, show
from apps.attribution.learning.training import TooLittle, train
from apps.attribution.parser_training.fitting import STEPS, train_parser
from apps.attribution.records import BadRecord, read_records
from apps.attribution.types import Extractor, ExtractorUnavailable


def annotate(source: Path, target: Path, using: Extractor) -> int:
    """Write every document of ``source`` to ``target`` with its attributions; the number of documents.

    ``target`` is replaced once all are done; until then, and if it fails, it stays as it was.
    """
    count = 0
    partly = target.with_name(f"{target.name}.part")
    try:
        with partly.open("wb") as out:
            for record in read_records(source):
                found = extract_record(using, record)
                line = {"doc_id": record["doc_id"], "text": record["text"], "attributions": found}
                line["extractor"] = {"name": using.name, "version": using.version}
                out.write(_as_json(line) + b"\n")
                count += 1
        partly.replace(target)
    finally:
        partly.unlink(missing_ok=True)
    return count


def _as_json(line: Mapping[str, object]) -> bytes:
    """One line of JSON in UTF-8; what UTF-8 cannot hold, a lone surrogate, is escaped as JSON escapes it."""
    try:
        return json.dumps(line, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(line).encode()


def _annotate(options: argparse.Namespace) -> str:
    count = annotate(options.source, options.target, extractor(options.extractor))
    return f"Documents written to {options.target}: {count}."


def _evaluate(options: argparse.Namespace) -> str:
    result = evaluate(read_gold(options.gold), extractor(options.extractor))
    return json.dumps(result, indent=2) if options.json else show(result)


def _train(options: argparse.Namespace) -> str:
    """Fit on ``train.jsonl`` of a folder; figures on its ``dev.jsonl``, or by leaving documents out in turn."""
    records = read_gold(options.folder / "train.jsonl")
    dev = options.folder / "dev.jsonl"
    held_out = read_gold(dev) if dev.is_file() else None
    fitted = train(records, held_out=held_out, seed=options.seed, report=_report)
    options.out.write_bytes(fitted.model)
    return json.dumps({"version": fitted.version, "bytes": len(fitted.model), **fitted.figures}, indent=2)


def _train_parser(options: argparse.Namespace) -> str:
    """Train the English pipeline on a folder of treebanks; figures on its ``*-dev.conllu`` files."""
    return json.dumps(train_parser(options.folder, options.out, steps=options.steps, report=_report), indent=2)


def _report(progress: str) -> None:
    sys.stderr.write(f"{progress}\n")


COMMANDS: Mapping[str, Callable[[argparse.Namespace], str]] = {
    "annotate": _annotate,
    "evaluate": _evaluate,
    "train": _train,
    "train-parser": _train_parser,
}


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
    training = commands.add_parser(
        "train", help="fit a model on train.jsonl of a folder (and measure on its dev.jsonl)"
    )
    training.add_argument("folder", type=Path, metavar="FOLDER")
    training.add_argument("--out", type=Path, required=True, metavar="MODEL")
    training.add_argument("--seed", type=int, default=0)
    treebanks = commands.add_parser(
        "train-parser",
        help="train the English tagger and parser on *-train.conllu[.gz] of a folder (and measure on *-dev)",
    )
    treebanks.add_argument("folder", type=Path, metavar="FOLDER")
    treebanks.add_argument("--out", type=Path, required=True, metavar="DIR")
    treebanks.add_argument("--steps", type=int, default=STEPS, help=f"updates to make ({STEPS})")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it went well, 2 with a sentence on the error stream if the input is at fault."""
    options = _parser().parse_args(arguments)
    try:
        sys.stdout.write(COMMANDS[options.command](options) + "\n")
    except (BadRecord, ExtractorUnavailable, OSError, TooLittle, UnknownExtractor, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
