"""Our rows as the wire's documents."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from federation import records as wire
from federation.actors import document_from_actor
from federation.audience import Visibility, addressing
from federation.html import html_from_heading, html_from_quote, html_from_text, text_from_html
from federation.identities import identity_statement
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.quotes import policy_document
from node.site import Site
from storage import accounts, polls, posts, quotes, reactions
from storage.database import Connection
from storage.ids import datetime_from_ms
from storage.learning import archives, evidence
from storage.records import PRIVATE, Account, Key, Poll, Post, loaded

PREVIEWED = 500  # characters
VISIBILITIES: tuple[Visibility, ...] = (
    "public",
    "unlisted",
    "private",
    "direct",
    "direct",
)  # by posts.visibility; a held post is its author's


def actor_from_account(site: Site, account: Account, keys: Sequence[Key]) -> wire.ActorDocument:
    """One of our accounts as an actor."""
    return wire.ActorDocument(
        uri=account.uri,
        type=account.type,  # type: ignore[arg-type]  # the column holds nothing but ActorType
        name=account.name,
        inbox=account.inbox,
        display_name=account.display_name,
        summary=account.summary,
        url=account.url,
        outbox=account.outbox,
        followers=account.followers_uri,
        following=account.following_uri,
        featured=account.featured_uri,
        shared_inbox=account.shared_inbox,
        icon_url=account.icon_url,
        image_url=account.image_url,
        icon_alt=account.icon_alt,
        image_alt=account.image_alt,
        fields=tuple(wire.ProfileField(name, value) for name, value in loaded(account.fields)),
        emojis=tuple(wire.Emoji(shortcode, url) for shortcode, url in loaded(account.emojis)),
        locked=bool(account.locked),  # SQLite has no booleans of its own
        discoverable=bool(account.discoverable),
        indexable=bool(account.indexable),
        suspended=account.suspended_ms is not None,
        also_known_as=tuple(loaded(account.also_known_as)),
        moved_to=account.moved_to_uri,
        moderators=f"{account.uri}/moderators" if account.type == "Group" else None,
        endpoints=endpoints_of(site, account) if account.type in {"Person", "Service"} else (),
        competencies=f"{account.uri}/competencies" if account.type == "Group" else None,
        paths=f"{account.uri}/paths" if account.type == "Group" else None,
        webfinger=f"{account.name}@{site.handle_domain}",
        keys=tuple(wire.KeyDocument(key.uri, account.uri, key.algorithm, key.public_key) for key in keys),  # type: ignore[arg-type]  # rsa or ed25519
        published=account.created,
        updated=datetime_from_ms(account.revision_ms),
    )


def endpoints_of(site: Site, account: Account) -> tuple[tuple[str, str], ...]:
    """Where a person's programs go (ActivityPub, section 4.1)."""
    return (
        ("uploadMedia", f"{account.uri}/media"),
        ("proxyUrl", f"{account.uri}/proxy"),
        ("oauthAuthorizationEndpoint", f"{site.origin}/oauth/authorize"),
        ("oauthTokenEndpoint", f"{site.origin}/oauth/token"),
    )


def actor_document(db: Connection, site: Site, account: Account) -> dict[str, Any]:
    """One of our accounts as JSON, with its proof."""
    signer, listed = site.keyring.proof_signer(db, account.id), accounts.list_keys(db, account.id)
    made = datetime_from_ms(next(key.fetched_ms for key in listed if key.uri == signer.verification_method))
    actor = actor_from_account(site, account, listed)
    former = [loaded(body) for body in evidence.list_successions(db, account.id)]
    document = document_from_actor(replace(actor, statements=(identity_statement(account.uri, signer, made), *former)))
    return _proven(db, site, account, document, datetime_from_ms(account.revision_ms))


def stub_document(db: Connection, account: Account) -> dict[str, Any]:
    """What somebody outside of the circle of a supervised account, or somebody whom an account blocks, gets of it: what it takes to check
    its signatures and to ask to follow it."""
    keys = accounts.list_keys(db, account.id)
    stub = wire.ActorDocument(
        uri=account.uri,
        type=account.type,  # type: ignore[arg-type]  # the column holds nothing but ActorType
        name=account.name,
        inbox=account.inbox,
        outbox=account.outbox,
        locked=True,
        keys=tuple(wire.KeyDocument(key.uri, account.uri, key.algorithm, key.public_key) for key in keys),  # type: ignore[arg-type]  # rsa or ed25519
    )
    return {name: value for name, value in document_from_actor(stub).items() if value not in ("", [])}


def post_document(db: Connection, site: Site, author: Account, post: Post) -> dict[str, Any]:
    """One of our posts as JSON; with a proof where its audience is open (a proof is evidence, and private words are not for that)."""
    mentioned = reactions.list_mentioned(db, post.id)
    tags = reactions.list_tags(db, [post.id]).get(post.id, [])
    poll = polls.list_polls(db, [post.id]).get(post.id)
    quote = quotes.find_quote(db, post.id) if post.quote_uri else None
    quoted = posts.find_post(db, quote.quoted_id) if quote and quote.quoted_id else None
    stated = _post_from_rows(site, author, post, mentioned, tags, poll)
    if post.quote_uri:
        address = (quoted.url or quoted.uri) if quoted else post.quote_uri
        stamp_uri = (quote.stamp_uri or None) if quote and quote.state == "accepted" else None
        stated = replace(stated, content=html_from_quote(address) + stated.content, quote_stamp_uri=stamp_uri)
    origin = archives.find_origin(db, post.id)
    document = document_from_post(replace(stated, migrated_from=origin.uri) if origin else stated)
    if post.visibility >= PRIVATE:
        return document
    return _proven(db, site, author, document, post.edited or post.published)


def known_document(db: Connection, site: Site, author: Account, post: Post) -> dict[str, Any]:
    """A post as JSON, as we know it: of another server's without proof and without the collections that it keeps."""
    if author.is_local:
        return post_document(db, site, author, post)
    mentioned = reactions.list_mentioned(db, post.id)
    tags = reactions.list_tags(db, [post.id]).get(post.id, [])
    poll = polls.list_polls(db, [post.id]).get(post.id)
    known = _post_from_rows(site, author, post, mentioned, tags, poll)
    return document_from_post(replace(known, replies_uri=post.replies_uri, likes_uri=None, shares_uri=None, interaction_policy=None))


def _proven(db: Connection, site: Site, author: Account, document: dict[str, Any], made: datetime) -> dict[str, Any]:
    """The date is the document's own, so that the same document has the same proof on every request."""
    return add_proof(document, site.keyring.proof_signer(db, author.id), made)


def _quote_policy(post: Post) -> str:
    """Who may quote a post without asking."""
    return "nobody" if post.visibility >= PRIVATE else post.quote_policy or "public"


def _post_from_rows(
    site: Site, author: Account, post: Post, mentioned: Sequence[Account], tags: Sequence[str], poll: Poll | None
) -> wire.PostDocument:
    to, cc = audience(author, post, mentioned)
    has_heading = post.type == "Note" and bool(post.title)  # of a Note others show nothing but the content
    return wire.PostDocument(
        uri=post.uri,
        type=post.type,  # type: ignore[arg-type]  # the column holds nothing but PostType
        author_uri=author.uri,
        content=f"{html_from_heading(post.title)}{post.content}" if has_heading else post.content,
        to=to,
        cc=cc,
        audience_uri=post.audience_uri,
        title="" if has_heading else post.title,
        summary=post.summary,
        sensitive=bool(post.sensitive),
        url=post.url,
        quote_uri=post.quote_uri,
        interaction_policy=policy_document(_quote_policy(post), author.uri, author.followers_uri),
        in_reply_to_uri=post.in_reply_to_uri,
        context_uri=post.context_uri,
        replies_uri=f"{post.uri}/replies",
        likes_uri=f"{post.uri}/likes",
        shares_uri=f"{post.uri}/shares",
        published=post.published,
        updated=post.edited,
        language=post.language,
        source=post.source,
        attachments=tuple(attachment_from_file(file) for file in post.files),
        mentions=tuple(wire.Mention(account.uri, f"@{account.name}@{account.domain or site.handle_domain}") for account in mentioned),
        hashtags=tuple(tags),
        emojis=tuple(wire.Emoji(shortcode, url) for shortcode, url in loaded(post.emojis)),
        poll=poll_from_row(poll, site.now()) if poll else None,
        event=event_from_row(post) if post.event else None,
        learning=tuple(loaded(post.facets)),
        preview=preview_of(post) if post.type == "Article" else "",
    )


def preview_of(post: Post) -> str:
    """What stands for an Article where only a Note can be shown (FEP-b2b8): its title, and its summary or beginning."""
    text = post.summary or " ".join(text_from_html(post.content[: PREVIEWED * 5]).split())
    said = text if len(text) <= PREVIEWED else f"{text[: PREVIEWED - 1].rstrip()}…"
    return f"{html_from_heading(post.title)}{html_from_text(said)}"


def audience(author: Account, post: Post, mentioned: Sequence[Account]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A post's `to` and `cc`; the community that it is posted to hears of it like somebody mentioned (FEP-1b12)."""
    named = dict.fromkeys([*([post.audience_uri] if post.audience_uri else []), *(account.uri for account in mentioned)])
    return addressing(VISIBILITIES[post.visibility], author.followers_uri or "", list(named))


def event_from_row(post: Post) -> wire.EventDetails:
    """When and where an Event is."""
    stated = loaded(post.event)
    starts, ends = (datetime.fromisoformat(stated[name]) if stated.get(name) else None for name in ("starts", "ends"))
    return wire.EventDetails(starts, ends, stated.get("location", ""), stated.get("join_mode", ""))


def boost_audience(booster: Account, boost: Post, author: Account | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A boost's `to` and `cc`: its own audience, and the author of what is boosted."""
    return addressing(VISIBILITIES[boost.visibility], booster.followers_uri or "", [author.uri] if author else [])


def attachment_from_file(file: Mapping[str, Any]) -> wire.Attachment:
    """What a post's row holds of a file, as the wire says it."""
    focus = file.get("focus")
    return wire.Attachment(
        type=file["type"],
        url=file["url"],
        media_type=file.get("media_type", ""),
        alt=file.get("alt", ""),
        width=file.get("width"),
        height=file.get("height"),
        blurhash=file.get("blurhash"),
        focus=(focus[0], focus[1]) if focus else None,
    )


def poll_from_row(poll: Poll, now: datetime) -> wire.Poll:
    """A poll's row as the wire says it."""
    closes = None if poll.closes_ms is None else datetime_from_ms(poll.closes_ms)
    return wire.Poll(
        options=tuple(wire.PollOption(option["title"], option.get("votes", 0)) for option in loaded(poll.options)),
        multiple=bool(poll.multiple),
        closes=closes,
        closed=closes if closes and closes <= now else None,
        voters=poll.voters,
    )


def find_own_post(db: Connection, name: str, post_id: int) -> tuple[Account, Post] | None:
    """A post of one of ours and its author, or None; who may see it is the caller's to ask."""
    author = accounts.find_account_by_handle(db, name)
    post = posts.find_post(db, post_id)
    if author is None or post is None or post.account_id != author.id:
        return None
    return author, post
