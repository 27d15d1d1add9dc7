"""The finer points of the patterns: what belongs to a source, where a content ends, what is no cue."""

import pytest

from tests.attribution.reading import only, read

CASES = [
    ("Claims by the rebels that the bridge was mined alarmed all.", "the rebels", "that the bridge was mined"),
    ("Reports from the ministry that the town had fallen were wrong.", "the ministry", "that the town had fallen"),
    ("Velland's denial that it had struck the market was met with anger.", "Velland", "that it had struck the market"),
    ("The pope's plea to both sides to stop was heard.", "The pope", "to both sides to stop"),
    ("The council heard the mayor's call for calm.", "the mayor", "for calm"),
    ("In the words of General Hahn, the war is over.", "General Hahn", "the war is over"),
    ("According to the interior ministry over 40 people fell.", "the interior ministry", "over 40 people fell"),
    ("According to Mara Holt, a doctor in Kessel, wards are full.", "Mara Holt, a doctor in Kessel", "wards are full"),
    ("According to the port's master, Jan Holt, ships left.", "the port's master, Jan Holt", "ships left"),
    ("According to officials who spoke on Monday, the road is open.", "officials", "the road is open"),
    ("The road, according to the mayor, is open.", "the mayor", "The road | is open"),
    ("The village was described by its mayor as a ruin.", "its mayor", "The village | as a ruin"),
    ("The raid was condemned by Sudland.", "Sudland", "The raid"),
    ("The minister was accused of lying.", "", "The minister | of lying"),
    ("Orland's envoy (there since May) said talks were over.", "Orland's envoy (there since May)", "talks were over"),
    ("The mayor – a former soldier – said talks were over.", "The mayor – a former soldier", "talks were over"),
    ("Villagers say that they saw lights.", "Villagers", "that they saw lights"),
    ("Sources within the army claim that it fell.", "Sources within the army", "that it fell"),
    ("They claim the hill.", "They", "the hill"),
    ("The mayor reports a fire.", "The mayor", "a fire"),
    ("Mayor Anna Holt and General Hahn said it fell.", "Mayor Anna Holt and General Hahn", "it fell"),
    ("Officials and residents said it fell.", "Officials and residents", "it fell"),
    ("Doctors Without Borders confirmed the arrival of ten.", "Doctors Without Borders", "the arrival of ten"),
    ("Aid group Anna.org said it fell.", "Aid group Anna.org", "it fell"),
    ('The mayor told the agency by phone: "We leave."', "The mayor", '"We leave."'),
    ('The mayor told parliament, "We leave."', "The mayor", '"We leave."'),
    ("The mayor told them about the fire.", "The mayor", "about the fire"),
    ("The mayor told them of the fire.", "The mayor", "of the fire"),
    ("The mayor has been saying that it fell.", "The mayor", "that it fell"),
    ("He went on to say that it fell.", "He", "that it fell"),
    ("The mayor would say that it fell.", "The mayor", "that it fell"),
    ("An official who was not named said it fell.", "An official who was not named", "it fell"),
    ('"The hill," he said, "is lost."', "he", '"The hill," | "is lost."'),
    ("It fell, residents say, while the road is open.", "residents", "It fell"),
    ("It fell, said residents of the town.", "residents of the town", "It fell"),
    ("It fell, reported the daily Kurier.", "the daily Kurier", "It fell"),
    ("If the mayor says that it fell, people will leave.", "the mayor", "that it fell"),
    ("The mayor appealed to Sudland for help.", "The mayor", "Sudland for help"),
    ("The council demands that troops leave.", "The council", "that troops leave"),
    ("The ministry vowed to respond.", "The ministry", "to respond"),
    ("The ministry called the raid a crime.", "The ministry", "the raid a crime"),
    ("A spokesman said late on Monday night the hill fell.", "A spokesman", "the hill fell"),
]


def test_who_is_quoted_within_an_agencys_words_is_relayed_by_it() -> None:
    agency, mayor = read("The mayor said, according to the agency, that it fell.")

    assert (agency.source, agency.content) == ("the agency", "The mayor said | that it fell")
    assert (mayor.source, mayor.content) == ("The mayor", "that it fell")


def test_a_claim_that_could_not_be_verified_is_a_claim_and_a_refusal() -> None:
    refusal, claim = read("Port Orr's claim that a drone was downed could not be verified.")

    assert (claim.source, claim.content) == ("Port Orr", "that a drone was downed")
    assert (refusal.found.kind, refusal.source) == ("no_comment", "")


@pytest.mark.parametrize(("text", "source", "content"), CASES, ids=[case[0] for case in CASES])
def test_source_and_content_end_where_they_should(text: str, source: str, content: str) -> None:
    reading = only(text)

    assert (reading.source, reading.content) == (source, content)


@pytest.mark.parametrize(
    "text",
    [
        "The state claims were false.",
        "The raid was called a crime.",
        "The ministry suspected rebels.",
        "No comment was given.",
        "We said that the hill was lost and warned that it would burn.",
        "Troops withdrew from the hill.",
        "The mayor was dismissed.",
        "The general defended the hill.",
        "It fell, said it again.",
    ],
)
def test_verbs_and_nouns_that_only_look_like_cues_are_left_alone(text: str) -> None:
    assert read(text) == []


def test_a_cue_after_a_content_ends_the_content_of_a_cue_within_it() -> None:
    said, called = read('The envoy called for "restraint", his spokesman said.')

    assert (said.source, said.content) == ("his spokesman", 'The envoy called for "restraint"')
    assert (called.content, called.found.relayed_by) == ('"restraint"', 0)


def test_an_allegation_rejected_in_passing_has_two_speakers() -> None:
    accused, rejected = read('Velland accused Orland of firing first, an allegation Port Orr rejected as "absurd".')

    assert accused.content == rejected.content == "Orland of firing first"
    assert (rejected.source, rejected.found.kind) == ("Port Orr", "denial")


def test_a_charge_denied_in_a_relative_clause_has_two_speakers() -> None:
    accused, denied = read("It accused the group of lying, which the group denies.")

    assert (accused.content, denied.content) == ("the group of lying", "the group of lying")
    assert (denied.source, denied.found.kind) == ("the group", "denial")


def test_a_refusal_joined_to_an_admission_ends_it() -> None:
    admitted, silent = read("The military has acknowledged that a post was hit, but has not commented on losses.")

    assert admitted.content == "that a post was hit"
    assert (silent.source, silent.content) == ("The military", "on losses")


def test_an_aside_with_its_own_source_is_its_own_attribution() -> None:
    denied, died, blamed = read(
        "The army denied having hit the town, where, according to doctors, ten died, and blamed the raid on rebels."
    )

    assert denied.content == "having hit the town"
    assert (died.source, died.content) == ("doctors", "ten died")
    assert (blamed.source, blamed.target) == ("The army", "rebels")


def test_an_acknowledgement_quoted_by_another_is_relayed() -> None:
    said, admitted = read("“Orland's acknowledgement that it fired is a step,” a diplomat said.")

    assert said.source == "a diplomat"
    assert (admitted.source, admitted.found.kind, admitted.found.relayed_by) == ("Orland", "acknowledgement", 0)


def test_a_quotation_without_a_cue_of_its_own_stays_with_the_last_speaker() -> None:
    reading = only('"It fell," he said. The road is open. "We know it."')

    assert reading.content == '"It fell," | "We know it."'


def test_byline_and_picture_credit_are_set_aside() -> None:
    text = "Photo by Jane Roe\n\nBy John Doe\n\nThe mayor said it fell."

    assert only(text).source == "The mayor"


def test_a_negative_quotation_after_a_denial_goes_on_denying() -> None:
    text = "Army spokesman Karl Munz denied that homes were hit.\n\n“{}” he said."
    denied, quoted = read(text.format("We never fire on homes,"))

    assert (denied.found.kind, quoted.found.kind) == ("denial", "denial")
    assert read(text.format("We fire on guns,"))[1].found.kind == "assertion"


def test_a_negative_quotation_of_somebody_else_does_not() -> None:
    text = "Army spokesman Karl Munz denied that homes were hit.\n\n“They never stop,” resident Mia Tal said."

    assert read(text)[1].found.kind == "assertion"


ARTICLE = """Velland vows response after strike

KESSEL, Orland (AP) — Orland sent drones at towns in Velland, killing at least six people, officials said Thursday.

The attack came hours after Velland's president, Ilham Sorr, told parliament that he would not accept a truce.

"We are ready to talk," Sorr said. "They know where to find us."

Orland's Defense Ministry said its forces had hit “military facilities.” The ministry has repeatedly denied
striking homes, a charge that Velland's energy minister, Dana Holt, has made. She called the raid "a crime."

A senior official, speaking on condition of anonymity, said Sudland had warned both sides.

Orland's foreign minister, Piotr Lenz, dismissed the accusations as "hysteria", saying Velland had hit its own plant.

It did not provide evidence.

Asked about the report, his spokesman declined to comment.
"""


def test_an_article_is_read_from_dateline_to_refusal() -> None:
    found = [(r.source, r.cue, r.content, r.found.kind.value) for r in read(ARTICLE)]

    assert (
        "officials",
        "said",
        "Orland sent drones at towns in Velland, killing at least six people",
        "assertion",
    ) in found
    assert ("Velland's president, Ilham Sorr", "told", "that he would not accept a truce", "assertion") in found
    assert ("Sorr", "said", '"We are ready to talk," | "They know where to find us."', "assertion") in found
    assert ("Orland's Defense Ministry", "said", "its forces had hit “military facilities.”", "assertion") in found
    assert ("She", "called", 'the raid "a crime."', "designation") in found
    assert ("Sudland", "had warned", "both sides", "assertion") in found
    assert ("Orland's foreign minister, Piotr Lenz", "saying", "Velland had hit its own plant", "assertion") in found
    assert ("his spokesman", "declined", "to comment", "no_comment") in found
