"""Whom a short source repeats: for each text the short mention, which of its kind, and the words of the fuller one."""

import pytest

from apps.attribution.antecedents import Antecedents
from apps.attribution.cues import lexicon
from apps.attribution.drafts import Draft
from apps.attribution.engine import extractor
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, Kind

FOUND = {
    "the speaker before": (
        "Ada Roe of the port office said the pier was shut. She said it would stay so.",
        "She",
        "Ada Roe",
    ),
    "a subject that said nothing": (
        "Governor Ina Sorn came by boat. She said the town would be rebuilt.",
        "She",
        "Ina Sorn",
    ),
    "a woman by her title": (
        "Spokeswoman Ina Sorn read out the list. Then chairman Jon Adler took questions. She said the list was final.",
        "She",
        "Ina Sorn",
    ),
    "a man by his title": (
        "Ms Ada Roe met Mr Jon Birk at noon. He said nothing had been agreed.",
        "He",
        "Jon Birk",
    ),
    "a woman by what was said of her": (
        "Ada Roe lost her brother in the fire. Colonel Dirk Vael led the search. She said nobody had come in time.",
        "She",
        "Ada Roe",
    ),
    "the subject before the object": (
        "President Marko Sevrin telephoned General Ola Brandt on Sunday. He said the border would stay shut.",
        "He",
        "Marko Sevrin",
    ),
    "nobody out of somebody's quotation": (
        "“Anna Holt lied to all of us,” Governor Jon Birk said. He added that the file was closed.",
        "He",
        "Jon Birk",
    ),
    "a bare name in the same sentence": (
        "Brannig would not look at the mothers, but he said the exchange would come.",
        "he",
        "Brannig",
    ),
    "the one a relative clause is about": (
        "Among the mourners stood Captain Ils Dorren, who says he warned headquarters twice.",
        "he",
        "Ils Dorren",
    ),
    "the one who was begged": (
        "Forty teachers begged the commander of the siege to let the bus through. He has not replied.",
        "He",
        "the commander of the siege",
    ),
    "a body that did something": (
        "The Kessel customs union closed both bridges. It said a cable had failed.",
        "It",
        "customs union",
    ),
    "a body and not its state": (
        "The army of Orland withdrew from Gerra. It said the town was empty.",
        "It",
        "The army of Orland",
    ),
    "a body in the sentence": (
        "The electricity board in Sarrow blamed the outage on a drone that, it said, had struck a mast.",
        "it",
        "electricity board",
    ),
    "a state": ("Kessel said the shells had come from the hills. It demanded an inquiry.", "It", "Kessel"),
    "a capital word of the state": (
        "Orland closed its ports on Monday. It said the mines had to be cleared.",
        "It",
        "Orland",
    ),
    "people": (
        "Survivors of the sinking were brought ashore at Uvin under blankets. They said no boat had been lowered.",
        "They",
        "Survivors of the sinking",
    ),
    "people before a place": (
        "Farmers crowded round the map in the post office at Torv. Two hills are on the wrong side, they said.",
        "they",
        "Farmers",
    ),
    "several bodies": (
        "The mayor and the bishop walked to the bridge. They said the shooting had to stop.",
        "They",
        "The mayor and the bishop",
    ),
    "over paragraphs": (
        "Orland's interior ministry put Venn under curfew.\n\nThe streets were empty.\n\nThe ministry said why.",
        "The ministry",
        "Orland's interior ministry",
    ),
    "the same kind and not the latest body": (
        "The Kessel defence ministry released a map. The council met at noon. The ministry said the map was final.",
        "The ministry",
        "The Kessel defence ministry",
    ),
    "a kind with a clause of its own": (
        "Shells fell near the Estuary Commission. The commission, which counts them, said there were six.",
        "The commission, which counts them",
        "the Estuary Commission",
    ),
    "a kind with itself": (
        "Radio Venn quotes the Orlandi army as denying it. The army itself has not commented.",
        "The army itself",
        "the Orlandi army",
    ),
    "a group": (
        "The Free Valley Front said it held the pass. The group said it had lost nobody.",
        "The group",
        "The Free Valley Front",
    ),
    "an agency with a name behind it": (
        "Teams of the relief agency Open Hands reached the mine. The agency warned that the air was bad.",
        "The agency",
        "the relief agency Open Hands",
    ),
    "a rank": (
        "Colonel Dirk Vael stood on the bridge. Smoke rose. The colonel said the road was open.",
        "The colonel",
        "Colonel Dirk Vael",
    ),
    "a spokesman": (
        "Jon Birk, a spokesman for the port, read a note. The spokesman said the pier was shut.",
        "The spokesman",
        "Jon Birk",
    ),
    "a last name": (
        "Major Ina Sorn speaks for the army. On the patrol, Sorn said a search was under way.",
        "Sorn",
        "Major Ina Sorn",
    ),
    "an acronym in brackets": (
        "The Orland Red Crescent (ORC) opened a tent. ORC said it was full by noon.",
        "ORC",
        "The Orland Red Crescent (ORC)",
    ),
    "whose ministry": (
        "Kessel has closed its northern ports. Its defence ministry said the fleet had sailed.",
        "Its defence ministry",
        "Kessel",
    ),
    "whose troops": (
        "Kessel's army entered Gerra. Its commander said the town was quiet.",
        "Its commander",
        "Kessel's army",
    ),
    "whose claim": ("Orland sent tanks to the Irr. Its claim that they were trucks convinced nobody.", "Its", "Orland"),
    "a person's remark": ("Lintz has taken back his remark that the valley was empty.", "his", "Lintz"),
    "a broker within what it brokered": (
        "The war ended with an Orland-brokered truce, which sent monitors and urged both sides to go home.",
        "which",
        "Orland",
    ),
    "a broker behind what it brokered": (
        "The war ended with a truce brokered by Kessel, which urged both sides to go home.",
        "which",
        "Kessel",
    ),
    "a chain": (
        "Orland's health ministry counts 17 dead. The ministry said so at noon. It later said two were alive.",
        "It",
        "Orland's health ministry",
    ),
}
NOBODY = {
    "no body before": ("The river was high. They say it never freezes.", "They"),
    "no person before": ("The Orlandi army entered Gerra. He said the town was empty.", "He"),
    "only women": ("Ms Ada Roe left early. He said the session was over.", "He"),
    "only a person": ("Ms Ada Roe left early. It said the session was over.", "It"),
    "no such kind": ("Orland's defence ministry said it was ready. The commission said it was not.", "The commission"),
    "another last name": ("Major Ina Sorn speaks for the army. Adler said a search was under way.", "Adler"),
    "a full name": ("Major Ina Sorn stood by. Colonel Dirk Vael said the road was open.", "Colonel Dirk Vael"),
    "an unknown kind": ("The Kessel army stood by. A spokesman said the road was open.", "A spokesman"),
    "only the place of it": ("Smoke rose over Gerra. She said the shells had come from the hills.", "She"),
}


def _of(text: str, short: str) -> Attribution:
    found = [a for a in extractor().extract(text) if short in (text[s.start : s.end] for s in a.source)]
    found = found or [a for a in extractor().extract(text) if any(short in text[s.start : s.end] for s in a.source)]
    assert found, f"nothing is attributed to {short!r}"
    return found[-1]


@pytest.mark.parametrize(("text", "short", "full"), FOUND.values(), ids=FOUND.keys())
def test_a_short_mention_is_traced_to_the_fuller_one(text: str, short: str, full: str) -> None:
    mention = _of(text, short).antecedent

    assert mention is not None
    assert full in mention.surface
    assert len(mention.surface) <= len(full) + 45
    assert text[mention.span.start : mention.span.end] == mention.surface
    assert mention.reason


@pytest.mark.parametrize(("text", "short"), NOBODY.values(), ids=NOBODY.keys())
def test_where_nobody_fits_nobody_is_named(text: str, short: str) -> None:
    assert _of(text, short).antecedent is None


def test_we_in_a_quotation_is_whoever_is_quoted() -> None:
    doc = Document("“We say that the road is open,” Colonel Dirk Vael told the crowd.")
    said = doc.low.index("told")
    quoted = Draft(
        [Phrase(said - 3, said - 1)], [Phrase(said, said)], [Phrase(0, said - 4)], Kind.ASSERTION, "", 0.5, said
    )
    own = Draft([Phrase(1, 1)], [Phrase(2, 2)], [Phrase(3, 7)], Kind.ASSERTION, "", 0.5, 2)
    english = lexicon("en")
    assert english is not None

    mention = Antecedents(doc, Reader(doc, english), [own, quoted]).of(0)

    assert mention is not None
    assert mention.surface == "Colonel Dirk Vael"
    assert mention.reason == "the speaker of these words"
