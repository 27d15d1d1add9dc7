"""Each hostile input comes to the end that it must, quickly, in little memory, over real sockets, and harms nothing.

Nobody ever connects to the canary, which stands for every address that is not public; the last test shows that it is
heard when somebody does.
"""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

import pytest
import trustme
import urllib3
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.articles import fetching, sandbox
from apps.articles.sandbox.parent import Sandbox
from apps.articles.services import hosts
from tests.articles.hosts import page, redirect
from tests.factories.worlds import PASSWORD, World, a_world
from tests.hostile import addresses, archives, charsets, documents, followed, pages, robots, wire
from tests.hostile.cases import TAKEN_IN, Case, Served, article
from tests.hostile.net import Net, connected
from tests.hostile.running import MEMORY, WORKER, Became, Runner, Watching, allowed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CANARY = "127.0.0.1:9"
"""Where nobody listens: only to count the cases, which name the canary of their run."""

FAMILIES: dict[str, Callable[[str], Iterable[Case]]] = {
    "addresses": lambda canary: addresses.cases(),
    "answers": wire.cases,
    "robots": lambda canary: robots.cases(),
    "pages": pages.cases,
    "characters": lambda canary: charsets.cases(),
    "archives": lambda canary: archives.cases(),
    "documents": documents.cases,
    "feeds": followed.cases,
}


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("someone.example").configure_cert(context)
    running = Net(context)
    with connected(running, monkeypatch):
        yield running
    running.close()


@pytest.fixture
def runner(net: Net, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Limits are those of the product, but for how long a host may take: that makes the tests quicker."""
    settings.FETCH_HOST_PAUSE = 0.0
    reading = Sandbox()
    monkeypatch.setattr(sandbox, "_OURS", reading)
    monkeypatch.setattr(fetching, "fetch", partial(fetching.fetch, total_seconds=2.5))
    monkeypatch.setattr(hosts, "ROBOTS_SECONDS", 1.5)
    yield Runner(a_world(), net)
    reading.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_comes_to_the_end_that_it_must(family: str, runner: Runner, client: Client) -> None:
    cases = list(FAMILIES[family](runner.net.canary.origin))
    gc.collect()
    with Watching() as watched:
        found = runner.run(cases)
    problems = list(chain.from_iterable(_problems(case, found[case.name]) for case in cases))
    assert not problems, f"{len(problems)} of {len(cases)}:\n" + "\n".join(problems)
    assert runner.net.canary.connections == 0
    assert max(watched.children.values(), default=0) <= MEMORY
    assert watched.own - watched.before <= MEMORY - WORKER
    _check_all_is_well(runner, client)


def _problems(case: Case, became: Became) -> Iterator[str]:
    if became.outcome != case.expect:
        yield f"{case.name}: {became.outcome} instead of {case.expect} {_detail(became)}"
    if became.seconds > allowed():
        yield f"{case.name}: took {became.seconds:.1f} s"
    yield from (f"{case.name}: {wrong}" for wrong in became.wrong)


def _detail(became: Became) -> str:
    return str([(row.step, row.state, row.failure_reason) for row in became.rows][:3])


def _check_all_is_well(runner: Runner, client: Client) -> None:
    """An ordinary article still comes in, and every page that shows what came can be looked at."""
    ordinary = Served("ordinary", TAKEN_IN, page(article("ordinary")), received=True)
    became = runner.run([ordinary])["ordinary"]
    assert not list(_problems(ordinary, became))
    assert "Story ordinary" in became.text
    world: World = runner.world
    assert client.login(username=world.analyst.email, password=PASSWORD)
    slug = world.dossier.slug
    shown = [reverse("intake", args=[slug]), reverse("articles", args=[slug]), reverse("feeds", args=[slug])]
    statuses = {address: client.get(address).status_code for address in shown}
    assert set(statuses.values()) == {200}


def test_there_are_many() -> None:
    names = [case.name for family in FAMILIES.values() for case in family(CANARY)]
    assert len(names) == len(set(names))
    assert len(names) >= 150


def test_control_whoever_asks_unguarded_reaches_the_canary(net: Net) -> None:
    net.name("control.hostile.example", (("93.184.215.14",),))
    net.play("control.hostile.example", redirect("http://10.0.0.1/admin"))
    got = urllib3.request("GET", "http://control.hostile.example/", retries=urllib3.Retry(3))
    assert b"Nobody may read this" in got.data
    assert net.canary.connections == 1
