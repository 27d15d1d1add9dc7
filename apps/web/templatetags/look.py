"""The small parts of pages: glyphs, stances, parties, standings, times, buttons. docs/interface.md shows each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Protocol, TypeAlias

from django import template
from django.forms.utils import flatatt
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from apps.claims.models import CounterKind, Stance
from apps.web import moments

register = template.Library()

SPRITE = "img/glyphs.svg"

Words: TypeAlias = str | Promise


class Party(Protocol):
    """How a party is shown: `apps.dossiers.selectors.PartyLabel` is one."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def hue(self) -> int: ...


SILENT = "silent"

STANCE_WORDS: Mapping[str, Words] = {
    **{stance.value: stance.label for stance in Stance},
    **{kind.value: kind.label for kind in CounterKind},
    SILENT: _("no position held"),
}

STANDING_WORDS: Mapping[str, Words] = {
    "none": _("No position held"),
    "conceded": _("Conceded"),
    "partly_conceded": _("Partly conceded"),
    "divided": _("Divided"),
    "retracted": _("Retracted"),
    "contested": _("Contested"),
    "denied_without_assertion": _("Denied without assertion"),
    "unanswered": _("Unanswered"),
    "uncontested": _("Uncontested"),
    "inconsistent": _("Inconsistent"),
}

STANDING_GLYPHS: Mapping[str, str] = {
    "none": SILENT,
    "conceded": "concedes",
    "partly_conceded": "partly-admits",
    "retracted": "retracts",
    "uncontested": "asserts",
}

PAIRS = frozenset({"contested", "unanswered", "denied-without-assertion", "divided", "inconsistent"})
"""Glyphs that are two stances side by side, and so wider than high."""

STANCE_KEYS: Mapping[str, str] = {
    Stance.ASSERTS: "y",
    Stance.DENIES: "d",
    Stance.PARTLY_ADMITS: "p",
    Stance.CONCEDES: "o",
    Stance.PRESUPPOSES: "u",
    Stance.EVADES: "v",
    Stance.DECLINES: "l",
    Stance.RETRACTS: "t",
}


def _symbol(name: object) -> str:
    return str(getattr(name, "value", name)).replace("_", "-")


@register.simple_tag
def glyph(name: str, label: Words = "", size: str = "") -> SafeString:
    """`{% glyph "denies" %}`: a shape of the sprite. With a label it stands alone; without, words stand beside it."""
    symbol = _symbol(name)
    classes = " ".join(filter(None, ["glyph", size, "pair" if symbol in PAIRS else "", symbol if label else ""]))
    role = format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    return format_html('<svg class="{}"{}><use href="{}#{}"/></svg>', classes, role, static(SPRITE), symbol)


@register.filter
def symbol(name: object) -> str:
    """`{{ mark.kind|symbol }}`: the id of a shape in the sprite."""
    return _symbol(name)


@register.simple_tag
def stance(kind: str, note: Words = "", plain: bool = False) -> SafeString:
    """`{% stance "denies" note="one instance" %}`: what a statement does to a claim, or a claim to a claim."""
    value = str(getattr(kind, "value", kind))
    after = format_html('<span class="aside">{}</span>', note) if note else ""
    return format_html(
        '<span class="stance{}">{}<span>{}</span>{}</span>',
        " plain" if plain else "",
        glyph(value),
        STANCE_WORDS[value],
        after,
    )


@register.simple_tag
def stance_mark(kind: str, who: Words = "") -> SafeString:
    """`{% stance_mark "denies" who=party.name %}`: the shape alone, read out as "Armenia: denies"."""
    value = str(getattr(kind, "value", kind))
    words = STANCE_WORDS[value]
    return glyph(value, label=format_html("{}: {}", who, words) if who else words)


@register.simple_tag
def stance_words(kind: str) -> Words:
    """`{% stance_words "partly_admits" %}`: "partly admits"."""
    return STANCE_WORDS[str(getattr(kind, "value", kind))]


@register.inclusion_tag("components/legend.html")
def stance_legend(silent: bool = True) -> dict[str, object]:
    """`{% stance_legend %}`: every stance with its word, under a table that shows shapes alone."""
    return {"kinds": [*Stance.values, *([SILENT] if silent else [])]}


@register.inclusion_tag("components/stances.html")
def stance_picker(name: str, value: str = "", keys: bool = True, prefix: str = "") -> dict[str, object]:
    """`{% stance_picker "stance" value="denies" %}`: one radio a stance, each with its key.

    Give ``keys=False`` to all but one picker of a page, and a ``prefix`` that keeps the ids apart.
    """
    return {
        "name": name,
        "choices": [
            {
                "value": stance.value,
                "label": _("declines") if stance is Stance.DECLINES else stance.label,
                "key": STANCE_KEYS[stance] if keys else "",
                "checked": stance.value == value,
                "id": f"{prefix or name}-{stance.value}",
            }
            for stance in Stance
        ],
    }


@register.simple_tag
def party(side: Party | None, code_only: bool = False, href: str = "") -> SafeString:
    """`{% party side %}`: its code on its hue, and its name. None is shown as belonging to no party."""
    if side is None:
        return format_html('<span class="party p0"><abbr>–</abbr><span>{}</span></span>', _("no party"))
    name = format_html('<span class="visually-hidden">{}</span>' if code_only else "<span>{}</span>", side.name)
    abbr = format_html('<abbr title="{}">{}</abbr>', side.name, side.code)
    if href:
        return format_html('<a class="party p{}" href="{}">{}{}</a>', side.hue, href, abbr, name)
    return format_html('<span class="party p{}">{}{}</span>', side.hue, abbr, name)


@register.filter
def hue(side: Party | None) -> str:
    """`class="quote {{ side|hue }}"`: p1 to p8, or p0 for what belongs to no party."""
    return f"p{side.hue}" if side is not None else "p0"


@register.simple_tag
def standing(kind: str, note: Words = "") -> SafeString:
    """`{% standing "unanswered" note="14 h" %}`: where a claim stands. Only what waits for an answer is warm."""
    value = str(getattr(kind, "value", kind))
    tone = {"unanswered": " waits", "contested": " strong", "divided": " strong", "none": " dashed"}.get(value, "")
    after = format_html(" · {}", note) if note else ""
    return format_html(
        '<span class="badge{}">{}<span>{}{}</span></span>',
        tone,
        glyph(STANDING_GLYPHS.get(value, value), size="small"),
        STANDING_WORDS[value],
        after,
    )


@register.simple_tag
def kbd(key: object) -> SafeString:
    """`{% kbd "A" %}`: a key, printed on what it presses; readers hear it from aria-keyshortcuts."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', str(key).upper() if len(str(key)) == 1 else key)


@register.simple_tag
def button(label: Words, kind: str = "", key: str = "", href: str = "", icon: str = "", **attrs: object) -> SafeString:
    """`{% button _("Accept") kind="primary" key="a" name="do" value="accept" %}`.

    A link if it has an ``href``, else a submit button. Further arguments become attributes with hyphens:
    ``hx_post=url`` is ``hx-post``; True writes a bare attribute, False, None and "" leave it out.
    """
    named = {name.replace("_", "-"): value for name, value in attrs.items() if value not in {None, ""}}
    given: dict[str, Any] = {"class": f"button {kind}".rstrip(), **named}
    if key:
        given |= {"data-key": key.lower(), "aria-keyshortcuts": key.upper()}
    content = format_html(
        "{}{}{}", glyph(f"i-{icon}") if icon else "", format_html("<span>{}</span>", label), kbd(key) if key else ""
    )
    if href:
        return format_html("<a{}>{}</a>", flatatt({**given, "href": href}), content)
    return format_html("<button{}>{}</button>", flatatt({"type": "submit", **given}), content)


def _zone(context: Context, zone: tzinfo | None) -> tzinfo:
    if zone is not None:
        return zone
    held = context.get("zone")
    return held if isinstance(held, tzinfo) else moments.here()


@register.simple_tag(takes_context=True)
def when(
    context: Context, value: datetime | date | None, style: str = "full", zone: tzinfo | None = None
) -> SafeString:
    """`{% when article.captured %}`: a time in the dossier's zone, with the zone named.

    Styles: "full" (20 Sep 2023, 15:42 Baku, UTC+4), "exact" (without the zone), "brief" (20 Sep 15:42), "day", "clock".
    All but "full" keep the zone in the title. The zone is the argument, else `zone` of the page, else the active one.
    """
    if value is None:
        return format_html('<span class="quiet">{}</span>', _("not known"))
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), moments.day(value, moments.here()))
    tz = _zone(context, zone)
    name = moments.zone_label(tz, value)
    full = f"{moments.exact(value, tz)} {name}"
    if style == "full":
        shown = format_html('{} <span class="zone">{}</span>', moments.exact(value, tz), name)
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
    words = {"exact": moments.exact, "brief": moments.brief, "day": moments.day, "clock": moments.clock}[style]
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, words(value, tz))


@register.simple_tag(takes_context=True)
def when_local(context: Context, value: datetime | None) -> str:
    """`value="{% when_local known_at %}"`: for a datetime-local input, on the zone's clock."""
    return value.astimezone(_zone(context, None)).strftime("%Y-%m-%dT%H:%M") if value else ""


@register.simple_tag(takes_context=True)
def ago(context: Context, value: datetime | None, now: datetime | None = None, bare: bool = False) -> SafeString:
    """`{% ago claim.last_word %}`: "14 h ago" (with ``bare``, "14 h"), and the exact time with its zone behind it."""
    if value is None:
        return format_html('<span class="quiet">{}</span>', _("not known"))
    moment = now or timezone.now()
    tz = _zone(context, None)
    words = moments.span(moment - value) if bare else moments.ago(value, moment)
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        value.isoformat(),
        moments.exact(value, tz),
        moments.zone_label(tz, value),
        words,
    )


@register.simple_tag(takes_context=True)
def said_when(context: Context, earliest: datetime | None, latest: datetime | None) -> str:
    """`{% said_when s.said_from s.said_until %}`: "on or before 20 Sep 2023", as closely as is known."""
    return moments.said(earliest, latest, _zone(context, None))


@register.simple_tag(takes_context=True)
def zone_name(context: Context, at: datetime | None = None) -> str:
    """`{% zone_name %}`: "Baku, UTC+4", for the head of a chart or table whose times are brief."""
    return moments.zone_label(_zone(context, None), at or timezone.now())


@register.simple_tag
def meter(value: int, top: int, label: Words) -> SafeString:
    """`{% meter done total _("5 of 14 reviewed") %}`: how far a thing has come."""
    return format_html(
        '<progress class="meter" value="{}" max="{}" aria-label="{}">{}</progress>', value, max(top, 1), label, label
    )


@register.simple_tag
def trail(*steps: Words) -> SafeString:
    """`{% trail outlet _("quotes") source %}`: through whom the words came, in order."""
    return format_html('<ol class="trail">{}</ol>', format_html_join("", "<li>{}</li>", ((step,) for step in steps)))
