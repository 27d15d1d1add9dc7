"""The graph around a claim: a list for everybody, and the same drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.factories.stories import Story, telling

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with django_db_blocker.unblock(), telling() as told:
        yield told


def get(story: Story, query: str = "", claim: str = "ferry") -> HttpResponse:
    browser = Client()
    browser.force_login(story.world.reader)
    address = reverse("claim-graph", args=[story.world.dossier.slug, story.claims[claim].ref])
    found = browser.get(address + query)
    assert isinstance(found, HttpResponse)
    return found


def words(response: HttpResponse) -> str:
    html = re.sub(r"(?s)<script.*?</script>", " ", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def data(response: HttpResponse) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'(?s)<script id="graph-data" type="application/json">(.*?)</script>', response.content.decode())
    assert found is not None
    drawn: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return drawn


def test_the_list_says_who_takes_which_position_and_how_claims_stand_to_each_other(story: Story) -> None:
    text = words(get(story))
    for expected in (
        "denies no passenger vessel was fired at Tomas Veld, for Northern Ministry of Defence, 8 Apr 2024",
        "Harbour Master, as relayed by Southern Assembly",
        "undercuts this claim argued by Tomas Veld, for Northern Ministry of Defence",
        "is an instance of this claim drawn by an analyst",
        "What else is said on this claim is a step further.",
    ):
        assert expected in text


def test_the_drawing_holds_what_the_list_says(story: Story) -> None:
    drawn = data(get(story))
    claims = [node for node in drawn["nodes"] if node["type"] == "claim"]
    stances = {node["stance"] for node in drawn["nodes"] if node["type"] == "statement"}
    assert {node["ref"] for node in claims} == {
        story.claims[name].ref for name in ("ferry", "guns", "lifeboat", "wounded")
    }
    assert stances == {"asserts", "denies", "declines"}
    assert {edge["type"] for edge in drawn["edges"]} == {"position", "counter", "drawn", "between"}
    ids = {node["id"] for node in drawn["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in drawn["edges"])


def test_a_step_further_shows_what_is_said_on_the_neighbours(story: Story) -> None:
    assert "a lifeboat had been fired at" not in words(get(story))
    assert "a lifeboat had been fired at" in words(get(story, "?depth=2"))


def test_times_narrow_the_graph_and_its_links_stay_there(story: Story) -> None:
    page = get(story, "?said_until=2024-04-08T09:00:00Z")
    assert "no passenger vessel was fired at" not in words(page)
    steps = re.findall(r'class="chip" href="([^"]+)"', page.content.decode())
    assert len(steps) == 3
    assert all("said_until=" in link for link in steps)


@pytest.mark.parametrize("depth", ["0", "4", "x", "-1", "٣"])
def test_a_depth_that_is_not_offered_is_refused(story: Story, depth: str) -> None:
    page = get(story, f"?depth={depth}")
    assert page.status_code == 400
    assert "one, two or three claims deep" in words(page)


def test_a_graph_that_was_cut_says_so(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.claims.views.GRAPH_NODES", 4)
    assert "There is more around this claim than the" in words(get(story))
    assert "There is more around this claim" not in words(get(story, claim="wounded"))


def test_a_claim_alone_is_a_graph_too(story: Story) -> None:
    assert "No position on this claim is held." in words(get(story, "?depth=1", claim="wounded"))
