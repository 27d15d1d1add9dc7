"""When something was said: the engine's local, half-open interval as the dossier keeps it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from apps.attribution.types import Attribution, Said
from apps.review.services.suggesting import suggest
from tests.factories.finders import Finder, found
from tests.factories.stories import a_report
from tests.factories.worlds import a_world, an_article, rendition_of

pytestmark = pytest.mark.django_db

# The article is of 12 March 2024; the dossier's days are those of Baku, four hours ahead.
END_OF_PUBLICATION = datetime(2024, 3, 12, 19, 59, 59, tzinfo=UTC)


def interval(said: Said | None) -> tuple[datetime | None, datetime]:
    world = a_world(zone="Asia/Baku")
    finder = Finder(lambda text: [with_said(text, said)])
    (one,) = suggest(rendition_of(an_article(world)), engine=finder, zone=world.dossier.zone).suggested
    draft = one.draft
    return (draft.said_from.astimezone(UTC) if draft.said_from else None), draft.said_until.astimezone(UTC)


def with_said(text: str, said: Said | None) -> Attribution:
    return replace(found(text), said=said)


def local(day: int, hour: int = 0) -> datetime:
    return datetime(2024, 3, day, hour)  # noqa: DTZ001 (as the engine gives it)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, (None, END_OF_PUBLICATION)),
        (Said(None, "unknown", None), (None, END_OF_PUBLICATION)),
        (
            Said(date(2024, 3, 11), "day", None),
            (datetime(2024, 3, 10, 20, tzinfo=UTC), datetime(2024, 3, 11, 19, 59, 59, tzinfo=UTC)),
        ),
        (
            Said(date(2024, 3, 11), "part_of_day", None, local(11, 18), local(12, 0)),
            (datetime(2024, 3, 11, 14, tzinfo=UTC), datetime(2024, 3, 11, 19, 59, 59, tzinfo=UTC)),
        ),
        (Said(None, "unknown", None, local(10), None), (datetime(2024, 3, 9, 20, tzinfo=UTC), END_OF_PUBLICATION)),
        (Said(None, "unknown", None, None, local(11)), (None, datetime(2024, 3, 10, 19, 59, 59, tzinfo=UTC))),
        (
            Said(None, "week", None, local(11), local(18)),
            (datetime(2024, 3, 10, 20, tzinfo=UTC), END_OF_PUBLICATION),
        ),
    ],
    ids=["not told", "unknown", "a day alone", "an evening", "since", "before", "a week that goes on"],
)
def test_the_interval_is_as_narrow_as_the_text_and_the_publication_allow(
    said: Said | None, expected: tuple[datetime | None, datetime]
) -> None:
    assert interval(said) == expected


def test_what_seems_said_after_it_was_printed_still_begins_before_it_ends() -> None:
    begins, ends = interval(Said(date(2024, 3, 20), "day", None, local(20), local(21)))
    assert begins is not None
    assert begins < ends


@dataclass
class Asked(Finder):
    """A finder that keeps the day of publication it was told."""

    told: list[date | None] = field(default_factory=list)

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        self.told.append(published)
        return super().extract(text, published=published, language=language)


@pytest.mark.parametrize(
    ("published", "told"), [(None, None), (datetime(2024, 4, 9, 22, tzinfo=UTC), date(2024, 4, 10))]
)
def test_only_a_day_of_publication_anchors_days_never_the_day_an_article_came_in(
    published: datetime | None, told: date | None
) -> None:
    world = a_world(zone="Asia/Baku")
    article = a_report(world, "The ministry said on Monday that the ferry had been fired on.", published=published)
    finder = Asked(lambda _text: [])

    suggest(rendition_of(article), engine=finder, zone=world.dossier.zone)

    assert finder.told == [told]
