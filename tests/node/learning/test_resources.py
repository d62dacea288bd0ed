"""Resources are shared as pages that others can read, and revised."""

import pytest

from federation.facets import Resource
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import resources
from node.learning.resources import Sharing
from node.social import describing, documents
from node.social.facets import facets_of

GOOD = Sharing("Moss for all", "https://moss.example/", "A film.", "Moss", "CC0", 20, "2027-01-02")


async def test_a_resource_is_a_page_with_a_link_and_its_facet(world, ada):
    post = await resources.share(world.context, ada, GOOD)
    document = await world.context.database.write(describing.post_document, world.context.site, ada, post)
    assert (document["type"], document["name"]) == ("Page", "Moss for all")
    assert document["attachment"] == [{"type": "Link", "href": "https://moss.example/"}]
    (facet,) = document["learning"]
    assert (facet["type"], facet["license"], facet["minutes"], facet["reviewBy"]) == ("Resource", "CC0", 20, "2027-01-02T00:00:00Z")
    assert facet["teaches"][0]["targetName"] == "Moss"


async def test_it_goes_to_the_community_that_it_is_shared_with(world, ada):
    garden = await world.account("garden", kind="Group")
    post = await resources.share(world.context, ada, Sharing("Moss", "https://moss.example/", community_id=garden.id))
    assert post.audience_uri == garden.uri
    with pytest.raises(NotFound):
        await resources.share(world.context, ada, Sharing("Moss", "https://moss.example/", community_id=ada.id))


async def test_a_revision_says_what_is_newer_and_keeps_the_rest(world, ada):
    post = await resources.share(world.context, ada, GOOD)
    known = await world.context.database.read(resources.own_sharing, ada, post.id, world.context.site.origin)
    assert known == GOOD
    newer = Sharing("Moss for all", "https://moss.example/2", superseded_by="https://moss.example/3")
    changed = await resources.revise(world.context, ada, post.id, newer)
    assert facets_of(changed) == (Resource(superseded_by_uri="https://moss.example/3"),)
    assert [file["url"] for file in changed.files] == ["https://moss.example/2"]


@pytest.mark.parametrize(
    "sharing",
    [
        Sharing("", "https://moss.example/"),
        Sharing("x" * 201, "https://moss.example/"),
        Sharing("Moss", "javascript:alert(1)"),
        Sharing("Moss", ""),
        Sharing("Moss", "javascript:alert(1)", document_id=1),
        Sharing("Moss", "https://moss.example/", superseded_by="there"),
        Sharing("Moss", "https://moss.example/", review_by="soon"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_a_sentence(world, ada, sharing):
    with pytest.raises(BadInput):
        await resources.share(world.context, ada, sharing)


async def test_nobody_revises_somebody_elses(world, ada):
    post = await resources.share(world.context, ada, GOOD)
    bob = await world.account("bob")
    with pytest.raises(NotAllowed):
        await resources.revise(world.context, bob, post.id, GOOD)
    with pytest.raises(NotAllowed):
        await world.context.database.read(resources.own_sharing, bob, post.id, world.context.site.origin)
    plain = await world.post(ada, "Hello")
    with pytest.raises(NotFound):
        await world.context.database.read(resources.own_sharing, ada, plain.id, world.context.site.origin)


async def test_a_document_of_ones_own_is_shared_and_nobody_elses(world, ada):
    kept = await documents.upload(world.context, ada, b"%PDF-1.7 moss", "Moss, the book")
    post = await resources.share(world.context, ada, Sharing("Moss", document_id=kept.id))
    document = await world.context.database.write(describing.post_document, world.context.site, ada, post)
    (attached,) = document["attachment"]
    assert (attached["type"], attached["mediaType"], attached["name"]) == ("Document", "application/pdf", "Moss, the book")
    assert attached["url"].endswith(".pdf")
    known = await world.context.database.read(resources.own_sharing, ada, post.id, world.context.site.origin)
    assert (known.link, known.document_id) == ("", kept.id)
    bob = await world.account("bob")
    with pytest.raises(NotFound):
        await resources.share(world.context, bob, Sharing("Moss", document_id=kept.id))


async def test_a_link_gives_way_to_a_document(world, ada):
    post = await resources.share(world.context, ada, GOOD)
    kept = await documents.upload(world.context, ada, b"Moss grows on stones.", "Moss")
    changed = await resources.revise(world.context, ada, post.id, Sharing("Moss", document_id=kept.id))
    assert [(file["type"], file["media_type"]) for file in changed.files] == [("Document", "text/plain")]
