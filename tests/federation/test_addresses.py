from ipaddress import ip_address

import pytest

from federation.addresses import is_permitted, is_public, networks_from

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "192.0.1.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:200::1",
    "2003::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet(address):
    assert is_public(ip_address(address))
    assert is_permitted(address, ())


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_no_stranger_sends_us_to(address):
    assert not is_public(ip_address(address))
    assert not is_permitted(address, ())


@pytest.mark.parametrize("address", ["127.0.0.2", "::ffff:127.0.0.2", "64:ff9b::7f00:2"])
def test_a_keeper_may_allow_a_network(address):
    allowed = networks_from(["127.0.0.0/8", "fd00::/8"])
    assert is_permitted(address, allowed)
    assert is_permitted("fd00::1", allowed)
    assert not is_permitted("10.0.0.1", allowed)
    assert not is_permitted("::1", allowed)


@pytest.mark.parametrize(
    "spelling", ["", "localhost", "127.1", "0177.0.0.1", "0x7f000001", "2130706433", "127.0.0.1.", "fe80::1%lo", "::1%eth0"]
)
def test_what_is_no_plain_address_is_never_permitted(spelling):
    assert not is_permitted(spelling, networks_from(["127.0.0.0/8"]))


def test_a_network_that_is_none_is_said_so():
    with pytest.raises(ValueError, match="has host bits set"):
        networks_from(["10.0.0.1/8"])
