"""Ways in: adding an article, what is on its way, feeds."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Intake
from apps.articles.services import leases
from apps.articles.services.adding import add_address
from tests.factories.worlds import (
    TEXT,
    World,
    a_world,
    an_article,
    an_intake,
)
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world(zone="Asia/Baku")


def test_pasting_a_text_leads_to_what_is_on_its_way(world: World) -> None:
    response = browser(world.analyst).post(
        at(world, "article-add") + "?by=text",
        {"text": TEXT, "headline": "Troops at the river", "outlet": "Harbour Ledger", "published": "2024-03-12"},
        follow=True,
    )
    assert response.redirect_chain == [(at(world, "intake"), 302)]
    assert "Troops at the river" in html(response)
    row = Intake.objects.get()
    assert row.published is not None
    assert row.published.isoformat() == "2024-03-11T20:00:00+00:00"  # midnight in Baku
    assert row.actor == f"person:{world.analyst.pk}"


def test_a_file_is_kept_with_its_name(world: World) -> None:
    page = SimpleUploadedFile("report.html", b"<html><body><p>Said.</p></body></html>", content_type="text/html")
    response = browser(world.analyst).post(at(world, "article-add") + "?by=file", {"file": page})
    assert response.status_code == 302
    assert Intake.objects.get().file_name == "report.html"


def test_an_address_on_its_way_is_not_added_twice(world: World) -> None:
    analyst = browser(world.analyst)
    sent = {"address": "https://example.com/a"}
    assert analyst.post(at(world, "article-add"), sent).status_code == 302
    assert "on its way already" in html(analyst.post(at(world, "article-add"), sent, follow=True))
    assert Intake.objects.count() == 1


@pytest.mark.parametrize(
    ("by", "sent", "field", "told"),
    [
        ("address", {"address": ""}, "id_address", "This field is required"),
        ("address", {"address": "harbour"}, "id_address", "not an address we can read"),
        ("address", {"address": "ftp://example.com/a"}, "id_address", "Only http and https"),
        ("address", {"address": "http://127.0.0.1/a"}, "id_address", "does not lead to a public host"),
        ("text", {"text": "   \n "}, "id_text", "There is no text to add"),
        ("text", {"text": TEXT, "published": "2999-01-01"}, "id_published", "has not come yet"),
        ("text", {"text": TEXT, "published": "yesterday"}, "id_published", "valid date"),
        ("text", {"text": TEXT, "address": "harbour"}, "id_address", "not an address we can read"),
        ("file", {}, "id_file", "This field is required"),
        ("file", {"file": SimpleUploadedFile("a.html", b"")}, "id_file", "The file is empty"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, by: str, sent: dict[str, object], field: str, told: str
) -> None:
    response = browser(world.analyst).post(at(world, "article-add") + f"?by={by}", sent)
    assert response.status_code == 422
    page = html(response)
    assert told in page
    assert f'id="{field}_error"' in page
    assert not Intake.objects.on_its_way().exists()


def test_a_file_that_is_too_large_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.articles.services.adding.LARGEST", 3)
    sent = {"file": SimpleUploadedFile("a.txt", b"four")}
    response = browser(world.analyst).post(at(world, "article-add") + "?by=file", sent)
    assert response.status_code == 422
    assert "larger than 25 MB" in html(response)


def test_what_comes_in_shows_its_step_and_can_be_cancelled_and_tried_again(world: World) -> None:
    row = an_intake(world, headline="Waiting here")
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake")))
    assert "Waiting here" in page
    assert "every 2s" in page
    assert '<meta http-equiv="refresh"' in page
    assert analyst.post(at(world, "intake-cancel", intake_id=row.public_id)).status_code == 302
    row.refresh_from_db()
    assert row.state == Intake.State.CANCELLED
    calm = html(analyst.get(at(world, "intake")))
    assert "every 15s" in calm
    assert '<meta http-equiv="refresh"' not in calm
    assert analyst.post(at(world, "intake-retry", intake_id=row.public_id)).status_code == 302
    row.refresh_from_db()
    assert row.state == Intake.State.READY


def test_cancelling_what_is_in_already_is_refused_in_a_sentence(world: World) -> None:
    article = an_article(world)
    row = Intake.objects.get(article=article)
    response = browser(world.analyst).post(at(world, "intake-cancel", intake_id=row.public_id))
    assert response.status_code == 409
    assert "no longer on its way" in html(response)


def test_a_failure_is_told_with_its_reason_and_the_next_try(world: World) -> None:
    add_address(
        dossier=world.dossier, address="https://example.com/a", by=Actor.person(world.analyst), at=timezone.now()
    )
    row = Intake.objects.get()
    claimed = leases.claim(intake_id=row.pk, step=Intake.Step.PRESERVE)
    assert claimed is not None
    leases.fail(claimed, code="timed_out", reason="The host did not answer in full in time.")
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake")))
    assert "The host did not answer in full in time." in page
    assert "the next try is" in page
    assert "Nothing here at the moment" in html(analyst.get(at(world, "intake") + "?state=failed"))


def test_somebody_elses_intake_is_not_found(world: World) -> None:
    row = an_intake(a_world())
    assert browser(world.analyst).post(at(world, "intake-cancel", intake_id=row.public_id)).status_code == 404


def test_the_page_refreshes_a_part_of_itself(world: World) -> None:
    an_intake(world, headline="Waiting here")
    page = html(browser(world.analyst).get(at(world, "intake"), headers={"HX-Request": "true"}))
    assert "Waiting here" in page
    assert "<html" not in page


def test_what_is_on_its_way_takes_as_many_queries_for_ten_as_for_one(world: World) -> None:
    an_article(world)
    analyst = browser(world.analyst)
    one = queries(analyst, at(world, "intake"))
    for number in range(9):
        an_intake(world, f"{TEXT} {number}")
    assert queries(analyst, at(world, "intake")) == one


def test_what_is_on_its_way_goes_on_below_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.coming.ROWS", 1)
    older, newer = (an_intake(world, f"{TEXT} {name}", headline=name) for name in ("Older one", "Newer one"))
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake"), {"state": "way"}))
    assert "Newer one" in page
    assert "Older one" not in page
    assert f"before={newer.pk}" in page
    assert "Older one" in html(analyst.get(at(world, "intake"), {"state": "way", "before": str(newer.pk)}))
    assert older.pk < newer.pk
