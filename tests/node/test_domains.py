"""Which servers we do not talk to, however their names are written."""

import pytest

from node.domains import DomainRules


@pytest.fixture
def rules():
    found = DomainRules()
    found.replace({"spam.example": "suspend", "loud.example": "silence", "quiet.spam.example": "silence", "bücher.example": "suspend"})
    return found


@pytest.mark.parametrize(
    "uri",
    [
        "https://spam.example/users/a",
        "https://SPAM.example./",
        "https://a.b.spam.example:8443/x",
        "https://xn--bcher-kva.example/",
        "https://BÜCHER.example/",
        "https://quiet.spam.example/",  # silenced by itself, and below a name that is cut off
    ],
)
def test_a_block_holds_for_every_way_to_write_a_name_and_all_below_it(rules, uri):
    assert rules.is_suspended(uri)


@pytest.mark.parametrize("uri", ["https://notspam.example/", "https://example/", "https://spam.example.org/", "https://loud.example/"])
def test_others_are_not_meant(rules, uri):
    assert not rules.is_suspended(uri)


def test_a_silenced_server_is_silenced_and_no_more(rules):
    assert rules.severity_of("https://www.loud.example/") == "silence"
    assert rules.severity_of("https://fine.example/") is None


def test_new_rules_replace_the_old_ones(rules):
    rules.replace({})
    assert not rules.is_suspended("https://spam.example/")
