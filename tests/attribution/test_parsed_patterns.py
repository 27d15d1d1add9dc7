"""What only a parse, or a longer look around the cue, can tell: source and content in invented places."""

from pathlib import Path

import pytest
import spacy

from apps.attribution.engine import extractor
from apps.attribution.parsed_extractor import ParsedExtractor
from apps.attribution.parsing import OWN
from apps.attribution.types import ExtractorUnavailable
from tests.attribution.reading import only, read

CASES = [
    (
        "The observers, who had reached the wreck on foot, reported finding eleven satchels.",
        "The observers, who had reached the wreck on foot",
        "finding eleven satchels",
    ),
    (
        "Colonel Ash, the commander of the 3rd brigade, a unit formed last winter, said the pass was quiet.",
        "Colonel Ash, the commander of the 3rd brigade, a unit formed last winter",
        "the pass was quiet",
    ),
    (
        "Tam Orr, 52, a shopkeeper whose stall burned, said he had seen two men.",
        "Tam Orr, 52, a shopkeeper whose stall burned",
        "he had seen two men",
    ),
    (
        "The Valley Front (VF), which holds the camp, blamed the generals for the raid.",
        "The Valley Front (VF), which holds the camp",
        "the generals for the raid",
    ),
    ("The exiled assembly said it would not go home.", "The exiled assembly", "it would not go home"),
    (
        "Accusing the peacekeepers of looking away, the women of Torv blocked the gate.",
        "the women of Torv",
        "the peacekeepers of looking away",
    ),
    (
        "The minister appeared on television to say that gunboats had fired first.",
        "The minister",
        "that gunboats had fired first",
    ),
    (
        "The daily Kurier quoted an unnamed officer as saying that the bridge would fall.",
        "an unnamed officer",
        "that the bridge would fall",
    ),
    # contents that do not follow at once
    (
        "State television alleges, without any evidence, that the ship carried shells.",
        "State television",
        "that the ship carried shells",
    ),
    (
        "The border service reported late in the evening, in its last summary, that a boat had sunk.",
        "The border service",
        "that a boat had sunk",
    ),
    ("The army said this month that it had left.", "The army", "that it had left"),
    ("The envoy called on Sunday, from the cathedral steps, for a truce.", "The envoy", "a truce"),
    # passives
    (
        "Orland was accused on Monday by three neighbours of letting gunmen cross.",
        "three neighbours",
        "Orland | of letting gunmen cross",
    ),
    ("Two hijackers are said to have crossed the lake.", "", "Two hijackers | to have crossed the lake"),
    (
        "It was confirmed on Sunday by the port authority that both cranes are lost.",
        "the port authority",
        "that both cranes are lost",
    ),
    # nouns
    (
        "The navy's repeated claim, made first in April, that the trawler was armed has no support.",
        "The navy",
        "that the trawler was armed",
    ),
    ("The two states traded accusations over who had sent the drone.", "The two states", "over who had sent the drone"),
    ("The mission expressed concern over the raids.", "The mission", "over the raids"),
    # refusals
    ("The council has refused all comment on the images.", "The council", "all comment on the images"),
    ("The group would not be drawn on who dug them.", "The group", "on who dug them"),
    ("The army has yet to comment on the raid.", "The army", "on the raid"),
    ("The staff has neither confirmed nor denied that a boat was lost.", "The staff", "that a boat was lost"),
    ("There was no immediate comment from Kestran.", "Kestran", "no immediate comment"),
    ("It was not immediately clear what the drone had carried.", "", "what the drone had carried"),
    ("Police declined to release a list of names.", "Police", "to release a list of names"),
    # quotations
    ('"Choose!" bellowed the mayor.', "the mayor", '"Choose!"'),
    ("“Can we win? We can.” Anna Holt asked.", "Anna Holt", "“Can we win? We can.”"),
    ('There is no famine," the food commissioner said.', "the food commissioner", "There is no famine"),
    (
        "The governor had a blunt message for both: “Leave the valley tonight.”",
        "The governor",
        "“Leave the valley tonight.”",
    ),
    ('“It is over," he said.', "he", '“It is over,"'),
    ("14:40 All clear, the civil defence says.", "the civil defence", "All clear"),
]


@pytest.mark.parametrize(("text", "source", "content"), CASES, ids=[case[0] for case in CASES])
def test_source_and_content_are_found(text: str, source: str, content: str) -> None:
    reading = only(text)

    assert (reading.source, reading.content) == (source, content)


def test_an_inch_mark_opens_no_quotation() -> None:
    reading = only('The door is 5\'10" high. "We bump our heads," said its warden.')

    assert (reading.source, reading.content) == ("its warden", '"We bump our heads,"')


def test_a_second_verb_of_saying_ends_what_the_first_one_said() -> None:
    appeal, concern = read("The mission called for an inquiry and expressed concern over the raids.")

    assert (appeal.content, concern.source) == ("an inquiry", "The mission")


def test_what_a_quoted_speaker_reports_of_a_third_is_relayed() -> None:
    outer, inner = read("“The Kessel army says we attacked first,” Colonel Ash said.")

    assert (outer.source, inner.source) == ("Colonel Ash", "The Kessel army")
    assert inner.found.relayed_by == 0


@pytest.mark.parametrize(
    "text",
    ["“I say we stay,” she said.", "“They think it is over,” she said.", "“Nobody would say a word,” she said."],
)
def test_what_a_quoted_speaker_says_of_herself_or_of_anybodys_thoughts_is_no_relay(text: str) -> None:
    assert len(read(text)) == 1


def test_a_quotation_carried_on_goes_to_who_is_quoted_not_to_whom_the_sentence_ends_with() -> None:
    text = "“We will stay,” said Bo Ram, a deputy who has claimed that the vote was rigged. “All of us will stay on.”"

    quoted = next(r for r in read(text) if r.source.startswith("Bo Ram"))

    assert quoted.content == "“We will stay,” | “All of us will stay on.”"


def test_plain_words_that_reject_an_accusation_are_a_denial_of_the_accuser() -> None:
    text = "Velland accused Orland of shelling the market.\n\nOrland's army said its guns had not fired on the market."

    accusation, denial = read(text)

    assert (accusation.found.kind, denial.found.kind) == ("accusation", "denial")
    assert [answer.index for answer in denial.found.answers] == [0]
    assert denial.target == "Velland"


def test_a_pipeline_that_is_not_installed_is_named() -> None:
    with pytest.raises(ExtractorUnavailable, match="'xx_nowhere' is not installed") as refused:
        extractor("spacy:xx_nowhere")

    assert refused.value.code == "model_not_installed"


def test_another_pipeline_reads_under_its_own_name() -> None:
    using = extractor(f"spacy:{OWN}")

    assert using.name == f"spacy:{OWN}"
    assert using.version == ParsedExtractor().version
    assert len(using.extract("The army said it had left.")) == 1


def test_a_pipeline_without_a_parser_does_not_fit(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")

    with pytest.raises(ExtractorUnavailable, match="has no tagger and parser") as refused:
        extractor(f"spacy:{tmp_path / 'blank'}")

    assert refused.value.code == "model_not_fit"
