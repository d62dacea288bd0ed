"""Records and tables say the same."""

import dataclasses

import pytest

from storage import records
from storage.applicants import Applicant
from storage.cohorts import Cohort
from storage.communities import Community, Membership, Place
from storage.digests import DigestWish
from storage.emojis import CustomEmoji
from storage.feeds import Feed
from storage.filters import Filter, FilteredPost, Keyword
from storage.hosts import Host
from storage.imports import Import
from storage.learning.archives import Origin, Transfer
from storage.learning.awards import Award
from storage.learning.badges import Badge
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Mark, Seen, Snapshot
from storage.learning.facets import Ask, Resource
from storage.learning.frameworks import Framework, Item
from storage.learning.paths import Done
from storage.learning.portfolios import Arrangement, View
from storage.learning.reflections import Unfinished
from storage.lists import PeopleList
from storage.preferences import Marker, Preferences
from storage.previews import Preview
from storage.programs import App, Code
from storage.proxied import Proxied
from storage.pushes import Subscription
from storage.quotes import Quote
from storage.records import columns, dumped, loaded, placeholders, values
from storage.scheduled import Scheduled
from storage.stewardship import Deed
from storage.users import Token
from storage.wards import Consent, Wish
from storage.webmentions import Mention
from storage.workshops import Attendance, Guest
from tests.storage.rows import START_MS, add_person, make_post

TABLES = {
    "accounts": records.Account,
    "activities": records.Activity,
    "attendances": Attendance,
    "deliveries": records.Delivery,
    "digests": DigestWish,
    "domain_blocks": records.DomainBlock,
    "feeds": Feed,
    "follows": records.Follow,
    "guests": Guest,
    "hosts": Host,
    "imports": Import,
    "jobs": records.Job,
    "keys": records.Key,
    "media": records.Media,
    "notifications": records.Notification,
    "polls": records.Poll,
    "posts": records.Post,
    "reports": records.Report,
    "tokens": Token,
    "users": records.User,
    "applicants": Applicant,
    "apps": App,
    "codes": Code,
    "emojis": CustomEmoji,
    "filters": Filter,
    "filter_keywords": Keyword,
    "filter_posts": FilteredPost,
    "lists": PeopleList,
    "markers": Marker,
    "preferences": Preferences,
    "proxied": Proxied,
    "quotes": Quote,
    "scheduled": Scheduled,
    "asks": Ask,
    "previews": Preview,
    "origins": Origin,
    "transfers": Transfer,
    "push_subscriptions": Subscription,
    "awards": Award,
    "badges": Badge,
    "endorsements": Endorsement,
    "marks": Mark,
    "seen_documents": Seen,
    "snapshots": Snapshot,
    "audit": Deed,
    "cohorts": Cohort,
    "wishes": Wish,
    "consents": Consent,
    "communities": Community,
    "community_posts": Place,
    "memberships": Membership,
    "portfolios": Arrangement,
    "portfolio_views": View,
    "path_steps": Done,
    "frameworks": Framework,
    "competencies": Item,
    "reflection_drafts": Unfinished,
    "resources": Resource,
    "webmentions": Mention,
}
BARE = {  # tables whose rows are never read as a whole, and their columns
    "alembic_version": {"version_num"},
    "award_competencies": {"award_id", "url", "name", "label"},
    "award_links": {"digest", "award_id"},
    "revoked_indexes": {"account_id", "list_index"},
    "status_lists": {"account_id", "body", "updated_ms"},
    "post_previews": {"post_id", "url"},
    "rates": {"key", "full_ms"},
    "blocks": {"account_id", "target_id", "uri", "created_ms"},
    "edits": {"post_id", "edited_ms", "title", "summary", "content", "source", "attachments", "visibility"},
    "events": {"id", "kind", "subject_id", "payload"},
    "feed_entries": {"account_id", "guid", "post_id", "digest"},
    "held_posts": {"post_id", "visibility"},
    "home": {"account_id", "post_id"},
    "goals": {"post_id", "status", "due_ms", "progress"},
    "goal_links": {"goal_id", "post_id", "added_ms"},
    "reflections": {"post_id", "resource_uri"},
    "identities": {"account_id", "did"},
    "successions": {"account_id", "did", "body"},
    "guardians": {"ward_id", "guardian_id", "since_ms"},
    "likes": {"post_id", "account_id", "uri", "created_ms"},
    "links": {"hash", "purpose", "account_id", "expires_ms"},
    "meetings": {"post_id", "host_id", "starts_ms", "ends_ms"},
    "mentions": {"post_id", "account_id"},
    "mutes": {"account_id", "target_id", "until_ms", "hides_news"},
    "pins": {"account_id", "post_id", "created_ms"},
    "post_tags": {"tag_id", "post_id"},
    "seen": {"hash", "seen_ms"},
    "sessions": {"hash", "account_id", "csrf", "created_ms", "expires_ms"},
    "settings": {"name", "value"},
    "tags": {"id", "name"},
    "tombstones": {"uri", "deleted_ms"},
    "votes": {"post_id", "account_id", "option"},
    "app_tokens": {"hash", "app_id", "scopes", "created_ms"},
    "bookmarks": {"id", "account_id", "post_id"},
    "conversations": {"id", "account_id", "thread_id", "last_id", "unread"},
    "featured_accounts": {"account_id", "target_id"},
    "featured_tags": {"id", "account_id", "name"},
    "followed_tags": {"account_id", "tag_id", "created_ms"},
    "hidden_domains": {"account_id", "domain"},
    "list_members": {"list_id", "account_id"},
    "muted_threads": {"account_id", "thread_id"},
    "post_apps": {"post_id", "name", "website"},
    "remarks": {"account_id", "target_id", "comment"},
    "repeats": {"hash", "made_id", "created_ms"},
    "tallies": {"account_id", "posts", "boosts", "open_posts", "last_ms"},
    "unsuggested": {"account_id", "target_id"},
    "welcomed": {"account_id", "target_id"},
    "asked": {"post_id", "account_id", "reasons"},
    "bans": {"community_id", "account_id", "reason", "created_ms"},
    "cohort_members": {"cohort_id", "account_id", "guardian_id"},
    "community_invites": {"hash", "community_id", "role", "expires_ms"},
    "learners": {"account_id", "answers_questions", "shows_network"},
    "newcomer_paths": {"community_id", "post_id"},
    "path_starts": {"account_id", "post_id", "started_ms"},
    "paths": {"post_id"},
    "post_competencies": {"post_id", "url", "name", "label"},
    "turns": {"post_id", "role"},
    "webmentions_sent": {"post_id", "target", "sent_ms", "answer"},
}
INDEX_TABLES = {"sqlite": {"title", "summary", "body", "tags"}, "postgresql": {"id", "words"}}
TABLE_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'post_texts_%'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}
COLUMNS = {
    "sqlite": 'SELECT name, NOT ("notnull" OR pk), type FROM pragma_table_info(:table)',
    "postgresql": "SELECT column_name, is_nullable = 'YES', upper(data_type) FROM information_schema.columns WHERE table_name = :table",
}
UNREAD = {  # columns that no record carries: secrets, and what only statements ask for
    "tokens": {"hash", "code_hash"},
    "accounts": {"stated_ms"},
    "deliveries": {"leased_ms", "ends_object"},
}


def columns_of(db, table):
    """{column: (may be NULL, declared type)}"""
    return {
        name: (bool(may_be_null), declared) for name, may_be_null, declared in db.execute(COLUMNS[db.engine], {"table": table}).fetchall()
    }


def test_every_table_is_known_here(db):
    rows = db.execute(TABLE_NAMES[db.engine]).fetchall()
    assert {name for (name,) in rows} == TABLES.keys() | BARE.keys() | {"post_texts"}


def test_the_full_text_index_is_each_engines_own(db):
    assert columns_of(db, "post_texts").keys() == INDEX_TABLES[db.engine]


@pytest.mark.parametrize("table", TABLES)
def test_a_record_has_its_tables_columns(db, table):
    found = columns_of(db, table)
    assert found.keys() - UNREAD.get(table, set()) == {column.name for column in dataclasses.fields(TABLES[table])}


@pytest.mark.parametrize("table", BARE)
def test_a_table_without_a_record_has_the_columns_that_are_used(db, table):
    assert columns_of(db, table).keys() == BARE[table]


@pytest.mark.parametrize("table", TABLES)
def test_a_field_may_be_none_where_its_column_may_be_null_and_true_where_it_is_a_boolean(db, table):
    found = columns_of(db, table)
    for column in dataclasses.fields(TABLES[table]):
        may_be_null, declared = found[column.name]
        assert may_be_null == (type(None) in getattr(column.type, "__args__", ())), column.name
        assert (declared == "BOOLEAN") == (column.type is bool), column.name


def test_a_record_names_its_columns_placeholders_and_values():
    follow = records.Follow(1, 2, "accepted", "https://far.example/f/1", START_MS)
    assert (
        columns(records.Follow, "f.")
        == "f.follower_id, f.followee_id, f.state, f.uri, f.created_ms, f.shows_boosts, f.notifies, f.languages"
    )
    assert placeholders(records.Follow) == ":follower_id, :followee_id, :state, :uri, :created_ms, :shows_boosts, :notifies, :languages"
    assert values(follow) == dataclasses.asdict(follow)


def test_json_columns_hold_lists_and_null_for_nothing():
    assert loaded(dumped([["Age", "36"]])) == [["Age", "36"]]
    assert dumped([]) is None
    assert loaded(None) == []


def test_the_properties_of_an_account_give_its_columns_their_meaning(db):
    ada = add_person(db, "ada", display_name="Ada")
    assert (ada.is_local, ada.is_active, ada.handle, ada.title) == (True, True, "ada", "Ada")
    far = dataclasses.replace(ada, domain="far.example", display_name="", suspended_ms=1)
    assert (far.is_local, far.is_active, far.handle, far.title) == (False, False, "ada@far.example", "ada")
    assert ada.created.timestamp() * 1000 == ada.created_ms


def test_the_properties_of_a_post_give_its_columns_their_meaning(db):
    post = make_post(add_person(db, "ada"))
    assert (post.edited, post.root_id, post.files) == (None, post.id, [])
    assert post.published.timestamp() * 1000 == post.published_ms
    reply = dataclasses.replace(post, thread_id=5, edited_ms=START_MS, attachments='[{"url":"https://far.example/a.png"}]')
    assert (reply.root_id, reply.files) == (5, [{"url": "https://far.example/a.png"}])
    assert reply.edited.timestamp() * 1000 == START_MS
