"""Databases copied between engines: equal afterwards, resumed when interrupted, refused where something stands already."""

from pathlib import Path

import pytest

from storage import indexing, posts, reactions, search, settings
from storage.connecting import connect
from storage.copying import copy
from storage.database import one_value
from storage.errors import StorageError, Taken, Unusable, WrongSchema
from storage.events import add_event
from storage.migrating import upgrade
from storage.postgres import connected
from storage.schema import check_schema
from storage.search import Question
from tests.clusters import cluster
from tests.storage import rows

POSTS = 2500  # more than two pieces of a thousand


def quiet(_table, _done, _total):
    """Nobody watches."""


def fill(db):
    ada = rows.add_stranger(db, "ada", indexable=True)
    for number in range(POSTS):
        post = rows.add_post(db, ada, content=f"<p>hédge {number}</p>", sensitive=number % 2 == 0)
        if number % 100 == 0:
            reactions.set_tags(db, post.id, ["Moss"])
    settings.save_setting(db, "Grüße", "1")
    add_event(db, "post", 1)


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "source.db"
    upgrade(file)
    db = connect(file, read_only=False)
    db.execute("BEGIN")
    fill(db)
    db.execute("COMMIT")
    db.close()
    return f"sqlite:///{file}"


@pytest.fixture
def target():
    url = cluster().create(template="template0")
    yield url
    cluster().drop(url)


def found(db):
    return len(search.list_hits(db, Question(("hedge", "7")), 0, 10)), one_value(db.execute("SELECT count(*) FROM posts WHERE sensitive"))


def test_there_and_back_all_is_equal(source, target, tmp_path):
    there = copy(source, target, quiet)
    back = copy(target, f"sqlite:///{tmp_path / 'back.db'}", quiet)
    assert there == back
    assert there["posts"].rows == POSTS
    db = connect(tmp_path / "back.db", read_only=True)
    check_schema(db)
    assert found(db) == (1, POSTS // 2)
    db.close()
    with connected(target) as db:
        check_schema(db)
        assert found(db) == (1, POSTS // 2)
        add_event(db, "post", 2)  # numbers go on
        assert indexing.is_indexed(db, one_value(db.execute("SELECT max(id) FROM posts")))


class PowerFailed(Exception):
    """In the middle of a copy."""


def test_an_interrupted_copy_is_served_by_nobody_and_goes_on_where_it_was(source, target):
    def fail(table, done, _total):
        if table == "posts" and done >= 1000:
            raise PowerFailed

    with pytest.raises(PowerFailed):
        copy(source, target, fail)
    with connected(target) as db:
        with pytest.raises(WrongSchema, match="half a copy"):
            check_schema(db)
        assert one_value(db.execute("SELECT count(*) FROM posts")) == 1000
    seen = []
    sums = copy(source, target, lambda table, done, _total: seen.append(done) if table == "posts" else None)
    assert seen[0] == 1000
    assert sums["posts"].rows == POSTS
    with connected(target) as db:
        check_schema(db)
        assert found(db) == (1, POSTS // 2)


def test_nothing_is_written_over(source, target):
    copy(source, target, quiet)
    with pytest.raises(Taken):
        copy(source, target, quiet)


def test_what_was_changed_in_half_a_copy_is_noticed(source, target):
    def fail(table, done, _total):
        if table == "posts" and done >= 1000:
            raise PowerFailed

    with pytest.raises(PowerFailed):
        copy(source, target, fail)
    with connected(target) as db:
        db.execute("UPDATE posts SET content = 'other' WHERE id = (SELECT min(id) FROM posts)")
    with pytest.raises(Unusable, match="posts"):
        copy(source, target, quiet)


def test_a_source_that_is_too_new_is_refused(source, target):
    db = connect(Path(source.removeprefix("sqlite:///")), read_only=False)
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(WrongSchema, match="9999"):
        copy(source, target, quiet)


def test_a_server_that_is_not_there_is_named_without_its_password(source):
    with pytest.raises(StorageError) as refused:
        copy(source, "postgresql://ada:secret@/x?host=/nowhere", quiet)
    assert "secret" not in str(refused.value)


def test_posts_are_read_as_they_were(source, target):
    copy(source, target, quiet)
    with connected(target) as db:
        newest = one_value(db.execute("SELECT max(id) FROM posts"))
        assert posts.find_post(db, newest).sensitive is False


def test_an_older_schema_is_copied_as_it_is(tmp_path, target):
    upgrade(tmp_path / "old.db", "0003")
    copy(f"sqlite:///{tmp_path / 'old.db'}", target, quiet)
    with connected(target) as db:
        assert one_value(db.execute("SELECT version_num FROM alembic_version")) == "0003"
