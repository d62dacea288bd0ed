from federation.links import image_from, media_links, page_url

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
