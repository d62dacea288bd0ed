"""A request as the rest of the node knows it: capped, with our own public name, and whence it really came."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from federation.errors import Malformed
from federation.verification import Request
from node.config import Config
from node.web.keys import CONTEXT


async def read_capped(request: web.Request, most: int) -> bytes:
    """The body as it was sent. Raises 413 as soon as it is longer."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(body))
    return bytes(body)


def signed_request(request: web.Request, body: bytes = b"") -> Request:
    """The request as its signature sees it. Raises Malformed for a target that is no path."""
    config = request.app[CONTEXT].config
    if not request.raw_path.startswith("/"):
        raise Malformed("the request target is no path")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return Request(request.method, config.scheme, config.host, request.raw_path, headers, body)


def client_address(request: web.Request) -> str:
    """Whence a request came; a proxy is believed only where the configuration trusts it, and only where it says an address."""
    trusted = _networks(request.app[CONTEXT].config.trusted_proxies)
    address = request.remote or ""
    forwarded = forwarded_for(request)
    while forwarded and _is_within(address, trusted) and _is_address(forwarded[-1]):
        address = forwarded.pop()
    return address


def forwarded_for(request: web.Request) -> list[str]:
    """The addresses that proxies say a request came through, the nearest proxy's word last."""
    lines = ",".join(request.headers.getall("X-Forwarded-For", []))
    return [part.strip() for part in lines.split(",") if part.strip()]


def is_trusted_proxy(config: Config, address: str) -> bool:
    """Whether what an address says of those behind it is believed."""
    return _is_within(address, _networks(config.trusted_proxies))


@lru_cache(maxsize=8)
def _networks(stated: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in stated)


def _is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    if not _is_address(address):
        return False
    found = ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def path_id(request: web.Request, name: str = "id") -> int:
    """The id in a path; 0, which nothing has, where it is no number."""
    text = request.match_info[name]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else 0
