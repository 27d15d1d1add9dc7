"""The parts of pages: what they say, to those who see shapes and to those who do not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string

from apps.claims.models import CounterKind, Stance
from apps.dossiers.selectors import PartyLabel
from apps.web import charts
from apps.web.bar import Bar, BarLink, initials
from apps.web.templatetags import look

SIDE = PartyLabel(id=1, public_id="p", code="PC", name="Port Council", hue=3)
NOON = datetime(2031, 4, 9, 12, 0, tzinfo=UTC)
BAKU = ZoneInfo("Asia/Baku")


def shown(source: str, **context: object) -> str:
    return Template("{% load i18n look %}" + source).render(Context({"side": SIDE, "zone": BAKU, "t": NOON, **context}))


def sprite() -> set[str]:
    root = ET.fromstring((Path(settings.BASE_DIR) / "static" / look.SPRITE).read_bytes())
    return {element.attrib["id"] for element in root if "id" in element.attrib}


@pytest.mark.parametrize("kind", [*Stance.values, *CounterKind.values, look.SILENT])
def test_every_stance_and_counter_has_a_shape_and_a_word(kind: str) -> None:
    assert look.symbol(kind) in sprite()
    assert str(look.STANCE_WORDS[kind]) in shown("{% stance kind %}", kind=kind)


@pytest.mark.parametrize("kind", look.STANDING_WORDS)
def test_every_standing_has_a_shape_and_a_word(kind: str) -> None:
    html = shown("{% standing kind %}", kind=kind)
    assert str(look.STANDING_WORDS[kind]) in html
    assert html.partition("#")[2].partition('"')[0] in sprite()


def test_only_what_waits_for_an_answer_is_warm() -> None:
    warm = [kind for kind in look.STANDING_WORDS if "waits" in shown("{% standing kind %}", kind=kind)]
    assert warm == ["unanswered"]


def test_a_standing_may_carry_how_long_it_has_stood() -> None:
    assert "Unanswered · 14 h" in shown('{% standing "unanswered" note="14 h" %}')


def test_a_stance_is_told_apart_from_its_note() -> None:
    assert '<span class="aside">one instance</span>' in shown('{% stance "asserts" note="one instance" %}')


def test_a_shape_that_stands_alone_is_read_out_with_whose_it_is() -> None:
    assert 'role="img" aria-label="Port Council: denies"' in shown('{% stance_mark "denies" who=side.name %}')
    assert 'aria-label="denies"' in shown('{% stance_mark "denies" %}')


def test_a_shape_beside_its_word_is_not_read_twice() -> None:
    assert 'aria-hidden="true"' in shown('{% stance "denies" %}')


def test_an_enumeration_serves_as_well_as_its_value() -> None:
    assert shown("{% stance kind %}", kind=Stance.PARTLY_ADMITS) == shown('{% stance "partly_admits" %}')
    assert shown("{% stance_words kind %}", kind=CounterKind.CONTRARY) == "is contrary to"


def test_the_legend_names_every_stance_and_silence() -> None:
    html = shown("{% stance_legend %}")
    assert all(str(stance.label) in html for stance in Stance)
    assert "no position held" in html
    assert "no position held" not in shown("{% stance_legend silent=False %}")


def test_a_picker_offers_every_stance_with_a_key_of_its_own() -> None:
    html = shown('{% stance_picker "stance" value="denies" %}')
    assert html.count('type="radio"') == len(Stance.values) == len(set(look.STANCE_KEYS.values()))
    assert html.count("data-key=") == len(Stance.values)
    assert html.count("checked") == 1


def test_a_second_picker_has_no_keys_and_ids_of_its_own() -> None:
    html = shown('{% stance_picker "stance" keys=False prefix="second" %}')
    assert "data-key=" not in html
    assert 'id="second-denies"' in html


def test_a_party_is_shown_by_code_and_name_in_its_columns_hue() -> None:
    html = shown("{% party side %}")
    assert 'class="party p3"' in html
    assert ">PC</abbr><span>Port Council</span>" in html


def test_a_party_shown_by_its_code_alone_still_has_its_name_read_out() -> None:
    assert '<span class="visually-hidden">Port Council</span>' in shown("{% party side code_only=True %}")


def test_a_party_can_be_a_link() -> None:
    assert '<a class="party p3" href="/claims">' in shown('{% party side href="/claims" %}')


def test_a_source_of_no_party_is_shown_as_that() -> None:
    assert "no party" in shown("{% party None %}")
    assert shown("{{ side|hue }} {{ none|hue }}", none=None) == "p3 p0"


def test_a_partys_name_cannot_bring_markup() -> None:
    rude = PartyLabel(id=1, public_id="p", code="<b>", name='"><script>', hue=1)
    html = shown("{% party rude %}{% stance_mark 'denies' who=rude.name %}", rude=rude)
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_button_prints_its_key_and_sends_what_it_is_told() -> None:
    html = shown('{% button "Accept" kind="primary" key="a" name="do" value="accept" hx_post="/go" disabled=False %}')
    assert html.startswith("<button")
    for part in ('class="button primary"', 'data-key="a"', 'aria-keyshortcuts="A"', 'hx-post="/go"', ">A</kbd>"):
        assert part in html
    assert "disabled" not in html


def test_a_button_that_leads_somewhere_is_a_link() -> None:
    html = shown('{% button "Graph" href=url icon="out" %}', url="/graph?a=1&b=2")
    assert html.startswith("<a")
    assert 'href="/graph?a=1&amp;b=2"' in html
    assert "#i-out" in html


def test_a_key_that_is_a_word_keeps_its_case() -> None:
    assert ">Esc<" in shown('{% kbd "Esc" %}')
    assert ">1<" in shown("{% kbd 1 %}")


def test_a_full_time_names_its_zone() -> None:
    html = shown("{% when t %}")
    assert '9 Apr 2031, 16:00 <span class="zone">Baku, UTC+4</span>' in html
    assert 'datetime="2031-04-09T12:00:00+00:00"' in html


@pytest.mark.parametrize(
    ("style", "words"),
    [("exact", "9 Apr 2031, 16:00"), ("brief", "9 Apr 16:00"), ("day", "9 Apr 2031"), ("clock", "16:00")],
)
def test_a_shorter_time_keeps_the_exact_one_behind_it(style: str, words: str) -> None:
    html = shown("{% when t style %}", style=style)
    assert f">{words}</time>" in html
    assert 'title="9 Apr 2031, 16:00 Baku, UTC+4"' in html


def test_a_zone_may_be_named_by_the_tag_or_be_the_one_in_force() -> None:
    assert "Tbilisi" in shown("{% when t zone=other %}", other=ZoneInfo("Asia/Tbilisi"))
    assert "UTC" in shown("{% when t %}", zone=None)


def test_a_date_is_shown_without_a_zone() -> None:
    assert shown("{% when d %}", d=date(2031, 4, 9)) == '<time datetime="2031-04-09">9 Apr 2031</time>'


def test_a_time_that_is_not_known_says_so() -> None:
    assert "not known" in shown("{% when none %}", none=None)
    assert "not known" in shown("{% ago none %}", none=None)


def test_a_relative_time_is_backed_by_the_exact_one() -> None:
    html = shown("{% ago t now %}", now=NOON + timedelta(hours=14))
    assert ">14 h ago</time>" in html
    assert 'title="9 Apr 2031, 16:00 Baku, UTC+4"' in html
    assert ">14 h</time>" in shown("{% ago t now bare=True %}", now=NOON + timedelta(hours=14))


def test_the_zone_of_a_page_can_be_told_once() -> None:
    assert shown("{% zone_name t %}") == "Baku, UTC+4"


def test_a_time_fills_an_input_on_the_zones_clock() -> None:
    assert shown("{% when_local t %}") == "2031-04-09T16:00"
    assert shown("{% when_local none %}", none=None) == ""


def test_when_words_were_said_is_told_as_closely_as_is_known() -> None:
    assert shown("{% said_when none t %}", none=None) == "on or before 9 Apr 2031"


def test_a_meter_of_nothing_is_no_division_by_zero() -> None:
    assert 'max="1"' in shown('{% meter 0 0 "0 of 0" %}')


def test_a_trail_escapes_what_it_leads_through() -> None:
    assert shown("{% trail a 'quotes' %}", a="<i>") == '<ol class="trail"><li>&lt;i&gt;</li><li>quotes</li></ol>'


@pytest.mark.parametrize(
    ("name", "letters"), [("Lena Analyst", "LA"), ("Ana Maria de Luz", "AL"), ("lena", "L"), ("", ""), ("– Lena", "L")]
)
def test_a_person_is_known_by_at_most_two_letters(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_bar_says_where_one_is_and_what_waits() -> None:
    bar = Bar(
        title="Strait",
        nav=(BarLink("Review", "/review", current=True, count=12, key="r"), BarLink("Claims", "/claims")),
        find_url="/find",
        person="Lena Analyst",
        initials="LA",
        sign_out_url="/out",
    )
    html = render_to_string("components/bar.html", {"bar": bar})
    assert 'aria-current="page"' in html
    assert '<span class="count">12' in html
    assert 'action="/out" method="post"' in html


def test_a_bar_without_anybody_signed_in_offers_nothing() -> None:
    html = render_to_string("components/bar.html")
    assert "<form" not in html
    assert "<nav" not in html


def test_a_field_ties_its_help_and_its_error_to_the_input() -> None:
    class Address(forms.Form):
        address = forms.URLField(help_text="Of one article.", assume_scheme="https")

    html = render_to_string("components/form.html", {"form": Address({"address": "nowhere"})})
    assert 'id="id_address_helptext"' in html
    assert 'id="id_address_error"' in html
    assert 'aria-describedby="id_address_helptext id_address_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_timeline_links_each_mark_to_its_words() -> None:
    mark = charts.Mark(at=NOON, kind="partly_admits", label="Port Council partly admits", url="/words")
    chart = charts.timeline([charts.Lane(SIDE, (mark,))], zone=BAKU)
    html = render_to_string("components/timeline.html", {"chart": chart})
    assert 'href="/words" aria-label="Port Council partly admits"' in html
    assert "#partly-admits" in html


def test_a_timeline_of_nothing_says_so() -> None:
    assert "Nobody is held to have spoken yet." in render_to_string("components/timeline.html", {"chart": None})


def test_a_chart_of_figures_is_a_table_too() -> None:
    point = charts.Point(at=NOON, value=31, label="at least 31", title="at least 31, hospital", url="/words")
    chart = charts.steps_chart([charts.Series("Sallow hospital", 3, (point,), dash=2)], zone=BAKU)
    html = render_to_string("components/steps_chart.html", {"chart": chart, "title": "Killed", "zone": BAKU})
    assert html.count('href="/words"') == 2
    assert "<td>Sallow hospital</td>" in html


def test_the_page_for_an_error_of_ours_needs_no_context() -> None:
    assert "Something went wrong on our side" in render_to_string("500.html")


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_error_pages_render_for_anybody(name: str) -> None:
    assert 'href="/"' in render_to_string(name)


def test_a_refusal_tells_its_reason() -> None:
    assert "You wrote this one." in render_to_string("403.html", {"reason": "You wrote this one."})


def test_no_template_style_sheet_or_module_holds_anything_inline() -> None:
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = template.read_text()
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert " onclick=" not in text, template
        assert "javascript:" not in text, template
        assert "<script>" not in text, template
