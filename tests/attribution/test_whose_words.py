"""Whose words they are: to give them to the wrong speaker is worse than to find none. Each of these once went wrong."""

import pytest

from tests.attribution.reading import read

CASES = [
    (
        "Holt said: \"Ruhl told me, 'Koss will burn.'\" Ruhl has said he made no such remark.",
        [("Holt", "\"Ruhl told me, 'Koss will burn.'\""), ("Ruhl", "he made no such remark")],
    ),
    (
        '"It was an accident," said Brandt; "it was an order," said Holt.',
        [("Brandt", '"It was an accident,"'), ("Holt", '"it was an order,"')],
    ),
    (
        '"They came at night," said Odd Lien. His neighbour Rosa Pell nodded. "I heard four shots."',
        [("Odd Lien", '"They came at night,"')],
    ),
    (
        "In Koss, where Velda says rebels are hiding, Mayor Holt said she had seen only soldiers.",
        [("Velda", "rebels are hiding"), ("Mayor Holt", "she had seen only soldiers")],
    ),
    ("The road, which Velda says was mined, was open.", [("Velda", "was mined")]),
    (
        "The truck was ours, Ostria's spokesman conceded, but the driver, Velda alleges, was a spy.",
        [("Ostria's spokesman", "The truck was ours"), ("Velda", "the driver | was a spy")],
    ),
    ("Mediators quoted Brandt as having told them that he would not go.", [("Brandt", "that he would not go")]),
    ("Others blamed the bishop, who had told them to stay.", []),
    ("If Koss falls, Velda will respond, Ruhl said.", [("Ruhl", "If Koss falls, Velda will respond")]),
    ("Ruhl told the council the bridge was mined.", [("Ruhl", "the bridge was mined")]),
    ("Ruhl told Tass Ostria had fired first.", [("Ruhl", "Ostria had fired first")]),
    ("The men were taken by Velda.", []),
    ("His brother was shot by Velda in May.", []),
    ("None of the ministers admitted that it fell.", []),
]


@pytest.mark.parametrize(("text", "found"), CASES, ids=[case[0] for case in CASES])
def test_words_go_to_who_said_them(text: str, found: list[tuple[str, str]]) -> None:
    told = [(r.source, r.content) for r in read(text) if r.found.kind != "accusation" or r.source in dict(found)]

    assert [pair for pair in told if pair[0] not in ("who", "Others")] == found


def test_nobody_confirming_is_a_silence() -> None:
    (silence,) = read("No official has confirmed that the airfield was hit.")

    assert (silence.found.kind, silence.content) == ("no_comment", "that the airfield was hit")


def test_a_quotation_after_the_paragraph_of_another_is_not_carried_into_it() -> None:
    text = "The bloc begged both sides to stop.\n\nWomen held up photographs. “He was to come out on Friday.”"

    assert all("Friday" not in r.content for r in read(text))


def test_who_denies_a_figure_does_not_state_it() -> None:
    denial, claim = read("Edda Kolling denied Halvane's claim that 400 people had been killed in Wexhaven.")

    assert denial.found.figures == ()
    assert [figure.low for figure in claim.found.figures] == [400]


def test_a_denial_answers_the_very_claim_it_names() -> None:
    denial, claim = read("Edda Kolling denied Halvane's claim that 400 people had been killed in Wexhaven.")

    assert (denial.source, claim.source) == ("Edda Kolling", "Halvane")
    assert denial.found.answers[0].index == 1
    assert denial.target == "Halvane"


def test_that_nobody_could_verify_it_relays_nothing() -> None:
    _, allegation = read("Kestravia's allegations that the dam was mined could not be independently verified.")

    assert (allegation.source, allegation.found.relayed_by) == ("Kestravia", None)
