"""A thread read as an argument: who claims, supports, counters, brings evidence, asks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from node.context import Context
from node.social import threads
from node.social.threads import Thread
from storage import accounts
from storage.database import Connection
from storage.learning import facets
from storage.records import Account, Post

DEEPEST = 8  # steps to the right; what answers further down stands there too, so that no thread is too deep to draw
ROW, COLUMN = 76, 252  # of the drawing, in its own units; a box is a little smaller
BOX_WIDTH, BOX_HEIGHT, MARGIN = 220, 60, 8


@dataclass
class Point:
    """One post of an argument; role is '' for a plain reply. Place is filled in by `place`."""

    post: Post
    author: Account
    role: str
    depth: int
    children: list["Point"] = field(default_factory=list)
    x: float = 0
    y: float = 0

    def walk(self) -> list["Point"]:
        """This point and all below it, in the order of reading."""
        return [self, *(point for child in self.children for point in child.walk())]


@dataclass(frozen=True, slots=True)
class Argument:
    """A whole argument. above: whether the thread begins further up; counts: by role; size of the drawing."""

    root: Point
    above: Sequence[Post]
    counts: Mapping[str, int]
    width: float
    height: float


async def get_argument(context: Context, post_id: int, viewer_id: int) -> Argument:
    """A post and all that answers it, as the viewer may see it. Raises NotFound."""
    thread = await threads.get_thread(context, post_id, viewer_id)
    roles, people = await context.database.read(_meanings, thread)
    root = grow(thread, roles, people)
    rows = place(root)
    points = root.walk()
    counts = Counter(point.role for point in points[1:])
    columns = max(point.depth for point in points) + 1
    return Argument(root, thread.ancestors, counts, columns * COLUMN - (COLUMN - BOX_WIDTH) + 2 * MARGIN, rows * ROW + 2 * MARGIN)


def _meanings(db: Connection, thread: Thread) -> tuple[dict[int, str], dict[int, Account]]:
    shown = [thread.post, *(reply for _, reply in thread.replies)]
    return facets.list_turns(db, [post.id for post in shown]), accounts.list_accounts(db, [post.account_id for post in shown])


def grow(thread: Thread, roles: Mapping[int, str], people: Mapping[int, Account]) -> Point:
    """The thread as a tree; a reply whose author is gone is left out, and what answers it stands where it stood."""
    root = Point(thread.post, people[thread.post.account_id], roles.get(thread.post.id, ""), 0)
    line = [root]  # from the root to the last point
    for depth, post in thread.replies:
        author = people.get(post.account_id)
        if author is None:
            continue
        del line[min(depth, DEEPEST, len(line)) :]
        point = Point(post, author, roles.get(post.id, ""), len(line))
        line[-1].children.append(point)
        line.append(point)
    return root


def place(root: Point) -> int:
    """Gives every point its place: answers to the right of what they answer, which stands in their middle. Answers the rows used."""
    rows = 0

    def settle(point: Point) -> None:
        nonlocal rows
        point.x = MARGIN + point.depth * COLUMN
        for child in point.children:
            settle(child)
        if point.children:
            point.y = (point.children[0].y + point.children[-1].y) / 2
        else:
            point.y = MARGIN + rows * ROW
            rows += 1

    settle(root)
    return rows
