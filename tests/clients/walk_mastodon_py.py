"""Mastodon.py as its users write programs. Run by its own Python: origin, name, handle of somebody elsewhere. Asks on stdout for a code."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mastodon import Mastodon, StreamListener

OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]


def eventually(look: Callable[[], Any], within_s: float = 20.0) -> Any:
    """What is looked for, once it is there."""
    until = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)
    return found


def sign_in(origin: str) -> Mastodon:
    """A program that acts for somebody, who says yes in their browser."""
    client_id, secret = Mastodon.create_app(
        "Walker", scopes=SCOPES, redirect_uris=OOB, api_base_url=origin, website="https://walker.example"
    )
    api = Mastodon(client_id=client_id, client_secret=secret, api_base_url=origin, version_check_mode="created")
    print("AUTHORIZE", api.auth_request_url(scopes=SCOPES, redirect_uris=OOB, allow_http=True), flush=True)
    api.log_in(code=sys.stdin.readline().strip(), redirect_uri=OOB, scopes=SCOPES, allow_http=True)
    return api


def main(origin: str, name: str, far_handle: str, picture: Path) -> None:
    api = sign_in(origin)
    me = api.me()
    assert me.acct == name
    assert api.app_verify_credentials().name == "Walker"
    assert api.instance().title == "Town"
    assert api.preferences()["posting:default:visibility"] == "public"
    write(api, picture)
    listen(api)
    react(api)
    follow(api, far_handle)
    arrange(api)
    tell(api)
    api.revoke_access_token(allow_http=True)
    print("DONE", flush=True)


def write(api: Mastodon, picture: Path) -> None:
    """Posts with a picture and a poll, an answer, a change, one for later, one that is deleted."""
    media = api.media_post(str(picture), description="A red wall", focus=(0.5, -0.5))
    assert media.description == "A red wall"
    api.media_update(media, description="A wall")
    shown = api.status_post("Look #walls", media_ids=[media], spoiler_text="wall", language="en", idempotency_key="one")
    assert shown.media_attachments[0].description == "A wall"
    assert api.status_post("Look #walls", media_ids=[media], spoiler_text="wall", idempotency_key="one").id == shown.id
    poll = api.status_post("Tea?", poll=api.make_poll(["yes", "no"], 3600, multiple=False))
    assert [option.title for option in api.poll(poll.poll).options] == ["yes", "no"]
    answer = api.status_reply(shown, "It is red.")
    assert answer.in_reply_to_id == shown.id
    changed = api.status_update(shown, status="Look at this #walls")
    assert "Look at this" in changed.content
    assert len(api.status_history(shown)) == 2
    assert api.status_source(shown).text == "Look at this #walls"
    thread = api.status_context(shown)
    assert [each.id for each in thread.descendants] == [answer.id]
    later = api.status_post("Later", scheduled_at=datetime.now(UTC) + timedelta(hours=1))
    assert [each.id for each in api.scheduled_statuses()] == [later.id]
    api.scheduled_status_update(later, datetime.now(UTC) + timedelta(hours=2))
    api.scheduled_status_delete(later)
    gone = api.status_post("Gone soon", visibility="unlisted")
    assert api.status_delete(gone).text == "Gone soon"
    assert {answer.id, poll.id, shown.id} <= {each.id for each in api.timeline_home()}
    page = api.timeline_home(limit=1)
    assert api.fetch_next(page)[0].id < page[0].id
    assert api.timeline_local()
    assert api.timeline_hashtag("walls")[0].id == shown.id


class Ear(StreamListener):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def on_update(self, status: Any) -> None:
        self.heard.append(("update", str(status.id)))

    def on_status_update(self, status: Any) -> None:
        self.heard.append(("changed", status.content))

    def on_delete(self, status_id: Any) -> None:
        self.heard.append(("delete", str(status_id)))


def all_heard(ears: list[Ear], event: tuple[str, str]) -> bool:
    """Whether the event comes to all of them, as their last."""
    return all(eventually(lambda ear=ear: ear.heard[-1:] == [event]) for ear in ears)


def listen(api: Mastodon) -> None:
    """One's own posts come to the streams of home, of this server and of a hashtag, change and go."""
    assert api.stream_healthy()
    ears = [Ear(), Ear(), Ear()]
    handles = [
        api.stream_user(ears[0], run_async=True),
        api.stream_local(ears[1], run_async=True),
        api.stream_hashtag("streams", ears[2], run_async=True),
    ]
    for handle in handles:
        assert eventually(handle.is_receiving)
    post = api.status_post("In the #streams")
    assert all_heard(ears, ("update", str(post.id)))  # what is gone already is told no more
    api.status_update(post, status="Still in the #streams")
    assert all(eventually(lambda ear=ear: "Still" in ear.heard[-1][1]) for ear in ears)
    api.status_delete(post)
    assert all_heard(ears, ("delete", str(post.id)))
    for handle in handles:
        handle.close()


def react(api: Mastodon) -> None:
    """Favourites, boosts, bookmarks, pins, muted threads; the posts are one's own."""
    post = api.status_post("React to me")
    assert api.status_favourite(post).favourited
    assert api.status_reblog(post).reblog.id == post.id
    assert api.status_bookmark(post).bookmarked
    assert api.status_pin(post).pinned
    assert api.status_mute(post).muted
    assert [each.id for each in api.favourites()] == [post.id] == [each.id for each in api.bookmarks()]
    assert [each.username for each in api.status_favourited_by(post)] == [each.username for each in api.status_reblogged_by(post)]
    assert not api.status_unfavourite(post).favourited
    assert not api.status_unreblog(post).reblogged
    assert not api.status_unbookmark(post).bookmarked
    assert not api.status_unpin(post).pinned
    assert not api.status_unmute(post).muted


def follow(api: Mastodon, far_handle: str) -> None:
    """Somebody on another node: found, followed, put into a list, noted, muted, and followed no longer."""
    far = api.search_v2(far_handle, resolve=True).accounts[0]
    api.account_follow(far, notify=True)
    assert eventually(lambda: api.account_relationships(far)[0].following)
    assert [each.id for each in api.account_following(api.me())] == [far.id]
    listed = api.list_create("Far")
    api.list_accounts_add(listed, [far])
    assert [each.id for each in api.list_accounts(listed)] == [far.id]
    assert [each.id for each in api.account_lists(far)] == [listed.id]
    print("FOLLOWED", flush=True)
    post = eventually(
        lambda: api.timeline_home(limit=5) and next((each for each in api.timeline_list(listed) if "from afar" in each.content), None)
    )
    assert api.status_favourite(post).favourites_count == 1
    api.status_post(f"@{far.acct} hello", in_reply_to_id=post)
    assert eventually(lambda: [each for each in api.notifications(types=["mention"]) if "back to you" in each.status.content])
    assert api.account_note_set(far, "far away").note == "far away"
    assert api.account_mute(far, duration=60).muting
    assert [each.id for each in api.mutes()] == [far.id]
    assert not api.account_unmute(far).muting
    assert api.account_block(far).blocking
    assert not api.account_unblock(far).blocking
    api.list_accounts_delete(listed, [far])
    api.list_update(listed, "Near")
    api.list_delete(listed)
    assert not api.account_unfollow(far).following


def arrange(api: Mastodon) -> None:
    """Filters, hashtags, markers, the profile."""
    made = api.create_filter_v2("Walls", ["home"], "warn", keywords_attributes=[{"keyword": "wall", "whole_word": False}])
    assert [each.id for each in api.filters_v2()] == [made.id]
    api.delete_filter_v2(made)
    assert api.tag_follow("walls").following
    assert [each.name for each in api.followed_tags()] == ["walls"]
    api.tag_unfollow("walls")
    tag = api.featured_tag_create("walls")
    api.featured_tag_delete(tag)
    api.markers_set("home", api.timeline_home(limit=1)[0].id)
    assert api.markers_get("home").home.version == 1
    changed = api.account_update_credentials(display_name="Ada", note="I walk.", fields=[("Site", "https://a.example")])
    assert (changed.display_name, changed.fields[0].name) == ("Ada", "Site")
    assert [each.name for each in api.search("walls", result_type="hashtags").hashtags] == ["walls"]
    for look in (api.trending_tags, api.trending_statuses, api.trending_links, api.suggestions, api.custom_emojis, api.announcements,
                 api.instance_rules, api.instance_peers, api.instance_activity, api.directory, api.domain_blocks, api.blocks,
                 api.follow_requests, api.conversations, api.endorsements):  # fmt: skip
        look()


def tell(api: Mastodon) -> None:
    """What somebody elsewhere did is told; one by one, in groups, and put away."""
    told = eventually(lambda: [each for each in api.notifications() if each.type == "mention"])
    assert "back to you" in told[0].status.content
    assert api.notifications(told[0].id).id == told[0].id
    assert api.grouped_notifications().notification_groups
    api.notifications_unread_count()
    api.notifications_dismiss(told[0])
    api.notifications_clear()
    assert api.notifications() == []


main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
