"""How fast the processors are at this moment, so that bounds on time say something of code and not of machines."""

from __future__ import annotations

import time
from typing import Final

MEASURE: Final = 0.03
"""Seconds of a processor that a million additions take on a machine that is not slow."""


def slowness() -> float:
    """How many times longer than there they take here and now; at least 1."""
    began = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return max(1.0, (time.process_time() - began) / MEASURE)
