"""Lists of people, each with a timeline of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.listings import Window, both_ways, rows_of
from storage.records import Account, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class PeopleList:
    """Somebody's list. exclusive: its members' posts stand in it alone, not in the home timeline."""

    id: int
    account_id: int
    title: str
    replies_policy: str = "list"  # followed, list, none
    exclusive: bool = False


_INSERT = f"INSERT INTO lists ({columns(PeopleList)}) VALUES ({placeholders(PeopleList)})"
_OF = f"SELECT {columns(PeopleList)} FROM lists WHERE account_id = :account ORDER BY title, id"
_ONE = f"SELECT {columns(PeopleList)} FROM lists WHERE id = :id AND account_id = :account"
_WITH = f"""
    SELECT {columns(PeopleList, "l.")} FROM lists l JOIN list_members m ON m.list_id = l.id
    WHERE l.account_id = :account AND m.account_id = :member ORDER BY l.title, l.id"""
_MEMBERS = both_ways(
    f"SELECT {columns(Account, 'a.')} FROM list_members m JOIN accounts a ON a.id = m.account_id WHERE m.list_id = :list", "m.account_id"
)
_REMOVE = "DELETE FROM list_members WHERE list_id = :list AND account_id IN (:ids)"


def add_list(db: Connection, new: PeopleList) -> None:
    """Keeps a list."""
    db.execute(_INSERT, values(new))


def update_list(db: Connection, changed: PeopleList) -> None:
    """Changes a list's name and rules."""
    db.execute("UPDATE lists SET title = :title, replies_policy = :replies_policy, exclusive = :exclusive WHERE id = :id", values(changed))


def remove_list(db: Connection, list_id: int) -> None:
    """The list is gone."""
    db.execute("DELETE FROM lists WHERE id = :id", {"id": list_id})


def list_lists(db: Connection, account_id: int) -> list[PeopleList]:
    """Somebody's lists, by name."""
    return [PeopleList(*row) for row in db.execute(_OF, {"account": account_id}).fetchall()]


def find_list(db: Connection, list_id: int, account_id: int) -> PeopleList | None:
    """A list, if it is that account's."""
    row = db.execute(_ONE, {"id": list_id, "account": account_id}).fetchone()
    return None if row is None else PeopleList(*row)


def list_lists_with(db: Connection, account_id: int, member_id: int) -> list[PeopleList]:
    """Those of somebody's lists in which an account is."""
    return [PeopleList(*row) for row in db.execute(_WITH, {"account": account_id, "member": member_id}).fetchall()]


def list_members(db: Connection, list_id: int, window: Window) -> list[Account]:
    """Who is in a list; the window is one of account ids."""
    return [Account(*row) for row in rows_of(db, _MEMBERS, window, {"list": list_id})]


def add_members(db: Connection, list_id: int, account_ids: Sequence[int]) -> None:
    """Puts accounts into a list."""
    rows = [{"list": list_id, "account": account_id} for account_id in account_ids]
    if rows:
        db.executemany("INSERT INTO list_members (list_id, account_id) VALUES (:list, :account) ON CONFLICT DO NOTHING", rows)


def remove_members(db: Connection, list_id: int, account_ids: Sequence[int]) -> None:
    """Takes accounts out of a list."""
    db.execute(*with_list(_REMOVE, "ids", account_ids, list=list_id))


def leave_lists(db: Connection, account_id: int, member_id: int) -> None:
    """Takes an account out of all lists of somebody, who follows it no longer."""
    sql = "DELETE FROM list_members WHERE account_id = :member AND list_id IN (SELECT id FROM lists WHERE account_id = :account)"
    db.execute(sql, {"member": member_id, "account": account_id})
