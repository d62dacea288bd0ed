from datetime import UTC, datetime

import pytest

from federation.errors import Malformed
from federation.polls import document_from_poll, poll_from, vote_from
from federation.records import Poll, PollOption

NOON = datetime(2024, 7, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize("multiple", [True, False])
@pytest.mark.parametrize("closed", [None, NOON])
def test_a_poll_survives_the_wire(multiple, closed):
    poll = Poll((PollOption("yes", 3), PollOption("no")), multiple, NOON, closed, 3)
    assert poll_from(document_from_poll(poll)) == poll


def test_answers_without_counts_and_names():
    poll = poll_from({"oneOf": [{"name": "yes", "replies": {"totalItems": "many"}}, {"type": "Note"}, {"name": "no", "replies": None}, 7]})
    assert poll == Poll((PollOption("yes"), PollOption("no")), multiple=False)


def test_closed_may_be_just_true():
    assert poll_from({"oneOf": [{"name": "a"}], "closed": True, "endTime": "2024-07-17T12:00:00Z"}).closed == NOON
    assert poll_from({"oneOf": [{"name": "a"}], "closed": True, "published": "2024-07-17T12:00:00Z"}).closed == NOON
    assert poll_from({"oneOf": [{"name": "a"}], "closed": False}).closed is None


def test_without_answers_there_is_no_poll():
    assert poll_from({}) is None
    assert poll_from({"oneOf": [{"name": ""}]}) is None


def test_too_many_answers_are_refused():
    with pytest.raises(Malformed):
        poll_from({"anyOf": [{"name": str(number)} for number in range(51)]})


def test_a_vote_has_a_name_a_parent_and_no_text():
    vote = {"type": "Note", "name": "yes", "inReplyTo": "https://a.example/polls/1"}
    assert vote_from(vote) == vote_from(vote | {"content": ""}) == "yes"
    for other in (
        {"content": "text"},
        {"contentMap": {"en": "text"}},
        {"inReplyTo": None},
        {"inReplyTo": "x"},
        {"name": ""},
        {"name": None},
    ):
        assert vote_from(vote | other) is None
