"""The one client for every address that came from outside: checked where it connects, capped in bytes, redirects and time."""

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from federation import cavage, rfc9421
from federation.addresses import is_permitted, networks_from
from federation.errors import Denied, Malformed, Refused, Unreachable
from federation.keys import Signer
from federation.messages import split_url
from federation.resolving import Resolver

Scheme = Literal["cavage", "rfc9421"]
Pool = Literal["strangers", "ours", "deliveries"]

SIGN: dict[Scheme, Callable[[Signer, str, str, bytes | None, datetime], dict[str, str]]] = {"cavage": cavage.sign, "rfc9421": rfc9421.sign}
# Connections in all and to one host. What strangers make us fetch never takes the room of what our own people ask for.
POOLS: dict[Pool, tuple[int, int]] = {"strangers": (20, 2), "ours": (40, 4), "deliveries": (1000, 8)}
MAX_URL = 2048
MAX_REDIRECTS = 3
MAX_BYTES = 1024 * 1024
ANSWER_BYTES = 8 * 1024  # of what an inbox answers, the most that anyone will read
TIMEOUT_S = 10.0
KEEPALIVE_S = 15.0
DNS_SECONDS = 60
NO_CONDITIONS: Mapping[str, str] = MappingProxyType({})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})


class ForbiddenAddressError(OSError):
    """The socket layer was about to connect to an address that is_permitted refuses. Its text is always the same one."""

    def __init__(self) -> None:
        super().__init__("the address is not one of the public internet")


class ConnectionLostError(Unreachable):
    """They closed the connection before they answered."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered. url: where the last redirect led. headers: found in any case. body: decompressed."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """A pool of connections to other servers; open it inside the event loop and close it at the end."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_networks: Sequence[str] = (),
        allow_http: bool = False,
        resolver: AbstractResolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        is_blocked: Callable[[str], bool] = lambda _url: False,
        strangers: tuple[int, int] = POOLS["strangers"],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """allow_networks: private networks that may be reached, as CIDR. allow_http: whether http:// may be (tests, LANs).

        strangers: connections that others make us open, in all and to one host. timeout_s: for one request with all its redirects.
        is_blocked: whether the server behind an address is one that this node does not contact; asked on every hop.
        """
        self._pools = {**POOLS, "strangers": strangers}
        self._timeout_s = timeout_s
        self._user_agent = user_agent
        self._networks = networks_from(allow_networks)
        self._allow_http = allow_http
        self._resolver = resolver or Resolver()
        self._ssl_context = ssl_context
        self._clock = clock
        self._is_blocked = is_blocked
        self._sessions: dict[Pool, aiohttp.ClientSession] = {}
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="sign")  # RSA lets go of the GIL: 1.7 times the rate of one

    async def open(self) -> None:
        """Ready to be used."""
        context = self._ssl_context or ssl.create_default_context()
        for pool, (total, per_host) in self._pools.items():
            connector = aiohttp.TCPConnector(
                limit=total,
                limit_per_host=per_host,
                resolver=self._resolver,
                ttl_dns_cache=DNS_SECONDS,
                ssl=context,
                keepalive_timeout=KEEPALIVE_S,
                socket_factory=self._socket,
            )
            self._sessions[pool] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # done in _read, where it can be capped
                timeout=aiohttp.ClientTimeout(total=None),  # the time of all hops together is capped by _deadline
                headers={"User-Agent": self._user_agent},
            )

    async def close(self) -> None:
        """All connections closed."""
        for session in self._sessions.values():
            await session.close()
        await self._resolver.close()
        self._threads.shutdown(wait=False)

    async def __aenter__(self) -> "Outbound":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def get(
        self,
        url: str,
        *,
        accept: str,
        signer: Signer | None = None,
        scheme: Scheme = "cavage",
        max_bytes: int = MAX_BYTES,
        timeout_s: float | None = None,
        pool: Pool = "strangers",
        conditions: Mapping[str, str] = NO_CONDITIONS,
    ) -> Response:
        """What is there, after at most 3 redirects, each signed anew for where it leads; any status is an answer.

        conditions: If-None-Match and its kin (RFC 9110, section 13.1).

        Raises Refused, Denied (too large, too many redirects, an encoding that we do not read), Unreachable.
        """
        async with _deadline(timeout_s or self._timeout_s):
            here = self.checked_url(url)
            for _ in range(MAX_REDIRECTS + 1):
                signature = await self.sign(signer, scheme, "GET", here, None) if signer else {}
                headers = {"Accept": accept, "Accept-Encoding": "gzip", **conditions, **signature}
                response = await self._exchange(pool, "GET", here, headers, None, max_bytes)
                if response.status not in REDIRECTS or "location" not in response.headers:
                    return response
                here = self._redirected(here, response.headers["location"])
        raise Denied(f"more than {MAX_REDIRECTS} redirects")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float | None = None) -> Response:
        """What an inbox answered, cut after 8 KiB; a redirect is an answer too, and not followed. Raises Refused, Unreachable.

        url must be as checked_url gives it, so that what was signed is what is sent.
        """
        async with _deadline(timeout_s or self._timeout_s):
            try:
                return await self._exchange("deliveries", "POST", url, headers, body, None)
            except ConnectionLostError:  # they closed an idle connection as we took it up; an activity counts once, however often it comes
                return await self._exchange("deliveries", "POST", url, headers, body, None)

    async def sign(self, signer: Signer, scheme: Scheme, method: str, url: str, body: bytes | None) -> dict[str, str]:
        """The headers that say who asks; made on a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, SIGN[scheme], signer, method, url, body, self._clock())

    def checked_url(self, url: str) -> str:
        """The address as it goes on the wire, in ASCII and without its fragment. Raises Refused, also for a blocked server."""
        if len(url) > MAX_URL:
            raise Refused("the address is too long")
        try:
            scheme, authority, target = split_url(url if url.isascii() else str(URL(url)))
            named = urlsplit(f"//{authority}")
            host, port = named.hostname or "", named.port
        except (Malformed, ValueError) as error:
            raise Refused(f"no address that we contact: {error}") from error
        if not _is_host(host) or port == 0:
            raise Refused("no address that we contact: its host or port cannot be one")
        if scheme == "http" and not self._allow_http:
            raise Refused("plain http addresses are not contacted")
        checked = f"{scheme}://{authority}{target}"
        if self._is_blocked(checked):
            raise Refused("that server is blocked here")
        return checked

    def _redirected(self, here: str, location: str) -> str:
        """Where a redirect leads. Raises Refused, also where it leads from https to http."""
        try:
            there = urljoin(here, location)
        except ValueError as error:
            raise Refused(f"a redirect to no address: {error}") from error
        if here.startswith("https:") and urlsplit(there).scheme != "https":
            raise Refused("a redirect away from https")
        return self.checked_url(there)

    def _socket(self, info: tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]) -> socket.socket:
        """A socket for an address that is about to be connected to: the one place that no name, number or redirect gets past."""
        family, kind, protocol, _, address = info
        if not is_permitted(str(address[0]), self._networks):
            raise ForbiddenAddressError
        return socket.socket(family, kind, protocol)

    async def _exchange(
        self, pool: Pool, method: str, url: str, headers: Mapping[str, str], body: bytes | None, max_bytes: int | None
    ) -> Response:
        """One request and its answer; max_bytes None: cut it short instead of refusing it."""
        session = self._sessions[pool]
        try:
            async with session.request(method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False) as response:
                content = await (_read_start(response) if max_bytes is None else _read(response, max_bytes))
                return Response(response.status, url, response.headers, content)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddressError):
                raise Refused(str(error.os_error)) from error
            raise Unreachable(str(error)) from error
        except aiohttp.InvalidURL as error:
            raise Refused(f"no address that we contact: {error}") from error
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            raise ConnectionLostError(str(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error


def _is_host(host: str) -> bool:
    """Whether a name can be looked up, or is an IPv6 address: no label is empty or longer than 63 (RFC 1035, section 2.3.4)."""
    return ":" in host or (len(host) <= 254 and all(0 < len(label) <= 63 for label in host.removesuffix(".").split(".")))


@asynccontextmanager
async def _deadline(timeout_s: float) -> AsyncIterator[None]:
    """Whatever happens inside, waiting for a free connection too, takes at most this long. Raises Unreachable after it."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as error:
        raise Unreachable(f"no answer within {timeout_s:g} s") from error


async def _read_start(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of an answer that is only shown to people; the connection is dropped where there is more."""
    start = bytearray()
    async for chunk in response.content.iter_any():
        start += chunk
        if len(start) > ANSWER_BYTES:
            break
    return bytes(start[:ANSWER_BYTES])


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The body, decompressed. Raises Denied as soon as it is longer than max_bytes, so that no bomb unfolds."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity" and encoding not in COMPRESSED:
        raise Denied(f"the answer is encoded as {encoding[:50]!r}, which we did not ask for")
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS + 32) if encoding in COMPRESSED else None  # 32: gzip or zlib, as it comes
    body = bytearray()
    async for chunk in response.content.iter_any():
        try:
            body += chunk if inflate is None else inflate.decompress(chunk, max_bytes - len(body) + 1)
        except zlib.error as error:
            raise Denied("the answer is not compressed as it says") from error
        if len(body) > max_bytes:
            raise Denied(f"the answer is longer than {max_bytes} bytes")
    if inflate is not None and body and not inflate.eof:
        raise Denied("the compressed answer ends too early")
    return bytes(body)
