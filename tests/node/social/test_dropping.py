"""Files that go, while somebody gives the same ones again."""

from io import BytesIO

import pytest
from PIL import Image

from node.errors import NotFound
from node.social import media
from tests import buckets

pytestmark = pytest.mark.parametrize("media_store", buckets.STORES)


@pytest.fixture
def picture():
    out = BytesIO()
    Image.new("RGB", (1200, 900), "seagreen").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def store(world):
    return world.context.stores.media


@pytest.fixture
def beside(store, monkeypatch):
    """beside("delete", deed): the deed is done whole just before the store deletes next; beside("put", deed): just after it has put."""

    def interleave(name, deed):
        real = getattr(type(store), name)

        async def both(self, *arguments):
            monkeypatch.setattr(type(store), name, real)
            if name == "put":
                await real(self, *arguments)
                await deed()
            else:
                await deed()
                await real(self, *arguments)

        monkeypatch.setattr(type(store), name, both)

    return interleave


async def test_a_file_that_nobody_has_is_gone_and_one_that_somebody_has_stays(world, ada, eve, picture, store):
    first, second = [await media.upload(world.context, who, picture) for who in (ada, eve)]
    for who, found, stays in ((ada, first, True), (eve, second, False)):
        await media.remove(world.context, who, found.id)
        await world.work()
        assert (await store.find(found.file) is not None) == stays
    with pytest.raises(NotFound):
        await store.get(first.file)


async def test_what_is_given_again_while_its_last_copy_is_dropped_stays(world, ada, eve, picture, store, beside):
    first = await media.upload(world.context, ada, picture)
    before = {name: await store.get(name) for name in (first.file, first.preview)}
    await media.remove(world.context, ada, first.id)
    beside("delete", lambda: media.upload(world.context, eve, picture))
    await world.work()
    assert {name: await store.get(name) for name in before} == before


async def test_what_is_dropped_between_a_file_and_its_note_is_there_in_the_end(world, ada, eve, picture, store, beside):
    first = await media.upload(world.context, ada, picture)
    before = {name: await store.get(name) for name in (first.file, first.preview)}
    await media.remove(world.context, ada, first.id)
    beside("put", world.work)
    await media.upload(world.context, eve, picture)
    assert {name: await store.get(name) for name in before} == before
