"""Which posts stand in a timeline, said once: a source names its rows and its conditions, and is asked for ids or for entries.

Pages and the client API ask the same sources, so that a post that one of them does not show is in neither.
"""

from dataclasses import dataclass

from storage.posts import ACTIVE, visible

EVERYBODY = 0  # the account whose home is the local timeline: the public posts of this node's own accounts


@dataclass(frozen=True, slots=True)
class Source:
    """The posts of a timeline.

    rows:  what follows FROM: the listed post is `e`, the one that is shown (the original of a boost) `p`, their authors `w` and `a`.
    where: the conditions that hold for a viewer, with named parameters.
    key:   the column by which the list is paged.
    bound: a column for which the same bounds are said again, because PostgreSQL does not derive them; '' for none.
    """

    rows: str
    where: str
    key: str
    bound: str = ""


def statements(columns: str, source: Source) -> tuple[str, str]:
    """Two SELECTs of some columns from a source, between the keys :after and :before: newest first, and upward."""
    again = f" /*pg: AND {source.bound} < :before */" if source.bound else ""
    part = f"SELECT {columns} FROM {source.rows} WHERE {source.where} AND {source.key} < :before AND {source.key} > :after{again}"
    return f"{part} ORDER BY {source.key} DESC LIMIT :limit", f"{part} ORDER BY {source.key} LIMIT :limit"


ID = "e.id"
ENTRY = """
           e.id, p.id, p.account_id, CASE WHEN e.boost_of_id IS NULL THEN NULL ELSE e.account_id END,
           coalesce(p.revision_ms, 0), a.revision_ms, CASE WHEN e.boost_of_id IS NULL THEN 0 ELSE w.revision_ms END,
           p.replies_count,
           (SELECT 1 FROM likes l WHERE l.post_id = p.id AND l.account_id = :viewer LIMIT 1) IS NOT NULL,
           (SELECT 1 FROM posts s WHERE s.boost_of_id = p.id AND s.account_id = :viewer LIMIT 1) IS NOT NULL
"""  # no EXISTS: PostgreSQL would read all that the viewer ever liked

JOINS = """
    JOIN posts p ON p.id = coalesce(e.boost_of_id, e.id)
    JOIN accounts a ON a.id = p.account_id
    JOIN accounts w ON w.id = e.account_id
"""
SHOWN = f"{ACTIVE} AND w.suspended_ms IS NULL AND {visible('p')}"
WANTED = """
    NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id IN (p.account_id, e.account_id))
    AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :viewer AND x.target_id IN (p.account_id, e.account_id))
    AND NOT EXISTS (SELECT 1 FROM hidden_domains x WHERE x.account_id = :viewer AND x.domain IN (a.domain, w.domain))
"""
BOOST_SHOWN = f"(e.boost_of_id IS NULL OR ({visible('e')}))"  # a boost may have a narrower audience than what it boosts

_PUBLIC = f"e.boost_of_id IS NULL AND p.visibility = 0 AND {SHOWN} AND {WANTED}"
_MEDIA = "(NOT :media OR p.attachments LIKE '%\"media_type\"%')"
_KINDS = f"{_MEDIA} AND (NOT :local OR a.domain = '') AND (NOT :remote OR a.domain <> '')"
_IN_EXCLUSIVE_LIST = """
    SELECT 1 FROM lists l JOIN list_members m ON m.list_id = l.id
    WHERE l.account_id = :viewer AND l.exclusive AND m.account_id = e.account_id"""
_LANGUAGE = """
    NOT EXISTS (SELECT 1 FROM follows y WHERE y.follower_id = :viewer AND y.followee_id = e.account_id AND y.languages <> ''
                AND p.language IS NOT NULL AND ' ' || y.languages || ' ' NOT LIKE '% ' || p.language || ' %')"""
_TAGGED = f"""{_PUBLIC} AND {_KINDS}
      AND (SELECT count(*) FROM post_tags x JOIN tags y ON y.id = x.tag_id
           WHERE x.post_id = e.id AND :every LIKE '% ' || y.name || ' %') >= :least
      AND NOT EXISTS (SELECT 1 FROM post_tags x JOIN tags y ON y.id = x.tag_id
                      WHERE x.post_id = e.id AND :none LIKE '% ' || y.name || ' %')"""

HOME = Source(
    rows=f"home h JOIN posts e ON e.id = h.post_id {JOINS}",
    where=f"h.account_id = :viewer AND {SHOWN} AND {WANTED} AND {_LANGUAGE} AND NOT EXISTS ({_IN_EXCLUSIVE_LIST})",
    key="h.post_id",
    bound="e.id",
)
LIST = Source(
    rows=f"lists l JOIN home h ON h.account_id = l.account_id JOIN posts e ON e.id = h.post_id {JOINS}",
    where=f"""l.id = :list AND l.account_id = :viewer AND {SHOWN} AND {WANTED} AND {_LANGUAGE}
      AND EXISTS (SELECT 1 FROM list_members m WHERE m.list_id = l.id AND m.account_id = e.account_id)
      AND (e.in_reply_to_id IS NULL OR l.replies_policy = 'followed'
           OR EXISTS (SELECT 1 FROM posts o WHERE o.id = e.in_reply_to_id AND (o.account_id = e.account_id
              OR (l.replies_policy = 'list' AND (o.account_id = :viewer OR EXISTS (
                  SELECT 1 FROM list_members m WHERE m.list_id = l.id AND m.account_id = o.account_id))))))""",
    key="h.post_id",
)
LOCAL = Source(  # nothing else is put there than public posts of this node's own, and what follows from that stays unsaid for the planner
    rows=f"home h JOIN posts e ON e.id = h.post_id {JOINS}",
    where=f"h.account_id = {EVERYBODY} AND p.visibility = 0 AND {SHOWN} AND {WANTED} AND {_MEDIA}",
    key="h.post_id",
    bound="e.id",
)
PUBLIC = Source(rows=f"posts e {JOINS}", where=f"{_PUBLIC} AND {_KINDS}", key="e.id")
TAG = Source(  # of one tag: the rows come in the order of the index, which PostgreSQL does not see where it joins the tag
    rows=f"post_tags pt JOIN posts e ON e.id = pt.post_id {JOINS}",
    where=f"pt.tag_id = (SELECT t.id FROM tags t WHERE t.name IN (:names)) AND {_TAGGED}",
    key="pt.post_id",
    bound="e.id",
)
TAGS = Source(
    rows=f"tags t JOIN post_tags pt ON pt.tag_id = t.id JOIN posts e ON e.id = pt.post_id {JOINS}",
    where=f"t.name IN (:names) AND {_TAGGED}",
    key="pt.post_id",
)
ACCOUNT = Source(
    rows=f"posts e {JOINS}",
    where=f"""e.account_id = :account AND {SHOWN} AND {BOOST_SHOWN}
      AND (NOT :no_replies OR e.in_reply_to_uri IS NULL OR EXISTS (
           SELECT 1 FROM posts o WHERE o.id = e.in_reply_to_id AND o.account_id = e.account_id))
      AND (NOT :no_boosts OR e.boost_of_id IS NULL) AND (NOT :media OR (e.boost_of_id IS NULL AND p.attachments LIKE '%"media_type"%'))
      AND (:tag = '' OR EXISTS (SELECT 1 FROM post_tags x JOIN tags y ON y.id = x.tag_id WHERE x.post_id = e.id AND y.name = :tag))
      AND (NOT :pinned OR EXISTS (SELECT 1 FROM pins x WHERE x.account_id = e.account_id AND x.post_id = e.id))""",
    key="e.id",
)
BOOKMARKS = Source(
    rows=f"bookmarks b JOIN posts e ON e.id = b.post_id {JOINS}", where=f"b.account_id = :viewer AND {SHOWN} AND {BOOST_SHOWN}", key="b.id"
)
LIKES = Source(
    rows=f"likes l JOIN posts e ON e.id = l.post_id {JOINS}",
    where=f"l.account_id = :viewer AND {SHOWN} AND {BOOST_SHOWN}",
    key="l.created_ms",
)
QUOTES = Source(
    rows=f"quotes q JOIN posts e ON e.id = q.post_id {JOINS}",
    where=f"q.quoted_id = :post AND q.state = 'accepted' AND {SHOWN} AND {WANTED}",
    key="q.post_id",
)
DIRECT = Source(
    rows=f"conversations c JOIN posts e ON (e.id = c.thread_id OR e.thread_id = c.thread_id) {JOINS}",
    where=f"c.account_id = :viewer AND e.visibility = 3 AND {SHOWN} AND {WANTED}",
    key="e.id",
)
LINK = Source(rows=f"post_previews l JOIN posts e ON e.id = l.post_id {JOINS}", where=f"l.url = :link AND {_PUBLIC}", key="l.post_id")
ONE = f"SELECT {ENTRY} FROM posts e {JOINS} WHERE e.id = :post AND {SHOWN} AND {BOOST_SHOWN}"
