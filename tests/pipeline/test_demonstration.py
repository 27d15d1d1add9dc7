"""The demonstration is loaded through the services, once, however often it is cut short and started again."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import User
from apps.accounts.services import use_key
from apps.articles.models import Article, Feed, Lineage
from apps.claims.models import Counter, Position
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.pipeline import tasks, working
from apps.pipeline.demonstration import people
from apps.review.models import Proposal
from apps.review.services import recording
from apps.sources.models import Affiliation, Toponym
from apps.statements.models import Attribution, Statement
from demo import data
from demo.site import Site

WIRE = "quenmar-strait"
DECIDE = recording.decide


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    with Site("127.0.0.1", 0) as running:
        settings.FETCH_EXEMPT_ORIGIN = running.base
        settings.SIGNINS_FILE = tmp_path / "signins.txt"
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def load(*options: str) -> None:
    call_command("load_demo", "--yes", *options)


def let_the_workers_work() -> None:
    for feed in Feed.objects.all():
        tasks.poll_feed(feed_id=feed.pk)
    for dossier in Dossier.objects.all():
        assert working.drain(dossier, seconds=60)


class Killed(BaseException):
    """Nothing catches this."""


@pytest.mark.django_db
@pytest.mark.usefixtures("site")
def test_it_is_not_loaded_by_mistake(settings: Settings) -> None:
    with pytest.raises(CommandError, match="public passwords"):
        call_command("load_demo")
    settings.FETCH_EXEMPT_ORIGIN = ""
    with pytest.raises(CommandError, match="FETCH_EXEMPT_ORIGIN"):
        load()
    assert not Dossier.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("site")
def test_it_says_when_its_articles_do_not_come_in(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="did not come in; is a worker running"):
        load("--review", "--wait", "1")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_demonstration_comes_in_is_reviewed_and_stays_as_it_is(site: Site, settings: Settings) -> None:
    load()
    let_the_workers_work()
    load("--review")

    assert Article.objects.count() == sum(len(data.articles(slug)) for slug in data.slugs())
    for dossier in Dossier.objects.all():
        assert ledger.verify(dossier_id=dossier.pk) is None
        wanted = data.review(dossier.slug)
        proposals = Proposal.objects.in_dossier(dossier.pk).attributions()
        copies = Attribution.objects.in_dossier(dossier.pk).filter(is_copy=True).count()
        own = [d for d in wanted.decisions if d.then == "approved"]
        assert proposals.filter(state="approved").count() >= len(own)
        assert Statement.objects.in_dossier(dossier.pk).count() == len([d for d in own if d.repeats is None])
        assert (copies > 0) == bool(wanted.copies)
        assert proposals.filter(state="submitted").count() == len(
            [d for d in wanted.decisions if d.then == "submitted"]
        )
        assert proposals.filter(state="returned").count() == len([d for d in wanted.decisions if d.then == "returned"])
        left = proposals.filter(state="open").values_list("article__address", flat=True)
        finished = {f.article for f in wanted.finished}
        assert not [address for address in left if Path(address).stem in finished]
    assert Counter.objects.filter(made_by__isnull=False).exists()
    assert Position.objects.filter(stance="retracts", retracts__isnull=False).exists()
    assert Statement.objects.filter(relayed_by__isnull=False).exists()
    assert Toponym.objects.filter(name="Ստեփանակերտ", party__isnull=False).exists()
    assert Affiliation.objects.filter(days__startswith__isnull=False).exists()
    assert Lineage.objects.filter(copied_from__isnull=False).count() >= 7

    before = Entry.objects.count()
    load("--review")
    assert Entry.objects.count() == before

    note = settings.SIGNINS_FILE.read_text()
    key = use_key(secret=note.split()[-1], at=timezone.now())
    assert key is not None
    assert all(person.email in note for person in data.people())
    assert User.objects.get(email__startswith="ines").check_password(people.PASSWORD)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("site")
def test_cut_short_after_every_few_decisions_it_comes_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    slug = next(slug for slug in data.slugs() if slug != WIRE)
    monkeypatch.setattr(data, "slugs", lambda: (slug,))
    load()
    let_the_workers_work()
    undisturbed = transaction.savepoint()
    load("--review")
    expected = outcome(slug)
    transaction.savepoint_rollback(undisturbed)
    assert outcome(slug) != expected

    for cut in range(30):
        # Ever later, as a run does nothing at all if it never comes to the end of a transaction.
        kill_before_decision(4 + 3 * cut, monkeypatch)
        try:
            load("--review")
        except Killed:
            continue
        break
    assert cut > 3
    assert outcome(slug) == expected


def kill_before_decision(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let some decisions be written, and then the process end without another word."""
    written = itertools.count(1)
    real = DECIDE

    def decide(**decision: Any) -> Any:
        if next(written) == number:
            raise Killed
        return real(**decision)

    monkeypatch.setattr(recording, "decide", decide)


def outcome(slug: str) -> list[tuple[str, str, str, str]]:
    rows = Proposal.objects.filter(dossier__slug=slug).select_related("article").order_by("article", "begins", "pk")
    return sorted((row.kind, row.state, str(row.article), str(row.begins)) for row in rows)
