"""What is done to a running application, one fault at a time, and how often each in a run of a given length."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import psutil

from ops.faults.plant import WORKERS, Plant, parsers_of
from ops.faults.points import ANY, Place

CHILD: Final = "worker's child killed at a commit"
MAIN: Final = "worker's main process killed at a commit"
PARSER: Final = "parser killed at a commit"
WEB: Final = "web process killed at a commit"
WEB_MAIN: Final = "web server killed at a commit"
HELD_UP: Final = "worker held up for longer than its lease"
AT_COMMITS: Final = (CHILD, MAIN, PARSER, WEB, WEB_MAIN)
SHARES: Final[Mapping[str, float]] = {
    # Of all faults. What is left goes to a worker's children.
    MAIN: 0.2,
    PARSER: 0.12,
    WEB: 0.06,
    WEB_MAIN: 0.04,
    HELD_UP: 0.02,
    "worker killed with all its children": 0.02,
    "storage full": 0.03,
    "clock of a worker shifted": 0.03,
    "database restarted": 0.03,
    "broker gone": 0.007,
    "broker gone with all it knew": 0.007,
}
READING: Final = frozenset({"unpack", "preserve", "extract", "poll_feed"})
"""Tasks in which a parser may be at work."""
MET_WITHIN: Final = 4.0
"""Seconds in which somebody has to come by a place; else another is chosen."""
CLAIM: Final = "leases.claim"
BEYOND_THE_LEASE: Final = 8.0
"""Seconds: until a sweep, and whoever it wakes, have taken over."""
MOST_HELD_UP: Final = 2
"""At once, of four."""
HELD_UP_AT: Final = ("preserve", "preserve", "propose", "extract", "identify")
FULL_FOR: Final = 3.0
HOURS: Final = (-30, -2, 2, 30)


def plan(faults: int, *, rng: Random, held_up: int = 2) -> list[str]:
    """The kinds of so many faults, each at least once where there is room, in an order of chance; that somebody is
    ``held_up``, so many times at least.
    """
    counts = {kind: max(1, round(share * faults)) for kind, share in SHARES.items()}
    held_up = counts[HELD_UP] = max(held_up, counts[HELD_UP])
    kinds = [kind for kind, count in counts.items() if kind != HELD_UP for _ in range(count)]
    kinds += [CHILD] * (faults - held_up - len(kinds))
    rng.shuffle(kinds)
    # Held up, a worker needs its time until it is let go: not among the last, and not all at once.
    for number in range(held_up):
        kinds.insert(int(0.7 * faults * number / held_up), HELD_UP)
    return kinds[:faults]


@dataclass
class Faults:
    """Breaks a plant, ``everywhere`` if there is time to wait for who rarely comes by.

    ``done`` counts the faults by kind, ``boundaries`` where processes were killed, by kind.
    """

    plant: Plant
    rng: Random
    gone_for: float
    lease: float
    everywhere: bool
    done: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    boundaries: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in AT_COMMITS})
    _held: list[tuple[int, float]] = field(default_factory=list)
    _standing: dict[Path, tuple[str, Place]] = field(default_factory=dict)
    _orders: int = 0

    def inject(self, kind: str) -> bool:
        """Do it; whether it was done: somebody may have to come by, and nobody did."""
        self._attend()
        doing: Mapping[str, Callable[[], bool]] = {
            **{at_commit: partial(self._at_a_commit, at_commit) for at_commit in AT_COMMITS},
            HELD_UP: self._hold_up,
            "worker killed with all its children": self._worker,
            "storage full": self._full,
            "clock of a worker shifted": self._clock,
            "database restarted": self._database,
            "broker gone": lambda: self._broker(forget=False),
            "broker gone with all it knew": lambda: self._broker(forget=True),
        }
        if not doing[kind]():
            self.missed[kind] += 1
            return False
        self.done[kind] += 1
        return True

    def places(self, kind: str) -> list[Place]:
        """Where somebody has come by so far who could be killed so."""
        role = "web" if kind in (WEB, WEB_MAIN) else "worker"
        found = [place for place in self.plant.orders.places() if place.role == role and place.what != "beside"]
        return [place for place in found if place.what in READING] if kind == PARSER else found

    def end(self) -> None:
        """Withdraw what was ordered, and let everybody go on."""
        self._attend()
        for order in self._standing:
            order.unlink(missing_ok=True)
        self._attend()
        for pid, _until in self._held:
            _go_on(pid)

    def _attend(self) -> None:
        """Let those go on that were held up for long enough, and see to those who came by where a kill is due."""
        for pid, until in list(self._held):
            if time.monotonic() >= until:
                self._held.remove((pid, until))
                _go_on(pid)
        for order, (kind, _place) in list(self._standing.items()):
            if met := self.plant.orders.taken(order):
                del self._standing[order]
                self.done[kind] += self._finish(kind, *met)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._attend()
            time.sleep(0.05)

    def _at_a_commit(self, kind: str) -> bool:
        """Where somebody was hit least, of the places that anybody has come by.

        If nobody comes by soon, the order may stand until somebody does, and one is given for any place meanwhile.
        """
        hit, asked_for = self.boundaries[kind], set(self._standing.values())
        places = [place for place in self.places(kind) if (kind, place) not in asked_for]
        if not places:
            return False
        least = min(hit[str(place)] for place in places)
        place = self.rng.choice([place for place in places if hit[str(place)] == least])
        order = self._give(kind, place)
        if (met := self._met(order)) is None and least == 0 and self.everywhere:
            self._standing[order] = (kind, place)
        elif met is None:
            met = self._withdrawn(order)
        if met is None:
            wider = self._give(kind, Place(place.role, place.what if kind == PARSER else ANY, ANY, place.when))
            met = self._met(wider) or self._withdrawn(wider)
        return met is not None and self._finish(kind, *met)

    def _finish(self, kind: str, where: Place, pid: int) -> bool:
        """Do to a process that has stopped, or is dead, what is left to do; whether that came about."""
        then: Mapping[str, Callable[[int], bool]] = {
            MAIN: _kill_parent, PARSER: _kill_parsers, WEB_MAIN: lambda _pid: self._kill_web()
        }  # fmt: skip
        done = then[kind](pid) if kind in then else True
        self.boundaries[kind][str(where)] += done
        return done

    def _give(self, kind: str, place: Place) -> Path:
        self._orders += 1
        return self.plant.orders.give(self._orders, "kill" if kind in (CHILD, WEB) else "stop", place)

    def _met(self, order: Path) -> tuple[Place, int] | None:
        """Where an order was met and by which process, if it is soon."""
        until = time.monotonic() + MET_WITHIN
        while time.monotonic() < until:
            if met := self.plant.orders.taken(order):
                return met
            self._attend()
            time.sleep(0.01)
        return None

    def _withdrawn(self, order: Path) -> tuple[Place, int] | None:
        """Take an order back; it may have been met in the last moment."""
        order.unlink(missing_ok=True)
        return self.plant.orders.taken(order)

    def _hold_up(self) -> bool:
        """Right after a step is claimed: whoever takes over finds nothing done."""
        while len(self._held) >= MOST_HELD_UP:
            self._wait(0.2)
        task = HELD_UP_AT[self.done[HELD_UP] % len(HELD_UP_AT)]
        order = self._give(HELD_UP, Place("worker", task, CLAIM, "after"))
        met = self._met(order) or self._withdrawn(order)
        if met is None:
            return False
        self._held.append((met[1], time.monotonic() + self.lease + BEYOND_THE_LEASE))
        return True

    def _kill_web(self) -> bool:
        """The server and, as they hold its port, all its processes."""
        self.plant.kill("web")
        return True

    def _worker(self) -> bool:
        self.plant.kill(self.rng.choice(WORKERS))
        return True

    def _clock(self) -> bool:
        self.plant.restart_with_clock(self.rng.choice(WORKERS), hours=self.rng.choice(HOURS))
        return True

    def _full(self) -> bool:
        self.plant.orders.full.touch()
        self._wait(FULL_FOR)
        self.plant.orders.full.unlink()
        return True

    def _database(self) -> bool:
        self.plant.restart_database()
        return True

    def _broker(self, *, forget: bool) -> bool:
        self.plant.broker.vanish(forget=forget)
        self._wait(self.gone_for)
        self.plant.broker.start()
        return True


def _kill_parent(pid: int) -> bool:
    """Its children are gone with it: the kernel sees to that."""
    with suppress(psutil.Error):
        if parent := psutil.Process(pid).parent():
            parent.kill()
            return True
    return False


def _kill_parsers(pid: int) -> bool:
    """Whatever reads for a process that has stopped, which goes on then."""
    parsers = parsers_of(pid)
    for parser in parsers:
        with suppress(psutil.NoSuchProcess):
            parser.kill()
    _go_on(pid)
    return bool(parsers)


def _go_on(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
