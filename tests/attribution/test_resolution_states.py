"""What the tables of states and offices hold, and that every row of them does something."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from apps.attribution import lexicon as package
from apps.attribution.nations import key, nations
from apps.attribution.offices import offices, said
from apps.attribution.resolution import Name, Names, resolve

FOLDER = Path(package.__file__).parent
STATES = tomllib.loads((FOLDER / "en-nations.toml").read_text(encoding="utf-8"))
OFFICES = tomllib.loads((FOLDER / "en-offices.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", STATES["states"])
def test_a_states_government_is_found_by_its_names_demonyms_and_capitals(code: str) -> None:
    row = STATES["states"][code]
    names = Names([Name(1, f"Government of {row['names'][0]}", "official"), Name(2, "Ada Roe", "official")])

    for name in row["names"]:
        assert resolve(name, names).source_id == 1, name
    for demonym in row["demonyms"]:
        found = resolve(f"the {demonym} government", names)
        assert found.source_id == 1, demonym
    for capital in row["capitals"]:
        found = resolve(capital, names)
        assert (found.source_id, found.certain) == (1, False), capital


def test_the_table_holds_the_members_of_the_united_nations_and_those_that_are_none() -> None:
    codes = STATES["states"]

    assert sum(len(code) == 2 for code in codes) > 220
    assert {"XK", "TW", "PS", "EH", "x-abkhazia", "x-transnistria", "x-nagorno-karabakh", "x-somaliland"} <= set(codes)


@pytest.mark.parametrize(
    ("word", "of"),
    [("Congolese", 2), ("Korean", 2), ("Dominican", 2), ("Cypriot", 2), ("Icelandic", 1)],
)
def test_a_word_for_two_states_means_either(word: str, of: int) -> None:
    assert len(said(f"the {word} army").same) == of


@pytest.mark.parametrize("city", ["Jerusalem", "Brussels", "Nicosia"])
def test_a_capital_of_two_is_nobodys_where_the_dossier_has_both(city: str) -> None:
    codes = nations().capitals[key(city)]
    names = [Name(n, f"Government of {STATES['states'][code]['names'][0]}", "official") for n, code in enumerate(codes)]

    assert (resolve(city, names).source_id is None) == (len(codes) > 1)


def test_a_seat_of_power_means_its_office_else_its_government() -> None:
    defence = [Name(1, "Ministry of Health of the United States", "official")]
    government = Name(2, "Government of the United States", "official")

    assert resolve("the Pentagon", defence).source_id is None
    assert resolve("the Pentagon", [*defence, government]).source_id == 2
    assert (
        resolve("the Pentagon", [*defence, government, Name(3, "US Department of Defense", "official")]).source_id == 3
    )
    assert not resolve("the Pentagon", [government]).certain


def test_seats_and_likenesses_name_offices_there_are() -> None:
    assert {row["office"] for row in STATES["seats"].values()} - {"prime minister"} <= set(OFFICES["offices"])
    assert {row["state"] for row in STATES["seats"].values()} <= set(STATES["states"])
    assert set(OFFICES["like"]) | set(OFFICES["like"].values()) <= set(OFFICES["offices"])


def test_no_phrase_means_two_offices() -> None:
    phrases = Counter(
        key(text)
        for row in OFFICES["offices"].values()
        for text in {key(text) for text in (*row["same"], *row.get("near", ()))}
    )

    assert [phrase for phrase, count in phrases.items() if count > 1] == []
    assert all(not words or words == {word.lower() for word in words} for words in offices().words.values())
