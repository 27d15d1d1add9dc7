"""A dossier at a glance, and the list of its claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from apps.crosscheck.services import catch_up
from apps.review.drafts import FigureDraft
from apps.review.services.judging import Taken
from tests.factories.stories import Story, said, telling
from tests.factories.worlds import World, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with django_db_blocker.unblock(), telling() as told:
        catch_up(dossier_id=told.world.dossier.pk)
        yield told


def get(
    world: World, name: str = "overview", query: dict[str, str] | None = None, *, htmx: bool = False
) -> HttpResponse:
    browser = Client()
    browser.force_login(world.reader)
    address = reverse(name, args=[world.dossier.slug]) + (f"?{urlencode(query)}" if query else "")
    found = browser.get(address, headers={"HX-Request": "true"} if htmx else {})
    assert isinstance(found, HttpResponse)
    return found


def words(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("name", ["overview", "claims"])
def test_every_claim_has_its_standing_and_a_mark_per_party(story: Story, name: str) -> None:
    page = get(story.world, name)
    html = page.content.decode()
    assert page.status_code == 200
    for claim in story.claims.values():
        assert claim.ref in html
    for label in ("North: denies", "South: asserts", "East: no position held", "a source of no party: asserts"):
        assert f'aria-label="{label}"' in html
    assert "+3 unknown" in words(page)
    assert f"{reverse('claim', args=[story.world.dossier.slug, story.claims['ferry'].ref])}#side-N" in html


def test_chips_narrow_the_table_and_say_how_many_they_leave(story: Story) -> None:
    page = get(story.world, query={"only": "retracted"})
    assert story.claims["drone"].ref in words(page)
    assert story.claims["beacon"].ref not in words(page)
    assert re.search(r'aria-current="true">\s*Retracted\s*<span class="n">1</span>', page.content.decode())


def test_the_table_alone_answers_htmx(story: Story) -> None:
    part = get(story.world, query={"only": "contested"}, htmx=True).content.decode()
    assert 'id="claims-list"' in part
    assert "<html" not in part


def test_who_waits_for_whom_and_who_changed_position_are_told(story: Story) -> None:
    text = words(get(story.world))
    assert "No position of South found: The Southern Assembly moved guns onto passenger ferries" in text
    assert "Northern Ministry of Defence : Northern boats laid mines in the channel denies, 9 Apr 2024, 13:00" in text


def test_tolls_are_drawn_as_stated_each_with_its_words(story: Story) -> None:
    html = get(story.world).content.decode()
    assert "at least 27 killed: Southern Assembly" in html
    assert ">≥ 27<" in html
    assert ">12–19<" in html
    assert "7 killed, children" not in html


def test_what_counts_only_new_deaths_is_no_step_of_a_toll_and_is_told_apart(story: Story) -> None:
    toll = story.claims["toll"]
    said(
        story.world,
        story.sources["south"],
        Taken("asserts", claim=toll),
        content="a further 5 people had been killed",
        named="The Assembly",
        on=11,
        figures=[FigureDraft("killed", "exactly", 5, counting="new")],
    )
    assert "5 killed" not in get(story.world).content.decode()
    reader = Client()
    reader.force_login(story.world.reader)
    page = reader.get(reverse("claim", args=[story.world.dossier.slug, toll.ref]))
    assert "5 killed (newly)" in " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_an_empty_dossier_says_what_will_stand_here() -> None:
    text = words(get(a_world()))
    assert "No claim is held here" in text
    assert "No figure of people killed is held." in text
    assert "No claim waits for an answer." in text
    assert "0 articles" in text


def test_as_of_another_time_it_shows_what_was_held_and_its_links_stay_there(story: Story) -> None:
    early = story.claims["mines"].known_from.isoformat().replace("+00:00", "Z")
    page = get(story.world, query={"known_at": early})
    assert story.claims["beacon"].ref not in words(page)
    assert story.claims["ferry"].ref in words(page)
    ahead = re.findall(r'href="(/d/[^"]+/claims/C-[^"#]+)', page.content.decode())
    assert ahead
    assert all("known_at=" in link for link in ahead)
    chips = re.findall(r'class="chip" href="([^"]+)"', page.content.decode())
    assert chips
    assert all("known_at=" in link for link in chips)


@pytest.mark.parametrize("query", [{"only": "true"}, {"before": "nowhere"}, {"known_at": "soon"}])
@pytest.mark.parametrize("name", ["overview", "claims"])
def test_what_cannot_be_read_is_refused_in_words(story: Story, name: str, query: dict[str, str]) -> None:
    page = get(story.world, name, query)
    assert page.status_code == 400
    assert re.search(r"There is no such|no time that we can read", words(page))


def test_a_filter_that_leaves_nothing_says_so() -> None:
    assert "No claim stands so" in words(get(a_world(), query={"only": "contested"}))


def test_the_pages_cost_no_more_with_many_claims_than_with_few(story: Story) -> None:
    def queries(name: str, **query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            get(story.world, name, query)
        return len(captured)

    assert queries("claims") == queries("claims", only="contested") <= 40
    assert queries("overview") <= 90
