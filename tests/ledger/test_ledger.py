"""One append-only chain per dossier: whole, ordered in time, and showing wherever it was touched."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from apps.ledger import rules
from apps.ledger import services as ledger
from apps.ledger.models import Entry, EntryQuerySet, Head
from apps.ledger.services import Broken
from tests.factories.worlds import a_claim, a_dossier, a_world


def write(dossier_id: int, *, facts: int = 0) -> ledger.Moment:
    with transaction.atomic(), ledger.entry(dossier_id=dossier_id, actor="person:1", verb="test.written") as moment:
        for number in range(facts):
            moment.changed("claim", number, "added")
    return moment


def test_the_same_payload_always_has_the_same_bytes() -> None:
    assert rules.canonical({"b": 1, "a": "Ագ"}) == rules.canonical({"a": "Ագ", "b": 1}) == '{"a":"Ագ","b":1}'.encode()


def test_a_digest_depends_on_everything_it_covers() -> None:
    at = datetime(2024, 3, 12, 8, tzinfo=UTC)

    def digest(**other: object) -> bytes:
        said = {"previous": rules.GENESIS, "index": 1, "at": at, "actor": "a", "verb": "v", "payload_digest": b"p"}
        return rules.entry_digest(**{**said, **other})  # type: ignore[arg-type]

    changed = [
        digest(previous=b"x" * 32),
        digest(index=2),
        digest(at=at + timedelta(microseconds=1)),
        digest(actor="b"),
        digest(verb="w"),
        digest(payload_digest=b"q"),
    ]
    assert len({digest(), *changed}) == 7
    assert digest(at=at.astimezone(tz=None)) == digest()


def test_without_its_salt_nothing_can_be_guessed_of_a_payload() -> None:
    assert rules.payload_digest({"a": 1}, salt=b"1") != rules.payload_digest({"a": 1}, salt=b"2")


@pytest.mark.django_db
def test_each_entry_links_to_the_one_before_and_the_head_is_the_last() -> None:
    dossier = a_dossier()
    write(dossier.pk)
    entries = list(Entry.objects.filter(dossier=dossier).order_by("index"))
    assert [entry.index for entry in entries] == [1, 2]
    assert bytes(entries[0].previous) == rules.GENESIS
    assert bytes(entries[1].previous) == bytes(entries[0].digest)
    head = Head.objects.get(dossier=dossier)
    assert (head.index, bytes(head.digest), head.at) == (2, bytes(entries[1].digest), entries[1].at)


@pytest.mark.django_db
def test_the_change_feed_is_made_of_entries_that_touch_facts() -> None:
    world = a_world()
    write(world.dossier.pk)
    a_claim(world)
    entries = Entry.objects.filter(dossier=world.dossier)
    touching = entries.on_facts().newest_first()[0]
    assert touching.verb == "review.approved"
    assert list(entries.after(touching.index - 1)) == [touching]


@pytest.mark.django_db
def test_time_increases_with_every_entry_though_the_clock_is_set_back() -> None:
    dossier = a_dossier()
    ahead = Head.objects.get(dossier=dossier).at + timedelta(days=400)
    Head.objects.filter(dossier=dossier).update(at=ahead)
    first, second = write(dossier.pk), write(dossier.pk)
    assert first.at == ahead + timedelta(microseconds=1)
    assert second.at == ahead + timedelta(microseconds=2)


@pytest.mark.django_db
def test_an_entry_takes_part_in_the_transaction_around_it() -> None:
    dossier = a_dossier()

    def write_and_break() -> None:
        with transaction.atomic():
            write(dossier.pk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_break()
    assert Head.objects.get(dossier=dossier).index == Entry.objects.filter(dossier=dossier).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    dossier = a_dossier()
    with (
        pytest.raises(transaction.TransactionManagementError),
        ledger.entry(dossier_id=dossier.pk, actor="x", verb="y"),
    ):
        pass


@pytest.mark.django_db
def test_a_dossier_that_is_not_there_has_no_ledger() -> None:
    with pytest.raises(Head.DoesNotExist), transaction.atomic(), ledger.entry(dossier_id=0, actor="x", verb="y"):
        pass


def alter(**changes: object) -> Callable[[int], None]:
    return lambda dossier_id: _quietly(lambda: _second(dossier_id).update(**changes))


def _second(dossier_id: int) -> EntryQuerySet:
    return Entry.objects.filter(dossier_id=dossier_id, index=2)


def _quietly(act: Callable[[], object]) -> None:
    with pgtrigger.ignore("ledger.Entry:append_only"):
        act()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (alter(payload={"facts": []}), Broken(2, "the payload was changed")),
        (alter(salt=b"x" * 16), Broken(2, "the payload was changed")),
        (alter(actor="person:9"), Broken(2, "the entry was changed")),
        (alter(verb="other.verb"), Broken(2, "the entry was changed")),
        (alter(digest=b"x" * 32), Broken(2, "the entry was changed")),
        (alter(previous=b"x" * 32), Broken(2, "it does not link to the entry before it")),
        (alter(at=datetime(2020, 1, 1, tzinfo=UTC)), Broken(2, "time runs backwards")),
        (lambda pk: _quietly(lambda: _second(pk).delete()), Broken(2, "an entry is missing")),
        (
            lambda pk: _quietly(lambda: Entry.objects.filter(dossier_id=pk, index=3).delete()),
            Broken(3, "the head does not match the last entry"),
        ),
        (
            lambda pk: Head.objects.filter(dossier_id=pk).update(digest=b"x" * 32),
            Broken(3, "the head does not match the last entry"),
        ),
    ],
)
def test_whoever_touches_the_ledger_is_found_out(tamper: Callable[[int], None], found: Broken) -> None:
    dossier = a_dossier()
    write(dossier.pk, facts=2)
    write(dossier.pk)
    assert ledger.verify(dossier_id=dossier.pk) is None

    tamper(dossier.pk)

    assert ledger.verify(dossier_id=dossier.pk) == found


@pytest.mark.django_db
def test_an_entry_costs_two_queries_however_long_the_ledger_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    dossier = a_dossier()
    for _entry in range(3):
        write(dossier.pk)
    # Lock the head; append and move it.
    with transaction.atomic(), django_assert_num_queries(2), ledger.entry(dossier_id=dossier.pk, actor="x", verb="y"):
        pass


@pytest.mark.django_db
def test_what_is_written_while_it_is_verified_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = a_dossier()
    write(dossier.pk)
    digest = rules.payload_digest
    written: list[bool] = []

    def meanwhile(payload: Mapping[str, object], *, salt: bytes) -> bytes:
        if not written:
            written.append(True)
            write(dossier.pk)
        return digest(payload, salt=salt)

    monkeypatch.setattr(rules, "payload_digest", meanwhile)
    assert ledger.verify(dossier_id=dossier.pk) is None
    assert written


@pytest.mark.django_db
def test_an_entry_after_the_head_is_found_out() -> None:
    dossier = a_dossier()
    write(dossier.pk)
    before = Head.objects.get(dossier=dossier)
    write(dossier.pk)
    Head.objects.filter(dossier=dossier).update(index=before.index, digest=before.digest)
    assert ledger.verify(dossier_id=dossier.pk) == Broken(before.index, "the head does not match the last entry")
