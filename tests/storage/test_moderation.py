"""Blocks, mutes, domain blocks and reports."""

import dataclasses

import pytest

from storage import deliveries, follows, moderation, timelines
from storage.records import DomainBlock, Report
from tests.storage.rows import START_MS, add_activity, add_follow, add_person, add_post, add_stranger


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


def test_a_block_holds_both_ways_until_it_is_lifted(db, ada, bob):
    assert moderation.add_block(db, ada.id, bob.id, "https://here.example/blocks/1", START_MS)
    assert not moderation.add_block(db, ada.id, bob.id, "https://here.example/blocks/2", START_MS)
    assert moderation.has_block_between(db, ada.id, bob.id)
    assert moderation.has_block_between(db, bob.id, ada.id)
    assert moderation.list_blocked(db, ada.id) == [bob]
    assert moderation.list_blocked(db, bob.id) == []
    assert moderation.find_block_uri(db, ada.id, bob.id) == "https://here.example/blocks/1"
    assert moderation.find_blocked(db, ada.id, "https://here.example/blocks/1") == bob.id
    assert moderation.remove_block(db, ada.id, bob.id)
    assert not moderation.remove_block(db, ada.id, bob.id)
    assert not moderation.has_block_between(db, ada.id, bob.id)
    assert moderation.find_block_uri(db, ada.id, bob.id) is None
    assert moderation.find_blocked(db, ada.id, "https://here.example/blocks/1") is None


def test_a_mute_lasts_as_long_as_was_said_last(db, ada, bob):
    moderation.add_mute(db, ada.id, bob.id, None)
    moderation.add_mute(db, ada.id, bob.id, START_MS)
    moderation.forget_mutes(db, START_MS - 1)
    assert moderation.is_muted(db, ada.id, bob.id)
    moderation.forget_mutes(db, START_MS)
    assert not moderation.is_muted(db, ada.id, bob.id)


def test_a_mute_without_an_end_is_lifted_only(db, ada, bob):
    moderation.add_mute(db, ada.id, bob.id, None)
    moderation.forget_mutes(db, START_MS)
    assert moderation.is_muted(db, ada.id, bob.id)
    assert not moderation.is_muted(db, bob.id, ada.id)
    moderation.remove_mute(db, ada.id, bob.id)
    assert not moderation.is_muted(db, ada.id, bob.id)


def test_domain_blocks_are_kept_by_name_and_changed_in_place(db):
    block = DomainBlock("bad.example", "suspend", "spam", START_MS)
    moderation.save_domain_block(db, block)
    moderation.save_domain_block(db, DomainBlock("awful.example", "silence", "", START_MS))
    moderation.save_domain_block(db, dataclasses.replace(block, severity="silence", created_ms=0))
    assert [(found.domain, found.severity, found.created_ms) for found in moderation.list_domain_blocks(db)] == [
        ("awful.example", "silence", START_MS),
        ("bad.example", "silence", START_MS),
    ]
    assert moderation.remove_domain_block(db, "bad.example")
    assert not moderation.remove_domain_block(db, "bad.example")


BELOW = ("bad_one.example", "sub.bad_one.example", "bad_one.example:8443", "sub.bad_one.example:8443")
BESIDE = ("badxone.example", "notbad_one.example", "bad_one.example.org", "x.badxone.example")


def test_a_severed_domain_with_all_below_it_is_out_of_follows_and_timelines(db, ada):
    for number, domain in enumerate((*BELOW, *BESIDE)):
        stranger = add_stranger(db, f"s{number}", domain)
        add_follow(db, ada, stranger)
        add_follow(db, stranger, ada)
        timelines.add_to_home(db, add_post(db, stranger))
    moderation.sever_domain(db, "bad_one.example")
    assert {account.domain for account in follows.list_following(db, ada.id, 20)} == set(BESIDE)
    assert {account.domain for account in follows.list_followers(db, ada.id, 20)} == set(BESIDE)
    assert len(timelines.list_home(db, ada.id, 20)) == len(BESIDE)


def test_deliveries_to_a_severed_domain_are_given_up(db, ada):
    activity = add_activity(db, ada)
    deliveries.add_deliveries(
        db, activity.id, "https://here.example/p/1", [(f"https://{host}/inbox", host) for host in (*BELOW, *BESIDE)], START_MS
    )
    moderation.give_up_domain(db, "bad_one.example", START_MS)
    assert {owed.delivery.host for owed in deliveries.list_owed(db, None, 20) if owed.delivery.state == "gave up"} == set(BELOW)


def test_reports_are_listed_open_ones_first_and_newest_first(db, ada, bob):
    kept = [Report(number, None if number == 1 else ada.id, bob.id, f"r{number}", "[]", "Spam", START_MS) for number in (1, 2, 3)]
    for report in (kept[0], kept[1], dataclasses.replace(kept[2], resolved_ms=START_MS)):
        moderation.add_report(db, report)
    assert [report.id for report in moderation.list_reports(db, 20)] == [2, 1, 3]
    assert [report.id for report in moderation.list_reports(db, 1)] == [2]
    assert moderation.list_reports(db, 20)[1] == kept[0]
