"""Achievements that were awarded, by people here and elsewhere, to people here and elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.database import Connection, one_value, with_list
from storage.learning.facets import Competency
from storage.records import columns, placeholders, values
from storage.timelines import BEFORE_ALL

OFFERED, ACCEPTED, DECLINED, PUBLIC = "offered", "accepted", "declined", "public"
HELD = "held"  # of a supervised account: a guardian decides first, and nobody is shown it


@dataclass(frozen=True, slots=True)
class Award:
    """One achievement of one person. uri: the credential's id; credential: its exact text.

    state: offered, accepted, declined, public or held; kind: Open Badges' achievementType; list_index: in the issuer's status list, of
    ours; proof: pass, fail, '' while nobody has looked, or `claim` for one that nobody signed (Open Badges 2.0): it is about the signature
    alone.
    issuer_id: set exactly while `bound`: the actor claimed lists the key that signed; claimed: the actor that the credential names, '' for
    none; refused: that actor was asked and does not list it; bound_ms: since when that is so; share: of the best result, in percent.
    """

    id: int
    uri: str
    issuer_id: int | None
    recipient_id: int
    badge_id: int | None
    post_id: int | None
    state: str
    name: str
    kind: str
    image_url: str | None
    credential: str
    issued_ms: int
    valid_until_ms: int | None = None
    list_index: int | None = None
    proof: str = ""
    answered_ms: int | None = None
    revoked_ms: int | None = None
    reason: str = ""
    claimed: str = ""
    bound: bool = False
    refused: bool = False
    bound_ms: int = 0
    share: int = 100


def counts(alias: str) -> str:
    """The condition that an award counts: signed, by its issuer's own key, not revoked, and no test that was not passed."""
    return f"({alias}.proof = 'pass' AND {alias}.bound AND {alias}.revoked_ms IS NULL AND {alias}.share > 0)"


_SELECT = f"SELECT {columns(Award)} FROM awards "
_BY_ID = _SELECT + "WHERE id = :id"
_BY_IDS = _SELECT + "WHERE id IN (:ids)"
_BY_URI = _SELECT + "WHERE uri = :uri"
_BY_POST = _SELECT + "WHERE post_id = :post"
_RECEIVED = _SELECT + "WHERE recipient_id = :account AND state IN (:states) AND id < :before ORDER BY id DESC LIMIT :limit"
_ISSUED = _SELECT + "WHERE issuer_id = :account AND id < :before ORDER BY id DESC LIMIT :limit"
_HOLDERS = _SELECT + f"WHERE badge_id = :badge AND state = 'public' AND {counts('awards')} ORDER BY id DESC LIMIT :limit"
_TO_LOOK_AT = f"""
    SELECT {columns(Award, "w.")} FROM awards w LEFT JOIN accounts i ON i.id = w.issuer_id JOIN accounts r ON r.id = w.recipient_id
    WHERE ((i.domain <> '' AND r.domain = '') OR (w.issuer_id IS NULL AND NOT w.refused AND w.claimed <> '' AND w.bound_ms > :since))
      AND w.revoked_ms IS NULL AND w.proof <> 'claim' AND w.id > :after ORDER BY w.id LIMIT :limit"""
_INSERT = f"INSERT INTO awards ({columns(Award)}) VALUES ({placeholders(Award)})"
_COMPETENCIES = "SELECT award_id, url, name FROM award_competencies WHERE award_id IN (:ids) ORDER BY award_id, label"


def add_award(db: Connection, award: Award, competencies: Iterable[Competency] = ()) -> None:
    """Keeps an award and the competencies that it is about. Raises Taken where its credential is kept already."""
    db.execute(_INSERT, values(award))
    rows = [{"award": award.id, "url": each.url, "name": each.name, "label": each.label} for each in competencies]
    if rows:
        db.executemany(
            "INSERT INTO award_competencies (award_id, url, name, label) VALUES (:award, :url, :name, :label) ON CONFLICT DO NOTHING", rows
        )


def find_award(db: Connection, award_id: int) -> Award | None:
    """An award whoever may see it, or None."""
    return _one(db, _BY_ID, {"id": award_id})


def find_award_by_uri(db: Connection, uri: str) -> Award | None:
    """The award with a credential's id, or None."""
    return _one(db, _BY_URI, {"uri": uri})


def find_award_by_post(db: Connection, post_id: int) -> Award | None:
    """The award that a post tells of, or None."""
    return _one(db, _BY_POST, {"post": post_id})


def list_awards(db: Connection, ids: Sequence[int]) -> dict[int, Award]:
    """Awards by their ids."""
    return {row[0]: Award(*row) for row in db.execute(*with_list(_BY_IDS, "ids", set(ids))).fetchall()}


def list_received(db: Connection, account_id: int, states: Sequence[str], limit: int = 200, before: int = BEFORE_ALL) -> list[Award]:
    """What somebody was awarded, in some states, newest first."""
    return [
        Award(*row)
        for row in db.execute(*with_list(_RECEIVED, "states", states, account=account_id, before=before, limit=limit)).fetchall()
    ]


def list_issued(db: Connection, account_id: int, limit: int = 200, before: int = BEFORE_ALL) -> list[Award]:
    """What somebody awarded, newest first."""
    return [Award(*row) for row in db.execute(_ISSUED, {"account": account_id, "before": before, "limit": limit}).fetchall()]


def list_holders(db: Connection, badge_id: int, limit: int) -> list[Award]:
    """Awards of a badge that are shown to everybody and count, newest first."""
    return [Award(*row) for row in db.execute(_HOLDERS, {"badge": badge_id, "limit": limit}).fetchall()]


def list_to_look_at(db: Connection, limit: int, after: int = 0, since_ms: int = 0) -> list[Award]:
    """What people here were given elsewhere and may have been revoked since, and what has had no answer from the actor that it names
    since some moment; oldest first."""
    return [Award(*row) for row in db.execute(_TO_LOOK_AT, {"limit": limit, "after": after, "since": since_ms}).fetchall()]


def list_competencies(db: Connection, award_ids: Sequence[int]) -> dict[int, list[Competency]]:
    """What some awards are about, by award."""
    found: dict[int, list[Competency]] = {}
    for award_id, url, name in db.execute(*with_list(_COMPETENCIES, "ids", set(award_ids))).fetchall():
        found.setdefault(award_id, []).append(Competency(url, name))
    return found


def set_state(db: Connection, award_id: int, state: str, now_ms: int) -> bool:
    """True where that changes something. A public award can be only accepted again, and one that was declined be accepted after all."""
    sql = "UPDATE awards SET state = :state, answered_ms = :now WHERE id = :id AND state <> :state"
    return db.execute(sql, {"state": state, "now": now_ms, "id": award_id}).rowcount == 1


def set_proof(db: Connection, award_id: int, proof: str) -> None:
    """Whether its proof holds."""
    db.execute("UPDATE awards SET proof = :proof WHERE id = :id", {"proof": proof, "id": award_id})


def set_attribution(db: Connection, award_id: int, issuer_id: int | None, now_ms: int, *, refused: bool = False) -> None:
    """Whose it is from now on: an actor whose key signed it, or nobody's. refused: the actor that it names does not list the key."""
    parameters = {"id": award_id, "issuer": issuer_id, "bound": issuer_id is not None, "refused": refused, "now": now_ms}
    sql = "UPDATE awards SET issuer_id = :issuer, bound = :bound, refused = :refused, bound_ms = :now WHERE id = :id"
    db.execute(sql, parameters)


def set_share(db: Connection, award_id: int, share: int) -> None:
    """How much of the best result was reached, in percent."""
    db.execute("UPDATE awards SET share = :share WHERE id = :id", {"share": share, "id": award_id})


def remove_unattributed(db: Connection, uri: str) -> bool:
    """True where a claim that nobody confirmed gave way to the credential that has its address."""
    return db.execute("DELETE FROM awards WHERE uri = :uri AND NOT bound", {"uri": uri}).rowcount == 1


def hand_over(db: Connection, award_id: int, recipient_id: int, state: str) -> None:
    """Its recipient has moved: from here on it is the new account's, with what was said for it."""
    parameters = {"id": award_id, "recipient": recipient_id, "state": state}
    db.execute("UPDATE awards SET recipient_id = :recipient, state = :state WHERE id = :id", parameters)
    db.execute("UPDATE endorsements SET recipient_id = :recipient WHERE award_id = :id", {"id": award_id, "recipient": recipient_id})


def set_revoked(db: Connection, award_id: int, reason: str, now_ms: int) -> bool:
    """True where it was not revoked before."""
    sql = "UPDATE awards SET revoked_ms = :now, reason = :reason WHERE id = :id AND revoked_ms IS NULL"
    return db.execute(sql, {"now": now_ms, "reason": reason, "id": award_id}).rowcount == 1


def is_index_taken(db: Connection, account_id: int, index: int) -> bool:
    """Whether a number of an account's status list belongs to something."""
    parameters = {"account": account_id, "number": index}
    sql = "SELECT 1 FROM awards WHERE issuer_id = :account AND list_index = :number"
    other = "SELECT 1 FROM endorsements WHERE endorser_id = :account AND list_index = :number"
    return any(db.execute(each, parameters).fetchone() is not None for each in (sql, other))


def add_link(db: Connection, digest: bytes, award_id: int) -> None:
    """A link under which somebody elsewhere answers an offer."""
    db.execute("INSERT INTO award_links (digest, award_id) VALUES (:digest, :award)", {"digest": digest, "award": award_id})


def find_linked(db: Connection, digest: bytes) -> int | None:
    """The award that a link is for, or None."""
    found: int | None = one_value(db.execute("SELECT award_id FROM award_links WHERE digest = :digest", {"digest": digest}))
    return found


def remove_links(db: Connection, award_id: int) -> None:
    """The links to an award's answer hold no longer."""
    db.execute("DELETE FROM award_links WHERE award_id = :award", {"award": award_id})


def _one(db: Connection, sql: str, parameters: dict[str, object]) -> Award | None:
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else Award(*row)
