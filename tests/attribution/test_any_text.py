"""Whatever the text, the extractor answers, soon, and with spans that lie in it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.attribution.cues import lexicon
from apps.attribution.engine import extractor
from apps.attribution.resolution import Name, resolve
from apps.attribution.types import Attribution, Quotation
from tests.pace import bound

PIECES = [
    *("said", "that", "denied", "accused", "of", "according", "to", "by", "claims", "its", "it", "he", "who", "which"),
    *(
        "the ministry",
        "Orland",
        "Anna Holt",
        "'s",
        "’s",
        "reporters",
        "on Tuesday",
        "at least",
        "27",
        "1,000",
        "people",
    ),
    *("killed", "including", "“", "”", '"', "‘", "’", "'", "''", "«", "»", "„", ",", ".", ":", ";", "–", "—", "(", ")"),
    *(
        "\n",
        "\n\n",
        "and",
        "but",
        "not",
        "did",
        "was",
        "being",
        "called",
        "on",
        "\u00a0",
        "😀",
        "e\u0301",
        "Баку",
        "said.",
    ),
    *("and said", ", claiming", "X", "said in a statement", "Telegram", "declined to comment", "withdrew", "a claim"),
]
news = st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
glued = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def _check(text: str, found: list[Attribution]) -> None:
    for attribution in found:
        assert attribution.content
        assert attribution.cue
        spans = [*attribution.source, *attribution.cue, *attribution.content]
        spans += [figure.span for figure in attribution.figures]
        spans += [attribution.target] if attribution.target else []
        spans += [attribution.antecedent.span] if attribution.antecedent else []
        spans += [attribution.said.words] if attribution.said and attribution.said.words else []
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert 0 < attribution.confidence < 1
        assert attribution.quotation in Quotation
        if attribution.antecedent:
            span = attribution.antecedent.span
            assert attribution.antecedent.surface == text[span.start : span.end]
        if attribution.relayed_by is not None:
            outer = found[attribution.relayed_by]
            assert outer is not attribution
            first = min(s.start for s in (*attribution.source, *attribution.cue))
            assert any(s.start <= first < s.end for s in outer.content)
    firsts = [min(a.content[0].start, a.cue[0].start) for a in found]
    assert firsts == sorted(firsts)


@settings(max_examples=400, deadline=None)
@given(st.one_of(news, glued, st.text(max_size=300)))
def test_every_span_lies_in_the_text_and_the_answer_never_changes(text: str) -> None:
    found = extractor().extract(text)

    _check(text, found)
    assert extractor().extract(text) == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=4), st.one_of(st.none(), st.text(max_size=80)))
def test_any_mention_is_answered_with_a_reason(mention: str, names: list[str], antecedent: str | None) -> None:
    known = [Name(number, text, "official") for number, text in enumerate(names)]

    assert resolve(mention, known, antecedent=antecedent).reason


HOSTILE = {
    "commas": "," * 100_000,
    "opening marks": "“" * 100_000,
    "nested quotations": "“a " * 50_000 + "” " * 50_000,
    "straight marks": '"' * 100_000,
    "single marks": "'a " * 50_000,
    "said said said": "said " * 40_000,
    "he said that he said that": "he said that " * 10_000,
    "its claim that its claim that": "its claim that " * 10_000,
    "according to according to": "according to " * 30_000,
    "initials": "A." * 100_000,
    "brackets": "(a" * 100_000,
    "hyphens": "a-" * 100_000,
    "lines": "a\n" * 100_000,
    "a number without end": "1,000" + ",000" * 50_000 + " people were killed, he said.",
    "digits": "9" * 100_000 + " people were killed, he said.",
    "tolls": "one hundred " * 20_000,
    "dashes": "he – " * 50_000,
    "one quotation": "“" + "he went home. " * 20_000,
    "an open quotation in each paragraph": "“He went home.\n\n" * 20_000,
}


@pytest.mark.untraced
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered_in_seconds(text: str) -> None:
    started = time.process_time()
    _check(text, extractor().extract(text))

    assert time.process_time() - started < bound(4)


@pytest.mark.untraced
def test_time_grows_with_length_and_no_faster() -> None:
    passage = "Orland said that Velland, which denied it, had accused “the others” of lying. "

    def seconds(copies: int) -> float:
        text = passage * copies
        best = 1e9
        for _ in range(3):
            started = time.process_time()
            extractor().extract(text)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(800) < 8 * 4 * seconds(100)


def test_the_lexicon_is_read_once_and_holds_every_kind() -> None:
    english = lexicon("en")

    assert english is not None
    assert english is lexicon("en")
    assert {cue.kind.value for form in english.verbs.values() for cue in form.cues} == {
        *("assertion", "denial", "accusation", "acknowledgement", "justification", "appeal"),
        *("no_comment", "retraction", "designation"),
    }
