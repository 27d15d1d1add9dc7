"""Manners towards hosts: one request at a time over all workers, a pause between two, and what robots.txt says.

A host's row is taken by a conditional UPDATE on the database's clock with a lease and a token, as a step is, and given
back with the moment at which it may be asked next. Whoever holds it renews the lease; a worker that is killed keeps a
host to itself for ``LEASE_SECONDS`` at most. http and https on their usual ports are one host, each with its own
robots.txt. A redirect to another host takes a turn there and keeps its robots.txt too.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from apps.articles import addresses, fetching, guard, rhythm, robots
from apps.articles.fetching import Fetched, RefusedMidway
from apps.articles.guard import Refused
from apps.articles.models import Host
from apps.articles.services.adding import exempt_origins
from apps.core.errors import Refusal

log = logging.getLogger(__name__)

LEASE_SECONDS: Final = 12.0
RENEW_SECONDS: Final = 4.0
PATIENCE: Final = 0.5
"""For how long somebody waits for a host before doing something else meanwhile: not through a pause. Seconds."""
AFTER_ROBOTS: Final = 2.5
"""For how long one waits who has just asked for robots.txt, to go on after the pause. Seconds."""
WHILE_TAKEN: Final = 0.1
"""When to look again, at most, whether a host is free that somebody asks at this moment. Seconds."""
LONGEST_PAUSE: Final = 3600.0
"""For how long at most a host is let be that says when to come again (Retry-After). Seconds."""
TOO_MANY_PAUSE: Final = 60.0
"""For how long a host is let be that says 429 and not for how long. Seconds."""
ROBOTS_SECONDS: Final = 10.0
ROBOTS_AWAY_FOR: Final = timedelta(minutes=2)
"""When to ask for a robots.txt again that could not be had."""
LONGEST_SPREAD: Final = 30.0

# A robots.txt that cannot be had for one of these cannot be had as the page could not: that is the better reason.
_OF_THE_HOST: Final = frozenset({"no_such_host", "not_public", "bad_certificate", "unreachable", "port_not_allowed"})


class Busy(Refusal):
    """Somebody else asks this host, or it wants a pause: try again in ``seconds``, which counts as no failure."""

    status = 503
    code = "host_busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(_("The host is being asked for something else."))
        self.seconds = seconds

    def spread(self, *, waited: float) -> float:
        """When to try again, for one of many that wait: the longer it has waited, the more by chance.

        Else a thousand articles of one host would all look every second whether it is free.
        """
        return self.seconds + random.uniform(0, min(waited / 2, LONGEST_SPREAD))  # noqa: S311 (no secret)


@dataclass(frozen=True)
class Wait:
    """A host that is not ours to ask now. ``seconds`` is when to try again; ``taken`` if somebody asks it."""

    seconds: float
    taken: bool = False


@dataclass
class Turn:
    """A host that is ours to ask, until it is given back. ``pause`` is what its robots.txt asks for, in seconds."""

    name: str
    token: int
    pause: float
    taken: datetime
    _since: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The time by the database's clock, whatever this machine's says."""
        return self.taken + timedelta(seconds=time.monotonic() - self._since)


_TAKE = """
    UPDATE articles_host SET token = token + 1, lease_until = clock_timestamp() + make_interval(secs => %s)
    WHERE name = %s AND next_ask <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
    RETURNING token, pause_seconds, clock_timestamp()
"""
_WHEN = """
    SELECT extract(epoch FROM next_ask - clock_timestamp())::float, lease_until > clock_timestamp()
    FROM articles_host WHERE name = %s
"""
_NEW = """
    INSERT INTO articles_host (name, token, next_ask, pause_seconds, robots)
    VALUES (%s, 0, clock_timestamp(), 0, '') ON CONFLICT DO NOTHING
"""
_GIVE_BACK = """
    UPDATE articles_host SET lease_until = NULL, next_ask = clock_timestamp() + make_interval(secs => %s)
    WHERE name = %s AND token = %s
"""
_RENEW = """
    UPDATE articles_host SET lease_until = clock_timestamp() + make_interval(secs => %s) WHERE name = %s AND token = %s
"""


def take(address: str) -> Turn | Wait:
    """The turn to ask the host of ``address``, or how long to wait before trying again. Raises ``Refused``."""
    return _take(_turn_name(_read(address)))


def give_back(turn: Turn, *, pause: float | None = None) -> None:
    """Let the host be asked by others again, ``pause`` seconds from now; by default as long as it and we want."""
    if pause is None:
        pause = turn.pause if turn.name in exempt_origins() else max(turn.pause, settings.FETCH_HOST_PAUSE)
    _execute(_GIVE_BACK, [pause, turn.name, turn.token])


@contextmanager
def asking(address: str, *, agent: str = "", patience: float = PATIENCE) -> Iterator[Turn]:
    """Hold the turn to ask the host of ``address``, whose robots.txt lets us.

    ``agent`` is our User-Agent, that of the settings by default. Waits for at most ``patience`` seconds.

    Raises ``Busy``, and ``Refused``: robots_disallowed, robots_unreachable, those of ``guard.check_address``, and what
    the host is found to be when its robots.txt is asked for.
    """
    round_trip = _Round(agent=agent or settings.FETCH_USER_AGENT, patience=patience)
    try:
        yield round_trip.go(address)
    finally:
        round_trip.leave()


def fetch(
    address: str, *, agent: str = "", patience: float = PATIENCE, check_robots: bool = True, **options: Any
) -> Fetched:
    """``fetching.fetch`` with manners: in turn, with what robots.txt says kept, here and wherever it is redirected.

    ``options`` are those of ``fetching.fetch``. The exchanges' times are those of the database's clock. A host that
    says when to come again is let be until then. Raises ``Busy``, and ``Refused`` as ``asking`` and ``fetching.fetch``.
    """
    going = _Round(agent=agent or settings.FETCH_USER_AGENT, patience=patience, check_robots=check_robots)
    try:
        going.go(address)
        got = going.fetched(address, before_redirect=lambda target: going.go(str(target.address)), **options)
        going.leave(pause=_wanted_pause(got, going))
        return got
    finally:
        going.leave()


class _Round:
    """One fetch's way from host to host, which holds at most one turn at a time."""

    def __init__(self, *, agent: str, patience: float, check_robots: bool = True) -> None:
        self.agent = agent
        self._patience = patience
        self._check_robots = check_robots
        self.turn: Turn | None = None
        self._renewing: _Renewing | None = None

    def go(self, url: str) -> Turn:
        """Hold the turn of the host of ``url``, giving back that of another."""
        address = _read(url)
        if self._check_robots:
            self._obey(address)
        return self._take(_turn_name(address))

    def leave(self, *, pause: float | None = None) -> None:
        """Give back the turn, if one is held."""
        if self.turn is None:
            return
        turn, self.turn = self.turn, None
        if self._renewing is not None:
            self._renewing.stop()
        give_back(turn, pause=pause)

    def fetched(self, url: str, **options: Any) -> Fetched:
        assert self.turn is not None
        return fetching.fetch(url, user_agent=self.agent, exempt=exempt_origins(), clock=self.turn.now, **options)

    def _take(self, name: str) -> Turn:
        if self.turn is not None:
            if self.turn.name == name:
                return self.turn
            self.leave()
        until, look_again = time.monotonic() + self._patience, 0.01
        while isinstance(got := _take(name), Wait):
            if time.monotonic() + got.seconds > until:
                raise Busy(got.seconds)
            # Most requests are answered at once.
            time.sleep(min(got.seconds, look_again) if got.taken else got.seconds)
            look_again *= 2
        self.turn, self._renewing = got, _Renewing(got)
        return got

    def _obey(self, address: addresses.Address) -> None:
        """Raises ``Refused`` where robots.txt says no, or cannot be had."""
        known = _known_robots(address.origin)
        if known is None:
            self._take(_turn_name(address))
            # Another may have asked while we waited for our turn.
            known = _known_robots(address.origin)
        if known is None:
            known = self._ask_robots(address)
            self.leave()
            self._patience = max(self._patience, AFTER_ROBOTS)
        status, text = known
        if status >= 500:
            raise Refused("robots_unreachable", f"{address.origin}: {status}")
        if text and not robots.allows(text, str(address), user_agent=self.agent):
            raise Refused("robots_disallowed", address.request_target[:200])

    def _ask_robots(self, address: addresses.Address) -> tuple[int, str]:
        """The answer to a request for robots.txt, remembered: status, and text where there is one.

        As RFC 9309 has it: what a 4xx answers to, or too many redirects, has no rules; where there is no answer, or a
        5xx, everything is disallowed for the while, unless an earlier answer is known.
        """
        url = f"{address.scheme}://{address.authority}/robots.txt"
        try:
            # Redirects of a robots.txt are followed without a turn elsewhere: nothing else of those hosts is asked.
            got = self.fetched(url, max_bytes=robots.LARGEST, total_seconds=ROBOTS_SECONDS, cut=True)
        except Refused as refused:
            if refused.code in _OF_THE_HOST and not isinstance(refused, RefusedMidway):
                raise
            status = 310 if refused.code == "too_many_redirects" else 503
            log.info("No robots.txt of %s: %s %s", address.origin, refused.code, refused.detail)
            return _remember(address, status=status, text="", kept=robots.LEAST_KEPT)
        # To be asked less often is no "no".
        status = 503 if got.status == 429 else got.status
        text = got.body.decode("utf-8", "replace").replace("\x00", "") if 200 <= status < 300 else ""
        answer = _remember(address, status=status, text=text, kept=robots.kept_for(got.header("cache-control")))
        if self.turn is not None and text:
            self.turn.pause = robots.pause(text, user_agent=self.agent)
            Host.objects.filter(name=self.turn.name).update(pause_seconds=self.turn.pause)
        return answer


class _Renewing:
    """Renews the lease on a host from beside, in a thread that does nothing before that is needed."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"host-{turn.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            try:
                if not _execute(_RENEW, [LEASE_SECONDS, self._turn.name, self._turn.token]):
                    return
            except DatabaseError:
                log.warning("The turn at %s could not be renewed", self._turn.name, exc_info=True)
            finally:
                connection.close()


def _take(name: str) -> Turn | Wait:
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(_TAKE, [LEASE_SECONDS, name])
            if row := cursor.fetchone():
                return Turn(name, token=row[0], pause=row[1], taken=row[2])
            cursor.execute(_WHEN, [name])
            if row := cursor.fetchone():
                seconds, taken = row
                return Wait(max(seconds, WHILE_TAKEN if taken else 0.01), taken=bool(taken))
            cursor.execute(_NEW, [name])
    return Wait(WHILE_TAKEN, taken=True)  # a new row, that another took at once


def _execute(statement: str, values: list[str | float]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        changed: int = cursor.rowcount
    return changed


def _read(url: str) -> addresses.Address:
    return guard.check_address(url, exempt=exempt_origins()).address


def _turn_name(address: addresses.Address) -> str:
    """The host that is asked, as its row is named: one for both of the usual ports."""
    if address.port in addresses.DEFAULT_PORTS.values():
        return f"{address.origin.rpartition(':')[0]}:{addresses.DEFAULT_PORTS['https']}"
    return address.origin


def _known_robots(origin: str) -> tuple[int, str] | None:
    """Status and text of a robots.txt that was asked for lately enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT robots_status, robots FROM articles_host "
            "WHERE name = %s AND robots_status IS NOT NULL AND robots_until > clock_timestamp()",
            [origin],
        )
        row: tuple[int, str] | None = cursor.fetchone()
    return row


def _remember(address: addresses.Address, *, status: int, text: str, kept: timedelta) -> tuple[int, str]:
    """Write down what a robots.txt said; what it said earlier stays where it cannot be had now."""
    _execute(_NEW, [address.origin])
    away = status >= 500
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_host SET robots_until = clock_timestamp() + make_interval(secs => %(kept)s), "
            "robots = CASE WHEN %(keep)s AND robots_status < 500 THEN robots ELSE %(text)s END, "
            "robots_status = CASE WHEN %(keep)s AND robots_status < 500 THEN robots_status ELSE %(status)s END "
            "WHERE name = %(name)s RETURNING robots_status, robots",
            {
                "kept": (ROBOTS_AWAY_FOR if away else kept).total_seconds(),
                "keep": away,
                "text": text,
                "status": status,
                "name": address.origin,
            },
        )
        row: tuple[int, str] = cursor.fetchone()
    return row


def _wanted_pause(got: Fetched, going: _Round) -> float | None:
    """How long a host wants to be let be that is asked too much or in trouble; ``None`` where it does not say."""
    if got.status not in (429, 503) or going.turn is None:
        return None
    told = rhythm.of_retry_after(got.header("retry-after"), now=going.turn.now())
    if told is None:
        return TOO_MANY_PAUSE if got.status == 429 else None
    return max(min(float(told), LONGEST_PAUSE), settings.FETCH_HOST_PAUSE)
