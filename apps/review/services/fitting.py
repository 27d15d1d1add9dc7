"""Whether approval could write what is suggested. Shared by the other services; no interface calls this."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.claims.models import Wording
from apps.core.errors import Refusal
from apps.dossiers.models import Party
from apps.review import rules
from apps.review.drafts import AliasDraft, AttributionDraft, ClaimDraft, NameDraft, SourceDraft
from apps.sources.models import Affiliation, Alias, Source

FAULTS = {
    "span_outside": gettext_lazy("A marked span lies outside the article's text."),
    "span_words_differ": gettext_lazy("The words of a span are not those of the preserved article."),
    "span_blank": gettext_lazy("A marked span has no words."),
    "spans_overlap": gettext_lazy("Spans of the same role overlap."),
    "no_content": gettext_lazy("Mark what was said: a statement needs content."),
    "said_out_of_order": gettext_lazy("It cannot have been said from later than until."),
    "figure_wrong": gettext_lazy("A figure needs a number, and a range needs two, the lower one first."),
    "figure_part_wrong": gettext_lazy("A figure is a part of another of this statement, and never of itself."),
}


def check_statement(draft: AttributionDraft, *, text: str) -> None:
    """Its spans are words of the text, and its times and figures make sense."""
    found = rules.faults(draft, text=text)
    if found:
        raise Refusal(FAULTS[found[0].code], code=found[0].code)


def check_claim(draft: ClaimDraft, *, dossier_id: int) -> None:
    """A claim has words, and is about parties of its dossier."""
    if not draft.text.strip():
        raise Refusal(_("A claim needs a wording."), code="no_wording")
    check_fits(Wording, "text", draft.text)
    about = Party.objects.in_dossier(dossier_id).current().filter(pk__in=draft.about).count()
    if about != len(set(draft.about)):
        raise Refusal(_("A claim is about parties of this dossier."), code="no_such_party")


def check_source(draft: SourceDraft) -> None:
    """A source has a name of its own and a kind that we know."""
    if not draft.name.strip():
        raise Refusal(_("A source needs a name."), code="no_name")
    check_fits(Source, "kind", draft.kind)
    check_fits(Affiliation, "role", draft.role)
    for name in (NameDraft(draft.name, draft.form), *draft.names):
        check_fits(Alias, "name", name.name)
        check_fits(Alias, "form", name.form)
    if draft.form == Alias.Form.METONYM:
        raise Refusal(_("A metonym is a further name, not the one the dossier itself uses."), code="metonym_preferred")


def check_name(draft: AliasDraft) -> None:
    """A further name has letters, and a form that we know."""
    if not draft.name.strip():
        raise Refusal(_("A name needs at least a letter."), code="no_name")
    check_fits(Alias, "name", draft.name)
    check_fits(Alias, "form", draft.form)


def check_fits(model: type[models.Model], field: str, value: str) -> None:
    """Whether approval could write this: refused now, in words, and not then by the database."""
    column = model._meta.get_field(field)
    assert isinstance(column, models.CharField)
    if column.choices and value not in dict(column.flatchoices):
        raise Refusal(
            _("“%(value)s” is none of the values of “%(field)s”.") % {"value": value, "field": column.verbose_name},
            code="no_such_value",
        )
    if column.max_length is not None and len(value.strip()) > column.max_length:
        raise Refusal(
            _("“%(field)s” takes at most %(count)d characters.")
            % {"field": column.verbose_name, "count": column.max_length},
            code="too_long",
        )
