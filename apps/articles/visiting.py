"""When to look at an article again, and whether what was found there is the article still. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from urllib.parse import urlsplit

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
AT_AGES: Final = (HOUR, 3 * HOUR, 8 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY)
"""Most corrections come within a day, and hardly any after a month."""
MONTH: Final = 30 * DAY
YEAR: Final = 365 * DAY
JITTER: Final = 0.1
"""Articles of one batch are spread over this part of each interval, so that they do not all come at once."""
CONFIRM_AFTER: Final = HOUR
"""404 (RFC 9110, 15.5.5) may pass: it counts as a removal once a second answer, so much later, says the same."""
LONGEST_AFTER_FAILURE: Final = MONTH


def next_visit(*, began: datetime, now: datetime, article_id: int) -> datetime:
    """The next time that the schedule names for an article of that age: ever more rarely, and for ever.

    ``began`` is when it was published or, if that is not known, taken in. The same article has the same moments
    whenever it is asked, so a visit that comes late moves none of those after it.
    """
    stretched = 1 + JITTER * _fraction(article_id)
    return next(moment for age in _ages() if (moment := began + age * stretched) > now)


def _ages() -> Iterator[timedelta]:
    yield from AT_AGES
    yield from (months * MONTH for months in range(1, 13))
    yield from (years * YEAR for years in count(2))


def after_failure(*, failures: int, now: datetime, article_id: int) -> datetime:
    """When to try again after so many visits in a row that failed: an hour, four, sixteen, up to a month."""
    wait = min(HOUR * 4.0 ** min(max(failures, 1) - 1, 6), LONGEST_AFTER_FAILURE)
    return now + wait * (1 + JITTER * _fraction(article_id))


def to_confirm(*, now: datetime, article_id: int) -> datetime:
    """When to ask again whether an article is not found, soon after the time that makes it a removal."""
    return now + CONFIRM_AFTER * (1 + JITTER * (0.1 + _fraction(article_id)))


def is_removed(*, status: int, now: datetime, first_missed: datetime | None) -> bool:
    """Whether an answer says that the article was removed.

    410 (Gone, RFC 9110, 15.5.11) says so at once. 404 does when the first of its run came an hour before or earlier.
    """
    return status == 410 or (first_missed is not None and now - first_missed >= CONFIRM_AFTER)


def _fraction(article_id: int) -> float:
    digest = hashlib.blake2b(str(article_id).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


LEAST_SHARE: Final = 0.2
"""A text below this part of its former length, or of what it shared with it, is taken for another page."""
LEAST_WORDS: Final = 40
"""Of a text shorter than this, lengths say little."""
_RUN = 3


def doubt(*, before: str, after: str, asked: str = "", was_at: str = "", now_at: str = "") -> str:
    """Why a page is perhaps not a correction of the article but a wall before it: a code, or empty.

    ``much_shorter``: less than a fifth of the words are left. ``another_page``: we were led to the front page of the
    site, or to another address than before (``was_at``, ``now_at``) that has hardly any of the article's words.
    """
    long_enough = len(_words(before)) >= LEAST_WORDS
    if now_at and _is_front(now_at) and asked and not _is_front(asked):
        return "another_page"
    if long_enough and len(_words(after)) < LEAST_SHARE * len(_words(before)):
        return "much_shorter"
    moved = bool(was_at and now_at) and urlsplit(was_at)[1:3] != urlsplit(now_at)[1:3]
    return "another_page" if moved and long_enough and _shared(before, after) < LEAST_SHARE else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1)}


def _shared(before: str, after: str) -> float:
    runs = _runs(before)
    return len(runs & _runs(after)) / len(runs) if runs else 1.0


def _is_front(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query
