"""Web Push: notifications told to phones and browsers whose programs asked for it. The words of a message are those of Mastodon's API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from federation import webpush
from federation.errors import Denied, FederationError, Gone, Malformed, Refused, Unreachable
from federation.html import text_from_html
from node.context import Context
from node.errors import BadInput
from node.languages import language
from node.site import Site
from storage import accounts, follows, jobs, notifications, posts, pushes, settings, users
from storage.database import Connection, Database
from storage.events import add_event
from storage.ids import free_id
from storage.pushes import Subscription
from storage.records import Account, Notification, Post

POLICIES = ("all", "followed", "follower", "none")
KEY = "vapid"  # the setting that holds our private key
MAX_ENDPOINT, CHARACTERS = 2000, 140
GONE = {404, 410}
TYPES: Mapping[str, str] = {  # Mastodon's word for a kind of notification
    "mention": "mention",
    "reply": "mention",
    "like": "favourite",
    "boost": "reblog",
    "follow": "follow",
    "follow_request": "follow_request",
    "poll": "poll",
    "update": "update",
    "status": "status",
    "quote": "quote",
    "quoted_update": "quoted_update",
    "report": "admin.report",
    "sign_up": "admin.sign_up",
}
OTHER = "status"  # for kinds that Mastodon does not have


async def ensure_key(database: Database) -> str:
    """Our public key, base64url; made once."""
    known = await database.read(settings.find_setting, KEY)
    if known is None:
        known = await database.write(_make_key, webpush.generate_key())
    return webpush.public_key(known)


def _make_key(db: Connection, private: str) -> str:
    known = settings.find_setting(db, KEY)  # another process may have been first
    if known is None:
        settings.save_setting(db, KEY, private)
    return known or private


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program wants to be told of, and where. kinds: of notifications."""

    endpoint: str
    p256dh: str
    auth: str
    kinds: Sequence[str]
    policy: str = "all"
    standard: bool = False


async def subscribe(context: Context, account: Account, token_id: int, wish: Wish) -> Subscription:
    """The program's one subscription from now on. Raises BadInput."""
    check_policy(wish.policy)
    try:
        if len(wish.endpoint) > MAX_ENDPOINT:
            raise BadInput("The endpoint is too long.")
        context.outbound.checked_url(wish.endpoint)
        webpush.keys_from(wish.p256dh, wish.auth)
    except (Malformed, Refused) as error:
        raise BadInput(f"That is no push subscription: {error}") from error
    return await context.database.write(_subscribe, context.site, account.id, token_id, wish)


def check_policy(policy: str) -> None:
    """Raises BadInput for one that there is not."""
    if policy not in POLICIES:
        raise BadInput(f"The policy is one of {', '.join(POLICIES)}.")


def _subscribe(db: Connection, site: Site, account_id: int, token_id: int, wish: Wish) -> Subscription:
    made = Subscription(
        free_id(db, "push", site.now_ms()),
        token_id,
        account_id,
        wish.endpoint,
        wish.p256dh,
        wish.auth,
        " ".join(sorted(set(wish.kinds))),
        wish.policy,
        wish.standard,
    )
    pushes.save_subscription(db, made)
    return made


def send_for(db: Connection, site: Site, account_id: int, kind: str, notification_id: int) -> None:
    """Puts a job down for each program that wants to be told of something that an account is told of."""
    for found in pushes.list_subscriptions(db, account_id):
        if kind in found.kinds.split():
            payload = orjson.dumps({"token_id": found.token_id, "notification_id": notification_id}).decode()
            jobs.add_job(db, "push", payload, site.now_ms(), key=f"{found.token_id} {notification_id}")
            add_event(db, "jobs")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a message is about."""

    subscription: Subscription
    notification: Notification
    actor: Account
    post: Post | None
    language: str
    private: str


async def push(context: Context, token_id: int, notification_id: int) -> None:
    """A job: one message. A subscription whose endpoint is gone ends. Raises Unreachable."""
    told = await context.database.read(_load, token_id, notification_id)
    if told is None:
        return
    found, config = told.subscription, context.config
    contact = f"mailto:{config.node.contact_email}" if config.node.contact_email else f"{config.origin}/about"
    keys = webpush.keys_from(found.p256dh, found.auth)
    payload = orjson.dumps(message_of(told.notification, told.actor, told.post, told.language))
    sent = webpush.push(payload, keys, found.endpoint, told.private, contact, context.site.now(), standard=found.standard)
    try:
        answer = await context.outbound.post(context.outbound.checked_url(found.endpoint), sent.body, sent.headers)
    except (Denied, Gone):
        return
    if answer.status in GONE:
        await context.database.write(pushes.remove_subscription, token_id)
    elif answer.status == 429 or answer.status >= 500:
        raise Unreachable(f"the push service answered {answer.status}")
    elif answer.status >= 400:
        raise FederationError(f"the push service refused the message: {answer.status}")


def _load(db: Connection, token_id: int, notification_id: int) -> _Told | None:
    found = pushes.find_subscription(db, token_id)
    told = notifications.find_notification(db, found.account_id, notification_id) if found else None
    private = settings.find_setting(db, KEY)
    if found is None or told is None or told.filtered or private is None or not _is_wanted(db, found, told.actor_id):
        return None
    post = posts.find_visible_post(db, told.post_id, found.account_id) if told.post_id else None
    user = users.find_user(db, found.account_id)
    return _Told(found, told, accounts.get_account(db, told.actor_id), post, user.language if user else "en", private)


def _is_wanted(db: Connection, found: Subscription, actor_id: int) -> bool:
    """By the policy: of everybody, of whom one follows, of who follows one, of nobody."""
    if found.policy == "followed":
        return follows.is_following(db, found.account_id, actor_id)
    if found.policy == "follower":
        return follows.is_following(db, actor_id, found.account_id)
    return found.policy == "all"


def message_of(told: Notification, actor: Account, post: Post | None, tag: str) -> dict[str, str]:
    """What the program decrypts. Tokens are kept as hashes here, so none is in it: a program knows its own."""
    say = language(tag).say
    sentences = {
        "mention": say("%(name)s has mentioned you"),
        "favourite": say("%(name)s likes your post"),
        "reblog": say("%(name)s has boosted your post"),
        "follow": say("%(name)s follows you now"),
        "follow_request": say("%(name)s asks to follow you"),
        "poll": say("A poll of %(name)s has ended"),
        "update": say("%(name)s has edited a post that you boosted"),
        "quote": say("%(name)s quotes your post"),
    }
    kind = TYPES.get(told.kind, OTHER)
    text = "" if post is None else post.summary if post.sensitive and post.summary else " ".join(text_from_html(post.content).split())
    return {
        "access_token": "",
        "preferred_locale": tag,
        "notification_id": str(told.id),
        "notification_type": kind,
        "icon": actor.icon_url or "",
        "title": sentences.get(kind, say("News from %(name)s")) % {"name": actor.title},
        "body": text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1].rstrip()}…",
    }
