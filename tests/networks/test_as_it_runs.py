"""Two nodes as they run for real: https behind nginx, the address filter on, no switch for tests, in a network of their own."""

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from federation import keys
from tests.networks.places import Authority, Place, Town, is_possible, make_bridge

HOSTS = {
    "oak.example": "11.1.0.1",
    "elm.example": "11.1.0.2",
    "good.example": "11.1.0.3",
    "turn.example": "11.1.0.3",
    "bad.example": "10.0.0.3",
}
pytestmark = [pytest.mark.skipif(not is_possible(), reason="needs root, iproute2 and nginx"), pytest.mark.timeout(240)]


class Network:
    """Two towns and a stranger's server, which stands at a public and at a private address."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.authority = Authority(folder)
        self.authority.make()
        make_bridge(stack)
        self.oak = Town("hgoak", "oak.example", HOSTS["oak.example"], folder / "oak", stack, self.authority)
        self.elm = Town("hgelm", "elm.example", HOSTS["elm.example"], folder / "elm", stack, self.authority)
        self.far = Place("hgfar", ["11.1.0.3", "10.0.0.3"], folder / "far", stack)
        for place in (self.oak, self.elm, self.far):
            place.know(HOSTS, stack)
        for town in (self.oak, self.elm):
            town.open(stack)
            town.hedgerow("account", "add", "ada" if town is self.oak else "bo")
        certificate, key = self._certificate()
        here = Path(__file__).parent
        server = [str(here / "server.py"), str(self.far.folder), str(certificate), str(key), "11.1.0.3", "10.0.0.3"]
        self.far.start(stack, *[sys.executable, *server], ready="ready")

    def _certificate(self) -> tuple[Path, Path]:
        """One for all of the stranger's names."""
        signed, key = self.authority.sign("good.example")
        names = ("good.example", "bad.example", "turn.example")
        extension = self.authority.folder / "good.example.ext"
        extension.write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
        self.far.run("openssl", "x509", "-req", "-in", str(self.authority.folder / "good.example.csr"), "-CA",
                     str(self.authority.certificate), "-CAkey", str(self.authority.folder / "ca.key"), "-CAcreateserial", "-days", "2",
                     "-extfile", str(extension), "-out", str(signed))  # fmt: skip
        return signed, key

    def asked(self) -> list[str]:
        """Who asked the stranger's server: "address path"."""
        file = self.far.folder / "asked"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with ExitStack() as stack:
        yield Network(tmp_path_factory.mktemp("network"), stack)


def eventually(look, holds=bool, within_s=60):
    until = time.monotonic() + within_s
    while not holds(found := look()):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


def test_people_of_two_nodes_follow_and_read_each_other_over_https(network):
    oak, elm = network.oak, network.elm
    elm.hedgerow("follow", "bo", "@ada@oak.example")
    eventually(lambda: oak.ask("SELECT 1 FROM follows WHERE state = 'accepted'"))
    oak.hedgerow("post", "ada", "Over the hedge, with a padlock")
    found = eventually(lambda: elm.ask("SELECT p.uri, p.content FROM home h JOIN posts p ON p.id = h.post_id"))
    assert found[0][0].startswith("https://oak.example/users/ada/posts/")
    assert "with a padlock" in found[0][1]


def test_the_doctor_finds_both_in_good_health(network):
    found = {each["check"]: each for each in json.loads(network.oak.hedgerow("doctor", "--json"))}
    assert [name for name, each in found.items() if not each["ok"]] == []


def test_a_proxy_is_believed_only_where_it_is_configured(network):
    """Thirty forms of strangers from one address in five minutes: those that claim other addresses count as their own only by the proxy."""
    oak, wrong = network.oak, "handle=x&uri=y"
    for number in range(40):
        claim = f"X-Forwarded-For: 11.9.{number}.1"
        direct = network.far.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", str(network.authority.certificate),
                                 "-H", claim, "-d", wrong, f"https://{oak.domain}/remote")  # fmt: skip
    assert direct == "429"
    others = network.elm.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", str(network.authority.certificate),
                             "-d", wrong, f"https://{oak.domain}/remote")  # fmt: skip
    assert others != "429"


class Stranger:
    """Somebody at the stranger's server who wants to follow ada."""

    def __init__(self, network: Network, host: str, name: str, turns_to: str = "") -> None:
        self.network, self.uri = network, f"https://{host}/users/{name}"
        folder = network.far.folder
        key = keys.generate_rsa()
        self.key_file = folder / f"{name}.key"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.key_file.write_bytes(private)
        actor = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": name,
            "inbox": f"{self.uri}/inbox",
            "publicKey": {"id": f"{self.uri}#main-key", "owner": self.uri, "publicKeyPem": keys.pem_from_public(key.public_key())},
        }
        (folder / f"users_{name}.json").write_text(json.dumps({"redirect": turns_to} if turns_to else actor))
        self.activity = folder / f"{name}.follow.json"
        follow = {"@context": actor["@context"][0], "id": f"{self.uri}/follow", "type": "Follow", "actor": self.uri}
        self.activity.write_text(json.dumps(follow | {"object": "https://oak.example/users/ada"}))

    def follow(self) -> str:
        """The status that ada's server answers."""
        command = [sys.executable, "-m", "tests.networks.send", "https://oak.example/inbox", f"{self.uri}#main-key"]
        environ = f"SSL_CERT_FILE={self.network.authority.certificate}"
        return self.network.far.run("env", environ, *command, str(self.key_file), str(self.activity)).strip()


def test_a_stranger_at_a_public_address_is_looked_up_and_may_follow(network):
    zoe = Stranger(network, "good.example", "zoe")
    assert zoe.follow() == "202"
    eventually(lambda: network.oak.ask("SELECT 1 FROM accounts WHERE uri = 'https://good.example/users/zoe'"))
    assert "11.1.0.3 /users/zoe" in network.asked()


def test_one_at_a_private_address_is_never_contacted(network):
    assert Stranger(network, "bad.example", "eve").follow() != "202"
    assert [line for line in network.asked() if line.startswith("10.")] == []


def test_nor_one_behind_a_redirect_to_such_an_address(network):
    Stranger(network, "bad.example", "mallory")
    turning = Stranger(network, "turn.example", "turner", turns_to="https://bad.example/users/mallory")
    assert turning.follow() != "202"
    assert "11.1.0.3 /users/turner" in network.asked()
    assert [line for line in network.asked() if line.startswith("10.")] == []
