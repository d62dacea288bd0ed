"""What programs can listen to: the names of Mastodon's streams, who may, and which posts belong to each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from storage import listings
from storage.database import Connection
from storage.listings import Kinds, Window

Belongs = Callable[[Connection, int, str, int], bool]


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream of one program. argument: the hashtag in lower case, or the list's id; '' where there is none."""

    name: str
    argument: str = ""

    @property
    def address(self) -> list[str]:
        """How frames name it."""
        return [self.name, self.argument] if self.argument else [self.name]


@dataclass(frozen=True, slots=True)
class Kind:
    """scopes: of which one is enough; belongs: whether a post stands in it, asked of the very lists that programs page through; in_home:
    whether only what stands in the home timeline can; where: the context whose filters take posts away.
    """

    scopes: str
    belongs: Belongs | None = None
    in_home: bool = False
    where: str = "public"
    parameter: str = ""


def _one(post_id: int) -> Window:
    return Window(before=post_id + 1, after=post_id - 1, limit=1)


def _in_home(db: Connection, viewer_id: int, _argument: str, post_id: int) -> bool:
    return bool(listings.list_home(db, viewer_id, _one(post_id)))


def _in_list(db: Connection, viewer_id: int, argument: str, post_id: int) -> bool:
    return bool(listings.list_list(db, int(argument), viewer_id, _one(post_id)))


def _in_public(db: Connection, viewer_id: int, _argument: str, post_id: int, *, kinds: Kinds) -> bool:
    return bool(listings.list_public(db, viewer_id, kinds, _one(post_id)))


def _under_tag(db: Connection, viewer_id: int, argument: str, post_id: int, *, kinds: Kinds) -> bool:
    return bool(listings.list_tagged(db, [argument], [], [], viewer_id, kinds, _one(post_id)))


POSTS = "read:statuses"
KINDS: Mapping[str, Kind] = {
    "user": Kind(POSTS, _in_home, in_home=True, where="home"),
    "user:notification": Kind("read:notifications"),
    "public": Kind(POSTS, partial(_in_public, kinds=Kinds())),
    "public:local": Kind(POSTS, partial(_in_public, kinds=Kinds(local=True))),
    "public:remote": Kind(POSTS, partial(_in_public, kinds=Kinds(remote=True))),
    "public:media": Kind(POSTS, partial(_in_public, kinds=Kinds(media=True))),
    "public:local:media": Kind(POSTS, partial(_in_public, kinds=Kinds(media=True, local=True))),
    "public:remote:media": Kind(POSTS, partial(_in_public, kinds=Kinds(media=True, remote=True))),
    "hashtag": Kind(POSTS, partial(_under_tag, kinds=Kinds()), parameter="tag"),
    "hashtag:local": Kind(POSTS, partial(_under_tag, kinds=Kinds(local=True)), parameter="tag"),
    "list": Kind(POSTS, _in_list, in_home=True, where="home", parameter="list"),
    "direct": Kind(POSTS),
}
