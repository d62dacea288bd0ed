"""Competency frameworks that were imported or written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.ids import free_id
from storage.learning import awards, endorsements
from storage.learning.questions import Fact
from storage.records import columns, placeholders, values

BEFORE_ALL = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Framework:
    """Whose it is, and where it comes from. uri is '' for one that was written here."""

    id: int
    account_id: int
    uri: str
    title: str
    description: str
    creator: str
    license: str
    language: str
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Item:
    """One competency of a framework. url: by which it is known everywhere; place: in the order of the framework."""

    id: int
    framework_id: int
    url: str
    name: str
    label: str
    statement: str
    code: str
    kind: str
    parent_url: str
    place: int


_FRAMEWORK = f"SELECT {columns(Framework)} FROM frameworks "
_BY_ID = _FRAMEWORK + "WHERE id = :id"
_BY_URI = _FRAMEWORK + "WHERE account_id = :account AND uri = :uri"
_ALL = _FRAMEWORK + "WHERE id < :before AND (:account = 0 OR account_id = :account) ORDER BY id DESC LIMIT :limit"
_SAVE_FRAMEWORK = f"""
    INSERT INTO frameworks ({columns(Framework)}) VALUES ({placeholders(Framework)})
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description, creator = excluded.creator,
    license = excluded.license, language = excluded.language, updated_ms = excluded.updated_ms"""
_ITEM = f"SELECT {columns(Item)} FROM competencies "
_ITEMS = _ITEM + "WHERE framework_id = :framework ORDER BY place, id"
_ITEM_BY_ID = _ITEM + "WHERE id = :id"
_ITEM_BY_URL = _ITEM + "WHERE url = :url ORDER BY id LIMIT 1"
_SAVE_ITEM = f"""
    INSERT INTO competencies ({columns(Item)}) VALUES ({placeholders(Item)})
    ON CONFLICT (framework_id, url) DO UPDATE SET name = excluded.name, label = excluded.label, statement = excluded.statement,
    code = excluded.code, kind = excluded.kind, parent_url = excluded.parent_url, place = excluded.place"""
_HOLDERS = f"""
    SELECT w.recipient_id, 'achievements', CAST(:label AS TEXT), count(DISTINCT w.id)
    FROM award_competencies c JOIN awards w ON w.id = c.award_id JOIN accounts a ON a.id = w.recipient_id
    WHERE (c.label = :label OR c.url = :url) AND w.state = 'public' AND {awards.counts("w")}
      AND (w.issuer_id <> w.recipient_id OR EXISTS (SELECT 1 FROM endorsements e
        WHERE e.award_id = w.id AND e.endorser_id <> w.recipient_id AND {endorsements.counts("e")}))
      AND a.mode <> 'supervised' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer)
    GROUP BY w.recipient_id"""
_OF_GROUP = """
    SELECT c.id, c.url FROM competencies c JOIN frameworks f ON f.id = c.framework_id
    WHERE f.account_id = :account AND c.id > :after ORDER BY c.id LIMIT :limit"""


def list_holders(db: Connection, viewer_id: int, label: str, url: str) -> list[Fact]:
    """Whose achievements, shown to everybody, speak for a competency: what counts, and of what they recorded themselves
    only what others endorsed. Nobody who blocks the viewer."""
    parameters = {"viewer": viewer_id, "label": label, "url": url}
    return [Fact(*row) for row in db.execute(_HOLDERS, parameters).fetchall()]


def save_framework(db: Connection, framework: Framework) -> None:
    """Keeps a framework, new or changed."""
    db.execute(_SAVE_FRAMEWORK, values(framework))


def find_framework(db: Connection, framework_id: int) -> Framework | None:
    """A framework, or None."""
    row = db.execute(_BY_ID, {"id": framework_id}).fetchone()
    return None if row is None else Framework(*row)


def find_framework_by_uri(db: Connection, account_id: int, uri: str) -> Framework | None:
    """The framework that somebody took over from an address, or None."""
    row = db.execute(_BY_URI, {"account": account_id, "uri": uri}).fetchone()
    return None if row is None else Framework(*row)


def list_frameworks(db: Connection, limit: int, before: int = BEFORE_ALL, account_id: int = 0) -> list[Framework]:
    """All frameworks here, or those of one person or community, newest first."""
    parameters = {"limit": limit, "before": before, "account": account_id}
    return [Framework(*row) for row in db.execute(_ALL, parameters).fetchall()]


def save_items(db: Connection, items: Iterable[Item]) -> None:
    """Keeps competencies of a framework; one that is known by its URL keeps its id."""
    db.executemany(_SAVE_ITEM, [values(item) for item in items])


def remove_items(db: Connection, framework_id: int, item_ids: Sequence[int]) -> None:
    """Forgets competencies that a framework has no longer."""
    sql = "DELETE FROM competencies WHERE framework_id = :framework AND id = :id"
    db.executemany(sql, [{"framework": framework_id, "id": each} for each in item_ids])


def new_item_id(db: Connection, now_ms: int) -> int:
    """An id for a competency."""
    return free_id(db, "competency", now_ms)


def list_items(db: Connection, framework_id: int) -> list[Item]:
    """A framework's competencies, in its order."""
    return [Item(*row) for row in db.execute(_ITEMS, {"framework": framework_id}).fetchall()]


def find_item(db: Connection, item_id: int) -> Item | None:
    """A competency, or None."""
    row = db.execute(_ITEM_BY_ID, {"id": item_id}).fetchone()
    return None if row is None else Item(*row)


def find_item_by_url(db: Connection, url: str) -> Item | None:
    """The competency that is known by a URL, as the first framework here has it; None where none has."""
    row = db.execute(_ITEM_BY_URL, {"url": url}).fetchone()
    return None if row is None else Item(*row)


def list_urls_of(db: Connection, account_id: int, limit: int, after: int = 0) -> list[tuple[int, str]]:
    """(id, url) of the competencies in the frameworks of a person or community."""
    rows = db.execute(_OF_GROUP, {"account": account_id, "limit": limit, "after": after}).fetchall()
    return [(row[0], row[1]) for row in rows]


def count_items_of(db: Connection, account_id: int) -> int:
    """How many those are."""
    sql = "SELECT count(*) FROM competencies c JOIN frameworks f ON f.id = c.framework_id WHERE f.account_id = :account"
    return int(one_value(db.execute(sql, {"account": account_id})))
