"""A program that acts for Ada, another that asks to, and an emoji of the node."""

import io
import json
import re
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from PIL import Image

from tests.pages.running import Person, Running

OOB = "urn:ietf:wg:oauth:2.0:oob"


def tell_programs(node: Running, ada: Person) -> dict[str, str]:
    """`grant`: the page on which Ada is asked."""
    reader = register(node, "Reader", "https://reader.example/")
    wish = {"response_type": "code", "client_id": reader["client_id"], "redirect_uri": OOB, "scope": "read write"}
    page = ada.send("/oauth/authorize", [*wish.items(), ("decision", "allow")])
    code = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert code
    secrets = {"client_id": reader["client_id"], "client_secret": reader["client_secret"]}
    ask(node, "/oauth/token", {"grant_type": "authorization_code", "redirect_uri": OOB, "code": code[1], **secrets})
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#2f5d3a").save(out, "PNG")
    ada.send("/admin/emojis", [("shortcode", "hedge"), ("category", "plants")], [("file", "h.png", out.getvalue())])
    asking = register(node, "Pocket garden", "")
    wish = {"response_type": "code", "client_id": asking["client_id"], "redirect_uri": OOB, "scope": "read write follow push"}
    return {"grant": f"/oauth/authorize?{urlencode(wish)}"}


def register(node: Running, name: str, website: str) -> dict[str, str]:
    fields = {"client_name": name, "website": website, "redirect_uris": OOB, "scopes": "read write follow push"}
    return ask(node, "/api/v1/apps", fields)


def ask(node: Running, path: str, fields: dict[str, str]) -> dict[str, str]:
    with urlopen(Request(node.origin + path, urlencode(fields).encode(), method="POST"), timeout=20) as answer:
        found: dict[str, str] = json.loads(answer.read())
        return found
