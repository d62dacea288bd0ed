"""A client that runs in browsers (the web UI inside PyPI's mastodon-mock), pointed at a node of ours: it shows home, posts and replies."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.clients.conftest import CLIENTS, Api, Town
from tests.pages.conftest import browser

__all__ = ["browser"]

PREFIX = "/_ui/"


class Client(SimpleHTTPRequestHandler):
    """Serves the client's files below /_ui/; whatever is no file is its first page, for it has its own addresses."""

    def translate_path(self, path: str) -> str:
        found = Path(self.directory, path.partition("?")[0].removeprefix(PREFIX))
        return str(found if found.is_file() else Path(self.directory, "index.html"))

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def client_origin() -> Iterator[str]:
    found = next(CLIENTS.parent.glob("lib/python*/site-packages/mastodon_mock/_ui_dist/browser"), None)
    if found is None:
        pytest.skip("needs the web UI of mastodon-mock: make ready-to-test")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Client, directory=str(found)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser: Chrome, client_origin: str, towns: tuple[Town, Town]) -> Chrome:
    """The client, signed in as Ada."""
    here, _ = towns
    browser.get(client_origin + PREFIX)
    token = here.token("ada")
    browser.execute_script(
        "localStorage.setItem('mastodon_mock_server', arguments[0]); localStorage.setItem('mastodon_mock_token', arguments[1])",
        here.origin,
        token,
    )
    browser.get(f"{client_origin}{PREFIX}home")
    return browser


def shows(page: Chrome, text: str) -> None:
    """Waits until the page shows a text."""
    WebDriverWait(page, 20).until(lambda driver: text in driver.find_element(By.TAG_NAME, "body").text, f"the page never shows {text!r}")


def test_a_browser_client_shows_home_posts_and_replies(page: Chrome, towns: tuple[Town, Town]):
    here, _ = towns
    shows(page, "Home")
    page.find_element(By.CSS_SELECTOR, "textarea").send_keys("Written in a browser")
    page.execute_script("[...document.querySelectorAll('button')].find(each => /^(Post|Toot|Publish)/.test(each.innerText.trim())).click()")
    shows(page, "Written in a browser")
    ada = Api(here, "ada")
    (post,) = ada.ask("GET", "/api/v1/timelines/home?limit=1")
    ada.ask("POST", "/api/v1/statuses", status="And answered by a script", in_reply_to_id=post["id"])
    page.get(page.current_url.replace("/home", f"/statuses/{post['id']}"))
    shows(page, "Written in a browser")
    shows(page, "And answered by a script")
