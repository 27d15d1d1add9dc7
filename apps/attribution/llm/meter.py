"""How often and for how much the endpoint was asked, and how often and for how much it may be."""

from __future__ import annotations

import functools
import threading
from collections import deque
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from apps.attribution.llm.options import LlmOptions

MINUTE: Final = 60.0
MILLION: Final = 1_000_000
BYTES_A_TOKEN: Final = 3


@dataclass(frozen=True, slots=True)
class Usage:
    """What one extractor has asked for and got since it was made; sums up with ``+``.

    ``requests`` counts all that were sent, ``retries`` those among them that repeated one that failed. Tokens are what
    the server says; where it says nothing they are estimated from the length of what went each way, once for each of
    ``requests_estimated``. ``cost`` is in the currency the prices are in, and 0 without prices. ``spans_dropped`` were
    not in the text, or in an attribution that was dropped; ``attributions_dropped`` had too little left, or were none.
    """

    requests: int = 0
    retries: int = 0
    requests_estimated: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal = Decimal(0)
    windows: int = 0
    windows_failed: int = 0
    spans_dropped: int = 0
    attributions_dropped: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def estimated_tokens(sent: bytes | str) -> int:
    """More tokens than a text most likely has: one for three bytes of UTF-8."""
    size = len(sent) if isinstance(sent, bytes) else len(sent.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_A_TOKEN)


def cost(options: LlmOptions, *, prompt_tokens: int, completion_tokens: int) -> Decimal:
    """In the currency of the prices; 0 without prices."""
    spent = prompt_tokens * (options.price_in or Decimal(0)) + completion_tokens * (options.price_out or Decimal(0))
    return spent / MILLION


class Meter:
    """What all extractors of a process share: turns, so many in any minute, and a purse. Safe between threads."""

    def __init__(self, *, requests_per_minute: int, max_cost: Decimal | None) -> None:
        self._turns: deque[float] = deque(maxlen=requests_per_minute or 1)
        self._limited = requests_per_minute > 0
        self._max_cost = max_cost
        self._spent = Decimal(0)
        self._lock = threading.Lock()

    @property
    def spent(self) -> Decimal:
        """What was spent, and what is set aside for requests under way."""
        return self._spent

    def take_turn(self, *, now: float, most: float) -> float | None:
        """Seconds to wait before sending, with the turn taken; None, and no turn, if that is more than ``most``."""
        with self._lock:
            if not self._limited:
                return 0.0
            full = len(self._turns) == self._turns.maxlen
            at = max(now, self._turns[0] + MINUTE) if full else now
            if at - now > most:
                return None
            self._turns.append(at)
            return at - now

    def set_aside(self, amount: Decimal) -> bool:
        """Keep the most that a request may cost; ``False``, and nothing kept, if the purse does not hold it."""
        with self._lock:
            if self._max_cost is not None and self._spent + amount > self._max_cost:
                return False
            self._spent += amount
            return True

    def settle(self, *, set_aside: Decimal, cost: Decimal) -> None:
        """Put back what a request did not cost."""
        with self._lock:
            self._spent += cost - set_aside


@functools.cache
def shared(options: LlmOptions) -> Meter:
    """The meter of this process for these options."""
    return Meter(requests_per_minute=options.requests_per_minute, max_cost=options.max_cost)
