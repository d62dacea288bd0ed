"""The library: what people shared to learn from, with filters."""

from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.learning.facets import Resource
from storage.posts import ACTIVE, visible
from storage.records import Account, columns
from storage.timelines import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page of the library shows; what is empty does not narrow it. label: a competency's."""

    community_uri: str = ""
    label: str = ""
    license: str = ""
    most_minutes: int = 0
    only_stale: bool = False


@dataclass(frozen=True, slots=True)
class Shelved:
    """A resource with the post that shares it."""

    resource: Resource
    title: str
    audience_uri: str | None
    author: Account


# CROSS JOIN: in this order, from the newest resource on, whatever the statistics say
_SHELVED = f"""
    SELECT {columns(Resource, "r.")}, p.title, p.audience_uri, {columns(Account, "a.")}
    FROM resources r CROSS JOIN posts p CROSS JOIN accounts a"""
_MAY = f"""{ACTIVE} AND {visible("p")}
    AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)
    AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :viewer AND x.target_id = p.account_id)"""
_TEACHES = "EXISTS (SELECT 1 FROM post_competencies c WHERE c.post_id = r.post_id AND c.label = :label)"
_LIST = f"""{_SHELVED}
    WHERE p.id = r.post_id AND a.id = p.account_id AND r.post_id < :before AND {_MAY}
      AND (:community = '' OR p.audience_uri = :community) AND (:label = '' OR {_TEACHES})
      AND (:license = '' OR r.license = :license) AND (:most = 0 OR r.minutes <= :most)
      AND (:fresh OR r.review_by_ms < :now OR r.superseded_by_uri IS NOT NULL)
    ORDER BY r.post_id DESC LIMIT :limit"""
_BEST = f"""
    SELECT {columns(Resource, "r.")}, p.title, p.audience_uri, {columns(Account, "a.")}
    FROM post_competencies c JOIN resources r ON r.post_id = c.post_id JOIN posts p ON p.id = r.post_id
    JOIN accounts a ON a.id = p.account_id
    WHERE c.label IN (:labels) AND {_MAY} AND r.superseded_by_uri IS NULL
    ORDER BY coalesce(r.review_by_ms < :now, :no), p.likes_count + 2 * p.boosts_count DESC, r.post_id DESC LIMIT 1"""
_WIDTH = len(Resource.__slots__)


def list_resources(db: Connection, viewer_id: int, wanted: Wanted, now_ms: int, limit: int, before: int = BEFORE_ALL) -> list[Shelved]:
    """What the viewer may see of it, newest first, without what those shared whom they block or mute."""
    parameters = {
        "viewer": viewer_id,
        "community": wanted.community_uri,
        "label": wanted.label,
        "license": wanted.license,
        "most": wanted.most_minutes,
        "fresh": not wanted.only_stale,
        "now": now_ms,
        "before": before,
        "limit": limit,
    }
    return [_shelved(row) for row in db.execute(_LIST, parameters).fetchall()]


def find_best(db: Connection, viewer_id: int, labels: list[str], now_ms: int) -> Shelved | None:
    """The resource for some competencies that still holds and that most people liked; None where there is none."""
    row = db.execute(*with_list(_BEST, "labels", set(labels), viewer=viewer_id, now=now_ms, no=False)).fetchone()
    return None if row is None else _shelved(row)


def _shelved(row: tuple[object, ...]) -> Shelved:
    return Shelved(Resource(*row[:_WIDTH]), str(row[_WIDTH]), row[_WIDTH + 1], Account(*row[_WIDTH + 2 :]))  # type: ignore[arg-type]  # columns
