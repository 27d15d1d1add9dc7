"""Every kind of page against WCAG 2.2 A and AA, as far as a machine can tell: light and dark, wide and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from apps.accounts.models import Actor, User
from apps.articles.models import Article, Intake, Poll
from apps.articles.services import following
from apps.review.models import Proposal
from apps.sources.models import Alias
from tests.browser.steps import Seat
from tests.factories.stories import Story, a_dispute
from tests.factories.worlds import TEXT, a_draft, an_article, proposed, submitted

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Axe().axe_script
STANDARD = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
WIDE, PHONE = (1440, 900), (390, 844)
Scheme = Literal["light", "dark"]
VIEWS: Sequence[tuple[tuple[int, int], Scheme, dict[str, Any]]] = (
    (WIDE, "light", STANDARD),
    (WIDE, "dark", CONTRAST),
    (PHONE, "dark", CONTRAST),
    (PHONE, "light", STANDARD),
)
"""The width changes what is there and the scheme only the colours, so in the dark only these are looked at again."""


def failings(page: Page, rules: dict[str, Any]) -> Iterator[str]:
    options = {"resultTypes": ["violations"], "runOnly": rules}
    for violation in page.evaluate("async (options) => (await axe.run(options)).violations", options):
        for node in violation["nodes"][:4]:
            yield f"{violation['id']}: {' '.join(node['target'])} {node['failureSummary'].splitlines()[-1].strip()}"


def examined(page: Page) -> list[str]:
    """What is wrong with the page that is open, in any of the views."""
    found: list[str] = []
    page.evaluate(AXE)
    for (width, height), scheme, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        where = f"{page.url} {width} {scheme}"
        found += [f"{where}: {what}" for what in failings(page, rules)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{where}: wider than the window by {over}")
    return found


def with_work(story: Story) -> tuple[Article, Proposal]:
    """An article that waits for the analyst, and a statement that waits for the editor."""
    article = an_article(story.world, TEXT, headline="Troops at the river", outlet="Strait Courier")
    proposed(article, a_draft(TEXT, kind="denial"))
    waiting = submitted(story.world, source=story.sources["south"])
    return article, waiting


def everybody_s(story: Story) -> list[str]:
    claim = "claims/C-0001/"
    source = story.sources["south"]
    alias = Alias.objects.filter(source=source)[0]
    return [
        "",
        "claims/",
        claim,
        f"{claim}graph/",
        "sources/",
        f"sources/{source.public_id}/",
        f"sources/{source.public_id}/names/{alias.public_id}/",
        "articles/",
        "articles/A-0001/",
        "search/?q=ferry",
        "history/",
    ]


def test_pages_meet_the_standard(seat: Callable[..., Seat]) -> None:
    story = a_dispute()
    world = story.world
    article, waiting = with_work(story)
    feed = following.add_feed(
        dossier=world.dossier,
        address="https://example.com/rss",
        every_seconds=900,
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    Poll.objects.create(feed=feed, at=timezone.now(), seconds=1, outcome="failed", code="timed_out", reason="Slow.")
    room = f"/d/{world.dossier.slug}/"
    visits: list[tuple[User | None, list[str]]] = [
        (None, ["/sign-in/", "/password-reset/"]),
        (world.reader, [f"{room}{path}" for path in everybody_s(story)]),
        (
            world.analyst,
            [
                f"{room}{path}"
                for path in (
                    "review/",
                    f"review/{article.ref}/",
                    f"review/{article.ref}/add/",
                    "articles/add/?by=text",
                    "articles/add/?by=addresses",
                    "articles/add/?by=file",
                    "articles/add/from/",
                    "articles/receive/",
                    "articles/coming/",
                    f"articles/coming/{Intake.objects.filter(article=article)[0].public_id}/",
                    "articles/feeds/",
                    f"articles/feeds/{feed.public_id}/",
                )
            ],
        ),
        (
            world.editor,
            [
                f"{room}{path}"
                for path in (
                    "check/",
                    f"check/{waiting.public_id}/",
                    "check/approved/",
                    f"check/{story.told['denied'].public_id}/withdraw/",
                )
            ],
        ),
        (
            world.manager,
            ["/", "/account/", "/account/keys/"]
            + [f"{room}{path}" for path in ("people/", "settings/", "settings/outlets/", "places/")],
        ),
    ]
    found: list[str] = []
    for person, paths in visits:
        sitting = seat()
        if person is not None:
            sitting.sign_in(person)
        for path in paths:
            found += examined(sitting.open(path))
    assert not found, "\n".join(found)
