"""Twins that wait for an editor: what is approved of an article's earlier text, where it stands in the later one."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.articles.models import Article
from apps.articles.reading import latest_renditions
from apps.review.drafts import AttributionDraft
from apps.review.models import Proposal, Revision
from apps.review.permissions import contributed
from apps.review.reading import latest_revisions
from apps.review.rules import same_words
from apps.review.selectors import twins_to_approve

MOST_TWINS = 200


@dataclass(frozen=True)
class Twin:
    """A twin, what it says and said; ``exact`` if those are the very words."""

    proposal: Proposal
    words: str
    before: str
    exact: bool


@dataclass(frozen=True)
class TwinGroup:
    """An article whose later version waits to be compared: what is there word for word, and what is nearly."""

    article: Article
    headline: str
    exact: tuple[Twin, ...]
    near: tuple[Twin, ...]


def twin_groups(dossier_id: int, *, user: User) -> tuple[TwinGroup, ...]:
    """Twins to approve, by article, two hundred at most; none that this person contributed to. Six queries."""
    waiting = twins_to_approve(dossier_id).select_related("article").order_by("article_id", "begins", "pk")
    rows = list(waiting[:MOST_TWINS])
    mine = contributed(user=user, proposal_ids=[row.pk for row in rows])
    revisions = latest_revisions([pk for row in rows for pk in (row.pk, row.twin_of_id) if pk is not None])
    heads = latest_renditions([row.article_id for row in rows if row.article_id is not None])
    groups: dict[int, tuple[Article, list[Twin]]] = {}
    for row in rows:
        if row.article is not None and row.pk not in mine:
            held = groups.setdefault(row.article.pk, (row.article, []))
            held[1].append(_twin(row, revisions[row.pk], revisions[row.twin_of_id or 0]))
    return tuple(
        TwinGroup(
            article=article,
            headline=heads[article.pk].headline if article.pk in heads else "",
            exact=tuple(one for one in twins if one.exact),
            near=tuple(one for one in twins if not one.exact),
        )
        for article, twins in groups.values()
    )


def _twin(row: Proposal, now: Revision, was: Revision) -> Twin:
    draft, before = AttributionDraft.read(now.body), AttributionDraft.read(was.body)
    same = all(same_words(draft.spans, before.spans, role=role) for role in ("source", "cue", "content"))
    return Twin(proposal=row, words=draft.words("content"), before=before.words("content"), exact=same)
