"""An HTTP request as its signature sees it, and what a signature claims; both schemes stand on this."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from federation.errors import Malformed, Unverified
from federation.keys import PublicKey

PAST_LIMIT = timedelta(hours=12)  # Mastodon's window: queues are slow and clocks are wrong
FUTURE_LIMIT = timedelta(hours=1)
CONTENT_METHODS = frozenset({"POST", "PUT", "PATCH"})
DEFAULT_PORTS = {"http": ":80", "https": ":443"}

# scheme, authority without user information, path, query; a fragment never travels
_URL = re.compile(r"(https?)://([\w.~%:\[\]-]+)(/[!-\"$->@-~]*)?(\?[!-\"$-~]*)?(?:#.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent to us, or as we are about to send it.

    scheme, authority: under which the outer world knows us; behind a proxy the caller knows them and the socket does not.
    target:            the raw path with its query, as in the request line.
    headers:           names in lower case; the values of a repeated header joined by ", " in their order.
    """

    method: str
    scheme: str
    authority: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def needs_digest(self) -> bool:
        """Whether there is content that the signature must vouch for."""
        return bool(self.body) or self.method.upper() in CONTENT_METHODS

    @property
    def host(self) -> str:
        """Our authority in lower case, without the scheme's default port (RFC 9421, section 2.2.3)."""
        return normal_authority(self.scheme, self.authority)

    def covered_header(self, name: str) -> str:
        """A header's value as a signature covers it. Raises Unverified where the request has none.

        `host` always is one of our own spellings, never another name that the header states: what was signed for
        another server must not count here, and a proxy may have rewritten the header.
        """
        value = self.headers.get(name)
        if name == "host":
            return value if value and normal_authority(self.scheme, value) == self.host else self.host
        if value is None:
            raise Unverified(f"the signature covers {name[:50]!r}, which the request does not have")
        return value


@dataclass(frozen=True, slots=True)
class Claim:
    """That the holder of a key signed this request; all is checked but the one thing that needs the key.

    key_types: which kinds of key the stated algorithm permits. It can only narrow: the key decides.
    messages:  the bytes that may have been signed, the likeliest first.
    """

    key_uri: str
    key_types: tuple[type[PublicKey], ...]
    signature: bytes
    messages: tuple[bytes, ...]


def normal_authority(scheme: str, authority: str) -> str:
    """`host[:port]` in lower case, without the scheme's default port."""
    return authority.lower().removesuffix(DEFAULT_PORTS.get(scheme.lower(), ":none"))


def split_url(url: str) -> tuple[str, str, str]:
    """Scheme, normal authority and target (`/path?query`) of an http(s) URL, as they go on the wire. Raises Malformed.

    A URL with user information or with characters that must be percent-encoded is refused, not mended: what is
    signed and what is sent would differ.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise Malformed("not a plain http(s) URL in ASCII")
    scheme, authority, path, query = match.groups()
    return scheme.lower(), normal_authority(scheme, authority), (path or "/") + (query or "")


def bytes_of(lines: list[str]) -> bytes:
    """The lines as they are signed. Raises Malformed for a line break inside of one, or for what is no text."""
    text = "\n".join(lines)
    if text.count("\n") != len(lines) - 1:
        raise Malformed("a line break in what the signature covers")
    try:
        return text.encode("utf-8", "surrogateescape")  # aiohttp decodes the bytes of a header in this way
    except UnicodeEncodeError as error:
        raise Malformed("what the signature covers is no text") from error


def check_date(value: str, now: datetime) -> None:
    """Raises Malformed for no HTTP date, Unverified for one outside our window."""
    try:
        moment = parsedate_to_datetime(value)
        created_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Malformed("the date cannot be read") from error
    check_created(created_s, now)


def check_created(created_s: float, now: datetime) -> None:
    """Raises Unverified for a moment (seconds since 1970) more than 12 h past or 1 h to come."""
    age_s = now.timestamp() - created_s
    if age_s > PAST_LIMIT.total_seconds():
        raise Unverified("the signature's date is more than 12 hours past")
    if -age_s > FUTURE_LIMIT.total_seconds():
        raise Unverified("the signature's date is more than 1 hour in the future")


def check_expires(expires_s: float, now: datetime) -> None:
    """Raises Unverified where the moment (seconds since 1970) lies behind us; both schemes forbid any allowance."""
    if expires_s < now.timestamp():
        raise Unverified("the signature has expired")
