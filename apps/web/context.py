"""Fills the bar at the head of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.claims.news import unread
from apps.dossiers.models import Role
from apps.review.selectors import waiting
from apps.web.bar import Bar, BarLink, initials
from apps.web.http import Room

SECTIONS = (
    # (url name, section it marks as current, key)
    ("overview", "overview", "g"),
    ("review", "review", "r"),
    ("check", "check", ""),
    ("claims", "claims", ""),
    ("sources", "sources", ""),
    ("articles", "articles", ""),
    ("following", "following", ""),
)


def bar(request: HttpRequest) -> dict[str, Any]:
    """Where am I, what waits for me, find anything. Empty for those who are not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    room: Room | None = getattr(request, "room", None)
    account = (
        BarLink(_("Your account"), reverse("account")),
        BarLink(_("API keys"), reverse("keys")),
        BarLink(_("API"), reverse("api-docs")),
    )
    shared: dict[str, Any] = {
        "account": account if not user.is_staff else (*account, BarLink(_("Administration"), reverse("admin:index"))),
        "sign_out_url": reverse("sign-out"),
        "person": user.name,
        "initials": initials(user.name),
    }
    if room is None:
        return {"bar": Bar(**shared)}
    slug = room.dossier.slug
    shared["account"] = (*_about_dossier(room), *shared["account"])
    return {
        "bar": Bar(
            title=room.dossier.title,
            dossiers=(
                *(
                    BarLink(
                        a.dossier.title, reverse("overview", args=[a.dossier.slug]), a.dossier.pk == room.dossier.pk
                    )
                    for a in room.accesses
                ),
                BarLink(_("All dossiers"), reverse("home")),
            ),
            nav=_nav(request, room),
            find_url=reverse("search", args=[slug]),
            find_words=request.GET.get("q", "") if _section(request) == "search" else "",
            role=str(Role(room.role).label),
            **shared,
        )
    }


def _about_dossier(room: Room) -> tuple[BarLink, ...]:
    """What is done too seldom for the row of sections."""
    pages = [(_("History"), "history"), (_("Places"), "places")]
    if room.can_manage:
        pages += [(_("Settings"), "settings"), (_("People"), "people")]
    return tuple(BarLink(label, reverse(name, args=[room.dossier.slug])) for label, name in pages)


def _section(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.url_name.split("-")[0] if match and match.url_name else ""


def _nav(request: HttpRequest, room: Room) -> tuple[BarLink, ...]:
    labels = {
        "overview": _("Overview"),
        "review": _("Review"),
        "check": pgettext("the editor's desk", "Attribution"),
        "claims": _("Claims"),
        "sources": _("Sources"),
        "articles": _("Articles"),
        "following": _("Following"),
    }
    counts: dict[str, int] = {}
    if room.can_review:
        found = waiting(dossier_id=room.dossier.pk, user_id=request.user.pk)  # type: ignore[arg-type]
        counts = {"review": found.to_review, "check": found.to_check}
    counts |= {"following": unread(request.user.pk, [room.dossier.pk]).get(room.dossier.pk, 0)}  # type: ignore[arg-type]
    here = _section(request)
    singular = {
        "claim": "claims",
        "source": "sources",
        "article": "articles",
        "origin": "articles",
        "origins": "articles",
        "origin-copy": "articles",
        "versions": "articles",
        "versions-between": "articles",
        "intake": "articles",
        "receive": "articles",
        "as": "articles",
        "feeds": "articles",
    }
    shown = [s for s in SECTIONS if (s[0] != "review" or room.can_review) and (s[0] != "check" or room.can_check)]
    return tuple(
        BarLink(
            label=labels[name],
            url=reverse(name, args=[room.dossier.slug]),
            current=singular.get(here, here) == section,
            count=counts.get(name) or None,
            key="",
        )
        for name, section, _key in shown
    )
