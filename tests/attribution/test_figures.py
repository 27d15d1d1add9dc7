"""Figures: how many of whom were killed, wounded, displaced, detained or went missing, by the words of a text."""

import time

import pytest

from apps.attribution.cues import lexicon
from apps.attribution.figures import figures
from apps.attribution.segmentation import Document
from apps.attribution.types import Figure
from tests.pace import bound

Plain = tuple[str, int, int | None, str, str]


def found_in(text: str) -> list[Figure]:
    english = lexicon("en")
    assert english is not None
    return figures(Document(text), english)


def stated(text: str) -> list[Plain]:
    return [(f.measure, f.low, f.high, f.comparator, f.of_whom) for f in found_in(text)]


def counted(text: str) -> list[tuple[str, int]]:
    return [(f.measure, f.low) for f in found_in(text)]


def test_one_toll_may_hold_three_figures() -> None:
    text = "The raid killed at least 19 people on the hill side including four teachers and wounded at least 52."

    assert stated(text) == [
        ("killed", 19, None, "at_least", "people"),
        ("killed", 4, None, "exactly", "teachers"),
        ("wounded", 52, None, "at_least", ""),
    ]
    assert [f.part_of for f in found_in(text)] == [None, 0, None]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("12", 12),
        ("1,200", 1200),
        ("1.200", 1200),
        ("1 200", 1200),
        ("1\u202f200", 1200),
        ("1'200", 1200),
        ("1,250,000", 1_250_000),
        ("1.2 million", 1_200_000),
        ("half a million", 500_000),
        ("a dozen", 12),
        ("two dozen", 24),
        ("twenty-five", 25),
        ("a hundred", 100),
        ("two hundred and fifty", 250),
        ("two thousand three hundred", 2300),
        ("5 thousand", 5000),
    ],
)
def test_a_number_is_read_in_every_style(words: str, value: int) -> None:
    assert stated(f"The blast killed {words} people.") == [("killed", value, None, "exactly", "people")]


@pytest.mark.parametrize(
    ("words", "low"),
    [
        ("dozens of", 24),
        ("scores of", 40),
        ("hundreds of", 200),
        ("several hundred", 200),
        ("tens of thousands of", 20_000),
        ("hundreds of thousands of", 200_000),
    ],
)
def test_an_unspecific_plural_is_at_least_its_lower_bound(words: str, low: int) -> None:
    assert stated(f"The flood displaced {words} people.") == [("displaced", low, None, "at_least", "people")]


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("two to three", 2, 3),
        ("between 5 and 10", 5, 10),
        ("5-7", 5, 7),
        ("5–7", 5, 7),
        ("12 or 13", 12, 13),
        ("two to three thousand", 2000, 3000),
    ],
)
def test_a_range_has_two_ends(words: str, low: int, high: int) -> None:
    assert stated(f"The blast wounded {words} soldiers.") == [("wounded", low, high, "range", "soldiers")]


@pytest.mark.parametrize(
    ("words", "comparator"),
    [
        ("at least 30", "at_least"),
        ("more than 30", "at_least"),
        ("over 30", "at_least"),
        ("no fewer than 30", "at_least"),
        ("30 or more", "at_least"),
        ("up to 30", "at_most"),
        ("as many as 30", "at_most"),
        ("fewer than 30", "at_most"),
        ("no more than 30", "at_most"),
        ("some 30", "about"),
        ("nearly 30", "about"),
        ("around 30", "about"),
        ("30 or so", "about"),
        ("exactly 30", "exactly"),
        ("only 30", "exactly"),
    ],
)
def test_a_comparator_stands_before_or_behind_the_number(words: str, comparator: str) -> None:
    assert stated(f"Troops had killed {words} people.") == [("killed", 30, None, comparator, "people")]


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("40 men were injured", "wounded"),
        ("40 men were hurt", "wounded"),
        ("40 men have died", "killed"),
        ("40 men are feared dead", "killed"),
        ("40 men were left dead", "killed"),
        ("the strike claimed the lives of 40 men", "killed"),
        ("40 men lost their lives", "killed"),
        ("the brigade lost 40 men", "killed"),
        ("40 men were captured", "detained"),
        ("40 men were taken prisoner", "detained"),
        ("40 men were arrested", "detained"),
        ("40 men had gone missing", "missing"),
        ("40 men fled", "displaced"),
        ("40 men were forced to leave their homes", "displaced"),
        ("40 men in the village of Kessel were wounded", "wounded"),
        ("40 men who had been wounded were brought in", "wounded"),
        ("40 men met in the hall", "other"),
    ],
)
def test_the_words_around_a_count_name_its_measure(text: str, measure: str) -> None:
    assert stated(f"The mayor said {text}.") == [(measure, 40, None, "exactly", "men")]


@pytest.mark.parametrize(
    ("text", "figures_of_it"),
    [
        ("12 soldiers and 30 civilians were killed", [("killed", 12), ("killed", 30)]),
        ("it killed 12 soldiers and 30 civilians were wounded", [("killed", 12), ("wounded", 30)]),
        ("killing one and wounding three", [("killed", 1), ("wounded", 3)]),
        ("12 killed, 35 wounded", [("killed", 12), ("wounded", 35)]),
        ("three soldiers, two civilians and a child were killed", [("killed", 3), ("killed", 2), ("killed", 1)]),
        ("a woman and her two children were killed", [("killed", 1), ("killed", 2)]),
        ("shells hurt two men and a woman", [("wounded", 2), ("wounded", 1)]),
        ("27 soldiers killed three civilians", [("other", 27), ("killed", 3)]),
        ("no one was killed or wounded", [("killed", 0), ("wounded", 0)]),
        ("none of the passengers was hurt", [("wounded", 0)]),
        ("the blast left 31,000 customers without light and one repairman dead", [("other", 31000), ("killed", 1)]),
        ("7 people, all of them over seventy, still live there, and five were hurt", [("other", 7), ("wounded", 5)]),
        ("the dead included five children and 48 people were wounded", [("killed", 5), ("wounded", 48)]),
        ("it shot down 24 drones; the enemy said it had lost no more than three", [("other", 24), ("other", 3)]),
        ("two people she had known all her life are dead", [("killed", 2)]),
        ("17 people were treated for cuts", [("wounded", 17)]),
        ("eleven were missing. Two of those listed have been found alive", [("missing", 11), ("other", 2)]),
        ("no civilians were killed", [("killed", 0)]),
    ],
)
def test_each_count_takes_the_measure_of_its_own_words(text: str, figures_of_it: list[tuple[str, int]]) -> None:
    assert counted(f"The mayor said {text}.") == figures_of_it


def test_a_person_named_with_a_alone_is_no_figure() -> None:
    assert stated("The mayor said a woman was killed.") == []


@pytest.mark.parametrize(
    ("text", "of_whom", "low"),
    [
        ("12 tanks were destroyed", "tanks", 12),
        ("it shot down 40 drones", "drones", 40),
        ("it captured two villages", "villages", 2),
        ("the army lost 30 armoured vehicles", "armoured vehicles", 30),
        ("six houses are gone", "houses", 6),
        ("the blast left 31,000 subscribers without light", "subscribers", 31000),
    ],
)
def test_things_count_and_have_no_measure_of_their_own(text: str, of_whom: str, low: int) -> None:
    assert stated(f"The army said {text}.") == [("other", low, None, "exactly", of_whom)]


@pytest.mark.parametrize(
    "text",
    [
        "two days of killing",
        "killed on 20 September",
        "killed on September 20",
        "killed at 09:30",
        "killed in 2020",
        "killed in the 2020 war",
        "a 12-year-old boy was killed",
        "Anna Holt, 34, was killed",
        "a boy aged 12 was killed",
        "killed 40 km from Kessel",
        "killed by 155mm shells",
        "killed by 155 mm shells",
        "killed under Resolution 2334",
        "the 155th brigade was killed",
        "killed on Route 66",
        "killed under Article 5",
        "shells hit School 12",
        "killed for $5 million",
        "30 percent of the residents were killed",
        "30% of the residents were killed",
        "a third of the 120 residents fled",
        "held two summits",
        "killed in 12 attacks",
        "killed 9/11 victims",
        "killed by one of the most modern guns",
        "four in ten were killed",
        "killed before the 2016 elections",
        "captured the $7 million depot",
        "killed men over 65",
    ],
)
def test_other_numbers_are_no_figures(text: str) -> None:
    assert stated(f"The army said {text}.") == []


@pytest.mark.parametrize(
    ("text", "counting"),
    [
        ("Another 12 people were killed.", "new"),
        ("A further 12 people were killed.", "new"),
        ("At least another 12 people were killed.", "new"),
        ("12 more people were killed.", "new"),
        ("So far 12 people have been killed.", "cumulative"),
        ("The war has so far killed 12 people.", "cumulative"),
        ("12 people have been killed in all.", "cumulative"),
        ("A total of 12 people were killed.", "cumulative"),
        ("12 people have been killed in Kessel since Monday.", "cumulative"),
        ("This brings the death toll to 12.", "cumulative"),
        ("The number of dead has risen to 12.", "cumulative"),
        ("The death toll rose from 9 to 12.", "cumulative"),
        ("12 people were killed.", "unstated"),
        ("12 people were killed since it began to rain.", "unstated"),
        ("More than 12 people were killed.", "unstated"),
    ],
)
def test_a_count_is_new_or_cumulative_only_where_the_text_says_so(text: str, counting: str) -> None:
    (figure,) = found_in(text)

    assert (figure.low, figure.measure, figure.counting) == (12, "killed", counting)


@pytest.mark.parametrize(
    ("text", "of_whom"),
    [
        ("It put the number of wounded at 12.", "wounded"),
        ("It raised to 12 the number of people killed.", "people"),
        ("The number of dead since the siege began has risen to 12.", "dead"),
        ("It counts 12 dead.", "dead"),
        ("12 of the dead were deckhands.", "deckhands"),
        ("12 were killed.", ""),
    ],
)
def test_whom_a_toll_counts_may_stand_elsewhere(text: str, of_whom: str) -> None:
    (figure,) = found_in(text)

    assert (figure.low, figure.of_whom) == (12, of_whom)


def test_scores_more_beside_a_count_are_not_new() -> None:
    assert [f.counting for f in found_in("Rockets hit the pier, killing 14 people and wounding scores more.")] == [
        "unstated",
        "unstated",
    ]


def test_what_was_killed_more_and_the_total_after_it_are_told_apart() -> None:
    found = found_in("Fifteen more were killed, bringing the total to 57.")

    assert [(f.measure, f.low, f.counting) for f in found] == [("killed", 15, "new"), ("killed", 57, "cumulative")]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("27 people, including seven children, were killed.", 7),
        ("27 people, among them seven children, were killed.", 7),
        ("27 people, seven of them children, were killed.", 7),
        ("27 people (seven of them children) were killed.", 7),
        ("27 people, seven of whom were children, were killed.", 7),
        ("27 people were killed, seven of them children.", 7),
        ("27 people were killed. Seven of the dead were children.", 7),
        ("Of the 27 killed, seven were children.", 7),
        ("27 people were killed, including seven children, and a road was hit.", 7),
    ],
)
def test_a_part_names_its_whole(text: str, part: int) -> None:
    whole, of_it = found_in(text)

    assert (whole.measure, whole.low, whole.part_of) == ("killed", 27, None)
    assert (of_it.measure, of_it.low, of_it.part_of, of_it.of_whom) == ("killed", part, 0, "children")


def test_the_parts_of_one_whole_are_told_from_what_follows() -> None:
    found = found_in("27 people, including seven women and four children, were killed and 35 were wounded.")

    assert [(f.measure, f.low, f.part_of) for f in found] == [
        ("killed", 27, None),
        ("killed", 7, 0),
        ("killed", 4, 0),
        ("wounded", 35, None),
    ]


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text",
    [
        "12 " * 100_000,
        "1, 2, " * 50_000,
        "one " * 100_000,
        "one hundred " * 50_000,
        "dozens " * 100_000,
        "1'000" * 25_000,
        "1 000 " * 50_000,
    ],
)
def test_a_hundred_thousand_numbers_in_a_row_are_read_within_a_second(text: str) -> None:
    english = lexicon("en")
    assert english is not None
    doc = Document(text)
    started = time.process_time()
    figures(doc, english)

    assert time.process_time() - started < bound(1)


@pytest.mark.untraced
def test_time_grows_no_faster_than_the_text() -> None:
    english = lexicon("en")
    assert english is not None
    passage = "At least 12 people, including two children, were killed and (seven of them men) 9 hurt, so far, "

    def seconds(copies: int) -> float:
        doc = Document(passage * copies)
        started = time.process_time()
        figures(doc, english)
        return time.process_time() - started

    assert min(seconds(800) for _ in range(2)) < 8 * 3 * min(seconds(100) for _ in range(3))
