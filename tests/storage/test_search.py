"""The archive's index: what is found, by whom, in which order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import indexing, migrating, moderation, posts, reactions, search
from storage.connecting import connect
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED
from storage.search import Question
from storage.snippets import MARK, MARK_END
from tests.storage import rows


@pytest.fixture
def ada(db):
    return rows.add_person(db, "ada", indexable=True)


@pytest.fixture
def bea(db):
    return rows.add_person(db, "bea")


def found(db, viewer=0, **asked):
    return [hit.id for hit in search.list_hits(db, Question(**{"phrases": ("hedge",), **asked}), getattr(viewer, "id", viewer), 20)]


def test_words_are_found_in_text_title_summary_and_hashtags(db, ada):
    wanted = [
        rows.add_post(db, ada, content="<p>A <b>hedge</b> grows</p>"),
        rows.add_post(db, ada, title="Hedge", content=""),
        rows.add_post(db, ada, summary="hédge", content=""),
        rows.add_post(db, ada, content="other"),
    ]
    reactions.set_tags(db, wanted[3].id, ["Hedge"])
    assert sorted(found(db)) == [post.id for post in wanted]


def test_markup_is_not_found_but_what_it_says_is(db, ada):
    post = rows.add_post(db, ada, content='<p>Fish &amp; <a href="https://strong.example/">chips</a><br>peas</p>')
    assert found(db, phrases=("strong",)) == []
    assert found(db, phrases=("chips peas",)) == [post.id]
    assert found(db, phrases=("amp",)) == []


def test_an_edit_and_a_deletion_are_known_at_once(db, ada):
    post = rows.add_post(db, ada, content="hedge")
    reactions.set_tags(db, post.id, ["green"])
    changed = rows.make_post(ada, id=post.id, uri=post.uri, content="wall")
    posts.update_post(db, changed)
    assert found(db) == []
    assert found(db, phrases=("wall", "green")) == [post.id]
    posts.delete_post(db, changed, 1)
    assert found(db, phrases=("wall",)) == []


@pytest.mark.parametrize("visibility", [PRIVATE, DIRECT])
def test_what_a_viewer_may_not_see_is_not_found(db, ada, bea, visibility):
    hidden = rows.add_post(db, ada, content="hedge", visibility=visibility, searchable_by=PUBLIC)
    shown = rows.add_post(db, ada, content="hedge")
    assert found(db) == found(db, bea) == [shown.id]
    assert sorted(found(db, ada)) == [hidden.id, shown.id]


def test_a_follower_finds_what_is_for_followers_where_its_author_agreed(db, ada, bea):
    rows.add_follow(db, bea, ada)
    agreed = rows.add_post(db, ada, content="hedge", visibility=PRIVATE, searchable_by=PRIVATE)
    rows.add_post(db, ada, content="hedge", visibility=PRIVATE)
    assert found(db, bea) == [agreed.id]
    assert found(db) == []


def test_who_did_not_agree_is_found_by_nobody_but_themselves_and_those_they_name(db, ada, bea):
    silent = rows.add_person(db, "silent")
    post = rows.add_post(db, silent, content="hedge")
    assert found(db) == found(db, bea) == []
    assert found(db, silent) == [post.id]
    reactions.set_mentions(db, post.id, [bea.id])
    assert found(db, bea) == [post.id]


def test_a_post_that_says_who_may_find_it_outdoes_its_author(db, ada, bea):
    rows.add_post(db, ada, content="hedge", searchable_by=DIRECT)
    agreed = rows.add_post(db, bea, content="hedge", searchable_by=PUBLIC)
    assert found(db) == [agreed.id]


def test_an_unlisted_post_needs_more_than_an_indexable_author(db, ada):
    rows.add_post(db, ada, content="hedge", visibility=UNLISTED)
    agreed = rows.add_post(db, ada, content="hedge", visibility=UNLISTED, searchable_by=PUBLIC)
    assert found(db) == [agreed.id]


def test_members_of_a_community_find_what_members_said_in_it(db, bea):
    group = rows.add_stranger(db, "gardeners", "", type="Group")
    carl, dora = rows.add_person(db, "carl"), rows.add_person(db, "dora")
    post = rows.add_post(db, carl, content="hedge")
    rows.add_boost(db, group, post)
    rows.add_follow(db, bea, group)
    assert found(db, bea) == []  # its author does not belong to it
    rows.add_follow(db, carl, group)
    assert found(db, bea) == found(db, bea, community=group.id) == [post.id]
    assert found(db, dora) == found(db) == []


def test_who_is_suspended_or_blocked_is_not_found(db, ada, bea):
    rows.add_post(db, ada, content="hedge")
    moderation.add_block(db, bea.id, ada.id, "", 1)
    assert found(db, bea) == []
    assert len(found(db)) == 1
    db.execute("UPDATE accounts SET suspended_ms = 1 WHERE id = :id", {"id": ada.id})
    assert found(db) == []


def test_the_filters(db, ada, bea):
    plain = rows.add_post(db, ada, content="hedge")
    reflection = rows.add_post(db, ada, content="hedge", facets='[{"type":"Reflection"}]')
    pictured = rows.add_post(db, ada, content="hedge", attachments='[{"type":"Image","media_type":"image/png"}]')
    rows.add_reply(db, bea, plain)
    reactions.set_tags(db, pictured.id, ["green"])
    for phrases in (("hedge",), ()):
        assert found(db, phrases=phrases, facet="Reflection") == [reflection.id]
        assert sorted(found(db, phrases=phrases, plain=True)) == [plain.id, pictured.id]
        assert found(db, phrases=phrases, answered=True) == [plain.id]
        assert found(db, phrases=phrases, pictured=True) == [pictured.id]
        assert found(db, phrases=phrases, tag="green") == [pictured.id]
        assert sorted(found(db, phrases=phrases, author=ada.id, after_id=reflection.id)) == [reflection.id, pictured.id]
        assert found(db, phrases=phrases, before_id=reflection.id) == [plain.id]
        assert found(db, phrases=phrases, author=bea.id) == []
    assert sorted(found(db, phrases=(), without=("nothing",), author=ada.id)) == [plain.id, reflection.id, pictured.id]
    assert found(db, phrases=(), without=("hedge",), author=ada.id) == []


def test_what_is_left_out_is_left_out(db, ada):
    rows.add_post(db, ada, content="hedge and wall")
    post = rows.add_post(db, ada, content="hedge and fence")
    assert found(db, without=("wall",)) == [post.id]


def test_a_title_counts_more_than_a_text_and_pages_meet_without_a_gap(db, ada):
    best = rows.add_post(db, ada, title="hedge", content="other words that are here")
    rest = [rows.add_post(db, ada, content="some words about a hedge here") for _ in range(6)]
    for _ in range(20):
        rows.add_post(db, ada, content="nothing of that kind")
    question, hits, after = Question(phrases=("hedge",)), [], search.FIRST
    while page := search.list_hits(db, question, 0, 3, after):
        hits += page
        after = page[-1]
    assert hits[0].total == 7
    assert [hit.id for hit in hits] == [best.id, *(post.id for post in reversed(rest))]


def test_a_snippet_marks_what_was_found(db, ada):
    post = rows.add_post(db, ada, content="<p>A &lt;hedge&gt; grows</p>")
    snippets = search.list_snippets(db, Question(phrases=("hedge",)), [post.id])
    assert snippets == {post.id: f"A <{MARK}hedge{MARK_END}> grows"}


@given(
    st.lists(st.one_of(st.text(min_size=1), st.sampled_from(['"', "NEAR(a b)", "a*", "^a", "title:a", "-", "AND"])), min_size=1, max_size=4)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_no_phrase_is_syntax(db, phrases):
    clean = tuple(phrase.replace("\0", "").encode("utf-8", "ignore").decode() for phrase in phrases)
    assert found(db, phrases=clean) == []
    assert found(db, without=clean) == []


def test_the_migration_knows_the_posts_that_were_there_before(tmp_path, monkeypatch):
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text((migrating.MIGRATIONS / "env.py").read_text())
    for file in (migrating.MIGRATIONS / "versions").glob("000[12]_*.py"):
        (versions / file.name).write_text(file.read_text())
    file = tmp_path / "old.sqlite"
    with monkeypatch.context() as older:
        older.setattr(migrating, "MIGRATIONS", versions.parent)
        migrating.upgrade(file)
    db = connect(file, read_only=False)
    uri = "https://x.example/1"
    named = "INSERT INTO accounts (id, uri, type, name, inbox, created_ms, revision_ms, indexable)"
    db.execute(f"{named} VALUES (1, :uri, 'Person', 'ada', '', 0, 0, true)", {"uri": uri})
    db.execute(
        "INSERT INTO posts (id, uri, account_id, type, visibility, published_ms, content) VALUES (2, :uri, 1, 'Note', 0, 0, :said)",
        {"uri": uri, "said": "<p>A <b>hedge</b> &amp; more</p>"},
    )
    db.execute("INSERT INTO tags (id, name) VALUES (1, 'green')")
    db.execute("INSERT INTO post_tags (tag_id, post_id) VALUES (1, 2)")
    db.close()
    migrating.upgrade(file)
    db = connect(file, read_only=True)
    assert found(db, phrases=("hedge", "green")) == [2]
    db.close()


LEFT_OVER = {
    "sqlite": "SELECT count(*) FROM post_texts WHERE post_texts MATCH 'hedge OR green OR red OR changed OR more'",
    "postgresql": "SELECT count(*) FROM post_texts",
}


def test_the_index_stays_whole_whatever_happens_to_posts(db, ada):
    kept = []
    for number in range(30):
        post = rows.add_post(db, ada, content=f"<p>Nr. {number} <b>hédge</b> &amp; more</p>", title=f"T{number}")
        reactions.set_tags(db, post.id, [f"tag{number % 3}", "Green"])
        if number % 3 == 0:
            posts.update_post(db, rows.make_post(ada, id=post.id, uri=post.uri, content=f"<p>Changed {number}</p>"))
            reactions.set_tags(db, post.id, ["red"])
        if number % 5 == 0:
            posts.delete_post(db, post, 1)
        else:
            kept.append((number, post.id))
    assert sorted(found(db, phrases=("changed",))) == [post_id for number, post_id in kept if number % 3 == 0]
    assert sorted(found(db, phrases=("red",))) == [post_id for number, post_id in kept if number % 3 == 0]
    assert sorted(found(db, phrases=("hedge", "green"))) == [post_id for number, post_id in kept if number % 3]
    for _, post_id in kept:
        posts.delete_post(db, posts.find_post(db, post_id), 1)
    assert db.execute(LEFT_OVER[db.engine]).fetchone()[0] == 0


def test_a_server_that_loses_its_hashtags_leaves_the_index_whole(db):
    mira = rows.add_stranger(db, "mira", indexable=True)
    post = rows.add_post(db, mira, content="hedge")
    reactions.set_tags(db, post.id, ["green", "red"])
    moderation.untag_domain(db, "far.example")
    posts.update_post(db, rows.make_post(mira, id=post.id, uri=post.uri, content="wall"))
    assert found(db) == []
    assert found(db, phrases=("wall",)) == [post.id]
    posts.delete_post(db, post, 1)
    assert found(db, phrases=("green",)) == found(db, phrases=("wall",)) == []


def test_a_post_that_the_index_never_knew_is_changed_and_deleted_all_the_same(db, ada):
    post = rows.add_post(db, ada, content="hedge")
    indexing.forget_text(db, post.id)
    indexing.forget_text(db, post.id)
    assert found(db) == []
    reactions.set_tags(db, post.id, ["green"])
    assert found(db) == [post.id]
    indexing.forget_text(db, post.id)
    posts.delete_post(db, post, 1)
    assert found(db) == []


@pytest.mark.parametrize("names", [["Green"], []])
def test_a_new_post_is_found_by_its_hashtags(db, ada, names):
    post = posts.add_post(db, rows.make_post(ada, content="hedge"), names)
    assert found(db) == [post.id]
    assert found(db, phrases=("green",)) == [post.id] * len(names)
    assert reactions.list_tags(db, [post.id]) == ({post.id: ["green"]} if names else {})
    posts.delete_post(db, post, rows.START_MS)
    assert found(db) == []


def test_a_word_of_very_many_posts_has_to_stand_there_and_weighs_nothing(db, ada, monkeypatch):
    monkeypatch.setattr(search, "COMMON", 2)
    often = [rows.add_post(db, ada, content=f"<p>hedge {'hedge ' * (3 - number)}</p>") for number in range(3)]
    long = rows.add_post(db, ada, content=f"<p>hedge moss {'and so on ' * 50}</p>")
    short = rows.add_post(db, ada, content="<p>hedge moss</p>")
    rows.add_post(db, ada, content="<p>moss</p>")
    newest = rows.add_post(db, ada, content="<p>hedge stone</p>")
    assert set(found(db)) == {post.id for post in (*often, long, short, newest)}
    assert found(db, phrases=("hedge", "moss")) == [short.id, long.id]
    assert found(db, phrases=("hedge",), without=("moss", "stone")) == [post.id for post in reversed(often)]
