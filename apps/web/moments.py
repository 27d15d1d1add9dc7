"""Times in words: in the dossier's zone, with the zone named."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def zone_label(zone: tzinfo, at: datetime) -> str:
    """What a clock in the zone is called then: "Baku, UTC+4", or "UTC"."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    city = str(zone).rsplit("/", 1)[-1].replace("_", " ")
    if city in {"UTC", "GMT", "Zulu", "UCT"}:
        return "UTC"
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    shift = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
    return shift if city.startswith("UTC") else f"{city}, {shift}"


def day(value: date | datetime, zone: tzinfo) -> str:
    """ "20 Sep 2023", on the zone's calendar."""
    local = value.astimezone(zone) if isinstance(value, datetime) else value
    return date_format(local, pgettext("date format", "j M Y"))


def exact(value: datetime, zone: tzinfo) -> str:
    """ "20 Sep 2023, 15:42", on the zone's clock and without its name."""
    return date_format(value.astimezone(zone), pgettext("date format", "j M Y, H:i"))


def brief(value: datetime, zone: tzinfo) -> str:
    """ "20 Sep 15:42": where the year and the zone are told elsewhere on the page."""
    return date_format(value.astimezone(zone), pgettext("date format", "j M H:i"))


def clock(value: datetime, zone: tzinfo) -> str:
    """ "15:42"."""
    return date_format(value.astimezone(zone), pgettext("date format", "H:i"))


def span(passed: timedelta) -> str:
    """How long, in the largest unit that says it: "40 min", "14 h", "12 days", "5 months", "2 years"."""
    seconds = max(0, int(passed.total_seconds()))
    days = seconds // _DAY
    if seconds < _MINUTE:
        return _("under a minute")
    if seconds < _HOUR:
        return _("%(n)d min") % {"n": seconds // _MINUTE}
    if days < 2:
        return _("%(n)d h") % {"n": seconds // _HOUR}
    if days < 60:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < 730:
        return ngettext("%(n)d month", "%(n)d months", days // 30) % {"n": days // 30}
    return ngettext("%(n)d year", "%(n)d years", days // 365) % {"n": days // 365}


def ago(value: datetime, now: datetime) -> str:
    """ "4 min ago", "just now", or "in 2 h" for what is still to come."""
    if value > now:
        return _("in %(span)s") % {"span": span(value - now)}
    if now - value < timedelta(minutes=1):
        return _("just now")
    return _("%(span)s ago") % {"span": span(now - value)}


def said(earliest: datetime | None, latest: datetime | None, zone: tzinfo) -> str:
    """When words were uttered, as closely as is known: a moment, a day, an interval, a bound, or not known.

    Both ends are inclusive. An interval that is one whole day on the zone's calendar is that day.
    """
    if earliest is None and latest is None:
        return _("not known")
    if earliest is None:
        assert latest is not None
        return _("on or before %(day)s") % {"day": day(latest, zone)}
    if latest is None:
        return _("on or after %(day)s") % {"day": day(earliest, zone)}
    if latest - earliest < timedelta(minutes=1):
        return exact(earliest, zone)
    if day(earliest, zone) == day(latest, zone):
        if latest - earliest >= timedelta(hours=23):
            return day(earliest, zone)
        return _("%(day)s, between %(from)s and %(to)s") % {
            "day": day(earliest, zone),
            "from": clock(earliest, zone),
            "to": clock(latest, zone),
        }
    return _("between %(from)s and %(to)s") % {"from": day(earliest, zone), "to": day(latest, zone)}


def here() -> tzinfo:
    """The zone in force for this request: middleware activates the dossier's."""
    return timezone.get_current_timezone()
