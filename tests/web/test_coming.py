"""What is on its way: narrowed, counted, tried again all at once, with what was in a file under that file."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Capture, Intake
from apps.articles.services import following, leases
from apps.articles.services.adding import Described, add_address, add_file
from apps.core.errors import Refusal
from tests.factories.worlds import TEXT, World, a_world, an_article, an_intake, run_until_quiet
from tests.web.rooms import at, browser, html, queries
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db

PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1><p>{0}. {1}</p></article></body></html>"


@pytest.fixture
def world() -> World:
    return a_world()


def unpacked(world: World) -> Intake:
    """A file with two articles in it, and something that is none, all gone as far as they go."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("One", "Two"):
            archive.writestr(f"{name}.html", PAGE.format(name, TEXT * 4))
        archive.writestr("empty.html", "<html><body></body></html>")
    added = add_file(
        dossier=world.dossier,
        name="march.zip",
        media_type="application/zip",
        body=file.getvalue(),
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    run_until_quiet()
    added.intake.refresh_from_db()
    return added.intake


def failed(row: Intake, code: str = "timed_out", reason: str = "It did not answer.") -> Intake:
    Intake.objects.filter(pk=row.pk).update(
        state="failed", attempts=1, failure_code=code, failure_reason=reason, finished=timezone.now()
    )
    row.refresh_from_db()
    return row


def chips(page: str) -> dict[str, str]:
    """The count beside each word that narrows the list."""
    found = re.findall(r'<a class="chip"[^>]*>([^<]+)(?:<span class="n">([^<]*)</span>)?', page)
    return {label.strip(): count for label, count in found}


def test_what_was_in_a_file_stands_under_it_with_a_count(world: World) -> None:
    row = unpacked(world)
    analyst = browser(world.analyst)
    response = analyst.get(at(world, "intake"))
    words = words_of(response)
    assert "march.zip" in words
    assert "2 in 1 failed" in words
    assert "Two.html" not in words
    assert chips(html(response)) | {"All": ""} == {
        "All": "",
        "On their way": "0",
        "Failed": "1",
        "In": "2",
        "Taking in": "",
        "Looking again": "",
    }
    within = words_of(analyst.get(at(world, "intake"), {"within": str(row.public_id), "state": "done"}))
    assert "One" in within
    assert "in march.zip" in within
    assert "empty.html" not in within
    of_failed = words_of(analyst.get(at(world, "intake"), {"state": "failed"}))
    assert "in march.zip" in of_failed
    assert "No text was found here. empty_text" in of_failed


def test_one_row_tells_what_was_done_when(world: World) -> None:
    article = an_article(world, headline="At the river")
    row = Intake.objects.get(article=article)
    response = browser(world.analyst).get(at(world, "intake-one", intake_id=row.public_id))
    page = words_of(response)
    for step in ("Added", "Preserved", "Text drawn", "Copies looked for", "Statements proposed"):
        assert step in page
    assert row.raw_sha256 in page
    assert "every 2s" not in html(response)  # nothing more will happen
    waiting = an_intake(world, TEXT + " More.")
    assert "every 2s" in html(browser(world.analyst).get(at(world, "intake-one", intake_id=waiting.public_id)))
    elsewhere = an_intake(a_world())
    assert browser(world.analyst).get(at(world, "intake-one", intake_id=elsewhere.public_id)).status_code == 404


def test_a_step_that_will_be_tried_again_says_when(world: World) -> None:
    row = an_intake(world)
    claimed = leases.claim(intake_id=row.pk, step=Intake.Step.PRESERVE)
    assert claimed is not None
    leases.fail(claimed, code="timed_out", reason="The host did not answer in full in time.")
    page = words_of(browser(world.analyst).get(at(world, "intake-one", intake_id=row.public_id)))
    assert "Next try" in page
    assert "timed_out" in page
    assert "Tried 1 time;" in page


def test_what_a_file_left_out_is_told(world: World) -> None:
    row = unpacked(world)
    Intake.objects.filter(pk=row.pk).update(came={"left_out": {"image/png": 3}})
    page = words_of(browser(world.analyst).get(at(world, "intake-one", intake_id=row.public_id)))
    assert "Left out image/png: 3" in page


def test_all_that_failed_is_tried_again_and_nothing_else(world: World) -> None:
    by, now = Actor.person(world.analyst), timezone.now()
    feed = following.add_feed(
        dossier=world.dossier, address="https://news.example/rss", every_seconds=900, by=by, at=now
    )
    of_feed = failed(an_intake(world, TEXT + " 1"))
    Intake.objects.filter(pk=of_feed.pk).update(feed=feed)
    other = failed(an_intake(world, TEXT + " 2"))
    analyst = browser(world.analyst)
    response = analyst.get(at(world, "intake"), {"state": "failed", "feed": str(feed.public_id)})
    form = form_of(response, action="coming/retry/")
    sent = values_of(form)
    told = analyst.post(form.get("action"), sent, follow=True)
    assert "1 is tried again." in html(told)
    assert told.redirect_chain == [(at(world, "intake") + f"?state=failed&feed={feed.public_id}", 302)]
    of_feed.refresh_from_db()
    other.refresh_from_db()
    assert (of_feed.state, other.state) == ("ready", "failed")
    analyst.post(at(world, "intake-retry-all"), {})
    other.refresh_from_db()
    assert other.state == "ready"


def test_what_comes_again_already_is_left_out_of_it(world: World) -> None:
    by, now = Actor.person(world.analyst), timezone.now()
    first = add_address(dossier=world.dossier, address="https://news.example/a", by=by, at=now).intake
    failed(first)
    add_address(dossier=world.dossier, address="https://news.example/a", by=by, at=now)
    told = browser(world.analyst).post(at(world, "intake-retry-all"), {}, follow=True)
    assert "0 are tried again. 1 are on their way already." in html(told)
    first.refresh_from_db()
    assert first.state == "failed"


def test_a_button_leads_back_to_where_it_was_pressed_and_nowhere_else(world: World) -> None:
    analyst = browser(world.analyst)
    here = at(world, "intake") + "?state=way"
    for back, expected in (
        (here, here),
        ("https://elsewhere.example/", at(world, "intake")),
        ("//x", at(world, "intake")),
    ):
        row = an_intake(world, f"{TEXT} {back}")
        answer = analyst.post(at(world, "intake-cancel", intake_id=row.public_id), {"back": back})
        assert (answer.status_code, answer["Location"]) == (302, expected)
        again = analyst.post(at(world, "intake-cancel", intake_id=row.public_id), {"back": back}, follow=True)
        assert "no longer on its way" in html(again)


def test_visits_are_shown_apart_with_what_they_found(world: World) -> None:
    article = an_article(world)
    now = timezone.now()
    Intake.objects.create(
        dossier=world.dossier,
        method=Capture.Method.FETCHED,
        purpose=Intake.Purpose.REVISIT,
        address="https://news.example/visited",
        article=article,
        state="done",
        outcome="unchanged",
        actor="machine:revisit",
        added=now,
        run_after=now,
        finished=now + timedelta(seconds=1),
    )
    analyst = browser(world.analyst)
    assert "https://news.example/visited" not in html(analyst.get(at(world, "intake")))
    visits = words_of(analyst.get(at(world, "intake"), {"visits": "1"}))
    assert "https://news.example/visited" in visits
    assert "unchanged" in visits


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"batch": "nonsense"}, 400),
        ({"within": "7d1c2b0a-0000-4000-8000-000000000000"}, 404),
        ({"feed": "7d1c2b0a-0000-4000-8000-000000000000"}, 404),
        ({"state": "nonsense"}, 200),
    ],
)
def test_what_names_nothing_here_is_said_to(world: World, asked: dict[str, str], status: int) -> None:
    assert browser(world.analyst).get(at(world, "intake"), asked).status_code == status


def test_a_list_with_files_takes_as_many_queries_for_three_as_for_one(world: World) -> None:
    analyst = browser(world.analyst)
    unpacked(world)
    one = queries(analyst, at(world, "intake"))
    for _number in range(2):
        now = timezone.now()
        both = {"dossier": world.dossier, "raw_sha256": "a" * 64, "actor": "person:1", "added": now, "run_after": now}
        parent = Intake.objects.create(method="uploaded", step="unpack", state="done", outcome="unpacked", **both)
        Intake.objects.create(method="uploaded", parent=parent, member="a.html", state="done", **both)
    assert queries(analyst, at(world, "intake")) == one


def test_the_same_bytes_in_another_file_are_the_same_article(world: World) -> None:
    """A file with the same in it comes again: nothing is doubled, and each row leads to the article that there is."""
    for _time in range(2):
        unpacked(world)
    assert Intake.objects.filter(parent__isnull=False).count() == 6
    assert Article.objects.count() == 3
    assert Capture.objects.count() == 3
    assert Intake.objects.filter(parent__isnull=False, article=None).count() == 0


def test_what_was_refused_at_the_door_says_why_gives_its_bytes_and_is_not_tried_again(world: World) -> None:
    given: dict[str, Any] = {"dossier": world.dossier, "by": Actor.person(world.analyst), "at": timezone.now()}
    with pytest.raises(Refusal):
        add_file(
            name="map.zip", media_type="", body=b"PK\x05\x06" + bytes(18), address="https://news.example/a",
            described=Described(), **given,
        )  # fmt: skip
    with pytest.raises(Refusal):
        add_address(address="ftp://news.example/a", **given)
    file, address = Intake.objects.order_by("pk")
    analyst = browser(world.analyst)
    shown = html(analyst.get(at(world, "intake"), {"state": "failed"}))
    assert "/retry/" not in shown
    assert "scheme_not_allowed" in shown
    one = words_of(analyst.get(at(world, "intake-one", intake_id=file.public_id)))
    assert "There are several articles in this file" in one
    assert "Refused" in one
    assert "Text drawn" not in one
    saved = analyst.get(at(world, "intake-bytes", intake_id=file.public_id))
    assert saved.content == b"PK\x05\x06" + bytes(18)
    assert saved["Content-Disposition"].startswith("attachment;")
    assert analyst.get(at(world, "intake-bytes", intake_id=address.public_id)).status_code == 404
    assert browser(world.reader).get(at(world, "intake-bytes", intake_id=file.public_id)).status_code == 403
