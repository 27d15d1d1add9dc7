"""Which known source a mention names, why, and whether a person has to decide."""

import pytest

from apps.attribution.resolution import Name, fold, resolve

HOLT, MINISTRY, STATE, OFFICE, ENVOY = 1, 2, 3, 4, 5
NAMES = [
    Name(HOLT, "Gegham Holtyan", "official"),
    Name(MINISTRY, "Ministry of Defence of Orland", "official"),
    Name(MINISTRY, "OMD", "acronym"),
    Name(STATE, "Government of Orland", "official"),
    Name(STATE, "Port Orr", "metonym"),
    Name(OFFICE, "Upper-Kessel", "short"),
    Name(ENVOY, "Sudland's ambassador to Velland", "role"),
]


@pytest.mark.parametrize(
    ("mention", "source", "certain", "reason"),
    [
        ("Ministry of Defence of Orland", MINISTRY, True, "exactly"),
        ("the ministry of defense of Orland", MINISTRY, True, "but for case"),
        ("Orland’s defence ministry", MINISTRY, True, "other order"),
        ("OMD", MINISTRY, True, "acronym"),
        ("Upper Kessel", OFFICE, True, "but for case"),
        ("Gegham Holtyan, who was abroad", HOLT, True, "exactly"),
        ("ministry spokesperson Gegham Holtyan", HOLT, True, "a title"),
        ("a certain Gegham Holtyan", HOLT, False, "ends in"),
        ("Guegam Holtian", HOLT, False, "transliteration"),
        ("Гегам Холтян", HOLT, False, "transliteration"),
        ("Port Orr", STATE, False, "metonym"),
        ("Orland's defence ministry spokesperson", MINISTRY, False, "speaks for"),
        ("Sudland's ambassador to Velland", ENVOY, False, "role"),
    ],
)
def test_a_mention_is_resolved_with_its_reason(mention: str, source: int, certain: bool, reason: str) -> None:
    found = resolve(mention, NAMES)

    assert found.source_id == source
    assert found.certain is certain
    assert reason in found.reason


@pytest.mark.parametrize(
    "mention",
    [
        "Velland",
        "",
        "he",
        "the president of the Government of Orland",
        "Velland's ambassador to Sudland",
        "Gegham Smith",
        "“”",
        "x" * 10_000,
    ],
)
def test_what_fits_nobody_stays_unresolved_and_says_so(mention: str) -> None:
    found = resolve(mention, NAMES)

    assert found.source_id is None
    assert found.certain is False
    assert found.reason


def test_a_name_of_two_sources_is_nobodys() -> None:
    found = resolve("the press office", [Name(1, "Press Office", "short"), Name(2, "press office", "short")])

    assert found.source_id is None
    assert "more than one" in found.reason


def test_a_proper_name_wins_over_a_metonym_of_the_same_source() -> None:
    found = resolve("Port Orr", [Name(3, "Port Orr", "metonym"), Name(3, "Port Orr", "short")])

    assert (found.source_id, found.certain) == (3, True)


def test_a_pronoun_is_resolved_through_its_antecedent_and_never_for_certain() -> None:
    found = resolve("he", NAMES, antecedent="ministry spokesperson Gegham Holtyan")

    assert (found.source_id, found.certain) == (HOLT, False)
    assert "“he” repeats" in found.reason


def test_an_antecedent_nobody_knows_helps_nothing() -> None:
    found = resolve("she", NAMES, antecedent="a passer-by")

    assert found.source_id is None
    assert "a passer-by" in found.reason


def test_folding_leaves_the_words_that_matter() -> None:
    assert fold("The Ministère-d’État’s") == fold("ministere d'etat")


def test_a_state_may_be_somebodys_first_name() -> None:
    names = [Name(1, "Jordan Velmar", "official"), Name(2, "Government of Jordan", "official")]

    assert resolve("Velmar", names).source_id == 1
    assert resolve("Minister Jordan Velmar", names).certain
    assert resolve("Jordan", names).source_id == 2
