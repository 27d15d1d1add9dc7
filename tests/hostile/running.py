"""Taking a case in by its own way, as the product does: services, steps, children that read; and what came of it."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import singledispatchmethod
from pathlib import Path
from typing import Final

from django.db import connections
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import sandbox, storage
from apps.articles.models import Feed, Intake, Poll
from apps.articles.services import following, polling
from apps.articles.services.adding import Added, Described, add_address, add_file, add_text
from apps.core.errors import Refusal
from apps.pipeline.working import work
from tests.articles.hosts import Answer
from tests.factories.worlds import World
from tests.hostile.cases import (
    PUBLIC,
    TAKEN_IN,
    Address,
    Case,
    File,
    Followed,
    Outlines,
    Page,
    Pasted,
    Served,
)
from tests.hostile.net import Net
from tests.pace import slowness

SECONDS: Final = 15.0
"""The most that a case may take, from when it is entered to when it is refused or in, on a machine that is not busy."""
MEMORY: Final = 512 * 2**20
"""The most bytes that a process may hold meanwhile."""
WORKER: Final = 200 * 2**20
"""What a worker holds before it does anything; the process of the tests holds more, so what is added is measured."""


@dataclass
class Became:
    """What became of a case. ``outcome`` is TAKEN_IN or the code of why not; ``wrong`` what else is not as it must."""

    outcome: str = ""
    rows: list[Intake] = field(default_factory=list)
    seconds: float = 0.0
    ended: float = 0.0
    text: str = ""
    wrong: list[str] = field(default_factory=list)


@dataclass
class Runner:
    """Takes cases into a dossier, in a small internet of their own."""

    world: World
    net: Net

    def run(self, cases: Iterable[Case], *, threads: int = 3) -> dict[str, Became]:
        """What became of each, by name. Several are under way at once, as in a worker."""
        with ThreadPoolExecutor(threads) as pool:
            return dict(pool.map(self._one, cases))

    def _one(self, case: Case) -> tuple[str, Became]:
        began = time.monotonic()
        became = Became()
        try:
            self._take(case, became)
        except Refusal as refusal:
            became.outcome = refusal.code
        except Exception as error:  # noqa: BLE001 (whatever it is must be told with the name of its case)
            became.outcome = f"{type(error).__name__}: {error}"[:300]
        finally:
            connections.close_all()
        became.seconds = (became.ended or time.monotonic()) - began
        return case.name, became

    @property
    def _by(self) -> Actor:
        return Actor.person(self.world.analyst)

    @singledispatchmethod
    def _take(self, case: Case, became: Became) -> None:
        raise NotImplementedError

    @_take.register
    def _(self, case: Address, became: Became) -> None:
        self.net.name(case.host, case.lookup)
        self._go(self._address(case.address), became)

    @_take.register
    def _(self, case: Served, became: Became) -> None:
        self.net.name(case.host, case.lookup)
        self.net.play(case.host, case.answer, case.robots)
        row = self._go(self._address(f"{case.scheme}://{case.host}{case.path}"), became)
        if case.received:
            became.wrong += _lost(row)

    @_take.register
    def _(self, case: Page, became: Became) -> None:
        self.net.name(case.host, ((PUBLIC,),))
        body = case.body()
        self.net.play(case.host, _page(body, case.content_type))
        row = self._go(self._address(f"http://{case.host}/story"), became)
        became.wrong += _lost(row, body)
        became.wrong += _words(case, became)

    @_take.register
    def _(self, case: File, became: Became) -> None:
        body = case.body()
        added = add_file(
            dossier=self.world.dossier,
            name=case.file_name,
            media_type=case.media_type,
            body=body,
            described=Described(),
            by=self._by,
            at=timezone.now(),
        )
        row = self._go(added, became)
        became.wrong += _lost(row, body)
        self._children(case, row, became)

    @_take.register
    def _(self, case: Pasted, became: Became) -> None:
        added = add_text(
            dossier=self.world.dossier, text=case.text(), described=Described(), by=self._by, at=timezone.now()
        )
        became.wrong += _lost(self._go(added, became))

    @_take.register
    def _(self, case: Followed, became: Became) -> None:
        self.net.name(case.host, ((PUBLIC,),))
        self.net.play(case.host, case.answer or _page(_named(case, case.body()), case.content_type))
        feed = following.add_feed(
            dossier=self.world.dossier,
            address=f"http://{case.host}/feed",
            every_seconds=900,
            by=self._by,
            at=timezone.now(),
            wanted=following.Wanted(kind=case.kind, selector=case.selector),
        )
        asked = self._ask(feed)
        became.outcome = asked.code or TAKEN_IN
        if (asked.taken, asked.refused) != (case.taken, case.refused):
            became.wrong.append(f"took {asked.taken} and refused {asked.refused}")
        if case.later is not None:
            self.net.play(case.host, _page(_named(case, case.later()), case.content_type))
            again = self._ask(feed)
            if again.taken != case.later_taken:
                became.wrong.append(f"took {again.taken} later ({again.code})")

    @_take.register
    def _(self, case: Outlines, became: Became) -> None:
        outline = sandbox.read_opml(case.body())
        imported = following.import_feeds(
            dossier=self.world.dossier, entries=outline.entries, by=self._by, at=timezone.now()
        )
        became.outcome = TAKEN_IN
        followed = [one.feed for one in imported if one.feed is not None]
        Feed.objects.filter(pk__in=[feed.pk for feed in followed]).update(active=False)
        if len(followed) != case.followed:
            became.wrong.append(f"follows {len(followed)}")

    def _address(self, address: str) -> Added:
        return add_address(dossier=self.world.dossier, address=address, by=self._by, at=timezone.now())

    def _ask(self, feed: Feed) -> Poll:
        following.ask_now(feed=feed)
        claimed = polling.claim_feed(feed_id=feed.pk)
        assert claimed is not None
        for row in polling.poll(claimed):  # what it names is of other cases
            Intake.objects.filter(pk=row.pk).update(state=Intake.State.CANCELLED)
        return Poll.objects.filter(feed=feed).order_by("-pk").first() or Poll(code="put back")

    def _go(self, added: Added, became: Became) -> Intake:
        """Do the steps of a row that are due, as a worker does; the row as it stands after the first failure."""
        row = through(added.intake)
        became.rows.append(row)
        became.ended = time.monotonic()  # what is in a file goes its own way
        became.outcome = row.failure_code or (TAKEN_IN if row.state == Intake.State.DONE else f"{row.step} {row.state}")
        if row.rendition is not None:
            became.text = row.rendition.text
        return row

    def _children(self, case: File, parent: Intake, became: Became) -> None:
        children = [through(row) for row in Intake.objects.filter(parent=parent).order_by("pk")]
        found = Counter(
            row.failure_code or (TAKEN_IN if row.state == Intake.State.DONE else row.state) for row in children
        )
        if found != case.inside:
            became.wrong.append(f"inside: {dict(found)}")
        became.wrong += [problem for row in children for problem in _lost(row)]
        became.rows += children


def through(intake: Intake) -> Intake:
    """The row once nothing is to be done for it, or the first failure is recorded."""
    began = time.monotonic()
    while True:
        row = Intake.objects.select_related("rendition").get(pk=intake.pk)
        if row.failure_code or row.state not in (Intake.State.READY, Intake.State.RUNNING):
            return row
        taken = time.monotonic() - began
        if taken > SECONDS and taken > allowed():  # which takes some time itself
            return row
        if work(intake_id=row.pk, step=row.step) is None:
            time.sleep(0.05)


def _named(case: Case, body: bytes) -> bytes:
    """A feed whose links are no other case's: what is known already is not taken again."""
    return body.replace(b"//news.example/", f"//news-of-{case.host}/".encode())


def _page(body: bytes, content_type: str) -> Answer:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"

    def answer(connection: object, head_of_request: bytes) -> None:
        connection.sendall(head.encode("latin-1") + body)  # type: ignore[attr-defined]

    return answer


def _lost(row: Intake, body: bytes = b"") -> list[str]:
    """Whether what came is kept, whole."""
    if not row.raw_sha256:
        return ["what came was not kept"]
    kept = storage.read(row.raw_sha256)
    return ["what was kept is not what came"] if body and kept != body else []


def _words(case: Page, became: Became) -> list[str]:
    wrong = []
    if case.holds and case.holds not in became.text:
        wrong.append(f"{case.holds!r} is not in the text: {became.text[:80]!r}")
    if case.lacks and case.lacks in became.text:
        wrong.append(f"{case.lacks!r} is in the text")
    return wrong


def allowed() -> float:
    """The seconds that a case may take here and now: longer where others use the processors too, or these are slow."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return SECONDS * max(1.0, busy) * slowness()


class Watching:
    """The most bytes that this process and the children of its sandbox held: ``before`` it went on, and meanwhile."""

    def __init__(self) -> None:
        self.before = 0
        self.own = 0
        self.children: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watching:
        Path("/proc/self/clear_refs").write_text("5")  # begins the peak of this process anew
        self.before = _peak("self")
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        self.own = _peak("self")

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for pid in _readers():
                self.children[pid] = max(self.children.get(pid, 0), _peak(str(pid)))


def _readers() -> list[int]:
    """The children of this process that read: what was started with our interpreter's isolated mode."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # the thread is gone
            found += [int(pid) for pid in (task / "children").read_text().split()]
    return [pid for pid in found if b"sandbox" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _peak(pid: str) -> int:
    """The most resident bytes of a process; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    fields: Mapping[str, str] = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(fields.get("VmHWM", "0 kB").split()[0]) * 1024
