"""The pages of frameworks and competencies."""

import orjson
from aiohttp import FormData

from federation.frameworks import framework_from_json
from node.learning import frameworks, paths, resources
from node.learning.frameworks import Writing
from node.learning.paths import PathDraft
from node.learning.resources import Sharing
from node.social import communities
from tests.node.conftest import ORIGIN
from tests.node.learning.test_frameworks import FILE
from tests.node.learning.test_paths import STEPS
from tests.node.web.pages.conftest import CSRF


async def upload(browser, body):
    form = FormData()
    form.add_field("csrf", CSRF.search((await browser.get("/")).text)[1])
    form.add_field("file", body, filename="f.json", content_type="application/json")
    return await browser.send_raw("/frameworks/import", form)


async def test_a_file_is_taken_over_and_read_by_anybody(world, surf):
    browser, stranger = await surf(await world.account("ada")), await surf()
    sent = await upload(browser, FILE)
    page = (await stranger.get(sent.headers["Location"])).text
    assert "Bryology" in page
    assert 'class="t1"' in page
    assert "Add a competency" not in (await browser.get(sent.headers["Location"])).text
    bad = await upload(browser, b"nonsense")
    assert (bad.status, "the file is no JSON" in bad.text) == (422, True)
    assert "Bryology" in (await stranger.get("/frameworks")).text
    asked = await stranger.get(sent.headers["Location"], Accept="application/json")
    assert framework_from_json(asked.text.encode()).items[1].code == "B.1"


async def test_one_is_written_and_its_competencies_can_be_goals(world, surf):
    ada = await world.account("ada")
    browser, stranger = await surf(ada), await surf()
    address = (await browser.send("/frameworks/new", {"title": "Bryology"})).headers["Location"]
    assert (await browser.send(f"{address}/write", {"name": "Moss", "statement": "Know mosses, ferns"})).status == 303
    assert (await browser.send(f"{address}/write", {"name": ""})).status == 422
    page = (await browser.get(address)).text
    competency = "/competencies/" + page.partition('href="/competencies/')[2].partition('"')[0]
    await resources.share(world.context, ada, Sharing("Mosses", "https://moss.example/", teaches="Moss"))
    await paths.write_path(world.context, ada, PathDraft("Meet them", "", STEPS, "Moss"))
    page = (await browser.get(competency)).text
    for expected in ("Know mosses, ferns", "Mosses", "Meet them", "Set it as a goal"):
        assert expected in page
    assert "Set it as a goal" not in (await stranger.get(competency)).text
    goal = (await browser.get(page.partition('href="/goals/new?about=')[2].partition('"')[0].join(["/goals/new?about=", ""]))).text
    assert f'value="{ORIGIN}{competency} Moss"' in goal
    stated = orjson.loads((await stranger.get(competency, Accept="application/json")).text)
    assert (stated["uri"], stated["fullStatement"]) == (f"{ORIGIN}{competency}", "Know mosses, ferns")
    assert (await stranger.get("/competencies/7")).status == 404
    assert (await stranger.get("/competencies?url=nowhere")).headers["Location"] == "/frameworks"
    assert "Mosses" in (await stranger.get("/competencies?url=https://far.example/1&name=Moss")).text


async def test_a_communitys_competencies_and_paths_are_collections_of_its_actor(world, door):
    ada = await world.account("ada")
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    framework = await frameworks.start_framework(world.context, ada, garden.id, "Bryology")
    item = await frameworks.write_competency(world.context, ada, framework.id, Writing("Moss"))
    path = await paths.write_path(world.context, ada, PathDraft("Meet them", "", STEPS, community_id=garden.id))
    _, actor = await door.get(garden.uri)
    assert await door.items(actor["competencies"]) == [item.url]
    assert await door.items(actor["paths"]) == [path.uri]
    _, person = await door.get(ada.uri)
    assert "competencies" not in person
    assert (await door.get(f"{ada.uri}/competencies"))[0] == 404
