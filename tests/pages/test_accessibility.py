"""axe-core finds nothing to complain of (WCAG 2.2, A and AA), on any page, wide and narrow, light and dark."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.expected_conditions import url_to_be
from selenium.webdriver.support.ui import WebDriverWait

from tests.pages.running import PASSWORD, Running, start_node
from tests.pages.story import Story, tell

WIDTHS = (1280, 320)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOO_WIDE = """const most = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= most) return [];
return [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > most)
    .map(each => each.outerHTML.slice(0, 150))"""
RUN_AXE = """const done = arguments[arguments.length - 1];
axe.run({runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"]}).then(done)"""
MEMBERS_PAGES = (
    "/", "/compose", "/compose?reply_to={question_id}", "/local", "/tags/maths", "/about", "/search", "/search?q=@bea",
    "/search?q=@nobody", "/authorize_interaction?uri=@bea", "/notifications", "/requests", "/settings", "/@ada", "/@bea", "/@chidi",
    "/@ada/followers", "/@ada/following", "{question}", "{poll}", "{own}", "{own}/edit", "{own}/delete", "{own}/deliveries",
    "/accounts/{bea}/report?post={question_id}", "/admin/queue", "/admin/blocks", "/admin/reports", "/nowhere",
    "/communities", "/@hedges", "/@hedges/members", "/@hedges/moderation", "/@hedges/settings", "/@hedges/events", "/@hedges/cohorts",
    "{event}", "/events/new", "{debate}", "{debate}/argument", "{ask}", "/ask", "/resources", "/resources/new", "{resource}", "/paths",
    "/paths/new", "{path}", "{path}/path", "/@ada/network", "/@chidi/record", "/search?q=hedge", "/digest",
    "/settings/programs", "/admin/applicants", "/admin/emojis", "{grant}", "/confirm/used",
    "/resources/{resource_id}/edit", "/paths/{path_id}/edit",
    "/badges", "/badges/new", "/badges/{badge}/award", "/@ada/badges/{badge}", "/achievements", "/@bea/achievements", "{achievement}",
    "/marks/new?post={work_id}", "{mark}", "/verify", "/settings/archive",
    "/goals", "/goals/new", "/reflect", "/reflections", "{reflection}/history", "/frameworks", "/frameworks/{framework}", "{competency}",
    "/portfolio", "/@bea/portfolio", "{view}", "/wards", "/wards/{ward}", "/goals/network",
)  # fmt: skip
STRANGERS_PAGES = (
    "/", "/signin", "/about", "/@ada", "{question}", "/tags/maths", "/search", "/@nobody", "/welcome/used", "/ns/learning",
    "/communities", "/@hedges", "/@hedges/events", "{event}", "{debate}/argument", "/resources", "{path}/path", "/search?q=hedge",
    "/@bea/achievements", "{achievement}", "/@ada/badges/{badge}", "/verify", "/@bea/portfolio", "{view}", "{competency}",
    "{reflection}/history",
)  # fmt: skip


@pytest.fixture(scope="module")
def story(node: Running) -> Story:
    return tell(node)


@pytest.fixture(scope="module")
def ada_browser(browser: Chrome, node: Running, story: Story) -> Iterator[Chrome]:
    """The browser with Ada signed in."""
    sign_in(browser, node)
    yield browser
    browser.delete_all_cookies()


def sign_in(browser: Chrome, node: Running, name: str = "ada") -> None:
    browser.get(f"{node.origin}/signin")
    browser.find_element("name", "login").send_keys(name)
    browser.find_element("name", "password").send_keys(PASSWORD)
    browser.find_element("css selector", "main form button").click()
    WebDriverWait(browser, 15).until(url_to_be(f"{node.origin}/"))


def look(browser: Chrome, url: str, width: int, scheme: str = "light") -> None:
    """Opens a page in a window of that width, every folded part of it open."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(url)
    browser.execute_script("for (const each of document.querySelectorAll('details:not(.menu)')) each.open = true")


def complaints(browser: Chrome, axe: str) -> list[str]:
    """What axe finds, one line for each element."""
    browser.execute_script(axe)
    found = browser.execute_async_script(RUN_AXE, RULES)
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found["violations"] for node in each["nodes"]]


def filled(path: str, story: Story) -> str:
    addresses = {"question": story.question, "own": story.own, "poll": story.poll, **story.made}
    ids = {f"{name}_id": address.rpartition("/")[2] for name, address in addresses.items()}
    return path.format(**addresses, **ids, **story.ids)


@pytest.mark.parametrize("path", MEMBERS_PAGES)
def test_a_members_page_can_be_used_by_everybody(ada_browser, node, story, axe, path):
    for width in WIDTHS:
        look(ada_browser, node.origin + filled(path, story), width)
        assert complaints(ada_browser, axe) == []
        assert too_wide(ada_browser) == []


BEAS_PAGES = ("/goals", "/goals/{goal}", "/goals/{goal}/edit", "/goals/network", "/reflections", "/portfolio", "/frameworks/{framework}")


@pytest.mark.parametrize("path", ["/", "/settings", "{question}", "{poll}", "/@ada", "/notifications", "/admin/blocks", "/compose"])
def test_so_can_a_dark_page(ada_browser, node, story, axe, path):
    look(ada_browser, node.origin + filled(path, story), 320, "dark")
    assert complaints(ada_browser, axe) == []


@pytest.mark.parametrize("path", ["/", "{own}"])
def test_so_can_an_open_menu(ada_browser, node, story, axe, path):
    look(ada_browser, node.origin + filled(path, story), 320)
    ada_browser.execute_script("document.querySelector('.post .menu').open = true")
    assert complaints(ada_browser, axe) == []
    assert too_wide(ada_browser) == []


def too_wide(browser: Chrome) -> list[str]:
    """What stands out of the window, if the page is wider than it (WCAG 1.4.10)."""
    found: list[str] = browser.execute_script(TOO_WIDE)
    return found


@pytest.fixture(scope="class")
def beas_browser(browser: Chrome, node: Running, story: Story) -> Chrome:
    """The browser with Bea signed in; Ada's cookies are gone then."""
    assert story.own
    browser.delete_all_cookies()
    sign_in(browser, node, "bea")
    return browser


class TestAims:
    """Pages as Bea sees them, who has goals and a portfolio. Stands after the tests with Ada's cookies."""

    @pytest.mark.parametrize("path", BEAS_PAGES)
    def test_a_learners_page_can_be_used_by_everybody(self, beas_browser, node, story, axe, path):
        for width, scheme in ((1280, "light"), (320, "light"), (320, "dark")):
            look(beas_browser, node.origin + filled(path, story), width, scheme)
            assert complaints(beas_browser, axe) == []
            assert too_wide(beas_browser) == []


class TestStrangers:
    """Pages as somebody sees them who is not signed in. Stands last in the file: it drops the cookies."""

    @pytest.fixture
    def strange_browser(self, browser: Chrome, story: Story) -> Chrome:
        assert story.own  # what they see was told before the cookies go
        browser.delete_all_cookies()
        return browser

    @pytest.mark.parametrize("path", STRANGERS_PAGES)
    def test_a_strangers_page_can_be_used_by_everybody(self, strange_browser, node, story, axe, path):
        for width in WIDTHS:
            look(strange_browser, node.origin + filled(path, story), width)
            assert complaints(strange_browser, axe) == []
            assert too_wide(strange_browser) == []

    def test_the_first_page_of_a_new_node_can_be_used_by_everybody(self, strange_browser, axe, tmp_path_factory):
        fresh = start_node(tmp_path_factory.mktemp("fresh") / "data")
        try:
            for width in WIDTHS:
                look(strange_browser, fresh.link, width)
                assert complaints(strange_browser, axe) == []
                assert too_wide(strange_browser) == []
        finally:
            fresh.stop()


def test_axe_would_find_a_text_without_contrast(browser, node, axe):
    look(browser, f"{node.origin}/about", 1280)
    browser.execute_script("document.querySelector('main p').style.color = '#eeeee0'")
    assert any(complaint.startswith("color-contrast") for complaint in complaints(browser, axe))
