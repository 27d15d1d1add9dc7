"""The whole way, from a pasted article to the graph that a program pulls, walked by people at browsers."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.claims.models import Claim
from apps.ledger import services as ledger
from apps.sources.models import Source
from tests.browser.steps import Column, Seat, columns, select
from tests.factories.worlds import World, a_source, a_world, run_until_quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Sit = Callable[..., Seat]

TEXT = """\
The Northern Fisheries Council said on Tuesday that southern patrol boats had cut the nets of nine trawlers off \
Aldmoor, injuring at least 12 people.

The Southern Coast Guard denied that its boats had cut any nets. It added that four of its sailors had been hurt by \
stones.

The council argued that the coast guard’s admission that its boats had been in the bay was proof enough.

A notice at the pier says that dogs must be kept on a leash.

To the harbour master of Aldmoor the matter is plain: no patrol boat has passed the breakwater since Sunday."""

CUT = "Southern patrol boats cut the nets of nine trawlers off Aldmoor"
INSIDE = "Southern patrol boats were in the bay of Aldmoor"


def a_bay() -> World:
    """A dossier that knows the coast guard, and nobody else."""
    world = a_world(title="The bay of Aldmoor")
    a_source(world, "Southern Coast Guard", party=world.south, names=[("The Southern Coast Guard", "official")])
    return world


def paste(analyst: Seat, world: World, text: str, *, headline: str) -> None:
    """Give a text in, and see it arrive on a page that looks again by itself."""
    analyst.open(f"/d/{world.dossier.slug}/articles/add/?by=text")
    page = analyst.page
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_label("Headline").fill(headline)
    page.get_by_label("Outlet").fill("Aldmoor Evening")
    page.get_by_label("Published on").fill("2024-05-07")
    page.get_by_role("button", name="Preserve it").click()
    analyst.leads("On their way")
    expect(page.locator(".intake li").first).to_contain_text(headline)
    run_until_quiet()


def pulled(origin: str, path: str, key: str) -> Any:
    """What a program gets that has nothing but a key."""
    asked = urllib.request.Request(f"{origin}/api/v1{path}", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


def drawn(graph: dict[str, Any], ref: str) -> set[tuple[str, str, str]]:
    """(party, source, stance) of every position on the claim in a graph."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    said_by = {edge["source"]: nodes[edge["target"]] for edge in graph["edges"] if edge["type"] == "said_by"}
    return {
        (source["party"]["name"] if source["party"] else "No party", source["name"], edge["stance"])
        for edge in graph["edges"]
        if edge["type"] == "position" and edge["target"] == ref
        for source in [said_by[edge["source"]]]
    }


def shown(found: list[Column]) -> set[tuple[str, str, str]]:
    """The same of a claim's page."""
    return {(column.party, who, stance) for column in found for stance, who in column.positions}


def review_by_keyboard(analyst: Seat) -> None:
    """Six proposals and one by hand; nothing but keys, except to select words."""
    page = analyst.page
    analyst.leads("Statement 1 of 6")
    # A new source, and a new claim that it asserts.
    analyst.press("0", "Tab")
    analyst.type("Northern Fisheries Council")
    analyst.press("Tab")
    analyst.type("inst")
    analyst.press("Tab")
    analyst.type("N ")
    analyst.press("Escape", "n", "Tab")
    analyst.type(CUT)
    analyst.press("Escape", "y", "a")
    # A source that is held, and the claim that waits for the editor.
    analyst.leads("Statement 2 of 6")
    expect(page.locator("#card")).to_contain_text("Southern Coast Guard")
    analyst.press("1", "d", "a")
    # "It": the same speaker as above. On no claim.
    analyst.leads("Statement 3 of 6")
    expect(page.locator("#card")).to_contain_text("4 wounded")
    analyst.press("w")
    expect(page.locator("#card .field-row b").first).to_have_text("Southern Coast Guard")
    analyst.press("a")
    # Somebody who waits for the editor, too, and whose words bear the first claim out.
    analyst.leads("Statement 4 of 6")
    analyst.press("7", "1", "y", "a")
    # The relay: the machine's content ends too late, so it is marked anew in the article.
    analyst.leads("Statement 5 of 6")
    analyst.press("e")
    take(analyst, "content", "that its boats had been in the bay")
    analyst.press("n", "Tab")
    analyst.type(INSIDE)
    analyst.press("Escape", "o", "a")
    # Nobody's statement; taken back, and set aside again.
    analyst.leads("Statement 6 of 6")
    analyst.press("x")
    analyst.leads("All of it is reviewed")
    analyst.press("z")
    analyst.leads("Statement 6 of 6")
    analyst.press("x")
    analyst.leads("All of it is reviewed")


def add_by_hand(analyst: Seat) -> None:
    """What the machine did not see; the claim is found by its words."""
    page = analyst.page
    with page.expect_navigation():
        analyst.press("h")
    analyst.leads("A statement by hand")
    take(analyst, "source", "the harbour master of Aldmoor")
    take(analyst, "cue", "the matter is plain")
    take(analyst, "content", "no patrol boat has passed the breakwater since Sunday")
    analyst.press("0", "Tab")
    analyst.type("Harbour master of Aldmoor")
    analyst.press("Tab")
    analyst.type("off")
    analyst.press("Escape", "c")
    analyst.type("nets")
    expect(page.locator("#positions-0-found .option")).to_have_count(1)
    analyst.press("Tab", "ArrowUp", "ArrowUp")  # up from “no claim”, past “a new claim”
    expect(page.locator("#positions-0-found .option").get_by_role("radio")).to_be_checked()
    analyst.press("d", "a")
    analyst.leads("All of it is reviewed")


def take(analyst: Seat, role: str, words: str) -> None:
    """Select words in the article and take them for a part of the statement."""
    place = analyst.page.locator(f'[data-span="{role}"]')
    expect(place).to_be_visible()
    select(analyst.page, words)
    place.get_by_role("button", name="Take the selected words").click()
    expect(place.get_by_role("textbox")).to_have_value(words)


def check_two(editor: Seat) -> None:
    """The first is approved, the second goes back."""
    editor.follow("Check")
    with editor.page.expect_navigation():
        editor.press("j")
    page = editor.page
    expect(page.locator(".record")).to_contain_text(CUT)
    editor.press("a")
    editor.told("Approved.")
    expect(page.locator(".record")).to_contain_text("denies")
    editor.press("r")
    editor.type("Leave “that” out of what was said.")
    editor.press("Tab", "Enter")
    editor.told("Returned with your note.")


def mend(analyst: Seat, slug: str) -> None:
    """The note is seen, and heeded."""
    analyst.open(f"/d/{slug}/review/")
    with analyst.page.expect_navigation():
        analyst.press("j")
    analyst.reads("Edda Editor returned this:")
    analyst.reads("Leave “that” out of what was said.")
    analyst.press("e")
    take(analyst, "content", "its boats had cut any nets")
    analyst.press("a")
    analyst.leads("All of it is reviewed")


def check_the_rest(editor: Seat, slug: str) -> None:
    """What changed is shown; everything else of the article is approved at once."""
    editor.open(f"/d/{slug}/check/")
    editor.follow("its boats had cut any nets")
    page = editor.page
    expect(page.locator(".record del")).to_have_text("that its boats had cut any nets")
    expect(page.locator(".record ins")).to_have_text("its boats had cut any nets")
    expect(page.get_by_role("button", name="Approve all 5 of this article")).to_be_visible()
    with page.expect_navigation():
        editor.press("t")
    editor.reads("Nothing waits for you")


def a_key(person: Seat) -> str:
    """A key that is shown once."""
    page = person.open("/account/keys/")
    page.get_by_label("What it is for").fill("a notebook")
    with page.expect_navigation():
        page.get_by_role("button", name="Make it").click()
    return page.get_by_label("Key", exact=True).input_value()


def test_an_article_becomes_a_contested_claim_and_its_graph(seat: Sit) -> None:
    world = a_bay()
    slug = world.dossier.slug

    analyst = seat().sign_in(world.analyst)
    paste(analyst, world, TEXT, headline="Nets cut off Aldmoor")
    analyst.follow("6 statements proposed")
    review_by_keyboard(analyst)
    add_by_hand(analyst)
    assert not Claim.objects.exists(), "nothing is a fact before an editor approves it"

    editor = seat().sign_in(world.editor)
    check_two(editor)
    mend(analyst, slug)
    check_the_rest(editor, slug)

    reader = seat().sign_in(world.reader)
    reader.follow("The bay of Aldmoor")
    reader.follow("Claims")
    expect(reader.page.get_by_role("link", name="Review")).to_have_count(0)
    reader.follow(CUT)
    expect(reader.page.locator(".grounds .badge")).to_have_text("Contested")
    on_the_page = columns(reader.page)
    assert [column.party for column in on_the_page] == ["North", "South", "No party"]
    assert shown(on_the_page) == {
        ("North", "Northern Fisheries Council", "asserts"),
        ("South", "Southern Coast Guard", "denies"),
        ("No party", "Harbour master of Aldmoor", "denies"),
    }

    key = a_key(reader)
    graph = pulled(reader.origin, f"/dossiers/{slug}/claims/C-0001/graph?depth=1", key)
    assert drawn(graph, "C-0001") == shown(on_the_page)

    reader.open(f"/d/{slug}/claims/C-0002/")
    reader.reads("as relayed by Northern Fisheries Council")
    assert shown(columns(reader.page)) == {("South", "Southern Coast Guard", "concedes")}
    graph = pulled(reader.origin, f"/dossiers/{slug}/claims/C-0002/graph?depth=1", key)
    assert [edge["type"] for edge in graph["edges"] if edge["type"] == "relayed_by"] == ["relayed_by"]

    assert ledger.verify(dossier_id=world.dossier.pk) is None


def test_the_same_way_without_javascript(seat: Sit) -> None:
    world = a_bay()
    slug = world.dossier.slug
    analyst = seat(java_script_enabled=False).sign_in(world.analyst)
    paste(
        analyst,
        world,
        "The Northern Fisheries Council said that southern patrol boats had cut its nets.",
        headline="Nets cut again",
    )
    page = analyst.page
    analyst.reads("1 statement proposed")  # the page looks again by itself
    analyst.follow("1 statement proposed")
    page.get_by_role("radio", name="Propose a new source").check()
    page.get_by_role("textbox", name="Name", exact=True).fill("Northern Fisheries Council")
    page.get_by_role("combobox", name="Kind", exact=True).select_option("institution")
    page.get_by_role("combobox", name="Party optional").select_option(label="N · North")
    page.get_by_role("button", name="Edit spans").click()
    page.get_by_label("What was said").fill("southern patrol boats had cut its nets")
    page.get_by_role("radio", name="Make a new claim").check()
    page.get_by_role("textbox", name="Wording optional").fill(CUT)
    page.get_by_role("radio", name="asserts").check()
    page.get_by_role("button", name="Accept").click()
    analyst.leads("All of it is reviewed")

    editor = seat(java_script_enabled=False).sign_in(world.editor)
    editor.open(f"/d/{slug}/check/")
    editor.follow("southern patrol boats had cut its nets")
    expect(editor.page.locator(".record")).to_contain_text("Northern Fisheries Council")
    editor.page.get_by_role("button", name="Approve", exact=False).first.click()
    editor.reads("Nothing waits for you")
    editor.open(f"/d/{slug}/claims/C-0001/")
    assert shown(columns(editor.page)) == {("North", "Northern Fisheries Council", "asserts")}
    assert Source.objects.in_dossier(world.dossier.pk).count() == 2
