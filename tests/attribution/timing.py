"""How much processor time something may take in a test."""

import sys

from tests.pace import slowness

UNDER_COVERAGE = 8
"""Tracing every line makes loops of small steps several times slower."""


def bound(seconds: float) -> float:
    """The seconds allowed, more of them on a slow machine and while coverage traces every line."""
    return seconds * slowness() * (UNDER_COVERAGE if sys.gettrace() is not None else 1)
