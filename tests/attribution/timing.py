"""How much processor time something may take in a test."""

import sys

UNDER_COVERAGE = 4
"""Tracing every line makes loops of small steps several times slower."""


def bound(seconds: float) -> float:
    """The seconds allowed, more of them while coverage traces every line."""
    return seconds * UNDER_COVERAGE if sys.gettrace() is not None else seconds
