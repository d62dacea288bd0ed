"""The address a request is counted for: the visitor's own, whatever strangers write into headers."""

from types import SimpleNamespace

import pytest
from multidict import CIMultiDict

from node.config import config_from_toml
from node.web.keys import CONTEXT
from node.web.requests import client_address


def address(tmp_path, server, remote, *forwarded):
    config = config_from_toml(f'[node]\nurl = "https://hedge.example"\n[server]\n{server}', tmp_path, {})
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    return client_address(SimpleNamespace(app={CONTEXT: SimpleNamespace(config=config)}, remote=remote, headers=headers))


LOOPBACK, EVERYWHERE = 'bind = "127.0.0.1:8420"', 'bind = "0.0.0.0:8420"'
NAMED = EVERYWHERE + '\ntrusted_proxies = ["192.0.2.0/24"]'


@pytest.mark.parametrize(
    ("server", "remote", "forwarded", "counted"),
    [
        (LOOPBACK, "127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        (LOOPBACK, "::1", ["2001:db8::7"], "2001:db8::7"),
        (LOOPBACK, "::ffff:127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ('bind = "localhost:8420"', "127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ('bind = "[::1]:8420"', "::1", ["198.51.100.7"], "198.51.100.7"),
        (LOOPBACK, "127.0.0.1", ["203.0.113.5, 198.51.100.7"], "198.51.100.7"),
        (LOOPBACK, "127.0.0.1", ["203.0.113.5", "198.51.100.7"], "198.51.100.7"),
        (LOOPBACK, "127.0.0.1", [], "127.0.0.1"),
        (LOOPBACK, "127.0.0.1", ["unknown"], "127.0.0.1"),
        (LOOPBACK, "127.0.0.1", ["198.51.100.7, _hidden"], "127.0.0.1"),
        (EVERYWHERE, "127.0.0.1", ["198.51.100.7"], "127.0.0.1"),
        (EVERYWHERE, "203.0.113.5", ["198.51.100.7"], "203.0.113.5"),
        (NAMED, "192.0.2.7", ["198.51.100.7"], "198.51.100.7"),
        (NAMED, "192.0.2.7", ["198.51.100.7, 192.0.2.8"], "198.51.100.7"),
        (NAMED, "203.0.113.5", ["198.51.100.7"], "203.0.113.5"),
        (NAMED, "127.0.0.1", ["198.51.100.7"], "127.0.0.1"),
    ],
)
def test_a_proxy_is_believed_where_it_is_trusted_and_says_an_address(tmp_path, server, remote, forwarded, counted):
    assert address(tmp_path, server, remote, *forwarded) == counted
