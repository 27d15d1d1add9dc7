"""Asking a feed before its time."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from apps.articles.models import Feed
from apps.core.errors import Conflict


def ask_now(*, feed: Feed, at: datetime) -> None:
    """Make a feed due. Whoever is asking it at this moment finishes first; a paused one has to be resumed."""
    if not Feed.objects.filter(pk=feed.pk, active=True).update(next_poll=at):
        raise Conflict(_("This feed is paused: resume it to have it asked."), code="feed_paused")
