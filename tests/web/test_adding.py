"""Many addresses, several files, what is held already, and forms that are sent twice."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from pytest_django import Settings

from apps.articles import storage
from apps.articles.models import Article, Capture, Intake
from tests.factories.worlds import TEXT, World, a_world, an_intake, run_until_quiet
from tests.web.rooms import at, browser, html
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db

PAGE = b"<html><head><title>At the river</title></head><body><article><h1>At the river</h1><p>%s</p></article></body>"


@pytest.fixture
def world() -> World:
    return a_world()


def a_page(words: str = TEXT) -> bytes:
    return PAGE % (words * 4).encode()


def a_zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in members.items():
            archive.writestr(f"{name}.html", body)
    return file.getvalue()


def add(world: World, by: str) -> str:
    return at(world, "article-add") + f"?by={by}"


def file(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/octet-stream")


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table of what became of each."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def test_of_many_addresses_each_is_told_what_became_of_it(world: World) -> None:
    analyst = browser(world.analyst)
    analyst.post(at(world, "article-add"), {"address": "https://news.example/coming"})
    pasted = (
        "Read these:\nhttps://news.example/new, and\nhttps://news.example/coming\n"
        "HTTPS://news.example:443/new\nhttp://10.0.0.1/router\nftp://news.example/file\nnonsense"
    )
    response = analyst.post(add(world, "addresses"), {"pasted": pasted})
    assert response.status_code == 200
    page = html(response)
    assert rows_of(page) == [
        ["2", "https://news.example/new", "on its way"],
        ["3", "https://news.example/coming", "on its way already"],
        ["4", "HTTPS://news.example:443/new", "stands further up in this list"],
        ["5", "http://10.0.0.1/router", "This address does not lead to a public host. not_public"],
        ["6", "ftp://news.example/file", "Only http and https addresses are fetched. scheme_not_allowed"],
    ]
    assert "1 on its way 1 on their way already 1 named twice 2 refused" in words_of(response)
    refused = Intake.objects.filter(state="failed").order_by("pk")
    assert [row.failure_code for row in refused] == ["not_public", "scheme_not_allowed"]
    assert Intake.objects.get(address="https://news.example/new").state == "ready"


def test_an_address_that_is_held_is_not_fetched_again_unless_somebody_says_so(world: World) -> None:
    analyst = browser(world.analyst)
    analyst.post(add(world, "text"), {"text": TEXT, "address": "https://news.example/held"})
    run_until_quiet()
    article = Article.objects.get()
    many = analyst.post(add(world, "addresses"), {"pasted": "https://news.example/held?utm_source=x"})
    assert rows_of(html(many)) == [["1", "https://news.example/held?utm_source=x", f"held already: {article.ref}"]]
    one = analyst.post(at(world, "article-add"), {"address": "https://news.example/held"})
    assert "held already" in html(one)
    assert reverse("article", kwargs={"slug": world.dossier.slug, "number": article.ref}) in html(one)
    assert Intake.objects.count() == 1
    again = form_of(one, button="again", value="1")
    analyst.post(again.get("action"), {**values_of(again), "again": "1"})
    assert Intake.objects.filter(address="https://news.example/held", state="ready").count() == 1


def test_the_batch_can_be_watched_apart(world: World) -> None:
    an_intake(world, headline="Something else")
    analyst = browser(world.analyst)
    response = analyst.post(add(world, "addresses"), {"pasted": "https://news.example/1 https://news.example/2"})
    (link,) = re.findall(r'href="([^"]*\?batch=[^"]+)"', html(response))
    page = html(analyst.get(link))
    assert "https://news.example/1" in page
    assert "https://news.example/2" in page
    assert "Something else" not in page


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("Nothing of the kind.", "There is no address in this"),
        (" ".join(f"https://news.example/{n}" for n in range(501)), "There are 501 addresses in this"),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused_and_kept(world: World, pasted: str, told: str) -> None:
    response = browser(world.analyst).post(add(world, "addresses"), {"pasted": pasted})
    assert response.status_code == 422
    assert told in html(response)
    assert pasted in html(response)
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("by", "sent"),
    [
        ("text", {"text": TEXT, "headline": "Twice"}),
        ("addresses", {"pasted": "https://news.example/1 http://10.0.0.1/"}),
        ("file", {}),
    ],
)
def test_a_form_that_is_sent_twice_adds_once(world: World, by: str, sent: dict[str, str]) -> None:
    analyst = browser(world.analyst)
    form = form_of(analyst.get(add(world, by)), action=f"?by={by}")
    once = values_of(form)["once"][0]
    for _time in range(2):
        files = {"file": file("a.html", a_page())} if by == "file" else {}
        analyst.post(add(world, by), {**sent, **files, "once": once})
    rows = Intake.objects.count()
    assert rows == (2 if by == "addresses" else 1)


def test_a_form_that_is_sent_again_with_other_words_adds_those(world: World) -> None:
    """As after going back in the browser's history."""
    analyst = browser(world.analyst)
    once = values_of(form_of(analyst.get(add(world, "text")), action="?by=text"))["once"][0]
    for text in (TEXT, TEXT + " More of it."):
        assert analyst.post(add(world, "text"), {"text": text, "once": once}).status_code == 302
    assert Intake.objects.count() == 2


def test_several_files_are_told_one_by_one(world: World) -> None:
    analyst = browser(world.analyst)
    analyst.post(add(world, "file"), {"file": file("held.html", a_page("Held before. "))})
    run_until_quiet()
    several = a_zip(one=a_page("One. "))
    files = [
        file("new.html", a_page()),
        file("held.html", a_page("Held before. ")),
        file("archive.txt", several),
        file("new-again.html", a_page()),
    ]
    response = analyst.post(add(world, "file"), {"file": files, "outlet": "Harbour Ledger"})
    assert rows_of(html(response)) == [
        ["new.html", "on its way"],
        ["held.html", "held already: A-0001"],
        ["archive.txt", "on its way"],
        ["new-again.html", "on its way already"],
    ]
    steps = dict(Intake.objects.filter(state="ready").values_list("file_name", "step"))
    assert steps == {"new.html": "preserve", "archive.txt": "unpack"}
    run_until_quiet()
    again = analyst.post(add(world, "file"), {"file": [file("b.zip", several), file("c", b"Words.")]})
    assert rows_of(html(again))[0] == ["b.zip", "was unpacked already"]


def test_one_file_that_is_refused_keeps_no_other_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.articles.services.adding.LARGEST", 3_000)
    files = [file("large.html", b"x" * 3_001), file("small.html", a_page())]
    response = browser(world.analyst).post(add(world, "file"), {"file": files})
    assert [cells[0] for cells in rows_of(html(response))] == ["large.html", "small.html"]
    assert "too_large" in rows_of(html(response))[0][1]
    refused, taken = Intake.objects.order_by("pk")
    assert (taken.file_name, taken.state) == ("small.html", "ready")
    assert (refused.file_name, refused.failure_code) == ("large.html", "too_large")
    assert f"/{refused.public_id}/" in html(response)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("headline", "Only one", "Leave it empty for several files"),
        ("address", "https://news.example/1", "Leave it empty for several files"),
    ],
)
def test_what_is_said_of_one_article_is_not_said_of_several(world: World, name: str, given: str, told: str) -> None:
    files = [file("a.html", a_page()), file("b.html", a_page("Other words. "))]
    response = browser(world.analyst).post(add(world, "file"), {"file": files, name: given})
    assert response.status_code == 422
    assert told in html(response)
    assert given in html(response)


def test_more_files_than_are_taken_at_once_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.forms.MOST_FILES", 1)
    files = [file("a.html", a_page()), file("b.html", a_page("Other words. "))]
    response = browser(world.analyst).post(add(world, "file"), {"file": files})
    assert response.status_code == 422
    assert "more than 1 files" in html(response)


def test_an_upload_that_is_too_large_as_a_whole_is_refused_in_words(world: World, settings: Settings) -> None:
    settings.LARGEST_UPLOAD_MB = 1
    sent = {"file": file("a.zip", b"x" * (3 * 2**20 + 1)), "outlet": "Harbour Ledger"}
    response = browser(world.analyst).post(add(world, "file"), sent)
    assert response.status_code == 422
    assert "larger than 1 MB" in html(response)
    assert "Harbour Ledger" in html(response)
    assert not Intake.objects.exists()


def test_a_file_of_several_may_be_larger_than_an_article_and_stays_on_the_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("apps.articles.services.adding.LARGEST", 400)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    monkeypatch.setattr(TemporaryUploadedFile, "read", lambda *_args: pytest.fail("it was read into memory"))
    body = a_zip(one=a_page("One. "), two=a_page("Two. "))
    assert len(body) > 400
    assert browser(world.analyst).post(add(world, "file"), {"file": file("b.zip", body)}).status_code == 302
    row = Intake.objects.get()
    assert storage.read(row.raw_sha256) == body
    run_until_quiet()
    assert Capture.objects.count() == 2


@pytest.mark.parametrize(("raised", "status"), [(storage.Full, 507), (storage.Away, 503)])
def test_where_nothing_can_be_kept_the_page_says_so_and_keeps_what_was_typed(
    world: World, monkeypatch: pytest.MonkeyPatch, raised: type[Exception], status: int
) -> None:
    def fail(body: bytes) -> str:
        raise raised

    monkeypatch.setattr(storage, "keep", fail)
    response = browser(world.analyst).post(add(world, "text"), {"text": TEXT})
    assert response.status_code == status
    assert 'id="id_text_error"' in html(response)
    assert TEXT in html(response)
    assert not Intake.objects.exists()


def test_a_text_that_is_held_says_where_and_the_same_words_elsewhere_are_another_publication(world: World) -> None:
    analyst = browser(world.analyst)
    analyst.post(add(world, "text"), {"text": TEXT})
    coming = analyst.post(add(world, "text"), {"text": TEXT})
    assert "on its way already" in html(coming)
    run_until_quiet()
    held = analyst.post(add(world, "text"), {"text": TEXT})
    assert "held already: A-0001" in html(held)
    assert analyst.post(add(world, "text"), {"text": TEXT, "address": "https://news.example/copy"}).status_code == 302
    run_until_quiet()
    assert Article.objects.count() == 2


def test_a_page_from_a_browser_is_kept_to_the_byte(world: World) -> None:
    analyst = browser(world.analyst)
    at_ = at(world, "receive")
    waiting = analyst.get(at_)
    assert waiting["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert analyst.get(at(world, "article-bookmarklet"))["Cross-Origin-Opener-Policy"] == "same-origin"
    sent = {
        "page": SimpleUploadedFile("page.html", b"<html>\n<p>" + TEXT.encode() + b"</p>\r\n</html>"),
        "address": "https://news.example/a",
        "title": "At the river",
        "charset": "windows-1252",
        "selection": "the river",
        "seen": "2024-03-12T08:00:00.000Z",
        "once": "0" * 32,
    }
    for _time in range(2):
        sent["page"].seek(0)  # type: ignore[attr-defined]
        assert analyst.post(at_, sent).status_code == 302
    row = Intake.objects.get()
    assert storage.read(row.raw_sha256) == b"<html>\n<p>" + TEXT.encode() + b"</p>\r\n</html>"
    assert row.came == {
        "final_address": "https://news.example/a",
        "title": "At the river",
        "charset": "windows-1252",
        "selection": "the river",
        "seen": "2024-03-12T08:00:00+00:00",
    }
    assert row.headline == ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"address": "harbour"}, "not an address we can read"),
        ({"page": SimpleUploadedFile("page.html", b"  ")}, "The page that was sent is empty"),
        ({"page": ""}, "This field is required"),
        ({"seen": "yesterday"}, ""),
    ],
)
def test_a_page_that_cannot_be_taken_says_why(world: World, changed: dict[str, object], told: str) -> None:
    sent = {"page": SimpleUploadedFile("page.html", b"<p>x</p>"), "address": "https://news.example/a"} | changed
    response = browser(world.analyst).post(at(world, "receive"), sent)
    assert response.status_code == (422 if told else 302)
    assert told in html(response)
    assert Intake.objects.on_its_way().exists() is not bool(told)


def test_lines_without_an_address_are_counted_and_named(world: World) -> None:
    pasted = "https://news.example/1\nfoo\nsee www.news.example/2 for more\nbar"
    shown = html(browser(world.analyst).post(add(world, "addresses"), {"pasted": pasted}))
    assert "2 lines held no address: 2, 4" in shown
    assert Intake.objects.count() == 2


def test_a_text_found_at_what_is_no_address_is_kept_with_the_reason(world: World) -> None:
    sent = {"text": "The ministry said so.", "address": "not an address"}
    response = browser(world.analyst).post(add(world, "text"), sent)
    assert response.status_code == 422
    row = Intake.objects.get()
    assert (row.failure_code, storage.read(row.raw_sha256)) == ("bad_address", b"The ministry said so.")
