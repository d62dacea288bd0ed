"""Where an archive is unpacked: what an address of the former node is here, and readers of single values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from federation.reading import as_list, text_from, uri_from
from node.site import Site
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import archives, awards
from storage.records import Account, Post

Row = Mapping[str, Any]
MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Desk:
    """multibase: the learner's key; files: the size in bytes of each media file of the archive that is here now."""

    db: Connection
    site: Site
    account: Account
    former_uri: str
    multibase: str
    files: Mapping[str, int]

    def post(self, address: object) -> Post | None:
        """The post of an address: the learner's own by its former one, another's where the learner may see it."""
        uri = uri_from(address)
        if uri is None:
            return None
        own = archives.list_origins(self.db, self.account.id, [uri]).get(uri)
        known = kept_posts.find_post(self.db, own) if own else kept_posts.find_post_by_uri(self.db, uri)
        return known if known is not None and kept_posts.is_visible(self.db, known.id, self.account.id) else None

    def key(self, stated: object) -> str:
        """A portfolio's key of this node for one that names an address; '' where nothing is known by it."""
        kind, _, address = str(stated).partition(":")
        if kind == "award":
            award = awards.find_award_by_uri(self.db, address)
            return f"award:{award.id}" if award is not None and award.recipient_id == self.account.id else ""
        post = self.post(address)
        return f"{kind}:{post.id}" if post is not None else ""

    def keys(self, stated: object) -> list[str]:
        """The keys of this node among some, in their order."""
        return [key for each in as_list(stated)[:MOST_KEYS] if (key := self.key(each))]


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind. gather: its rows for an archive; bring: True where a row changed something here, None for what is only a record."""

    gather: Callable[[Connection, Account], Iterator[Row]]
    bring: Callable[[Desk, Row], bool] | None
    is_for_wards: bool = True


def ms_from(row: Row, name: str) -> int | None:
    """A moment, or None."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def words_from(row: Row, name: str, most: int) -> str:
    """A text without what nobody can read, cut off at the most."""
    return text_from(row.get(name), most).strip()
