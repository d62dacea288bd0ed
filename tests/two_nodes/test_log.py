"""What a node writes down: at no level anything that opens an account, and one line for whoever goes or speaks no HTTP."""

import asyncio
import json
import re
import socket
import struct

import aiohttp
import pytest

from node.social import authorizing, passwords
from storage import accounts as stored
from storage import settings as kept
from tests import buckets
from tests.nodes import Node, eventually, prepare

PASSWORD = "correct horse battery"
MAIL_PASSWORD, S3_SECRET = "mail-password-4711", "s3-secret-4711"
SETTINGS = """
[log]
level = "debug"
format = "{format}"
[registrations]
mode = "open"
confirm_email = true
[mail]
host = "127.0.0.1"
port = 9
user = "mailer"
password = "{mail}"
tls = "none"
[media]
store = "s3"
bucket = "{bucket}"
endpoint = "{endpoint}"
access_key = "s3-key-4711"
secret_key = "{secret}"
"""


@pytest.fixture(params=["plain", "json"])
def node(request, tmp_path):
    stated = buckets.settings()
    settings = SETTINGS.format(
        format=request.param, mail=MAIL_PASSWORD, bucket=stated["bucket"], endpoint=stated["endpoint"], secret=S3_SECRET
    )
    made = prepare(tmp_path / "node", settings=settings)
    made.start()
    yield made
    made.kill()


async def story(node: Node, session: aiohttp.ClientSession) -> list[str]:
    """Everything that a secret is used for; the secrets."""
    ada = await node.person("ada", password=PASSWORD)
    token = await authorizing.new_token(node.context, ada.account.id, "app", "read write follow push")
    invited = await authorizing.new_link(node.context, "invite")
    for path in (f"/api/v1/timelines/home?access_token={token}", f"/welcome/{invited}", f"/api/v1/streaming/user?access_token={token}x"):
        async with session.get(node.origin + path) as answer:
            await answer.read()
    bearer = {"Authorization": f"Bearer {token}"}
    form = aiohttp.FormData()
    form.add_field("file", b"no picture", filename="a.png")
    async with session.post(f"{node.origin}/api/v2/media", data=form, headers=bearer) as answer:
        await answer.read()
    async with session.post(f"{node.origin}/api/v1/statuses", json={"status": "primes"}, headers=bearer) as answer:
        assert answer.status == 200
    signing_in = {"login": "ada", "password": PASSWORD, "next": "/"}
    async with session.post(f"{node.origin}/signin", data=signing_in, allow_redirects=False) as answer:
        assert answer.status == 303
        cookie = answer.cookies["hedgerow"].value
    async with session.post(f"{node.origin}/signin", data={**signing_in, "password": "wrong-guess-4711"}, allow_redirects=False):
        pass
    app = {"client_name": "app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"}
    async with session.post(f"{node.origin}/api/v1/apps", data=app) as answer:
        made = await answer.json()
    asked = {name: made[name] for name in ("client_id", "client_secret")} | {"code": "code-4711", "grant_type": "authorization_code"}
    async with session.post(f"{node.origin}/oauth/token", data={**asked, "redirect_uri": app["redirect_uris"]}) as answer:
        assert answer.status >= 400
    async with session.get(f"{node.origin}/oauth/authorize", params={**asked, "response_type": "code"}) as answer:
        await answer.read()
    keys = await node.read(stored.list_keys, ada.account.id)
    private = [line for key in keys for line in (key.private_pem or "").splitlines() if not line.startswith("-")]
    proxy = await node.read(kept.find_setting, "proxy_secret")
    found = [PASSWORD, MAIL_PASSWORD, S3_SECRET, token, invited, cookie, made["client_secret"], "wrong-guess-4711", "code-4711", *private]
    return [*found, *([proxy] if proxy else []), passwords.digest(token).hex()]


async def test_no_level_writes_down_what_opens_an_account(node):
    async with node.opened(), aiohttp.ClientSession() as session:
        secrets = await story(node, session)
        await asyncio.to_thread(go_away, node, b"POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npass", reset=True)
        await asyncio.to_thread(node.stop)
    log = node.log()
    assert len(secrets) > 10
    assert "/api/v1/timelines/home" in log  # each request is a line at this level
    assert [secret[:12] for secret in secrets if secret in log] == []


def go_away(node: Node, data: bytes, *, reset: bool) -> None:
    host, _, port = node.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(data)
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("reset", [False, True])
async def test_a_client_that_goes_or_speaks_no_http_is_one_line(node, reset):
    host = node.origin.removeprefix("http://")
    head = f"HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token-4711\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    asked = 0
    for path in ("/signin", "/inbox", "/api/v1/statuses", "/settings/password"):
        for rest in ("Content-Length: 900\r\n\r\npassword=hal", "Transfer-Encoding: chunked\r\n\r\n5\r\nlog", "Content-Length: -4\r\n\r\n"):
            await asyncio.to_thread(go_away, node, f"POST {path} {head}{rest}".encode(), reset=reset)
            asked += 1
    await asyncio.to_thread(go_away, node, b"\x16\x03\x01\x02\x00", reset=reset)
    async with node.opened():
        await eventually(lambda: node.get("/health"), lambda answer: answer.status == 200)
    await asyncio.to_thread(node.stop)
    log = node.log()
    assert "Traceback" not in log
    assert "4711" not in log
    assert len(re.findall("went away|not understood", log)) <= asked + 1
    lines = [line for line in log.splitlines() if "aiohttp" in line]
    assert all(json.loads(line)["level"] in ("INFO", "DEBUG") if line.startswith("{") else " ERROR " not in line for line in lines)
