"""What may become of a proposal, and what is wrong with a draft; no database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.review import rules
from apps.review.drafts import FigureDraft, SpanDraft
from tests.factories.worlds import SAID, TEXT, a_draft


@pytest.mark.parametrize(
    ("state", "verb", "leads_to"),
    [
        ("open", "submit", "submitted"),
        ("open", "reject", "rejected"),
        ("open", "supersede", "superseded"),
        ("returned", "submit", "submitted"),
        ("returned", "reject", "rejected"),
        ("submitted", "return", "returned"),
        ("submitted", "approve", "approved"),
        ("approved", "withdraw", "withdrawn"),
        ("withdrawn", "submit", "submitted"),
        ("approved", "submit", None),
        ("approved", "reject", None),
        ("approved", "return", None),
        ("submitted", "submit", None),
        ("submitted", "supersede", None),
        ("returned", "supersede", None),
        ("rejected", "approve", None),
        ("rejected", "submit", None),
        ("superseded", "submit", None),
        ("returned", "approve", None),
    ],
)
def test_a_verb_leads_from_one_state_to_one_other_or_nowhere(state: str, verb: str, leads_to: str | None) -> None:
    assert rules.after(state, verb) == leads_to


def test_only_what_was_submitted_or_repeats_an_approved_statement_may_be_approved() -> None:
    assert rules.may_approve(state="submitted", repeats_approved=False)
    assert rules.may_approve(state="open", repeats_approved=True)
    assert not rules.may_approve(state="open", repeats_approved=False)
    assert not rules.may_approve(state="returned", repeats_approved=True)


def test_an_approval_is_not_undone_but_withdrawn() -> None:
    assert rules.undone(verb="approve", from_state="submitted", to_state="approved", state="approved") is None
    assert rules.undone(verb="submit", from_state="open", to_state="submitted", state="submitted") == "open"
    assert rules.undone(verb="submit", from_state="open", to_state="submitted", state="returned") is None


def test_a_sound_draft_has_no_faults() -> None:
    assert rules.faults(a_draft(), text=TEXT) == []


def a_span(begins: int, ends: int, *, role: str = "content", exact: str | None = None) -> SpanDraft:
    return SpanDraft(role, begins, ends, TEXT[begins:ends] if exact is None else exact)


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ((a_span(0, len(TEXT) + 1),), "span_outside"),
        ((a_span(5, 5),), "span_outside"),
        ((a_span(0, 3, exact="the"),), "span_words_differ"),
        ((a_span(3, 4),), "span_blank"),
        ((a_span(0, 12), a_span(4, 20)), "spans_overlap"),
        ((a_span(0, 12, role="source"),), "no_content"),
    ],
)
def test_spans_that_cannot_stand_are_named(spans: tuple[SpanDraft, ...], code: str) -> None:
    assert code in [fault.code for fault in rules.faults(replace(a_draft(), spans=spans), text=TEXT)]


@pytest.mark.parametrize(
    "figure",
    [
        FigureDraft("killed", "exactly", -1),
        FigureDraft("killed", "range", 5),
        FigureDraft("killed", "range", 5, 5),
        FigureDraft("killed", "about", 5, 7),
    ],
)
def test_a_figure_that_makes_no_sense_is_a_fault(figure: FigureDraft) -> None:
    assert [f.code for f in rules.faults(a_draft(figures=[figure]), text=TEXT)] == ["figure_wrong"]


def test_a_figure_between_two_numbers_is_none() -> None:
    assert rules.faults(a_draft(figures=[FigureDraft("killed", "range", 5, 7)]), text=TEXT) == []


def test_nothing_is_said_from_later_than_until() -> None:
    draft = a_draft(said_from=SAID + timedelta(days=1))
    assert [f.code for f in rules.faults(draft, text=TEXT)] == ["said_out_of_order"]


def test_what_is_needed_comes_before_what_needs_it_and_otherwise_nothing_moves() -> None:
    assert rules.in_order({3: [1], 2: [], 1: [2, 99]}) == [2, 1, 3]


def test_a_circle_of_relays_is_refused() -> None:
    with pytest.raises(rules.Circular):
        rules.in_order({1: [2], 2: [1]})


def test_a_copy_may_differ_in_case_white_space_and_punctuation_but_in_no_word() -> None:
    one = [SpanDraft("content", 0, 9, "The river, was crossed")]
    same = [SpanDraft("content", 7, 9, "the river\nwas crossed")]
    other = [SpanDraft("content", 0, 9, "The river was not crossed")]
    assert rules.same_words(one, same, role="content")
    assert not rules.same_words(one, other, role="content")


def test_changes_name_the_fields_that_differ_between_two_revisions() -> None:
    assert rules.changes({"kind": "denial", "cue": "said"}, {"kind": "assertion", "cue": "said"}) == (
        rules.Change("kind", "denial", "assertion"),
    )


ENGLISH = "The office said that the road to the north was closed and that most of the boats were back with the others. "
FRENCH = "Le ministère a nié que ses troupes aient franchi la rivière et a dit que la route du nord était fermée hier. "
RUSSIAN = "Министерство отрицало, что его войска перешли реку, и сообщило, что дорога на север закрыта. "


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", ENGLISH * 5, "en"),
        ("en-GB", ENGLISH, "en"),
        ("", ENGLISH * 5, "en"),
        ("fr", FRENCH * 5, "fr"),
        ("fr_CA", "Fermé", "fr"),
        ("ru", ENGLISH * 5, "en"),
        ("en", RUSSIAN, "und"),
        ("", RUSSIAN, "und"),
        ("", FRENCH * 5, "und"),
        ("en", FRENCH * 5, "und"),
        ("", "Boats sunk", "en"),
        ("", "", "en"),
    ],
)
def test_a_text_is_read_in_the_language_it_is_in_whatever_its_page_declares(
    declared: str, text: str, language: str
) -> None:
    assert rules.language_of(declared, text) == language
