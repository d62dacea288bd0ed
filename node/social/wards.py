"""The rules that hold for a supervised account, on every door: who may reach it, and where what it says may go.

Pure questions to the memory. What a ward wishes is put down by `wishing`, what guardians do is `supervising`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from federation.records import PUBLIC as EVERYBODY
from storage import accounts, wards
from storage.database import Connection
from storage.records import Account
from storage.wards import AGREED

SUPERVISED = "supervised"
NAMES_OF_EVERYBODY = {EVERYBODY, "as:Public", "Public"}


def is_ward(account: Account) -> bool:
    """Whether a guardian looks after what an account does."""
    return account.mode == SUPERVISED


def may_reach(db: Connection, sender_id: int, account: Account) -> bool:
    """Whether what somebody says to an account gets there: to a ward only from those whom a guardian let near."""
    return not is_ward(account) or sender_id == account.id or wards.is_near(db, account.id, sender_id)


def may_tell(db: Connection, account_id: int, actor_id: int) -> bool:
    """The same by id, for what people are told of."""
    account = accounts.find_account(db, account_id)
    return account is None or may_reach(db, actor_id, account)


def reachable(db: Connection, sender: Account, people: Iterable[Account]) -> list[Account]:
    """Those of some people whom somebody may name: a ward only those whom a guardian let near, and is named by those alone."""
    found = [account for account in people if may_reach(db, sender.id, account)]
    return [account for account in found if may_reach(db, account.id, sender)] if is_ward(sender) else found


def has_agreed(db: Connection, ward: Account, kind: str, subject: str) -> bool:
    """Whether a guardian has agreed to a wish, and that still stands."""
    wish = wards.find_latest_wish(db, ward.id, kind, subject)
    return wish is not None and wish.state == AGREED


def confined(document: Mapping[str, Any], followers_uri: str) -> dict[str, Any]:
    """An activity that goes no further than to followers and those whom it names."""
    found = dict(document)
    for name in ("to", "cc"):
        if name in found:
            stated = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = list(dict.fromkeys(followers_uri if uri in NAMES_OF_EVERYBODY else uri for uri in stated))
    return found
