"""Limits of rate, where somebody spreads what they ask over all processes: each request on a connection of its own."""

import asyncio
from collections import Counter

import aiohttp
import pytest

from node.social import rates
from tests.nodes import eventually, prepare

PASSWORD = "correct horse battery"
PROCESSES = "3"


@pytest.fixture
async def node(tmp_path):
    made = prepare(tmp_path / "node", limits="rates = true")
    made.start("--processes", PROCESSES)
    async with made.opened():
        yield made
    assert made.stop() == 0


async def ask(node, method, path, **said) -> int:
    """The status of one answer, on a new connection, which any of the processes may take."""
    async with aiohttp.ClientSession() as session, session.request(method, node.origin + path, allow_redirects=False, **said) as answer:
        return answer.status


async def sign_in(node, password, name="ada"):
    form = {"login": name, "password": password, "next": "/"}
    return await ask(node, "POST", "/signin", data=form)


async def test_who_guesses_a_password_gets_no_more_tries_by_asking_many_processes(node):
    await node.person("ada", password=PASSWORD)
    tried = Counter([await sign_in(node, f"guess {number}") for number in range(3 * rates.SIGN_INS.most)])
    assert tried == {401: rates.SIGN_INS.most, 429: 2 * rates.SIGN_INS.most}
    assert await sign_in(node, PASSWORD) == 429


async def test_who_signs_in_at_last_begins_anew_in_all_of_them(node):
    await node.person("bo", password=PASSWORD)
    for _ in range(rates.SIGN_INS.most // 2 - 1):
        assert await sign_in(node, "wrong", "bo") == 401
    assert await sign_in(node, PASSWORD, "bo") == 303
    tried = [await sign_in(node, "wrong", "bo") for _ in range(rates.SIGN_INS.most // 2)]
    assert tried == [401] * (rates.SIGN_INS.most // 2)  # for the name; the address has had its ten


async def test_programs_of_one_network_get_no_more_from_many_processes(node):
    async def instance(count):
        return Counter(await asyncio.gather(*(ask(node, "GET", "/api/v1/instance") for _ in range(count))))

    first = await instance(rates.API_STRANGERS.most // 2)
    assert first == {200: rates.API_STRANGERS.most // 2}
    answered = Counter(await instance(rates.API_STRANGERS.most // 2))
    await eventually(lambda: instance(10), lambda found: found == {429: 10})
    assert answered[200] > 0
    assert await ask(node, "GET", "/health") == 200
