"""ActivityPub client to server: a program posts to the outbox of whoever gave it a token, and reads with it; files; fetching by proxy."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import orjson
from aiohttp import web

from federation.errors import Malformed
from federation.fetching import fetch_document
from federation.reading import as_mapping, uri_from
from federation.records import Document
from federation.submissions import Submission, post_from_submission, submission_from_document
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import answering, goals, questions
from node.social import (
    authorizing,
    blocking,
    follows,
    looking_up,
    media,
    naming,
    posts,
    profiling,
    publishing,
    rates,
    reactions,
    submitting,
)
from node.social.profiling import Change
from node.web.activitypub import bearer_of
from node.web.content_codings import read_fields
from node.web.keys import CONTEXT
from node.web.negotiating import ACTIVITY_NAMES, activity_response, json_response
from node.web.requests import read_capped
from storage import accounts, moderation
from storage import follows as kept_follows
from storage import posts as kept_posts
from storage import reactions as kept_reactions
from storage.database import Connection
from storage.learning import awards
from storage.records import Account, Post

MAX_PROXY_FORM = 64 * 1024
UNDOABLE = ("Follow", "Like", "Announce", "Block")


@dataclass(frozen=True, slots=True)
class Deed:
    """How one kind of activity is done: with which scope, and by what; it answers the address of what is there now."""

    scope: str
    do: Callable[[Context, Account, Submission], Awaitable[str]]


async def _create(context: Context, account: Account, submission: Submission) -> str:
    document = post_from_submission(submission, account.uri)
    draft = await submitting.draft_from_post(context, account, document)
    is_question = any(facet.get("type") == "Ask" for facet in draft.facets or ())
    post = await posts.publish(context, account, draft, also=questions.bring if is_question else None)
    await context.database.write(goals.refresh, context.site, account)
    return publishing.creation_uri(context.site, account, post)


async def _update(context: Context, account: Account, submission: Submission) -> str:
    """Of a post what the object states; of the actor itself name and summary (section 6.3: what is not there stays)."""
    if submission.object_uri == account.uri:
        return await _update_profile(context, account, submission.object or {})
    post = await _own(context, account, submission.object_uri)
    kept: dict[str, object] = {"content": post.content, "type": post.type, "name": post.title, "summary": post.summary}
    if post.source is not None and "content" not in (submission.object or {}):
        kept["source"] = {"content": post.source, "mediaType": "text/markdown"}
    whole = replace(submission, object={**{name: value for name, value in kept.items() if value}, **(submission.object or {})})
    draft = await submitting.draft_from_post(context, account, post_from_submission(whole, account.uri))
    files = (
        tuple(file["media_id"] for file in post.files if "media_id" in file)
        if "attachment" not in (submission.object or {})
        else draft.media_ids
    )
    await posts.edit(context, account, post.id, replace(draft, visibility=post.visibility, poll=None, media_ids=files))
    await context.database.write(goals.refresh, context.site, account)
    return post.uri


async def _update_profile(context: Context, account: Account, stated: Document) -> str:
    texts = {name: value for name in ("name", "summary") if isinstance(value := stated.get(name), str)}
    await profiling.change_profile(context, account, Change(texts.get("name"), texts.get("summary")))
    return account.uri


async def _delete(context: Context, account: Account, submission: Submission) -> str:
    post = await _own(context, account, submission.object_uri)
    await posts.delete(context, account, post.id)
    return post.uri


async def _follow(context: Context, account: Account, submission: Submission) -> str:
    follow = await follows.follow(context, account, (await _account(context, submission.object_uri)).id)
    return follow.uri or f"{account.uri}/following"


async def _like(context: Context, account: Account, submission: Submission) -> str:
    post = await _post(context, submission.object_uri)
    await reactions.like(context, account, post.id)
    return post.uri


async def _announce(context: Context, account: Account, submission: Submission) -> str:
    return (await reactions.boost(context, account, (await _post(context, submission.object_uri)).id)).uri


async def _block(context: Context, account: Account, submission: Submission) -> str:
    other = await _account(context, submission.object_uri)
    await blocking.block(context, account, other.id)
    return await context.database.read(moderation.find_block_uri, account.id, other.id) or other.uri


async def _add(context: Context, account: Account, submission: Submission) -> str:
    post = await _pinned(context, account, submission)
    await reactions.pin(context, account, post.id)
    return post.uri


async def _remove(context: Context, account: Account, submission: Submission) -> str:
    post = await _pinned(context, account, submission)
    await reactions.unpin(context, account, post.id)
    return post.uri


async def _pinned(context: Context, account: Account, submission: Submission) -> Post:
    if submission.target_uri != account.featured_uri:
        raise BadInput("The target is your featured collection; others are not changed here.")
    return await _own(context, account, submission.object_uri)


async def _accept(context: Context, account: Account, submission: Submission) -> str:
    return await _answer(context, account, submission, is_yes=True)


async def _reject(context: Context, account: Account, submission: Submission) -> str:
    return await _answer(context, account, submission, is_yes=False)


async def _answer(context: Context, account: Account, submission: Submission, *, is_yes: bool) -> str:
    """To a wish to follow, or to an achievement that was offered."""
    award_id = await context.database.read(_offered, account, submission.object_uri or "")
    if award_id is not None:
        await answering.answer(context, account, award_id, "accepted" if is_yes else "declined")
        return submission.object_uri or account.uri
    follower_id = await context.database.read(_follower, account, submission)
    await follows.answer_request(context, account, follower_id, is_accepted=is_yes)
    return f"{account.uri}/followers"


def _offered(db: Connection, account: Account, uri: str) -> int | None:
    post = kept_posts.find_post_by_uri(db, uri)
    award = awards.find_award_by_post(db, post.id) if post else None
    return award.id if award is not None and award.recipient_id == account.id else None


def _follower(db: Connection, account: Account, submission: Submission) -> int:
    """Who asks to follow: by the Follow's id, else by its actor."""
    known = kept_follows.find_follow_by_uri(db, account.id, submission.object_uri or "")
    if known is not None:
        return known.follower_id
    actor = accounts.find_account_by_uri(db, uri_from(as_mapping(submission.object).get("actor")) or "")
    if actor is None:
        raise NotFound("Nobody by that name asks to follow you.")
    return actor.id


async def _undo(context: Context, account: Account, submission: Submission) -> str:
    """By what it embeds, else by the id of what was done."""
    kind, about = await context.database.read(_undone, account, submission)
    if kind in {"Follow", "Block"}:
        end = follows.unfollow if kind == "Follow" else blocking.unblock
        await end(context, account, about)
    elif kind == "Like":
        await reactions.unlike(context, account, about)
    else:
        await reactions.unboost(context, account, about)
    return submission.object_uri or account.uri


def _undone(db: Connection, account: Account, submission: Submission) -> tuple[str, int]:
    """What is to be undone, and about whom or which post."""
    uri, inner = submission.object_uri or "", as_mapping(submission.object)
    about = uri_from(inner.get("object")) or ""
    person, post = accounts.find_account_by_uri(db, about), kept_posts.find_post_by_uri(db, about)
    if submission.object_type in {"Follow", "Block"} and person is not None:
        return str(submission.object_type), person.id
    if submission.object_type in {"Like", "Announce"} and post is not None:
        return str(submission.object_type), post.id
    followed, blocked = kept_follows.find_followed(db, account.id, uri), moderation.find_blocked(db, account.id, uri)
    liked, boost = kept_reactions.find_liked_post(db, account.id, uri), kept_posts.find_post_by_uri(db, uri)
    if followed is not None:
        return "Follow", followed.followee_id
    if liked is not None or blocked is not None:
        return ("Like", liked) if liked is not None else ("Block", blocked or 0)
    if boost is not None and boost.account_id == account.id and boost.boost_of_id is not None:
        return "Announce", boost.boost_of_id
    raise NotFound(f"That is nothing of yours that can be undone: {', '.join(UNDOABLE)}.")


async def _own(context: Context, account: Account, uri: str | None) -> Post:
    post = await context.database.read(kept_posts.find_post_by_uri, uri or "")
    if post is None or post.boost_of_id is not None:
        raise NotFound("There is no such post.")
    if post.account_id != account.id:
        raise NotAllowed("That is somebody else's post.")
    return post


async def _post(context: Context, uri: str | None) -> Post:
    found = (await looking_up.look_up(context, uri or "")).post
    if found is None:
        raise NotFound("There is no such post.")
    return found


async def _account(context: Context, uri: str | None) -> Account:
    found = (await looking_up.look_up(context, uri or "")).account
    if found is None:
        raise NotFound("There is no such account.")
    return found


DEEDS: Mapping[str, Deed] = {
    "Create": Deed("write:statuses", _create),
    "Update": Deed("write:statuses", _update),
    "Delete": Deed("write:statuses", _delete),
    "Follow": Deed("write:follows", _follow),
    "Undo": Deed("write:follows", _undo),
    "Like": Deed("write:favourites", _like),
    "Announce": Deed("write:statuses", _announce),
    "Add": Deed("write:accounts", _add),
    "Remove": Deed("write:accounts", _remove),
    "Block": Deed("write:blocks", _block),
    "Accept": Deed("write:follows", _accept),
    "Reject": Deed("write:follows", _reject),
}
UNDO_SCOPES = {"Follow": "write:follows", "Like": "write:favourites", "Announce": "write:statuses", "Block": "write:blocks"}


async def post_to_outbox(request: web.Request) -> web.Response:
    """POST /users/{name}/outbox (section 6): 201 with the address of what is there now"""
    context = request.app[CONTEXT]
    submission = submission_from_document(await _read(request))
    deed = DEEDS.get(submission.type)
    if deed is None:
        raise BadInput(f"An activity here is one of {', '.join(DEEDS)}.")
    account = await owner_of(request, _scope(submission, deed))
    await rates.count(context, rates.DEEDS, account.id)
    return web.Response(status=201, headers={"Location": await deed.do(context, account, submission)})


def _scope(submission: Submission, deed: Deed) -> str:
    """Which scope it takes; of the actor itself, and of what is undone, the one for that."""
    if submission.type == "Update" and submission.object_type in {"Person", "Service"}:
        return "write:accounts"
    if submission.type == "Undo" and submission.object_type is not None:
        return UNDO_SCOPES.get(submission.object_type, deed.scope)
    return "write" if submission.type == "Undo" else deed.scope


async def _read(request: web.Request) -> Document:
    if not any(name in request.content_type for name in (*ACTIVITY_NAMES, "application/json")):
        raise web.HTTPUnsupportedMediaType(text="Send application/activity+json.")
    body = await read_capped(request, request.app[CONTEXT].config.federation.max_body_bytes)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("the body is no JSON") from error
    if not isinstance(document, dict):
        raise Malformed("the body is no JSON object")
    return document


async def owner_of(request: web.Request, scope: str) -> Account:
    """Whose outbox it is, if the token acts for them and reaches as far as the scope. Raises NotSignedIn, NotAllowed."""
    account = await authorizing.require_token(request.app[CONTEXT], bearer_of(request), scope)
    if account.name.lower() != request.match_info["name"].lower():
        raise NotAllowed("That is somebody else's.")
    return account


async def upload(request: web.Request) -> web.Response:
    """POST /users/{name}/media (uploadMedia): multipart with `file`, and `object` as JSON with its name"""
    context = request.app[CONTEXT]
    account = await owner_of(request, "write:media")
    await rates.count(context, rates.DEEDS, account.id)
    fields = await read_fields(request, context.config.media.max_upload_bytes + 65_536)
    file, shell = fields.get("file"), fields.get("object", "")
    if not isinstance(file, web.FileField):
        raise BadInput("Send the picture as `file`.")
    kept = await media.upload(context, account, file.file.read(), _alt(shell))
    url = naming.media_url(context.site.origin, kept.file)
    document = {"type": "Image", "url": url, "mediaType": kept.media_type, "name": kept.alt, "width": kept.width, "height": kept.height}
    response = json_response({name: value for name, value in document.items() if value}, 201)
    response.headers["Location"] = url
    return response


def _alt(shell: object) -> str:
    """What a picture shows, out of the object that came with it."""
    try:
        stated = as_mapping(orjson.loads(shell)) if isinstance(shell, str) and shell else {}
    except orjson.JSONDecodeError as error:
        raise Malformed("object is no JSON") from error
    return str(stated.get("name") or stated.get("summary") or "")


async def proxy(request: web.Request) -> web.Response:
    """POST /users/{name}/proxy (proxyUrl): a document of another server, asked for in the account's name; `id` says which"""
    context = request.app[CONTEXT]
    account = await owner_of(request, "read:search")
    await rates.count(context, rates.DEEDS, account.id)
    uri = uri_from((await read_fields(request, MAX_PROXY_FORM)).get("id"))
    if uri is None or naming.is_ours(context.site.origin, uri):
        raise BadInput("Send the id of something on another server.")
    if context.domains.is_suspended(uri):
        raise NotAllowed("That server is not one that this node talks to.")
    signer = await context.database.read(context.site.keyring.signer, account.id)
    return activity_response(await fetch_document(context.outbound, uri, signer, pool="ours"))


ROUTES = (
    web.post("/users/{name}/outbox", post_to_outbox),
    web.post("/users/{name}/media", upload),
    web.post("/users/{name}/proxy", proxy),
)
