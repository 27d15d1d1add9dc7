"""Whether approval could write what is suggested. Shared by the other services; no interface calls this."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from apps.claims.models import Wording
from apps.core.errors import Refusal
from apps.dossiers.models import Party
from apps.review.drafts import AliasDraft, ClaimDraft, NameDraft, SourceDraft
from apps.sources.models import Affiliation, Alias, Source


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
