"""Who vouches for whose achievement or competency."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values
from storage.wards import in_circle


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A signed word for an achievement (award_id) or for what a person can do (competency: its URL).

    uri: the credential's id; subject_uri: what it is about; proof, claimed, bound, refused and bound_ms as in Award; endorser_id: set
    exactly while `bound`.
    """

    id: int
    uri: str
    endorser_id: int | None
    recipient_id: int
    award_id: int | None
    post_id: int | None
    subject_uri: str
    competency: str
    comment: str
    credential: str
    issued_ms: int
    withdrawn_ms: int | None = None
    proof: str = ""
    list_index: int | None = None
    claimed: str = ""
    bound: bool = False
    refused: bool = False
    bound_ms: int = 0

    @property
    def counts(self) -> bool:
        """Whether it is signed by its endorser's own key."""
        return self.proof == "pass" and self.bound


def counts(alias: str) -> str:
    """The condition that an endorsement counts: signed, by its endorser's own key, and not withdrawn."""
    return f"({alias}.proof = 'pass' AND {alias}.bound AND {alias}.withdrawn_ms IS NULL)"


_SELECT = f"SELECT {columns(Endorsement)} FROM endorsements "
_BY_ID = _SELECT + "WHERE id = :id"
_BY_URI = _SELECT + "WHERE uri = :uri"
_BY_POST = _SELECT + "WHERE post_id = :post"
_SHOWN = f"""withdrawn_ms IS NULL
    AND NOT EXISTS (SELECT 1 FROM accounts e WHERE e.id = endorser_id AND e.mode = 'supervised')
    AND NOT EXISTS (SELECT 1 FROM accounts r WHERE r.id = recipient_id AND r.mode = 'supervised'
      AND NOT {in_circle("r.id", "endorser_id")})"""
_OF_AWARD = _SELECT + f"WHERE award_id = :award AND {_SHOWN} ORDER BY id LIMIT :limit"
_OF_AWARDS = _SELECT + f"WHERE award_id IN (:awards) AND {_SHOWN} ORDER BY id"
_OF_PERSON = _SELECT + f"WHERE recipient_id = :account AND {_SHOWN} ORDER BY id DESC LIMIT :limit"
_BY_PERSON = _SELECT + "WHERE endorser_id = :account AND withdrawn_ms IS NULL ORDER BY id DESC LIMIT :limit"
_WAITING = _SELECT + "WHERE subject_uri = :uri AND award_id IS NULL ORDER BY id"
_TO_LOOK_AT = (
    _SELECT
    + """
    WHERE endorser_id IS NULL AND NOT refused AND claimed <> '' AND withdrawn_ms IS NULL AND bound_ms > :since AND id > :after
    ORDER BY id LIMIT :limit"""
)
_INSERT = f"INSERT INTO endorsements ({columns(Endorsement)}) VALUES ({placeholders(Endorsement)}) ON CONFLICT DO NOTHING"


def add_endorsement(db: Connection, endorsement: Endorsement) -> bool:
    """True where it was not kept before."""
    return db.execute(_INSERT, values(endorsement)).rowcount == 1


def find_endorsement(db: Connection, endorsement_id: int) -> Endorsement | None:
    """An endorsement, also a withdrawn one, or None."""
    return _one(db, _BY_ID, {"id": endorsement_id})


def find_endorsement_by_uri(db: Connection, uri: str) -> Endorsement | None:
    """The endorsement with a credential's id, or None."""
    return _one(db, _BY_URI, {"uri": uri})


def find_endorsement_by_post(db: Connection, post_id: int) -> Endorsement | None:
    """The endorsement that a post tells of, or None."""
    return _one(db, _BY_POST, {"post": post_id})


def list_for_award(db: Connection, award_id: int, limit: int = 200) -> list[Endorsement]:
    """What was said for an achievement and stands, oldest first; not by supervised accounts, nor to one from outside of its circle."""
    return [Endorsement(*row) for row in db.execute(_OF_AWARD, {"award": award_id, "limit": limit}).fetchall()]


def list_for_awards(db: Connection, award_ids: Sequence[int]) -> dict[int, list[Endorsement]]:
    """The same of several achievements, by award."""
    found: dict[int, list[Endorsement]] = {}
    for row in db.execute(*with_list(_OF_AWARDS, "awards", set(award_ids))).fetchall() if award_ids else ():
        made = Endorsement(*row)
        found.setdefault(made.award_id or 0, []).append(made)
    return found


def list_for_person(db: Connection, account_id: int, limit: int = 500) -> list[Endorsement]:
    """What was said for somebody and stands, newest first: for their achievements and for what they can do; see list_for_award."""
    return [Endorsement(*row) for row in db.execute(_OF_PERSON, {"account": account_id, "limit": limit}).fetchall()]


def list_by_person(db: Connection, account_id: int, limit: int = 500) -> list[Endorsement]:
    """Whom and what somebody vouches for, newest first."""
    return [Endorsement(*row) for row in db.execute(_BY_PERSON, {"account": account_id, "limit": limit}).fetchall()]


def list_to_look_at(db: Connection, limit: int, after: int, since_ms: int) -> list[Endorsement]:
    """What has had no answer from the actor that it names since some moment, oldest first."""
    return [Endorsement(*row) for row in db.execute(_TO_LOOK_AT, {"limit": limit, "after": after, "since": since_ms}).fetchall()]


def set_attribution(db: Connection, endorsement_id: int, endorser_id: int | None, now_ms: int, *, refused: bool = False) -> None:
    """Whose word it is from now on: that of an actor whose key signed it, or nobody's. See awards.set_attribution."""
    parameters = {"id": endorsement_id, "endorser": endorser_id, "bound": endorser_id is not None, "refused": refused, "now": now_ms}
    sql = "UPDATE endorsements SET endorser_id = :endorser, bound = :bound, refused = :refused, bound_ms = :now WHERE id = :id"
    db.execute(sql, parameters)


def remove_unattributed(db: Connection, uri: str) -> bool:
    """True where a claim that nobody confirmed gave way to the credential that has its address."""
    return db.execute("DELETE FROM endorsements WHERE uri = :uri AND NOT bound", {"uri": uri}).rowcount == 1


def set_withdrawn(db: Connection, endorsement_id: int, now_ms: int) -> bool:
    """True where it stood."""
    sql = "UPDATE endorsements SET withdrawn_ms = :now WHERE id = :id AND withdrawn_ms IS NULL"
    return db.execute(sql, {"now": now_ms, "id": endorsement_id}).rowcount == 1


def set_proof(db: Connection, endorsement_id: int, proof: str) -> None:
    """Whether its proof holds."""
    db.execute("UPDATE endorsements SET proof = :proof WHERE id = :id", {"proof": proof, "id": endorsement_id})


def list_waiting(db: Connection, subject_uri: str) -> list[Endorsement]:
    """Endorsements that came before what they endorse."""
    return [Endorsement(*row) for row in db.execute(_WAITING, {"uri": subject_uri}).fetchall()]


def join_award(db: Connection, endorsement_id: int, award_id: int, recipient_id: int) -> None:
    """An endorsement belongs to an achievement from now on."""
    sql = "UPDATE endorsements SET award_id = :award, recipient_id = :recipient WHERE id = :id AND award_id IS NULL"
    db.execute(sql, {"award": award_id, "recipient": recipient_id, "id": endorsement_id})


def _one(db: Connection, sql: str, parameters: dict[str, object]) -> Endorsement | None:
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else Endorsement(*row)
