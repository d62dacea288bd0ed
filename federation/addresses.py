"""Which IP addresses a stranger may make us connect to: the public internet, and networks that the keeper allows."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries (RFC 6890 and its updates), spelt out: Python's own `is_global` differs between versions.
NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host (RFC 1122); Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # behind a provider's NAT (RFC 6598)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local (RFC 3927), and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)
PUBLIC_V6 = IPv6Network("2000::/3")  # all that is assigned as global unicast; link-local, unique local, multicast lie outside
NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments (RFC 2928): Teredo, ORCHID, benchmarking; Teredo hides an IPv4 address
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4, hides an IPv4 address (RFC 7526: deprecated)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a host with nothing but IPv6 reaches any IPv4 address


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet. What carries an IPv4 address inside is judged by that one."""
    bare = bare_address(address)
    if isinstance(bare, IPv4Address):
        return not any(bare in network for network in NOT_PUBLIC_V4)
    return bare in PUBLIC_V6 and not any(bare in network for network in NOT_PUBLIC_V6)


def is_permitted(host: str, allowed: Iterable[Network]) -> bool:
    """Whether we connect to an address, in the spelling of the socket layer: public, or inside of an allowed network."""
    try:
        address = bare_address(ip_address(host.partition("%")[0]))  # fe80::1%eth0
    except ValueError:
        return False
    return is_public(address) or any(address in network for network in allowed)


def bare_address(address: Address) -> Address:
    """The IPv4 address inside of ::ffff:0:0/96 (to which a system connects by IPv4) and of NAT64, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def networks_from(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks that a keeper's `allow_networks` names. Raises ValueError, whose text is fit to be shown."""
    return tuple(ip_network(text) for text in texts)
