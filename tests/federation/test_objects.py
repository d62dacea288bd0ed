from datetime import UTC, datetime

import pytest

from federation.contexts import ACTIVITY, POST_TERMS
from federation.errors import Malformed
from federation.objects import author_from, document_from_post, post_from_document
from federation.records import (
    POST_TYPES,
    PUBLIC,
    Attachment,
    Emoji,
    EventDetails,
    Mention,
    Poll,
    PollOption,
    PostDocument,
)

ADA = "https://a.example/users/ada"
BOB = "https://b.example/users/bob"
NOTE = {"id": "https://a.example/posts/1", "type": "Note", "attributedTo": ADA, "content": "<p>Hello</p>", "to": [PUBLIC]}
WHOLE = PostDocument(
    uri="https://a.example/posts/1",
    type="Article",
    author_uri=ADA,
    content="<p>Prime numbers, <b>explained</b> &amp; drawn</p>",
    to=(PUBLIC,),
    cc=(f"{ADA}/followers", BOB),
    audience_uri="https://c.example/c/maths",
    title="Primes & <friends>",
    summary="a < b, R&D <b>",
    sensitive=True,
    url="https://a.example/@ada/1",
    in_reply_to_uri="https://b.example/posts/7",
    context_uri="https://b.example/contexts/7",
    replies_uri="https://a.example/posts/1/replies",
    likes_uri="https://a.example/posts/1/likes",
    shares_uri="https://a.example/posts/1/shares",
    quote_uri="https://b.example/posts/9",
    published=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
    updated=datetime(2026, 1, 3, tzinfo=UTC),
    language="pt-BR",
    source="Prime numbers, **explained** & drawn",
    attachments=(Attachment("Image", "https://a.example/media/1.png", "image/png", "a sieve", 640, 480, "UKO2", (0.0, -0.5)),),
    mentions=(Mention(BOB, "@bob@b.example"),),
    hashtags=("Primes", "maths"),
    emojis=(Emoji("bee", "https://a.example/emoji/bee.png"),),
    comments_enabled=False,
    interaction_policy={"canQuote": {"automaticApproval": [PUBLIC]}},
    learning=({"type": "Reflection", "goal": "https://a.example/posts/0"},),
    proof={"type": "DataIntegrityProof", "proofValue": "z1"},
)


def with_(**changed):
    return post_from_document(NOTE | changed)


def test_a_post_survives_the_wire():
    assert post_from_document(document_from_post(WHOLE)) == WHOLE


@pytest.mark.parametrize(
    "post",
    [
        PostDocument("https://a.example/posts/1", "Note", ADA, "<p>x</p>"),
        PostDocument("https://a.example/posts/1", "Note", ADA, "", attachments=(Attachment("Image", "https://a.example/1.png"),)),
        PostDocument("https://a.example/p/1", "Question", ADA, "<p>?</p>", poll=Poll((PollOption("a", 1), PollOption("b")), multiple=True)),
        PostDocument(
            "https://a.example/p/1",
            "Event",
            ADA,
            "<p>!</p>",
            title="Walk",
            event=EventDetails(datetime(2026, 5, 1, tzinfo=UTC), None, "Park"),
        ),
        PostDocument("https://a.example/p/1", "Note", ADA, "", in_reply_to_uri="https://b.example/polls/1", vote="yes", to=(BOB,)),
    ],
)
def test_each_kind_survives_the_wire(post):
    assert post_from_document(document_from_post(post)) == post


def test_what_others_look_for_is_where_they_look():
    document = document_from_post(WHOLE)
    assert POST_TERMS["learning"] == document["@context"][2]["learning"]
    assert document["contentMap"] == {"pt-BR": WHOLE.content}
    assert document["source"] == {"content": WHOLE.source, "mediaType": "text/markdown"}
    assert document["quote"] == document["quoteUri"] == WHOLE.quote_uri
    assert [tag["type"] for tag in document["tag"]] == ["Mention", "Hashtag", "Hashtag", "Emoji"]
    plain = document_from_post(PostDocument("https://a.example/posts/1", "Note", ADA, "<p>x</p>"))
    assert plain["@context"] == [*ACTIVITY, {"sensitive": "as:sensitive"}]
    assert (plain["attachment"], plain["tag"], plain["sensitive"]) == ([], [], False)
    assert not plain.keys() & {"inReplyTo", "summary", "learning", "proof", "commentsEnabled", "contentMap"}


def test_a_vote_goes_out_without_a_text():
    vote = PostDocument("https://a.example/p/1", "Note", ADA, "", in_reply_to_uri="https://b.example/polls/1", vote="yes", to=(BOB,))
    assert document_from_post(vote).keys() == {"@context", "id", "type", "attributedTo", "to", "cc", "name", "inReplyTo"}


@pytest.mark.parametrize("kind", POST_TYPES)
def test_every_kind_keeps_its_title_and_its_text(kind):
    post = with_(type=kind, name="A <title>", summary="<p>In short</p>")
    assert (post.type, post.title, post.content, post.summary) == (kind, "A <title>", "<p>Hello</p>", "In short")


@pytest.mark.parametrize("kind", [None, 7, "Person", "Create", "ChatMessage", "Tombstone", "Place", [], {}])
def test_what_is_no_post_is_refused(kind):
    with pytest.raises(Malformed):
        with_(type=kind)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": 4},
        {"attributedTo": None},
        {"attributedTo": {}},
        {"attributedTo": "ada"},
        {"content": "x" * 600_000},
        {"content": "<b>" * 20_000},
        {"contentMap": {"en": "x" * 600_000}, "content": None},
        {"summary": "x" * 600_000},
        {"to": [BOB] * 1001},
        {"attachment": ["https://a.example/"] * 33},
        {"tag": [{"type": "Mention", "href": BOB}] * 101},
    ],
)
def test_over_a_limit_or_without_what_a_post_needs_it_is_refused(wrong):
    with pytest.raises(Malformed):
        with_(**wrong)


def test_the_author_comes_in_many_shapes():
    person, group = {"type": "Person", "id": ADA}, {"type": "Group", "id": "https://a.example/c/films"}
    for stated in (ADA, [ADA], person, [person, group], [group, person], [ADA, BOB]):
        assert author_from({"attributedTo": stated}) == ADA
    assert author_from({"attributedTo": group}) == group["id"]
    assert author_from({"actor": ADA}) == ADA
    assert author_from({"attributedTo": ADA, "actor": BOB}) == ADA


@pytest.mark.parametrize(
    ("stated", "content", "language"),
    [
        ({"content": "text"}, "text", None),
        ({"content": "text", "contentMap": {"de": "Deutsch"}}, "text", "de"),
        ({"content": "text", "contentMap": {"en": "English", "de": "text"}}, "text", "de"),
        ({"content": "text", "contentMap": {"en": "English", "de": "Deutsch"}}, "text", None),
        ({"content": "text", "contentMap": "text"}, "text", None),
        ({"content": None, "contentMap": {"de": "Deutsch", "en": "English"}}, "Deutsch", "de"),
        ({"content": "", "contentMap": {"de": None, "en": "English"}}, "English", "en"),
        ({"content": "text", "language": {"identifier": "fr", "name": "Français"}}, "text", "fr"),
        ({"content": "text", "contentMap": {"und": "text"}}, "text", None),
        ({"content": 42, "contentMap": [7]}, "", None),
    ],
)
def test_text_and_language(stated, content, language):
    post = with_(**stated)
    assert (post.content, post.language) == (content, language)


def test_plain_text_becomes_html():
    assert with_(content="a <b>\n\nc", mediaType="text/markdown").content == "<p>a &lt;b&gt;</p><p>c</p>"
    assert with_(content="<b>a</b>", mediaType="text/html").content == "<b>a</b>"


def test_a_post_without_a_text_gets_its_title_or_link():
    link = {"attachment": {"type": "Link", "href": "https://n.example/story"}, "content": None}
    assert ">A story</a>" in with_(type="Page", name="A story", **link).content
    assert 'href="https://n.example/story"' in with_(type="Page", name="A story", **link).content
    assert with_(type="Page", name="Only a title", content=None).content == "<p>Only a title</p>"
    assert 'href="https://a.example/@ada/1"' in with_(type="Video", content=None, url="https://a.example/@ada/1").content
    assert with_(content=None, attachment={"type": "Image", "url": "https://a.example/1.png"}).content == ""


def test_a_note_that_only_names_an_answer_is_a_vote():
    vote = with_(content=None, name="Option 1", inReplyTo="https://b.example/polls/1", to=BOB)
    assert (vote.vote, vote.title, vote.content, vote.in_reply_to_uri) == ("Option 1", "", "", "https://b.example/polls/1")
    assert with_(content=None, name="Option 1").vote is None
    assert with_(type="Article", content=None, name="Option 1", inReplyTo="https://b.example/polls/1").vote is None


@pytest.mark.parametrize(
    ("stated", "parent"),
    [
        ("https://b.example/1", "https://b.example/1"),
        (["https://b.example/1", "https://b.example/2"], "https://b.example/1"),
        ({"type": "Link", "href": "https://b.example/1"}, "https://b.example/1"),
        ({"type": "Note", "id": "https://b.example/1"}, "https://b.example/1"),
        ({"type": "Collection", "items": [BOB]}, None),
        (None, None),
        ("", None),
    ],
)
def test_the_parent_comes_in_many_shapes(stated, parent):
    assert with_(inReplyTo=stated).in_reply_to_uri == parent


@pytest.mark.parametrize("name", ["quote", "quoteUri", "quoteUrl", "_misskey_quote"])
def test_a_quote_has_many_names(name):
    assert with_(**{name: "https://b.example/9"}).quote_uri == "https://b.example/9"


def test_a_conversation_has_many_names_and_tags_are_none():
    assert with_(context="https://b.example/c/1", conversation="tag:b.example,2024:1").context_uri == "https://b.example/c/1"
    assert with_(conversation="https://b.example/c/2").context_uri == "https://b.example/c/2"
    assert with_(conversation="tag:b.example,2024:1").context_uri is None


def test_embedded_collections_are_their_ids():
    replies = {"id": "https://a.example/posts/1/replies", "type": "Collection", "first": {"type": "CollectionPage", "items": []}}
    assert with_(replies=replies).replies_uri == replies["id"]


def test_only_markdown_counts_as_source():
    assert with_(source={"content": "*x*", "mediaType": "text/markdown"}).source == "*x*"
    for other in (
        "*x*",
        {"content": "x", "mediaType": "text/bbcode"},
        {"content": "x"},
        {"content": None, "mediaType": "text/markdown"},
        [7],
    ):
        assert with_(source=other).source is None


def test_nothing_becomes_true_by_accident():
    for stated in (None, "true", 1, [], {}):
        assert with_(sensitive=stated).sensitive is False
        assert with_(commentsEnabled=stated).comments_enabled is True
    assert with_(sensitive=True).sensitive is True
    assert with_(commentsEnabled=False).comments_enabled is False


def test_facets_are_capped_and_only_objects():
    assert with_(learning=[{"type": "Goal"}, "x", None]).learning == ({"type": "Goal"},)
    assert with_(learning={"type": "Goal"}).learning == ({"type": "Goal"},)
    assert len(with_(learning=[{"type": "Goal"}] * 50).learning) == 16
