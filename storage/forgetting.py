"""Other servers' posts and people that nobody here has to do with: found, and forgotten as if they had never come.

Every reference to a post and to an account stands in one of two tables here; a test reads the schema and fails where one is missing. What
is forgotten leaves no tombstone: it comes back when it is fetched or announced again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from storage import indexing
from storage.database import Connection, one_value, serialise, with_list
from storage.records import loaded

ANY = ""  # any row keeps what it refers to
OURS = "EXISTS (SELECT 1 FROM accounts o WHERE o.id = r.account_id AND o.domain = '')"  # a row of somebody here does
OUR_COMMUNITY = "EXISTS (SELECT 1 FROM accounts o WHERE o.id = r.community_id AND o.domain = '')"
WITH_IT = None  # a row keeps nothing: it goes along
APART = "apart"  # see _THREADS and _REFERRERS

POST_REFERENCES: Mapping[tuple[str, str], str | None] = {
    ("activities", "post_id"): WITH_IT,  # what was said of it to other servers is a queue's matter
    ("asked", "post_id"): ANY,
    ("asks", "accepted_id"): ANY,
    ("asks", "post_id"): ANY,
    ("attendances", "post_id"): OURS,
    ("audit", "post_id"): WITH_IT,  # the log of a community names its address too
    ("awards", "post_id"): ANY,
    ("bookmarks", "post_id"): ANY,
    ("community_posts", "post_id"): OUR_COMMUNITY,
    ("conversations", "last_id"): WITH_IT,  # a message names somebody here, who keeps it
    ("conversations", "thread_id"): ANY,
    ("edits", "post_id"): WITH_IT,
    ("endorsements", "post_id"): ANY,
    ("feed_entries", "post_id"): WITH_IT,  # posts of ours
    ("filter_posts", "post_id"): ANY,
    ("goal_links", "goal_id"): ANY,
    ("goal_links", "post_id"): ANY,
    ("goals", "post_id"): ANY,
    ("guests", "post_id"): ANY,
    ("held_posts", "post_id"): ANY,  # a moderator has not decided yet
    ("home", "post_id"): WITH_IT,
    ("likes", "post_id"): OURS,
    ("marks", "post_id"): ANY,
    ("media", "post_id"): WITH_IT,  # posts of ours
    ("meetings", "post_id"): WITH_IT,  # who goes there keeps it
    ("mentions", "post_id"): OURS,
    ("muted_threads", "thread_id"): ANY,
    ("newcomer_paths", "post_id"): ANY,
    ("notifications", "post_id"): WITH_IT,
    ("origins", "post_id"): ANY,
    ("path_starts", "post_id"): ANY,
    ("path_steps", "post_id"): ANY,
    ("path_steps", "reflection_id"): ANY,
    ("paths", "post_id"): ANY,
    ("pins", "post_id"): OURS,
    ("polls", "post_id"): WITH_IT,
    ("post_apps", "post_id"): WITH_IT,
    ("post_competencies", "post_id"): ANY,
    ("post_previews", "post_id"): WITH_IT,
    ("post_tags", "post_id"): WITH_IT,
    ("posts", "boost_of_id"): APART,
    ("posts", "in_reply_to_id"): APART,
    ("posts", "thread_id"): APART,
    ("quotes", "post_id"): WITH_IT,
    ("quotes", "quoted_id"): APART,
    ("reflections", "post_id"): ANY,
    ("resources", "post_id"): ANY,
    ("turns", "post_id"): ANY,
    ("votes", "post_id"): OURS,
    ("webmentions", "post_id"): ANY,
    ("webmentions_sent", "post_id"): WITH_IT,  # posts of ours
}
ACCOUNT_OWN = frozenset(  # what goes along with an account; every other reference keeps it
    {("identities", "account_id"), ("keys", "account_id"), ("successions", "account_id"), ("tallies", "account_id")}
)
ACCOUNT_LOCAL = frozenset(  # what only those have who live here
    {
        (table, "account_id")
        for table in (
            "applicants", "bookmarks", "codes", "conversations", "digests", "featured_accounts", "featured_tags", "feed_entries", "feeds",
            "filters", "followed_tags", "hidden_domains", "home", "imports", "learners", "links", "lists", "markers", "media",
            "muted_threads", "mutes", "notifications", "path_starts", "path_steps", "portfolio_views", "portfolios", "preferences",
            "push_subscriptions", "reflection_drafts", "remarks", "scheduled", "sessions", "tokens", "transfers", "unsuggested", "welcomed",
        )
    }
    | {("community_invites", "community_id"), ("consents", "guardian_id"), ("consents", "ward_id")}
    | {("cohort_members", "guardian_id"), ("wishes", "guardian_id"), ("wishes", "ward_id")}
)  # fmt: skip
ACCOUNT_REFERENCES: tuple[tuple[str, str], ...] = (
    ("activities", "account_id"), ("asked", "account_id"), ("asks", "answerer_id"), ("attendances", "account_id"),
    ("audit", "account_id"), ("audit", "actor_id"), ("audit", "community_id"), ("awards", "issuer_id"), ("awards", "recipient_id"),
    ("badges", "account_id"), ("bans", "account_id"), ("bans", "community_id"), ("blocks", "account_id"), ("blocks", "target_id"),
    ("cohort_members", "account_id"), ("cohorts", "community_id"), ("communities", "account_id"), ("community_posts", "community_id"),
    ("endorsements", "endorser_id"), ("endorsements", "recipient_id"), ("featured_accounts", "target_id"),
    ("follows", "followee_id"), ("follows", "follower_id"), ("frameworks", "account_id"), ("guardians", "guardian_id"),
    ("guardians", "ward_id"), ("likes", "account_id"), ("list_members", "account_id"), ("marks", "author_id"), ("marks", "marker_id"),
    ("meetings", "host_id"), ("memberships", "account_id"), ("memberships", "community_id"), ("mentions", "account_id"),
    ("mutes", "target_id"), ("newcomer_paths", "community_id"), ("notifications", "actor_id"), ("origins", "account_id"),
    ("pins", "account_id"), ("posts", "account_id"), ("remarks", "target_id"), ("reports", "account_id"), ("reports", "target_id"),
    ("revoked_indexes", "account_id"), ("status_lists", "account_id"), ("unsuggested", "target_id"), ("users", "account_id"),
    ("votes", "account_id"), ("welcomed", "target_id"),
)  # fmt: skip

_KEPT = " ".join(
    f"AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{column} = p.id{f' AND {condition}' if condition else ''})"
    for (table, column), condition in POST_REFERENCES.items()
    if condition not in (WITH_IT, APART)
)
_UNTOUCHED = f"""
    SELECT p.id, p.uri, coalesce(p.thread_id, p.id) FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.id IN (:ids) AND a.domain <> '' AND p.facets IS NULL {_KEPT}
    AND NOT EXISTS (SELECT 1 FROM snapshots r WHERE r.uri = p.uri)
    AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.target_id = p.account_id AND replace(r.post_uris, p.uri, '') <> r.post_uris)
    AND NOT EXISTS (SELECT 1 FROM quotes q JOIN posts r ON r.id = q.quoted_id WHERE q.post_id = p.id AND {OURS})
    ORDER BY p.id DESC"""
_THREADS = """
    SELECT DISTINCT r.thread_id FROM posts r JOIN accounts o ON o.id = r.account_id WHERE r.thread_id IN (:roots) AND o.domain = ''
    UNION SELECT r.id FROM posts r JOIN accounts o ON o.id = r.account_id WHERE r.id IN (:roots) AND o.domain = ''"""
_REFERRERS = """
    SELECT in_reply_to_id, id FROM posts WHERE in_reply_to_id IN (:ids)
    UNION ALL SELECT thread_id, id FROM posts WHERE thread_id IN (:ids)
    UNION ALL SELECT boost_of_id, id FROM posts WHERE boost_of_id IN (:ids)
    UNION ALL SELECT quoted_id, post_id FROM quotes WHERE quoted_id IN (:ids)"""
_WAITING = "SELECT params FROM scheduled UNION ALL SELECT payload FROM wishes WHERE state = 'waiting'"
_WINDOW = "SELECT id FROM posts WHERE id < :before ORDER BY id DESC LIMIT :limit"
_LOCK = "SELECT id FROM posts WHERE id IN (:ids) ORDER BY id /*pg: FOR UPDATE*/"
_ROWS = "SELECT id, in_reply_to_id, boost_of_id, attachments FROM posts WHERE id IN (:ids)"
_COUNTED = """
    UPDATE posts SET replies_count = CASE WHEN replies_count > :replies THEN replies_count - :replies ELSE 0 END,
    boosts_count = CASE WHEN boosts_count > :boosts THEN boosts_count - :boosts ELSE 0 END WHERE id = :id"""
_UNTALLY = """
    UPDATE tallies SET posts = tallies.posts - n.posts, boosts = tallies.boosts - n.boosts, open_posts = tallies.open_posts - n.shown
    FROM (SELECT p.account_id, count(*) AS posts, count(p.boost_of_id) AS boosts,
                 sum(CASE WHEN p.visibility <= 1 THEN 1 ELSE 0 END) AS shown
          FROM posts p WHERE p.id IN (:ids) GROUP BY p.account_id) n
    WHERE tallies.account_id = n.account_id"""
_HOME = """
    DELETE FROM home WHERE account_id IN (SELECT account_id FROM users UNION ALL SELECT 0) AND post_id >= :first AND post_id <= :last
    AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = home.post_id)"""
_ACCOUNTS = "SELECT id FROM accounts WHERE id > :after ORDER BY id LIMIT :limit"
_UNKNOWN = (
    "SELECT a.id FROM accounts a WHERE a.id IN (:ids) AND a.domain <> '' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL"
    " AND a.created_ms < :before AND a.fetched_ms < :before "
    + " ".join(f"AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{column} = a.id)" for table, column in ACCOUNT_REFERENCES)
    + " ORDER BY a.id"
)
_LOCK_ACCOUNTS = "SELECT id, icon_url, image_url FROM accounts WHERE id IN (:ids) ORDER BY id /*pg: FOR UPDATE*/"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went, and the addresses of files that were shown with it."""

    ids: tuple[int, ...] = ()
    file_urls: tuple[str, ...] = ()


def list_window(db: Connection, before_id: int, limit: int) -> list[int]:
    """The posts next below an id, whosever they are, newest first."""
    return [row[0] for row in db.execute(_WINDOW, {"before": before_id, "limit": limit}).fetchall()]


def list_forgettable(db: Connection, ids: Sequence[int], gone: Collection[int] = ()) -> list[int]:
    """Those of some posts that can be forgotten, answers before what they answer. gone: posts to be thought of as gone already.

    A post stays as long as another refers to it that does: an answer, a boost, a quote; and with it all that it answers.
    """
    free = db.execute(*with_list(_UNTOUCHED, "ids", ids)).fetchall()
    if not free:
        return []
    waiting = " ".join(row[0] for row in db.execute(_WAITING).fetchall())
    touched = {row[0] for row in db.execute(*_in_threads([row[2] for row in free])).fetchall()}
    found = [row[0] for row in free if row[2] not in touched and str(row[0]) not in waiting and row[1] not in waiting]
    referrers: dict[int, set[int]] = {}
    for post_id, referrer in db.execute(*with_list(_REFERRERS, "ids", found)).fetchall():
        referrers.setdefault(post_id, set()).add(referrer)
    going: dict[int, None] = {}
    while ready := [each for each in found if each not in going and all(r in going or r in gone for r in referrers.get(each, ()))]:
        going.update(dict.fromkeys(ready))
    return list(going)


def _in_threads(roots: Sequence[int]) -> tuple[str, Mapping[str, object]]:
    return with_list(_THREADS, "roots", sorted(set(roots)))


def forget_posts(db: Connection, ids: Sequence[int]) -> Forgotten:
    """Forgets those of some posts that can still be forgotten: looked at again under a lock, for somebody may have come between."""
    uris = db.execute(*with_list("SELECT uri FROM posts WHERE id IN (:ids)", "ids", ids)).fetchall()
    serialise(db, *(uri for (uri,) in uris))  # as whoever answers one does
    db.execute(*with_list(_LOCK, "ids", ids)).fetchall()
    going = list_forgettable(db, ids)
    if not going:
        return Forgotten()
    rows = db.execute(*with_list(_ROWS, "ids", going)).fetchall()
    for post_id, *_ in rows:
        indexing.forget_text(db, post_id)
    db.execute(*with_list("DELETE FROM notifications WHERE post_id IN (:ids)", "ids", going))
    _uncount(db, rows, set(going))
    db.execute(*with_list("DELETE FROM posts WHERE id IN (:ids)", "ids", going))
    return Forgotten(tuple(going), tuple(url for row in rows for url in _urls(row[3])))


def _uncount(db: Connection, rows: Sequence[tuple[int, int | None, int | None, str | None]], going: Collection[int]) -> None:
    """Posts that stay count what went no longer; nor do those who wrote it."""
    counts: dict[int, dict[str, int]] = {}
    for _, parent_id, boosted_id, _ in rows:
        for post_id, kind in ((parent_id, "replies"), (boosted_id, "boosts")):
            if post_id is not None and post_id not in going:
                counts.setdefault(post_id, {"id": post_id, "replies": 0, "boosts": 0})[kind] += 1
    db.executemany(_COUNTED, [counts[post_id] for post_id in sorted(counts)])
    db.execute(*with_list(_UNTALLY, "ids", sorted(going)))


def _urls(attachments: str | None) -> list[str]:
    return [str(each["url"]) for each in loaded(attachments) if isinstance(each, dict) and each.get("url")] if attachments else []


def forget_home(db: Connection, first_id: int, last_id: int) -> int:
    """How many lines of home timelines between two ids led to posts that are gone, and are gone too."""
    return db.execute(_HOME, {"first": first_id, "last": last_id}).rowcount


def list_accounts(db: Connection, after_id: int, limit: int) -> list[int]:
    """The accounts next above an id, whosever they are."""
    return [row[0] for row in db.execute(_ACCOUNTS, {"after": after_id, "limit": limit}).fetchall()]


def list_unknown(db: Connection, ids: Sequence[int], before_ms: int) -> list[int]:
    """Those of some accounts, from elsewhere and not looked at since a moment, to whom nothing here refers any more.

    Whom moderators have suspended, and who has left, stays known as that.
    """
    named = " ".join(row[0] for row in db.execute("SELECT subject FROM wishes").fetchall())
    return [row[0] for row in db.execute(*with_list(_UNKNOWN, "ids", ids, before=before_ms)).fetchall() if str(row[0]) not in named]


def forget_accounts(db: Connection, ids: Sequence[int], before_ms: int) -> Forgotten:
    """Forgets those of some accounts who are still unknown, with their keys; they come back as strangers."""
    rows = db.execute(*with_list(_LOCK_ACCOUNTS, "ids", ids)).fetchall()
    going = list_unknown(db, ids, before_ms)
    db.execute(*with_list("DELETE FROM accounts WHERE id IN (:ids)", "ids", going))
    return Forgotten(tuple(going), tuple(url for row in rows if row[0] in set(going) for url in row[1:] if url))


def count_rows(db: Connection, before_id: int) -> int:
    """How many posts and accounts there are to look at."""
    posts = one_value(db.execute("SELECT count(*) FROM posts WHERE id < :before", {"before": before_id}))
    return int(posts) + int(one_value(db.execute("SELECT count(*) FROM accounts")))
