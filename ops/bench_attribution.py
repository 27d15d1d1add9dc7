"""Our extractors and textacy's quotation extraction on one gold file, side by side, in one run.

    python -m ops.bench_attribution [--gold FILE.jsonl] [--json]

Each runs in a process of its own, one after the other, held to one thread of arithmetic, and is scored by the same
scorer. textacy has an environment of its own (requirements/bench.txt) and reads the same pipeline. It is fed as it does
best: line by line, since it refuses a whole text over one odd quotation mark, and with marks made plain as ours is.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from apps.attribution.evaluating import read_gold
from apps.attribution.parsing import OWN, plain
from apps.attribution.records import BadRecord
from apps.attribution.scoring import TokenizedText, score
from ops.paths import ROOT, CannotGoOnError

GOLD = ROOT / "tests/attribution/challenge/en.jsonl"
BENCH = ROOT / ".tools/bench/bin/python"
OURS = ("default", "rules")
MEASURES = {
    "full": "full.all",
    **{name: f"full.{name}" for name in ("direct", "mixed", "indirect")},
    **{name: f"{name}.partial" for name in ("cue", "source", "content")},
}
"""Our names for what is shown of the scorer's measures."""
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS")}
LINE = re.compile(r"[^\n]+")

Record = Mapping[str, Any]
Run = Callable[[Sequence[str]], str]


def run_alone(command: Sequence[str]) -> str:
    """What a command prints. Raises :class:`CannotGoOnError` with its complaint if it fails."""
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        raise CannotGoOnError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    return done.stdout


def compare(path: Path, *, run: Run = run_alone) -> dict[str, Any]:
    """Figures of each system on the gold file; shares in 0..1, tokens as the scorer counts them."""
    gold = read_gold(path)
    systems = [_ours(name, path, run) for name in OURS]
    textacy, versions = _textacy(gold, run)
    meta = json.loads((OWN / "meta.json").read_text(encoding="utf-8"))
    return {
        "gold": path.name,
        "documents": len(gold),
        "attributions": sum(len(record["attributions"]) for record in gold),
        "pipeline": {"name": meta["name"], "version": meta["version"]},
        "versions": {
            "ours": {"python": platform.python_version(), "spacy": version("spacy")},
            "textacy": versions,
        },
        "systems": [*systems, textacy],
    }


def _ours(name: str, gold: Path, run: Run) -> dict[str, Any]:
    command = [sys.executable, "-m", "apps.attribution", "evaluate", "--gold", str(gold), "--extractor", name, "--json"]
    result = json.loads(run(command))
    return {
        "system": name,
        "version": result["extractor"]["version"],
        "predicted": result["attributions"]["predicted"],
        "tokens_per_second": result["tokens_per_second"],
        "measures": {ours: result["measures"][theirs] for ours, theirs in MEASURES.items()},
    }


def _textacy(gold: Sequence[Record], run: Run) -> tuple[dict[str, Any], dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="counterclaim-bench-") as folder:
        source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        source.write_text("".join(json.dumps(piece) + "\n" for piece in pieces(gold)), encoding="utf-8")
        took = json.loads(run([str(BENCH), str(ROOT / "ops/bench_textacy.py"), str(OWN), str(source), str(target)]))
        predicted: list[list[Record]] = [[] for _ in gold]
        for line in target.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            predicted[found["doc"]] += found["attributions"]
    measures = score((r["text"], r["attributions"], p) for r, p in zip(gold, predicted, strict=True))
    tokens = sum(len(TokenizedText(record["text"]).tokens) for record in gold)
    figures = {
        "system": "textacy",
        "version": took["versions"]["textacy"],
        "predicted": sum(map(len, predicted)),
        "tokens_per_second": round(tokens / took["seconds"]),
        "lines": took["pieces"],
        "lines_refused": took["refused"],
        "measures": {ours: asdict(measures[theirs]) for ours, theirs in MEASURES.items()},
    }
    return figures, took["versions"]


def pieces(gold: Sequence[Record]) -> list[dict[str, Any]]:
    """The lines of every document, marks made plain, with the number of the document and where each begins."""
    return [
        {"doc": number, "offset": found.start(), "text": plain(found.group())}
        for number, record in enumerate(gold)
        for found in LINE.finditer(record["text"])
    ]


def show(result: Mapping[str, Any]) -> str:
    """The figures as a table for people; shares in per cent."""
    head = ["system", "version", "full P", "full R", "full F1", *list(MEASURES)[1:], "tokens/s"]
    rows = [head]
    for system in result["systems"]:
        full, *others = system["measures"].values()
        shares = [full["precision"], full["recall"], full["f1"], *(measure["f1"] for measure in others)]
        figures = [f"{100 * share:.1f}" for share in shares]
        rows.append([system["system"], system["version"], *figures, str(system["tokens_per_second"])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    size = f"{result['gold']}: {result['documents']} documents, {result['attributions']} attributions."
    return "\n".join([size, *lines, "F1 but for P and R; cue, source and content partial; one core, after loading."])


def main(arguments: Sequence[str], *, run: Run = run_alone) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.bench_attribution", description=__doc__)
    parser.add_argument("--gold", type=Path, default=GOLD, metavar="FILE.jsonl")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    try:
        result = compare(options.gold.resolve(), run=run)
    except (BadRecord, CannotGoOnError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps(result, indent=2) if options.json else show(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
