"""Where the words of an attribution stand once the text around them has changed."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.review import anchoring
from apps.review.anchoring import Anchored, Pair
from apps.review.drafts import SpanDraft
from tests.pace import bound

MINISTRY = "The ministry denied on Monday that its troops had crossed the river."
OFFICE = (
    "The harbour office said at least 27 people were moved from the lower quay to the northern bank on Monday night."
)
BEFORE = f"Boats at the quay\n\n{MINISTRY} The ministry said nothing else.\n\n{OFFICE}"


def spans(text: str, **words: str) -> tuple[SpanDraft, ...]:
    """Spans by role, each at the first place of its words from where the source stands on."""
    base = text.index(words["source"])
    found = []
    for role, exact in words.items():
        begins = text.index(exact, base)
        found.append(SpanDraft.of(text, role=role, begins=begins, ends=begins + len(exact)))
    return tuple(found)


DENIAL = spans(BEFORE, source="The ministry", cue="denied", content="its troops had crossed the river")
COUNT = spans(
    BEFORE,
    source="The harbour office",
    cue="said",
    content="at least 27 people were moved from the lower quay to the northern bank on Monday night",
)


def anchored(after: str, of: tuple[SpanDraft, ...] = DENIAL) -> Anchored | None:
    found = Pair(BEFORE, after).anchor(of)
    for span in found.spans if found else ():
        assert after[span.begins : span.ends] == span.exact
    return found


def words(found: Anchored | None, role: str) -> list[str]:
    assert found is not None
    return [span.exact for span in found.spans if span.role == role]


def test_words_that_stayed_are_found_where_they_are() -> None:
    found = anchored(f"Correction: the day was wrong before.\n\n{BEFORE}")
    assert found is not None
    assert found.exact
    assert [span.exact for span in found.spans] == [span.exact for span in DENIAL]


def test_of_two_equal_places_the_one_that_belongs_to_the_rest_is_meant() -> None:
    found = anchored(f"The ministry said nothing else. {BEFORE}")
    assert found is not None
    (source,) = [span for span in found.spans if span.role == "source"]
    (cue,) = [span for span in found.spans if span.role == "cue"]
    assert source.ends + 1 == cue.begins


def test_a_sentence_that_moved_is_followed() -> None:
    after = f"Boats at the quay\n\n{OFFICE}\n\nOn Monday the ministry denied that its troops had crossed the river."
    found = anchored(after)
    assert words(found, "content") == ["its troops had crossed the river"]
    assert words(found, "source") == ["the ministry"]


def test_other_quotation_marks_and_spaces_are_the_same_words() -> None:
    before = "He said: “We were  not there”, and left."
    of = spans(before, source="He", cue="said", content="“We were  not there”")
    found = Pair(before, 'He said: "We were not there", and left.').anchor(of)
    assert found is not None
    assert found.exact
    assert words(found, "content") == ['"We were not there"']


def test_words_that_are_not_there_any_more_are_not_found() -> None:
    assert anchored(f"Boats at the quay\n\n{OFFICE}") is None


def test_words_that_nobody_says_any_more_are_not_found() -> None:
    assert anchored("Boats at the quay\n\nOn Monday its troops had crossed the river.") is None


def test_nearly_the_same_words_are_found_and_told_from_the_same() -> None:
    found = anchored(BEFORE.replace("to the northern bank on", "to the far northern bank late on"), COUNT)
    assert found is not None
    assert not found.exact
    assert "far northern bank late on Monday night" in words(found, "content")[0]


@pytest.mark.parametrize(
    ("was", "became"),
    [("27", "30"), ("at least 27", "27"), ("were moved", "were not moved"), ("27", "twenty"), ("at least", "at most")],
)
def test_another_number_or_a_denial_makes_other_words(was: str, became: str) -> None:
    assert anchored(BEFORE.replace(was, became), COUNT) is None


def test_few_words_are_looked_for_only_as_they_are() -> None:
    assert (
        anchored(BEFORE.replace("had crossed the river", "had passed the river"), DENIAL[:2] + DENIAL[2:]) is not None
    )
    short = spans(BEFORE, source="The ministry", cue="said", content="nothing else")
    assert anchored(BEFORE.replace("nothing else", "nothing more"), short) is None


def test_another_speaker_of_the_same_words_is_not_found_in_the_sentence_after() -> None:
    found = anchored(BEFORE.replace("The ministry denied", "The mayor denied"))
    assert words(found, "cue") == ["denied"]
    assert words(found, "source") == []


def test_a_changed_cue_is_missing() -> None:
    found = anchored(BEFORE.replace("denied on", "confirmed on"))
    assert words(found, "source") == ["The ministry"]
    assert words(found, "cue") == []


def test_parts_of_a_content_keep_their_order() -> None:
    before = "“We left”, he said on Monday, “and will not come back to the quay”."
    of = (
        SpanDraft.of(before, role="content", begins=0, ends=9),
        *spans(before, source="he", cue="said", content="“and will not come back to the quay”"),
    )
    found = Pair(before, f"The boats left. {before}").anchor(of)
    assert words(found, "content") == ["“We left”", "“and will not come back to the quay”"]
    assert Pair(before, "“and will not come back to the quay”, he said, “We left”").anchor(of) is None


def test_a_span_within_a_word_stays_within_it() -> None:
    before = "The non-aligned office said it was cold at the northernmost quay."
    begins = before.index("northern")
    of = (
        *spans(before, source="office", cue="said", content="it was cold"),
        SpanDraft.of(before, role="content", begins=begins, ends=begins + len("northern")),
    )
    found = Pair(before, "So: " + before).anchor(of)
    assert words(found, "content") == ["it was cold", "northern"]


def test_a_script_without_our_words_is_followed_too() -> None:
    before = "Նախարարությունը հերքեց, որ զորքերը անցել են գետը։ Ոչ ոք չհարցրեց։"
    of = spans(before, source="Նախարարությունը", cue="հերքեց", content="զորքերը անցել են գետը")
    found = Pair(before, "Ուղղում։ " + before).anchor(of)
    assert found is not None
    assert found.exact


@given(st.text(max_size=200), st.text(max_size=200), st.data())
def test_whatever_is_found_is_words_of_the_later_text(before: str, after: str, data: st.DataObject) -> None:
    begins = data.draw(st.integers(0, max(len(before) - 1, 0)))
    ends = data.draw(st.integers(begins, len(before)))
    of = (SpanDraft.of(before, role="content", begins=begins, ends=ends),)
    found = Pair(before, after).anchor(of)
    for span in found.spans if found else ():
        assert after[span.begins : span.ends] == span.exact
        assert span.exact


@given(st.lists(st.sampled_from(["a", "b", "c", ".", "said", "1"]), min_size=1, max_size=60), st.data())
def test_a_text_that_did_not_change_keeps_every_place(tokens: list[str], data: st.DataObject) -> None:
    text = " ".join(tokens)
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    begins = len(" ".join(tokens[:first])) + (first > 0)
    span = SpanDraft.of(text, role="content", begins=begins, ends=begins + len(" ".join(tokens[first : last + 1])))
    found = Pair(text, text).anchor([span])
    assert found is not None
    assert found.spans == (span,)


@pytest.mark.untraced
def test_a_long_article_with_many_statements_takes_no_time_to_speak_of() -> None:
    generator = random.Random(5)
    vocabulary = [f"word{n}" for n in range(3000)]
    sentences = [" ".join(generator.choices(vocabulary, k=20)) + "." for _n in range(500)]
    before = "\n\n".join(sentences)
    after = "\n\n".join(s for n, s in enumerate(sentences) if n % 7)
    pair = Pair(before, after)
    held, began = 0, time.process_time()
    for sentence in sentences[:200]:
        begins = before.index(sentence)
        of = SpanDraft.of(before, role="content", begins=begins, ends=begins + len(sentence))
        held += pair.anchor([of]) is not None
    assert time.process_time() - began < bound(6.0)
    assert held == sum(1 for n in range(200) if n % 7)


def test_texts_too_long_to_be_aligned_are_still_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "MOST_CELLS", 0)
    found = anchored(f"Correction.\n\n{BEFORE}")
    assert found is not None
    assert found.exact
