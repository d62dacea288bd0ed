from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from federation.delivery import WAITS, Delivered, GaveUp, RetryAt, deliver, wait_before
from federation.errors import Unverified
from federation.keys import KnownKey
from federation.messages import Request
from federation.outbound import Outbound
from federation.verification import verify_request

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BODY = b'{"type":"Create"}'


class OneKey:
    """A key source that knows Ada's key alone."""

    def __init__(self, signer):
        self.known = KnownKey(signer.key_uri, "http://127.0.0.1/users/ada", signer.key.public_key())

    async def key(self, key_uri, *, fresh=False):
        assert (key_uri, fresh) == (self.known.uri, False)
        return self.known


class Inbox:
    """An inbox that verifies in earnest, understands the given kinds of signature, and answers the others with a status."""

    def __init__(self, signer, understands=("cavage", "rfc9421"), otherwise=401, **answer):
        self.keys = OneKey(signer)
        self.understands = understands
        self.otherwise = otherwise
        self.answer = {"status": 202} | answer
        self.came = []
        self.requests = []

    async def __call__(self, request):
        kind = "rfc9421" if "signature-input" in request.headers else "cavage"
        body = await request.read()
        self.requests.append(request)
        self.came.append((kind, body))
        if kind not in self.understands:
            return web.Response(status=self.otherwise, text=f"no {kind}\n here")
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            await verify_request(Request("POST", "http", request.host, request.raw_path, headers, body), self.keys, datetime.now(UTC))
        except Unverified as error:
            return web.Response(status=401, text=str(error))
        return web.Response(**self.answer)

    @property
    def kinds(self):
        return [kind for kind, _ in self.came]


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_a_delivery_is_signed_as_the_host_likes_it(outbound, serve, signer, scheme):
    inbox = Inbox(signer, understands=(scheme,))
    outcome = await deliver(outbound, f"{await serve(inbox)}/inbox?x=1", BODY, signer, scheme, NOW)
    assert (outcome.verdict, outcome.status, outcome.scheme_taken) == (Delivered(), 202, scheme)
    assert inbox.came == [(scheme, BODY)]
    assert inbox.requests[0].headers["content-type"] == "application/activity+json"


@pytest.mark.parametrize("otherwise", [400, 401])
@pytest.mark.parametrize(("first", "second"), [("cavage", "rfc9421"), ("rfc9421", "cavage")])
async def test_a_refused_signature_is_tried_in_the_other_way(outbound, serve, signer, otherwise, first, second):
    inbox = Inbox(signer, understands=(second,), otherwise=otherwise)
    outcome = await deliver(outbound, f"{await serve(inbox)}/inbox", BODY, signer, first, NOW)
    assert (outcome.verdict, outcome.scheme_taken, inbox.kinds) == (Delivered(), second, [first, second])


async def test_where_neither_is_taken_it_is_tried_later(outbound, serve, signer):
    inbox = Inbox(signer, understands=())
    outcome = await deliver(outbound, f"{await serve(inbox)}/inbox", BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status, outcome.scheme_taken, outcome.answer) == (RetryAt(None), 401, None, "no rfc9421 here")
    assert inbox.kinds == ["cavage", "rfc9421"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_success_is_a_delivery(outbound, serve, signer, status):
    outcome = await deliver(outbound, await serve(Inbox(signer, status=status)), BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status) == (Delivered(), status)


@pytest.mark.parametrize("status", [404, 410])
async def test_an_inbox_that_is_gone_ends_it(outbound, serve, signer, status):
    outcome = await deliver(outbound, await serve(Inbox(signer, status=status, text="gone")), BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status, outcome.answer) == (GaveUp(recipient_gone=True), status, "gone")


@pytest.mark.parametrize("status", [302, 307, 401, 408, 429, 500, 502, 503])
async def test_what_may_be_otherwise_later_is_tried_later(outbound, serve, signer, status):
    inbox = Inbox(signer, status=status, headers={"Location": "/elsewhere"})
    outcome = await deliver(outbound, f"{await serve(inbox)}/inbox", BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status, outcome.scheme_taken) == (RetryAt(None), status, None)
    assert inbox.kinds == (["cavage", "rfc9421"] if status == 401 else ["cavage"])


@pytest.mark.parametrize("status", [*range(400, 452)])
async def test_every_refusal_but_three_is_for_good(outbound, serve, signer, status):
    outcome = await deliver(outbound, await serve(Inbox(signer, status=status)), BODY, signer, "cavage", NOW)
    assert isinstance(outcome.verdict, RetryAt if status in {401, 408, 429} else GaveUp)
    assert (outcome.verdict == GaveUp(recipient_gone=True)) is (status in {404, 410})


@pytest.mark.parametrize("status", [429, 503])
async def test_they_say_when_to_come_again(outbound, serve, signer, status):
    inbox = Inbox(signer, status=status, headers={"Retry-After": "90"})
    outcome = await deliver(outbound, await serve(inbox), BODY, signer, "cavage", NOW)
    assert outcome.verdict == RetryAt(NOW + timedelta(seconds=90))


async def test_no_answer_is_tried_later(outbound, signer):
    outcome = await deliver(outbound, "http://127.0.0.9:1/inbox", BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status) == (RetryAt(None), None)
    assert outcome.answer


@pytest.mark.parametrize(
    "inbox", ["http://10.0.0.1/inbox", "http://user:pw@127.0.0.2/inbox", "ftp://127.0.0.2/", "nonsense", "http://169.254.169.254/"]
)
async def test_an_address_that_we_never_contact_ends_it(outbound, signer, inbox):
    outcome = await deliver(outbound, inbox, BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status) == (GaveUp(recipient_gone=False), None)
    assert outcome.answer


@pytest.mark.parametrize(
    ("path", "sent"), [("/übung/inbox#y", "/%C3%BCbung/inbox"), ("/%7Ex/%2f/a%20b/inbox?x=%26", "/%7Ex/%2f/a%20b/inbox?x=%26"), ("", "/")]
)
async def test_an_inbox_with_odd_letters_gets_what_was_signed(outbound, serve, signer, path, sent):
    inbox = Inbox(signer)
    outcome = await deliver(outbound, f"{await serve(inbox)}{path}", BODY, signer, "cavage", NOW)
    assert outcome.verdict == Delivered()
    assert inbox.requests[0].raw_path == sent


async def test_a_signature_is_of_its_moment(serve, signer):
    """A clock that is a day slow: the inbox refuses both signatures, and a retry is signed anew."""
    inbox = Inbox(signer)
    slow = Outbound(
        user_agent="hedgerow-test", allow_networks=["127.0.0.0/8"], allow_http=True, clock=lambda: datetime.now(UTC) - timedelta(days=1)
    )
    base = await serve(inbox)
    async with slow:
        outcome = await deliver(slow, base, BODY, signer, "cavage", NOW)
    assert (outcome.verdict, outcome.status) == (RetryAt(None), 401)
    assert "12 hours" in outcome.answer


async def test_what_they_said_is_one_short_line(outbound, serve, signer):
    inbox = Inbox(signer, status=500, body=b"<h1>Oops\0\xff</h1>\r\n" + b"x" * 100_000)
    outcome = await deliver(outbound, await serve(inbox), BODY, signer, "cavage", NOW)
    assert outcome.answer.startswith("<h1>Oops\ufffd</h1> xxx")
    assert len(outcome.answer) == 200


def test_waits_grow_for_fourteen_days_and_end():
    assert wait_before(1, 0.0) == timedelta(seconds=10)
    assert wait_before(2, 1.0) == timedelta(seconds=72)
    assert [wait_before(attempt, 0.0) for attempt in range(1, len(WAITS) + 2)] == [*WAITS, None]
    assert timedelta(days=13) < sum(WAITS, timedelta()) < timedelta(days=15)
