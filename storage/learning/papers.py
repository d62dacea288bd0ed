"""What only the learner's own node knows of them, told by addresses instead of numbers, as an archive takes it along."""

from dataclasses import dataclass
from typing import Any

from storage.database import Connection

_WALKS = """
    SELECT p.uri, s.started_ms FROM path_starts s JOIN posts p ON p.id = s.post_id WHERE s.account_id = :account
    ORDER BY s.started_ms, p.id"""
_STEPS = """
    SELECT p.uri, d.step, d.done_ms, d.evidence_url, r.uri FROM path_steps d JOIN posts p ON p.id = d.post_id
    LEFT JOIN posts r ON r.id = d.reflection_id WHERE d.account_id = :account ORDER BY d.done_ms, p.id, d.step"""
_GOAL_LINKS = """
    SELECT g.uri, p.uri, l.added_ms FROM goal_links l JOIN posts g ON g.id = l.goal_id JOIN posts p ON p.id = l.post_id
    WHERE g.account_id = :account ORDER BY l.added_ms, p.id"""
_BOOKMARKS = "SELECT p.uri FROM bookmarks b JOIN posts p ON p.id = b.post_id WHERE b.account_id = :account ORDER BY b.id"
_ATTENDED = """
    SELECT p.uri, t.state, t.created_ms FROM attendances t JOIN posts p ON p.id = t.post_id WHERE t.account_id = :account ORDER BY p.id"""
_MARKED = """
    SELECT a.uri, m.post_uri, m.digest, m.comment, m.lines, m.created_ms FROM marks m JOIN accounts a ON a.id = m.marker_id
    WHERE m.author_id = :account ORDER BY m.id"""
_TITLES = "SELECT uri, title FROM posts WHERE account_id = :account AND type = 'Note' AND title <> '' ORDER BY id"
_VERSIONS = """
    SELECT p.uri, e.edited_ms, e.title, e.summary, e.content, e.source, e.attachments, e.visibility
    FROM edits e JOIN posts p ON p.id = e.post_id WHERE p.account_id = :account ORDER BY p.id, e.edited_ms"""
_ADD_VERSION = """
    INSERT INTO edits (post_id, edited_ms, title, summary, content, source, attachments, visibility)
    VALUES (:post, :edited, :title, :summary, :content, :source, :attachments, :visibility) ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class OldVersion:
    """What a post of somebody's said until it was edited. edited_ms: from when on it had said so."""

    edited_ms: int
    title: str
    summary: str
    content: str
    source: str | None
    attachments: str | None
    visibility: int


def list_walks(db: Connection, account_id: int) -> list[tuple[str, int]]:
    """(path, started_ms) of somebody's paths."""
    return _rows(db, _WALKS, account_id)


def list_steps(db: Connection, account_id: int) -> list[tuple[str, str, int, str, str | None]]:
    """(path, step, done_ms, evidence_url, reflection) of all that somebody did on paths."""
    return _rows(db, _STEPS, account_id)


def list_goal_links(db: Connection, account_id: int) -> list[tuple[str, str, int]]:
    """(goal, post, added_ms): what is linked to somebody's goals."""
    return _rows(db, _GOAL_LINKS, account_id)


def list_bookmarks(db: Connection, account_id: int) -> list[str]:
    """What somebody put a bookmark to, oldest bookmark first."""
    return [row[0] for row in _rows(db, _BOOKMARKS, account_id)]


def list_attended(db: Connection, account_id: int) -> list[tuple[str, str, int]]:
    """(event, state, created_ms) of events that somebody comes or came to."""
    return _rows(db, _ATTENDED, account_id)


def list_marked(db: Connection, account_id: int) -> list[tuple[str, str, str, str, str, int]]:
    """(marker, post, digest, comment, lines, created_ms) of marks that somebody was given."""
    return _rows(db, _MARKED, account_id)


def list_titles(db: Connection, account_id: int) -> list[tuple[str, str]]:
    """(post, title) of somebody's Notes that have one."""
    return _rows(db, _TITLES, account_id)


def list_old_versions(db: Connection, account_id: int) -> list[tuple[str, OldVersion]]:
    """What somebody's posts said before, by the posts' addresses, oldest first."""
    return [(row[0], OldVersion(*row[1:])) for row in _rows(db, _VERSIONS, account_id)]


def add_old_version(db: Connection, post_id: int, version: OldVersion) -> bool:
    """True where a post's history has one version more."""
    stated = {
        "post": post_id,
        "edited": version.edited_ms,
        "title": version.title,
        "summary": version.summary,
        "content": version.content,
        "source": version.source,
        "attachments": version.attachments,
        "visibility": version.visibility,
    }
    return db.execute(_ADD_VERSION, stated).rowcount == 1


def _rows(db: Connection, sql: str, account_id: int) -> list[Any]:
    return db.execute(sql, {"account": account_id}).fetchall()
