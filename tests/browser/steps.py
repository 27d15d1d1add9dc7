"""What a person does at a browser, and what is watched meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from apps.accounts.models import User
from tests.factories.worlds import PASSWORD

PATIENCE = 30_000
"""Milliseconds within which a page must do what it was asked to."""

SELECT = """(words) => {
    for (const paragraph of document.querySelectorAll("p")) {
        const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT, (node) =>
            node.parentElement.closest(".n") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
        const nodes = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
        const start = nodes.map((node) => node.data).join("").indexOf(words);
        if (start < 0) continue;
        const point = (offset) => {
            for (const node of nodes) {
                if (offset <= node.data.length) return [node, offset];
                offset -= node.data.length;
            }
        };
        const range = document.createRange();
        range.setStart(...point(start));
        range.setEnd(...point(start + words.length));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return true;
    }
    return false;
}"""


def select(page: Page, words: str) -> None:
    """Selects words that lie in one paragraph, through whatever elements they run."""
    assert page.evaluate(SELECT, words), f"no paragraph holds “{words}”"


@dataclass
class Watch:
    """Collects what no page may do.

    Errors and warnings on the console, among them every refusal of the content security policy; errors in a script; an
    answer that refuses or fails; a request to another host.
    """

    origin: str
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.complaints.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"answered {response.status}: {response.url}")


@dataclass
class Seat:
    """A browser of one person's own."""

    page: Page
    origin: str

    @classmethod
    def taken(cls, browser: Browser, origin: str, watch: Watch, **options: Any) -> Seat:
        """With the options of Playwright's ``new_context``."""
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch.over(page)
        return cls(page, origin)

    def sign_in(self, person: User) -> Seat:
        """Through the form, as everybody."""
        self.page.goto(f"{self.origin}/sign-in/")
        self.page.get_by_label("E-mail address").fill(person.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        return self

    def open(self, path: str) -> Page:
        """Go to an address that must be there."""
        answer = self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def follow(self, name: str) -> None:
        """The link of that name, and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).click()

    def press(self, *keys: str) -> None:
        """Keys, one after the other; what is longer than a key's name is typed."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def leads(self, words: str) -> None:
        """The heading of the card, or of the page, comes to say this."""
        expect(self.page.locator("#card-head, h1").filter(has_text=words)).to_be_visible(timeout=PATIENCE)

    def told(self, words: str) -> None:
        """A message says this; it is put away."""
        message = self.page.locator("#messages").get_by_text(words)
        expect(message).to_be_visible(timeout=PATIENCE)

    def reads(self, words: str) -> None:
        """The page comes to show these words."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)


@dataclass(frozen=True)
class Column:
    """One party on a claim's page: its name, and a (stance, source) for each of its positions."""

    party: str
    positions: Sequence[tuple[str, str]]


def columns(page: Page) -> list[Column]:
    """What a claim's page shows, column by column."""
    found = page.locator("#sides > section").evaluate_all(
        """(sections) => sections.map((section) => ({
            party: section.getAttribute("aria-label"),
            positions: [...section.querySelectorAll(":scope > .quote")].map((quote) => [
                quote.querySelector(".stance").textContent.trim(),
                quote.querySelector("footer b").textContent.trim(),
            ]),
        }))"""
    )
    return [Column(one["party"], [(stance, who) for stance, who in one["positions"]]) for one in found]
