"""Manners: one request at a time to a host, a pause between two, robots.txt kept. Real hosts, a real database."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from pytest_django import Settings

from apps.articles import fetching, guard
from apps.articles.guard import Refused
from apps.articles.models import Host as Row
from apps.articles.services import hosts
from apps.articles.services.hosts import Busy, Turn, Wait
from tests.articles.hosts import Answer, Host, listening, page, raw

pytestmark = pytest.mark.django_db

FORBIDDEN = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0"


def site(robots: Answer | str, otherwise: Answer | None = None) -> Answer:
    """A site with a robots.txt, that answers everything else alike."""
    of_robots = robots if callable(robots) else page(robots.encode())

    def answer(connection: socket.socket, head: bytes) -> None:
        of_it = of_robots if head.split()[1] == b"/robots.txt" else otherwise or page()
        of_it(connection, head)

    return answer


def one_after_the_other(*answers: Answer) -> Answer:
    left = iter(answers)

    def answer(connection: socket.socket, head: bytes) -> None:
        next(left)(connection, head)

    return answer


def paths(host: Host) -> list[str]:
    return [head.split()[1].decode() for head in host.requests]


@pytest.fixture
def follow(settings: Settings) -> Callable[[Host], Host]:
    """Let a host of this machine be fetched from."""

    def exempted(host: Host) -> Host:
        settings.FETCH_EXEMPT_ORIGIN = f"http://{host.origin}"
        return host

    return exempted


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[..., None]:
    """Take some of this machine's addresses for public ones, so that nothing is exempt from any pause."""

    def opened(*running: Host) -> None:
        monkeypatch.setattr(guard, "PORTS", frozenset(host.port for host in running))
        monkeypatch.setattr(guard, "is_public", lambda ip: ip in {host.address for host in running})

    return opened


class TestATurn:
    URL = "https://news.example/a"

    def test_is_one_persons_until_it_is_given_back(self) -> None:
        turn = hosts.take(self.URL)
        assert isinstance(turn, Turn)
        waiting = hosts.take(self.URL)
        assert isinstance(waiting, Wait)
        assert 0 < waiting.seconds <= 1
        hosts.give_back(turn, pause=0)
        assert isinstance(hosts.take(self.URL), Turn)

    def test_is_of_the_host_whatever_its_scheme_and_page(self) -> None:
        assert isinstance(hosts.take(self.URL), Turn)
        assert isinstance(hosts.take("http://NEWS.example:80/b"), Wait)
        assert isinstance(hosts.take("https://other.example/"), Turn)

    def test_is_followed_by_a_pause(self, settings: Settings) -> None:
        settings.FETCH_HOST_PAUSE = 30.0
        turn = hosts.take(self.URL)
        assert isinstance(turn, Turn)
        hosts.give_back(turn)
        waiting = hosts.take(self.URL)
        assert isinstance(waiting, Wait)
        assert 20 < waiting.seconds <= 30

    def test_of_a_killed_worker_is_free_again_when_its_lease_is_over(self) -> None:
        killed = hosts.take(self.URL)
        assert isinstance(killed, Turn)
        Row.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        turn = hosts.take(self.URL)
        assert isinstance(turn, Turn)
        hosts.give_back(killed, pause=0)  # it was only slow: what it gives back is no longer its own
        assert isinstance(hosts.take(self.URL), Wait)

    def test_is_told_the_time_by_the_database_whatever_this_machines_clock_says(self) -> None:
        with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC)):
            turn = hosts.take(self.URL)
            assert isinstance(turn, Turn)
            assert turn.now().year > 2001

    def test_is_not_given_for_an_address_that_is_not_fetched(self) -> None:
        with pytest.raises(Refused):
            hosts.take("http://127.0.0.1/")
        assert not Row.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_is_renewed_while_it_is_held(self, monkeypatch: pytest.MonkeyPatch, follow: Callable[[Host], Host]) -> None:
        monkeypatch.setattr(hosts, "LEASE_SECONDS", 1.5)
        monkeypatch.setattr(hosts, "RENEW_SECONDS", 0.2)
        with listening(site("")) as host:
            url = follow(host).url()
            with hosts.asking(url):
                time.sleep(2.0)
                assert isinstance(hosts.take(url), Wait)
            assert isinstance(hosts.take(url), Turn)

    def test_many_that_wait_spread_out_the_longer_they_wait(self) -> None:
        assert {Busy(5).spread(waited=0)} == {5}
        late = [Busy(5).spread(waited=600) for _ in range(200)]
        assert min(late) < 10
        assert 30 < max(late) <= 35


class Counting:
    """A slow answer that notes how many are being given at once."""

    def __init__(self) -> None:
        self.now = self.most = self.total = 0
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, head: bytes) -> None:
        with self._lock:
            self.now += 1
            self.total += 1
            self.most = max(self.most, self.now)
        time.sleep(0.03)
        with self._lock:
            self.now -= 1
        page()(connection, head)


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkers:
    def fetched(self, url: str, ask: Callable[[str], object]) -> None:
        def work(_: int) -> None:
            try:
                for _ in range(4):
                    ask(url)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as workers:
            list(workers.map(work, range(4)))

    def test_never_ask_one_host_at_once(self, follow: Callable[[Host], Host]) -> None:
        counting = Counting()
        with listening(counting) as host:
            self.fetched(follow(host).url("/a"), lambda url: hosts.fetch(url, patience=60))
        assert counting.total == 16 + 1  # and robots.txt, once for all of them
        assert counting.most == 1

    def test_would_without_a_turn(self, follow: Callable[[Host], Host]) -> None:
        counting = Counting()
        with listening(counting) as host:
            exempt = frozenset({follow(host).origin})
            self.fetched(host.url("/a"), lambda url: fetching.fetch(url, user_agent="Tests", exempt=exempt))
        assert counting.total == 16
        assert counting.most > 1

    def test_let_a_pause_pass_between_two_requests(self, settings: Settings, public: Callable[..., None]) -> None:
        settings.FETCH_HOST_PAUSE = 0.15
        at: list[float] = []

        def answer(connection: socket.socket, head: bytes) -> None:
            at.append(time.monotonic())
            page()(connection, head)

        with listening(answer) as host:
            public(host)
            self.fetched(host.url("/a"), lambda url: hosts.fetch(url, patience=60))
        assert len(at) == 17
        assert min(later - sooner for sooner, later in itertools.pairwise(at)) > 0.14


class TestABusyHost:
    def test_is_waited_for_a_little_and_then_named_busy_with_when_to_come_again(
        self, follow: Callable[[Host], Host]
    ) -> None:
        with listening(site("")) as host:
            url = follow(host).url()
            hosts.fetch(url)
            turn = hosts.take(url)
            assert isinstance(turn, Turn)
            hosts.give_back(turn, pause=40)
            with pytest.raises(Busy) as busy:
                hosts.fetch(url)
        assert 30 < busy.value.seconds <= 40
        assert len(host.requests) == 2

    @pytest.mark.parametrize(
        ("status", "headers", "least", "most"),
        [
            ("429 Too Many Requests", "Retry-After: 120\r\n", 100, 120),
            ("503 Service Unavailable", "Retry-After: 120\r\n", 100, 120),
            ("429 Too Many Requests", "", 40, 60),
            ("429 Too Many Requests", "Retry-After: 99999999\r\n", 3_560, 3_600),
            ("503 Service Unavailable", "Retry-After: soon\r\n", 0, 0.2),
            ("200 OK", "Retry-After: 120\r\n", 0, 0.2),
        ],
    )
    def test_is_let_be_for_as_long_as_it_says(
        self, follow: Callable[[Host], Host], status: str, headers: str, least: float, most: float
    ) -> None:
        with listening(site("", page(b"", status=status, headers=headers))) as host:
            hosts.fetch(follow(host).url())
            (row,) = Row.objects.all()
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                left = (row.next_ask - cursor.fetchone()[0]).total_seconds()
        assert least - 1 < left <= most

    def test_is_free_again_after_a_fetch_that_failed(self, follow: Callable[[Host], Host]) -> None:
        with listening(site("", raw(b"nonsense\r\n"))) as host:
            with pytest.raises(Refused, match="as a web server"):
                hosts.fetch(follow(host).url())
            assert isinstance(hosts.take(host.url()), Turn)


def test_asking_gives_the_turn_back_whatever_happens(follow: Callable[[Host], Host]) -> None:
    with listening(site("")) as host:
        with suppress(ZeroDivisionError), hosts.asking(follow(host).url()):
            raise ZeroDivisionError
        assert isinstance(hosts.take(host.url()), Turn)


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    """A pause that tests can wait for, where they are not about it."""
    settings.FETCH_HOST_PAUSE = 0.05
