"""Filling in a form of a page as a browser without JavaScript does: what the page holds is what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.test import Client
from lxml import html

Response: TypeAlias = Any
"""The test client's own response, which the stubs keep apart from Django's."""


def form_of(response: Response, *, button: str = "", value: str = "", action: str = "") -> html.FormElement:
    """The form of the page that holds the button with this name and value, or that posts to this address."""
    page = html.fromstring(response.content.decode())
    for form in page.forms:
        pressed = form.xpath(f".//button[@name='{button}'][@value='{value}']") if button else []
        if pressed or (action and form.get("action", "").endswith(action)):
            return form
    raise AssertionError(f"no form has a button {button}={value} or posts to {action}")


def values_of(form: html.FormElement) -> dict[str, list[str]]:
    """Every name with what the form would send for it."""
    found: dict[str, list[str]] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def press(
    client: Client,
    response: Response,
    button: str,
    *,
    change: Mapping[str, Any] | None = None,
    htmx: bool = False,
    follow: bool = False,
) -> Response:
    """Press the button ``do=…`` of a page, after changing some fields; a value of None unchecks one."""
    form = form_of(response, button="do", value=button)
    data: dict[str, Any] = {**values_of(form), "do": button}
    for name, value in (change or {}).items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    headers = {"hx-request": "true"} if htmx else {}
    return client.post(form.get("action"), data, headers=headers, follow=follow)


def words_of(response: Response) -> str:
    """What a person reads on the page, as one line."""
    page = html.fromstring(response.content.decode())
    for hidden in page.xpath("//script | //style | //template | //head"):
        hidden.drop_tree()
    return " ".join(page.text_content().split())
