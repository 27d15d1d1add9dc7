"""The card in a browser, where something is not as the analyst had it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import Actor
from apps.review.models import Proposal
from apps.review.services import judging
from apps.sources.models import Source
from tests.browser.steps import Seat, Watch
from tests.factories import worlds
from tests.factories.worlds import World

pytestmark = pytest.mark.browser


def a_card(world: World) -> tuple[str, Proposal]:
    """Where the card of a proposed statement is."""
    article = worlds.an_article(world)
    source = worlds.a_source(world, "Ministry of Defence of the North", names=[("The ministry", "short")])
    (proposal,) = worlds.proposed(article, worlds.a_draft(worlds.rendition_of(article).text), source=source)
    return f"/d/{world.dossier.slug}/review/{article.ref}/{proposal.public_id}/", proposal


def test_the_key_of_the_source_opens_its_fold_and_never_closes_it(seat: Callable[..., Seat]) -> None:
    world = worlds.a_world()
    path, _proposal = a_card(world)
    analyst = seat().sign_in(world.analyst)
    page = analyst.open(path)
    search = page.locator("#id_source_q")
    expect(search).to_be_hidden()
    for _time in range(2):
        analyst.press("s")
        expect(search).to_be_focused()
        analyst.press("Escape")
    expect(search).to_be_visible()


def test_a_refusal_is_told_on_the_card_and_accepting_again_goes_on(seat: Callable[..., Seat], watch: Watch) -> None:
    world = worlds.a_world()
    path, proposal = a_card(world)
    analyst, again = seat().sign_in(world.analyst), seat().sign_in(world.analyst)
    page = analyst.open(path)
    again.open(path)
    again.press("a")
    again.leads("All of it is reviewed")
    proposal.refresh_from_db()
    judging.send_back(
        proposal=proposal, expected_revision=2, by=Actor.person(world.editor), at=timezone.now(), note="Look again."
    )
    analyst.press("a")
    expect(page.locator("#card")).to_contain_text("Somebody changed this since you opened it.")
    expect(page.locator("#messages")).to_be_attached()
    analyst.press("a")
    analyst.leads("All of it is reviewed")
    conflicts(watch, 1)


def test_two_editors_at_one_card_are_told_and_nothing_breaks(seat: Callable[..., Seat], watch: Watch) -> None:
    world = worlds.a_world()
    _path, proposal = a_card(world)
    worlds.accept(world, proposal, source=Source.objects.get())
    one, other = seat().sign_in(world.editor), seat().sign_in(world.manager)
    path = f"/d/{world.dossier.slug}/check/{proposal.public_id}/"
    page = one.open(path)
    other.open(path)
    other.press("a")
    other.reads("Nothing waits for you")
    one.press("a")
    expect(page.locator("body")).to_contain_text("This cannot be done any more")
    expect(page.locator("#messages")).to_be_attached()
    conflicts(watch, 1)


def conflicts(watch: Watch, count: int) -> None:
    """Takes the conflicts that a test was after from what was complained of; the browser tells each twice."""
    expected = [one for one in watch.complaints if "409" in one]
    assert len(expected) == 2 * count, watch.complaints
    watch.complaints[:] = [one for one in watch.complaints if one not in expected]
