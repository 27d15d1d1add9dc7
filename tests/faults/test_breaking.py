"""`make faults` in its short form: the whole application is run and broken, on a real database and a real broker.

That the same faults do harm with leases off takes minutes, and chance: `make faults ARGS="--control leases-off"`. That
leases and fencing are what keeps a single step from being done twice has its control in tests/pipeline/test_leases.py.
"""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ops.faults.__main__ import FAULTY, verdict
from ops.faults.kinds import CHILD, HELD_UP, SHARES, plan
from ops.faults.points import ANY, Orders, Place

SHORT = ("--faults", "20", "--articles", "100", "--broker-gone", "3", "--lease", "8")


def run(*options: str) -> tuple[int, dict[str, Any]]:
    # It starts a database of its own, and none of what the tests are told is for it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "ops.faults", *options], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout)


@pytest.mark.slow
def test_twenty_faults_over_a_hundred_articles_lose_nothing_and_double_nothing() -> None:
    status, found = run(*SHORT)
    assert found["faulty"] == []
    assert found["acknowledged"] >= 100
    assert sum(found["by_kind"].values()) >= 20
    assert set(found["by_kind"]) == {*SHARES, CHILD}
    assert found["drained_seconds"] < 60
    assert status == 0


def calm(**faulty: object) -> dict[str, Any]:
    return {**dict.fromkeys(FAULTY, 0), **faulty}


def a_run(**apart: object) -> dict[str, Any]:
    return {**calm(), "undisturbed": calm(), "faults": 20, "drained_seconds": 12.0, **apart}


@pytest.mark.parametrize(
    "apart",
    [
        *({name: 1} for name in FAULTY),
        {"undisturbed": calm(lost_statements=1)},
        {"faults": 19},
        {"drained_seconds": 61.0},
        {"drained_seconds": None},
    ],
    ids=str,
)
def test_a_run_with_any_fault_of_its_own_is_not_whole(apart: dict[str, object]) -> None:
    options = Namespace(control="", faults=20)
    assert verdict(a_run(), options)
    assert not verdict(a_run(**apart), options)


def test_a_control_that_loses_nothing_is_not_believed() -> None:
    options = Namespace(control="leases-off", faults=20)
    assert not verdict(a_run(), options)
    assert verdict(a_run(doubled_articles=1), options)


def test_a_third_of_a_controls_faults_hold_somebody_up() -> None:
    kinds = plan(20, rng=Random(1), held_up=6)
    assert (len(kinds), kinds.count(HELD_UP)) == (20, 6)


@pytest.mark.parametrize("faults", [20, 300, 1000])
def test_a_run_has_faults_of_every_kind(faults: int) -> None:
    kinds: Sequence[str] = plan(faults, rng=Random(1))
    assert len(kinds) == faults
    assert set(kinds) == {*SHARES, CHILD}


def test_an_order_is_met_by_one_process_at_the_place_it_names(tmp_path: Path) -> None:
    orders = Orders(tmp_path)
    orders.make()
    given = orders.give(1, "stop", Place("worker", "extract", ANY, "before"))
    assert orders.taken(given) is None
    assert orders.meet(Place("worker", "extract", "one@two", "after")) is None
    assert orders.meet(Place("worker", "propose", "one@two", "before")) is None
    assert orders.meet(Place("worker", "extract", "one@two", "before")) == "stop"
    assert orders.meet(Place("worker", "extract", "one@two", "before")) is None
    assert orders.taken(given) == (Place("worker", "extract", "one@two", "before"), os.getpid())


def test_an_order_may_name_one_of_the_functions_that_commit() -> None:
    here = Place("worker", "extract", "leases._row@leases.claim", "after")
    assert here.meant_by(Place("worker", "extract", "leases.claim", "after"))
    assert not here.meant_by(Place("worker", "extract", "leases.cl", "after"))
