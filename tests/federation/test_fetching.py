from datetime import UTC, datetime

import orjson
import pytest
from aiohttp import web

from federation.errors import Denied, Gone, Malformed, Refused, Unreachable
from federation.fetching import fetch_actor, fetch_collection, fetch_document, fetch_jrd, fetch_post, retry_after_s
from federation.outbound import Response

ACTIVITY_JSON = "application/activity+json"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Site:
    """A server with a document under each path; `{base}` in them is its own address."""

    def __init__(self, **documents):
        self.documents = documents
        self.base = ""
        self.asked = []

    async def __call__(self, request):
        self.asked.append(request)
        found = self.documents[request.path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_") or "root"]
        if callable(found):
            return found(request)
        return document(found, self.base)

    async def start(self, serve, **options):
        self.base = await serve(self, **options)
        return self


def document(content, base="", content_type=ACTIVITY_JSON, **options):
    body = orjson.dumps(content).replace(b"{base}", base.encode())
    return web.Response(body=body, headers={"Content-Type": content_type}, **options)


def note(path="notes/1", **more):
    return {"id": f"{{base}}/{path}", "type": "Note", "attributedTo": "{base}/users/ada", "content": "<p>x</p>"} | more


ADA = {"id": "{base}/users/ada", "type": "Person", "preferredUsername": "ada", "inbox": "{base}/users/ada/inbox"}


async def test_a_document_that_lives_where_it_was_asked_for(outbound, serve):
    site = await Site(notes_1=note()).start(serve)
    assert (await fetch_document(outbound, f"{site.base}/notes/1", None))["content"] == "<p>x</p>"
    (request,) = site.asked
    assert request.headers["accept"] == f"{ACTIVITY_JSON}, {LD_JSON}"


async def test_fetches_are_signed_where_there_is_a_key(outbound, serve, signer):
    site = await Site(notes_1=note()).start(serve)
    await fetch_document(outbound, f"{site.base}/notes/1", signer)
    assert 'algorithm="rsa-sha256"' in site.asked[0].headers["signature"]


async def test_a_server_that_refuses_one_kind_of_signature_is_asked_with_the_other(outbound, serve, signer):
    modern = lambda request: document(note(), site.base) if "signature-input" in request.headers else web.Response(status=401)  # noqa: E731 - one line says it
    site = await Site(notes_1=modern).start(serve)
    assert (await fetch_document(outbound, f"{site.base}/notes/1", signer))["type"] == "Note"
    assert len(site.asked) == 2
    with pytest.raises(Denied):
        await fetch_document(outbound, f"{site.base}/notes/1", None)


async def test_a_pages_address_leads_to_the_post_and_a_keys_to_its_owner(outbound, serve):
    site = await Site(page=note(), notes_1=note(), users_ada=ADA, users_ada_main_key=ADA).start(serve)
    assert (await fetch_post(outbound, f"{site.base}/page", None)).uri == f"{site.base}/notes/1"
    assert (await fetch_actor(outbound, f"{site.base}/users/ada#main-key", None)).name == "ada"
    assert [request.path for request in site.asked] == ["/page", "/notes/1", "/users/ada"]
    assert (await fetch_actor(outbound, f"{site.base}/users/ada/main-key", None)).uri == f"{site.base}/users/ada"


async def test_a_redirect_may_lead_to_the_id(outbound, serve):
    site = await Site(go=lambda _: web.Response(status=301, headers={"Location": "/notes/1"}), notes_1=note()).start(serve)
    assert (await fetch_document(outbound, f"{site.base}/go", None))["id"] == f"{site.base}/notes/1"
    assert len(site.asked) == 2


async def test_what_one_server_says_in_anothers_name_is_asked_of_the_other(outbound, serve):
    honest = await Site(notes_1=note(content="<p>mine</p>"), users_ada=ADA).start(serve, host="127.0.0.3")
    forger = await Site(notes_1={**note(content="<p>forged</p>"), "id": f"{honest.base}/notes/1"}).start(serve)
    assert (await fetch_document(outbound, f"{forger.base}/notes/1", None))["content"] == "<p>mine</p>"
    forger.documents["notes_1"] = {**note(), "id": f"{honest.base}/nowhere"}
    honest.documents["nowhere"] = lambda _: web.Response(status=404)
    with pytest.raises(Gone):
        await fetch_document(outbound, f"{forger.base}/notes/1", None)


async def test_a_redirect_to_another_server_gives_it_no_name_of_the_first(outbound, serve):
    """An open redirect on an honest server must not let another one speak for it."""
    forger = await Site().start(serve, host="127.0.0.3")
    honest = await Site(notes_1=lambda _: web.Response(status=302, headers={"Location": f"{forger.base}/forged"})).start(serve)
    forger.documents["forged"] = {**note(), "id": f"{honest.base}/notes/1"}
    with pytest.raises(Denied, match="does not live"):
        await fetch_document(outbound, f"{honest.base}/notes/1", None)
    assert len(honest.asked) == 2


async def test_ids_that_point_on_and_on_end_after_one_more_question(outbound, serve):
    site = await Site(notes_1=note("notes/2"), notes_2=note("notes/3"), notes_3=note("notes/3")).start(serve)
    with pytest.raises(Denied, match="does not live"):
        await fetch_document(outbound, f"{site.base}/notes/1", None)
    assert [request.path for request in site.asked] == ["/notes/1", "/notes/2"]


async def test_a_post_by_an_author_of_another_server_is_refused(outbound, serve):
    site = await Site(notes_1=note(attributedTo="https://other.example/users/eve")).start(serve)
    with pytest.raises(Malformed, match="origin"):
        await fetch_post(outbound, f"{site.base}/notes/1", None)


@pytest.mark.parametrize(
    "content_type",
    [
        ACTIVITY_JSON,
        f"{ACTIVITY_JSON}; charset=utf-8",
        LD_JSON,
        f"{LD_JSON}; charset=utf-8",
        "Application/Activity+JSON",
        'application/ld+json;profile="https://www.w3.org/ns/activitystreams https://w3id.org/x"',
    ],
)
async def test_the_types_of_activitystreams(outbound, serve, content_type):
    site = await Site(notes_1=lambda _: document(note(), site.base, content_type)).start(serve)
    assert (await fetch_document(outbound, f"{site.base}/notes/1", None))["type"] == "Note"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/html",
        "application/ld+json",
        'application/ld+json; profile="https://evil.example/ns"',
        "text/plain",
        "",
        'text/html; profile="https://www.w3.org/ns/activitystreams"',
        "application/activity+jsonx",
    ],
)
async def test_a_file_that_someone_uploaded_is_no_document(outbound, serve, content_type):
    """GHSA-jhrq-qvrm-qr36: a JSON file in the media folder of a server speaks for nobody there."""
    site = await Site(notes_1=lambda _: document(note(), site.base, content_type)).start(serve)
    with pytest.raises(Denied, match="ActivityStreams"):
        await fetch_document(outbound, f"{site.base}/notes/1", None)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, Gone),
        (410, Gone),
        (401, Denied),
        (403, Denied),
        (406, Denied),
        (408, Unreachable),
        (429, Unreachable),
        (500, Unreachable),
        (503, Unreachable),
        (304, Denied),
    ],
)
async def test_what_each_status_means(outbound, serve, status, error):
    site = await Site(notes_1=lambda _: web.Response(status=status)).start(serve)
    with pytest.raises(error) as caught:
        await fetch_document(outbound, f"{site.base}/notes/1", None)
    assert caught.type is error


async def test_how_long_they_ask_us_to_wait(outbound, serve):
    site = await Site(notes_1=lambda _: web.Response(status=429, headers={"Retry-After": "120"})).start(serve)
    with pytest.raises(Unreachable) as caught:
        await fetch_document(outbound, f"{site.base}/notes/1", None)
    assert caught.value.retry_after_s == 120


async def test_a_tombstone_says_that_it_is_gone(outbound, serve):
    site = await Site(notes_1={"id": "{base}/notes/1", "type": "Tombstone"}).start(serve)
    with pytest.raises(Gone):
        await fetch_post(outbound, f"{site.base}/notes/1", None)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"<html>", b"{}", b'{"id": 7}', b'{"id": "tag:x"}'])
async def test_what_cannot_be_read_is_malformed(outbound, serve, body):
    site = await Site(notes_1=lambda _: web.Response(body=body, headers={"Content-Type": ACTIVITY_JSON})).start(serve)
    with pytest.raises(Malformed):
        await fetch_document(outbound, f"{site.base}/notes/1", None)


async def test_an_id_that_leads_where_we_never_go_is_refused(outbound, serve):
    site = await Site(notes_1={**note(), "id": "http://10.0.0.1/notes/1"}).start(serve)
    with pytest.raises(Refused):
        await fetch_document(outbound, f"{site.base}/notes/1", None)


async def test_a_collection_and_its_pages(outbound, serve):
    first = {"type": "OrderedCollectionPage", "orderedItems": ["{base}/notes/1", note()], "next": "{base}/page2"}
    site = await Site(outbox={"type": "OrderedCollection", "first": "{base}/page1"}, page1=first).start(serve)
    assert await fetch_collection(outbound, f"{site.base}/outbox", None) == ([], f"{site.base}/page1")
    items, following = await fetch_collection(outbound, f"{site.base}/page1", None)
    assert (items[0], items[1]["type"], following) == (f"{site.base}/notes/1", "Note", f"{site.base}/page2")


async def test_a_collection_on_another_server_is_refused(outbound, serve):
    other = await Site(page={"type": "Collection", "items": []}).start(serve, host="127.0.0.3")
    site = await Site(go=lambda _: web.Response(status=302, headers={"Location": f"{other.base}/page"})).start(serve)
    with pytest.raises(Denied):
        await fetch_collection(outbound, f"{site.base}/go", None)


async def test_a_handle_leads_to_an_actor(outbound, serve):
    jrd = {"subject": "acct:ada@a.example", "links": [{"rel": "self", "type": ACTIVITY_JSON, "href": "{base}/users/ada"}]}
    site = await Site(_well_known_webfinger=lambda _: document(jrd, site.base, "application/jrd+json")).start(serve)
    found = await fetch_jrd(outbound, site.base.removeprefix("http://"), "acct:ada@a.example", scheme="http")
    assert (found.subject, found.self_uri) == ("acct:ada@a.example", f"{site.base}/users/ada")
    assert site.asked[0].query["resource"] == "acct:ada@a.example"


@pytest.mark.parametrize(
    ("answer", "error"),
    [(web.Response, Malformed), (lambda: web.Response(status=404), Gone), (lambda: web.Response(body=b"x" * 70_000), Denied)],
)
async def test_a_handle_that_nobody_knows(outbound, serve, answer, error):
    site = await Site(_well_known_webfinger=lambda _: answer()).start(serve)
    with pytest.raises(error):
        await fetch_jrd(outbound, site.base.removeprefix("http://"), "acct:ada@a.example", scheme="http")


@pytest.mark.parametrize(
    ("stated", "wait_s"),
    [
        ("0", 0),
        ("120", 120),
        ("999999999999", 86400),
        ("Fri, 01 May 2026 12:01:00 GMT", 60),
        ("Fri, 01 May 2020 12:00:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Fri, 01 May 99999 12:00:00 GMT", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(stated, wait_s):
    assert retry_after_s(Response(503, "", {"retry-after": stated}, b""), NOW) == wait_s
