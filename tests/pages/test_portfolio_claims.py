"""A portfolio with one achievement of each sort, seen by its owner and by a visitor: no two look alike that are not."""

import asyncio
import os
from pathlib import Path

import pytest

from node.social import communities
from node.social.accounts import get_local
from node.social.communities import Settings
from storage.learning.awards import Award
from tests import portfolios
from tests.nodes import Node
from tests.pages.running import PASSWORD, Running
from tests.pages.test_accessibility import complaints, look, sign_in, too_wide

LOOKS = """const found = {};
for (const item of document.querySelectorAll(".shelf > li")) {
  const mark = item.querySelector(".verdict-line .mark[class*=tone-]"), title = item.querySelector(".title");
  if (!mark || !title) continue;
  const style = getComputedStyle(mark), result = item.querySelector(".mark.result");
  found[title.querySelector("a, span").innerText] = {
    look: [mark.innerText.replace(/ .*/, ""), style.backgroundColor, style.borderTopStyle, getComputedStyle(item).borderTopStyle,
           result ? getComputedStyle(result).backgroundColor : ""],
    said: mark.innerText, text: item.innerText, section: item.closest("section").getAttribute("aria-labelledby")};
}
return found"""
VIEWS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
SECTIONS = {"person": "evidence", "community": "evidence", "own": "own", "missed": "open", "unchecked": "open", "unconfirmed": "open",
            "forged": "withheld", "revoked": "withheld"}  # fmt: skip


@pytest.fixture(scope="module")
def made(node: Running) -> dict[str, Award]:
    """The achievements, given beside the running node."""
    for name in ("ada", "bob"):
        node.hedgerow("account", "add", name, "--password-stdin", given=PASSWORD)
    return asyncio.run(_fill(node))


async def _fill(running: Running) -> dict[str, Award]:
    async with Node(running.data).opened() as beside:
        ada, bob = [await beside.read(get_local, name) for name in ("ada", "bob")]
        group = await communities.create(beside.context, "toronto", Settings("University of Toronto"), [bob])
        return await portfolios.fill(beside.context, portfolios.Cast(ada, bob, group))


def looks(browser) -> dict[str, dict[str, object]]:
    """By sort, how each claim looks and what it says."""
    sorts = {title: sort for sort, title in portfolios.TITLES.items()}
    return {sorts[title]: seen for title, seen in browser.execute_script(LOOKS).items()}


def photograph(browser, name: str) -> None:
    """Keeps a picture of the page where TEST_SHOTS names a folder, for people who look."""
    if folder := os.environ.get("TEST_SHOTS"):
        height = browser.execute_script("return document.documentElement.scrollHeight")
        width = browser.execute_script("return window.innerWidth")
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("is_owner", [False, True], ids=["visitor", "owner"])
def test_no_two_look_alike_that_are_not(browser, axe, node, made, is_owner):
    browser.delete_all_cookies()
    if is_owner:
        sign_in(browser, node)
    for width, scheme in VIEWS:
        look(browser, f"{node.origin}/@ada/portfolio", width, scheme)
        seen = looks(browser)
        expected = {sort: place for sort, place in SECTIONS.items() if is_owner or sort not in portfolios.HIDDEN}
        assert {sort: each["section"] for sort, each in seen.items()} == expected
        groups = [("person", "community"), ("unchecked", "unconfirmed"), ("forged", "revoked")]
        kinds = {sort: next((index for index, group in enumerate(groups) if sort in group), sort) for sort in seen}
        different = {str(each["look"]): kinds[sort] for sort, each in seen.items()}
        assert len(different) == len(set(kinds.values()))
        assert len({each["text"] for each in seen.values()}) == len(seen)
        assert [sort for sort, each in seen.items() if "✓" in each["said"]] == [sort for sort in seen if sort in ("person", "community")]
        assert complaints(browser, axe) == []
        assert too_wide(browser) == []
        photograph(browser, f"portfolio-{'owner' if is_owner else 'visitor'}-{width}-{scheme}")


def test_their_pages_say_the_same(browser, axe, node, made):
    browser.delete_all_cookies()
    said = {}
    for sort in ("own", "person", "community", "missed", "unchecked", "unconfirmed", "revoked"):
        look(browser, f"{node.origin}/@ada/achievements/{made[sort].id}", 1280)
        said[sort] = browser.find_element("css selector", "main").text
        assert complaints(browser, axe) == []
        photograph(browser, f"achievement-{sort}-1280")
    assert "Revoked on" in said["revoked"]
    assert portfolios.REASON in said["revoked"]
    assert "a community" in said["community"]
    assert "0 of 100, not passed" in said["missed"]
    assert "Recorded by ada themselves" in said["own"]
    assert [sort for sort in said if "Valid:" in said[sort]] == ["person", "community", "missed"]
