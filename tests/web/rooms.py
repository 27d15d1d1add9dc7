"""Doors into a world: a signed-in browser for each of its people, and its addresses."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from tests.factories.worlds import World


def browser(person: User, *, csrf: bool = False) -> Client:
    """Somebody signed in."""
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(world: World, name: str, **parts: Any) -> str:
    """The address of a page of the world's dossier."""
    return reverse(name, kwargs={"slug": world.dossier.slug, **parts})


def html(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def queries(client: Client, address: str) -> int:
    """How many queries a page takes; the page must be there."""
    client.get(address)  # the first asks for the session and such
    with CaptureQueriesContext(connection) as taken:
        response = client.get(address)
    assert response.status_code == 200, response.status_code
    return len(taken)
