"""What the doctor says of the way in."""

import pytest

from node.cli.doctor import proxy_finding

PROXIED = {"peer": "127.0.0.1", "forwarded": ["198.51.100.7"], "believed": True, "address": "198.51.100.7"}
DIRECT = {"peer": "5.9.0.7", "forwarded": [], "believed": False, "address": "5.9.0.7"}


@pytest.mark.parametrize(
    ("seen", "is_public", "mend"),
    [
        (PROXIED, True, ""),
        (DIRECT, True, ""),
        ({**DIRECT, "peer": "127.0.0.1", "address": "127.0.0.1", "believed": True}, False, ""),
        ({**PROXIED, "believed": False, "address": "127.0.0.1"}, True, "trusted_proxies"),
        ({**PROXIED, "peer": "10.0.0.2", "believed": False, "address": "10.0.0.2"}, False, "trusted_proxies"),
        ({**PROXIED, "forwarded": [], "address": "127.0.0.1"}, True, "X-Forwarded-For"),
        ({"status": "ok", "signed": False}, True, "signature"),
    ],
)
def test_the_doctor_names_the_address_under_which_visitors_arrive(seen, is_public, mend):
    found = proxy_finding(seen, is_public=is_public)
    assert (found.is_good, mend in found.mend) == (not mend, True)
    assert "peer" not in seen or str(seen["address"]) in found.said
