"""The vocabulary is served to people and to programs."""

import json

from federation.vocabulary import TERMS


async def test_people_read_every_word_on_a_page(surf):
    page = await (await surf()).get("/ns/learning")
    assert page.headers["Content-Type"].startswith("text/html")
    assert all(f"<code>{term.name}</code>" in page.text for term in TERMS)


async def test_a_json_ld_reader_gets_json_ld(surf):
    answer = await (await surf()).get("/ns/learning", Accept="application/ld+json")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert len(json.loads(answer.text)["@graph"]) == len(TERMS)
