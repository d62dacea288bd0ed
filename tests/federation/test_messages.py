import pytest

from federation.errors import Malformed
from federation.messages import Request, bytes_of, normal_authority, split_url


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://b.example", ("https", "b.example", "/")),
        ("HTTPS://B.Example:443/Inbox?a=B&c#top", ("https", "b.example", "/Inbox?a=B&c")),
        ("http://127.0.0.1:8420/users/bob", ("http", "127.0.0.1:8420", "/users/bob")),
        ("http://[::1]:80/", ("http", "[::1]", "/")),
        ("https://b.example?page=1", ("https", "b.example", "/?page=1")),
        ("https://b.example:80/%C3%BC", ("https", "b.example:80", "/%C3%BC")),
    ],
)
def test_a_url_is_split_as_it_goes_on_the_wire(url, parts):
    assert split_url(url) == parts


@pytest.mark.parametrize(
    "url",
    ["", "b.example", "/inbox", "ftp://b.example/", "https://", "https:///inbox", "https://a:b@c.example/", "https://b.example/a b",
     "https://b.example/ü", "https://bücher.example/", "https://b.example/\r\nHost: c", "https://b.example\\@c.example/"],
)  # fmt: skip
def test_a_url_that_would_go_out_otherwise_is_refused(url):
    with pytest.raises(Malformed):
        split_url(url)


def test_only_the_schemes_own_default_port_is_dropped():
    assert normal_authority("https", "B.example:443") == "b.example"
    assert normal_authority("http", "b.example:443") == "b.example:443"
    assert normal_authority("gopher", "b.example:70") == "b.example:70"


@pytest.mark.parametrize(
    ("method", "body", "needed"),
    [("POST", b"", True), ("post", b"", True), ("PUT", b"x", True), ("GET", b"", False), ("DELETE", b"x", True)],
)
def test_content_must_be_vouched_for(method, body, needed):
    assert Request(method, "https", "b.example", "/", {}, body).needs_digest is needed


def test_lines_keep_the_bytes_that_a_header_had():
    assert bytes_of(["a: b", "c: \udcff"]) == b"a: b\nc: \xff"
    with pytest.raises(Malformed):
        bytes_of(["a: b\nc: d"])
    with pytest.raises(Malformed):
        bytes_of(["a: \ud800"])
