"""Supervised accounts: who looks after whom, what they wish to do, and the consent that stands on record."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, one_value, with_list
from storage.records import Account, columns, placeholders, values

WAITING, AGREED, REFUSED, WITHDRAWN, USED = "waiting", "agreed", "refused", "withdrawn", "used"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a ward wants to do. subject: an account's id, or '' ; payload: JSON, what is done when a guardian agrees."""

    id: int
    ward_id: int
    kind: str  # follow, follower, post, export, move
    subject: str
    payload: str
    state: str  # waiting, agreed, refused, withdrawn, used
    guardian_id: int | None = None
    decided_ms: int | None = None
    withdrawn_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A guardian agrees to a ward's account, in these words; the id says when."""

    id: int
    ward_id: int
    guardian_id: int | None
    sentence: str
    withdrawn_ms: int | None = None


def in_circle(child: str, other: str) -> str:
    """The condition that an account belongs to the approved circle of a supervised one, both given as SQL that names their ids.

    Guardians; whom the child follows or has asked, and who follows it (a guardian agreed to each); who goes through a cohort in which a
    guardian enrolled the child.
    """
    return f"""(EXISTS (SELECT 1 FROM guardians cg WHERE cg.ward_id = {child} AND cg.guardian_id = {other})
     OR EXISTS (SELECT 1 FROM follows cf WHERE cf.follower_id = {child} AND cf.followee_id = {other})
     OR EXISTS (SELECT 1 FROM follows cf WHERE cf.follower_id = {other} AND cf.followee_id = {child} AND cf.state = 'accepted')
     OR EXISTS (SELECT 1 FROM cohort_members cm JOIN cohort_members co ON co.cohort_id = cm.cohort_id
         WHERE cm.account_id = {child} AND cm.guardian_id IS NOT NULL AND co.account_id = {other}))"""


def listed(account: str) -> str:
    """The condition that an account, given by its alias, may stand in a list that `:viewer` reads: a supervised one only in those of
    itself and of its approved circle."""
    return f"({account}.mode <> 'supervised' OR {account}.id = :viewer OR {in_circle(f'{account}.id', ':viewer')})"


_CIRCLE = """
    SELECT guardian_id AS id FROM guardians WHERE ward_id = :ward
    UNION SELECT followee_id FROM follows WHERE follower_id = :ward
    UNION SELECT follower_id FROM follows WHERE followee_id = :ward AND state = 'accepted'
    UNION SELECT o.account_id FROM cohort_members m JOIN cohort_members o ON o.cohort_id = m.cohort_id
    WHERE m.account_id = :ward AND m.guardian_id IS NOT NULL AND o.account_id <> :ward"""
_GUARDIANS = f"""
    SELECT {columns(Account, "a.")} FROM guardians g JOIN accounts a ON a.id = g.guardian_id
    WHERE g.ward_id = :id AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL ORDER BY g.since_ms, a.id"""
_WARDS = f"""
    SELECT {columns(Account, "a.")} FROM guardians g JOIN accounts a ON a.id = g.ward_id
    WHERE g.guardian_id = :id AND a.deleted_ms IS NULL ORDER BY a.name"""
_ADD_WISH = f"INSERT INTO wishes ({columns(Wish)}) VALUES ({placeholders(Wish)})"
_WISH = f"SELECT {columns(Wish)} FROM wishes "
_WISH_BY_ID = _WISH + "WHERE id = :id"
_LATEST = _WISH + "WHERE ward_id = :ward AND kind = :kind AND subject = :subject ORDER BY id DESC LIMIT 1"
_WISHES = _WISH + "WHERE ward_id = :ward ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, id DESC LIMIT :limit"
_ADD_CONSENT = f"INSERT INTO consents ({columns(Consent)}) VALUES ({placeholders(Consent)})"
_CONSENTS = f"SELECT {columns(Consent)} FROM consents WHERE ward_id = :ward ORDER BY id DESC"
_IN_CIRCLE = f"SELECT 1 WHERE {in_circle(':ward', ':other')}"
_CIRCLE_INBOXES = f"SELECT a.inbox, a.shared_inbox FROM ({_CIRCLE}) c JOIN accounts a ON a.id = c.id WHERE a.domain <> ''"
_HIDDEN = f"SELECT a.id FROM accounts a WHERE a.id IN (:ids) AND NOT {listed('a')}"


def add_guardian(db: Connection, ward_id: int, guardian_id: int, now_ms: int) -> None:
    """Somebody looks after a ward from now on."""
    sql = "INSERT INTO guardians (ward_id, guardian_id, since_ms) VALUES (:ward, :guardian, :now) ON CONFLICT DO NOTHING"
    db.execute(sql, {"ward": ward_id, "guardian": guardian_id, "now": now_ms})


def remove_guardians(db: Connection, ward_id: int) -> None:
    """Nobody looks after an account any more."""
    db.execute("DELETE FROM guardians WHERE ward_id = :ward", {"ward": ward_id})


def is_guardian(db: Connection, guardian_id: int, ward_id: int) -> bool:
    """Whether somebody looks after a ward."""
    sql = "SELECT 1 FROM guardians WHERE ward_id = :ward AND guardian_id = :guardian"
    return db.execute(sql, {"ward": ward_id, "guardian": guardian_id}).fetchone() is not None


def list_guardians(db: Connection, ward_id: int) -> list[Account]:
    """Who looks after a ward."""
    return [Account(*row) for row in db.execute(_GUARDIANS, {"id": ward_id}).fetchall()]


def list_wards(db: Connection, guardian_id: int) -> list[Account]:
    """Whom somebody looks after."""
    return [Account(*row) for row in db.execute(_WARDS, {"id": guardian_id}).fetchall()]


def is_in_circle(db: Connection, child_id: int, other_id: int) -> bool:
    """Whether somebody belongs to the approved circle of a supervised account; see in_circle."""
    return db.execute(_IN_CIRCLE, {"ward": child_id, "other": other_id}).fetchone() is not None


def list_circle_inboxes(db: Connection, child_id: int) -> set[str]:
    """The inboxes, personal and shared, of those of the approved circle who live on other servers."""
    rows = db.execute(_CIRCLE_INBOXES, {"ward": child_id}).fetchall()
    return {inbox for row in rows for inbox in row if inbox}


def list_hidden(db: Connection, account_ids: Sequence[int], viewer_id: int) -> set[int]:
    """Those of some accounts that a viewer finds in no list: supervised ones outside of whose approved circle the viewer is."""
    return {row[0] for row in db.execute(*with_list(_HIDDEN, "ids", set(account_ids), viewer=viewer_id)).fetchall()}


def add_wish(db: Connection, wish: Wish) -> None:
    """Keeps what a ward wants."""
    db.execute(_ADD_WISH, values(wish))


def find_wish(db: Connection, wish_id: int) -> Wish | None:
    """A wish, or None."""
    row = db.execute(_WISH_BY_ID, {"id": wish_id}).fetchone()
    return None if row is None else Wish(*row)


def find_latest_wish(db: Connection, ward_id: int, kind: str, subject: str) -> Wish | None:
    """The newest wish of a kind about a subject, or None."""
    row = db.execute(_LATEST, {"ward": ward_id, "kind": kind, "subject": subject}).fetchone()
    return None if row is None else Wish(*row)


def list_wishes(db: Connection, ward_id: int, limit: int) -> list[Wish]:
    """A ward's wishes: those that wait first, then the newest."""
    return [Wish(*row) for row in db.execute(_WISHES, {"ward": ward_id, "limit": limit}).fetchall()]


def count_waiting(db: Connection, ward_id: int) -> int:
    """How many wishes of a ward wait."""
    return int(one_value(db.execute("SELECT count(*) FROM wishes WHERE ward_id = :ward AND state = 'waiting'", {"ward": ward_id})))


def decide_wish(db: Connection, wish_id: int, state: str, guardian_id: int, now_ms: int) -> None:
    """A guardian agreed or refused."""
    sql = "UPDATE wishes SET state = :state, guardian_id = :guardian, decided_ms = :now WHERE id = :id"
    db.execute(sql, {"state": state, "guardian": guardian_id, "now": now_ms, "id": wish_id})


def end_wish(db: Connection, wish_id: int, state: str, now_ms: int) -> None:
    """What was agreed to is withdrawn, or used up."""
    db.execute("UPDATE wishes SET state = :state, withdrawn_ms = :now WHERE id = :id", {"state": state, "now": now_ms, "id": wish_id})


def set_wish_subject(db: Connection, wish_id: int, subject: str) -> None:
    """What became of a wish: the id of the post that it is now."""
    db.execute("UPDATE wishes SET subject = :subject WHERE id = :id", {"subject": subject, "id": wish_id})


def end_waiting(db: Connection, ward_id: int, now_ms: int) -> None:
    """Nothing waits any more."""
    sql = "UPDATE wishes SET state = 'withdrawn', withdrawn_ms = :now WHERE ward_id = :ward AND state = 'waiting'"
    db.execute(sql, {"ward": ward_id, "now": now_ms})


def add_consent(db: Connection, consent: Consent) -> None:
    """Puts a consent on record."""
    db.execute(_ADD_CONSENT, values(consent))


def withdraw_consents(db: Connection, ward_id: int, now_ms: int) -> None:
    """Every consent to an account that stands is withdrawn."""
    db.execute("UPDATE consents SET withdrawn_ms = :now WHERE ward_id = :ward AND withdrawn_ms IS NULL", {"ward": ward_id, "now": now_ms})


def list_consents(db: Connection, ward_id: int) -> list[Consent]:
    """The whole record, newest first."""
    return [Consent(*row) for row in db.execute(_CONSENTS, {"ward": ward_id}).fetchall()]


def has_consent(db: Connection, ward_id: int) -> bool:
    """Whether a consent stands."""
    return db.execute("SELECT 1 FROM consents WHERE ward_id = :ward AND withdrawn_ms IS NULL", {"ward": ward_id}).fetchone() is not None


def narrow_posts(db: Connection, account_id: int) -> None:
    """What an account said in public is for its followers from now on."""
    db.execute("UPDATE posts SET visibility = 2 WHERE account_id = :id AND visibility < 2", {"id": account_id})
    db.execute("UPDATE tallies SET open_posts = 0 WHERE account_id = :id", {"id": account_id})
    db.execute("DELETE FROM pins WHERE account_id = :id", {"id": account_id})
