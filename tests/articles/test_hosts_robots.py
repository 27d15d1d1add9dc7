"""Manners: what robots.txt says is kept, also where a redirect leads. Real hosts, a real database."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from apps.articles.guard import Refused
from apps.articles.models import Host as Row
from apps.articles.services import hosts
from apps.articles.services.hosts import Busy, Turn, Wait
from tests.articles.hosts import Answer, Host, listening, page, raw, redirect
from tests.articles.test_hosts import FORBIDDEN, follow, one_after_the_other, paths, public, quick, site

pytestmark = pytest.mark.django_db

__all__ = ["follow", "public", "quick"]  # fixtures


class TestRobots:
    def test_are_asked_for_once_and_kept(self, follow: Callable[[Host], Host]) -> None:
        with listening(site(FORBIDDEN)) as host:
            url = follow(host).url
            hosts.fetch(url("/a"))
            hosts.fetch(url("/b"))
            with pytest.raises(Refused) as refused:
                hosts.fetch(url("/private/c"))
        assert refused.value.code == "robots_disallowed"
        assert "bookmarklet" in str(refused.value.reason)
        assert paths(host) == ["/robots.txt", "/a", "/b"]
        assert Row.objects.get().robots == FORBIDDEN

    def test_are_asked_for_again_when_they_are_old(self, follow: Callable[[Host], Host]) -> None:
        with listening(site(FORBIDDEN)) as host:
            hosts.fetch(follow(host).url("/a"))
            until = Row.objects.get().robots_until
            assert until is not None
            assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
            Row.objects.update(robots_until=datetime.now(UTC))
            hosts.fetch(host.url("/a"))
        assert paths(host) == ["/robots.txt", "/a"] * 2

    def test_ask_for_a_pause_that_is_kept(self, public: Callable[..., None], settings: Settings) -> None:
        settings.FETCH_HOST_PAUSE = 0.01
        with listening(site("User-agent: *\nCrawl-delay: 20")) as host:
            public(host)
            with pytest.raises(Busy) as busy:
                hosts.fetch(host.url("/a"))
        assert 10 < busy.value.seconds <= 20
        assert paths(host) == ["/robots.txt"]

    @pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "401 Unauthorized"])
    def test_that_are_not_there_forbid_nothing(self, follow: Callable[[Host], Host], status: str) -> None:
        with listening(site(page(b"User-agent: *\nDisallow: /", status=status))) as host:
            assert hosts.fetch(follow(host).url("/a")).status == 200

    @pytest.mark.parametrize(
        "robots",
        [
            page(b"", status="500 Broken"),
            page(b"", status="503 Away"),
            page(b"", status="429 Too Many"),
            raw(b"nonsense\r\n"),
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser"),
        ],
    )
    def test_that_cannot_be_had_forbid_everything_for_a_while(
        self, follow: Callable[[Host], Host], robots: Answer
    ) -> None:
        with listening(site(robots)) as host:
            for _ in range(2):
                with pytest.raises(Refused) as refused:
                    hosts.fetch(follow(host).url("/a"))
                assert refused.value.code == "robots_unreachable"
            assert paths(host) == ["/robots.txt"]
            until = Row.objects.get().robots_until
            assert until is not None
            assert until - datetime.now(UTC) <= timedelta(minutes=2)

    def test_that_cannot_be_had_any_more_are_those_that_were_had_before(self, follow: Callable[[Host], Host]) -> None:
        robots = one_after_the_other(page(FORBIDDEN.encode()), page(b"", status="500 Broken"))
        with listening(site(robots)) as host:
            hosts.fetch(follow(host).url("/a"))
            Row.objects.update(robots_until=datetime.now(UTC))
            hosts.fetch(host.url("/a"))
            with pytest.raises(Refused) as refused:
                hosts.fetch(host.url("/private/"))
        assert refused.value.code == "robots_disallowed"
        assert paths(host) == ["/robots.txt", "/a", "/robots.txt", "/a"]

    def test_are_followed_where_they_are_redirected(self, follow: Callable[[Host], Host]) -> None:
        def answer(connection: socket.socket, head: bytes) -> None:
            path = head.split()[1]
            of_it = redirect("/rules") if path == b"/robots.txt" else page(FORBIDDEN.encode())
            of_it(connection, head)

        with listening(answer) as host, pytest.raises(Refused) as refused:
            hosts.fetch(follow(host).url("/private/"))
        assert refused.value.code == "robots_disallowed"

    def test_that_are_redirected_for_ever_forbid_nothing(self, follow: Callable[[Host], Host]) -> None:
        with listening(site(redirect("/robots.txt"))) as host:
            assert hosts.fetch(follow(host).url("/a")).status == 200
        assert paths(host) == ["/robots.txt"] * 6 + ["/a"]

    def test_are_read_only_so_far(self, follow: Callable[[Host], Host]) -> None:
        long = "User-agent: *\nDisallow: /private/\n" + "# \x00 padding\n" * 100_000 + "Disallow: /a"
        with listening(site(long)) as host:
            assert hosts.fetch(follow(host).url("/a")).status == 200
            with pytest.raises(Refused):
                hosts.fetch(host.url("/private/"))
        assert len(Row.objects.get().robots) < 512_000

    def test_of_a_host_that_cannot_be_reached_are_not_the_reason(self, follow: Callable[[Host], Host]) -> None:
        with listening(page()) as host:
            pass
        with pytest.raises(Refused) as refused:
            hosts.fetch(follow(host).url("/a"))
        assert refused.value.code == "unreachable"


class TestARedirect:
    def test_to_what_robots_txt_forbids_is_not_followed(self, follow: Callable[[Host], Host]) -> None:
        with listening(site(FORBIDDEN, redirect("/private/x"))) as host:
            with pytest.raises(Refused) as refused:
                hosts.fetch(follow(host).url("/a"))
            assert isinstance(hosts.take(host.url()), Turn)
        assert refused.value.code == "robots_disallowed"
        assert paths(host) == ["/robots.txt", "/a"]

    def test_to_another_host_takes_a_turn_there_and_keeps_its_robots_txt(self, public: Callable[..., None]) -> None:
        with listening(site(FORBIDDEN)) as other:
            there = other.url("")
            moving = one_after_the_other(*(redirect(there + path) for path in ("/b", "/private/", "/b")))
            with listening(site("", moving)) as host:
                public(host, other)
                got = hosts.fetch(host.url("/1"))
                assert (got.status, got.final_url) == (200, f"{there}/b")
                with pytest.raises(Refused) as refused:
                    hosts.fetch(host.url("/2"))
                assert refused.value.code == "robots_disallowed"
                time.sleep(1.1)
                turn = hosts.take(there)
                assert isinstance(turn, Turn)
                with pytest.raises(Busy):
                    hosts.fetch(host.url("/3"))
                assert paths(other) == ["/robots.txt", "/b"]
                hosts.give_back(turn)

    def test_does_not_hold_two_hosts_at_once(
        self, public: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held: list[set[str]] = []

        def noting(name: str) -> Turn | Wait:
            got = take(name)
            held.append(set(Row.objects.filter(lease_until__isnull=False).values_list("name", flat=True)))
            return got

        take = hosts._take
        monkeypatch.setattr(hosts, "_take", noting)
        with listening(site("")) as other, listening(site("", redirect(other.url()))) as host:
            public(host, other)
            hosts.fetch(host.url("/1"))
            names = [{host.origin}, {other.origin}]
        assert [one for one, _ in itertools.groupby(one for one in held if one)] == names
        assert not Row.objects.filter(lease_until__isnull=False).exists()
