"""A denial on the desk in a browser: from what it most likely answers to a position, by keys; and fit for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.articles.models import Article
from apps.attribution.types import Answer, Attribution, Figure, Kind, Span
from apps.review.models import Proposal
from apps.review.services.judging import Taken
from apps.review.services.proposing import propose_again
from tests.browser.steps import Seat
from tests.browser.test_accessibility import examined
from tests.factories import worlds
from tests.factories.finders import Finder, found
from tests.factories.worlds import World

pytestmark = pytest.mark.browser

TEXT = (
    "The harbour office said that troops had crossed the river.\n\n"
    "The ministry denied that its troops had left the barracks or that nine people were hurt."
)
CONTENT = "its troops had left the barracks or that nine people were hurt"
NINE = Figure("wounded", 9, None, "exactly", "people", Span(0, 1), counting="new")


def both(text: str) -> list[Attribution]:
    asserted = found(
        text, source="The harbour office", cue="said", content="troops had crossed the river", kind=Kind.ASSERTION
    )
    return [asserted, found(text, content=CONTENT, answers=[Answer(0, "both are about troops", 0.8)], figures=[NINE])]


def a_denial(world: World) -> tuple[Article, Proposal, Proposal]:
    """An article with an assertion that the analyst accepted, and the denial that most likely answers it."""
    article = worlds.an_article(world, TEXT)
    source = worlds.a_source(world, "Ministry of Defence of the North", names=[("The ministry", "short")])
    claim = worlds.a_claim(world, "A crossing took place")
    propose_again(rendition=worlds.rendition_of(article), engine=Finder(both), at=timezone.now())
    asserted, denial = Proposal.objects.attributions().filter(article=article).order_by("begins")
    worlds.accept(world, asserted, source=source, positions=[Taken("asserts", claim=claim)])
    return article, asserted, denial


def test_a_key_takes_the_claim_that_it_denies_and_another_accepts_it(seat: Callable[..., Seat]) -> None:
    world = worlds.a_world()
    article, _asserted, denial = a_denial(world)
    analyst = seat().sign_in(world.analyst)
    page = analyst.open(f"/d/{world.dossier.slug}/review/{article.ref}/{denial.public_id}/")
    chosen = page.locator("input[name='positions-0-claim']:checked")
    expect(chosen).to_have_value("none")
    analyst.press("r")
    expect(chosen).to_have_value("C-0001")
    expect(page.locator("#card")).to_contain_text("denied below")
    expect(page.locator("input[name='positions-0-stance']:checked")).to_have_value("denies")
    analyst.press("a")
    analyst.leads("All of it is reviewed")
    link = denial.revisions.get(number=2).links.get()
    assert (link.claim and link.claim.ref, link.stance) == ("C-0001", "denies")


def test_what_it_answers_is_opened_and_marked_from_the_card(seat: Callable[..., Seat]) -> None:
    world = worlds.a_world()
    article, asserted, denial = a_denial(world)
    analyst = seat().sign_in(world.analyst)
    page = analyst.open(f"/d/{world.dossier.slug}/review/{article.ref}/{denial.public_id}/")
    page.locator("#card dd").get_by_role("link", name="statement 1").click()
    analyst.leads("Statement 1 of 2")
    expect(page.locator("[data-active]")).to_have_attribute("data-active", str(asserted.public_id))
    assert page.url.endswith(f"{asserted.public_id}/")


def test_cards_with_answers_and_texts_that_nobody_read_meet_the_standard(seat: Callable[..., Seat]) -> None:
    world = worlds.a_world()
    article, asserted, denial = a_denial(world)
    unread = worlds.an_article(world, "Министерство отрицало, что войска перешли реку.")
    propose_again(rendition=worlds.rendition_of(unread), engine=Finder(), at=timezone.now())
    analyst = seat().sign_in(world.analyst)
    room = f"/d/{world.dossier.slug}"
    wrong: list[str] = []
    for path in (
        f"review/{article.ref}/{denial.public_id}/",
        f"review/{article.ref}/{asserted.public_id}/",
        f"review/{unread.ref}/",
        f"articles/{unread.ref}/",
    ):
        page = analyst.open(f"{room}/{path}")
        page.locator("#card details").evaluate_all("folds => folds.forEach(fold => { fold.open = true; })")
        wrong += examined(page)
    assert not wrong, "\n".join(wrong)
