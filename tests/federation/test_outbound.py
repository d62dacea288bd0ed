import asyncio
import gzip
import socket
import ssl
import tracemalloc
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from time import perf_counter

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from federation.errors import Denied, Malformed, Refused, Unreachable
from federation.keys import KnownKey
from federation.messages import Request
from federation.outbound import ANSWER_BYTES, Outbound
from federation.verification import verify_request

ACCEPT = "application/activity+json"


class Visits:
    """A handler that notes who came and answers them all alike."""

    def __init__(self, answer=lambda _: web.Response(text="hello")):
        self.requests: list[web.Request] = []
        self.answer = answer

    async def __call__(self, request):
        self.requests.append(request)
        return self.answer(request)

    @property
    def paths(self):
        return [request.path_qs for request in self.requests]


class Names(AbstractResolver):
    """A name server under the attacker's hand: each name has its addresses."""

    def __init__(self, **addresses):
        self.addresses = addresses

    async def resolve(self, host, port=0, family=0):
        found = self.addresses.get(host.removesuffix(".test"))
        if found is None:
            raise OSError(f"no such name: {host}")
        return [
            {"hostname": host, "host": each, "port": port, "family": family or socket.AF_INET, "proto": 6, "flags": 4} for each in found
        ]

    async def close(self):
        """Nothing to close."""


def port_of(url):
    return int(url.rpartition(":")[2])


def client(*allow_networks, **options):
    return Outbound(user_agent="hedgerow-test", allow_networks=allow_networks, **({"allow_http": True} | options))


async def test_what_is_there(outbound, serve):
    visits = Visits(lambda _: web.Response(status=203, text="hello", headers={"X-Said": "yes"}))
    base = await serve(visits)
    response = await outbound.get(f"{base}/path?query=1#fragment", accept=ACCEPT)
    assert (response.status, response.body, response.headers["x-said"], response.url) == (203, b"hello", "yes", f"{base}/path?query=1")
    (request,) = visits.requests
    assert (request.path_qs, request.headers["accept"], request.headers["user-agent"]) == ("/path?query=1", ACCEPT, "hedgerow-test")
    assert "signature" not in request.headers


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
async def test_every_status_is_an_answer(outbound, serve, status):
    base = await serve(Visits(lambda _: web.Response(status=status)))
    assert (await outbound.get(base, accept=ACCEPT)).status == status


LOOPBACKS = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "127.0.0.1.",
    "127.255.255.254",
]
ELSEWHERE = [
    "169.254.169.254",
    "100.64.0.1",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", [*LOOPBACKS, *ELSEWHERE])
async def test_no_spelling_of_a_private_address_is_contacted(serve, host):
    visits = Visits()
    port = port_of(await serve(visits, host="127.0.0.1"))
    async with client() as outbound:
        with pytest.raises(Refused):
            await outbound.get(f"http://{host}:{port}/", accept=ACCEPT)
        with pytest.raises(Refused):
            await outbound.post(f"http://{host}:{port}/", b"{}", {})
    assert visits.requests == []


async def test_what_the_keeper_allows_is_contacted(serve):
    port = port_of(await serve(Visits(), host="127.0.0.1"))
    async with client("127.0.0.1/32") as outbound:
        assert (await outbound.get(f"http://127.0.0.1:{port}/", accept=ACCEPT)).body == b"hello"
        assert (await outbound.get(f"http://localhost:{port}/", accept=ACCEPT)).body == b"hello"
        with pytest.raises(Refused):
            await outbound.get(f"http://127.0.0.2:{port}/", accept=ACCEPT)


async def test_a_name_counts_for_nothing_but_the_address_behind_it(serve):
    honest, inner = Visits(), Visits()
    port = port_of(await serve(honest))
    inner_port = port_of(await serve(inner, host="127.0.0.3"))
    async with client("127.0.0.2/32", resolver=Names(honest=["127.0.0.2"], evil=["127.0.0.3"])) as outbound:
        assert (await outbound.get(f"http://honest.test:{port}/", accept=ACCEPT)).status == 200
        with pytest.raises(Refused):
            await outbound.get(f"http://evil.test:{inner_port}/", accept=ACCEPT)
    assert inner.requests == []


async def test_a_name_that_changes_its_mind_is_checked_again(serve):
    """DNS rebinding: the first look-up is harmless, the second one names a private address."""
    inner = Visits()
    port = port_of(await serve(inner, host="127.0.0.3"))
    names = Names(rebind=["127.0.0.2"])
    async with client("127.0.0.2/32", resolver=names) as outbound:
        with pytest.raises(Unreachable):  # nobody listens at the harmless address
            await outbound.get(f"http://rebind.test:{port}/", accept=ACCEPT)
    names.addresses["rebind"] = ["127.0.0.3"]
    async with client("127.0.0.2/32", resolver=names) as outbound:
        with pytest.raises(Refused):
            await outbound.get(f"http://rebind.test:{port}/", accept=ACCEPT)
    assert inner.requests == []


async def test_a_dead_public_address_beside_a_private_one_does_not_lead_there(serve):
    inner = Visits()
    port = port_of(await serve(inner, host="127.0.0.3"))
    async with client("127.0.0.2/32", resolver=Names(both=["127.0.0.2", "127.0.0.3"])) as outbound:
        with pytest.raises((Refused, Unreachable)):
            await outbound.get(f"http://both.test:{port}/", accept=ACCEPT)
    assert inner.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.2/",
        "file:///etc/passwd",
        "gopher://127.0.0.2/",
        "javascript:alert(1)",
        "",
        "127.0.0.2",
        "//127.0.0.2/",
        "http://",
        "http:///x",
        "http://user:password@127.0.0.2/",
        "http://user@127.0.0.2/",
        "http://127.0.0.2:0/",
        "http://127.0.0.2:99999/",
        "http://127.0.0.2:x/",
        "http://127.0.0.2/a b",
        "http://127.0.0.2/\r\nX-Evil: 1",
        "http://127.0.0.2\\@127.0.0.3/",
        "http://[::1/",
        "http://" + "a" * 64 + ".example/",
        "http://a..example/",
        "http://127.0.0.2/" + "x" * 2048,
        "http://\udcff.example/",
        "http://℀.example/",
    ],
)
async def test_what_is_no_plain_web_address_is_not_contacted(outbound, url):
    with pytest.raises(Refused):
        await outbound.get(url, accept=ACCEPT)


async def test_plain_http_is_only_for_tests_and_lans(serve):
    visits = Visits()
    base = await serve(visits)
    async with client("127.0.0.0/8", allow_http=False) as outbound:
        with pytest.raises(Refused, match="http"):
            await outbound.get(base, accept=ACCEPT)
    assert visits.requests == []


async def test_letters_beyond_ascii_travel_encoded(outbound, serve):
    visits = Visits()
    base = await serve(visits)
    await outbound.get(f"{base}/Übung?x=é", accept=ACCEPT)
    assert visits.requests[0].raw_path == "/%C3%9Cbung?x=%C3%A9"


def redirecting(*steps):
    """A handler that redirects each path to the next."""
    return lambda request: (
        web.Response(status=302, headers={"Location": dict(steps)[request.path]})
        if request.path in dict(steps)
        else web.Response(text="end")
    )


async def test_three_redirects_are_followed_and_a_fourth_is_not(outbound, serve):
    visits = Visits(redirecting(("/4", "/3"), ("/3", "/2"), ("/2", "/1"), ("/1", "/end")))
    base = await serve(visits)
    response = await outbound.get(f"{base}/3", accept=ACCEPT)
    assert (response.url, response.body) == (f"{base}/end", b"end")
    visits.requests.clear()
    with pytest.raises(Denied, match="redirects"):
        await outbound.get(f"{base}/4", accept=ACCEPT)
    assert visits.paths == ["/4", "/3", "/2", "/1"]


@pytest.mark.parametrize("hops", [1, 2, 3])
async def test_a_blocked_server_is_not_reached_by_any_hop_of_a_redirect(serve, hops):
    inner = Visits()
    blocked = f"{await serve(inner, host='127.0.0.3')}/end"
    steps = [(f"/{number}", f"/{number - 1}") for number in range(hops - 1, 0, -1)]
    base = await serve(Visits(redirecting(*steps, ("/0", blocked), ("/free", "/end"))))
    async with client("127.0.0.0/8", is_blocked=lambda url: "127.0.0.3" in url) as outbound:
        with pytest.raises(Refused, match="blocked"):
            await outbound.get(f"{base}/{hops - 1}", accept=ACCEPT)
        with pytest.raises(Refused, match="blocked"):
            await outbound.get(blocked, accept=ACCEPT)
        assert (await outbound.get(f"{base}/free", accept=ACCEPT)).body == b"end"
    async with client("127.0.0.0/8") as outbound:
        assert (await outbound.get(f"{base}/{hops - 1}", accept=ACCEPT)).url == blocked
    assert len(inner.requests) == 1


async def test_a_circle_of_redirects_ends(outbound, serve):
    visits = Visits(redirecting(("/a", "/b"), ("/b", "/a")))
    with pytest.raises(Denied):
        await outbound.get(f"{await serve(visits)}/a", accept=ACCEPT)
    assert len(visits.requests) == 4


@pytest.mark.parametrize(
    "location", ["http://127.0.0.3:{port}/", "//127.0.0.3:{port}/", "http://[::ffff:127.0.0.3]:{port}/", "http://2130706435:{port}/"]
)
async def test_a_redirect_to_a_private_address_is_not_followed(serve, location):
    inner = Visits()
    port = port_of(await serve(inner, host="127.0.0.3"))
    base = await serve(Visits(redirecting(("/go", location.format(port=port)), ("/stay", "/end"))))
    async with client("127.0.0.2/32") as outbound:
        assert (await outbound.get(f"{base}/stay", accept=ACCEPT)).body == b"end"
        with pytest.raises(Refused):
            await outbound.get(f"{base}/go", accept=ACCEPT)
    assert inner.requests == []


@pytest.mark.parametrize("location", ["ftp://127.0.0.2/", "file:///etc/passwd", "http://user:pw@127.0.0.2/", "http://[::1", "\udcff"])
async def test_a_redirect_to_what_is_no_web_address_is_not_followed(outbound, serve, location):
    base = await serve(Visits(redirecting(("/go", location))))
    with pytest.raises((Refused, Denied)):
        await outbound.get(f"{base}/go", accept=ACCEPT)


async def test_a_redirected_post_is_not_followed(outbound, serve):
    inner = Visits()
    target = await serve(inner, host="127.0.0.3")
    for status in (301, 302, 303, 307, 308):
        base = await serve(Visits(lambda _, status=status: web.Response(status=status, headers={"Location": f"{target}/inbox"})))
        assert (await outbound.post(f"{base}/inbox", b"{}", {})).status == status
    assert inner.requests == []


class OneKey:
    """A key source that knows Ada's key alone."""

    def __init__(self, signer):
        self.known = KnownKey(signer.key_uri, "http://127.0.0.1/users/ada", signer.key.public_key())

    async def key(self, key_uri, *, fresh=False):
        assert (key_uri, fresh) == (self.known.uri, False)
        return self.known


def as_signed(request, authority):
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, "http", authority, request.raw_path, headers)


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_each_hop_is_signed_for_itself_alone(outbound, serve, signer, scheme):
    there = Visits()
    second = await serve(there, host="127.0.0.3")
    here = Visits(redirecting(("/go", f"{second}/end?x=1")))
    first = await serve(here)
    await outbound.get(f"{first}/go", accept=ACCEPT, signer=signer, scheme=scheme)
    now, keys = datetime.now(UTC), OneKey(signer)
    for visits, base in ((here, first), (there, second)):
        assert (await verify_request(as_signed(visits.requests[0], base[7:]), keys, now)).owner_uri == "http://127.0.0.1/users/ada"
    assert here.requests[0].headers["signature"] != there.requests[0].headers["signature"]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """TLS contexts of a server on 127.0.0.2 and of a client that trusts it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.2"))]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


async def test_no_redirect_leads_away_from_https(serve, certificate):
    server, trusting = certificate
    plain = Visits()
    http = await serve(plain)
    https = await serve(Visits(redirecting(("/down", f"{http}/"), ("/on", "/end"))), ssl_context=server)
    up = await serve(Visits(redirecting(("/up", f"{https}/end"))))
    async with client("127.0.0.0/8", ssl_context=trusting) as outbound:
        assert (await outbound.get(f"{https}/on", accept=ACCEPT)).body == b"end"
        assert (await outbound.get(f"{up}/up", accept=ACCEPT)).body == b"end"
        with pytest.raises(Refused, match="https"):
            await outbound.get(f"{https}/down", accept=ACCEPT)
    assert plain.requests == []


async def test_a_certificate_that_nobody_vouches_for_is_no_answer(outbound, serve, certificate):
    base = await serve(Visits(), ssl_context=certificate[0])
    with pytest.raises(Unreachable):
        await outbound.get(base, accept=ACCEPT)


def encoded(body, encoding):
    return lambda _: web.Response(body=body, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
async def test_what_is_compressed_is_unpacked(outbound, serve, encoding, pack):
    base = await serve(Visits(encoded(pack(b"x" * 5000), encoding)))
    assert (await outbound.get(base, accept=ACCEPT, max_bytes=5000)).body == b"x" * 5000
    with pytest.raises(Denied, match="longer"):
        await outbound.get(base, accept=ACCEPT, max_bytes=4999)


async def test_a_bomb_does_not_unfold(outbound, serve):
    bomb = gzip.compress(bytes(200_000_000), 9)
    base = await serve(Visits(encoded(bomb, "gzip")))
    tracemalloc.start()
    with pytest.raises(Denied, match="longer"):
        await outbound.get(base, accept=ACCEPT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"plain", "gzip"), (gzip.compress(b"x" * 5000, mtime=0)[:30], "gzip"), (b"x", "br"), (b"x", "gzip, gzip")]
)
async def test_what_is_not_compressed_as_it_says_is_refused(outbound, serve, body, encoding):
    base = await serve(Visits(encoded(body, encoding)))
    with pytest.raises(Denied):
        await outbound.get(base, accept=ACCEPT)


async def endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)


async def test_a_body_without_end_is_cut(outbound, serve):
    base = await serve(endless)
    with pytest.raises(Denied, match="longer"):
        await outbound.get(base, accept=ACCEPT)
    assert len((await outbound.post(base, b"{}", {})).body) == ANSWER_BYTES


async def dripping(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.02)


async def hanging(request):
    await asyncio.Event().wait()


@pytest.mark.parametrize("handler", [dripping, hanging])
@pytest.mark.parametrize("method", ["get", "post"])
async def test_time_is_capped_however_slowly_they_speak(outbound, serve, handler, method):
    base = await serve(handler)
    begun = perf_counter()
    with pytest.raises(Unreachable, match="within"):
        await (outbound.get(base, accept=ACCEPT, timeout_s=0.3) if method == "get" else outbound.post(base, b"{}", {}, timeout_s=0.3))
    assert perf_counter() - begun < 2


async def test_where_nobody_listens_there_is_no_answer(outbound, serve):
    port = port_of(await serve(Visits()))
    with pytest.raises(Unreachable):
        await outbound.get(f"http://127.0.0.9:{port}/", accept=ACCEPT)


async def test_a_server_that_speaks_no_http_is_no_answer(outbound):
    async def gibberish(reader, writer):
        writer.write(b"\x00\xff SSH-2.0-nope\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(gibberish, "127.0.0.2", 0)
    async with server:
        with pytest.raises(Unreachable):
            await outbound.get(f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/", accept=ACCEPT)


async def test_a_connection_serves_again_and_cookies_are_forgotten(outbound, serve):
    visits = Visits(lambda _: web.Response(headers={"Set-Cookie": "a=b"}))
    base = await serve(visits)
    ports = set()
    for _ in range(3):
        await outbound.post(base, b"{}", {})
        ports.add(visits.requests[-1].transport.get_extra_info("peername")[1])
    assert len(ports) == 1
    assert all("cookie" not in request.headers for request in visits.requests)


async def test_an_idle_connection_that_they_closed_costs_no_delivery(outbound):
    """Their timer and our POST cross: the first server to do so closes just as the second request arrives."""
    answered = Counter()

    async def answer_once(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        answered["connections"] += 1
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer_once, "127.0.0.2", 0)
    url = f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/"
    async with server:
        assert [(await outbound.post(url, b"", {})).status for _ in range(3)] == [202, 202, 202]
    assert answered["connections"] == 3


async def test_strangers_open_at_most_twenty_connections_and_two_to_a_host(outbound, serve):
    """A flood of unknown keys on hosts that hang; our own people are still served."""
    waiting, most, everyone = Counter(), Counter(), asyncio.Event()

    async def hold(request):
        host = request.host
        waiting[host] += 1
        most[host] = max(most[host], waiting[host])
        most["all"] = max(most["all"], waiting.total())
        if waiting.total() >= 20:
            everyone.set()
        try:
            await asyncio.Event().wait()
        finally:
            waiting[host] -= 1

    bases = [await serve(hold, host=f"127.0.1.{number}") for number in range(1, 16)]
    honest = await serve(Visits())
    flood = [asyncio.create_task(outbound.get(base, accept=ACCEPT, timeout_s=5)) for base in bases * 5]
    await asyncio.wait_for(everyone.wait(), 5)
    assert (await outbound.get(honest, accept=ACCEPT, pool="ours", timeout_s=2)).body == b"hello"
    assert (await outbound.post(honest, b"{}", {}, timeout_s=2)).status == 200
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    assert most.pop("all") == 20
    assert max(most.values()) == 2


async def test_signing_refuses_what_would_be_sent_differently(outbound, signer):
    with pytest.raises(Malformed):
        await outbound.sign(signer, "cavage", "POST", "http://127.0.0.2/Ü", b"{}")
    url = outbound.checked_url("http://127.0.0.2/Ü")
    assert "Signature" in await outbound.sign(signer, "cavage", "POST", url, b"{}")
