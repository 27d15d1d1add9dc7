"""What is read of a dispute, now and as of any other moment; and at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from apps.crosscheck import overview, sheets
from apps.crosscheck.selectors import Moments, positions_on, standings, statements
from apps.crosscheck.services import catch_up
from apps.review.services.judging import Taken
from apps.statements.models import Statement
from tests.factories.stories import Story, at, made, said, telling, withdrawn

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    with django_db_blocker.unblock(), telling() as told:
        catch_up(dossier_id=told.world.dossier.pk)
        yield told


def codes(story: Story, moments: Moments | None = None) -> dict[str, str]:
    ids = {claim.pk: name for name, claim in story.claims.items()}
    found = standings(story.world.dossier.pk, ids, moments or Moments())
    return {ids[pk]: standing.code for pk, standing in found.items()}


def sheet(story: Story, name: str, moments: Moments | None = None) -> sheets.ClaimSheet:
    return sheets.claim_sheet(story.claims[name], moments or Moments())


def shown(found: sheets.ClaimSheet) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (column.party.code if column.party else "", [(t.stance, t.statement.source.name) for t in column.positions])
        for column in found.columns
    ]


def test_each_claim_stands_where_its_positions_put_it(story: Story) -> None:
    assert codes(story) == {
        "ferry": "contested",
        "lifeboat": "unanswered",
        "guns": "unanswered",
        "wounded": "none",
        "toll": "unanswered",
        "mines": "conceded",
        "beacon": "denied_without_assertion",
        "drone": "retracted",
        "pier": "partly_conceded",
        "spy": "uncontested",
    }


def test_a_claim_has_a_column_for_every_party_and_one_for_sources_of_none(story: Story) -> None:
    assert shown(sheet(story, "ferry")) == [
        ("N", [("denies", "Tomas Veld")]),
        ("S", [("asserts", "Southern Assembly")]),
        ("E", []),
        ("", [("asserts", "Harbour Master"), ("declines", "Observer Mission")]),
    ]
    assert [column.party.code for column in sheet(story, "beacon").columns if column.party] == ["N", "S", "E"]
    assert len(sheet(story, "beacon").columns) == 3


def test_words_said_on_behalf_of_another_stand_with_the_principal(story: Story) -> None:
    (denial,) = sheet(story, "ferry").columns[0].positions
    assert (denial.statement.source.name, denial.statement.principal.name) == (
        "Tomas Veld",
        "Northern Ministry of Defence",
    )


def test_a_relayed_statement_names_through_whom_it_reached_us(story: Story) -> None:
    relayed = sheet(story, "ferry").columns[-1].positions[0].statement
    assert relayed.relayed_by is not None
    assert (relayed.relayed_by.name, relayed.said_from) == ("Southern Assembly", None)


def test_copies_add_evidence_and_no_origin(story: Story) -> None:
    found = sheet(story, "ferry")
    (asserted,) = found.columns[1].positions
    assert (asserted.statement.copies, asserted.statement.reports) == (2, 1)
    assert [(origin.label, len(origin.carriers)) for origin in found.origins] == [("Meridian", 3), ("", 3)]
    assert (found.standing.origins.known, found.standing.origins.articles, found.standing.origins.unknown) == (1, 6, 3)


def test_a_speakers_counter_counts_and_an_analysts_does_not(story: Story) -> None:
    found = sheet(story, "ferry")
    (argued,) = found.columns[0].counters
    assert (argued.kind, argued.statement.source.name) == ("undercuts", "Tomas Veld")
    assert {(other.kind, other.made_by is None) for other in found.related} == {
        ("undercuts", False),
        ("instance_of", True),
        ("supports", True),
    }
    assert sheet(story, "wounded").standing.code == "none"


def test_positions_on_instances_are_shown_and_not_counted(story: Story) -> None:
    found = sheet(story, "ferry")
    ((ref, _wording, taken),) = found.columns[1].instances
    assert (ref, taken.stance) == (story.claims["lifeboat"].ref, "asserts")
    assert taken.statement.id not in found.standing.statements


def test_figures_come_as_they_were_stated(story: Story) -> None:
    stated = [(f.comparator, f.low, f.high, f.of_whom) for f in sheet(story, "toll").figures]
    assert stated == [
        ("at_least", 27, None, ""),
        ("exactly", 7, None, "children"),
        ("range", 12, 19, ""),
        ("exactly", 41, None, ""),
    ]
    killed = sheets.stated_figures(story.world.dossier.pk, "killed", Moments(said_until=at(9, 12)))
    assert [figure.low for figure in killed] == [27, 7, 12]


def test_a_principal_whose_latest_positions_overlap_is_inconsistent(story: Story) -> None:
    (voice,) = sheet(story, "pier").standing.inconsistent
    assert voice.stances == {"denies", "partly_admits"}


def test_said_until_leaves_out_what_had_not_certainly_been_said(story: Story) -> None:
    before_denial = Moments(said_until=at(8, 15))
    assert codes(story, before_denial)["ferry"] == "unanswered"
    assert shown(sheet(story, "ferry", before_denial))[0] == ("N", [])
    assert codes(story, Moments(said_until=at(8, 16)))["ferry"] == "contested"
    # Said some time on the ninth: it counts from the end of that time, not from its beginning.
    assert sheet(story, "pier", Moments(said_until=at(9, 22))).columns[1].positions == ()
    assert len(sheet(story, "pier", Moments(said_until=at(9, 23))).columns[1].positions) == 2


def test_a_counter_counts_from_when_it_was_argued(story: Story) -> None:
    early = sheet(story, "ferry", Moments(said_until=at(8, 16)))
    assert early.columns[0].counters == ()
    assert {other.kind for other in early.related} == {"instance_of", "supports"}


def test_a_read_with_an_earlier_known_at_shows_what_was_withdrawn_since(story: Story) -> None:
    gone = ("asserts", "Southern Lifeboat Office")
    then = sheet(story, "ferry", Moments(known_at=story.before_withdrawal))
    assert gone in shown(then)[1][1]
    assert gone not in shown(sheet(story, "ferry"))[1][1]
    assert [step.facts for step in then.history] == [step.facts for step in sheet(story, "ferry").history[:-1]]
    assert sheet(story, "ferry").history[-1].facts == {("position", "withdrawn"): 1}


def test_a_moment_replays_exactly_whatever_comes_after(story: Story) -> None:
    world, who, claims = story.world, story.sources, story.claims
    moment = Moments(known_at=story.world.dossier.head.__class__.objects.get(dossier=world.dossier).at)
    before = {name: sheet(story, name, moment) for name in ("ferry", "mines")}
    codes_before = codes(story, moment)
    said(world, who["north"], Taken("concedes", claim=claims["ferry"]), content="its boats had fired", on=12)
    withdrawn(world, story.told["denied"])
    assert codes(story)["ferry"] == "conceded"
    assert codes(story, moment) == codes_before
    for name, known in before.items():
        again = sheet(story, name, moment)
        assert (again.columns, again.standing, again.history) == (known.columns, known.standing, known.history)


def test_a_claim_is_found_only_once_it_was_known(story: Story) -> None:
    claim = story.claims["ferry"]
    earlier = Moments(known_at=claim.known_from - timedelta(microseconds=1))
    assert sheets.find_claim(claim.dossier_id, claim.number, earlier) is None
    assert sheets.find_claim(claim.dossier_id, claim.number, Moments(known_at=claim.known_from)) == claim


def queries(call: object) -> int:
    assert callable(call)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_what_is_held(story: Story) -> None:
    dossier, claims = story.world.dossier.pk, [claim.pk for claim in story.claims.values()]
    ferry = story.claims["ferry"].pk
    assert queries(lambda: standings(dossier, claims)) == queries(lambda: standings(dossier, [ferry])) <= 10
    assert queries(lambda: positions_on(dossier, claims)) == queries(lambda: positions_on(dossier, [ferry])) <= 19
    everything = list(Statement.objects.in_dossier(dossier).current().values_list("pk", flat=True))
    one = [made(story.told["asserted"]).pk]
    assert queries(lambda: statements(dossier, everything)) == queries(lambda: statements(dossier, one)) <= 17
    glance = queries(lambda: overview.overview(dossier, most=10))
    assert glance == queries(lambda: overview.overview(dossier, only="contested", most=1)) <= 15
    assert queries(lambda: overview.changed(dossier)) <= 13


def test_a_claim_sheet_costs_the_same_with_ten_times_as_much(story: Story) -> None:
    before = queries(lambda: sheet(story, "ferry"))
    for hour in range(8):
        said(
            story.world,
            story.sources["south"],
            Taken("asserts", claim=story.claims["ferry"]),
            content=f"shot number {hour} hit the ferry",
            on=10,
            hours=(hour, hour),
        )
    assert queries(lambda: sheet(story, "ferry")) == before <= 60


def test_of_very_many_positions_the_newest_are_shown_and_all_are_counted(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SHOWN", 1)
    (mission, *_rest) = [column for column in sheet(story, "ferry").columns if column.party is None]
    assert ([t.stance for t in mission.positions], mission.more) == (["asserts"], 1)
    assert sheet(story, "ferry").standing.code == "contested"
    assert len(sheet(story, "ferry").standing.held) == 4


def test_of_very_many_entries_and_articles_the_newest_are_shown(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ENTRIES", 2)
    monkeypatch.setattr(sheets, "MOST_CARRIERS", 4)
    found = sheet(story, "ferry")
    assert (len(found.history), found.earlier_steps) == (2, True)
    assert (sum(len(origin.carriers) for origin in found.origins), found.more_carriers) == (4, 2)


def test_the_overview_filters_by_where_claims_stand(story: Story) -> None:
    dossier = story.world.dossier.pk
    assert overview.counts(dossier) == {
        "all": 10,
        "contested": 1,
        "unanswered": 3,
        "denied": 1,
        "conceded": 2,
        "retracted": 1,
        "one-origin": len(overview.overview(dossier, only="one-origin").rows),
    }
    for only in (*overview.FILTERS, "one-origin"):
        assert len(overview.overview(dossier, only=only).rows) == overview.counts(dossier)[only]


def test_the_overview_gives_every_claim_once_page_by_page(story: Story) -> None:
    dossier = story.world.dossier.pk
    for moments in (Moments(), Moments(known_at=story.before_withdrawal)):
        refs, cursor = [], ""
        while True:
            found = overview.overview(dossier, moments, older_than=cursor, most=3)
            refs += [row.ref for row in found.rows]
            if found.older is None:
                break
            cursor = found.older
        assert sorted(refs) == sorted(claim.ref for claim in story.claims.values())


def test_as_of_another_time_the_overview_weighs_every_claim(story: Story) -> None:
    dossier = story.world.dossier.pk
    early = Moments(said_until=at(8, 15))
    found = overview.overview(dossier, early, only="unanswered", most=1)
    assert found.older is not None
    rest = overview.overview(dossier, early, only="unanswered", older_than=found.older)
    assert {row.ref for row in (*found.rows, *rest.rows)} == {story.claims["ferry"].ref, story.claims["toll"].ref}
    assert {r.ref for r in overview.overview(dossier, early, only="one-origin").rows} == {story.claims["ferry"].ref}


@pytest.mark.parametrize("before", ["x", "2024-04-08T12:00:00~1", "2024-04-08T12:00:00+00:00~x", "~", "1" * 40])
def test_a_place_that_does_not_exist_is_refused(story: Story, before: str) -> None:
    for moments in (Moments(), Moments(known_at=story.before_withdrawal)):
        with pytest.raises(overview.BadPlace):
            overview.overview(story.world.dossier.pk, moments, older_than=before)


def test_a_filter_that_does_not_exist_is_refused(story: Story) -> None:
    with pytest.raises(overview.BadPlace):
        overview.overview(story.world.dossier.pk, only="true")


def test_who_changed_position_is_told_with_both(story: Story) -> None:
    found = [
        (one.principal.name, one.change.before.stance, one.change.after.stance, one.ref)
        for one in overview.changed(story.world.dossier.pk)
    ]
    assert found == [
        ("Northern Ministry of Defence", "denies", "concedes", story.claims["mines"].ref),
        ("Southern Assembly", "asserts", "retracts", story.claims["drone"].ref),
    ]
    assert overview.changed(story.world.dossier.pk, Moments(said_until=at(9, 23))) == ()
