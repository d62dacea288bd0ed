"""A real browser for the pages: Debian's headless Chromium, driven by its own chromedriver."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.pages.running import Running, start_node

QUIET = (  # no window, no sandbox (the tests may run as root), and nothing asked of the outside
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def open_browser(profile: Path, *more_arguments: str, javascript: bool = True) -> Chrome:
    """A browser with a profile folder of its own; whoever opened it quits it."""
    options = Options()
    options.binary_location = _program("chromium")
    for argument in (*QUIET, f"--user-data-dir={profile}", *more_arguments):
        options.add_argument(argument)
    if not javascript:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service(_program("chromedriver")))


def _program(name: str) -> str:
    """Where a program stands. Naming it keeps Selenium from downloading one."""
    found = shutil.which(name)
    assert found, f"no {name} on the PATH: `make test` installs it"
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser for one file's tests; cookies stay between them, so a test that needs none deletes them."""
    driver = open_browser(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def plain_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The same with JavaScript off."""
    driver = open_browser(tmp_path_factory.mktemp("plain-profile"), javascript=False)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be run in a page."""
    return (Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A fresh node for one file's tests."""
    running = start_node(tmp_path_factory.mktemp("node") / "data")
    yield running
    running.stop()
