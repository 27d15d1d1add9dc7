"""Sources and their names come to exist at a moment of the ledger, when an editor approves them.

Places and outlets are the manager's setting of the dossier and have entries of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.core.errors import Conflict, Refusal
from apps.core.names import fold
from apps.dossiers.models import Dossier, Party
from apps.ledger import services as ledger
from apps.sources.models import Affiliation, Alias, Alignment, Outlet, OutletName, Place, Source, Toponym


@dataclass(frozen=True)
class Name:
    """A name to be given: its form and the language it is in."""

    name: str
    form: str
    language: str = ""


def record_source(
    *,
    moment: ledger.Moment,
    kind: str,
    preferred: Name,
    names: Sequence[Name] = (),
    party: Party | None = None,
    institution: Source | None = None,
    role: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Source:
    """A source with its names, its party, and whom it speaks for from which day to which. Only :mod:`apps.review`
    calls this."""
    source = Source.objects.create(kind=kind, **moment.begins())
    moment.changed("source", source.public_id, "added")
    record_alias(moment=moment, source=source, name=preferred, preferred=True)
    for name in names:
        if fold(name.name) != fold(preferred.name):
            record_alias(moment=moment, source=source, name=name)
    if party is not None:
        Alignment.objects.create(source=source, party=party, **moment.begins())
    if institution is not None:
        days = DateRange(since, until, "[]")
        Affiliation.objects.create(source=source, institution=institution, role=role, days=days, **moment.begins())
    return source


def record_alias(*, moment: ledger.Moment, source: Source, name: Name, preferred: bool = False) -> Alias:
    """A further name of a source; the one it already has if it goes by it. Only :mod:`apps.review` calls this."""
    known = Alias.objects.current().filter(source=source, folded=fold(name.name)).first()
    if known is not None:
        return known
    alias = Alias.objects.create(
        source=source,
        name=name.name.strip(),
        folded=fold(name.name),
        form=name.form,
        language=name.language,
        preferred=preferred,
        **moment.begins(),
    )
    moment.changed("alias", alias.public_id, "added")
    return alias


def end_source(*, moment: ledger.Moment, source: Source) -> None:
    """Withdraw a source with all that is said of it. Only :mod:`apps.review` calls this."""
    Source.objects.current().filter(pk=source.pk).update(**moment.ends())
    moment.changed("source", source.public_id, "withdrawn")
    for alias in Alias.objects.current().filter(source=source):
        end_alias(moment=moment, alias=alias)
    Alignment.objects.current().filter(source=source).update(**moment.ends())
    Affiliation.objects.current().filter(source=source).update(**moment.ends())
    Affiliation.objects.current().filter(institution=source).update(**moment.ends())


def end_alias(*, moment: ledger.Moment, alias: Alias) -> None:
    """Withdraw a name. Only :mod:`apps.review` calls this."""
    Alias.objects.current().filter(pk=alias.pk).update(**moment.ends())
    moment.changed("alias", alias.public_id, "withdrawn")


@transaction.atomic
def add_outlet(*, dossier: Dossier, name: str, host: str, by: Actor) -> Outlet:
    """An outlet, recognised by the host of its pages. Adding it twice returns the first."""
    Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)
    known = (
        OutletName.objects.in_dossier(dossier.pk).current().filter(name=name.strip()).select_related("outlet").first()
    )
    if known is not None:
        return known.outlet
    with ledger.entry(dossier_id=dossier.pk, actor=by.ref, verb="outlet.added") as moment:
        outlet = Outlet.objects.create(host=host.lower(), **moment.begins())
        OutletName.objects.create(outlet=outlet, name=name.strip(), **moment.begins())
        moment.changed("outlet", outlet.public_id, "added")
    return outlet


@transaction.atomic
def rename_outlet(*, outlet: Outlet, name: str, by: Actor) -> None:
    """Another name from now on; earlier reads keep the old one."""
    with ledger.entry(dossier_id=outlet.dossier_id, actor=by.ref, verb="outlet.renamed") as moment:
        OutletName.objects.current().filter(outlet=outlet).update(**moment.ends())
        try:
            with transaction.atomic():
                OutletName.objects.create(outlet=outlet, name=name.strip(), **moment.begins())
        except IntegrityError as error:
            raise Refusal(_("Another outlet of this dossier has that name."), code="name_taken") from error
        moment.changed("outlet", outlet.public_id, "withdrawn")
        moment.changed("outlet", outlet.public_id, "added")


@dataclass(frozen=True)
class PlaceName:
    """A name of a place and who uses it; ``None`` for a name in common use."""

    name: str
    party: Party | None = None
    language: str = ""


@transaction.atomic
def add_place(*, dossier: Dossier, names: Sequence[PlaceName], by: Actor) -> Place:
    """A place with every name it goes by; none of them is ours."""
    if not names:
        raise Refusal(_("A place needs at least one name."), code="no_name")
    with ledger.entry(dossier_id=dossier.pk, actor=by.ref, verb="place.added") as moment:
        place = Place.objects.create(**moment.begins())
        for name in names:
            Toponym.objects.create(
                place=place, name=name.name.strip(), party=name.party, language=name.language, **moment.begins()
            )
        moment.changed("place", place.public_id, "added")
    return place


@transaction.atomic
def align(*, source: Source, party: Party | None, by: Actor) -> None:
    """Put a source with another party, or with none, from now on; earlier reads keep the old one."""
    held = Alignment.objects.current().filter(source=source).first()
    if (held.party_id if held else None) == (party.pk if party else None):
        raise Conflict(_("The source already stands there."))
    with ledger.entry(dossier_id=source.dossier_id, actor=by.ref, verb="source.aligned") as moment:
        Alignment.objects.current().filter(source=source).update(**moment.ends())
        if party is not None:
            Alignment.objects.create(source=source, party=party, **moment.begins())
        moment.changed("source", source.public_id, "withdrawn")
        moment.changed("source", source.public_id, "added")
