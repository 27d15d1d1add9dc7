"""Ways in: what is said yes to is kept, and nothing comes in twice by mistake."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import storage
from apps.articles.models import Article, Capture, Intake
from apps.articles.services import adding
from apps.articles.services.adding import Added, Described
from apps.core.errors import Conflict, Refusal
from tests.articles.hosts import page
from tests.factories.worlds import TEXT, World, a_world, run_until_quiet
from tests.pipeline.conftest import PAGE, Publisher


def add_address(world: World, address: str, *, key: str | None = None) -> Added:
    return adding.add_address(
        dossier=world.dossier,
        address=address,
        by=Actor.person(world.analyst),
        at=timezone.now(),
        idempotency_key=key,
    )


def add_text(world: World, text: str = TEXT, *, key: str | None = None, address: str = "") -> Added:
    return adding.add_text(
        dossier=world.dossier,
        text=text,
        described=Described(headline="Troops"),
        by=Actor.person(world.analyst),
        at=timezone.now(),
        idempotency_key=key,
        address=address,
    )


def test_a_text_is_kept_byte_for_byte_before_anybody_is_told_yes(world: World) -> None:
    added = add_text(world, "Ein “Zitat”.\r\n\r\nUnd mehr.")
    assert storage.read(added.intake.raw_sha256) == "Ein “Zitat”.\r\n\r\nUnd mehr.".encode()


def test_one_key_adds_one_text_however_often_it_is_sent(world: World) -> None:
    first, again = add_text(world, key="one"), add_text(world, key="one")
    assert (first.new, again.new) == (True, False)
    assert first.intake == again.intake


def test_a_key_is_not_used_again_for_something_else(world: World) -> None:
    add_text(world, key="one")
    with pytest.raises(Conflict) as refused:
        add_text(world, "Something else.", key="one")
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_key_may_be_used_in_two_dossiers(world: World) -> None:
    assert add_text(world, key="one").intake != add_text(a_world(), key="one").intake


def test_an_address_that_is_on_its_way_is_not_asked_for_twice(world: World, publisher: Publisher) -> None:
    first, again = add_address(world, publisher.url()), add_address(world, publisher.url() + "?utm_source=x#top")
    assert (first.new, again.new) == (True, False)
    assert again.intake == first.intake


def test_an_address_on_its_way_is_not_asked_for_twice_by_key_either(world: World, publisher: Publisher) -> None:
    first = add_address(world, publisher.url(), key="one")
    with pytest.raises(Conflict) as refused:
        add_address(world, publisher.url(), key="two")
    assert (refused.value.code, refused.value.intake_id) == ("already_on_its_way", str(first.intake.public_id))
    again = add_address(world, publisher.url(), key="one")
    assert (again.new, again.intake) == (False, first.intake)


def test_an_address_asked_for_again_later_is_the_same_article_with_another_capture_if_it_changed(
    world: World, publisher: Publisher
) -> None:
    add_address(world, publisher.url())
    run_until_quiet()
    assert add_address(world, publisher.url()).new
    run_until_quiet()
    assert (Article.objects.count(), Capture.objects.count()) == (1, 1)

    publisher.answers["/troops.html"] = page(PAGE.replace("Nobody else", "Somebody else").encode())
    add_address(world, publisher.url())
    run_until_quiet()
    assert (Article.objects.count(), Capture.objects.count()) == (1, 2)
    assert set(Intake.objects.values_list("state", flat=True)) == {"done"}


def test_a_pasted_text_with_its_address_is_a_further_capture_of_the_article_there(
    world: World, publisher: Publisher
) -> None:
    add_address(world, publisher.url())
    add_text(world, address=publisher.url())
    run_until_quiet()
    assert Article.objects.count() == 1
    assert sorted(Capture.objects.values_list("method", flat=True)) == ["fetched", "pasted"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://127.0.0.1/", "not_public"),
        ("http://10.0.0.1/x", "not_public"),
        ("ftp://example.org/x", "scheme_not_allowed"),
        ("http://example.org:8080/", "port_not_allowed"),
        ("no address", "bad_address"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused_at_once(world: World, address: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        add_address(world, address)
    assert refused.value.code == code
    assert [row.failure_code for row in Intake.objects.all()] == [code]


def test_an_empty_text_and_an_empty_file_are_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        add_text(world, " \n ")
    assert refused.value.code == "empty_text"
    with pytest.raises(Refusal) as refused:
        add_file(world, b"")
    assert refused.value.code == "empty_text"


def add_file(world: World, body: bytes, *, name: str = "troops.html", media_type: str = "text/html") -> Added:
    return adding.add_file(
        dossier=world.dossier,
        name=name,
        media_type=media_type,
        body=body,
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )


def test_a_file_of_html_comes_in_with_its_own_headline(world: World) -> None:
    added = add_file(world, PAGE.encode())
    run_until_quiet()
    intake = Intake.objects.get(pk=added.intake.pk)
    assert intake.rendition is not None
    assert intake.rendition.headline == "Troops"
    assert intake.capture is not None
    assert (intake.capture.method, intake.capture.file_name) == ("uploaded", "troops.html")


def test_more_than_we_take_in_at_once_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "LARGEST", 10)
    with pytest.raises(Refusal) as refused:
        add_file(world, b"eleven bytes")
    assert refused.value.code == "too_large"


def test_bytes_that_cannot_be_read_fail_with_a_reason_and_are_kept(world: World) -> None:
    added = add_file(world, b"\x89PNG\r\n\x1a\n" + bytes(100), name="troops.png", media_type="image/png")
    run_until_quiet()
    intake = Intake.objects.get(pk=added.intake.pk)
    assert (intake.state, intake.step, intake.failure_code) == ("failed", "extract", "not_text")
    assert intake.failure_reason
    assert Capture.objects.get().sha256 == intake.raw_sha256
