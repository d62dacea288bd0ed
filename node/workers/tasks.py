"""What kinds of jobs there are, in one table."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from node.context import Context
from node.inbound import announcing, receiving
from node.learning import arriving, judging, taking, transferring
from node.social import (
    digests,
    dropping,
    feeds,
    films,
    forgetting,
    keeping,
    networks,
    outboxes,
    previewing,
    pushing,
    relating,
    scheduling,
    spreading,
    stamps,
    threads,
    voting,
    webmentions,
)

Task = Callable[[Context, Mapping[str, Any]], Awaitable[None]]


async def take_in(context: Context, payload: Mapping[str, Any]) -> None:
    """An activity that was verified, but needs something fetched first."""
    await receiving.take_in_later(context, payload)


async def take_announced(context: Context, payload: Mapping[str, Any]) -> None:
    """An activity that a community passes on."""
    await announcing.take_announced(context, payload)


async def refresh_post(context: Context, payload: Mapping[str, Any]) -> None:
    """A post of which somebody said that it is new, changed or gone."""
    await receiving.refresh_post(context, payload["uri"])


async def refresh_account(context: Context, payload: Mapping[str, Any]) -> None:
    """Somebody of whom an old word was brought."""
    await receiving.refresh_account(context, payload["uri"])


async def fetch_ancestors(context: Context, payload: Mapping[str, Any]) -> None:
    """What a reply that came answers."""
    await threads.fetch_ancestors(context, payload["uri"], payload.get("actor", ""))


async def fetch_replies(context: Context, payload: Mapping[str, Any]) -> None:
    """The rest of a conversation that somebody here looks at."""
    await threads.fetch_replies(context, payload["post_id"])


async def tell_poll(context: Context, payload: Mapping[str, Any]) -> None:
    """The figures of a poll of ours, after somebody voted."""
    await voting.tell_poll(context, payload["post_id"])


async def fetch_outbox(context: Context, payload: Mapping[str, Any]) -> None:
    """The latest posts of somebody whom people here look at."""
    await outboxes.fetch_outbox(context, payload["account_id"])


async def fetch_feed(context: Context, payload: Mapping[str, Any]) -> None:
    """What is new in a feed that somebody follows."""
    await feeds.fetch(context, payload["account_id"])


async def look_at_feeds(context: Context, _payload: Mapping[str, Any]) -> None:
    """Which feeds are due."""
    await feeds.send_for_due(context)


async def import_line(context: Context, payload: Mapping[str, Any]) -> None:
    """One line of a list that somebody brought."""
    await networks.import_line(context, payload)


async def verify_webmention(context: Context, payload: Mapping[str, Any]) -> None:
    """Whether a page elsewhere really links to a post of ours."""
    await webmentions.verify(context, payload["source"], payload["target"], payload["post_id"])


async def send_webmentions(context: Context, payload: Mapping[str, Any]) -> None:
    """The pages that a post of ours links to."""
    await webmentions.send(context, payload)


async def look_at_digests(context: Context, _payload: Mapping[str, Any]) -> None:
    """Whose digest is due."""
    await digests.send_for_due(context)


async def send_digest(context: Context, payload: Mapping[str, Any]) -> None:
    """Somebody's digest, by mail."""
    await digests.send_digest(context, payload["account_id"], payload["since_id"])


async def look_at_credential(context: Context, payload: Mapping[str, Any]) -> None:
    """What an achievement or endorsement that came is worth."""
    await judging.look_at(context, payload)


async def take_facets(context: Context, payload: Mapping[str, Any]) -> None:
    """What a post means for learning, once a moderator has let it into a community."""
    await arriving.take_approved(context, payload["post_id"])


async def look_at_credentials(context: Context, _payload: Mapping[str, Any]) -> None:
    """What people here were given elsewhere, as it stands now."""
    await taking.look_again(context)


async def export_archive(context: Context, payload: Mapping[str, Any]) -> None:
    """Everything of somebody's, for them to take along."""
    await transferring.run_export(context, payload)


async def import_archive(context: Context, payload: Mapping[str, Any]) -> None:
    """An archive that somebody brought."""
    await transferring.run_import(context, payload)


async def publish_scheduled(context: Context, payload: Mapping[str, Any]) -> None:
    """A post for later, whose moment has come."""
    await scheduling.publish_scheduled(context, payload["id"])


async def end_poll(context: Context, payload: Mapping[str, Any]) -> None:
    """A poll that has closed."""
    await spreading.end_poll(context, payload["post_id"])


async def end_mutes(context: Context, _payload: Mapping[str, Any]) -> None:
    """A mute that is over."""
    await relating.end_mutes(context)


async def push(context: Context, payload: Mapping[str, Any]) -> None:
    """A notification, to somebody's phone or browser."""
    await pushing.push(context, payload["token_id"], payload["notification_id"])


async def verify_quote(context: Context, payload: Mapping[str, Any]) -> None:
    """Whether somebody quoted has agreed to it."""
    await stamps.verify(context, payload["post_id"], payload["stamp_uri"])


async def preview(context: Context, payload: Mapping[str, Any]) -> None:
    """What a page says of itself to which a post links."""
    await previewing.fetch(context, payload["url"])


async def make_film(context: Context, payload: Mapping[str, Any]) -> None:
    """A film or sound that somebody has uploaded."""
    await films.make(context, payload["account_id"], payload["media_id"], payload["demuxer"])


async def drop_files(context: Context, payload: Mapping[str, Any]) -> None:
    """Files of which nothing is known any more."""
    await dropping.drop_files(context, payload["area"], payload["files"])


async def forget_remote(context: Context, _payload: Mapping[str, Any]) -> None:
    """Others' old posts and people that nobody here has to do with."""
    await forgetting.forget_due(context)


async def tidy(context: Context, _payload: Mapping[str, Any]) -> None:
    """Housekeeping."""
    await keeping.tidy(context)
    await transferring.tidy(context)


TASKS: Mapping[str, Task] = {
    "take_in": take_in,
    "take_announced": take_announced,
    "refresh_post": refresh_post,
    "refresh_account": refresh_account,
    "fetch_ancestors": fetch_ancestors,
    "fetch_replies": fetch_replies,
    "tell_poll": tell_poll,
    "fetch_outbox": fetch_outbox,
    "fetch_feed": fetch_feed,
    "look_at_feeds": look_at_feeds,
    "import_line": import_line,
    "verify_webmention": verify_webmention,
    "send_webmentions": send_webmentions,
    "look_at_digests": look_at_digests,
    "send_digest": send_digest,
    "look_at_credential": look_at_credential,
    "look_at_credentials": look_at_credentials,
    "export_archive": export_archive,
    "import_archive": import_archive,
    "take_facets": take_facets,
    "push": push,
    "preview": preview,
    "publish_scheduled": publish_scheduled,
    "end_poll": end_poll,
    "end_mutes": end_mutes,
    "verify_quote": verify_quote,
    "make_film": make_film,
    "drop_files": drop_files,
    "forget_remote": forget_remote,
    "tidy": tidy,
}
EVERY_MS: Mapping[str, int] = {  # jobs that come back by themselves
    "look_at_credentials": 24 * 3600 * 1000,
    "tidy": 3600 * 1000,
    "forget_remote": 3600 * 1000,
    "look_at_feeds": 5 * 60 * 1000,
    "look_at_digests": 15 * 60 * 1000,
}
