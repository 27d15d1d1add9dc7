"""``manage.py bench_ingest --json``: what taking articles in costs, and how well copies are found, in one run."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import trafilatura
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from apps.articles import sketches
from apps.dossiers.models import Dossier
from apps.pipeline import bench_lookup, benching

BOUNDS: Final = {"ratio": 0.5, "p95_ms": 25.0, "recall": 0.98}
INVENTED: Final = 200


class Command(BaseCommand):
    help = (
        "Measures the pipeline and the search for copies in a database without dossiers; `make bench-ingest` makes one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="figures as JSON")
        parser.add_argument("--pages", type=Path, help="a folder of *.html or *.html.gz; else pages are invented")
        parser.add_argument("--ground-truth", type=Path, help="JSON by page with articleBody, to know which have one")
        parser.add_argument("--sketches", type=int, default=1_000_000, help="how many to look among (%(default)s)")
        parser.add_argument("--extractor", default="", help="who proposes; by default the one of the settings")
        parser.add_argument("--check", action="store_true", help="exit with 1 where a bound is missed")

    def handle(self, **options: Any) -> None:
        if Dossier.objects.exists():
            raise CommandError("This database holds dossiers. `make bench-ingest` makes one that is thrown away.")
        pages = benching.pages_in(options["pages"]) if options["pages"] else benching.invented(INVENTED)
        if not pages:
            raise CommandError("There are no pages in this folder.")
        core = _hold_to_one_core()
        bodies = _bodies(options["ground_truth"])
        held = benching.texts(pages)
        found: dict[str, Any] = {
            "machine": {"python": platform.python_version(), "postgresql": _postgresql(), "core": core,
                        "trafilatura": trafilatura.__version__, "load": os.getloadavg()[0]},
            "without_proposing": benching.ingest(pages, proposing=False),
            "with_proposing": benching.ingest(pages, proposing=True),
            "empty": benching.empties(pages, bodies),
            "false_joins": benching.false_joins(held),
            "recall": benching.recall(held),
            "recall_datasketch_lsh": _of_datasketch(held),
            "lookup": bench_lookup.lookup(options["sketches"]) if options["sketches"] else None,
        }  # fmt: skip
        found["missed"] = _missed(found)
        self.stdout.write(json.dumps(found, indent=2) if options["json"] else _told(found))
        if options["check"] and found["missed"]:
            raise CommandError("Missed: " + ", ".join(found["missed"]))


def _hold_to_one_core() -> int | None:
    """This process and the readers it starts; ``None`` where a system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def _bodies(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {name: str(one.get("articleBody") or "") for name, one in told.items()}


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version: str = cursor.fetchone()[0]
    return version


def _of_datasketch(held: Sequence[str]) -> dict[str, float] | None:
    """What datasketch's MinHash LSH finds of the same copies, in its own environment; ``None`` without one."""
    python = settings.BASE_DIR / ".tools/bench/bin/python"
    if not python.exists():
        return None
    told = {
        f"{share:.0%}": [[sorted(sketches.Reading(text).shingles) for text in pair] for pair in pairs]
        for share, pairs in benching.edits(held)
    }
    done = subprocess.run(  # noqa: S603 (our own interpreter on our own code)
        [str(python), "-m", "ops.bench_datasketch"],
        cwd=settings.BASE_DIR,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _missed(found: dict[str, Any]) -> list[str]:
    checks = {
        "ratio": found["without_proposing"]["ratio"] >= BOUNDS["ratio"],
        "empty": not found["empty"]["empty"],
        "false joins": not found["false_joins"]["joined"],
        "recall": min(found["recall"].values()) >= BOUNDS["recall"],
        "look-up": found["lookup"] is None or found["lookup"]["p95_ms"] <= BOUNDS["p95_ms"],
    }
    return [name for name, held in checks.items() if not held]


def _told(found: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {json.dumps(value)}" for name, value in found.items())
