"""portfolio.html out of an archive, opened from the disk by a browser without a network: it verifies itself."""

import asyncio
import zipfile
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from node.learning import answering, awarding, badges, endorsing, exporting
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from tests.nodes import prepare
from tests.pages.test_accessibility import complaints, look, too_wide

CLAIMS = """return [...document.querySelectorAll("section.claim")]
    .map(each => [each.dataset.kind, !each.className.includes("bad"), each.innerText])"""
CLAIM = 'class="claim" data-kind="{}">'


async def export(folder: Path) -> Path:
    """Bo's archive: two achievements, one vouched for, one recorded by Bo, two posts."""
    node = prepare(folder / "data")
    async with node.opened():
        ada, bo, cleo = [await node.person(name, display_name=name.title()) for name in ("ada", "bo", "cleo")]
        await bo.describe(display_name="Bo Birch", summary="I look at **mosses** & ferns.")
        for name in ("Knows ten mosses", "Knows <ferns> & \\more\\"):
            badge = await badges.define(ada.context, ada.account, BadgeDraft(name, "In the wild.", about="Moss"))
            given = await awarding.award(ada.context, ada.account, Gift(badge.id, bo.account.id, "Well done,\nBo"))
            await answering.answer(bo.context, bo.account, given.id, "public")
        await endorsing.endorse(cleo.context, cleo.account, Word("I was there", award_id=given.id))
        badge = await badges.define(bo.context, bo.account, BadgeDraft("Walked the ridge"))
        await awarding.award(bo.context, bo.account, Gift(badge.id, bo.account.id, is_public=True))
        await bo.write("Mosses drink through their leaves. 🌿 </script>")
        await exporting.export(bo.context, bo.account, folder / "bo.zip", "moss and ferns", lambda *_: None)
    return folder / "bo.zip"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """The page's text."""
    with zipfile.ZipFile(asyncio.run(export(tmp_path_factory.mktemp("portfolio")))) as archive:
        return archive.read("portfolio.html").decode()


@pytest.fixture
def offline(browser: Chrome):
    """The browser with its network off."""
    browser.execute_cdp_cmd("Network.enable", {})
    set_offline(browser, is_offline=True)
    yield browser
    set_offline(browser, is_offline=False)


def set_offline(browser: Chrome, *, is_offline: bool) -> None:
    speed = 0 if is_offline else -1
    conditions = {"offline": is_offline, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


def shown(browser: Chrome, tmp_path: Path, text: str) -> list[tuple[str, bool, str]]:
    """(kind, whether it holds, text) of every claim as the page shows it."""
    file = tmp_path / "portfolio.html"
    file.write_text(text)
    browser.get(file.as_uri())
    WebDriverWait(browser, 15).until(lambda each: each.execute_script("return document.documentElement.dataset.verified"))
    return [tuple(each) for each in browser.execute_script(CLAIMS)]


def test_every_claim_holds_and_is_read_from_what_was_signed(offline, page, tmp_path):
    claims = shown(offline, tmp_path, page)
    assert [holds for _, holds, _ in claims] == [True] * len(claims)
    kinds = [kind for kind, _, _ in claims]
    assert (kinds.count("actor"), kinds.count("credential"), kinds.count("object")) == (1, 4, 2)
    text = "\n".join(said for _, _, said in claims)
    for said in ("Knows <ferns> & \\more\\", "Well done,", "I was there", "Not revoked as of", "Competencies: Moss", "🌿 </script>"):
        assert said in text
    assert offline.find_element("id", "who").text == "Bo Birch"


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("credential", "Knows ten mosses", "Knows ten masses"),
        ("credential", "Walked the ridge", "Walked the bridge"),
        ("credential", "I was there", "I was here"),
        ("object", "Mosses drink", "Mosses drank"),
    ],
)
def test_one_changed_byte_turns_that_claim_red_and_no_other(offline, page, tmp_path, kind, old, new):
    boxes = page.split("<script type")
    place = next(number for number, box in enumerate(boxes) if CLAIM.format(kind) in box and old in box)
    boxes[place] = boxes[place].replace(old, new, 1)
    claims = shown(offline, tmp_path, "<script type".join(boxes))
    assert [kind for kind, holds, _ in claims if not holds] == [kind]


def test_a_claim_that_is_broken_altogether_is_red_alone(offline, page, tmp_path):
    place = page.index(CLAIM.format("credential")) + len(CLAIM.format("credential"))
    claims = shown(offline, tmp_path, page[:place] + "x" + page[place + 1 :])
    assert [holds for _, holds, _ in claims].count(False) == 1


def test_the_page_can_be_used_by_everybody(browser, page, tmp_path, axe):
    file = tmp_path / "portfolio.html"
    file.write_text(page)
    for width, scheme in ((1280, "light"), (390, "light"), (390, "dark")):
        look(browser, file.as_uri(), width, scheme)
        WebDriverWait(browser, 15).until(lambda each: each.execute_script("return document.documentElement.dataset.verified"))
        assert complaints(browser, axe) == []
        assert too_wide(browser) == []
