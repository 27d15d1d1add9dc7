"""How often to ask a feed: pure sums over the times of its items, what it asks for, and what became of asking.

All times are in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median
from typing import Final

SHORTEST: Final = 15
"""No feed is asked more often than this, whatever anybody wishes."""
LONGEST_INTERVAL: Final = 30 * 24 * 3600
"""No feed is asked more rarely by what anybody sets."""
MOST_GAPS: Final = 20
"""How many of the newest items tell the rhythm: a feed has busy weeks and quiet ones."""
QUICKER: Final = 0.5
SLOWER: Final = 1.5
A_TURN_OF_ITEMS: Final = 8
"""A feed is asked at most so many times in the usual time between two of its items."""
SILENCE: Final = 8
"""Which part of its silence is taken for the rhythm of a feed that has none any more."""
MOST_DOUBLINGS: Final = 8
LONGEST_WAIT: Final = 24 * 3600
"""The longest that a failing feed, or one that asks for patience, is left alone."""

_PERIODS: Final = {
    "hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most seconds between two times that a feed is asked."""

    least: int
    most: int

    def hold(self, seconds: float) -> int:
        return max(self.least, min(self.most, round(seconds)))


def rhythm(moments: Iterable[datetime], *, now: datetime) -> int | None:
    """The usual time between two items: the median gap between the newest. ``None`` of fewer than three times.

    Times to come are left out, and items of one moment are one event. Of a feed that has fallen silent it is longer: a
    part of the time since its last item.
    """
    past = sorted({moment for moment in moments if moment <= now}, reverse=True)[: MOST_GAPS + 1]
    if len(past) < 3:
        return None
    gap = median((later - earlier).total_seconds() for later, earlier in pairwise(past))
    return max(1, round(max(gap, (now - past[0]).total_seconds() / SILENCE)))


def next_interval(
    *, present: int, new: int, usual: int | None, ttl: int | None = None, period: int | None = None, bounds: Bounds
) -> int:
    """How long to wait after an answer: shorter when there was something new, longer when there was not.

    ``usual`` is the feed's own rhythm, ``period`` what it calls its own and stands in for that; an interval is at most
    the rhythm, and not so short that the feed is asked in vain many times over. ``ttl`` is for how long the publisher
    asks not to be asked again. What the bounds say comes before all of these.
    """
    wanted = present * (QUICKER if new else SLOWER)
    usual = usual or period
    if usual is not None:
        wanted = max(usual / A_TURN_OF_ITEMS, min(usual, wanted))
    if ttl is not None:
        wanted = max(wanted, ttl)
    return bounds.hold(wanted)


def back_off(
    *, present: int, failures: int, chance: float, longest: int = LONGEST_WAIT, retry_after: int | None = None
) -> int:
    """How long to wait after so many failures in a row (1 or more): twice as long each time, up to ``longest``.

    ``chance`` (from 0 up to 1) spreads out feeds that failed together: up to a fifth is added. ``retry_after`` is what
    the host asked for, kept up to a day.
    """
    wait = min(present * 2.0 ** min(failures, MOST_DOUBLINGS), max(present, longest)) * (1 + chance / 5)
    return math.ceil(max(wait, min(retry_after or 0, LONGEST_WAIT)))


def of_retry_after(value: str, *, now: datetime) -> int | None:
    """A Retry-After header (RFC 9110, 10.2.3) in seconds from now; ``None`` where there is none that can be read."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(int(value[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
        left = until - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return math.ceil(min(max(left, timedelta(0)), timedelta(seconds=LONGEST_WAIT)).total_seconds())


def of_ttl(minutes: object) -> int | None:
    """RSS' ``ttl``, which is in minutes."""
    text = minutes.strip() if isinstance(minutes, str) else ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 7) or int(text) == 0:
        return None
    return int(text) * 60


def of_period(period: object, frequency: object) -> int | None:
    """RSS' syndication module: so many updates (1 if it does not say) in a period (hourly to yearly)."""
    seconds = _PERIODS.get(period.strip().lower()) if isinstance(period, str) else None
    if seconds is None:
        return None
    text = frequency.strip() if isinstance(frequency, str) else ""
    times = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 1
    return max(1, seconds // max(1, times))
