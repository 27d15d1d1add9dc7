"""What a denial answers: the earlier statement it most likely means, with a reason, or none."""

import time

import pytest

from apps.attribution.answers import ENOUGH, LOOK_BACK, MOST_ANSWERS, answers
from apps.attribution.cues import lexicon
from apps.attribution.engine import extractor
from apps.attribution.segmentation import Document
from apps.attribution.types import Answer, Attribution, Kind, Quotation, Span

Said = tuple[str, str, str, Kind]
ASSERTION, ACCUSATION, DENIAL = Kind.ASSERTION, Kind.ACCUSATION, Kind.DENIAL


def attributions_of(text: str, said: list[Said], *, relays: dict[int, int] | None = None) -> list[Attribution]:
    """Attributions by their words, each looked for behind the one before; the target is that of an accusation."""
    out: list[Attribution] = []
    at = 0
    for n, (source, cue, content, kind) in enumerate(said):
        places = [text.index(words, at) for words in (source, cue, content)]
        spans = [Span(place, place + len(words)) for place, words in zip(places, (source, cue, content), strict=True)]
        target = None
        if kind is ACCUSATION and " of " in content and cue == "accused":
            target = Span(spans[2].start, spans[2].start + content.index(" of "))
        relayed_by = (relays or {}).get(n)
        at = min(places) if n + 1 in (relays or {}) else max(span.end for span in spans)
        out.append(
            Attribution(
                (spans[0],), (spans[1],), (spans[2],), kind, Quotation.INDIRECT, 0.5, "by hand", relayed_by, target
            )
        )
    return out


def answered(text: str, said: list[Said], *, relays: dict[int, int] | None = None) -> list[list[int]]:
    return [[a.index for a in found] for found in links(text, attributions_of(text, said, relays=relays))]


def links(text: str, attributions: list[Attribution]) -> list[tuple[Answer, ...]]:
    english = lexicon("en")
    assert english is not None
    return answers(Document(text), english, attributions)


def test_a_denial_answers_the_accusation_against_its_side() -> None:
    text = (
        "Velland accused Orland of shelling a clinic. Sudland said the road was open. "
        "Orland's defence ministry denied that it had fired."
    )
    said = [
        ("Velland", "accused", "Orland of shelling a clinic", ACCUSATION),
        ("Sudland", "said", "the road was open", ASSERTION),
        ("Orland's defence ministry", "denied", "that it had fired", DENIAL),
    ]

    assert answered(text, said) == [[], [], [0]]


@pytest.mark.parametrize(
    "denier", ["Orland's army", "The Orlandi army", "An Orlander spokesman", "The ministry of defence of Orland"]
)
def test_a_party_is_known_by_its_name_in_every_form(denier: str) -> None:
    text = f"Velland said that Orland had shelled a clinic. {denier} denied it."
    said = [
        ("Velland", "said", "that Orland had shelled a clinic", ASSERTION),
        (denier, "denied", "it", DENIAL),
    ]

    assert answered(text, said) == [[], [0]]


def test_a_state_is_known_by_its_capital() -> None:
    text = "Velland said that Norwegian engineers had closed the bridge. Oslo denied it."
    said = [
        ("Velland", "said", "that Norwegian engineers had closed the bridge", ASSERTION),
        ("Oslo", "denied", "it", DENIAL),
    ]

    assert answered(text, said) == [[], [0]]


def test_of_two_claims_the_one_about_the_same_things_is_answered() -> None:
    text = (
        "The militia said it had taken the airport. It also said that the mayor had sold the grain store. "
        "The mayor's office denied that the grain had been sold."
    )
    said = [
        ("The militia", "said", "it had taken the airport", ASSERTION),
        ("It", "said", "that the mayor had sold the grain store", ASSERTION),
        ("The mayor's office", "denied", "that the grain had been sold", DENIAL),
    ]

    assert answered(text, said) == [[], [], [1]]


def test_the_allegation_is_the_last_accusation_and_not_what_stands_between() -> None:
    text = (
        "The council alleged that soldiers had burned the mill. The road office said rain fell all day. "
        "The army rejected the allegation."
    )
    said = [
        ("The council", "alleged", "that soldiers had burned the mill", ACCUSATION),
        ("The road office", "said", "rain fell all day", ASSERTION),
        ("The army", "rejected", "the allegation", DENIAL),
    ]

    assert answered(text, said) == [[], [], [0]]


def test_a_named_owner_tells_whose_claim_is_denied() -> None:
    text = (
        "Velland said the bridge was mined. Tavria said the bridge was held by thieves. "
        "Orland dismissed Velland's claim about the bridge."
    )
    said = [
        ("Velland", "said", "the bridge was mined", ASSERTION),
        ("Tavria", "said", "the bridge was held by thieves", ASSERTION),
        ("Orland", "dismissed", "Velland's claim about the bridge", DENIAL),
    ]

    assert answered(text, said) == [[], [], [0]]


def test_responsibility_is_for_the_violence_told_before() -> None:
    text = (
        "Rescuers said rockets struck the pier and killed a clerk. Rescuers said two boats had come. "
        "Orland denied responsibility."
    )
    said = [
        ("Rescuers", "said", "rockets struck the pier and killed a clerk", ASSERTION),
        ("Rescuers", "said", "two boats had come", ASSERTION),
        ("Orland", "denied", "responsibility", DENIAL),
    ]

    assert answered(text, said) == [[], [], [0]]


def test_who_goes_on_denying_goes_on_answering() -> None:
    text = (
        "Velland accused Orland of burning the mill. Orland denied it. "
        "Its envoy, Anna Holt, said her country had no torches."
    )
    said = [
        ("Velland", "accused", "Orland of burning the mill", ACCUSATION),
        ("Orland", "denied", "it", DENIAL),
        ("Its envoy, Anna Holt,", "said", "her country had no torches", DENIAL),
    ]

    assert answered(text, said) == [[], [0], [0]]


def test_another_number_of_the_same_dead_contradicts() -> None:
    text = "Velland said 40 soldiers of Orland had been killed. Orland said that no soldiers had been killed."
    found = extractor().extract(text)
    reasons = [answer.reason for answer in links(text, found)[1]]

    assert [f.low for a in found for f in a.figures] == [40, 0]
    assert len(reasons) == 1
    assert "another number of killed" in reasons[0] or "killed" in reasons[0]


def test_a_plain_rebuttal_right_after_an_accusation_answers_it() -> None:
    text = (
        "Velland accused Orland of shelling the grain store. Orland countered that nobody had shelled the grain store."
    )
    said = [
        ("Velland", "accused", "Orland of shelling the grain store", ACCUSATION),
        ("Orland", "countered", "that nobody had shelled the grain store", ASSERTION),
    ]

    assert answered(text, said) == [[], [0]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Two nurses said patients had been tied up. The minister denied that the budget had been cut.",
            [
                ("Two nurses", "said", "patients had been tied up", ASSERTION),
                ("The minister", "denied", "that the budget had been cut", DENIAL),
            ],
        ),
        (
            "Orland said its troops held the bridge. Orland's army denied that its troops had left the bridge.",
            [
                ("Orland", "said", "its troops held the bridge", ASSERTION),
                ("Orland's army", "denied", "that its troops had left the bridge", DENIAL),
            ],
        ),
        (
            "Orland denied that its troops had left the bridge. Velland said that Orland had left the bridge.",
            [
                ("Orland", "denied", "that its troops had left the bridge", DENIAL),
                ("Velland", "said", "that Orland had left the bridge", ASSERTION),
            ],
        ),
        (
            "Velland urged Orland to leave the bridge. Orland denied that it held the bridge.",
            [
                ("Velland", "urged", "Orland to leave the bridge", Kind.APPEAL),
                ("Orland", "denied", "that it held the bridge", DENIAL),
            ],
        ),
        (
            "Velland accused Orland of theft. Orland said that the weather was fine.",
            [
                ("Velland", "accused", "Orland of theft", ACCUSATION),
                ("Orland", "said", "that the weather was fine", ASSERTION),
            ],
        ),
        (
            "Velland said the harvest was late. Orland said that it was not going to the fair.",
            [
                ("Velland", "said", "the harvest was late", ASSERTION),
                ("Orland", "said", "that it was not going to the fair", ASSERTION),
            ],
        ),
        (
            "Velland accused Orland of theft. Orland said that its guns had shot down four drones, wounding no one.",
            [
                ("Velland", "accused", "Orland of theft", ACCUSATION),
                ("Orland", "said", "that its guns had shot down four drones, wounding no one", ASSERTION),
            ],
        ),
    ],
    ids=["another matter", "its own side", "what comes later", "an appeal", "no denial", "a plain not", "a late not"],
)
def test_nothing_is_answered_rather_than_guessed(text: str, said: list[Said]) -> None:
    assert answered(text, said) == [[], []]


def test_a_relayer_is_not_answered_for_what_it_relays() -> None:
    text = "Tavria said that Velland accused Orland of burning the mill. Orland denied that it had burned the mill."
    said = [
        ("Tavria", "said", "that Velland accused Orland of burning the mill", ASSERTION),
        ("Velland", "accused", "Orland of burning the mill", ACCUSATION),
        ("Orland", "denied", "that it had burned the mill", DENIAL),
    ]

    assert answered(text, said, relays={1: 0}) == [[], [], [1]]


def test_answers_come_likeliest_first_no_more_than_four_and_none_unlikely() -> None:
    claim = "Velland accused Orland of burning the mill. "
    text = claim * 9 + "Orland denied that it had burned the mill."
    said = [("Velland", "accused", "Orland of burning the mill", ACCUSATION)] * 9
    found = links(text, attributions_of(text, [*said, ("Orland", "denied", "that it had burned the mill", DENIAL)]))[-1]

    assert len(found) == MOST_ANSWERS
    assert [a.index for a in found] == [8, 7, 6, 5]
    assert [a.confidence for a in found] == sorted((a.confidence for a in found), reverse=True)
    assert all(ENOUGH <= a.confidence <= 1 and a.reason for a in found)


def test_what_is_too_far_back_is_not_looked_at() -> None:
    text = "Velland accused Orland of burning the mill. " + "Tavria said it was fine. " * (LOOK_BACK + 1)
    text += "Orland denied that it had burned the mill."
    said = [("Velland", "accused", "Orland of burning the mill", ACCUSATION)]
    said += [("Tavria", "said", "it was fine", ASSERTION)] * (LOOK_BACK + 1)
    said += [("Orland", "denied", "that it had burned the mill", DENIAL)]

    assert answered(text, said)[-1] == []


@pytest.mark.untraced
def test_time_grows_no_faster_than_the_number_of_statements() -> None:
    passage = "Velland accused Orland of burning the mill. Orland denied that it had burned the mill. "

    def seconds(copies: int) -> float:
        text = passage * copies
        found = extractor().extract(text)
        started = time.process_time()
        links(text, found)
        return time.process_time() - started

    assert min(seconds(400) for _ in range(2)) < 8 * 3 * min(seconds(50) for _ in range(3))


def test_attributions_come_back_unchanged() -> None:
    text = "Velland accused Orland of burning the mill. Orland denied it."
    found = extractor().extract(text)
    before = list(found)
    links(text, found)

    assert found == before
