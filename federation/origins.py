"""Where an address belongs: hosts and origins, compared as FEP-fe34 asks."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from federation.errors import Malformed

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_LABEL = 63  # octets of a label (RFC 1035, section 2.3.4)
ORDINARY = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?=[/?#]|\Z)")  # nothing that needs a closer look; many addresses share one


def host_of(uri: str) -> str:
    """`host`, or `host:port` where the port is not the scheme's own; lower case, punycode, no trailing dot. Raises Malformed."""
    _, host, port = _origin(uri)
    named = f"[{host}]" if ":" in host else host
    return named if port is None else f"{named}:{port}"


def hostname_of(uri: str) -> str:
    """The host without any port; what domain blocks compare. Raises Malformed."""
    return _origin(uri)[1]


def same_origin(one: str, other: str) -> bool:
    """Whether both addresses have one scheme, host and port; never true of what has no origin (FEP-fe34, "Same-origin policy")."""
    try:
        return _origin(one) == _origin(other)
    except Malformed:
        return False


def normal_host(host: str) -> str:
    """The host as DNS compares it: lower case, punycode, no trailing dot. Raises Malformed."""
    host = host.lower().removesuffix(".")
    if host.isascii():
        return host
    try:
        mapped = idna.uts46_remap(host, std3_rules=True, transitional=False).removesuffix(".")
        labels = [_label(each) for each in mapped.split(".")]
    except (idna.IDNAError, UnicodeError) as error:
        raise Malformed(f"no host name: {error}") from error
    if not all(labels):
        raise Malformed("no host name: a label is empty")
    return ".".join(labels)


def _label(label: str) -> str:
    """One label in ASCII, after RFC 5891; where its letters are none of those, as with emoji, after UTS 46 alone, as browsers do."""
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode().lower()
    except idna.InvalidCodepoint:
        ascii_label = "xn--" + label.encode("punycode").decode()
        idna.check_nfc(label)
        idna.check_initial_combiner(label)
        idna.check_hyphen_ok(label)
        if len(ascii_label) > MAX_LABEL:
            raise
        return ascii_label


def _origin(uri: str) -> tuple[str, str, int | None]:
    """Scheme, host, and the port unless it is the scheme's own."""
    start = ORDINARY.match(uri)
    return _parsed(start[0] if start else uri)


@lru_cache(maxsize=4096)
def _parsed(uri: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise Malformed(f"no address: {error}") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise Malformed("no http(s) address")
    return parts.scheme, normal_host(parts.hostname), None if port == DEFAULT_PORTS[parts.scheme] else port
