import pytest

from federation.errors import Malformed
from federation.records import Emoji, Mention
from federation.tags import QUOTE_REL, document_from_emoji, document_from_hashtag, document_from_mention, tags_from

BOB = "https://b.example/users/bob"


def test_tags_survive_the_wire():
    bob, bee = Mention(BOB, "@bob@b.example"), Emoji("bee", "https://a.example/bee.png")
    wire = [document_from_mention(bob), document_from_hashtag("Übung", "https://a.example/posts/1"), document_from_emoji(bee)]
    tags = tags_from(wire)
    assert (tags.mentions, tags.hashtags, tags.emojis) == ((bob,), ("Übung",), (bee,))
    assert wire[1]["href"] == "https://a.example/tags/%C3%BCbung"


def test_one_tag_is_no_list():
    assert tags_from({"type": "Hashtag", "name": "#test"}).hashtags == ("test",)
    assert tags_from({"type": "as:Mention", "href": BOB}).mentions == (Mention(BOB),)


def test_each_stands_once_as_first_written():
    tags = [
        {"type": "Hashtag", "name": "#CamelCase"},
        {"type": "Hashtag", "name": "camelcase"},
        {"type": "Mention", "href": BOB, "name": "@bob"},
    ]
    assert tags_from(tags).hashtags == ("CamelCase",)
    assert tags_from([tags[2], tags[2] | {"name": "other"}]).mentions == (Mention(BOB, "@bob"),)


@pytest.mark.parametrize("name", [None, "", "#", "#with white space", 7, ["#x"]])
def test_a_hashtag_that_nobody_can_link_is_left_out(name):
    assert tags_from({"type": "Hashtag", "name": name}).hashtags == ()


@pytest.mark.parametrize(
    "wrong", [{"icon": None}, {"icon": {"url": "data:x"}}, {"name": "::"}, {"name": ":a b:"}, {"name": ":<b>:"}, {"name": None}]
)
def test_an_emoji_needs_a_name_and_a_picture(wrong):
    emoji = {"type": "Emoji", "name": ":bee:", "icon": {"type": "Image", "url": "https://a.example/bee.png"}}
    assert tags_from(emoji).emojis == (Emoji("bee", "https://a.example/bee.png"),)
    assert tags_from(emoji | wrong).emojis == ()


def test_a_link_may_say_that_it_is_a_quote():
    link = {"type": "Link", "href": "https://a.example/posts/1", "rel": QUOTE_REL}
    assert tags_from(link).quote_uri == tags_from(link | {"rel": ["x", QUOTE_REL]}).quote_uri == "https://a.example/posts/1"
    assert tags_from(link | {"rel": "tag"}).quote_uri is None


def test_a_mention_without_an_address_is_left_out():
    assert tags_from([{"type": "Mention", "name": "@x@y"}, {"type": "Mention", "href": "acct:x@y"}, 7, None, "x"]).mentions == ()


def test_too_many_are_refused():
    mentions = [{"type": "Mention", "href": f"{BOB}{number}"} for number in range(101)]
    hashtags = [{"type": "Hashtag", "name": f"#t{number}"} for number in range(101)]
    assert len(tags_from(mentions[:100] + hashtags[:100]).mentions) == 100
    for many in (mentions, hashtags):
        with pytest.raises(Malformed):
            tags_from(many)
