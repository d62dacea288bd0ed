"""What nobody here has to do with is forgotten, what anybody has to do with is not: a row for each way to have to do with it."""

import asyncio
import sqlite3
import threading
from dataclasses import replace
from functools import cache
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import forgetting, indexing, posts, quotes, reactions
from storage.database import Connection
from storage.errors import Missing
from storage.forgetting import ACCOUNT_LOCAL, ACCOUNT_OWN, ACCOUNT_REFERENCES, ANY, APART, OUR_COMMUNITY, POST_REFERENCES, WITH_IT
from storage.migrating import upgrade
from storage.quotes import Quote
from tests.storage.conftest import Postgres
from tests.storage.rows import START_MS, add_boost, add_follow, add_person, add_post, add_reply, add_stranger, make_post

LATER = START_MS * 2
ELSEWHERE = frozenset(  # columns that name neither a post nor a person
    {
        *[(table, "app_id") for table in ("app_tokens", "codes", "tokens")],
        *[(table, "award_id") for table in ("award_competencies", "award_links", "endorsements", "marks")],
        *[(table, "filter_id") for table in ("filter_keywords", "filter_posts")],
        *[(table, "tag_id") for table in ("followed_tags", "post_tags")],
        ("apps", "client_id"), ("awards", "badge_id"), ("cohort_members", "cohort_id"), ("competencies", "framework_id"),
        ("deliveries", "activity_id"), ("digests", "since_id"), ("events", "subject_id"), ("list_members", "list_id"),
        ("markers", "last_read_id"), ("push_subscriptions", "token_id"), ("repeats", "made_id"), ("users", "notifications_read_id"),
    }
)  # fmt: skip
numbers = count(1)


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> sqlite3.Connection:
    file = tmp_path_factory.mktemp("schema") / "x.db"
    upgrade(file)
    return sqlite3.connect(file)


@cache
def tables(schema: sqlite3.Connection) -> list[str]:
    found = schema.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'post_texts%'").fetchall()
    return [name for (name,) in found if name not in ("alembic_version", "sqlite_sequence")]


def foreign_keys(schema: sqlite3.Connection, target: str) -> set[tuple[str, str]]:
    return {(table, row[3]) for table in tables(schema) for row in schema.execute(f"PRAGMA foreign_key_list({table})") if row[2] == target}


def id_columns(schema: sqlite3.Connection) -> set[tuple[str, str]]:
    return {(table, row[1]) for table in tables(schema) for row in schema.execute(f"PRAGMA table_info({table})") if row[1].endswith("_id")}


def test_every_reference_to_a_post_or_a_person_is_known(schema):
    """A new table that refers to one fails here, until forgetting knows what a row of it means."""
    people = {*ACCOUNT_REFERENCES, *ACCOUNT_OWN, *ACCOUNT_LOCAL}
    assert foreign_keys(schema, "posts") - POST_REFERENCES.keys() == set()
    assert foreign_keys(schema, "accounts") - people == set()
    assert id_columns(schema) - POST_REFERENCES.keys() - people - ELSEWHERE == set()
    stated = {*POST_REFERENCES, *people, *ELSEWHERE}
    assert {each for each in stated if each[1].endswith("_id")} - id_columns(schema) == set()


def test_every_reference_is_found_by_an_index(schema):
    """Else each row that goes would read a whole table, under SQLite's own foreign keys too."""
    wanted = foreign_keys(schema, "posts") | foreign_keys(schema, "accounts")
    wanted |= {each for each, condition in POST_REFERENCES.items() if condition is not WITH_IT} | set(ACCOUNT_REFERENCES)
    leading = {(table, columns[0]) for table in tables(schema) for columns in indexed(schema, table)}
    few = {("consents", "guardian_id"), ("wishes", "guardian_id"), ("codes", "account_id"), ("community_invites", "community_id")}
    assert wanted - leading == few  # a few rows each


def indexed(schema: sqlite3.Connection, table: str) -> list[list[str]]:
    found = [[row[1] for row in sorted(schema.execute(f"PRAGMA table_info({table})"), key=lambda row: row[5]) if row[5]]]
    for row in schema.execute(f"PRAGMA index_list({table})").fetchall():
        found.append([each[2] or "" for each in schema.execute(f"PRAGMA index_info('{row[1]}')")])
    return [columns for columns in found if columns]


class Scene:
    """Somebody here, somebody elsewhere, and an old post of theirs."""

    def __init__(self, db: Connection, schema: sqlite3.Connection) -> None:
        self.db = db
        self.schema = schema
        self.ada = add_person(db, "ada")
        self.far = add_stranger(db, "far")
        self.other = add_stranger(db, "other", "other.example")
        self.post = add_post(db, self.far)

    def add_row(self, table: str, **stated: object) -> None:
        """A row with what is said, and something in every other column that must hold something."""
        row = dict(stated)
        for _, name, kind, required, default, key in self.schema.execute(f"PRAGMA table_info({table})"):
            if name not in row and ((required and default is None) or (key and name != "id")):
                row[name] = self._something(table, name, kind)
        if "id" in {each[1] for each in self.schema.execute(f"PRAGMA table_info({table})")}:
            row.setdefault("id", next(numbers))
        self.db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row)

    def _something(self, table: str, name: str, kind: str) -> object:
        if (table, name) in {*ACCOUNT_REFERENCES, *ACCOUNT_LOCAL, *ACCOUNT_OWN}:
            return self.ada.id
        if (table, name) in POST_REFERENCES:
            return add_post(self.db, self.ada).id
        number = next(numbers)
        for _, _, target, column, *_ in self.schema.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            if column == name:
                self.add_row(target, id=number)
        return number if "INT" in kind else f"x{number}".encode() if kind == "BLOB" else kind == "BOOLEAN" or f"x{number}"

    def forgettable(self) -> list[int]:
        return forgetting.list_forgettable(self.db, forgetting.list_window(self.db, 1 << 62, 1000))

    def forget(self) -> set[int]:
        return set(forgetting.forget_posts(self.db, self.forgettable()).ids)


@pytest.fixture
def scene(db, schema) -> Scene:
    return Scene(db, schema)


def test_an_old_post_that_nobody_touched_is_forgotten_and_one_of_ours_never(scene):
    mine = add_post(scene.db, scene.ada)
    assert scene.forget() == {scene.post.id}
    assert posts.find_post(scene.db, scene.post.id) is None
    assert posts.find_post(scene.db, mine.id) == mine
    assert posts.find_tombstone(scene.db, scene.post.uri) is None


OF_ANYBODY = [each for each, condition in POST_REFERENCES.items() if condition == ANY]
OF_OURS = [each for each, condition in POST_REFERENCES.items() if condition not in (ANY, APART, WITH_IT)]
ALONG = [each for each, condition in POST_REFERENCES.items() if condition is WITH_IT]


def name(reference: tuple[str, str]) -> str:
    return ".".join(reference)


@pytest.mark.parametrize("reference", OF_ANYBODY, ids=name)
def test_what_is_touched_like_this_stays(scene, reference):
    table, column = reference
    assert scene.forgettable() == [scene.post.id]
    scene.add_row(table, **{column: scene.post.id})
    assert scene.post.id not in scene.forgettable()
    scene.db.execute(f"DELETE FROM {table}")
    assert scene.post.id in scene.forgettable()


@pytest.mark.parametrize("reference", OF_OURS, ids=name)
def test_what_somebody_here_touched_like_this_stays_and_what_a_stranger_touched_goes(scene, reference):
    table, column = reference
    who = "community_id" if POST_REFERENCES[reference] == OUR_COMMUNITY else "account_id"
    scene.add_row(table, **{column: scene.post.id, who: scene.other.id})
    assert scene.forgettable() == [scene.post.id]
    scene.add_row(table, **{column: scene.post.id, who: scene.ada.id})
    assert scene.forgettable() == []


@pytest.mark.parametrize("reference", ALONG, ids=name)
def test_what_only_hangs_on_a_post_keeps_it_not(scene, reference):
    table, column = reference
    scene.add_row(table, **{column: scene.post.id})
    assert scene.post.id in scene.forget()
    if reference in foreign_keys(scene.schema, "posts") or table == "notifications":
        assert scene.db.execute(f"SELECT count(*) FROM {table} WHERE {column} = :id", {"id": scene.post.id}).fetchone() == (0,)


def test_what_carries_a_meaning_for_learning_stays(scene):
    learned = add_post(scene.db, scene.far, facets='[{"type": "Resource"}]')
    assert scene.forgettable() == [scene.post.id]
    assert posts.find_post(scene.db, learned.id) is not None


def test_evidence_stays(scene):
    scene.add_row("snapshots", uri=scene.post.uri)
    assert scene.forgettable() == []


def test_what_was_reported_stays_and_what_else_its_author_said_goes(scene):
    other = add_post(scene.db, scene.far)
    scene.add_row("reports", target_id=scene.far.id, account_id=scene.ada.id, post_uris=f'["{scene.post.uri}"]')
    assert scene.forgettable() == [other.id]


@pytest.mark.parametrize("kind", ["in_reply_to_id", "quoted_status_id"])
def test_what_a_post_for_later_answers_or_quotes_stays(scene, kind):
    scene.add_row("scheduled", account_id=scene.ada.id, due_ms=1, params=f'{{"{kind}": "{scene.post.id}"}}')
    assert scene.forgettable() == []


@pytest.mark.parametrize(("state", "kept"), [("waiting", True), ("granted", False)])
def test_what_waits_for_a_guardian_stays(scene, state, kept):
    scene.add_row("wishes", ward_id=scene.ada.id, state=state, payload=f'{{"in_reply_to": "{scene.post.uri}"}}')
    assert (scene.forgettable() == []) is kept


def test_a_boost_of_ours_keeps_a_post_and_one_of_theirs_goes_before_it(scene):
    kept = add_post(scene.db, scene.far)
    add_boost(scene.db, scene.ada, kept)
    boost = add_boost(scene.db, scene.other, scene.post)
    assert scene.forgettable() == [boost.id, scene.post.id]


def test_an_old_post_that_is_boosted_just_now_stays(scene):
    boost = add_boost(scene.db, scene.other, scene.post)
    old = forgetting.list_window(scene.db, boost.id, 100)
    assert forgetting.list_forgettable(scene.db, old) == []
    assert forgetting.list_forgettable(scene.db, old, {boost.id}) == [scene.post.id]


def test_a_quote_keeps_what_it_quotes_and_what_quotes_us_stays(scene):
    mine, theirs = add_post(scene.db, scene.ada), add_post(scene.db, scene.other)
    quotes.save_quote(scene.db, Quote(theirs.id, mine.id, mine.uri, "accepted"))
    quotes.save_quote(scene.db, Quote(mine.id, scene.post.id, scene.post.uri, "accepted"))
    assert scene.forgettable() == []


def test_a_strangers_quote_goes_with_what_it_quotes(scene):
    theirs = add_post(scene.db, scene.other)
    quotes.save_quote(scene.db, Quote(theirs.id, scene.post.id, scene.post.uri, "accepted"))
    assert scene.forgettable() == [theirs.id, scene.post.id]


def test_a_conversation_in_which_somebody_here_spoke_stays_whole(scene):
    answer = add_reply(scene.db, scene.other, scene.post)
    aside = add_reply(scene.db, scene.far, answer)
    add_reply(scene.db, scene.ada, scene.post)
    mine = add_post(scene.db, scene.ada)
    add_reply(scene.db, scene.far, add_reply(scene.db, scene.other, mine))
    loose = add_post(scene.db, scene.far)
    assert posts.find_post(scene.db, aside.id).thread_id == scene.post.id
    assert scene.forgettable() == [loose.id]


def test_of_a_conversation_among_strangers_what_leads_to_what_is_kept_stays(scene):
    middle = add_reply(scene.db, scene.other, scene.post)
    leaf = add_reply(scene.db, scene.far, middle)
    below, aside = add_reply(scene.db, scene.other, leaf), add_reply(scene.db, scene.other, scene.post)
    reactions.add_like(scene.db, scene.ada.id, leaf.id, "x", 1)
    assert scene.forget() == {below.id, aside.id}
    assert posts.find_post(scene.db, leaf.id).replies_count == 0
    assert posts.find_post(scene.db, scene.post.id).replies_count == 1
    reactions.remove_like(scene.db, scene.ada.id, leaf.id)
    assert scene.forgettable() == [leaf.id, middle.id, scene.post.id]


def test_of_a_deep_conversation_only_a_few_go_at_a_time_and_nobody_loses_a_parent(scene):
    parent, chain = scene.post, [scene.post.id]
    for _ in range(30):
        parent = add_reply(scene.db, scene.far, parent)
        chain.append(parent.id)
    going = scene.forgettable()
    assert going == chain[::-1]
    forgetting.forget_posts(scene.db, going[:10])
    assert scene.forgettable() == going[10:]
    assert forgetting.forget_posts(scene.db, going[20:]).ids == ()  # what answers them is still there


def test_somebody_who_comes_between_looking_and_forgetting_keeps_it(scene):
    going = scene.forgettable()
    reactions.add_like(scene.db, scene.ada.id, scene.post.id, "x", 1)
    assert forgetting.forget_posts(scene.db, going).ids == ()
    assert posts.find_post(scene.db, scene.post.id) is not None


def test_words_tags_counts_and_files_go_along(scene):
    files = '[{"type": "Image", "url": "https://far.example/1.png"}, {"type": "Document", "url": "https://far.example/2.pdf"}]'
    whole = posts.add_post(scene.db, make_post(scene.far, attachments=files, content="<p>chrysanthemum</p>"))
    reactions.set_tags(scene.db, whole.id, ["moss"])
    tally = "SELECT posts FROM tallies WHERE account_id = :id"
    assert indexing.is_indexed(scene.db, whole.id)
    before = scene.db.execute(tally, {"id": scene.far.id}).fetchone()[0]
    found = forgetting.forget_posts(scene.db, [whole.id])
    assert (found.ids, set(found.file_urls)) == ((whole.id,), {"https://far.example/1.png", "https://far.example/2.pdf"})
    assert not indexing.is_indexed(scene.db, whole.id)
    assert scene.db.execute("SELECT count(*) FROM post_tags WHERE post_id = :id", {"id": whole.id}).fetchone() == (0,)
    assert scene.db.execute(tally, {"id": scene.far.id}).fetchone()[0] == before - 1


def test_what_is_forgotten_comes_back(scene):
    parent = scene.post
    answer = add_reply(scene.db, scene.other, parent)
    assert scene.forget() == {parent.id, answer.id}
    posts.add_post(scene.db, replace(answer, in_reply_to_id=None, thread_id=None))
    posts.add_post(scene.db, replace(parent, replies_count=0))
    assert posts.find_post(scene.db, answer.id).in_reply_to_id == parent.id
    assert posts.find_post(scene.db, parent.id).replies_count == 1


def test_lines_of_home_timelines_go_with_their_posts(scene):
    kept = add_post(scene.db, scene.ada)
    for account_id in (scene.ada.id, 0):
        for post_id in (kept.id, scene.post.id):
            scene.add_row("home", account_id=account_id, post_id=post_id)
    assert scene.forget() == {scene.post.id}
    assert forgetting.forget_home(scene.db, scene.post.id, kept.id) == 2
    assert scene.db.execute("SELECT DISTINCT post_id FROM home").fetchall() == [(kept.id,)]


REPLY, BOOST, LIKE, OURS = range(4)
DEEDS = st.lists(st.tuples(st.sampled_from([REPLY, REPLY, BOOST, LIKE, OURS]), st.integers(0, 1 << 30)), max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS, size=st.integers(1, 8))
def test_whatever_happens_nothing_that_stays_refers_to_what_went(scene, deeds, size):
    """Posts of strangers answer, boost and are liked at random; forgotten in steps of any size."""
    scene.db.execute("DELETE FROM posts")
    made = [add_post(scene.db, scene.far)]
    touched: set[int] = set()
    for deed, draw in deeds:
        target = made[draw % len(made)]
        if deed == LIKE:
            reactions.add_like(scene.db, scene.ada.id, target.id, "x", 1)
            touched.add(target.id)
        elif deed == BOOST and target.boost_of_id is None:
            made.append(add_boost(scene.db, add_stranger(scene.db, f"a{next(numbers)}"), target))
        elif target.boost_of_id is None:
            made.append(add_reply(scene.db, scene.ada if deed == OURS else scene.other, target))
            touched |= {made[-1].id} if deed == OURS else set()
    foreseen, gone = forgetting.list_forgettable(scene.db, forgetting.list_window(scene.db, 1 << 62, 1000)), set[int]()
    for start in range(0, len(foreseen), size):
        gone |= set(forgetting.forget_posts(scene.db, foreseen[start : start + size]).ids)
    assert gone == set(foreseen)
    assert not gone & touched
    lost = """SELECT count(*) FROM posts p WHERE (p.in_reply_to_id IS NOT NULL AND p.in_reply_to_id NOT IN (SELECT id FROM posts))
        OR (p.thread_id IS NOT NULL AND p.thread_id NOT IN (SELECT id FROM posts))
        OR (p.boost_of_id IS NOT NULL AND p.boost_of_id NOT IN (SELECT id FROM posts))"""
    assert scene.db.execute(lost).fetchone() == (0,)
    assert scene.forgettable() == []
    counted = """SELECT count(*) FROM posts p WHERE p.replies_count <> (SELECT count(*) FROM posts r WHERE r.in_reply_to_id = p.id)
        OR p.boosts_count <> (SELECT count(*) FROM posts r WHERE r.boost_of_id = p.id)"""
    assert scene.db.execute(counted).fetchone() == (0,)


# People


def unknown(scene: Scene, before_ms: int = LATER) -> list[int]:
    return forgetting.list_unknown(scene.db, forgetting.list_accounts(scene.db, 0, 1000), before_ms)


def test_who_has_no_post_and_to_whom_nothing_refers_is_forgotten_with_their_keys(scene):
    scene.add_row("keys", account_id=scene.other.id)
    scene.db.execute("UPDATE accounts SET icon_url = 'https://other.example/me.png' WHERE id = :id", {"id": scene.other.id})
    assert unknown(scene) == [scene.other.id]
    found = forgetting.forget_accounts(scene.db, [scene.other.id, scene.far.id, scene.ada.id], LATER)
    assert found == forgetting.Forgotten((scene.other.id,), ("https://other.example/me.png",))
    assert scene.db.execute("SELECT count(*) FROM keys WHERE account_id = :id", {"id": scene.other.id}).fetchone() == (0,)


@pytest.mark.parametrize("reference", ACCOUNT_REFERENCES, ids=name)
def test_to_whom_something_refers_like_this_stays(scene, reference):
    table, column = reference
    if reference == ("posts", "account_id"):
        add_post(scene.db, scene.other)
    else:
        scene.add_row(table, **{column: scene.other.id})
    assert scene.other.id not in unknown(scene)


@pytest.mark.parametrize("reference", sorted(ACCOUNT_OWN), ids=name)
def test_what_only_belongs_to_somebody_keeps_them_not(scene, reference):
    table, column = reference
    scene.add_row(table, **{column: scene.other.id})
    assert unknown(scene) == [scene.other.id]


@pytest.mark.parametrize(("column", "value"), [("suspended_ms", 1), ("deleted_ms", 1), ("fetched_ms", LATER), ("created_ms", LATER)])
def test_whom_moderators_suspended_who_left_and_who_is_new_stays_known(scene, column, value):
    scene.db.execute(f"UPDATE accounts SET {column} = :value WHERE id = :id", {"value": value, "id": scene.other.id})
    assert unknown(scene) == []


def test_whom_a_ward_wishes_to_follow_stays(scene):
    scene.add_row("wishes", ward_id=scene.ada.id, kind="follow", subject=str(scene.other.id))
    assert unknown(scene) == []


def test_who_is_followed_meanwhile_stays(scene):
    going = unknown(scene)
    add_follow(scene.db, scene.ada, scene.other)
    assert forgetting.forget_accounts(scene.db, going, LATER).ids == ()


# At once


@pytest.fixture
def on_postgres(engine):
    if not isinstance(engine, Postgres):
        pytest.skip("units of SQLite are one after the other")


async def test_who_likes_a_post_that_is_just_going_is_told_so_or_keeps_it(on_postgres, database, schema, monkeypatch):
    """The like comes after the last look and before the end: it waits, and finds no post."""
    ada, post = await database.write(lambda db: (lambda scene: (scene.ada, scene.post))(Scene(db, schema)))
    looked, tried = threading.Event(), threading.Event()
    look = forgetting.list_forgettable

    def look_and_wait(db, ids, gone=()):
        found = look(db, ids, gone)
        looked.set()
        tried.wait(5)
        return found

    def like(db):
        tried.set()
        return reactions.add_like(db, ada.id, post.id, "x", 1)

    monkeypatch.setattr(forgetting, "list_forgettable", look_and_wait)
    going = asyncio.create_task(database.write(forgetting.forget_posts, [post.id]))
    await asyncio.to_thread(looked.wait, 5)
    with pytest.raises(Missing):
        await database.write(like)
    assert (await going).ids == (post.id,)


async def test_who_likes_a_post_before_the_last_look_keeps_it(on_postgres, database, schema):
    """The like is there, not committed yet, when forgetting begins: that waits, and finds it."""
    ada, post = await database.write(lambda db: (lambda scene: (scene.ada, scene.post))(Scene(db, schema)))
    liked, begun = threading.Event(), threading.Event()

    def like(db):
        reactions.add_like(db, ada.id, post.id, "x", 1)
        liked.set()
        begun.wait(5)

    def forget(db):
        begun.set()
        return forgetting.forget_posts(db, [post.id])

    liking = asyncio.create_task(database.write(like))
    await asyncio.to_thread(liked.wait, 5)
    assert (await database.write(forget)).ids == ()
    await liking
    assert await database.read(posts.find_post, post.id) is not None
