"""No body is inflated: every route refuses every coding before it reads a byte."""

import ast
import gzip
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from node.assembly import build_app
from node.web import content_codings
from tests.door import ask

CODINGS = ("gzip", "x-gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "identity, gzip", "GZIP", "nonsense")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def app(world):
    made = build_app(world.context)
    made.freeze()
    return made


def routes(app):
    """(method, path) of every route, whatever its placeholders."""
    found = set()
    for route in app.router.routes():
        info = route.resource.get_info() if route.resource is not None else {}
        path = info.get("path") or info.get("formatter") or f"{info['prefix']}/x"
        for name in ("{", "}"):
            path = path.replace(name, "")
        found.add(("POST" if route.method == "*" else route.method, path))
    return sorted(found)


async def test_every_route_refuses_every_coding_before_the_body_is_read(app):
    asked = [(method, path, coding) for method, path in [*routes(app), ("POST", "/not/there")] for coding in CODINGS]
    assert len(asked) > 1000
    refused = []
    for method, path, coding in asked:
        answer = await ask(app, method, path, FORM | {"Content-Encoding": coding}, b"not gzip at all")
        if answer.status != 415:
            refused.append((method, path, coding, answer.status))
    assert refused == []


async def test_the_refusal_is_a_sentence(app):
    answer = await ask(app, "POST", "/inbox", {"Content-Encoding": "gzip"}, gzip.compress(b"{}"))
    assert (answer.status, answer.body) == (415, b'{"error":"Send the body as it is, without Content-Encoding."}')


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "identity"}, {"Content-Encoding": "Identity"}, {"Content-Encoding": ""}])
async def test_a_body_that_is_sent_as_it_is_is_read(app, headers):
    answer = await ask(app, "POST", "/webmention", FORM | headers, b"source=https://x.example/&target=https://y.example/")
    assert 400 <= answer.status < 500
    assert answer.status != 415


async def echo(request):
    fields = await content_codings.read_fields(request, 1000)
    return web.json_response({name: value if isinstance(value, str) else bytes(value).decode() for name, value in fields.items()})


@pytest.fixture
async def form():
    app = web.Application(middlewares=[content_codings.refuse_codings])
    app.router.add_post("/", echo)
    async with TestClient(TestServer(app)) as client:
        yield client


def part_of(**headers):
    writer = aiohttp.MultipartWriter("form-data")
    part = aiohttp.payload.BytesPayload(b"x=3D1", headers={name.replace("_", "-"): value for name, value in headers.items()})
    part.set_content_disposition("form-data", name="one", **({"filename": "a.txt"} if "filename" in headers else {}))
    writer._parts.append((part, "", ""))
    writer._is_form_data = True
    return writer


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "deflate"},
        {"Content_Encoding": "br"},
        {"Content_Transfer_Encoding": "base64"},
        {"Content_Transfer_Encoding": "quoted-printable"},
        {"Content_Transfer_Encoding": "x-own"},
    ],
)
async def test_a_part_of_a_form_that_is_encoded_is_refused(form, headers):
    async with form.post("/", data=part_of(**headers)) as response:
        assert response.status == 415


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "identity"}, {"Content_Transfer_Encoding": "binary"}])
async def test_a_plain_part_is_read(form, headers):
    async with form.post("/", data=part_of(**headers)) as response:
        assert (response.status, await response.json()) == (200, {"one": "x=3D1"})


async def test_a_form_that_is_too_long_is_refused(form):
    async with form.post("/", data={"one": "x" * 2000}) as response:
        assert response.status == 413


def test_nothing_but_read_fields_reads_a_form():
    """aiohttp's own readers inflate parts."""
    found = []
    for path in sorted(Path("node").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords
            if is_call and node.func.attr in {"post", "multipart"} and isinstance(node.func.value, ast.Name | ast.Call):
                found.append((str(path), node.func.attr))
    assert found == [("node/web/content_codings.py", "post"), ("node/web/content_codings.py", "multipart")]
