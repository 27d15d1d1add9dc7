"""A statement card between what a revision holds, what a person typed, and what the domain is asked to record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.claims.models import Stance
from apps.dossiers.models import Party
from apps.review.card import DeskArticle, Item
from apps.review.choices import alias_called
from apps.review.drafts import AttributionDraft, ClaimDraft, FigureDraft, NameDraft, SourceDraft, SpanDraft
from apps.review.models import Proposal
from apps.review.reading import Reading
from apps.review.services.judging import Filled, NewSource, Taken
from apps.statements.models import Kind, Quotation
from apps.web.desk.finding import Ambiguous, Marked, NotFound, find, ranges_of, words_of
from apps.web.desk.forms import (
    KIND_STANCE,
    NO_CLAIM,
    ROLES,
    CardForm,
    FigureForm,
    FigureFormSet,
    PositionForm,
    PositionFormSet,
)
from apps.web.desk.origins import DENY
from apps.web.http import Room

BY_HAND = "chosen by hand"
POSITIONS, FIGURES = "positions", "figures"


@dataclass
class Sheet:
    """The forms of one card: the statement, its positions, its figures."""

    card: CardForm
    positions: BaseFormSet[PositionForm]
    figures: BaseFormSet[FigureForm]
    figure_added: bool = False

    @property
    def figures_open(self) -> bool:
        """Whether there is something to be seen among the figures: a mistake, or a row to be filled."""
        return self.figure_added or (self.figures.is_bound and not self.figures.is_valid())

    def is_valid(self) -> bool:
        """Every form is asked, so that all that is wrong is shown at once."""
        return all([self.card.is_valid(), self.positions.is_valid(), self.figures.is_valid()])


def _make(room: Room, desk: DeskArticle, item: Item | None, **kinds: Any) -> Sheet:
    """``data`` binds the forms; ``card``, ``positions`` and ``figures`` are what they begin with."""
    data = kinds.get("data")
    shared: dict[str, Any] = {"dossier_id": room.dossier.pk, "parties": room.parties}
    return Sheet(
        card=CardForm(data, initial=kinds.get("card"), relayers=_relayers(desk, item), **shared),
        positions=PositionFormSet(data, initial=kinds.get("positions"), prefix=POSITIONS, form_kwargs=shared),
        figures=FigureFormSet(data, initial=kinds.get("figures"), prefix=FIGURES),
    )


def _relayers(desk: DeskArticle, item: Item | None) -> list[tuple[str, str]]:
    """Other statements of the article that may relay this one."""
    return [
        (other.key, f"{other.number}. {other.reading.mention[:40]}: {other.reading.content[:60]}")
        for other in desk.items
        if (item is None or other.key != item.key) and other.proposal.state != Proposal.State.REJECTED
    ]


def opened(room: Room, desk: DeskArticle, item: Item | None) -> Sheet:
    """The card as its last revision has it; without one, as a statement to be added by hand begins."""
    if item is None:
        card: dict[str, Any] = {
            "kind": Kind.ASSERTION,
            "quotation": Quotation.INDIRECT,
            "said_until": desk.rendition.said_before(room.dossier.zone),
        }
        return _make(room, desk, None, card=card, positions=[_blank_position(Kind.ASSERTION)], figures=[])
    reading = item.reading
    draft = reading.draft
    card = {
        "expected": item.proposal.last_revision,
        "source": reading.source.value if reading.source else "",
        "principal": reading.spoken_for.name if reading.spoken_for else "",
        "learn": draft.learn is not None,
        "learn_form": draft.learn.form if draft.learn else "short",
        "kind": draft.kind,
        "quotation": draft.quotation,
        "channel": draft.channel,
        "said_from": draft.said_from,
        "said_until": draft.said_until,
        "relayed_by": reading.relayed_by,
    }
    for role in ROLES:
        card[f"{role}_ranges"] = ranges_of(draft.spans, role)
        card[f"{role}_words"] = words_of(draft.spans, role)
    return _make(
        room,
        desk,
        item,
        card=card,
        positions=[
            {
                "claim": position.claim.value,
                "stance": position.stance,
                "retracts": f"S-{position.retracts}" if position.retracts else "",
                "against": position.against.ref if position.against else "",
                "counter_kind": position.counter_kind,
            }
            for position in reading.positions
        ]
        or [_blank_position(draft.kind)],
        figures=[
            asdict(figure) | {"part_of": figure.part_of + 1 if figure.part_of is not None else ""}
            for figure in draft.figures
        ],
    )


def _blank_position(kind: str) -> dict[str, str]:
    stance = KIND_STANCE.get(Kind(kind), "")
    return {"stance": str(stance), "offered": str(stance)}


def posted(room: Room, desk: DeskArticle, item: Item | None, data: QueryDict) -> Sheet:
    """The forms bound to what a person sent, to be checked."""
    return _make(room, desk, item, data=data)


def typed(room: Room, desk: DeskArticle, item: Item | None, data: QueryDict, *, do: str, above: str = "") -> Sheet:
    """The card as a person has filled it so far, not yet checked.

    ``do`` adds a row, takes the speaker above, denies what the statement answers, or puts it over the revision that is
    now the last.
    """
    card = _values(CardForm, data)
    positions = _rows(PositionForm, data, POSITIONS)
    figures = _rows(FigureForm, data, FIGURES)
    if do == "same" and above:
        card |= {"source": above, "learn": False}
    if do == "over" and item is not None:
        card["expected"] = item.proposal.last_revision
    if do == "more-position":
        positions.append({})
    if do == "more-figure":
        figures.append({})
    if do.startswith(DENY):
        _deny(positions, do.removeprefix(DENY))
    sheet = _make(room, desk, item, card=card, positions=positions, figures=figures)
    sheet.figure_added = do == "more-figure"
    return sheet


def _deny(positions: list[dict[str, Any]], claim: str) -> None:
    """Put a denial of this claim where it is chosen already, or no claim is, or behind."""
    row = next((p for p in positions if p["claim"] == claim), None)
    row = row or next((p for p in positions if _chooses_nothing(p)), None)
    if row is None:
        row = {}
        positions.append(row)
    row |= {"claim": claim, "stance": str(Stance.DENIES)}


def _chooses_nothing(position: Mapping[str, Any]) -> bool:
    return position["claim"] in (None, "", NO_CLAIM) and not (position["wording"] or "").strip()


def _values(form: type[forms.Form], data: QueryDict, prefix: str = "") -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(data, {}, f"{prefix}{name}") for name, field in form.base_fields.items()
    }


def _rows(form: type[forms.Form], data: QueryDict, prefix: str) -> list[dict[str, Any]]:
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(int(total), 20) if total.isdecimal() and len(total) < 10 else 0
    return [_values(form, data, f"{prefix}-{number}-") for number in range(count)]


def filled(sheet: Sheet, desk: DeskArticle, reading: Reading | None) -> Filled | None:
    """What is to be recorded, or ``None`` with the reasons at the fields."""
    if not sheet.is_valid():
        return None
    spans = _spans(sheet.card, desk.rendition.text)
    if spans is None:
        return None
    data = sheet.card.cleaned_data
    mention = " ".join(" ".join(s.exact.split()) for s in spans if s.role == "source")
    before = reading.source.value if reading and reading.source else ""
    draft = AttributionDraft(
        spans=spans,
        kind=data["kind"],
        quotation=data["quotation"],
        channel=data["channel"].strip(),
        said_from=_kept(data["said_from"], reading.draft.said_from if reading else None),
        said_until=_kept(data["said_until"], reading.draft.said_until if reading else None) or data["said_until"],
        figures=_figures(sheet.figures),
        confidence=reading.draft.confidence if reading else None,
        pattern=reading.draft.pattern if reading else "",
        resolution=reading.draft.resolution if reading and before == data["source"] else BY_HAND,
        learn=_learnt(data, mention, desk.rendition.language),
        answers=reading.draft.answers if reading else (),
    )
    return Filled(
        draft=draft,
        source=data["held"],
        source_proposal=data["pending"],
        new_source=_new_source(sheet.card, desk) if data["source"] == "new" else None,
        principal=data["principal"],
        alias=alias_called(data["held"], mention) if data["held"] and draft.learn is None else None,
        relayed_by=_relayer(desk, data["relayed_by"]),
        positions=tuple(_taken(form.cleaned_data) for form in sheet.positions if not form.is_blank),
    )


def _kept(value: datetime | None, before: datetime | None) -> datetime | None:
    """A field shows whole seconds; what nobody touched keeps its fraction."""
    return before if before is not None and value == before.replace(microsecond=0) else value


def _spans(form: CardForm, text: str) -> tuple[SpanDraft, ...] | None:
    """The spans of every role; content first, as it says where the others are looked for."""
    found: dict[str, tuple[SpanDraft, ...]] = {}
    near: int | None = None
    for role in reversed(ROLES):
        data = form.cleaned_data
        marked = Marked(role, data[f"{role}_words"], data[f"{role}_ranges"], data[f"{role}_occurrence"])
        try:
            found[role] = find(text, marked, near=near)
        except Ambiguous as error:
            form.add_error(f"{role}_words", _several(error))
        except NotFound as error:
            form.add_error(f"{role}_words", _missing(error))
        else:
            if role == "content" and found[role]:
                near = found[role][0].begins
    if form.errors:
        return None
    return tuple(span for role in ROLES for span in found[role])


def _several(error: NotFound) -> str:
    return ngettext(
        "These words stand there %(n)d time: say which of them.",
        "These words stand there %(n)d times: say which of them, from 1 to %(n)d.",
        error.occurs,
    ) % {"n": error.occurs}


def _missing(error: NotFound) -> str:
    if error.occurs:
        return ngettext(
            "These words stand in the article only %(n)d time.",
            "These words stand in the article only %(n)d times.",
            error.occurs,
        ) % {"n": error.occurs}
    return _("“%(words)s” is not in the article, word for word.") % {"words": error.words[:80]}


def _figures(forms: BaseFormSet[FigureForm]) -> tuple[FigureDraft, ...]:
    """Those that are not blank, in the order of the card. What was included in one that is removed stands by itself."""
    kept = [number for number, form in enumerate(forms, start=1) if not form.is_blank]
    places = {number: place for place, number in enumerate(kept)}
    return tuple(_figure(form.cleaned_data, places) for form in forms if not form.is_blank)


def _figure(data: Mapping[str, Any], places: Mapping[int, int]) -> FigureDraft:
    return FigureDraft(
        measure=data["measure"] or "other",
        comparator=data["comparator"] or "exactly",
        low=data["low"],
        high=data["high"],
        of_whom=data["of_whom"].strip(),
        counting=data["counting"] or "unstated",
        part_of=places.get(data["part_of"]),
    )


def _learnt(data: Mapping[str, Any], mention: str, language: str) -> NameDraft | None:
    if not data["learn"] or not mention:
        return None
    return NameDraft(name=mention[:200], form=data["learn_form"] or "short", language=language[:2])


def _new_source(form: CardForm, desk: DeskArticle) -> NewSource:
    data = form.cleaned_data
    parties = Party.objects.in_dossier(desk.article.dossier_id).current()
    party = parties.filter(public_id=data["new_party"]).first() if data["new_party"] else None
    draft = SourceDraft(name=data["new_name"].strip(), kind=data["new_kind"], role=data["new_role"].strip())
    return NewSource(draft=draft, party=party, institution=data["new_institution"])


def _relayer(desk: DeskArticle, key: str) -> Proposal | None:
    item = desk.item(key)
    return item.proposal if item else None


def _taken(data: Mapping[str, Any]) -> Taken:
    new = data["claim"] == "new"
    return Taken(
        stance=data["stance"],
        claim=None if new else data["held"],
        claim_proposal=None if new else data["pending"],
        new_claim=ClaimDraft(data["wording"].strip(), about=tuple(int(p) for p in data["about"])) if new else None,
        retracts=data["retracted"] if data["stance"] == Stance.RETRACTS else None,
        against=data["against_claim"],
        counter_kind=data["counter_kind"],
    )


def say(sheet: Sheet, code: str, reason: str) -> None:
    """Put what the domain refused at the field it is about, or at the head of the card."""
    field = {
        "no_source": "source",
        "no_content": "content_words",
        "span_outside": "content_words",
        "span_words_differ": "content_words",
        "span_blank": "content_words",
        "spans_overlap": "content_words",
        "said_out_of_order": "said_until",
        "no_name": "new_name",
    }.get(code)
    sheet.card.add_error(field, reason)
