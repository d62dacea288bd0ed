"""Lists of people."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from storage import follows, lists
from storage.database import Connection
from storage.ids import free_id
from storage.lists import PeopleList
from storage.records import Account

TITLE_CHARACTERS, MOST_LISTS, MOST_MEMBERS = 256, 50, 500
REPLIES = ("followed", "list", "none")


def get_list(db: Connection, list_id: int, account_id: int) -> PeopleList:
    """A list of that account's. Raises NotFound."""
    found = lists.find_list(db, list_id, account_id)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def check(title: str, replies_policy: str) -> None:
    """Raises BadInput for what a list cannot be."""
    if not 0 < len(title.strip()) <= TITLE_CHARACTERS:
        raise BadInput("Title can't be blank")
    if replies_policy not in REPLIES:
        raise BadInput(f"'{replies_policy[:20]}' is not a valid replies_policy")


async def add(context: Context, account: Account, title: str, replies_policy: str, *, exclusive: bool) -> PeopleList:
    """A new list. Raises BadInput."""
    check(title, replies_policy)
    return await context.database.write(_add, context.site, account.id, title.strip(), replies_policy, exclusive=exclusive)


def _add(db: Connection, site: Site, account_id: int, title: str, replies_policy: str, *, exclusive: bool) -> PeopleList:
    if len(lists.list_lists(db, account_id)) >= MOST_LISTS:
        raise BadInput("You have reached the maximum number of lists")
    new = PeopleList(free_id(db, "list", site.now_ms()), account_id, title, replies_policy, exclusive)
    lists.add_list(db, new)
    return new


async def change(
    context: Context, account: Account, list_id: int, *, title: str | None, replies_policy: str | None, exclusive: bool | None
) -> PeopleList:
    """The list, with what is not None in another way. Raises BadInput, NotFound."""
    return await context.database.write(_change, account.id, list_id, title, replies_policy, exclusive)


def _change(
    db: Connection, account_id: int, list_id: int, title: str | None, replies_policy: str | None, exclusive: bool | None
) -> PeopleList:
    known = get_list(db, list_id, account_id)
    changed = replace(
        known,
        title=known.title if title is None else title.strip(),
        replies_policy=replies_policy or known.replies_policy,
        exclusive=known.exclusive if exclusive is None else exclusive,
    )
    check(changed.title, changed.replies_policy)
    lists.update_list(db, changed)
    return changed


async def remove(context: Context, account: Account, list_id: int) -> None:
    """The list is gone. Raises NotFound."""
    await context.database.write(_remove, account.id, list_id)


def _remove(db: Connection, account_id: int, list_id: int) -> None:
    lists.remove_list(db, get_list(db, list_id, account_id).id)


async def add_members(context: Context, account: Account, list_id: int, member_ids: Sequence[int]) -> None:
    """Puts people into a list; only those whom its owner follows. Raises NotFound."""
    await context.database.write(_with_members, account.id, list_id, member_ids, _add_members)


def _add_members(db: Connection, account_id: int, list_id: int, member_ids: Sequence[int]) -> None:
    if any(not follows.is_following(db, account_id, member_id) and member_id != account_id for member_id in member_ids):
        raise NotFound("You have to follow them first.")
    lists.add_members(db, list_id, member_ids)


async def remove_members(context: Context, account: Account, list_id: int, member_ids: Sequence[int]) -> None:
    """Takes people out of a list. Raises NotFound."""
    await context.database.write(_with_members, account.id, list_id, member_ids, _remove_members)


def _remove_members(db: Connection, _account_id: int, list_id: int, member_ids: Sequence[int]) -> None:
    lists.remove_members(db, list_id, member_ids)


def _with_members(
    db: Connection,
    account_id: int,
    list_id: int,
    member_ids: Sequence[int],
    deed: Callable[[Connection, int, int, Sequence[int]], None],
) -> None:
    if len(member_ids) > MOST_MEMBERS:
        raise BadInput(f"At most {MOST_MEMBERS} at once.")
    deed(db, account_id, get_list(db, list_id, account_id).id, member_ids)
