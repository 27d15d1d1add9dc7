"""One way of reporting speech after another, in invented places: source, cue, content, kind and quotation."""

import pytest

from apps.attribution.engine import UnknownExtractor, extractor
from tests.attribution.reading import only, read

PHENOMENA = [
    pytest.param(
        "Orland's defence ministry said on Tuesday that its forces had repelled an attack near Kessel.",
        ("Orland's defence ministry", "said", "that its forces had repelled an attack near Kessel"),
        ("assertion", "indirect"),
        id="a that-clause after the day it was said",
    ),
    pytest.param(
        "The army said it had left the valley.",
        ("The army", "said", "it had left the valley"),
        ("assertion", "indirect"),
        id="a clause without that",
    ),
    pytest.param(
        "The governor of the region said at least three people were hurt.",
        ("The governor of the region", "said", "at least three people were hurt"),
        ("assertion", "indirect"),
        id="a clause that opens with a figure",
    ),
    pytest.param(
        "The army said in its evening update that twelve assaults had been repelled.",
        ("The army", "said", "that twelve assaults had been repelled"),
        ("assertion", "indirect"),
        id="an update between cue and content",
    ),
    pytest.param(
        "Four shells fell on the market, the regional governor said on Telegram.",
        ("the regional governor", "said", "Four shells fell on the market"),
        ("assertion", "indirect"),
        id="the cue after the content",
    ),
    pytest.param(
        "The raid, the ministry said, was carried out by drones.",
        ("the ministry", "said", "The raid | was carried out by drones"),
        ("assertion", "indirect"),
        id="the cue within the content",
    ),
    pytest.param(
        '"They opened fire without warning," said Mira Tal, a resident of Kessel.',
        ("Mira Tal, a resident of Kessel", "said", '"They opened fire without warning,"'),
        ("assertion", "direct"),
        id="the cue before its source",
    ),
    pytest.param(
        "According to the interior ministry, the bridge has fallen.",
        ("the interior ministry", "According to", "the bridge has fallen"),
        ("assertion", "indirect"),
        id="according to, in front",
    ),
    pytest.param(
        "The bridge has fallen, according to the interior ministry.",
        ("the interior ministry", "according to", "The bridge has fallen"),
        ("assertion", "indirect"),
        id="according to, behind",
    ),
    pytest.param(
        "Velland accused Orland of shelling a school.",
        ("Velland", "accused", "Orland of shelling a school"),
        ("accusation", "indirect"),
        id="accuse of",
    ),
    pytest.param(
        "The village was empty, Velland alleged.",
        ("Velland", "alleged", "The village was empty"),
        ("accusation", "indirect"),
        id="allege, behind",
    ),
    pytest.param(
        "The rebels were accused by the government of breaking the truce.",
        ("the government", "were accused", "The rebels | of breaking the truce"),
        ("accusation", "indirect"),
        id="accused by",
    ),
    pytest.param(
        "It was reported that two villages had been abandoned.",
        ("", "was reported", "that two villages had been abandoned"),
        ("assertion", "indirect"),
        id="nobody named as the source",
    ),
    pytest.param(
        "Orland denied that its guns had fired.",
        ("Orland", "denied", "that its guns had fired"),
        ("denial", "indirect"),
        id="denied that",
    ),
    pytest.param(
        "The foreign ministry denied having ordered the strike.",
        ("The foreign ministry", "denied", "having ordered the strike"),
        ("denial", "indirect"),
        id="denied having",
    ),
    pytest.param(
        "The army rejected claims that it had used mines.",
        ("The army", "rejected", "claims that it had used mines"),
        ("denial", "indirect"),
        id="rejected claims that",
    ),
    pytest.param(
        "The presidency dismissed the report as fake.",
        ("The presidency", "dismissed", "the report as fake"),
        ("denial", "indirect"),
        id="dismissed as",
    ),
    pytest.param(
        "The minister admitted that soldiers had entered the village.",
        ("The minister", "admitted", "that soldiers had entered the village"),
        ("acknowledgement", "indirect"),
        id="admitted that",
    ),
    pytest.param(
        "The council urged both sides to stop.",
        ("The council", "urged", "both sides to stop"),
        ("appeal", "indirect"),
        id="urged to",
    ),
    pytest.param(
        "The council called on both sides to stop.",
        ("The council", "called on", "both sides to stop"),
        ("appeal", "indirect"),
        id="called on to",
    ),
    pytest.param(
        "The ministry declined to comment on the strike.",
        ("The ministry", "declined", "to comment on the strike"),
        ("no_comment", "indirect"),
        id="declined to comment",
    ),
    pytest.param(
        "The army did not immediately respond to a request for comment.",
        ("The army", "did not immediately respond", "to a request for comment"),
        ("no_comment", "indirect"),
        id="did not respond",
    ),
    pytest.param(
        "The agency withdrew its statement that nine homes had burnt.",
        ("The agency", "withdrew", "its statement that nine homes had burnt"),
        ("retraction", "indirect"),
        id="withdrew its statement",
    ),
    pytest.param(
        'The premier described the raid as a "massacre".',
        ("The premier", "described", 'the raid as a "massacre"'),
        ("designation", "mixed"),
        id="described as",
    ),
    pytest.param(
        "The minister defended the decision to close the border.",
        ("The minister", "defended", "the decision to close the border"),
        ("justification", "indirect"),
        id="defended the decision",
    ),
    pytest.param(
        "The army repeated its denial that it had mined the road.",
        ("The army", "repeated", "its denial that it had mined the road"),
        ("denial", "indirect"),
        id="a repeated denial is a denial",
    ),
    pytest.param(
        "The defence ministry said: “Our units are at home.”",
        ("The defence ministry", "said", "“Our units are at home.”"),
        ("assertion", "direct"),
        id="a colon and curly marks",
    ),
    pytest.param(
        "«Nobody fired», said the commander.",
        ("the commander", "said", "«Nobody fired»"),
        ("assertion", "direct"),
        id="guillemets",
    ),
    pytest.param(
        "„Nobody fired“, said General Hahn.",
        ("General Hahn", "said", "„Nobody fired“"),
        ("assertion", "direct"),
        id="low and high marks",
    ),
    pytest.param(
        "''Nobody fired,'' General Hahn said.",
        ("General Hahn", "said", "''Nobody fired,''"),
        ("assertion", "direct"),
        id="doubled single marks",
    ),
    pytest.param(
        "‘Nobody fired,’ General Hahn said.",
        ("General Hahn", "said", "‘Nobody fired,’"),
        ("assertion", "direct"),
        id="single marks",
    ),
    pytest.param(
        "The ministry said the “security zone” would be widened.",
        ("The ministry", "said", "the “security zone” would be widened"),
        ("assertion", "mixed"),
        id="scare quotes are mixed",
    ),
    pytest.param(
        "Minister: 'We will not negotiate'",
        ("Minister", ":", "'We will not negotiate'"),
        ("assertion", "direct"),
        id="a headline with a colon",
    ),
    pytest.param(
        "Orland denies role in raid",
        ("Orland", "denies", "role in raid"),
        ("denial", "indirect"),
        id="a headline",
    ),
    pytest.param(
        "Velland’s parliament speaker, Tomas Orr, said the deal was dead.",
        ("Velland’s parliament speaker, Tomas Orr", "said", "the deal was dead"),
        ("assertion", "indirect"),
        id="an appositive between commas",
    ),
    pytest.param(
        "An official, speaking on condition of anonymity, said the talks had failed.",
        ("An official, speaking on condition of anonymity", "said", "the talks had failed"),
        ("assertion", "indirect"),
        id="an unnamed official",
    ),
    pytest.param(
        "The separatists, for their part, denied having guns there.",
        ("The separatists", "denied", "having guns there"),
        ("denial", "indirect"),
        id="an insertion that is no part of the source",
    ),
    pytest.param(
        "As the mayor told state radio, the bridge has fallen.",
        ("the mayor", "told", "the bridge has fallen"),
        ("assertion", "indirect"),
        id="as X told Y",
    ),
    pytest.param(
        "KESSEL, Orland (AP) — Rebels took two villages, the army said.",
        ("the army", "said", "Rebels took two villages"),
        ("assertion", "indirect"),
        id="a dateline is no content",
    ),
    pytest.param(
        "Kessel, Sep 20 (EFE).- Orland claimed that the road was open.",
        ("Orland", "claimed", "that the road was open"),
        ("assertion", "indirect"),
        id="another agency's dateline",
    ),
]


@pytest.mark.parametrize(("text", "triple", "nature"), PHENOMENA)
def test_the_rules_find_who_said_what_in_which_words(
    text: str, triple: tuple[str, str, str], nature: tuple[str, str]
) -> None:
    reading = only(text)

    assert (reading.source, reading.cue, reading.content) == triple
    assert (reading.found.kind.value, reading.found.quotation.value) == nature


@pytest.mark.parametrize(
    "text",
    [
        "By Jane Doe",
        "Reporting by Jane Doe; editing by John Roe",
        "The bombing lasted all night and the town has no water.",
        "The reported strikes and claimed gains are many.",
        "Troops attacked the village and continued west.",
        "I think we should go, I said.",
        "The army did not mention the village.",
        "",
        "   \n\n  ",
    ],
)
def test_what_reports_nobodys_words_yields_nothing(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("language", ["tlh", "../en", "", "e n"])
def test_a_language_without_a_lexicon_yields_nothing(language: str) -> None:
    assert extractor().extract("Orland denied it.", language="en-GB")
    assert extractor().extract("Orland denied it.", language=language) == []


def test_an_unknown_extractor_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownExtractor, match=r"'oracle'.*rules"):
        extractor("oracle")


def test_two_cues_of_one_sentence_share_its_subject() -> None:
    first, second = read("Orland alleged that Velland had moved tanks and said it would respond.")

    assert (first.source, first.content) == ("Orland", "that Velland had moved tanks")
    assert (second.source, second.cue, second.content) == ("Orland", "said", "it would respond")


def test_a_participle_carries_on_with_the_source_of_its_clause() -> None:
    quoted, claimed = read('"Nobody fired," he said, claiming that rebels had hidden guns in the school.')

    assert (quoted.source, quoted.found.quotation) == ("he", "direct")
    assert (claimed.source, claimed.cue) == ("he", "claiming")
    assert claimed.content == "that rebels had hidden guns in the school"


def test_two_speakers_of_one_sentence_keep_their_own_contents() -> None:
    one, other = read("Orland said the town was taken, but Velland said its troops were holding out.")

    assert (one.source, one.content) == ("Orland", "the town was taken")
    assert (other.source, other.content) == ("Velland", "its troops were holding out")


def test_a_claim_denied_in_passing_is_a_denial_of_the_same_words() -> None:
    claimed, denied = read("Orland claimed its forces held the village, a claim Velland denied.")

    assert claimed.content == denied.content == "its forces held the village"
    assert (denied.source, denied.found.kind) == ("Velland", "denial")


def test_a_relative_clause_keeps_its_content_to_itself() -> None:
    denied, said = read("The military, which has denied hitting homes, said it was looking into it.")

    assert (denied.source, denied.content) == ("which", "hitting homes")
    assert said.source == "The military, which has denied hitting homes"


def test_a_possessive_noun_is_a_cue_at_the_outlets_own_level() -> None:
    accused, insisted = read(
        "Amid Orland's accusations that its troops had crossed, Velland insisted that it was calm."
    )

    assert (accused.source, accused.cue, accused.content) == (
        "Orland",
        "accusations",
        "that its troops had crossed",
    )
    assert accused.found.relayed_by is None
    assert insisted.source == "Velland"


def test_a_statement_within_anothers_content_is_relayed_by_it() -> None:
    argued, admitted = read("Velland argued that Orland's admission that the pass was closed changed everything.")

    assert argued.source == "Velland"
    assert (admitted.source, admitted.cue, admitted.found.kind) == ("Orland", "admission", "acknowledgement")
    assert admitted.found.relayed_by == 0


def test_relays_go_to_any_depth() -> None:
    text = "Sudland said that Velland had claimed that Orland had admitted that it fired."

    assert [reading.found.relayed_by for reading in read(text)] == [None, 0, 1]


def test_a_quotation_goes_on_after_its_cue() -> None:
    reading = only('"We are ready," Sorr said. "They know where to find us."')

    assert reading.content == '"We are ready," | "They know where to find us."'


def test_a_quotation_goes_on_over_paragraphs() -> None:
    reading = only("General Hahn said: “The enemy came at dawn.\n\n“Our soldiers held the line.”")

    assert reading.source == "General Hahn"
    assert reading.content == "“The enemy came at dawn. | “Our soldiers held the line.”"


def test_lines_that_only_wrap_are_one_paragraph() -> None:
    wrapped = (
        "The defence ministry of the republic told everybody who would hear it\n"
        "that its forces had withdrawn from the valley, the passes and the two\n"
        "towns beside the river before the day that the agreement had set them\n"
        "and that nobody had been hurt.\n\nThe end."
    )

    assert only(wrapped).content.endswith("nobody had been hurt")
