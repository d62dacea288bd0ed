"""The hot queries find their rows by an index, whatever the statistics say: on a node where one account wrote half of all posts and
is followed by nearly everybody, where a few hosts are owed thousands of deliveries, and where a thread has thousands of answers."""

import random
import re
from hashlib import blake2b

import pytest

from storage import (
    accounts,
    communities,
    deliveries,
    digests,
    feeds,
    follows,
    forgetting,
    hosts,
    imports,
    jobs,
    listings,
    media,
    notifications,
    polls,
    posts,
    reactions,
    search,
    seen,
    stewardship,
    timelines,
    users,
    webmentions,
)
from storage.connecting import SqliteConnection, connect
from storage.learning import facets, network, paths, questions, record, resources
from storage.learning.resources import Wanted
from storage.migrating import upgrade
from storage.records import DIRECT, Account, Notification, Post, columns, placeholders, values
from tests.storage.rows import SECOND, START_MS

PEOPLE, ACCOUNTS, POSTS, HOSTS = 20, 200, 20_000, 50
ACCOUNT_COLUMNS, POST_COLUMNS = columns(Account), columns(Post)
ADD_ACCOUNT = f"INSERT INTO accounts ({ACCOUNT_COLUMNS}) VALUES ({placeholders(Account)})"
ADD_POST = f"INSERT INTO posts ({POST_COLUMNS}) VALUES ({placeholders(Post)})"
LOUD = PEOPLE  # the account that wrote half of all posts
NOW = START_MS + POSTS * SECOND


def post_id(number: int) -> int:
    return (START_MS + number * SECOND) << 16


ROOT, MIDDLE, NEWEST = post_id(0), post_id(POSTS // 2), post_id(POSTS - 1)


def account_row(number: int) -> dict[str, object]:
    domain = "" if number < PEOPLE else f"host{number % HOSTS}.example"
    uri = f"https://{domain or 'here.example'}/users/a{number}"
    return values(
        Account(
            number + 1, uri, "Person", f"a{number}", domain, f"{uri}/inbox", START_MS, START_MS, url=f"{uri}/page", shared_inbox=f"{uri}/s"
        )
    )


def post_row(number: int, chance: random.Random) -> dict[str, object]:
    author = LOUD + 1 if chance.random() < 0.5 else chance.randrange(ACCOUNTS) + 1
    stated: dict[str, object] = {"visibility": chance.choice([0, 0, 0, 1, 2, DIRECT]), "revision_ms": START_MS}
    if number and chance.random() < 0.2:
        stated |= {"in_reply_to_uri": f"https://x/{ROOT}", "in_reply_to_id": ROOT, "thread_id": ROOT}
    elif chance.random() < 0.1:
        stated |= {"in_reply_to_uri": f"https://nowhere.example/{number}"}
    elif number and chance.random() < 0.1:
        stated |= {"boost_of_id": post_id(chance.randrange(number)), "type": "Announce"}
    found = {"type": "Note", **stated}
    return values(
        Post(id=post_id(number), uri=f"https://x/{post_id(number)}", account_id=author, published_ms=START_MS, content="x" * 50, **found)
    )


def fill(db: SqliteConnection) -> None:
    """Everything that a year may leave, in one transaction."""
    chance = random.Random(7)
    db.execute("BEGIN")
    db.executemany(ADD_ACCOUNT, [account_row(number) for number in range(ACCOUNTS)])
    rows = [post_row(number, chance) for number in range(POSTS)]
    db.executemany(ADD_POST.replace("INSERT", "INSERT OR IGNORE"), rows)
    for number in range(PEOPLE):
        db.execute("INSERT INTO users (account_id, created_ms) VALUES (:id, 0)", {"id": number + 1})
    db.executemany(
        "INSERT INTO follows (follower_id, followee_id, state, uri, created_ms) VALUES (:a, :b, 'accepted', '', 0) ON CONFLICT DO NOTHING",
        [{"a": a + 1, "b": LOUD + 1} for a in range(ACCOUNTS) if a != LOUD]
        + [{"a": chance.randrange(PEOPLE) + 1, "b": chance.randrange(ACCOUNTS) + 1} for _ in range(1000)]
        + [{"a": a + 1, "b": 1} for a in range(PEOPLE, ACCOUNTS)],
    )
    db.executemany(
        "INSERT INTO home (account_id, post_id) VALUES (:a, :p)",
        [{"a": a, "p": row["id"]} for row in rows for a in range(PEOPLE) if row["id"] >> 16 & 1 or a < 3],
    )
    db.executemany("INSERT INTO tags (id, name) VALUES (:id, :name)", [{"id": n, "name": f"tag{n}"} for n in range(1, 300)])
    db.executemany(
        "INSERT INTO keys (uri, account_id, algorithm, public_key) VALUES (:u, :a, 'rsa', '')",
        [{"u": f"k{n}", "a": n + 1} for n in range(ACCOUNTS)],
    )
    kept = {row[0] for row in db.execute("SELECT id FROM posts").fetchall()}
    some = [row["id"] for row in rows if row["id"] in kept]
    db.executemany(
        "INSERT INTO post_tags (tag_id, post_id) VALUES (:t, :p) ON CONFLICT DO NOTHING",
        [{"t": 1 if chance.random() < 0.5 else chance.randrange(299) + 1, "p": post} for post in some],
    )
    pairs = [{"a": chance.randrange(ACCOUNTS) + 1, "p": chance.choice(some)} for _ in range(5000)]
    db.executemany("INSERT INTO likes (account_id, post_id, uri, created_ms) VALUES (:a, :p, '', 0) ON CONFLICT DO NOTHING", pairs)
    db.executemany("INSERT INTO mentions (account_id, post_id) VALUES (:a, :p) ON CONFLICT DO NOTHING", pairs)
    db.executemany(
        f"INSERT INTO notifications ({columns(Notification)}) VALUES ({placeholders(Notification)}) ON CONFLICT DO NOTHING",
        [
            values(Notification(number << 20, 1 + number % 3, "like", chance.randrange(ACCOUNTS) + 1, chance.choice(some)))
            for number in range(5000)
        ],
    )
    fill_queues(db, chance)
    db.execute("COMMIT")


def fill_queues(db: SqliteConnection, chance: random.Random) -> None:
    """Two hosts that are away are owed nearly everything."""
    numbers = range(2000)
    db.executemany(
        "INSERT INTO activities (id, uri, account_id, type, post_id, body) VALUES (:id, :id, 1, 'Create', :post, X'7B7D')",
        [{"id": number + 1, "post": post_id(number)} for number in numbers],
    )
    db.executemany(
        "INSERT INTO deliveries (activity_id, inbox, host, order_key, state, next_ms, updated_ms)"
        " VALUES (:a, :h, :h, :a % 1500, :state, :next, 0)",
        [
            {
                "a": number + 1,
                "h": f"host{host}.example",
                "state": chance.choice(["waiting", "waiting", "delivered"]),
                "next": START_MS + number,
            }
            for number in numbers
            for host in ({0, 1, number % HOSTS} if chance.random() < 0.9 else {number % HOSTS})
        ],
    )
    db.executemany("INSERT INTO hosts (host, failures) VALUES (:h, :f)", [{"h": f"host{n}.example", "f": n % 3} for n in range(HOSTS)])
    db.executemany(
        "INSERT INTO jobs (kind, key, next_ms) VALUES ('tidy', :key, :n)", [{"key": str(n), "n": START_MS + n} for n in range(3000)]
    )
    db.executemany(
        "INSERT INTO seen (hash, seen_ms) VALUES (:h, 0)", [{"h": blake2b(str(n).encode(), digest_size=16).digest()} for n in range(5000)]
    )
    db.executemany(
        "INSERT INTO sessions (hash, account_id, csrf, created_ms, expires_ms) VALUES (:h, :a, '', 0, 0)",
        [{"h": str(n).encode(), "a": n % PEOPLE + 1} for n in range(500)],
    )
    db.executemany(
        "INSERT INTO polls (post_id, options, closes_ms) VALUES (:p, '[]', :n)",
        [{"p": post_id(n), "n": START_MS + n} for n in range(1, 50)],
    )


@pytest.fixture(scope="module", params=["fresh", "analysed"])
def busy_node(request, tmp_path_factory):
    """The same rows without any statistics and with them: a node has none until somebody runs ANALYZE, and plans must not hang on it."""
    path = tmp_path_factory.mktemp("plans") / "hedgerow.sqlite"
    upgrade(path)
    db = connect(path, read_only=False)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA foreign_keys = OFF")
    fill(db)
    if request.param == "analysed":
        db.execute("ANALYZE")
    yield db
    db.close()


@pytest.fixture
def explained(busy_node):
    """Each test leaves the rows as they were."""
    busy_node.execute("BEGIN")
    yield Explained(busy_node)
    busy_node.execute("ROLLBACK")


class Explained:
    """A connection that notes the plan of every statement that it is given, and then runs it."""

    engine = "sqlite"

    def __init__(self, db: SqliteConnection) -> None:
        self.db, self.steps = db, []

    def execute(self, sql, parameters=None):
        self.steps += [step for *_, step in self.db.execute(f"EXPLAIN QUERY PLAN {sql}", parameters or {}).fetchall()]
        return self.db.execute(sql, parameters or {})

    def executemany(self, sql, parameters):
        rows = list(parameters)
        self.steps += [step for *_, step in self.db.execute(f"EXPLAIN QUERY PLAN {sql}", rows[0]).fetchall()]
        return self.db.executemany(sql, rows)


NEW_POST = Post(NEWEST + 5, "https://x/new", LOUD + 1, "Note", 0, START_MS, in_reply_to_uri=f"https://x/{ROOT}")
PAGES = {
    "home": lambda db: timelines.list_home(db, 1, 20, before=MIDDLE),
    "home, its newest page": lambda db: timelines.list_home(db, 1, 20),
    "account posts": lambda db: timelines.list_account_posts(db, LOUD + 1, 1, 20, before=MIDDLE),
    "account posts for a stranger": lambda db: timelines.list_account_posts(db, LOUD + 1, 0, 20),
    "local timeline": lambda db: timelines.list_local(db, 1, 20),
    "local timeline of the API": lambda db: listings.list_public(db, 1, listings.Kinds(local=True), listings.Window()),
    "home of the API": lambda db: listings.list_home(db, 1, listings.Window(before=MIDDLE)),
    "hashtag of the API": lambda db: listings.list_tagged(db, ["tag1"], [], [], 1, listings.Kinds(), listings.Window()),
    "hashtag": lambda db: timelines.list_tag(db, "tag1", 1, 20),
    "outbox": lambda db: timelines.list_outbox(db, LOUD + 1, 20),
    "thread": lambda db: timelines.list_thread(db, ROOT, 1, 100),
    "conversation": lambda db: timelines.list_conversation(db, ROOT, 20),
    "library": lambda db: resources.list_resources(db, 1, Wanted("https://x/c", "moss"), NOW, 30, MIDDLE),
    "paths": lambda db: paths.list_paths(db, 1, 20, MIDDLE),
    "record": lambda db: record.list_accepted(db, LOUD + 1, 1, 20, MIDDLE),
    "replies": lambda db: timelines.list_replies(db, ROOT, 20),
    "likers": lambda db: reactions.list_likers(db, ROOT, 20),
    "boosters": lambda db: reactions.list_boosters(db, ROOT, 20),
    "followers": lambda db: follows.list_followers(db, LOUD + 1, 40),
    "following": lambda db: follows.list_following(db, 1, 40),
    "notifications": lambda db: notifications.list_notifications(db, 1, 20, 1 << 62),
    "unread notifications": lambda db: users.count_unread(db, 1),
    "lease of jobs": lambda db: jobs.lease_jobs(db, NOW, NOW + 1, 10),
    "next job": jobs.next_job_ms,
    "members of a community": lambda db: communities.list_members(db, LOUD + 1, 40),
    "log of a community": lambda db: stewardship.list_deeds(db, LOUD + 1, 40, 1 << 62),
    "loose media": lambda db: media.list_loose_media(db, MIDDLE, 20),
    "all posts of an account": lambda db: posts.list_all_posts(db, LOUD + 1),
}
LOOKUPS = {
    "what posts mean": lambda db: (facets.list_competencies(db, [ROOT]), facets.list_turns(db, [ROOT]), facets.find_ask(db, ROOT)),
    "resource": lambda db: facets.find_resource(db, ROOT),
    "who knows": lambda db: questions.list_facts(db, 1, ["tag1", "tag2"]),
    "whom a question was brought to": lambda db: (questions.list_asked(db, ROOT), questions.list_reasons(db, 1, [ROOT])),
    "questions of a day": lambda db: questions.count_brought(db, LOUD + 1, MIDDLE),
    "best resource and path": lambda db: (resources.find_best(db, 1, ["tag1"], NOW), paths.find_best(db, 1, ["tag1"])),
    "steps done": lambda db: (paths.list_done(db, 1, ROOT), paths.has_started(db, 1, ROOT), paths.find_newcomer_path(db, 1)),
    "ties": lambda db: network.list_ties(db, 1, MIDDLE, 1, 500),
    "bonds and topics": lambda db: (network.list_bonds(db, [1, 2, 3], MIDDLE), network.list_topics(db, [1, 2], MIDDLE, 3)),
    "post by id": lambda db: posts.find_visible_post(db, ROOT, 1),
    "post by URI": lambda db: posts.find_post_by_uri(db, f"https://x/{ROOT}"),
    "posts by id": lambda db: posts.list_posts(db, [ROOT, MIDDLE, NEWEST]),
    "entry": lambda db: timelines.find_entry(db, ROOT, 1),
    "boost": lambda db: posts.find_boost(db, LOUD + 1, ROOT),
    "tombstone": lambda db: posts.find_tombstone(db, "https://x/9"),
    "counts of a thread": lambda db: (timelines.count_conversation(db, ROOT), timelines.count_replies(db, ROOT)),
    "accounts by id": lambda db: accounts.list_accounts(db, [1, 2, 3]),
    "account by handle": lambda db: accounts.find_account_by_handle(db, "A30", "host30.example"),
    "local account by handle": lambda db: accounts.find_account_by_handle(db, "A3"),
    "account by address": lambda db: accounts.find_account_by_address(db, "https://host30.example/users/a30/page"),
    "key": lambda db: accounts.find_key(db, "k30"),
    "keys of an account": lambda db: accounts.list_keys(db, 30),
    "session": lambda db: users.find_session(db, b"7", 0),
    "token": lambda db: users.find_token(db, b"7"),
    "user by login": lambda db: users.find_user_by_login(db, "a3"),
    "follow": lambda db: follows.is_following(db, 1, LOUD + 1),
    "local follower": lambda db: follows.has_local_follower(db, LOUD + 1),
    "counts of followers": lambda db: (follows.count_followers(db, LOUD + 1), follows.count_following(db, 1)),
    "mentioned": lambda db: reactions.list_mentioned(db, ROOT),
    "hashtags": lambda db: reactions.list_tags(db, [ROOT, MIDDLE]),
    "liked post": lambda db: reactions.find_liked_post(db, LOUD + 1, "x"),
    "polls": lambda db: (polls.list_polls(db, [ROOT]), polls.list_votes(db, ROOT, 1), polls.list_closed_polls(db, 0, 1)),
    "community": lambda db: (communities.find_community(db, 1), communities.find_membership(db, 1, 2), communities.is_moderator(db, 1, 2)),
    "communities": lambda db: communities.list_communities(db, 40),
    "places of a post": lambda db: (communities.list_places(db, ROOT), communities.find_place(db, 1, ROOT), communities.list_joined(db, 1)),
    "what waits": lambda db: (communities.list_waiting(db, 1, 40), communities.is_locked(db, 1, (ROOT, MIDDLE))),
    "moderators and bans": lambda db: (stewardship.is_banned(db, 1, 2), stewardship.list_bans(db, 1)),
    "host": lambda db: hosts.find_host(db, "host1.example"),
    "owed about a post": lambda db: deliveries.list_deliveries_of_post(db, ROOT),
    "activity": lambda db: deliveries.find_activity(db, "7"),
    "archive, by words": lambda db: search.list_hits(db, search.Question(("xxx",)), 1, 20),
    "archive, of an author": lambda db: search.list_hits(db, search.Question(author=3), 1, 20),
    "archive, under a tag": lambda db: search.list_hits(db, search.Question(tag="tag1"), 1, 20),
    "archive, the newest": lambda db: search.list_hits(db, search.Question(pictured=True), 1, 20),
    "what the web says of a post": lambda db: webmentions.list_mentions(db, ROOT),
    "imports": lambda db: imports.list_imports(db, 1),
    "feed by address": lambda db: feeds.find_feed_by_address(db, "x"),
    "entries of a feed": lambda db: feeds.list_entries(db, 1, ["a", "b"]),
    "feeds of a follower": lambda db: feeds.list_followed_feeds(db, 1),
    "digest": lambda db: (digests.find_wish(db, 1), digests.list_near(db, 1, MIDDLE), digests.list_far(db, 1, MIDDLE)),
    "end of the mails": lambda db: digests.find_wish_by_secret(db, "x"),
    "snippets": lambda db: search.list_snippets(db, search.Question(("xxx",)), [ROOT, MIDDLE]),
}
WORK = {
    "due feeds": lambda db: feeds.list_due_feeds(db, NOW, 10),
    "due digests": lambda db: digests.list_due(db, NOW, 10),
    "facets of a post": lambda db: (facets.clear(db, MIDDLE), facets.list_waiting_asks(db, "https://x/1")),
    "follower inboxes": lambda db: follows.list_follower_inboxes(db, 1),
    "due hosts": lambda db: deliveries.list_due_hosts(db, NOW),
    "next due": deliveries.next_due_ms,
    "lease of deliveries": lambda db: deliveries.lease_deliveries(db, "host0.example", NOW, NOW + 1, 10),
    "host is back": lambda db: deliveries.hasten_host(db, "host1.example", START_MS),
    "delivery ends": lambda db: deliveries.finish_delivery(db, deliveries.Result(1, "delivered", 1, 0, 202, "", NOW)),
    "a new post": lambda db: posts.add_post(db, NEW_POST),
    "a new post's timelines": lambda db: timelines.add_to_home(db, NEW_POST, parent_author_id=3),
    "seen": lambda db: seen.add_seen(db, "https://x/a", "https://x/b", NOW),
    "a like": lambda db: reactions.add_like(db, 1, MIDDLE, "https://x/like", NOW),
    "a notification": lambda db: notifications.add_notification(db, 1, "like", 30, MIDDLE, NOW),
    "a notification taken back": lambda db: notifications.remove_notification(db, 1, "like", 30, MIDDLE),
    "mentions and hashtags": lambda db: (reactions.set_mentions(db, MIDDLE, [1, 2]), reactions.set_tags(db, MIDDLE, ["tag5", "new"])),
    "a deletion": lambda db: posts.delete_post(db, posts.find_post(db, ROOT), NOW),
    "a follow undone": lambda db: (follows.remove_follow(db, 1, LOUD + 1), timelines.empty_home(db, 1, LOUD + 1)),
}
MADE = {
    "w",
    "waiting",
    "nexts",
    "n",
    "unread",
    "f",
    "due",
}  # what a statement makes by itself: the hosts that are owed something, at most 100 rows


ASKED_OF_INDEX = re.compile(r"VIRTUAL TABLE INDEX \d+:\S|SCAN \(subquery")  # the full-text index, given a row or words to look for


def scans(steps: list[str]) -> list[str]:
    """The steps that read a whole table or index of ours from its beginning, without a place to start or to stop."""
    scanned = [step for step in steps if step.startswith("SCAN ") and step != "SCAN CONSTANT ROW" and step.split()[1] not in MADE]
    return [step for step in scanned if not ASKED_OF_INDEX.search(step)]


@pytest.mark.parametrize("asked", [*PAGES, *LOOKUPS, *WORK])
def test_a_hot_query_reads_no_table_from_end_to_end(explained, asked):
    ({**PAGES, **LOOKUPS, **WORK})[asked](explained)
    assert scans(explained.steps) == []
    assert [step for step in explained.steps if "AUTOMATIC" in step] == []


FORGETTING = {
    "posts": lambda db: forgetting.list_forgettable(db, forgetting.list_window(db, MIDDLE, 100)),
    "posts, gone": lambda db: forgetting.forget_posts(db, forgetting.list_forgettable(db, forgetting.list_window(db, MIDDLE, 100))),
    "homes": lambda db: forgetting.forget_home(db, ROOT, MIDDLE),
    "people": lambda db: forgetting.list_unknown(db, forgetting.list_accounts(db, 0, 5), NOW),
    "people, gone": lambda db: forgetting.forget_accounts(db, forgetting.list_accounts(db, 0, 5), NOW),
}
FEW = {"scheduled", "wishes", "users"}  # what is not sent yet, and who lives here


@pytest.mark.parametrize("asked", FORGETTING)
def test_what_is_forgotten_is_found_without_reading_tables(explained, asked):
    FORGETTING[asked](explained)
    assert [step for step in scans(explained.steps) if step.split()[1] not in FEW] == []
    assert [step for step in explained.steps if "AUTOMATIC" in step] == []


@pytest.mark.parametrize("asked", PAGES)
def test_a_page_comes_in_the_order_of_its_index(explained, asked):
    PAGES[asked](explained)
    assert [step for step in explained.steps if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize("asked", ["archive, by words", "archive, the newest", "home", "account posts", "hashtag", "thread", "post by id"])
def test_what_a_viewer_may_see_is_not_looked_for_among_all_whom_they_follow(explained, asked):
    ({**PAGES, **LOOKUPS})[asked](explained)
    assert [step for step in explained.steps if step.endswith("(follower_id=?)")] == []


def test_what_these_tests_look_for_is_found(explained):
    explained.execute("SELECT content FROM posts WHERE content LIKE '%x%' ORDER BY content")
    explained.execute("SELECT count(*) FROM posts WHERE account_id + 0 = 1")
    assert len(scans(explained.steps)) == 2
    assert [step for step in explained.steps if "TEMP B-TREE" in step] == ["USE TEMP B-TREE FOR ORDER BY"]
