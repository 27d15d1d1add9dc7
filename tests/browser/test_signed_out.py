"""A text that is sent when its person has been signed out meanwhile is not lost, and shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.articles.models import Intake
from tests.browser.steps import PATIENCE, Seat, Watch
from tests.factories.worlds import PASSWORD, World, a_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "The ministry denied on Tuesday that its troops had crossed the river. Nobody else was asked."


def sends_when_signed_out(sitting: Seat, world: World) -> Page:
    """The text is typed by the analyst, and what comes then is the page to sign in."""
    page = sitting.open(f"/d/{world.dossier.slug}/articles/add/?by=text")
    page.get_by_label("Outlet").fill("Strait Courier")
    page.get_by_label("Text", exact=True).fill(WORDS)
    Session.objects.all().delete()
    page.get_by_role("button", name="Preserve it").click()
    page.wait_for_url(lambda url: "/sign-in/" in url)
    return page


def signs_in(page: Page, person: User) -> None:
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def test_a_text_sent_when_signed_out_is_in_the_form_again_and_goes_once_sent(seat: Callable[..., Seat]) -> None:
    world = a_world()
    sitting = seat()
    sitting.sign_in(world.analyst)
    page = sends_when_signed_out(sitting, world)
    assert not Intake.objects.exists()
    signs_in(page, world.analyst)
    expect(page.get_by_label("Text", exact=True)).to_have_value(WORDS, timeout=PATIENCE)
    expect(page.get_by_label("Outlet")).to_have_value("Strait Courier")
    sitting.told("This was not taken, as you had been signed out")
    with page.expect_navigation():
        page.get_by_role("button", name="Preserve it").click()
    assert Intake.objects.count() == 1
    page = sitting.open(f"/d/{world.dossier.slug}/articles/add/?by=text")
    expect(page.get_by_label("Text", exact=True)).to_have_value("")


def test_a_text_refused_as_its_form_was_too_old_is_in_the_form_once_that_is_reloaded(
    seat: Callable[..., Seat], watch: Watch
) -> None:
    world = a_world()
    sitting = seat()
    sitting.sign_in(world.analyst)
    add = f"/d/{world.dossier.slug}/articles/add/?by=text"
    page = sitting.open(add)
    page.get_by_label("Text", exact=True).fill(WORDS)
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Preserve it").click()
    sitting.leads("The form was too old")
    watch.complaints.clear()  # of this refusal
    page = sitting.open(add)
    expect(page.get_by_label("Text", exact=True)).to_have_value(WORDS, timeout=PATIENCE)


def test_another_person_at_the_same_browser_is_not_shown_it(seat: Callable[..., Seat]) -> None:
    world = a_world()
    sitting = seat()
    sitting.sign_in(world.analyst)
    page = sends_when_signed_out(sitting, world)
    signs_in(page, world.manager)
    expect(page.get_by_label("Text", exact=True)).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('counterclaim-kept')") is None


def test_addresses_that_were_taken_are_not_offered_again(seat: Callable[..., Seat]) -> None:
    world = a_world()
    sitting = seat()
    sitting.sign_in(world.analyst)
    page = sitting.open(f"/d/{world.dossier.slug}/articles/add/?by=addresses")
    page.get_by_role("textbox", name="Addresses").fill("http://10.0.0.1/a\nhttp://10.0.0.1/a")
    with page.expect_navigation():
        page.get_by_role("button", name="Preserve them").click()
    sitting.leads("Add an article")
    sitting.reads("stands further up in this list")
    expect(page.get_by_role("textbox", name="Addresses")).to_have_value("")
    expect(page.get_by_text("This was not taken")).to_have_count(0)
    assert Intake.objects.count() == 1
