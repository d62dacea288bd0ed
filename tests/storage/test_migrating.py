"""Upgrading: to the newest schema, as a whole or not at all."""

import json

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import migrating, schema
from storage.connecting import connect
from storage.errors import Unusable, WrongSchema
from storage.migrating import MIGRATIONS, upgrade
from storage.records import Account, Post, columns, placeholders, values

BREAKS = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


def statements(path):
    db = connect(path, read_only=True)
    found = db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    db.close()
    return found


def test_the_schema_that_this_version_knows_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_an_upgrade_makes_a_file_that_only_its_owner_reads(tmp_path):
    path = tmp_path / "100% new.sqlite"
    upgrade(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    db = connect(path, read_only=True)
    schema.check_schema(db)
    db.close()


def test_upgrading_twice_changes_nothing(file):
    before = statements(file)
    upgrade(file)
    assert statements(file) == before


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text((MIGRATIONS / "env.py").read_text())
    (versions / "0001_breaks.py").write_text(BREAKS)
    monkeypatch.setattr(migrating, "MIGRATIONS", versions.parent)
    path = tmp_path / "new.sqlite"
    with pytest.raises(Unusable):
        upgrade(path)
    assert not [sql for (sql,) in statements(path) if "half" in sql]


def test_what_is_no_database_is_not_upgraded(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 100)
    with pytest.raises(Unusable):
        upgrade(path)
    assert path.read_text() == "Dear reader, " * 100


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ("0000", f"the database has schema 0000, this version needs {schema.HEAD}: run `hedgerow upgrade`"),
        ("9999", f"the database has schema 9999, newer than this version's {schema.HEAD}: install the newer Hedgerow"),
        (None, f"the database has schema none, this version needs {schema.HEAD}: run `hedgerow upgrade`"),
    ],
)
def test_another_schema_is_refused_with_what_mends_it(db, revision, sentence):
    db.execute("DELETE FROM alembic_version")
    if revision is not None:
        db.execute("INSERT INTO alembic_version (version_num) VALUES (:revision)", {"revision": revision})
    with pytest.raises(WrongSchema) as raised:
        schema.check_schema(db)
    assert str(raised.value) == sentence


def test_an_empty_database_is_refused_with_what_mends_it(tmp_path):
    path = tmp_path / "empty.sqlite"
    path.touch()
    db = connect(path, read_only=True)
    with pytest.raises(WrongSchema, match="run `hedgerow upgrade`"):
        schema.check_schema(db)
    db.close()


def test_the_schema_of_this_version_is_taken(db):
    assert schema.check_schema(db) is None


def test_what_was_posted_before_it_was_counted_apart_is_counted(tmp_path):
    path = tmp_path / "old.sqlite"
    upgrade(path, "0010")
    db = connect(path, read_only=False)
    ada = Account(1, "https://x/1", "Person", "ada", "", "https://x/1/inbox", 0, 0)
    db.execute(f"INSERT INTO accounts ({columns(Account)}) VALUES ({placeholders(Account)})", values(ada))
    for number, (boosted, visibility) in enumerate([(None, 0), (None, 2), (1, 1)], 1):
        post = Post(number, f"https://x/{number}", 1, "Note", visibility, 0, boost_of_id=boosted)
        db.execute(f"INSERT INTO posts ({columns(Post)}) VALUES ({placeholders(Post)})", values(post))
    db.execute("INSERT INTO tallies (account_id, posts, last_ms) VALUES (1, 3, 0)")
    db.close()
    upgrade(path)
    db = connect(path, read_only=True)
    assert db.execute("SELECT posts, boosts, open_posts FROM tallies").fetchall() == [(3, 1, 2)]
    db.close()


def signed_by(key, issuer=None, value="90"):
    """A credential's text: what the key did:key:<key> signed."""
    did = f"did:key:{key}"
    proof = {"type": "DataIntegrityProof", "verificationMethod": f"{did}#{key}"}
    subject = {"result": [{"value": value}]}
    return json.dumps({"issuer": {"id": issuer or did, "url": "https://x/1"}, "proof": proof, "credentialSubject": subject})


def test_what_was_attributed_before_stays_so_where_the_issuers_known_key_signed(tmp_path):
    path = tmp_path / "old.sqlite"
    upgrade(path, "0013")
    db = connect(path, read_only=False)
    for number in (1, 2):
        person = Account(number, f"https://x/{number}", "Person", f"ada{number}", "", f"https://x/{number}/inbox", 0, 0)
        db.execute(f"INSERT INTO accounts ({columns(Account)}) VALUES ({placeholders(Account)})", values(person))
    db.execute("INSERT INTO keys (uri, account_id, algorithm, public_key) VALUES ('https://x/1#k', 1, 'ed25519', 'zKey')")
    db.execute("INSERT INTO identities (account_id, did) VALUES (1, 'did:key:zStated')")
    db.execute("INSERT INTO successions (account_id, did, body) VALUES (1, 'did:key:zFormer', '{}')")
    db.execute("INSERT INTO jobs (kind, key, payload, next_ms) VALUES ('look_at_credentials', 'again', '{}', 999)")
    texts = [signed_by(key) for key in ("zKey", "zStated", "zFormer", "zOther")]
    texts += [signed_by("zKey", "did:key:zElse"), "{}", signed_by("zKey", value="0")]
    for number, text in enumerate(texts, 1):
        row = {"id": number, "uri": f"https://x/a/{number}", "text": text}
        db.execute(
            "INSERT INTO awards (id, uri, issuer_id, recipient_id, state, name, kind, credential, issued_ms, proof)"
            " VALUES (:id, :uri, 1, 2, 'public', 'x', 'Badge', :text, 0, 'pass')",
            row,
        )
        db.execute(
            "INSERT INTO endorsements (id, uri, endorser_id, recipient_id, award_id, subject_uri, credential, issued_ms, proof)"
            " VALUES (:id, :uri, 1, 2, :id, 'x', :text, 0, 'pass')",
            row,
        )
        db.execute("INSERT INTO award_competencies (award_id, url, name, label) VALUES (:id, 'u', 'n', 'l')", {"id": number})
    db.close()
    upgrade(path)
    db = connect(path, read_only=True)
    found = db.execute("SELECT id, issuer_id, bound, claimed, refused FROM awards ORDER BY id").fetchall()
    assert [(row[0], row[1], bool(row[2])) for row in found] == [
        (1, 1, True), (2, 1, True), (3, 1, True), (4, None, False), (5, None, False), (6, None, False), (7, 1, True),
    ]  # fmt: skip
    assert {(row[3], bool(row[4])) for row in found} == {("https://x/1", False)}
    assert [row[0] for row in db.execute("SELECT share FROM awards ORDER BY id").fetchall()] == [100] * 6 + [0]
    words = db.execute("SELECT id, award_id FROM endorsements WHERE bound AND endorser_id = 1 ORDER BY id").fetchall()
    assert [tuple(row) for row in words] == [(1, 1), (2, 2), (3, 3), (7, 7)]  # nothing that refers to an award was lost
    assert db.execute("SELECT count(*) FROM award_competencies").fetchone()[0] == len(texts)
    assert db.execute("SELECT next_ms FROM jobs").fetchone()[0] == 0  # a job looks at the others at once
    db.close()
