"""What helps at once: the best resource, the people who know, the path; nothing that is not for the viewer."""

from node.learning import paths, resources
from node.learning.best import Best, best_of, labels_of
from node.learning.resources import Sharing
from storage.records import PRIVATE
from tests.node.learning.test_paths import DRAFT
from tests.node.learning.test_questions import agree


async def find(world, viewer_id, text):
    return await world.context.database.read(best_of, world.context.site, viewer_id, text.split())


def test_words_name_competencies_alone_and_together():
    assert list(labels_of(["How", "plant", "ecology", "!"])) == ["how", "plant", "ecology", "howplant", "plantecology", "howplantecology"]
    assert labels_of(["?", "-"]) == {}


async def test_the_same_words_show_resource_people_and_path(world, ada):
    bob = await world.account("bob")
    await agree(world, ada)
    await resources.share(world.context, ada, Sharing("A film", "https://moss.example/", teaches="Moss"))
    path = await paths.write_path(world.context, ada, DRAFT)
    found = await find(world, bob.id, "about moss")
    assert (found.resource.title, found.path.post.id) == ("A film", path.id)
    assert [(account.name, reasons) for account, reasons in found.people] == [("ada", [("resources", "moss", 2)])]


async def test_people_are_named_to_members_alone_and_only_those_who_agreed(world, ada):
    bob = await world.account("bob")
    await resources.share(world.context, ada, Sharing("A film", "https://moss.example/", teaches="Moss"))
    assert (await find(world, bob.id, "moss")).people == []
    await agree(world, ada)
    assert (await find(world, 0, "moss")).people == ()


async def test_what_is_private_helps_nobody_else(world, ada):
    await resources.share(world.context, ada, Sharing("A film", "https://moss.example/", teaches="Moss", visibility=PRIVATE))
    assert await find(world, 0, "moss") == Best()
    assert (await find(world, ada.id, "moss")).resource.title == "A film"
