"""The browser that the other tests of pages rely on."""

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

PAGE = """data:text/html,<!doctype html><html lang="en"><title>Quiet</title><main><h1 id="h">as sent</h1>
<img src="x.png"></main><script>document.getElementById("h").textContent = "as changed"</script></html>"""
RUN_AXE = "const done = arguments[arguments.length - 1]; axe.run().then(done)"


def heading(driver: Chrome) -> str:
    driver.get(PAGE)
    return driver.find_element(By.TAG_NAME, "h1").text


def test_a_page_is_seen_as_its_script_left_it(browser):
    assert heading(browser) == "as changed"


def test_without_javascript_a_page_is_seen_as_it_was_sent(plain_browser):
    assert heading(plain_browser) == "as sent"


def test_a_page_can_be_photographed(browser):
    browser.get(PAGE)
    assert browser.get_screenshot_as_png().startswith(b"\x89PNG")


def test_axe_finds_the_image_without_a_text(browser, axe):
    browser.get(PAGE)
    browser.execute_script(axe)
    found = browser.execute_async_script(RUN_AXE)
    assert "image-alt" in {violation["id"] for violation in found["violations"]}
