import pytest

from federation.links import image_from, media_links, own_page, page_url

PAGE = {"type": "Link", "mediaType": "text/html", "href": "https://a.example/page"}
FILE = {"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/file.mp4"}


def test_a_page_is_preferred_to_a_file_and_to_a_bare_address():
    assert page_url([FILE, PAGE]) == "https://a.example/page"
    assert page_url(["https://a.example/bare", PAGE]) == "https://a.example/page"
    assert page_url(["https://a.example/bare", FILE]) == "https://a.example/bare"
    assert page_url({"href": "https://a.example/untyped"}) == "https://a.example/untyped"


def test_a_file_alone_is_no_page():
    assert page_url(FILE) is None
    assert page_url([7, None, "images/relative.jpg"]) is None


def test_an_image_is_never_its_own_id():
    assert image_from({"type": "Image", "id": "https://a.example/objects/1"}) == (None, "")
    assert image_from([{"type": "Image", "url": [FILE, "x"]}]) == ("https://a.example/file.mp4", "")


def test_files_hang_below_a_playlist_too():
    playlist = {
        "type": "Link",
        "mediaType": "application/x-mpegURL",
        "href": "https://a.example/list.m3u8",
        "tag": [FILE, {"type": "Infohash"}],
    }
    assert list(media_links([PAGE, playlist])) == [FILE]


URI = "https://soc.example/users/ada/1"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://soc.example/@ada/1", "https://soc.example/@ada/1"),
        ("https://SOC.example:443/@ada/1", "https://SOC.example:443/@ada/1"),
        ("https://example/@ada/1", "https://example/@ada/1"),  # the domain that WebFinger has proven
        (None, None),
        ("https://bank.example/@director/1", URI),
        ("http://soc.example/@ada/1", URI),
        ("https://soc.example:8443/@ada/1", URI),
        ("https://sub.soc.example/", URI),
        ("https://soc.example.bank.example/", URI),
        ("https://soc.example@bank.example/", URI),
        ("http://example/@ada/1", URI),
        ("https://example.bank.example/", URI),
    ],
)
def test_a_page_of_another_server_is_not_shown_as_the_authors_own(url, shown):
    assert own_page(url, URI, "example") == shown


def test_without_a_proven_domain_only_the_ids_own_origin_counts():
    assert own_page("https://example/@ada/1", URI) == URI


def test_of_several_pages_the_one_of_the_same_server_is_taken():
    pages = [{"type": "Link", "mediaType": "text/html", "href": "https://bank.example/"}, "https://soc.example/@ada/1"]
    assert page_url(pages, URI) == "https://soc.example/@ada/1"
