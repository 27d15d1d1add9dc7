"""Setting up a dossier: its ledger, people and parties."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Actor, User
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier, Membership, Party, PartyName, Role
from apps.ledger import services as ledger

MOST_PARTIES = 8


@transaction.atomic
def open_dossier(*, slug: str, title: str, time_zone: str, by: User, at: datetime) -> Dossier:
    """A new dossier, its ledger, and ``by`` as its first manager."""
    dossier = Dossier(slug=slug, title=title, time_zone=time_zone, created=at)
    dossier.full_clean()
    dossier.save(force_insert=True)
    ledger.open_ledger(dossier_id=dossier.pk, at=at)
    with ledger.entry(
        dossier_id=dossier.pk,
        actor=Actor.person(by).ref,
        verb="dossier.opened",
        about={"slug": slug, "title": title, "time_zone": time_zone},
    ) as moment:
        Membership.objects.create(user=by, role=Role.MANAGER, **moment.begins())
    return dossier


@transaction.atomic
def rename_dossier(*, dossier: Dossier, title: str, time_zone: str, by: User) -> None:
    """Change title and zone; the ledger keeps what they were."""
    before = {"title": dossier.title, "time_zone": dossier.time_zone}
    dossier.title, dossier.time_zone = title, time_zone
    dossier.full_clean()
    dossier.save(update_fields=["title", "time_zone"])
    about: dict[str, object] = {"before": before, "after": {"title": title, "time_zone": time_zone}}
    with ledger.entry(dossier_id=dossier.pk, actor=Actor.person(by).ref, verb="dossier.renamed", about=about):
        pass


def _lock_dossier(dossier: Dossier) -> None:
    Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)


@transaction.atomic
def give_role(*, dossier: Dossier, user: User, role: str, by: User) -> Membership:
    """Make somebody a member, or change what they may do. The last manager stays one."""
    _lock_dossier(dossier)
    held = Membership.objects.in_dossier(dossier.pk).current().filter(user=user).first()
    if held is not None and held.role == role:
        return held
    if held is not None and held.role == Role.MANAGER:
        _check_another_manager(dossier, user)
    with ledger.entry(
        dossier_id=dossier.pk,
        actor=Actor.person(by).ref,
        verb="member.role_given",
        about={"user": user.pk, "role": role, "before": held.role if held else None},
    ) as moment:
        if held is not None:
            Membership.objects.filter(pk=held.pk).update(**moment.ends())
        return Membership.objects.create(user=user, role=role, **moment.begins())


@transaction.atomic
def end_membership(*, dossier: Dossier, user: User, by: User) -> None:
    """Take somebody's access away; what they did stays theirs."""
    _lock_dossier(dossier)
    held = Membership.objects.in_dossier(dossier.pk).current().filter(user=user).first()
    if held is None:
        raise Conflict(_("This person is no member any more."))
    if held.role == Role.MANAGER:
        _check_another_manager(dossier, user)
    with ledger.entry(
        dossier_id=dossier.pk, actor=Actor.person(by).ref, verb="member.ended", about={"user": user.pk}
    ) as moment:
        Membership.objects.filter(pk=held.pk).update(**moment.ends())


def _check_another_manager(dossier: Dossier, leaving: User) -> None:
    others = Membership.objects.in_dossier(dossier.pk).current().filter(role=Role.MANAGER).exclude(user=leaving)
    if not others.exists():
        raise Conflict(_("A dossier needs a manager: make somebody else one first."), code="last_manager")


@transaction.atomic
def add_party(*, dossier: Dossier, code: str, name: str, by: User) -> Party:
    """A further side, shown in the next column."""
    _lock_dossier(dossier)
    taken = Party.objects.in_dossier(dossier.pk).current().values_list("ordinal", flat=True)
    ordinal = next((n for n in range(1, MOST_PARTIES + 1) if n not in set(taken)), None)
    if ordinal is None:
        raise Refusal(_("A dossier shows at most eight parties side by side."), code="too_many_parties")
    with ledger.entry(dossier_id=dossier.pk, actor=Actor.person(by).ref, verb="party.added") as moment:
        party = Party.objects.create(ordinal=ordinal, **moment.begins())
        _name_party(party, code, name, moment)
        moment.changed("party", party.public_id, "added")
    return party


@transaction.atomic
def rename_party(*, party: Party, code: str, name: str, by: User) -> None:
    """Another name or code from now on; earlier reads keep the old one."""
    with ledger.entry(dossier_id=party.dossier_id, actor=Actor.person(by).ref, verb="party.renamed") as moment:
        PartyName.objects.current().filter(party=party).update(**moment.ends())
        _name_party(party, code, name, moment)
        moment.changed("party", party.public_id, "withdrawn")
        moment.changed("party", party.public_id, "added")


def _name_party(party: Party, code: str, name: str, moment: ledger.Moment) -> None:
    try:
        with transaction.atomic():
            PartyName.objects.create(party=party, code=code.strip().upper(), name=name.strip(), **moment.begins())
    except IntegrityError as error:
        raise Refusal(_("Another party of this dossier has that code."), code="code_taken") from error
