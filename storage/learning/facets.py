"""What posts mean for learning, beside the posts, so that it can be found: competencies, turns, questions, resources, paths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values

_TABLES = ("post_competencies", "turns", "asks", "resources", "paths", "goals", "reflections")
_CLEAR = tuple(f"DELETE FROM {table} WHERE post_id = :post" for table in _TABLES)


def label_of(name: str) -> str:
    """A competency's name without spaces, marks and case: what people call alike is alike, and a hashtag is one of them."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Competency:
    """Something that one can learn, known by its URL."""

    url: str
    name: str

    @property
    def label(self) -> str:
        """See label_of."""
        return label_of(self.name)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; its accepted answer, and who gave it, where we know them."""

    post_id: int
    accepted_uri: str | None = None
    accepted_id: int | None = None
    answerer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to learn from. url is '' where the post itself is all there is."""

    post_id: int
    url: str
    license: str = ""
    minutes: int | None = None
    review_by_ms: int | None = None
    superseded_by_uri: str | None = None


_COMPETENCIES = "SELECT post_id, url, name FROM post_competencies WHERE post_id IN (:ids) ORDER BY post_id, label"
_TURNS = "SELECT post_id, role FROM turns WHERE post_id IN (:ids)"
_ASK = f"SELECT {columns(Ask)} FROM asks WHERE post_id = :post"
_ANSWERED = f"SELECT {columns(Ask)} FROM asks WHERE accepted_uri = :uri AND accepted_id IS NULL"
_RESOURCE = f"SELECT {columns(Resource)} FROM resources WHERE post_id = :post"
_ADD_RESOURCE = f"INSERT INTO resources ({columns(Resource)}) VALUES ({placeholders(Resource)})"
_ADD_ASK = f"INSERT INTO asks ({columns(Ask)}) VALUES ({placeholders(Ask)})"


def clear(db: Connection, post_id: int) -> None:
    """Forgets what a post meant, before it is said anew."""
    for statement in _CLEAR:
        db.execute(statement, {"post": post_id})


def add_competencies(db: Connection, post_id: int, competencies: Iterable[Competency]) -> None:
    """Keeps what a post teaches, asks for or leads to."""
    rows = [{"post": post_id, "url": each.url, "name": each.name, "label": each.label} for each in competencies]
    if rows:
        db.executemany(
            "INSERT INTO post_competencies (post_id, url, name, label) VALUES (:post, :url, :name, :label) ON CONFLICT DO NOTHING", rows
        )


def list_competencies(db: Connection, post_ids: Sequence[int]) -> dict[int, list[Competency]]:
    """What some posts teach, ask for or lead to, by post."""
    found: dict[int, list[Competency]] = {}
    for post_id, url, name in db.execute(*with_list(_COMPETENCIES, "ids", set(post_ids))).fetchall():
        found.setdefault(post_id, []).append(Competency(url, name))
    return found


def add_turn(db: Connection, post_id: int, role: str) -> None:
    """Keeps what a reply does in a debate."""
    db.execute("INSERT INTO turns (post_id, role) VALUES (:post, :role)", {"post": post_id, "role": role})


def list_turns(db: Connection, post_ids: Sequence[int]) -> dict[int, str]:
    """What some posts do in a debate, by post; plain ones are not there."""
    return dict(db.execute(*with_list(_TURNS, "ids", set(post_ids))).fetchall())


def add_ask(db: Connection, ask: Ask) -> None:
    """Keeps that a post is a question."""
    db.execute(_ADD_ASK, values(ask))


def find_ask(db: Connection, post_id: int) -> Ask | None:
    """What a question has come to, or None where the post is none."""
    row = db.execute(_ASK, {"post": post_id}).fetchone()
    return None if row is None else Ask(*row)


def list_waiting_asks(db: Connection, answer_uri: str) -> list[Ask]:
    """Questions whose author accepted an answer that had not come here yet."""
    return [Ask(*row) for row in db.execute(_ANSWERED, {"uri": answer_uri}).fetchall()]


def set_answer(db: Connection, post_id: int, answer_id: int, answerer_id: int) -> None:
    """A question's accepted answer is known now."""
    sql = "UPDATE asks SET accepted_id = :answer, answerer_id = :answerer WHERE post_id = :post"
    db.execute(sql, {"post": post_id, "answer": answer_id, "answerer": answerer_id})


def add_resource(db: Connection, resource: Resource) -> None:
    """Keeps that a post shares something to learn from."""
    db.execute(_ADD_RESOURCE, values(resource))


def find_resource(db: Connection, post_id: int) -> Resource | None:
    """What a post shares, or None."""
    row = db.execute(_RESOURCE, {"post": post_id}).fetchone()
    return None if row is None else Resource(*row)


def add_path(db: Connection, post_id: int) -> None:
    """Keeps that a post is a path; its steps are in the facet."""
    db.execute("INSERT INTO paths (post_id) VALUES (:post)", {"post": post_id})


def is_path(db: Connection, post_id: int) -> bool:
    """Whether a post is a path."""
    return db.execute("SELECT 1 FROM paths WHERE post_id = :post", {"post": post_id}).fetchone() is not None


def add_goal(db: Connection, post_id: int, status: str, due_ms: int | None, progress: int) -> None:
    """Keeps that a post is a goal."""
    sql = "INSERT INTO goals (post_id, status, due_ms, progress) VALUES (:post, :status, :due, :progress)"
    db.execute(sql, {"post": post_id, "status": status, "due": due_ms, "progress": progress})


def add_reflection(db: Connection, post_id: int, resource_uri: str) -> None:
    """Keeps that a post is a reflection. resource_uri: on what, '' for nothing that has an address."""
    db.execute("INSERT INTO reflections (post_id, resource_uri) VALUES (:post, :uri)", {"post": post_id, "uri": resource_uri})
