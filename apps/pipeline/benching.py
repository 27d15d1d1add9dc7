"""What taking articles in costs, measured: the pipeline beside the extractor alone, and the search for copies.

For a database that is made for it and thrown away. Everything is seeded, so that two runs measure the same.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from multiprocessing.context import ForkContext
from pathlib import Path
from random import Random
from typing import Any, Final

import trafilatura
from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.people import account_for
from apps.articles import sandbox, sketches
from apps.articles.models import Intake, Rendition
from apps.articles.refusals import Refusal
from apps.articles.services.adding import Described, add_file
from apps.dossiers.models import Dossier
from apps.dossiers.services import open_dossier
from apps.pipeline import working

EDITS: Final = (0.1, 0.2, 0.3)
WORKERS: Final = 4
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True)
class Page:
    name: str
    body: bytes


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of this process and its children at work."""

    clock: float
    work: float

    def rate(self, articles: int) -> dict[str, float]:
        return {
            "articles_per_second": round(articles / self.clock, 2),
            "processor_ms_per_article": round(1000 * self.work / articles, 2),
        }


def pages_in(folder: Path) -> list[Page]:
    """The pages of a folder (``*.html``, ``*.html.gz``), in the order of their names."""
    found = sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")])
    return [
        Page(path.name.partition(".")[0], gzip.decompress(raw) if path.suffix == ".gz" else raw)
        for path in found
        for raw in [path.read_bytes()]
    ]


def invented(count: int, *, seed: int = 1) -> list[Page]:
    """Pages of words that nobody prints, each different, with the furniture that pages have around an article."""
    rng = Random(seed)  # noqa: S311 (no secret)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    words = ["".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))) for _ in range(20_000)]
    furniture = "".join(f'<li><a href="/{n}.html">{words[n].capitalize()} and more</a></li>' for n in range(60))
    return [Page(f"{number:05d}", _invented(rng, words, furniture).encode()) for number in range(count)]


def _invented(rng: Random, words: Sequence[str], furniture: str) -> str:
    def sentence() -> str:
        return " ".join(rng.choice(words) for _ in range(rng.randint(8, 24))).capitalize() + "."

    paragraphs = "".join(
        f"<p>{' '.join(sentence() for _ in range(rng.randint(2, 5)))}</p>" for _ in range(rng.randint(5, 14))
    )
    title = sentence()
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title><meta name=author content='Ada Berg'></head><body>"
        f"<nav><ul>{furniture}</ul></nav><main><article><h1>{title}</h1>{paragraphs}</article></main>"
        f"<footer><ul>{furniture}</ul></footer></body></html>"
    )


def spent(act: Callable[[], object], *, children: Sequence[int] = ()) -> Spent:
    """What it takes. ``children`` are processes that work for this one and go on afterwards."""

    def work() -> float:
        return time.process_time() + sum(map(_of_another, children))

    clock, before = time.perf_counter(), work()
    act()
    return Spent(time.perf_counter() - clock, work() - before)


def _of_another(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ingest(pages: Sequence[Page], *, proposing: bool, workers: int = WORKERS) -> dict[str, Any]:
    """Every page through the whole pipeline, from its bytes, beside trafilatura alone on the same; and what failed.

    As many workers as a machine would have share the one processor that this process is held to, with the children
    that read for them, so that it goes on while one of them waits for a disk; the database works in processes of its
    own, on whatever there is. Trafilatura is asked as its documentation has it, for what the pipeline keeps, the text
    and what the page says of itself; and once more in the mode in which the pipeline itself asks it, for a body alone.
    All are warmed up first.
    """
    name = "with" if proposing else "without"
    dossier = _dossier(f"bench-{name}")
    alone, bare = _alone(pages), _alone(pages, fast=True, with_metadata=False)
    whole = _raced(pages, dossier, warm=_dossier(f"warm-{name}"), proposing=proposing, workers=workers)
    rows = Intake.objects.in_dossier(dossier.pk)
    failed = {row.file_name: row.failure_code for row in rows.filter(state=Intake.State.FAILED)}
    return {
        "pages": len(pages),
        "workers": workers,
        "pipeline": whole.rate(len(pages)),
        "trafilatura_alone": alone.rate(len(pages)),
        "trafilatura_alone_fast_without_metadata": bare.rate(len(pages)),
        "ratio": round(alone.clock / whole.clock, 3),
        "ratio_by_processor": round(alone.work / whole.work, 3),
        "ratio_to_fast_without_metadata": round(bare.clock / whole.clock, 3),
        "failed": failed,
    }


def _raced(pages: Sequence[Page], dossier: Dossier, *, warm: Dossier, proposing: bool, workers: int) -> Spent:
    """What it takes from when all workers are ready to when the last is done."""
    connections.close_all()  # none is shared with a process that is forked off
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]
    context: ForkContext = multiprocessing.get_context("fork")
    ready, results = context.Barrier(workers), context.SimpleQueue()

    def race(share: Sequence[Page]) -> None:
        by = Actor.part("bench")
        _take_in(pages[:5], warm, by, proposing=proposing)
        ready.wait()
        began = time.perf_counter()
        took = spent(lambda: _take_in(share, dossier, by, proposing=proposing), children=_readers())
        connections.close_all()
        results.put((began, began + took.clock, took.work))

    processes = [context.Process(target=race, args=(pages[number::workers],)) for number in range(workers)]
    for process in processes:
        process.start()
    found = [results.get() for _process in processes]
    for process in processes:
        process.join()
    began, ended, work = zip(*found, strict=True)
    return Spent(max(ended) - min(began), sum(work))


def _dossier(slug: str) -> Dossier:
    person, _new = account_for(email="bench@example.org", name="Bench")
    return open_dossier(slug=slug, title=slug, time_zone="UTC", by=person, at=timezone.now())


def _take_in(pages: Sequence[Page], dossier: Dossier, by: Actor, *, proposing: bool) -> None:
    steps = [Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY]
    for page in pages:
        added = add_file(
            dossier=dossier,
            name=f"{page.name}.html",
            media_type="text/html",
            body=page.body,
            described=Described(),
            by=by,
            at=timezone.now(),
        )
        for step in [*steps, Intake.Step.PROPOSE] if proposing else steps:
            working.work(intake_id=added.intake.pk, step=step)


def _alone(pages: Sequence[Page], *, fast: bool = False, with_metadata: bool = True) -> Spent:
    def read(some: Sequence[Page]) -> None:
        for page in some:
            trafilatura.bare_extraction(page.body, fast=fast, include_comments=False, with_metadata=with_metadata)

    read(pages[:5])
    return spent(lambda: read(pages))


def _readers() -> list[int]:
    """The children that read for this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in children.read_text().split()] if children.exists() else []


def empties(pages: Sequence[Page], bodies: Mapping[str, str]) -> dict[str, Any]:
    """Pages that have an article, by what people wrote down of it, and of which no text is drawn."""
    empty = [page.name for page in pages if bodies.get(page.name, "x").strip() and not _text(page)]
    return {"pages": len(pages), "empty": empty}


def _text(page: Page) -> str:
    try:
        return sandbox.extract(page.body, media_type="text/html").text
    except Refusal:
        return ""


def texts(pages: Sequence[Page]) -> list[str]:
    """The text of each page of which there is one."""
    return [text for page in pages if (text := _text(page))]


def false_joins(held: Sequence[str]) -> dict[str, Any]:
    """How many pairs of different articles pass for copies; by the sketches first, as in a look-up."""
    sketched = [set(sketches.sketch(text)) for text in held]
    likely = [
        (a, b) for a, b in combinations(range(len(held)), 2) if len(sketched[a] & sketched[b]) >= sketches.FEWEST_SHARED
    ]
    joined = [(a, b) for a, b in likely if sketches.is_copy(held[a], held[b]) and held[a] != held[b]]
    return {"pairs": len(held) * (len(held) - 1) // 2, "compared": len(likely), "joined": len(joined)}


def edited(text: str, share: float, *, rng: Random, words: Sequence[str]) -> str:
    """``text`` with a share of its words exchanged for others, where chance has it."""
    found = _WORD.findall(text)
    return " ".join(rng.choice(words) if rng.random() < share else word for word in found)


def edits(held: Sequence[str], *, seed: int = 1) -> Iterator[tuple[float, list[tuple[str, str]]]]:
    """For each share of edits: every text with its edited copy."""
    words = [word for text in held for word in _WORD.findall(text)]
    for share in EDITS:
        rng = Random(seed)  # noqa: S311 (no secret)
        yield share, [(text, edited(text, share, rng=rng, words=words)) for text in held]


def recall(held: Sequence[str]) -> dict[str, float]:
    """By share of edits: how many copies the sketches find and the exact comparison then takes for copies."""
    found = {}
    for share, pairs in edits(held):
        hits = [
            len(set(sketches.sketch(a)) & set(sketches.sketch(b))) >= sketches.FEWEST_SHARED and sketches.is_copy(a, b)
            for a, b in pairs
        ]
        found[f"{share:.0%}"] = round(sum(hits) / len(hits), 4)
    return found


def fewest_renditions() -> int:
    """How many texts the database holds, so that nobody measures beside real ones."""
    return Rendition.objects.count()
