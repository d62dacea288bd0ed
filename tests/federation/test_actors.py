from datetime import UTC, datetime

import pytest

from federation.actors import actor_from_document, document_from_actor
from federation.errors import Malformed
from federation.records import ActorDocument, Emoji, KeyDocument, ProfileField

ADA = "https://a.example/users/ada"
RSA = KeyDocument(f"{ADA}#main-key", ADA, "rsa", "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----\n")
ED25519 = KeyDocument(f"{ADA}#ed25519", ADA, "ed25519", "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")
PERSON = {"id": ADA, "type": "Person", "preferredUsername": "ada", "inbox": f"{ADA}/inbox"}
WHOLE = ActorDocument(
    uri=ADA,
    type="Person",
    name="ada",
    inbox=f"{ADA}/inbox",
    display_name="Ada <3 & :bee:",
    summary="<p>Numbers &amp; looms</p>",
    url="https://a.example/@ada",
    outbox=f"{ADA}/outbox",
    followers=f"{ADA}/followers",
    following=f"{ADA}/following",
    featured=f"{ADA}/featured",
    shared_inbox="https://a.example/inbox",
    icon_url="https://a.example/media/ada.png",
    image_url="https://a.example/media/loom.png",
    icon_alt="a portrait",
    image_alt="a loom",
    fields=(ProfileField("Site", '<a href="https://ada.example/" rel="nofollow noopener noreferrer ugc">ada.example</a>'),),
    emojis=(Emoji("bee", "https://a.example/emoji/bee.png"),),
    locked=True,
    discoverable=True,
    indexable=True,
    suspended=True,
    memorial=True,
    also_known_as=("https://old.example/users/ada",),
    moved_to="https://new.example/users/ada",
    webfinger="ada@a.example",
    keys=(RSA, ED25519),
    published=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    updated=datetime(2024, 2, 2, 3, 4, 5, 600000, tzinfo=UTC),
)


def test_an_actor_survives_the_wire():
    assert actor_from_document(document_from_actor(WHOLE)) == WHOLE


def test_a_group_survives_the_wire_with_its_moderators():
    group = ActorDocument(
        uri=ADA, type="Group", name="looms", inbox=f"{ADA}/inbox", moderators=f"{ADA}/moderators", posting_restricted=True, keys=(RSA,)
    )
    assert actor_from_document(document_from_actor(group)) == group


def test_what_others_look_for_is_where_they_look():
    document = document_from_actor(WHOLE)
    assert document["publicKey"] == {"id": RSA.uri, "owner": ADA, "publicKeyPem": RSA.encoded}
    assert document["assertionMethod"] == [
        {"id": ED25519.uri, "type": "Multikey", "controller": ADA, "publicKeyMultibase": ED25519.encoded}
    ]
    assert document["endpoints"] == {"sharedInbox": "https://a.example/inbox"}
    assert document["webfinger"] == "ada@a.example"
    assert document["attachment"][0]["type"] == "PropertyValue"


def test_the_least_that_an_actor_must_say():
    actor = actor_from_document(PERSON)
    assert actor == ActorDocument(uri=ADA, type="Person", name="ada", inbox=f"{ADA}/inbox")


@pytest.mark.parametrize("kind", ["Person", "Group", "Service", "Application", "Organization"])
def test_every_kind_of_actor_is_read(kind):
    assert actor_from_document(PERSON | {"type": kind}).type == kind


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Note"},
        {"type": None},
        {"id": None},
        {"inbox": None},
        {"inbox": "ftp://a.example/"},
        {"preferredUsername": ""},
        {"preferredUsername": "ada@evil.example"},
        {"preferredUsername": "a da"},
        {"preferredUsername": "a/../b"},
        {"preferredUsername": ["ada"]},
        {"preferredUsername": "x" * 201},
        {"attachment": [{"type": "PropertyValue", "name": "n", "value": "v"}] * 21},
        {"summary": "x" * 600_000},
    ],
)
def test_what_cannot_be_an_actor_is_refused(wrong):
    with pytest.raises(Malformed):
        actor_from_document(PERSON | wrong)


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("https://a.example/users/ada", "ada"),
        ("https://a.example/users/ada/", "ada"),
        ("https://a.example/", "a.example"),
        ("https://a.example", "a.example"),
        ("https://a.example/users/a%20da", "a.example"),
        ("https://a.example/@ada@evil.example", "a.example"),
        ("https://[::1]:8443/?name=ada", "--1"),
    ],
)
def test_who_has_no_preferred_username_is_called_by_the_end_of_their_id_or_by_their_host(uri, name):
    nameless = {key: value for key, value in PERSON.items() if key != "preferredUsername"}
    assert actor_from_document(nameless | {"id": uri}).name == name
    assert actor_from_document(nameless | {"id": uri, "preferredUsername": None}).name == name


def test_pictures_come_in_many_shapes_and_the_widest_is_taken():
    small, large = {"url": "https://a.example/s.png", "width": 48}, {"url": "https://a.example/l.png", "width": 120, "name": "Ada"}
    assert actor_from_document(PERSON | {"icon": [small, large]}).icon_url == "https://a.example/l.png"
    assert actor_from_document(PERSON | {"icon": [small, large]}).icon_alt == "Ada"
    assert actor_from_document(PERSON | {"icon": "https://a.example/x.png"}).icon_url == "https://a.example/x.png"
    assert (
        actor_from_document(PERSON | {"icon": {"type": "Image", "url": {"href": "https://a.example/y.png"}}}).icon_url
        == "https://a.example/y.png"
    )
    assert actor_from_document(PERSON | {"icon": {"type": "Image", "url": None}}).icon_url is None


def test_a_profile_is_sanitised():
    fields = [
        {"type": "PropertyValue", "name": "x", "value": "<script>1</script><b>v</b>"},
        {"type": "PropertyValue", "name": "y", "value": 7},
    ]
    actor = actor_from_document(PERSON | {"summary": "<p onclick=x>hi</p>", "attachment": fields, "name": "A\0da"})
    assert (actor.summary, actor.fields, actor.display_name) == ("<p>hi</p>", (ProfileField("x", "<b>v</b>"),), "Ada")


def test_a_key_that_names_another_owner_or_another_origin_is_left_out():
    mine = {"id": RSA.uri, "owner": ADA, "publicKeyPem": RSA.encoded}
    assert actor_from_document(PERSON | {"publicKey": mine}).keys == (RSA,)
    assert actor_from_document(PERSON | {"publicKey": mine | {"owner": "https://a.example/users/bob"}}).keys == ()
    assert actor_from_document(PERSON | {"publicKey": mine | {"id": "https://b.example/key"}}).keys == ()
    assert actor_from_document(PERSON | {"publicKey": [mine, "https://a.example/key2", {"id": RSA.uri}]}).keys == (RSA,)


def test_only_ed25519_multikeys_are_taken():
    multikey = {"id": ED25519.uri, "type": "Multikey", "controller": ADA, "publicKeyMultibase": ED25519.encoded}
    assert actor_from_document(PERSON | {"assertionMethod": multikey}).keys == (ED25519,)
    assert actor_from_document(PERSON | {"assertionMethod": [multikey | {"publicKeyMultibase": "z4MXj1wBzi9j"}, ED25519.uri]}).keys == ()
    assert actor_from_document(PERSON | {"assertionMethod": multikey | {"controller": "https://a.example/users/eve"}}).keys == ()
    dated = actor_from_document(PERSON | {"assertionMethod": multikey | {"expires": "2030-01-01T00:00:00Z"}})
    assert dated.keys[0].expires == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("ada@a.example", "ada@a.example"),
        ("acct:ada@a.example", "ada@a.example"),
        ("@ada@a.example:8420", "ada@a.example:8420"),
        ("ada", None),
        (7, None),
    ],
)
def test_the_webfinger_address_is_a_handle_or_nothing(stated, read):
    assert actor_from_document(PERSON | {"webfinger": stated}).webfinger == read


def test_flags_are_true_only_where_they_say_true():
    actor = actor_from_document(PERSON | {"discoverable": "true", "indexable": 1, "manuallyApprovesFollowers": None})
    assert (actor.discoverable, actor.indexable, actor.locked) == (False, False, False)
