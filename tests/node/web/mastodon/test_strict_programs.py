"""What the strictest programs insist on: their decoders fail where one of these is missing or null.

Tusky: Kotlin without defaults; Ice Cubes: Swift that is not optional; Mastodon for Android: @RequiredField. By entity, from their sources.
"""

import re
from datetime import timedelta
from typing import Any

import pytest

from node.social import follows
from tests.node.web.mastodon.conftest import picture

ACCOUNT = "id username acct url display_name note avatar header created_at fields locked emojis bot"
STATUS = (
    "id uri account content created_at emojis reblogs_count favourites_count replies_count sensitive spoiler_text visibility"
    " media_attachments mentions tags"
)
INSISTED: dict[str, str] = {
    "App": "client_id client_secret id name redirect_uri",
    "Token": "access_token token_type scope created_at",
    "Instance": "title description domain version registrations.enabled thumbnail.url contact.email configuration.statuses.max_characters"
    " configuration.statuses.max_media_attachments configuration.polls.max_options configuration.polls.max_characters_per_option"
    " configuration.polls.min_expiration configuration.polls.max_expiration",
    "V1Instance": "uri version title description email",
    "Account": ACCOUNT,
    "CredentialAccount": f"{ACCOUNT} source.sensitive source.note source.fields",
    "Status": STATUS,
    "MediaAttachment": "id type url preview_url",
    "StatusMention": "id url acct username",
    "StatusTag": "name url",
    "Notification": "id type created_at account",
    "NotificationGroup": "group_key most_recent_notification_id sample_account_ids",
    "Relationship": "id following followed_by blocking muting muting_notifications requested showing_reblogs domain_blocking blocked_by"
    " endorsed note notifying",
    "Poll": "id expired multiple votes_count options emojis",
    "Filter": "id title context filter_action keywords",
    "Marker": "last_read_id version updated_at",
    "ScheduledStatus": "id scheduled_at params.text media_attachments",
    "Search": "accounts statuses hashtags",
    "Conversation": "id accounts unread",
    "StatusSource": "id text spoiler_text",
    "NotificationPolicy": "for_not_following for_not_followers for_new_accounts for_private_mentions for_limited_accounts"
    " summary.pending_requests_count summary.pending_notifications_count",
    "List": "id title replies_policy exclusive",
}
ID, MOMENT = re.compile(r"\d{18}"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
async def answers(run, world, clock, ada, bea) -> dict[str, Any]:
    """One of each, as a running node answers it."""
    program, other = await run(ada), await run(bea)
    await follows.follow(world.context, bea, ada.id)
    media = (await program.ask("POST", "/api/v2/media", data={"file": picture(), "description": "x"})).body
    post = await program.post("/api/v1/statuses", status="Hello @bea #maths", media_ids=[media["id"]])
    poll = await program.post("/api/v1/statuses", status="?", poll={"options": ["a", "b"], "expires_in": 600})
    await other.post(f"/api/v1/statuses/{post['id']}/favourite")
    await other.post("/api/v1/statuses", status="psst @ada", visibility="direct")
    later = (clock.now + timedelta(hours=1)).isoformat()
    app = await program.post("/api/v1/apps", client_name="x", redirect_uris="x://y")
    client = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return {
        "App": app,
        "Token": (await program.ask("POST", "/oauth/token", data={"grant_type": "client_credentials", **client})).body,
        "Instance": await program.get("/api/v2/instance"),
        "V1Instance": await program.get("/api/v1/instance"),
        "Account": await program.get(f"/api/v1/accounts/{bea.id}"),
        "CredentialAccount": await program.get("/api/v1/accounts/verify_credentials"),
        "Status": post,
        "MediaAttachment": post["media_attachments"][0],
        "StatusMention": post["mentions"][0],
        "StatusTag": post["tags"][0],
        "Notification": (await program.get("/api/v1/notifications"))[0],
        "NotificationGroup": (await program.get("/api/v2/notifications"))["notification_groups"][0],
        "Relationship": (await program.get("/api/v1/accounts/relationships", id=[bea.id]))[0],
        "Poll": poll["poll"],
        "Filter": await program.post("/api/v2/filters", title="x", context=["home"], keywords_attributes=[{"keyword": "y"}]),
        "Marker": (await program.post("/api/v1/markers", home={"last_read_id": post["id"]}))["home"],
        "ScheduledStatus": await program.post("/api/v1/statuses", status="later", scheduled_at=later),
        "Search": await program.get("/api/v2/search", q="hello"),
        "Conversation": (await program.get("/api/v1/conversations"))[0],
        "StatusSource": await program.get(f"/api/v1/statuses/{post['id']}/source"),
        "NotificationPolicy": await program.get("/api/v2/notifications/policy"),
        "List": await program.post("/api/v1/lists", title="x"),
    }


def value_at(entity: Any, path: str) -> Any:
    for name in path.split("."):
        entity = entity.get(name) if isinstance(entity, dict) else None
    return entity


async def test_nothing_that_a_program_insists_on_is_missing(answers):
    gone = [f"{name}.{path}" for name, paths in INSISTED.items() for path in paths.split() if value_at(answers[name], path) is None]
    assert gone == []


async def test_every_documented_key_is_there_even_where_there_is_nothing_to_say(answers, schema):
    known = schema.document["components"]["schemas"]
    names = {"App": "CredentialApplication", "Notification": None, "Search": "Search"}
    gone = [
        f"{name}.{key}"
        for name, answer in answers.items()
        if (entity := names.get(name, name)) is not None and entity in known
        for key in known[entity].get("properties", {})
        if key not in answer
    ]
    assert gone == []


async def test_ids_have_eighteen_digits_and_moments_three_after_the_point(answers):
    """Programs compare ids by length and then by text, and read no other form of a moment."""

    def look(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                look(below, key)
        elif isinstance(value, list):
            for each in value:
                look(each, name)
        elif value is not None and name in {"id", "last_read_id", "in_reply_to_id", "status_id"} and name != "id":
            assert ID.fullmatch(value), f"{name}: {value}"
        elif (
            value is not None
            and name.endswith("_at")
            and name not in {"last_status_at", "client_secret_expires_at"}
            and isinstance(value, str)
        ):
            assert MOMENT.fullmatch(value), f"{name}: {value}"

    look(answers)
    for name in ("Account", "Status", "MediaAttachment", "Notification", "Poll", "Filter", "ScheduledStatus", "Conversation", "List"):
        assert ID.fullmatch(answers[name]["id"]), name


async def test_words_are_those_that_programs_know(answers):
    assert answers["Status"]["visibility"] in {"public", "unlisted", "private", "direct"}
    assert answers["Filter"]["filter_action"] in {"none", "blur", "warn", "hide"}
    assert {answers["NotificationPolicy"][rule] for rule in INSISTED["NotificationPolicy"].split()[:5]} <= {"accept", "filter", "drop"}
    assert set(answers["Poll"]["options"][0]) == {"title", "votes_count"}  # toot takes nothing else
    assert answers["Status"]["url"].startswith("http")


async def test_the_version_can_be_read_by_all_of_them(answers):
    for version in (answers["Instance"]["version"], answers["V1Instance"]["version"]):
        float(version[:3])
        assert len(version.split(" ")[0].split(".")) == 3
        assert not re.search(r"Pleroma |Akkoma |\+glitch|\+hometown|Iceshrimp\.NET|pixelfed|\+", version)
    assert answers["Instance"]["api_versions"]["mastodon"] >= 2
    assert answers["V1Instance"]["uri"] == answers["Instance"]["domain"] == "hedge.test"


async def test_who_reads_nodeinfo_takes_us_for_something_they_know(run):
    program = await run()
    async with program.client.get("/nodeinfo/2.0") as answer:
        assert (await answer.json(content_type=None))["metadata"]["upstream"] == {"name": "mastodon"}
