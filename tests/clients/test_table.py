"""docs/client-api.md says what the router has."""

from tests.clients import tiers
from tests.clients.table import is_served, served, table
from tests.nodes import CHECKOUT


def missing(listed: str) -> set[str]:
    known = served()
    return {each for each in listed.strip().splitlines() if not is_served(each, known)}


def test_the_page_is_what_the_router_says():
    assert (CHECKOUT / "docs" / "client-api.md").read_text() == table()


def test_programs_can_sign_in_and_show_home():
    assert len(tiers.T1.strip().splitlines()) == 19
    assert missing(tiers.T1) == set()


def test_programs_can_do_what_they_do_every_day():
    assert len(tiers.T2.strip().splitlines()) == 113
    assert missing(tiers.T2) == set()


def test_an_operation_that_is_not_there_would_be_missed():
    assert missing("GET /api/v1/nowhere\nPUT/PATCH /api/v1/apps") == {"GET /api/v1/nowhere", "PUT/PATCH /api/v1/apps"}
