from xml.etree import ElementTree

import pytest

from federation.errors import Malformed
from federation.webfinger import (
    INTENT,
    SUBSCRIBE,
    fill_template,
    host_meta,
    jrd,
    jrd_from_document,
    parse_handle,
    server_jrd,
    webfinger_url,
)

ADA = "https://a.example/users/ada"


@pytest.mark.parametrize(
    ("handle", "parts"),
    [
        ("@ada@a.example", ("ada", "a.example")),
        ("ada@a.example", ("ada", "a.example")),
        ("acct:ada@a.example", ("ada", "a.example")),
        (" @Ada@A.Example. ", ("Ada", "a.example")),
        ("@ada@127.0.0.1:8420", ("ada", "127.0.0.1:8420")),
        ("@ada@bücher.example", ("ada", "xn--bcher-kva.example")),
        ("@dbzer0.com@dbzer0.com", ("dbzer0.com", "dbzer0.com")),
        ("@ada@localhost:8420", ("ada", "localhost:8420")),
    ],
)
def test_a_handle_is_a_name_and_a_host(handle, parts):
    assert parse_handle(handle) == parts


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "ada",
        "@ada",
        "@ada@",
        "@@a.example",
        "ada@a.example@evil.example",
        "a da@a.example",
        "@ada@a.example/x",
        "@ada@a.example:x",
        "@ada@-a..example",
        "https://a.example/@ada",
        "@ada@[::1]",
        "@ada@a.example#x",
        "@ada@" + "x" * 300,
    ],
)
def test_what_is_no_handle_is_refused(handle):
    with pytest.raises(Malformed):
        parse_handle(handle)


def test_a_jrd_survives_the_wire():
    templates = {SUBSCRIBE: "https://a.example/follow?uri={uri}", INTENT + "Create": "https://a.example/compose?text={content}"}
    document = jrd("acct:ada@a.example", ADA, profile_url="https://a.example/@ada", templates=templates)
    read = jrd_from_document(document)
    assert (read.subject, read.self_uri, read.subscribe_template) == ("acct:ada@a.example", ADA, templates[SUBSCRIBE])
    assert read.intents == {"Create": templates[INTENT + "Create"]}
    assert document["aliases"] == ["https://a.example/@ada", ADA]


def test_only_an_activitystreams_self_is_the_actor():
    links = [
        {"rel": "self", "type": "text/html", "href": "https://a.example/html"},
        {"rel": "self", "type": "application/activity+json", "href": ADA},
    ]
    assert jrd_from_document({"subject": "acct:a@b", "links": links}).self_uri == ADA
    profiled = {"rel": "self", "type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "href": ADA}
    assert jrd_from_document({"subject": "acct:a@b", "links": profiled}).self_uri == ADA
    assert jrd_from_document({"subject": "acct:a@b", "links": links[:1]}).self_uri is None
    assert jrd_from_document({"subject": "acct:a@b"}).self_uri is None


def test_a_template_that_is_no_web_address_is_left_out():
    links = [{"rel": SUBSCRIBE, "template": "javascript:alert({uri})"}, {"rel": INTENT + "Like", "template": 7}]
    read = jrd_from_document({"subject": "acct:a@b", "links": links})
    assert (read.subscribe_template, read.intents) == (None, {})


@pytest.mark.parametrize("subject", [None, "", 7, ["acct:a@b"]])
def test_a_jrd_without_a_subject_is_refused(subject):
    with pytest.raises(Malformed):
        jrd_from_document({"subject": subject, "links": []})


def test_templates_are_filled_percent_encoded():
    assert fill_template("https://a.example/follow?uri={uri}&x={other}", uri="https://b.example/@bob&c=1#d") == (
        "https://a.example/follow?uri=https%3A%2F%2Fb.example%2F%40bob%26c%3D1%23d&x="
    )


def test_the_server_itself_is_found():
    assert server_jrd("https://a.example/", "https://a.example/actor")["links"][0]["rel"] == "https://www.w3.org/ns/activitystreams#Service"


def test_where_webfinger_is():
    assert (
        webfinger_url("https", "a.example", "acct:ada@a.example")
        == "https://a.example/.well-known/webfinger?resource=acct%3Aada%40a.example"
    )
    link = ElementTree.fromstring(host_meta("https://a.example").encode())[0]
    assert link.attrib["template"] == "https://a.example/.well-known/webfinger?resource={uri}"
