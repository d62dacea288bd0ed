"""What a page says of itself: read leniently, bounded, never trusted."""

import pytest

from federation.previews import MAX_DESCRIPTION, MAX_TITLE, preview_from_page

URL = "https://moss.example/a/b"


def preview(head, lang="de"):
    return preview_from_page(f"<!doctype html><html lang='{lang}'><head>{head}</head><body><h1>x</h1></body>".encode(), URL)


def test_open_graph_comes_before_plain_html():
    found = preview(
        """<title>Plain</title><meta property="og:title" content="Moss &amp; stone"><meta name="description" content="All
        about moss"><meta property="og:image" content="/m.jpg"><meta property="og:image:width" content="640">
        <meta property="og:site_name" content="Mossy"><meta name="author" content="Ada"><meta property="og:image:alt" content="Green">
        <meta property="article:published_time" content="2026-01-02T03:04:05Z">"""
    )
    assert (found.title, found.description, found.provider_name, found.author_name) == ("Moss & stone", "All about moss", "Mossy", "Ada")
    assert (found.image_url, found.image_alt, found.width, found.language) == ("https://moss.example/m.jpg", "Green", 640, "de")
    assert found.published.year == 2026


def test_a_plain_page_has_its_title_and_host():
    found = preview("<title> A  page\n</title><title>second</title>")
    assert (found.title, found.provider_name, found.image_url) == ("A page", "moss.example", "")


@pytest.mark.parametrize("head", ["", "<title></title>", "<meta property='og:title'>", "<title>"])
def test_a_page_without_a_title_has_no_preview(head):
    assert preview_from_page(head.encode(), URL) is None


@pytest.mark.parametrize("image", ["javascript:alert(1)", "data:image/png;base64,AAAA", "http://[broken", "file:///etc/passwd"])
def test_a_picture_is_an_address_of_the_web_or_none(image):
    assert preview(f'<title>x</title><meta property="og:image" content="{image}">').image_url == ""


def test_texts_are_cut_and_bytes_are_not_trusted():
    found = preview_from_page(b"<title>" + b"x" * 10_000 + b"</title><meta name=description content='" + b"\xff" * 5000 + b"'>", URL)
    assert len(found.title) <= MAX_TITLE
    assert len(found.description) <= MAX_DESCRIPTION


@pytest.mark.parametrize("width", ["-1", "1e9", "٣", "9" * 30, ""])
def test_a_width_that_is_none_is_nothing(width):
    assert preview(f'<title>x</title><meta property="og:image:width" content="{width}">').width == 0
