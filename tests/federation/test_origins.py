import pytest

from federation.errors import Malformed
from federation.origins import host_of, hostname_of, same_origin


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://A.Example/x", "a.example"),
        ("https://a.example.:443/x", "a.example"),
        ("http://a.example:80", "a.example"),
        ("https://a.example:80/", "a.example:80"),
        ("http://127.0.0.2:8420/users/ada", "127.0.0.2:8420"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "xn--bcher-kva.example"),
        ("https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443"),
    ],
)
def test_a_host_is_named_in_one_way(uri, host):
    assert host_of(uri) == host


def test_domain_blocks_see_no_port():
    assert hostname_of("https://a.example:8443/") == "a.example"


@pytest.mark.parametrize(
    "uri", ["", "a.example", "ftp://a.example", "https://", "https://a.example:99999/", "https://[::1", "https://a..b\u200b/"]
)
def test_what_has_no_host_is_refused(uri):
    with pytest.raises(Malformed):
        host_of(uri)
    assert not same_origin(uri, uri)


def test_one_origin_is_scheme_host_and_port():
    assert same_origin("https://a.example/users/ada", "https://A.EXAMPLE:443/notes/1?x#y")
    assert not same_origin("https://a.example/", "http://a.example/")
    assert not same_origin("https://a.example/", "https://a.example:8443/")
    assert not same_origin("https://a.example/", "https://b.a.example/")
    assert not same_origin("https://a.example/", "https://a.example.evil.example/")
    assert not same_origin("https://a.example/", "https://a.example@evil.example/")
