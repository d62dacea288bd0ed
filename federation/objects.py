"""Posts of any kind, read from the wire and written to it."""

from federation.attachments import attachments_from, document_from_attachment
from federation.audience import addressees_of
from federation.contexts import context_of_post
from federation.errors import Malformed
from federation.events import document_from_event, event_from
from federation.html import MAX_LENGTH, clean_html, html_from_link, html_from_text, text_from_html, wire_summary
from federation.links import page_url
from federation.polls import document_from_poll, poll_from, vote_from
from federation.reading import (
    as_list,
    as_mapping,
    date_from,
    first_of_map,
    group_from,
    language_from,
    mappings,
    named_text,
    require_uri,
    searchers_from,
    text_from,
    type_from,
    types_from,
    uri_from,
    wire_date,
)
from federation.records import POST_TYPES, Attachment, Document, PostDocument, PostType
from federation.tags import document_from_emoji, document_from_hashtag, document_from_mention, tags_from

MAX_TITLE = 1_000
MAX_SUMMARY = 5_000
MAX_FACETS = 16
TEXT_TYPES = ("text/plain", "text/markdown", "text/x.misskeymarkdown")
CONTEXT_NAMES = ("context", "conversation", "inConversation")
QUOTE_NAMES = ("quote", "quoteUri", "quoteUrl", "_misskey_quote")


def post_from_document(document: Document) -> PostDocument:
    """The post that a JSON object states (ActivityStreams Core, "Object"). Raises Malformed.

    Nothing in it is proven yet: that author and id share an origin is for the caller to check.
    """
    kind = type_from(document, POST_TYPES)
    if kind is None:
        raise Malformed(f"no type that is a post: {', '.join(types_from(document))[:100] or 'none'}")
    uri = require_uri(document, "id")
    url = page_url(document.get("url"), uri)
    to, cc = addressees_of(document)
    title = named_text(document, "name", MAX_TITLE)
    tags = tags_from(document.get("tag"))
    attachments = attachments_from(document, kind)
    vote = vote_from(document) if kind == "Note" else None
    content, language = _content(document)
    if not content and vote is None:
        content = _stand_in(kind, title, url, attachments)
    return PostDocument(
        uri=uri,
        type=kind,
        author_uri=author_from(document),
        content=content,
        to=to,
        cc=cc,
        audience_uri=group_from(document.get("audience")),
        title="" if vote else title,
        summary=_summary(document),
        sensitive=document.get("sensitive") is True,
        url=url,
        in_reply_to_uri=uri_from(document.get("inReplyTo")),
        context_uri=_first_uri(document, CONTEXT_NAMES),
        replies_uri=_first_uri(document, ("replies", "comments")),
        likes_uri=uri_from(document.get("likes")),
        shares_uri=uri_from(document.get("shares")),
        quote_uri=_first_uri(document, QUOTE_NAMES) or tags.quote_uri,
        quote_stamp_uri=uri_from(document.get("quoteAuthorization")),
        published=date_from(document.get("published")),
        updated=date_from(document.get("updated")),
        language=language,
        source=_markdown(document.get("source")),
        attachments=attachments,
        mentions=tags.mentions,
        hashtags=tags.hashtags,
        emojis=tags.emojis,
        poll=poll_from(document) if kind == "Question" else None,
        event=event_from(document) if kind == "Event" else None,
        vote=vote,
        comments_enabled=document.get("commentsEnabled") is not False,
        interaction_policy=as_mapping(document.get("interactionPolicy")) or None,
        searchable_by=searchers_from(document),
        learning=_facets(document),
        migrated_from=uri_from(document.get("migratedFrom")),
        proof=as_mapping(document.get("proof")) or None,
    )


def _facets(document: Document) -> tuple[Document, ...]:
    """What the post means for learning. BadgeFed attaches an Open Badges 2.0 assertion: that is an achievement, too."""
    stated = mappings(document.get("learning"))
    claims = [item for item in mappings(document.get("attachment")) if "Assertion" in types_from(item)][:1]
    return tuple([*stated, *({"type": "Achievement", "credential": claim} for claim in claims)][:MAX_FACETS])


def author_from(document: Document) -> str:
    """Who wrote it: of several the first that is no Group (PeerTube names person and channel). Raises Malformed."""
    stated = as_list(document.get("attributedTo"))
    people = [item for item in stated if not (isinstance(item, dict) and "Group" in types_from(item))]
    author = uri_from(people) or uri_from(stated) or uri_from(document.get("actor"))  # Pleroma says actor too, and old ones nothing else
    if author is None:
        raise Malformed("attributedTo is missing or no http(s) address")
    return author


def _content(document: Document) -> tuple[str, str | None]:
    """The text as clean HTML, and its language. Raises Malformed over the limits of html.clean_html."""
    stated = document.get("content")
    by_language = as_mapping(document.get("contentMap"))
    if isinstance(stated, str) and stated:
        text, language = stated, _language_of(stated, by_language)
    else:
        language, text = first_of_map(by_language)
    is_text = document.get("mediaType") in TEXT_TYPES
    return html_from_text(text) if is_text else clean_html(text), language or _named_language(document.get("language"))


def _language_of(content: str, by_language: Document) -> str | None:
    """The language that contentMap says a text is in; Friendica's texts there differ a little from `content`."""
    for language, text in by_language.items():
        if text == content or len(by_language) == 1:
            return language_from(language)
    return None


def _named_language(value: object) -> str | None:
    """`language`: a tag, or Lemmy's and PeerTube's {identifier, name}."""
    return language_from(value) or language_from(as_mapping(value).get("identifier"))


def _stand_in(kind: PostType, title: str, url: str | None, attachments: tuple[Attachment, ...]) -> str:
    """A text for a post that brought none: a Lemmy link thread has only a title and a link; a Note may be nothing but a picture."""
    link = next((attachment.url for attachment in attachments if attachment.type == "Link"), None)
    target = link or (url if kind != "Note" else None)
    return html_from_link(target, title) if target else html_from_text(title)


def _summary(document: Document) -> str:
    """HTML by the standard, text in Mastodon; text for us."""
    stated = document.get("summary") or first_of_map(document.get("summaryMap"))[1]
    return text_from(text_from_html(stated), MAX_SUMMARY) if isinstance(stated, str) else ""


def _first_uri(document: Document, names: tuple[str, ...]) -> str | None:
    return next((uri for uri in (uri_from(document.get(name)) for name in names if name in document) if uri), None)


def _markdown(source: object) -> str | None:
    """What the author wrote, where it is Markdown (ActivityPub, section 3.3)."""
    stated = as_mapping(source)
    if stated.get("mediaType") != "text/markdown":
        return None
    return text_from(stated.get("content"), MAX_LENGTH) or None


def document_from_post(post: PostDocument) -> dict[str, object]:
    """The post as JSON with its @context; post_from_document reads the same post back."""
    document: dict[str, object] = {
        "id": post.uri,
        "type": post.type,
        "attributedTo": post.author_uri,
        "to": list(post.to),
        "cc": list(post.cc),
    }
    if post.vote is None:
        document |= {"content": post.content, "sensitive": post.sensitive, "attachment": _attached(post), "tag": _tagged(post)}
    document |= {name: value for name, value in _optional(post).items() if value}
    if post.poll:
        document |= document_from_poll(post.poll)
    if post.event:
        document |= document_from_event(post.event)
    if not post.comments_enabled:
        document["commentsEnabled"] = False
    if post.searchable_by is not None:  # an empty list says: nobody
        document["searchableBy"] = list(post.searchable_by)
    return {"@context": context_of_post(document), **document}


def _optional(post: PostDocument) -> dict[str, object]:
    """The properties that are left out where there is nothing to say."""
    return {
        "name": post.vote or post.title,
        "summary": wire_summary(post.summary),
        "contentMap": {post.language: post.content} if post.language and post.vote is None else None,
        "source": {"content": post.source, "mediaType": "text/markdown"} if post.source else None,
        "url": post.url,
        "audience": post.audience_uri,
        "migratedFrom": post.migrated_from,
        "inReplyTo": post.in_reply_to_uri,
        "context": post.context_uri,
        "replies": post.replies_uri,
        "likes": post.likes_uri,
        "shares": post.shares_uri,
        "quote": post.quote_uri,
        "quoteUri": post.quote_uri,
        "quoteAuthorization": post.quote_stamp_uri,
        "published": wire_date(post.published) if post.published else None,
        "updated": wire_date(post.updated) if post.updated else None,
        "interactionPolicy": post.interaction_policy,
        "learning": list(post.learning),
        "preview": _preview(post),
        "proof": post.proof,
    }


def _preview(post: PostDocument) -> dict[str, object] | None:
    if not post.preview:
        return None
    dated = {"published": wire_date(post.published)} if post.published else {}
    return {"type": "Note", "attributedTo": post.author_uri, "content": post.preview, **dated}


def _attached(post: PostDocument) -> list[dict[str, object]]:
    return [document_from_attachment(attachment) for attachment in post.attachments]


def _tagged(post: PostDocument) -> list[dict[str, object]]:
    return [
        *(document_from_mention(mention) for mention in post.mentions),
        *(document_from_hashtag(name, post.uri) for name in post.hashtags),
        *(document_from_emoji(emoji) for emoji in post.emojis),
    ]
