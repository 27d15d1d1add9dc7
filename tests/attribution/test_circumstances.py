"""What goes with an attribution: figures, the day, the channel, the target, the antecedent."""

from datetime import date

import pytest

from apps.attribution.types import Figure
from tests.attribution.reading import only, read

PUBLISHED = date(2024, 5, 8)  # a Wednesday


def _stated(text: str) -> list[tuple[str, int, int | None, str, str]]:
    def plain(figure: Figure) -> tuple[str, int, int | None, str, str]:
        return figure.measure, figure.low, figure.high, figure.comparator, figure.of_whom

    return [plain(figure) for figure in only(text).found.figures]


def test_one_toll_may_hold_three_figures() -> None:
    assert _stated("The raid killed at least 19 people including four teachers and wounded at least 52, Orr said.") == [
        ("killed", 19, None, "at_least", "people"),
        ("killed", 4, None, "exactly", "teachers"),
        ("wounded", 52, None, "at_least", ""),
    ]


@pytest.mark.parametrize(
    ("content", "figure"),
    [
        ("two men had been killed", ("killed", 2, None, "exactly", "men")),
        ("between 30 and 40 people were killed", ("killed", 30, 40, "range", "people")),
        ("more than 2,000 people had fled", ("displaced", 2000, None, "at_least", "people")),
        ("some two dozen soldiers were missing", ("missing", 24, None, "about", "soldiers")),
        ("up to twenty-five rebels were detained", ("detained", 25, None, "at_most", "rebels")),
        ("the death toll had risen to 57", ("killed", 57, None, "exactly", "")),
        ("about 3 thousand families lived there", ("other", 3000, None, "about", "families")),
    ],
)
def test_a_figure_has_a_measure_a_comparator_and_those_it_counts(
    content: str, figure: tuple[str, int, int | None, str, str]
) -> None:
    assert _stated(f"The ministry said that {content}.") == [figure]


def test_each_verb_counts_its_own() -> None:
    assert _stated("The army said it had killed 15 militants and captured three others.") == [
        ("killed", 15, None, "exactly", "militants"),
        ("detained", 3, None, "exactly", "others"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "it had held two summits in October 2022",
        "the front was 40 km away after 3 days of killing",
        "the talks of 20 September had failed",
    ],
)
def test_other_numbers_are_no_figures(content: str) -> None:
    assert _stated(f"The ministry said that {content}.") == []


@pytest.mark.parametrize(
    ("when", "on"),
    [
        ("on Tuesday", date(2024, 5, 7)),
        ("on Wednesday", date(2024, 5, 8)),
        ("on Thursday", date(2024, 5, 2)),
        ("yesterday", date(2024, 5, 7)),
        ("on 3 May", date(2024, 5, 3)),
        ("on April 30, 2023", date(2023, 4, 30)),
    ],
)
def test_a_day_is_read_against_the_day_of_publication(when: str, on: date) -> None:
    said = only(f"The road was open, the ministry said {when}.", published=PUBLISHED).found.said

    assert said is not None
    assert (said.on, said.precision) == (on, "day")


def test_a_day_without_a_day_of_publication_keeps_its_words_only() -> None:
    text = "The road was open, the ministry said on Tuesday."
    said = only(text).found.said

    assert said is not None
    assert said.words is not None
    assert (said.on, said.precision) == (None, "unknown")
    assert text[said.words.start : said.words.end] == "Tuesday"


def test_a_day_that_does_not_exist_is_no_day() -> None:
    said = only("The road was open, the ministry said on 31 February 2024.", published=PUBLISHED).found.said

    assert said is not None
    assert (said.on, said.precision) == (None, "unknown")


def test_the_first_day_of_the_calendar_has_no_yesterday() -> None:
    said = only("The road was open, the ministry said yesterday.", published=date.min).found.said

    assert said is not None
    assert said.on is None


@pytest.mark.parametrize(
    ("words", "channel"),
    [
        ("said on X", "x"),
        ("said in a post on X, formerly Twitter", "x"),
        ("wrote on Twitter", "x"),
        ("tweeted", "x"),
        ("said on Telegram", "telegram"),
        ("said in a statement on its Telegram channel", "telegram"),
        ("said in a Facebook post", "facebook"),
        ("posted on Facebook", "facebook"),
        ("told a news conference", "press_conference"),
        ("said in an interview", "interview"),
        ("said in a television interview", "interview"),
        ("said on state television", "broadcast"),
        ("said on the radio", "radio"),
        ("said in its daily bulletin", "bulletin"),
        ("said at a briefing", "briefing"),
        ("said in a letter to the council", "letter"),
        ("said in a court filing", "court_filing"),
        ("told the UN Security Council", "un_security_council"),
        ("said at a meeting of the Security Council", "un_security_council"),
        ("said in a letter to the Security Council", "letter"),
        ("said by phone", "phone_call"),
        ("said in a statement", "statement"),
        ("told reporters", None),
        ("said", None),
    ],
)
def test_the_channel_stands_beside_the_cue(words: str, channel: str | None) -> None:
    assert only(f"The road was open, the ministry {words}.").found.channel == channel


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("In a statement on Telegram, the army said the road was open.", "telegram"),
        ("The army, in a letter to the mayor, denied that it had fired.", "letter"),
        ("The army's statement said that the road was open.", "statement"),
        ("A letter from the army said that the road was open.", "letter"),
        ("The army demanded in a statement the release of its envoys.", "statement"),
        ("“My door is open,” she said in an interview, before she filmed it for Facebook.", "interview"),
        ("On Monday x people left, the army said.", None),
        ("The army said that the Telegram post was false.", None),
        ("The army did not respond to requests for an interview.", None),
        ("The guard counted nine wounded, in a bulletin pushed under doors.", "bulletin"),
        ("The army, which had put up a post on Facebook and left, said the road was open.", None),
    ],
)
def test_the_channel_stands_in_the_reporting_clause_and_nowhere_else(text: str, channel: str | None) -> None:
    assert only(text).found.channel == channel


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Velland accused Orland of shelling a school.", "Orland"),
        ("Velland accused the army of Orland of having shelled a school.", "the army of Orland"),
        ("Velland blamed rebels for the blast.", "rebels"),
        ("Velland alleged that Orland had shelled a school.", "Orland"),
        ("Sudland urged both sides to stop.", "both sides"),
        ("Sudland urged restraint.", None),
        ("Velland said that Orland had shelled a school.", None),
    ],
)
def test_the_target_is_whom_the_words_accuse_or_address(text: str, target: str | None) -> None:
    assert only(text).target == target


STORY = (
    "Orland's defence ministry spokesperson Anna Holt denied that troops had fired.\n\n"
    "“Nobody fired,” she said.\n\n"
    "The Velland human rights office said that a clinic was hit. It also accused Orland of lying.\n\n"
    "The office said that ten witnesses had come. They said the guns were near.\n\n"
    "Holt said that this was false."
)


def test_pronouns_and_short_names_are_traced_to_the_fuller_mention_before() -> None:
    traced = {
        (reading.source, reading.cue): reading.found.antecedent.surface
        for reading in read(STORY)
        if reading.found.antecedent
    }

    assert traced["she", "said"] == "Orland's defence ministry spokesperson Anna Holt"
    assert traced["It", "accused"] == "The Velland human rights office"
    assert traced["The office", "said"] == "The Velland human rights office"
    assert traced["Holt", "said"] == "Orland's defence ministry spokesperson Anna Holt"


def test_an_antecedent_says_why_and_where_it_stands() -> None:
    found = next(r.found.antecedent for r in read(STORY) if r.source == "she")

    assert found is not None
    assert STORY[found.span.start : found.span.end] == found.surface
    assert found.name == "Anna Holt"
    assert "person" in found.reason


def test_a_pronoun_without_anybody_before_it_stays_unresolved() -> None:
    assert only("“Nobody fired,” he said.").found.antecedent is None
