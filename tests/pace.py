"""How fast the processors are at this moment, so that bounds on time say something of code and not of machines."""

from __future__ import annotations

import sys
import time
from typing import Final

MEASURE: Final = 0.03
"""Seconds of a processor that a million additions take on a machine that is not slow."""
SHARED: Final = 3
"""How many times longer something may take beside other tests: two threads of a core slow each other now and then."""


def slowness() -> float:
    """How many times longer than there they take here and now; at least 1."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return max(1.0, (time.process_time() - began) / MEASURE)


def bound(seconds: float) -> float:
    """The seconds of a processor that something may take in a test here and now.

    The test is marked ``untraced``: where every line is traced, loops of small steps take several times longer, and
    others do not.
    """
    assert sys.gettrace() is None, "a test that bounds time is marked untraced"
    return seconds * slowness() * SHARED
