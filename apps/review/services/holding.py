"""One person at a time reviews an article: a lease that lapses by itself. Not in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.articles.models import Article
from apps.review.models import Hold

HOLD_FOR = timedelta(minutes=30)


@transaction.atomic
def hold(*, article: Article, by: User, at: datetime) -> Hold:
    """Take or renew the hold; if somebody else has it, theirs is returned and nothing changes."""
    held, _ = (
        Hold.objects.select_for_update(of=("self",))
        .select_related("user")
        .get_or_create(article=article, defaults={"dossier_id": article.dossier_id, "user": by, "until": at + HOLD_FOR})
    )
    if held.user_id == by.pk or held.until <= at:
        held.user, held.until = by, at + HOLD_FOR
        held.save(update_fields=["user", "until"])
    return held


def release(*, article: Article, by: User) -> None:
    """Let go of an article before the hold lapses."""
    Hold.objects.filter(article=article, user=by).delete()
