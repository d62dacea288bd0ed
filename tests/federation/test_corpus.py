"""Documents of real servers and of the standards: each is read rightly, or refused by a named error."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from federation.activities import activity_from_document, embedded_activity
from federation.actors import actor_from_document, document_from_actor
from federation.audience import visibility_of
from federation.collections import items_from_document
from federation.errors import FederationError, Malformed
from federation.html import text_from_html
from federation.json import document_from_bytes
from federation.objects import document_from_post, post_from_document
from federation.records import ACTOR_TYPES, POST_TYPES, ActorDocument, PostDocument
from federation.webfinger import jrd_from_document

FOLDERS = (
    "lemmy-assets",
    "fediverse-pasture-inputs",
    "w3c-activitystreams",
    "swicg-examples",
    "gotosocial-docs-examples",
    "fedify-fixtures",
    "fep-examples",
    "fep-proofs",
    "nodeinfo-schemas",
    "openbadgeslib-fixtures",
    "w3c-vc-di-eddsa",
)
WITHOUT_ACTIVITYSTREAMS = ("nodeinfo-schemas", "openbadgeslib-fixtures", "w3c-vc-di-eddsa")
READERS: tuple[Callable, ...] = (activity_from_document, actor_from_document, post_from_document, items_from_document, jrd_from_document)


@dataclass(frozen=True)
class Post:
    """What a reader of one document must find in it."""

    author: str
    audience: str
    parent: str | None
    text: str  # how it begins
    more: tuple[tuple[str, object], ...] = ()


def post(author: str, audience: str, parent: str | None, text: str, **more: object) -> Post:
    return Post(author, audience, parent, text, tuple(more.items()))


FOLLOWERS = {  # the collections that these authors name in to or cc
    "https://mastodon.madrid/users/felix": "https://mastodon.madrid/users/felix/followers",
}
POSTS = {
    "lemmy/objects/page.json": post(
        "https://enterprise.lemmy.ml/u/picard",
        "public",
        None,
        "This is a post in the /c/tenforward community",
        title="Post title",
        audience_uri="https://enterprise.lemmy.ml/c/tenforward",
        language="fr",
        context_uri="https://enterprise.lemmy.ml/post/55143/context",
        source="This is a post in the /c/tenforward community",
    ),
    "lemmy/objects/comment.json": post(
        "https://enterprise.lemmy.ml/u/picard",
        "public",
        "https://enterprise.lemmy.ml/post/55143",
        "first comment!",
        title="",
        audience_uri="https://enterprise.lemmy.ml/c/tenforward",
    ),
    "lemmy/objects/private_message.json": post("https://enterprise.lemmy.ml/u/picard", "direct", None, "Hello hello, testing"),
    "mastodon/objects/note_1.json": post(
        "https://mastodon.madrid/users/felix",
        "unlisted",
        "https://mamot.fr/users/retiolus/statuses/107224244380204526",
        "@retiolus i have never been",
        language="en",
        context_uri=None,
        replies_uri="https://mastodon.madrid/users/felix/statuses/107224289116410645/replies",
        summary="",
    ),
    "mastodon/objects/note_2.json": post(
        "https://floss.social/users/kde",
        "public",
        "https://floss.social/users/kde/statuses/113306824627995724",
        "@kde@lemmy.kde.social",
        url="https://floss.social/@kde/113306831140126616",
        likes_uri="https://floss.social/users/kde/statuses/113306831140126616/likes",
    ),
    "mastodon/objects/page.json": post(
        "https://masto.qa.urbanwildlife.biz/users/mastodon", "public", None, "@tenforward Variable", language="it"
    ),
    "mastodon/activities/private_message.json": post(
        "https://mastodon.world/users/nutomic",
        "direct",
        "https://mastodon.world/users/nutomic/statuses/110854464248188528",
        "@nutomic@ds9.lemmy.ml 444",
    ),
    "pleroma/objects/note.json": post(
        "https://queer.hacktivis.me/users/lanodan",
        "unlisted",
        "https://enterprise.lemmy.ml/post/55143",
        "Have what?",
        sensitive=False,
        source=None,
        context_uri="https://queer.hacktivis.me/contexts/34cba3d2-2f35-4169-aeff-56af9bfeb753",
    ),
    "peertube/objects/note.json": post(
        "https://video.antopie.org/accounts/yoge6785555",
        "public",
        "https://bae.st/objects/87c1cbf5-542a-491d-af57-0414c8648381",
        "@af2@bae.st idk",
    ),
    "peertube/objects/video.json": post(
        "https://tilvids.com/accounts/thelinuxexperiment",
        "public",
        None,
        "Head to https://squarespace.com/thelinuxexperiment to save",
        language="en",
        type="Video",
        url="https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1",
        replies_uri="https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1/comments",
    ),
    "friendica/objects/note_1.json": post(
        "https://soc.schuerz.at/profile/jakob", "public", "https://lemmy.schuerz.at/post/25360", "@jakob test", language="de"
    ),
    "friendica/objects/note_2.json": post(
        "https://nerdica.net/profile/liwott",
        "public",
        "https://lemmy.ml/comment/167904",
        "Note that on #Friendica we",
        hashtags=("Friendica", "Lemmy"),
    ),
    "friendica/objects/page_1.json": post(
        "https://pirati.ca/profile/heluecht",
        "unlisted",
        None,
        "Expedition 66 astronauts",
        title="ISS astronauts perform final spacewalk of Expedition 66",
    ),
    "friendica/objects/page_2.json": post("https://pirati.ca/profile/heluecht", "unlisted", None, "Hello Lemmy!", type="Article"),
    "gnusocial/objects/note.json": post(
        "https://instance.gnusocial.test/actor/42",
        "public",
        "https://instance.gnusocial.test/object/note/1338",
        "yay ^^",
        context_uri="https://instance.gnusocial.test/conversation/1338",
    ),
    "gnusocial/objects/page.json": post(
        "https://instance.gnusocial.test/actor/42", "public", None, "This is an interesting page.", title="hello, world."
    ),
    "wordpress/objects/note.json": post(
        "https://pfefferle.org/author/pfefferle/",
        "public",
        "https://socialhub.activitypub.rocks/ap/object/ce040f1ead95964f6dbbf1084b81432d",
        "Nice! Hello",
    ),
    "wordpress/objects/page.json": post(
        "https://dbzer0.com/blog/author/db0/",
        "public",
        None,
        "I recently got my hands on a 3D printer",
        audience_uri="https://dbzer0.com/?author=0",
    ),
}

# what is done, by whom, to what
ACTIVITIES = {
    "lemmy/activities/community/announce_create_page.json": ("Announce", "http://enterprise.lemmy.ml/c/main", "Create"),
    "lemmy/activities/community/report_page.json": ("Flag", "http://ds9.lemmy.ml/u/lemmy_alpha", "http://enterprise.lemmy.ml/post/7"),
    "lemmy/activities/community/add_mod.json": ("Add", "http://enterprise.lemmy.ml/u/lemmy_beta", "http://ds9.lemmy.ml/u/lemmy_alpha"),
    "lemmy/activities/create_or_update/update_page.json": ("Update", "http://ds9.lemmy.ml/u/lemmy_alpha", "Page"),
    "lemmy/activities/deletion/undo_delete_page.json": ("Undo", "http://ds9.lemmy.ml/u/lemmy_alpha", "Delete"),
    "lemmy/activities/deletion/delete_user.json": ("Delete", "http://ds9.lemmy.ml/u/lemmy_alpha", "http://ds9.lemmy.ml/u/lemmy_alpha"),
    "lemmy/activities/following/accept.json": ("Accept", "http://enterprise.lemmy.ml/c/main", "Follow"),
    "lemmy/activities/block/block_user.json": ("Block", "http://enterprise.lemmy.ml/u/lemmy_beta", "http://ds9.lemmy.ml/u/lemmy_alpha"),
    "mastodon/activities/follow.json": ("Follow", "https://masto.asonix.dog/users/asonix", "https://ds9.lemmy.ml/c/testcom"),
    "mastodon/activities/delete.json": ("Delete", "https://mastodon.madrid/users/felix", "Tombstone"),
    "mastodon/activities/flag.json": ("Flag", "https://mastodon.example/actor", "https://example.com/users/1"),
    "mastodon/activities/create_note.json": ("Create", "https://mastodon.madrid/users/felix", "Note"),
    "friendica/activities/dislike_page.json": (
        "Dislike",
        "https://pirati.ca/profile/heluecht",
        "https://pirati.ca/objects/ec054ce7-2062-3bfa-8687-ca8313624820",
    ),
    "peertube/activities/announce_video.json": (
        "Announce",
        "https://tilvids.com/video-channels/thelinuxexperiment_channel",
        "https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1",
    ),
    "wordpress/activities/announce.json": ("Announce", "https://pfefferle.org/@pfefferle.org", "Update"),
}
ACTORS = {
    "lemmy/objects/person.json": ("Person", "picard", "https://enterprise.lemmy.ml/inbox"),
    "lemmy/objects/group.json": ("Group", "tenforward", "https://enterprise.lemmy.ml/inbox"),
    "mastodon/objects/person.json": ("Person", "mastodon", "https://masto.qa.urbanwildlife.biz/inbox"),
    "pleroma/objects/person.json": ("Person", "lanodan", "https://queer.hacktivis.me/inbox"),
    "peertube/objects/person.json": ("Person", "thelinuxexperiment", "https://tilvids.com/inbox"),
    "friendica/objects/person_2.json": ("Organization", "informapirata", "https://poliverso.org/inbox"),
    "gnusocial/objects/person.json": ("Person", "diogo", "https://instance.gnusocial.test/inbox.json"),
    "wordpress/objects/group.json": ("Group", "dbzer0.com", "https://dbzer0.com/wp-json/activitypub/1.0/inbox"),
    "wordpress/objects/person.json": ("Person", "matthias", "https://pfefferle.org/wp-json/activitypub/1.0/inbox"),
}
UNREADABLE = {"lemmy/objects/tombstone.json": "Tombstone", "pleroma/objects/chat_message.json": "ChatMessage"}


def real(vectors: Path, name: str) -> dict[str, object]:
    return document_from_bytes((vectors / "lemmy-assets" / name).read_bytes())


@pytest.mark.parametrize("name", POSTS)
def test_a_post_of_a_real_server_is_read_rightly(vectors, name):
    expected, found = POSTS[name], post_from_document(real(vectors, name))
    assert found.author_uri == expected.author
    assert visibility_of(found.to, found.cc, FOLLOWERS.get(found.author_uri)) == expected.audience
    assert found.in_reply_to_uri == expected.parent
    assert text_from_html(found.content).startswith(expected.text)
    assert {field: getattr(found, field) for field, _ in expected.more} == dict(expected.more)
    assert found.published is not None


@pytest.mark.parametrize("name", ACTIVITIES)
def test_an_activity_of_a_real_server_is_read_rightly(vectors, name):
    kind, actor, target = ACTIVITIES[name]
    found = activity_from_document(real(vectors, name))
    assert (found.type, found.actor_uri) == (kind, actor)
    assert target in (found.object_uri, found.object_type)


@pytest.mark.parametrize("name", ACTORS)
def test_an_actor_of_a_real_server_is_read_rightly(vectors, name):
    found = actor_from_document(real(vectors, name))
    assert (found.type, found.name, found.shared_inbox) == ACTORS[name]
    assert found.keys[0].owner_uri == found.uri
    assert found.inbox


def test_each_of_the_servers_documents_is_understood(vectors):
    for file in sorted((vectors / "lemmy-assets").rglob("*.json")):
        document = document_from_bytes(file.read_bytes())
        name = file.relative_to(vectors / "lemmy-assets").as_posix()
        kind = document["type"]
        if name in UNREADABLE:
            assert kind == UNREADABLE[name]
            with pytest.raises(Malformed):
                post_from_document(document)
        elif "Collection" in str(kind):
            assert items_from_document(document)
        elif kind in ACTOR_TYPES:
            assert actor_from_document(document).uri == document["id"]
        elif kind in POST_TYPES:
            assert post_from_document(document).uri == document["id"]
        else:
            assert activity_from_document(document).uri == document["id"]


def test_a_groups_announcement_holds_the_members_activity(vectors):
    create = embedded_activity(activity_from_document(real(vectors, "lemmy/activities/community/announce_create_page.json")))
    assert create is not None
    assert (create.type, create.actor_uri, create.object_type) == ("Create", "http://enterprise.lemmy.ml/u/lemmy_beta", "Page")


def test_gotosocials_votes_and_deletions(vectors):
    examples = json.loads((vectors / "gotosocial-docs-examples/federation/posts.examples.json").read_text())
    create, delete = activity_from_document(examples[1]["json"]), activity_from_document(examples[2]["json"])
    assert [post_from_document(vote).vote for vote in create.objects] == ["tissues", "financial times"]
    assert delete.uri == f"{delete.object_uri}#delete"


@pytest.mark.parametrize("kind", ["Note", "Article"])
def test_the_pastures_inputs_are_read_or_refused(vectors, kind):
    """Each example as the note that the pasture would make of it; what lacks id, author or type is refused, all others are read."""
    inputs = json.loads((vectors / "fediverse-pasture-inputs/inputs.json").read_text())
    whole = {"id": "http://pasture-one-actor/object", "type": kind, "attributedTo": "http://pasture-one-actor/actor", "content": ""}
    refused = []
    for page in inputs.values():
        for example in page["examples"]:
            try:
                found = post_from_document(whole | example)
            except Malformed:
                refused.append(example["content"])
                continue
            assert found.author_uri == "http://pasture-one-actor/actor"
            assert "<script" not in found.content
    assert sorted(set(refused) - {"content", ""}) == ["without attributedTo", "without id", "without type"]


def test_quotes_and_public_addressing_of_the_pasture(vectors):
    inputs = json.loads((vectors / "fediverse-pasture-inputs/inputs.json").read_text())
    whole = {"id": "http://pasture-one-actor/object", "type": "Note", "attributedTo": "http://pasture-one-actor/actor"}
    quotes = {post_from_document(whole | example).quote_uri for example in inputs["quotes"]["examples"]}
    assert quotes == {"http://pasture-one-actor/assets/note1.jsonap"}
    public = [post_from_document(whole | example) for example in inputs["public_addressing"]["examples"]]
    assert [visibility_of(post.to, post.cc, None) for post in public] == ["public"] * 3


def every_object(value: object) -> Iterator[dict[str, object]]:
    """All objects in a JSON value, contexts aside."""
    level = [value]
    while level:
        yield from (node for node in level if isinstance(node, dict))
        level = [child for node in level for child in children(node)]


def children(node: object) -> list[object]:
    if isinstance(node, dict):
        return [value for name, value in node.items() if name != "@context"]
    return node if isinstance(node, list) else []


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_in_the_corpus_crashes_a_reader_and_what_is_read_survives_the_wire(vectors, folder):
    read = 0
    for file in sorted((vectors / folder).rglob("*.json")):
        for document in every_object(json_of(file)):
            read += sum(read_or_refused(reader, document) for reader in READERS)
    assert read > 0 or folder in WITHOUT_ACTIVITYSTREAMS


def json_of(file: Path) -> object:
    """What a file holds, be it an object or a list of examples; some hold on purpose what is no JSON."""
    try:
        return json.loads(file.read_bytes())
    except ValueError:
        with pytest.raises(Malformed):
            document_from_bytes(file.read_bytes())
        return None


def read_or_refused(reader: Callable, document: dict[str, object]) -> bool:
    """Whether it was read; anything but a FederationError fails the test."""
    try:
        found = reader(document)
    except FederationError:
        return False
    if isinstance(found, PostDocument):
        assert post_from_document(document_from_bytes(orjson.dumps(document_from_post(found)))) == found
    if isinstance(found, ActorDocument):
        assert actor_from_document(document_from_bytes(orjson.dumps(document_from_actor(found)))) == found
    return True
