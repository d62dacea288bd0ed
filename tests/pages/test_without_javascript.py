"""With JavaScript off a person does everything that matters: makes the first account, writes, replies, follows, likes, edits, deletes."""

import re

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.pages.running import PASSWORD, Person, Running

SECRET_TEXT = "Only for those who follow me"


@pytest.fixture(scope="module")
def bea(node: Running, plain_browser: Chrome) -> Person:
    """Somebody to follow; she comes after the first account was made."""
    make_first_account(plain_browser, node)
    node.hedgerow("account", "add", "bea", "--password-stdin", given=PASSWORD)
    person = Person(node.origin).sign_in("bea")
    person.send("/compose", [("text", "Mosses are slow, and right."), ("visibility", "0")])
    return person


@pytest.fixture
def page(plain_browser: Chrome, node: Running, bea: Person) -> Chrome:
    """The browser, Ada signed in, at home."""
    plain_browser.get(f"{node.origin}/")
    return plain_browser


def make_first_account(page: Chrome, node: Running) -> None:
    page.get(node.link)
    for name, text in (("name", "ada"), ("display_name", "Ada"), ("password", PASSWORD)):
        page.find_element(By.NAME, name).send_keys(text)
    press(page, "Make the account")


def press(page: Chrome, label: str, within: str = "main") -> None:
    """Presses the first button or link that is called that, opening the menu that it is in."""
    for found in page.find_elements(By.CSS_SELECTOR, f"{within} button, {within} a"):
        if found.get_attribute("textContent").strip() == label:
            for menu in found.find_elements(By.XPATH, "./ancestor::details[not(@open)]/summary"):
                menu.click()
            follow(page, found)
            return
    raise AssertionError(f"there is nothing called {label} on {page.current_url}")


def follow(page: Chrome, button: WebElement) -> None:
    """Clicks what leads to another page, and waits for that page."""
    before = page.find_element(By.TAG_NAME, "html")
    button.click()
    WebDriverWait(page, 15, ignored_exceptions=(WebDriverException,)).until(staleness_of(before))  # amid a change it says neither


def write(page: Chrome, text: str, visibility: str = "0") -> None:
    """Fills the form that is on the page and sends it."""
    field = page.find_element(By.NAME, "text")
    field.send_keys(text)
    Select(page.find_element(By.NAME, "visibility")).select_by_value(visibility)
    follow(page, page.find_element(By.CSS_SELECTOR, ".compose .send button"))


def texts(page: Chrome) -> list[str]:
    return [found.text for found in page.find_elements(By.CSS_SELECTOR, ".post .text")]


def test_the_one_time_link_makes_the_first_account_and_then_no_other(page, node):
    assert page.find_element(By.CSS_SELECTOR, ".me summary").get_attribute("aria-label") == "Your menu"
    page.get(node.link)
    assert "This link was used already" in page.find_element(By.TAG_NAME, "main").text


def test_signing_out_and_in_again(page, node):
    press(page, "Sign out", ".me")
    page.get(f"{node.origin}/settings")
    assert page.current_url == f"{node.origin}/signin?next=/settings"
    page.find_element(By.NAME, "login").send_keys("ada")
    page.find_element(By.NAME, "password").send_keys("not the password")
    press(page, "Sign in")
    assert page.find_element(By.CSS_SELECTOR, "[role=alert]").text == "That name and password do not match."
    page.find_element(By.NAME, "password").send_keys(PASSWORD)
    press(page, "Sign in")
    assert page.current_url == f"{node.origin}/settings"


def test_a_post_appears_at_home_as_it_was_meant(page):
    write(page, "A **strong** start #hedges")
    assert texts(page)[0] == "A strong start #hedges"
    assert page.find_element(By.CSS_SELECTOR, ".post .text strong").text == "strong"


def test_what_cannot_be_published_is_said_and_not_lost(page):
    write(page, "x" * 5_001)
    assert page.find_element(By.CSS_SELECTOR, "[role=alert]").text == "That is longer than 5000 characters."
    assert page.find_element(By.NAME, "text").get_attribute("value").strip() == "x" * 5_001


def test_a_reply_stands_in_the_thread(page, node):
    page.get(f"{node.origin}/@bea")
    press(page, "Reply", ".post")
    write(page, "So are snails.")
    page.get(f"{node.origin}/@bea")
    follow(page, page.find_element(By.CSS_SELECTOR, ".post .when a"))
    assert texts(page) == ["Mosses are slow, and right.", "@bea So are snails."]


def test_following_brings_what_they_write_to_the_home_timeline(page, node, bea):
    page.get(f"{node.origin}/search")
    page.find_element(By.NAME, "q").send_keys("@bea")
    follow(page, page.find_element(By.CSS_SELECTOR, "main form[role=search] button"))
    press(page, "Follow")
    bea.send("/compose", [("text", "Rain at last."), ("visibility", "2")])
    page.get(f"{node.origin}/")
    assert texts(page)[0] == "Rain at last."


def test_a_like_is_told_and_can_be_taken_back(page, node, bea):
    page.get(f"{node.origin}/@bea")
    press(page, "Like", ".post")
    assert page.find_element(By.CSS_SELECTOR, ".post .like").get_attribute("aria-pressed") == "true"
    assert "likes your post" in bea.get("/notifications")
    press(page, "Like", ".post")
    assert page.find_element(By.CSS_SELECTOR, ".post .like").get_attribute("aria-pressed") == "false"


def test_a_picture_goes_with_its_description(page, node, tmp_path):
    from PIL import Image

    file = tmp_path / "hedge.png"
    Image.new("RGB", (60, 40), "#2f5d3a").save(file)
    page.get(f"{node.origin}/compose")
    for summary in page.find_elements(By.CSS_SELECTOR, ".compose .more summary"):
        if summary.text == "Pictures":
            summary.click()
    page.find_element(By.NAME, "file").send_keys(str(file))
    page.find_element(By.NAME, "alt").send_keys("A hedge in green")
    write(page, "Look")
    assert page.find_element(By.CSS_SELECTOR, ".post .media img").get_attribute("alt") == "A hedge in green"


def test_an_edit_changes_the_text(page, node):
    write(page, "A tpyo")
    press(page, "Edit", ".post")
    field = page.find_element(By.NAME, "text")
    field.clear()
    field.send_keys("A typo, mended")
    press(page, "Save")
    assert texts(page)[0] == "A typo, mended"


def test_deleting_asks_first_and_then_it_is_gone(page, node):
    write(page, "Soon gone")
    press(page, "Delete", ".post")
    press(page, "No, keep it")
    assert texts(page)[0] == "Soon gone"
    address = page.current_url
    press(page, "Delete", ".post")
    press(page, "Delete it")
    assert "Soon gone" not in texts(page)
    page.get(address)
    assert page.find_element(By.TAG_NAME, "h1").text in {"Not found", "That is gone"}


def test_strangers_see_no_followers_post_by_any_page(page, node):
    write(page, SECRET_TEXT, visibility="2")
    stranger = Person(node.origin)
    address = re.sub(r"^.*?(/@ada/\d+).*$", r"\1", page.find_element(By.CSS_SELECTOR, ".post .when a").get_attribute("href"))
    for path in ("/", "/local", "/@ada", "/@ada.atom", "/@ada.rss", "/@ada.json", "/tags/hedges"):
        assert SECRET_TEXT not in stranger.get(path)
    with pytest.raises(AssertionError, match="answered 404"):
        stranger.get(address)
