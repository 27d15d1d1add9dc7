"""`make faults`: run the application, break it hundreds of times, and see whether anything acknowledged is lost or
doubled. Prints what happened as JSON; the exit status is 0 only if nothing is.

The control, `--control leases-off`, runs with leases and fencing taken off and has to fail: its exit status is 0 only
if something is lost or doubled then. A third of its faults hold somebody up, which is what leases are for.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from random import Random
from typing import Any, Final

from ops.faults.clients import BETWEEN_FEEDS, Clients
from ops.faults.kinds import AT_COMMITS, Faults, plan
from ops.faults.outlet import ON_A_FEED, Outlet
from ops.faults.plant import Plant
from ops.paths import CannotGoOnError

CALM, DISTURBED = "calm", "disturbed"
"""The dossier of what is taken in before anything is broken, and the other."""
CALM_ARTICLES: Final = 16
ENOUGH: Final = 200
"""Faults, to be able to kill everybody at every commit."""
USUAL_LEASE: Final = 30
DRAINED_WITHIN: Final = 60.0
"""Seconds after the last fault in which everything has to be in."""
STUCK_AFTER: Final = 420.0
"""Seconds without another article taken in: longer than the broker is gone twice in a row, and than workers then wait
before they try to reach it again."""
SAY_EVERY: Final = 15.0
PATIENCE: Final = 240.0
PATIENCE_WITH_CONTROL: Final = 45.0
LEAD: Final = 40
"""By how many articles clients may be ahead of the faults, or behind them; a fifth of all where there are few."""
MOST_ON_THEIR_WAY: Final = 80
FEWEST_ON_THEIR_WAY: Final = 6
"""As long as there are faults to come there is work to break, whatever was asked for."""
FAULTY: Final = (
    "lost", "unfinished", "doubled_articles", "lost_captures", "doubled_captures", "lost_renditions",
    "doubled_renditions", "lost_entries", "doubled_entries", "doubled_statements", "lost_statements", "damaged_objects",
    "ledger_broken",
)  # fmt: skip


class Run:
    """One run from start to end; ``found`` is what it says."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.outlet = Outlet()
        self.plant = Plant(
            broker=options.broker, control=options.control, extractor=options.extractor, lease=options.lease
        )
        rng = Random(options.seed)  # noqa: S311 (no secret)
        self.faults = Faults(
            self.plant,
            rng,
            gone_for=options.broker_gone,
            # Where leases are off there is none to wait for.
            lease=0 if options.control else options.lease or USUAL_LEASE,
            everywhere=options.faults >= ENOUGH,
        )
        # It is in being held up that leases matter, and of a few held up others may be killed meanwhile.
        self.kinds = plan(options.faults, rng=rng, held_up=options.faults // 3 if options.control else 2)
        # Of each round a feed brings some.
        self.to_send = max(options.articles * BETWEEN_FEEDS // (BETWEEN_FEEDS + ON_A_FEED), 1)
        self.lead = min(LEAD, options.articles // 5)
        self.calm = min(CALM_ARTICLES, options.articles // 12)
        self.began = self.said = time.monotonic()
        self.broken = False

    def go(self) -> dict[str, Any]:
        try:
            key = self.plant.start(outlet=self.outlet.base, slugs=[CALM, DISTURBED])["key"]
            calm, calm_clients = self._calmly(key)
            disturbed, clients = self._disturbed(key)
            checked = self.plant.inside(
                "check", {one.slug: asdict(one.acknowledged) for one in (calm_clients, clients)}
            )
            return {
                "undisturbed": {**calm, **checked[CALM]},
                **disturbed,
                **checked[DISTURBED],
                "seconds": round(time.monotonic() - self.began, 1),
            }
        finally:
            self.plant.stop()
            self.outlet.shutdown()

    def _calmly(self, key: str) -> tuple[dict[str, Any], Clients]:
        """Nothing is broken: what is found then, and the places at which that is done."""
        clients = self._clients(key, CALM, lambda number: True if number < self.calm else None)
        began = time.monotonic()
        clients.start()
        if self._drained(clients, began) is None:
            clients.stop()
            raise CannotGoOnError(f"Nothing was broken yet, and not all came in.\n{self.plant.last_words()}")
        seconds = time.monotonic() - began
        told = {"after_seconds": round(began - self.began, 1), "seconds": round(seconds, 1)}
        return {**told, "articles_per_second": round(clients.acknowledged.total / seconds, 1)}, clients

    def _disturbed(self, key: str) -> tuple[dict[str, Any], Clients]:
        clients = self._clients(key, DISTURBED, self._may_send)
        began = time.monotonic()
        clients.start()
        self._break(clients)
        last = time.monotonic()
        drained = self._drained(clients, last)
        clients.stop()
        faults, places = self.faults, {kind: self.faults.places(kind) for kind in AT_COMMITS}
        found = {
            "faults": faults.done.total(),
            "by_kind": dict(sorted(faults.done.items())),
            "nobody_came_by": dict(faults.missed),
            "boundaries": {
                kind: {str(place): faults.boundaries[kind][str(place)] for place in places[kind]} for kind in AT_COMMITS
            },
            "boundaries_never_hit": {
                kind: sum(not faults.boundaries[kind][str(place)] for place in places[kind]) for kind in AT_COMMITS
            },
            "programs_started_again": self.plant.restarts,
            "requests": clients.tries,
            "not_acknowledged_at_first": dict(sorted(clients.refusals.items())),
            "seconds_of_faults": round(last - began, 1),
            "articles_per_second": round(clients.acknowledged.total / (time.monotonic() - began), 1),
            "drained_seconds": None if drained is None else round(drained, 1),
        }
        return found, clients

    def _clients(self, key: str, slug: str, may_send: Any) -> Clients:
        return Clients(self.plant.address, key, slug, self.outlet.base, may_send)

    def _may_send(self, number: int) -> bool | None:
        if self.broken:
            return True if number < self.to_send else None
        waiting = self.plant.on_their_way()
        share = self.faults.done.total() / max(self.options.faults, 1)
        if number < self.lead + self.to_send * share:
            return waiting < MOST_ON_THEIR_WAY
        return waiting < FEWEST_ON_THEIR_WAY

    def _break(self, clients: Clients) -> None:
        """Do to it whatever is planned. What nobody came by for is tried again at the end."""
        deadline = time.monotonic() + self.options.minutes * 60
        waiting = list(self.kinds)
        taken, since = 0, time.monotonic()
        while waiting and time.monotonic() < deadline and time.monotonic() - since < STUCK_AFTER:
            if clients.acknowledged.total > taken:
                taken, since = clients.acknowledged.total, time.monotonic()
            self._say(taken)
            share = self.faults.done.total() / max(self.options.faults, 1)
            if taken + self.lead < self.options.articles * share:
                time.sleep(0.1)
                continue
            kind = waiting.pop(0)
            if not self.faults.inject(kind):
                waiting.append(kind)
        self.faults.end()
        self.broken = True

    def _say(self, taken: int) -> None:
        """A line from time to time, for whoever waits."""
        if time.monotonic() - self.said >= SAY_EVERY:
            self.said = time.monotonic()
            done = f"{self.faults.done.total()} of {self.options.faults} faults, {taken} articles acknowledged"
            print(f"{self.said - self.began:,.0f} s: {done}", file=sys.stderr, flush=True)

    def _drained(self, clients: Clients, since: float) -> float | None:
        """Seconds until everything was sent and is in; ``None`` if it never was."""
        patience = PATIENCE_WITH_CONTROL if self.options.control else PATIENCE
        while time.monotonic() - since < patience:
            if clients.over and self.plant.on_their_way(at_most=0.0) == 0 and self.plant.items_in(clients.slug):
                return time.monotonic() - since
            time.sleep(0.2)
        return None


def verdict(found: dict[str, Any], options: argparse.Namespace) -> bool:
    """Whether the run shows what it has to. Says so in ``found``, too."""
    faulty = [name for name in FAULTY if found[name]]
    calm = [name for name in FAULTY if found["undisturbed"][name]]
    drained = found["drained_seconds"]
    found["faulty"] = faulty
    if options.control:
        found["control"] = "failed, as it must" if faulty else "did not fail: this run would not have seen a loss"
        return bool(faulty)
    in_time = drained is not None and drained <= DRAINED_WITHIN
    return not faulty and not calm and in_time and found["faults"] >= options.faults


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.faults", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", default="", help="amqp://… or redis://…, a server that runs; else one of our own")
    parser.add_argument("--broker-gone", type=float, default=60, help="for how many seconds (%(default)s)")
    parser.add_argument("--lease", type=int, default=0, help="seconds; those of the application if left out")
    parser.add_argument("--control", choices=["", "leases-off"], default="")
    parser.add_argument("--extractor", default="rules")
    parser.add_argument("--minutes", type=float, default=120, help="after how long to stop injecting (%(default)s)")
    options = parser.parse_args(argv)
    # So that everything is stopped on a `kill`, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        found = {"options": vars(options), **Run(options).go()}
    except CannotGoOnError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    found["ok"] = verdict(found, options)
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
