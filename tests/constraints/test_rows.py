"""What the database demands of single rows and of rows beside each other: each rule broken once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from apps.accounts.models import Key, User
from apps.articles.models import (
    Article,
    Capture,
    Feed,
    FeedItem,
    Host,
    Intake,
    Lineage,
    OtherAddress,
    Parting,
    Poll,
    Publication,
    Removal,
    Rendition,
    Visit,
)
from apps.claims.models import About, Claim, Counter, Figure, Follow, Position, Wording
from apps.dossiers.models import Membership, Party, PartyName
from apps.extractors.models import TrainedModel, Use
from apps.ledger.models import Entry, Fact
from apps.review.models import Decision, Link, MachineReading, Proposal, Revision
from apps.sources.models import Affiliation, Alias, Alignment, OutletName, Source, Toponym
from apps.statements.models import Attribution, Gone, Span, Statement
from tests.constraints.breaking import allowed, changing, constraints_of, doubling, our_models, refused
from tests.constraints.conftest import Pair

Change = Mapping[str, Any]
BROKEN: Mapping[str, tuple[type[models.Model], Change, Change]] = {
    # The constraint's name: of which model, on which row (filters), what is written that must not be.
    "ledger_entry_counts_from_one": (Entry, {}, {"index": 0}),
    "accounts_key_scope_known": (Key, {}, {"scope": "write"}),
    "dossiers_membership_role_known": (Membership, {}, {"role": "owner"}),
    "dossiers_partyname_said": (PartyName, {}, {"name": ""}),
    "sources_source_kind_known": (Source, {}, {"kind": "party"}),
    "sources_alias_said": (Alias, {}, {"folded": ""}),
    "sources_alias_form_known": (Alias, {}, {"form": "nickname"}),
    "sources_alias_no_metonym_preferred": (Alias, {"preferred": True}, {"form": "metonym"}),
    "sources_affiliation_of_another": (Affiliation, {}, {"institution": F("source")}),
    "sources_toponym_said": (Toponym, {}, {"name": ""}),
    "sources_outletname_said": (OutletName, {}, {"name": ""}),
    "articles_capture_hash": (Capture, {}, {"sha256": "0" * 63 + "G"}),
    "articles_capture_size": (Capture, {}, {"size": -1}),
    "articles_capture_method_known": (Capture, {}, {"method": "dreamt"}),
    "articles_capture_record_hash": (Capture, {}, {"record_sha256": "short"}),
    "articles_otheraddress_is_one": (OtherAddress, {}, {"key": ""}),
    "articles_otheraddress_kind_known": (OtherAddress, {}, {"kind": "asked"}),
    "articles_removal_status": (Removal, {}, {"status": 500}),
    "articles_rendition_has_text": (Rendition, {}, {"text": ""}),
    "articles_rendition_hash": (Rendition, {}, {"sha256": "short"}),
    "articles_lineage_from_another": (Lineage, {"copied_from__isnull": False}, {"copied_from": F("article")}),
    "articles_lineage_share": (Lineage, {}, {"share": 1.1}),
    "articles_lineage_person_is_named": (Lineage, {}, {"grounds": "person", "decided_by": ""}),
    "articles_parting_person_is_named": (Parting, {}, {"decided_by": ""}),
    "articles_feed_kind_known": (Feed, {}, {"kind": "letter"}),
    "articles_feed_listing_has_selector": (Feed, {}, {"kind": "listing", "selector": ""}),
    "articles_feed_bounds_in_order": (Feed, {}, {"least_seconds": F("most_seconds") + 1}),
    "articles_feed_ended_is_not_asked": (Feed, {"active": True}, {"ended": Now()}),
    "articles_poll_outcome_known": (Poll, {}, {"outcome": "slept", "code": ""}),
    "articles_poll_failure_has_code": (Poll, {}, {"code": ""}),
    "articles_host_pause": (Host, {}, {"pause_seconds": -1}),
    "articles_host_has_name": (Host, {}, {"name": ""}),
    "articles_visit_outcome_known": (Visit, {}, {"outcome": "taken_in"}),
    "articles_intake_revisits_an_article": (Intake, {"article": None}, {"purpose": "revisit"}),
    "articles_intake_state_known": (Intake, {}, {"state": "lost"}),
    "articles_intake_running_has_lease": (Intake, {}, {"state": "running", "lease_until": None}),
    "articles_intake_has_bytes_or_address": (Intake, {}, {"raw_sha256": "", "address": ""}),
    "statements_not_its_own_relay": (Statement, {}, {"relayed_by": F("id")}),
    "statements_said_in_order": (Statement, {}, {"said_from": F("said_until") + timedelta(seconds=1)}),
    "statements_kind_known": (Statement, {}, {"kind": "lie"}),
    "statements_quotation_known": (Attribution, {}, {"quotation": "invented"}),
    "statements_attribution_not_its_own_twin": (Attribution, {"twin_of__isnull": False}, {"twin_of": F("id")}),
    "statements_span_not_empty": (Span, {}, {"ends": F("begins")}),
    "statements_span_role_known": (Span, {}, {"role": "target"}),
    "claims_claim_number_counts_from_one": (Claim, {}, {"number": 0}),
    "claims_wording_said": (Wording, {}, {"text": ""}),
    "claims_position_stance_known": (Position, {"retracts": None}, {"stance": "proves"}),
    "claims_position_retraction_names_what": (Position, {"stance": "retracts"}, {"retracts": None}),
    "claims_counter_of_another": (Counter, {}, {"against": F("claim")}),
    "claims_counter_kind_known": (Counter, {}, {"kind": "refutes"}),
    "claims_figure_measure_known": (Figure, {}, {"measure": "frightened"}),
    "claims_figure_comparator_known": (Figure, {}, {"comparator": "roughly", "high": None}),
    "claims_figure_not_negative": (Figure, {}, {"low": -1}),
    "claims_figure_range_has_two_ends": (Figure, {"comparator": "range"}, {"high": None}),
    "claims_figure_counting_known": (Figure, {}, {"counting": "twice"}),
    "claims_figure_part_of_another": (Figure, {}, {"part_of": F("id")}),
    "claims_follow_seen": (Follow, {}, {"seen_index": -1}),
    "review_proposal_twin_is_a_copy": (Proposal, {"twin_of__isnull": False}, {"copy_of": None}),
    "review_proposal_kind_known": (Proposal, {"kind": "claim", "state": "submitted"}, {"kind": "wish"}),
    "review_proposal_attribution_has_text": (Proposal, {"kind": "attribution"}, {"rendition": None}),
    "review_proposal_approved_has_fact": (Proposal, {"kind": "claim", "state": "submitted"}, {"state": "approved"}),
    "review_revision_has_one_author": (Revision, {"author__isnull": False}, {"machine": "rules/1"}),
    "review_revision_one_source": (Revision, {"source_proposal__isnull": False}, {"source": "SOURCE"}),
    "review_link_one_claim": (Link, {"claim__isnull": False}, {"claim": None}),
    "review_link_counter_whole": (Link, {"against__isnull": False}, {"counter_kind": ""}),
    "review_link_says_something": (Link, {"against": None}, {"stance": ""}),
    "review_decision_has_one_author": (Decision, {"verb": "propose"}, {"machine": ""}),
    "review_decision_says_why": (Decision, {"verb": "submit"}, {"verb": "return", "note": ""}),
    "review_decision_by_a_person": (Decision, {"verb": "approve"}, {"by": None, "machine": "rules/1"}),
    "review_decision_undo_names_what": (Decision, {"verb": "undo"}, {"undoes": None}),
    "extractors_trainedmodel_has_version": (TrainedModel, {}, {"version": ""}),
    "extractors_trainedmodel_hash": (TrainedModel, {}, {"sha256": "0" * 63 + "G"}),
    "extractors_trainedmodel_size": (TrainedModel, {}, {"size": 0}),
    "extractors_use_names_its_model": (Use, {"name": "rules"}, {"name": "trained:1"}),
    "review_machinereading_names_the_machine": (MachineReading, {}, {"machine": ""}),
    "review_machinereading_adds_up": (MachineReading, {}, {"found": 99}),
    "review_machinereading_unable_found_none": (MachineReading, {"found__gt": 0}, {"able": False}),
}
DOUBLED: Mapping[str, tuple[type[models.Model], Change, Change]] = {
    # The constraint's name: of which model, which row (filters), in what its double may differ and still must not be.
    "ledger_entry_once": (Entry, {}, {}),
    "accounts_user_one_per_email": (User, {}, {"email": "UPPER"}),
    "dossiers_membership_one_now": (Membership, {}, {"role": "reader"}),
    "dossiers_party_one_column": (Party, {}, {}),
    "dossiers_partyname_one_now": (PartyName, {}, {"code": "X", "name": "Other"}),
    "dossiers_partyname_code_once": (PartyName, {}, {"party": "OTHER"}),
    "sources_alias_one_preferred": (Alias, {"preferred": True}, {"name": "Other", "folded": "other"}),
    "sources_alias_once": (Alias, {"preferred": False}, {}),
    "sources_toponym_once": (Toponym, {}, {"language": "hy"}),
    "sources_outletname_one_now": (OutletName, {}, {"name": "Other"}),
    "sources_outletname_once": (OutletName, {}, {"outlet": "OTHER"}),
    "articles_article_numbered_once": (Article, {"address_key": None}, {}),
    "articles_article_one_per_address": (Article, {"address_key__isnull": False}, {"number": 999}),
    "articles_rendition_once": (Rendition, {}, {}),
    "articles_publication_one_now": (Publication, {}, {}),
    "articles_lineage_one_now": (Lineage, {}, {}),
    "articles_feed_once": (Feed, {}, {}),
    "articles_otheraddress_of_one_article": (OtherAddress, {}, {"kind": "final"}),
    "articles_removal_one_now": (Removal, {}, {"status": 404}),
    "articles_parting_once_now": (Parting, {}, {}),
    "articles_feeditem_once": (FeedItem, {}, {"guid": "two"}),
    "articles_intake_once_of_parent": (Intake, {"parent__isnull": False}, {}),
    "articles_intake_once_per_key": (Intake, {"idempotency_key__isnull": False}, {"address_key": ""}),
    "articles_intake_one_on_its_way": (Intake, {"state": "ready"}, {"idempotency_key": None}),
    "statements_attribution_one_twin_a_text": (Attribution, {"twin_of__isnull": False}, {}),
    "statements_gone_one_now": (Gone, {"known_until": None}, {}),
    "statements_span_once": (Span, {}, {}),
    "claims_claim_numbered_once": (Claim, {}, {}),
    "claims_wording_one_now": (Wording, {}, {"text": "Other words"}),
    "claims_about_once": (About, {}, {}),
    "claims_position_one_now": (Position, {"retracts": None}, {"stance": "denies"}),
    "claims_counter_once": (Counter, {"made_by": None}, {}),
    "claims_follow_once": (Follow, {}, {}),
    "review_proposal_one_twin_a_text": (Proposal, {"twin_of__isnull": False}, {}),
    "review_revision_numbered_once": (Revision, {}, {}),
}
OVERLAPPING: Mapping[str, tuple[type[models.Model], Change, Change]] = {
    "sources_affiliation_once": (Affiliation, {}, {"role": "another"}),
    "sources_alignment_one_at_a_time": (Alignment, {}, {"party": "OTHER"}),
}


def the_row(pair: Pair, model: type[models.Model], which: Change) -> models.Model:
    rows = model._base_manager.filter(**which)
    if any(field.name == "dossier" for field in model._meta.concrete_fields):
        rows = rows.filter(dossier=pair.here.dossier)
    row = rows.order_by("pk").first()
    assert row is not None, f"the full world has no {model.__name__} with {which}"
    return row


def meant(pair: Pair, row: models.Model, changes: Change) -> dict[str, Any]:
    """The changes, with what only the row at hand can say filled in."""
    found = dict(changes)
    for name, value in changes.items():
        if value == "UPPER":
            found[name] = getattr(row, name).upper()
        elif value == "OTHER":
            target = row._meta.get_field(name).related_model
            assert isinstance(target, type)
            others = target._base_manager.filter(dossier=pair.here.dossier)
            found[name] = others.exclude(pk=getattr(row, f"{name}_id")).last()
        elif value == "SOURCE":
            found[name] = Source.objects.filter(dossier=pair.here.dossier).first()
    return found


def test_each_demand_on_a_single_row_is_kept(pair: Pair, subtests: pytest.Subtests) -> None:
    for name, (model, which, changes) in BROKEN.items():
        with subtests.test(name):
            row = the_row(pair, model, which)
            assert refused(changing(row, **meant(pair, row, changes)), psycopg.errors.CheckViolation) == name
            allowed(changing(row, **{field: getattr(row, field) for field in changes}))


def test_a_fact_ends_after_it_begins(pair: Pair, subtests: pytest.Subtests) -> None:
    for model in (model for model in our_models() if issubclass(model, Fact)):
        with subtests.test(model.__name__):
            row = the_row(pair, model, {"known_until": None})
            name = f"{model._meta.app_label}_{model._meta.model_name}_ends_after_it_begins"
            for index, seconds in ((1, 0), (0, 1), (1, -1)):
                ending = {
                    "known_until": F("known_from") + timedelta(seconds=seconds),
                    "known_until_index": F("known_from_index") + index,
                }
                assert refused(changing(row, **ending), psycopg.errors.CheckViolation) == name
            assert refused(changing(row, known_until_index=10_000), psycopg.errors.CheckViolation) == name
            later = F("known_from") + timedelta(seconds=1)
            allowed(changing(row, known_until=later, known_until_index=F("known_from_index") + 1))


def test_nothing_that_is_one_is_there_twice(pair: Pair, subtests: pytest.Subtests) -> None:
    for name, (model, which, changes) in DOUBLED.items():
        with subtests.test(name):
            row = the_row(pair, model, which)
            instead = meant(pair, row, changes)
            for field in (field for field, value in changes.items() if value == "OTHER"):
                _end(model._base_manager.filter(**{field: instead[field]}))  # its own stands in nobody's way
            assert refused(doubling(row, **instead), psycopg.errors.UniqueViolation) == name


def _end(rows: models.QuerySet[models.Model]) -> None:
    later = F("known_from") + timedelta(seconds=1)
    rows.update(known_until=later, known_until_index=F("known_from_index") + 1)


def test_what_ended_makes_room_for_another(pair: Pair) -> None:
    row = the_row(pair, Wording, {})
    assert isinstance(row, Wording)
    _end(Wording.objects.filter(pk=row.pk))
    allowed(doubling(row, known_until=None, known_until_index=None))


def test_nobody_stands_with_two_parties_or_speaks_twice_for_one_at_a_time(
    pair: Pair, subtests: pytest.Subtests
) -> None:
    for name, (model, which, changes) in OVERLAPPING.items():
        with subtests.test(name):
            row = the_row(pair, model, which)
            assert refused(doubling(row, **meant(pair, row, changes)), psycopg.errors.ExclusionViolation) == name


def test_no_constraint_is_forgotten_here() -> None:
    checks = {c.name for _m, c in constraints_of(models.CheckConstraint)}
    assert {name for name in checks if not name.endswith("_ends_after_it_begins")} == set(BROKEN)
    uniques = {c.name for _m, c in constraints_of(models.UniqueConstraint) if "id" not in c.fields}
    assert uniques == set(DOUBLED)
    assert {c.name for _m, c in constraints_of(ExclusionConstraint)} == set(OVERLAPPING)
