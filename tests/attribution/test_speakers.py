"""Which of a text's attributions have one speaker, with no dossier to look anybody up in."""

import pytest

from apps.attribution.engine import extractor
from apps.attribution.speakers import same_speakers

TEXTS = {
    "a full name, a last name and a pronoun": (
        "Governor Ina Sorn said the pier was shut. Sorn said it would stay so. She added that boats would come.",
        [0, 0, 0],
    ),
    "an office in other words": (
        "Orland's defence ministry said the pass was open. The Orlandi Ministry of Defence said it was quiet.",
        [0, 0],
    ),
    "two offices of one state": (
        "Orland's defence ministry said the pass was open. Orland's interior ministry said it was not.",
        [0, 1],
    ),
    "the ministry over a paragraph": (
        "Orland's health ministry said 17 had died.\n\nKessel denied that.\n\nThe ministry said two were alive.",
        [0, 1, 0],
    ),
    "a spokesman is not his ministry": (
        "Orland's army said it was quiet. “The pass is open,” said a spokesman for Orland's army.",
        [0, 1],
    ),
    "an acronym that was introduced": (
        "The Orland Red Crescent (ORC) said the tent was full. ORC said it needed water.",
        [0, 0],
    ),
    "another spelling": (
        "Major Gegham Holtyan said the road was open. Later Guegam Holtian said it was shut.",
        [0, 0],
    ),
    "two of one family": ("Anna Holt said the road was open. Bela Holt said it was shut.", [0, 1]),
    "a state and its capital": ("Iceland said the talks were over. Reykjavik said they had failed.", [0, 1]),
}


@pytest.mark.parametrize(("text", "speakers"), TEXTS.values(), ids=TEXTS.keys())
def test_attributions_of_one_speaker_have_one_number(text: str, speakers: list[int]) -> None:
    assert same_speakers(text, extractor("rules").extract(text)) == speakers


def test_what_has_no_source_has_no_speaker() -> None:
    text = "It was reported that the bridge fell. Kessel denied it."
    found = extractor("rules").extract(text)

    assert [speaker is None for speaker in same_speakers(text, found)] == [not a.source for a in found]
