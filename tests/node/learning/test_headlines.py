"""One table of headlines: every row is reached, the order decides, and what is said of the valid is said of nothing else."""

import pytest

from node.learning.headlines import ROWS, SIGNS, Facts, headline_of

REACHED = {
    "forged": Facts(proof="fail"),
    "other_signer": Facts(issuer="fail"),
    "revoked": Facts(status="fail"),
    "suspended": Facts(status="suspended"),
    "expired": Facts(dates="fail"),
    "early": Facts(dates="early"),
    "other_recipient": Facts(recipient="fail"),
    "unchecked": Facts(proof="unknown"),
    "unsigned": Facts(proof="unsigned"),
    "malformed": Facts(schema="fail"),
    "own": Facts(is_own=True),
    "own_endorsed": Facts(is_own=True, endorsed=2),
    "unknown_signer": Facts(issuer="unknown"),
    "unknown_recipient": Facts(recipient="unknown"),
    "last_seen": Facts(status="unknown"),
    "valid": Facts(),
}


def test_every_row_is_reached():
    assert {key: headline_of(facts).key for key, facts in REACHED.items()} == {row.key: row.key for row in ROWS}


@pytest.mark.parametrize("facts", [Facts(recipient=""), Facts()])
def test_where_nobody_was_asked_for_the_recipient_is_left_out(facts):
    assert headline_of(facts).key == "valid"


def test_the_tick_green_and_the_word_stand_for_the_last_row_alone():
    assert [row.key for row in ROWS if row.tone == "good"] == ["valid"]
    assert [tone for tone, sign in SIGNS.items() if sign == "✓"] == ["good"]
    said = {row.key: row.sentence.lower() for row in ROWS}
    assert [key for key, sentence in said.items() if "valid" in sentence or "verified" in sentence] == ["last_seen", "valid"]
    assert said["last_seen"].startswith("valid when last seen")


@pytest.mark.parametrize("worse", ["forged", "other_signer", "revoked", "expired", "other_recipient", "unchecked", "unsigned"])
def test_what_is_worse_is_said_first_of_what_one_recorded_oneself(worse):
    facts = REACHED[worse]
    own = Facts(facts.proof, facts.issuer, facts.status, facts.dates, facts.recipient, facts.schema, is_own=True)
    assert headline_of(own).key == worse


def test_nothing_counts_that_others_do_not_see():
    assert [row.key for row in ROWS if row.counts and not row.is_shown] == []
    assert [row.key for row in ROWS if not row.is_shown] == [
        "forged",
        "other_signer",
        "revoked",
        "suspended",
        "other_recipient",
        "malformed",
    ]
