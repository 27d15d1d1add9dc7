"""Days on a dossier's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a day in a zone, however many hours the day has there."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)
