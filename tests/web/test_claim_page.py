"""The page on a claim: all sides, what the standing rests on, silence in words, and the same page as of any moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.crosscheck.services import catch_up
from apps.review.services.judging import Taken
from tests.factories.stories import Story, at, said, telling
from tests.factories.worlds import a_claim, a_person, a_source, a_world, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with django_db_blocker.unblock(), telling() as told:
        catch_up(dossier_id=told.world.dossier.pk)
        yield told


def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def get(story: Story, name: str = "claim", claim: str = "ferry", **query: str) -> HttpResponse:
    address = reverse(name, args=[story.world.dossier.slug, story.claims[claim].ref])
    found = client(story.world.reader).get(f"{address}?{urlencode(query)}" if query else address)
    assert isinstance(found, HttpResponse)
    return found


def follow_as(user: User, address: str) -> HttpResponse:
    found = client(user).get(address)
    assert isinstance(found, HttpResponse)
    return found


def follow(story: Story, address: str) -> HttpResponse:
    return follow_as(story.world.reader, address)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if given.get("id"):
            self.ids.append(str(given["id"]))


def read(response: HttpResponse) -> _Text:
    parser = _Text()
    parser.feed(response.content.decode())
    return parser


def words(response: HttpResponse) -> str:
    return " ".join(" ".join(read(response).parts).split())


def test_every_side_stands_in_its_column_with_its_words(story: Story) -> None:
    page = get(story)
    text = words(page)
    assert page.status_code == 200
    for expected in (
        "Contested",
        "northern boats had opened fire on the ferry Maren",
        "no passenger vessel was fired at",
        "Tomas Veld , spokesperson, for Northern Ministry of Defence",
        "as relayed by Southern Assembly",
        "and 2 copies",
        "declines to comment",
        "shown here, not counted",
        "answers with",
    ):
        assert expected in text
    assert {"side-N", "side-S", "side-E", "side-none"} <= set(read(page).ids)


def test_silence_says_how_much_was_looked_through_and_not_that_nothing_was_said(story: Story) -> None:
    text = words(get(story))
    held = re.search(r"No position on this claim found in the (\d+) articles held", text)
    assert held is not None
    assert int(held[1]) > 20
    assert "has not said" not in text


def test_a_count_of_articles_is_capped(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.crosscheck.overview.MOST_COUNTED", 3)
    monkeypatch.setattr("apps.web.overview.showing.MOST_COUNTED", 3)
    assert "found in the 3+ articles held" in words(get(story))


def test_the_grounds_say_how_many_and_lead_to_them(story: Story) -> None:
    page = get(story)
    text, ids = words(page), set(read(page).ids)
    for ground in (
        "asserted by 2 principals of 1 party and of none",
        "denied by 1 principal of 1 party",
        "met by 1 counter that a speaker made",
        "1 independent origin of 6 articles, 3 of unknown origin",
    ):
        assert ground in text
    anchors = [link[1:] for link in read(page).links if link.startswith("#")]
    assert {"side-N", "sides", "origins"} <= set(anchors)
    assert set(anchors) <= ids


def test_every_quotation_leads_to_its_place_in_an_article(story: Story) -> None:
    places = [link for link in read(get(story)).links if re.search(r"/articles/A-\d{4,}/#p\d+$", link)]
    assert len(places) >= 6
    assert client(story.world.reader).get(places[0]).status_code == 200


def test_it_tells_who_approved_what_and_where_the_ledger_says_so(story: Story) -> None:
    page = get(story)
    assert "1 claim approved , Edda Editor" in words(page)
    assert "1 position withdrawn , Edda Editor" in words(page)
    assert any("/history/?before=" in link for link in read(page).links)


def test_a_principal_with_two_latest_positions_is_told_neutrally(story: Story) -> None:
    text = words(get(story, claim="pier"))
    assert "overlap in time and are not the same: denies, partly admits" in text
    for judging in ("contradict", "lie", "false"):
        assert judging not in text.replace("contradicts", "")


def test_a_claim_nobody_took_a_position_on_says_so(story: Story) -> None:
    text = words(get(story, claim="wounded"))
    assert "No position held" in text
    assert "Nobody is held to have spoken yet." in text
    assert "No attribution is held." in text


def test_figures_lead_to_the_words_that_state_them(story: Story) -> None:
    text = words(get(story, claim="toll"))
    assert "at least 27 killed" in text
    assert "12 to 19 killed" in text
    assert "7 killed, children" in text


def test_waiting_is_told_with_how_long(story: Story) -> None:
    text = words(get(story, claim="guns", said_until="2024-04-10T17:00:00Z"))
    assert "no position of South found, 2 days after it was first asserted" in text


def test_both_times_replay_the_page_and_are_carried_on(story: Story) -> None:
    before = story.before_withdrawal.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    then = get(story, known_at=before, said_until="2024-04-09T12:00:00Z")
    assert "crews had seen muzzle flashes near the ferry" in words(then)
    assert "crews had seen muzzle flashes near the ferry" not in words(get(story))
    inside = [li for li in read(then).links if "/claims/" in li or "/articles/A-" in li or "/sources/" in li]
    ahead = [link for link in inside if "C-" in link or "A-" in link or ("/sources/" in link and "?" in link)]
    assert ahead
    own = reverse("claim", args=[story.world.dossier.slug, story.claims["ferry"].ref])
    for link in ahead:
        assert "known_at=" in link or link == own, link


def test_the_permanent_link_shows_what_is_held_now_whatever_comes(story: Story) -> None:
    link = next(link for link in read(get(story)).links if "known_at=" in link)
    before = words(follow(story, link))
    said(
        story.world,
        story.sources["north"],
        Taken("concedes", claim=story.claims["ferry"]),
        content="its boats had fired on the ferry",
        on=12,
    )
    after = words(follow(story, link))
    assert "Contested" in after
    assert "its boats had fired on the ferry" not in after
    assert before == after
    assert "Conceded" in words(get(story))


def test_a_claim_is_not_there_before_it_was_known(story: Story) -> None:
    assert get(story, known_at="2020-01-01T00:00:00Z").status_code == 404
    missing = reverse("claim", args=[story.world.dossier.slug, 9999])
    assert client(story.world.reader).get(missing).status_code == 404


@pytest.mark.parametrize("time", ["yesterday", "2024-13-01T00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_that_cannot_be_read_or_is_far_off_is_no_error_of_ours(story: Story, time: str) -> None:
    for name in ("known_at", "said_until"):
        assert get(story, **{name: time}).status_code in {200, 400, 404}


def test_those_who_do_not_belong_learn_nothing(story: Story) -> None:
    address = reverse("claim", args=[story.world.dossier.slug, story.claims["ferry"].ref])
    assert client(a_person("Olga Outside")).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_what_waits_for_an_editor_is_not_on_the_page(story: Story) -> None:
    before = words(get(story))
    submitted(story.world, positions=[Taken("denies", claim=story.claims["ferry"])])
    # An article was added, and nothing else changed.
    unnumbered = [re.sub(r"in the \d+ articles", "", text) for text in (before, words(get(story)))]
    assert unnumbered[0] == unnumbered[1]


def test_a_claim_about_no_party_says_so() -> None:
    world = a_world()
    claim = a_claim(world)
    page = follow_as(world.reader, reverse("claim", args=[world.dossier.slug, claim.ref]))
    assert "This claim is about no party of the dossier." in words(page)


def test_the_page_costs_the_same_however_much_is_held(story: Story) -> None:
    def queries() -> int:
        browser = client(story.world.reader)
        address = reverse("claim", args=[story.world.dossier.slug, story.claims["ferry"].ref])
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        return len(captured)

    before = queries()
    for hour in range(9):
        said(
            story.world,
            story.sources["south"],
            Taken("asserts", claim=story.claims["ferry"]),
            content=f"shot number {hour} hit the ferry",
            on=10,
            hours=(hour, hour),
        )
    assert queries() == before <= 75


def test_times_are_in_the_dossiers_zone() -> None:
    world = a_world(zone="Asia/Yerevan")
    claim = a_claim(world)
    said(world, a_source(world), Taken("asserts", claim=claim), content="it rained", on=8, hours=(22, 22))
    page = follow_as(world.reader, reverse("claim", args=[world.dossier.slug, claim.ref]))
    assert "Yerevan, UTC+4" in words(page)
    assert "9 Apr 2024, 02:00" in page.content.decode()
    assert at(8, 22) == datetime(2024, 4, 8, 22, tzinfo=UTC)
