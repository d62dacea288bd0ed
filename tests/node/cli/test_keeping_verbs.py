"""The verbs of the keeper, called as from a shell."""

import hashlib
import io
import json
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from node.cli.running import run
from storage.connecting import connect
from storage.database import NOTHING
from storage.postgres import connected
from storage.schema import HEAD
from tests import buckets


@pytest.fixture
def folder(tmp_path, capsys, memory_url):
    data = tmp_path / "data"
    assert run(["--data", str(data), "init", "--url", "http://127.0.0.1:1"]) == 0
    capsys.readouterr()
    return data


@pytest.fixture
def ask(folder, memory_url):
    """ask(statement): the rows that it answers, from the memory that the verbs use."""

    def answer(statement, parameters=NOTHING):
        if memory_url:
            with connected(memory_url) as db:
                return db.execute(statement, parameters).fetchall()
        with closing(connect(folder / "hedgerow.db", read_only=False)) as db:
            return db.execute(statement, parameters).fetchall()

    return answer


@pytest.fixture
def hedgerow(folder, capsys, monkeypatch):
    def call(*arguments: str, stdin: str = "", code: int = 0):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        as_json = ["--json"] if code == 0 else []
        assert run(["--data", str(folder), *arguments, *as_json]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else err.strip()

    return call


def test_an_account_is_made_shown_suspended_and_deleted(hedgerow):
    made = hedgerow("account", "add", "ada", "--role", "owner", "--password-stdin", stdin="a long password\n")
    assert made["handle"] == "@ada@127.0.0.1:1"
    assert [(each["name"], each["role"], each["state"]) for each in hedgerow("account", "list")] == [("ada", "owner", "open")]
    assert hedgerow("account", "suspend", "ada")["state"] == "suspended"
    assert "suspended" in hedgerow("post", "ada", "Hello", code=1)
    assert hedgerow("account", "restore", "ada")["state"] == "open"
    assert hedgerow("account", "show", "ada")["followers"] == 0
    assert hedgerow("account", "delete", "ada", "--yes")["state"] == "deleted"
    assert hedgerow("account", "list") == []


def test_a_name_is_never_given_out_again(hedgerow):
    hedgerow("account", "add", "ada")
    hedgerow("account", "delete", "ada", "--yes")
    assert "taken" in hedgerow("account", "add", "ADA", code=1)


@pytest.mark.parametrize(("name", "word"), [("server", "kept"), ("a b", "name"), ("", "name"), ("x" * 31, "name"), ("ädä", "name")])
def test_a_name_that_cannot_be_is_refused_with_a_sentence(hedgerow, name, word):
    assert word in hedgerow("account", "add", name, code=1)
    assert hedgerow("account", "add", "ada")["name"] == "ada"


def test_an_invitation_is_a_link_that_works_once(hedgerow, ask):
    assert hedgerow("account", "invite")["url"].startswith("http://127.0.0.1:1/welcome/")
    assert ask("SELECT purpose FROM links") == [("invite",)]


@pytest.fixture
def bucket(monkeypatch):
    """A bucket that [media] names in the environment; files still lie in the folder."""
    for name, value in buckets.environ({**buckets.settings(), "store": "folder"}).items():
        monkeypatch.setenv(name, value)


def test_files_are_copied_into_a_bucket_and_back(hedgerow, folder, bucket, monkeypatch):
    body = b"a picture"
    name = f"{hashlib.sha256(body).hexdigest()[:40]}.png"
    (folder / "media").mkdir()
    (folder / "media" / name).write_bytes(body)
    assert hedgerow("copy-media", "folder", "s3") == {"copied": 1, "present": 0, "bytes": len(body), "damaged": []}
    assert hedgerow("copy-media", "folder", "s3")["present"] == 1
    (folder / "media" / name).unlink()
    monkeypatch.setenv("HEDGEROW_MEDIA_STORE", "s3")
    assert hedgerow("copy-media", "s3", "folder")["copied"] == 1
    assert (folder / "media" / name).read_bytes() == body


@pytest.mark.parametrize(("arguments", "said"), [(("folder", "folder"), "the same"), (("folder", "s3"), "bucket must name")])
def test_files_are_copied_only_where_there_is_another_place(hedgerow, arguments, said):
    assert said in hedgerow("copy-media", *arguments, code=1)


def test_a_backup_says_that_files_stay_in_the_bucket(hedgerow, folder, bucket, tmp_path, capsys, monkeypatch, memory_url):
    monkeypatch.setenv("HEDGEROW_MEDIA_STORE", "s3")
    assert hedgerow("backup", str(tmp_path / "a.tar.gz"))["bucket"].startswith("hedge-")
    assert hedgerow("backup", str(tmp_path / "b.tar.gz"), "--with-bucket")["bucket"] is None
    assert run(["--data", str(folder), "backup", str(tmp_path / "c.tar.gz")]) == 0
    assert "stay in the bucket hedge-" in capsys.readouterr().out
    if memory_url:  # which is not empty, so that nothing is restored there
        return
    assert run(["--data", str(tmp_path / "again"), "restore", str(tmp_path / "a.tar.gz")]) == 0
    assert "Its files are those in the bucket hedge-" in capsys.readouterr().out


def test_what_nobody_touched_is_counted_and_forgotten(hedgerow):
    assert hedgerow("forget", "--days", "30", "--dry-run") == {"posts": 0, "accounts": 0, "days": 30, "dry_run": True}
    assert hedgerow("forget", "--days", "30")["dry_run"] is False
    assert "remote_days" in hedgerow("forget", code=1)
    assert "7" in hedgerow("forget", "--days", "1", code=2)


def test_a_short_password_is_refused(hedgerow):
    assert "8 characters" in hedgerow("account", "add", "ada", "--password-stdin", stdin="short\n", code=1)
    assert hedgerow("account", "list") == []


def test_a_post_is_published_from_the_shell_and_from_stdin(hedgerow, ask):
    hedgerow("account", "add", "ada")
    hedgerow("post", "ada", "Hello *there*")
    hedgerow("post", "ada", "-", "--visibility", "private", stdin="From a pipe")
    assert ask("SELECT content, visibility FROM posts ORDER BY id") == [("<p>Hello <em>there</em></p>", 0), ("<p>From a pipe</p>", 2)]


def test_an_empty_post_is_refused(hedgerow):
    hedgerow("account", "add", "ada")
    assert "Write something" in hedgerow("post", "ada", "  ", code=1)


def test_ours_follow_ours(hedgerow):
    hedgerow("account", "add", "ada")
    hedgerow("account", "add", "bo")
    assert hedgerow("follow", "ada", "@bo@127.0.0.1:1")["state"] == "accepted"
    assert hedgerow("account", "show", "bo")["followers"] == 1
    assert "no such account" in hedgerow("follow", "ada", "@nobody@127.0.0.1:1", code=1)


def test_a_token_is_told_once_and_kept_as_a_hash(hedgerow, ask):
    hedgerow("account", "add", "ada")
    secret = hedgerow("token", "ada", "--scopes", "read write")["token"]
    assert ask("SELECT hash FROM tokens") == [(hashlib.sha256(secret.encode()).digest(),)]
    assert "Scopes" in hedgerow("token", "ada", "--scopes", "everything", code=1)


@pytest.mark.parametrize("typed", ["bad.example", "BAD.example", "bad.example.", "https://bad.example/", "bad.example:8080"])
def test_a_domain_is_blocked_however_it_is_typed(hedgerow, typed):
    assert hedgerow("block", typed)["domain"] == "bad.example"
    assert hedgerow("allow", "bad.example")["was_blocked"] is True
    assert hedgerow("allow", "bad.example")["was_blocked"] is False


def test_a_blocklist_comes_out_as_it_went_in(hedgerow, tmp_path):
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("#domain,#severity,#public_comment\nbad.example,suspend,spam\nquiet.example,silence,loud\nfine.example,noop,\n")
    assert hedgerow("blocklist", "import", str(file)) == {"blocked": 2, "refused": {}}
    assert hedgerow("blocklist", "export", str(out))["domains"] == 2
    assert [line.split(",")[:2] for line in out.read_text().splitlines()[1:]] == [["bad.example", "suspend"], ["quiet.example", "silence"]]


def test_lines_of_a_blocklist_that_cannot_be_used_are_named_and_the_others_count(hedgerow, tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("#domain,#severity\nno domain at all,suspend\ncom,suspend\nbad.example,suspend\nodd.example,frown\n")
    done = hedgerow("blocklist", "import", str(file))
    assert (done["blocked"], sorted(done["refused"])) == (1, ["com", "no domain at all", "odd.example"])
    assert "every name that ends in .com" in done["refused"]["com"]
    assert hedgerow("allow", "bad.example")["was_blocked"] is True
    assert hedgerow("allow", "com")["was_blocked"] is False


def test_a_blocklist_without_names_of_columns_blocks_nothing(hedgerow, tmp_path):
    file = tmp_path / "in.csv"
    file.write_text("bad.example,suspend\nworse.example,suspend\n")
    assert "name its columns" in hedgerow("blocklist", "import", str(file), code=1)
    assert hedgerow("allow", "worse.example")["was_blocked"] is False


def test_the_queue_of_a_new_node_is_empty(hedgerow):
    assert hedgerow("queue") == {"counts": {}, "owed": []}
    assert hedgerow("queue", "retry") == {"due": 0}


def test_a_backup_is_put_back_as_it_was(hedgerow, folder, tmp_path, capsys, empty_memory):
    hedgerow("account", "add", "ada")
    hedgerow("post", "ada", "Keep this")
    (folder / "media").mkdir(exist_ok=True)
    picture = folder / "media" / f"{'a' * 40}.png"
    picture.write_bytes(b"picture")
    file, fresh = tmp_path / "backup.tar.gz", tmp_path / "fresh"
    hedgerow("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert hedgerow("restore", str(file), "--verify")["verified"] is True
    empty_memory()
    assert run(["--data", str(fresh), "restore", str(file)]) == 0
    capsys.readouterr()
    assert (fresh / "media" / picture.name).read_bytes() == b"picture"
    assert run(["--data", str(fresh), "account", "list", "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["ada"]


def test_a_backup_overwrites_nothing(hedgerow, tmp_path):
    file = tmp_path / "backup.tar.gz"
    hedgerow("backup", str(file))
    assert "there already" in hedgerow("backup", str(file), code=1)
    assert "not empty" in hedgerow("restore", str(file), code=1)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "media/../../evil", "media/evil.sh", "hedgerow.db/x"])
def test_an_archive_with_anything_else_in_it_is_refused(hedgerow, tmp_path, capsys, name):
    file, fresh = tmp_path / "evil.tar.gz", tmp_path / "fresh"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    assert run(["--data", str(fresh), "restore", str(file)]) == 1
    assert "no backup" in capsys.readouterr().err
    assert not fresh.exists()
    assert not (tmp_path / "evil").exists()


def test_a_file_that_is_no_backup_is_refused(hedgerow, tmp_path, capsys):
    file = tmp_path / "x"
    file.write_bytes(b"no archive")
    assert run(["--data", str(tmp_path / "fresh"), "restore", str(file)]) == 1
    assert "no backup" in capsys.readouterr().err


def test_an_upgrade_backs_up_first_and_keeps_everything(hedgerow, folder):
    hedgerow("account", "add", "ada")
    taken = Path(hedgerow("upgrade")["backup"])
    assert taken.parent == folder / "backups"
    assert [each["name"] for each in hedgerow("account", "list")] == ["ada"]


def test_a_newer_schema_is_not_touched(hedgerow, ask):
    ask("UPDATE alembic_version SET version_num = '9999' RETURNING 1")
    assert "install the newer Hedgerow" in hedgerow("account", "list", code=1)
    ask("UPDATE alembic_version SET version_num = :head RETURNING 1", {"head": HEAD})
    assert hedgerow("account", "list") == []


def test_the_doctor_says_how_a_node_that_does_not_run_is_mended(hedgerow, folder, capsys):
    assert run(["--data", str(folder), "doctor", "--json"]) == 1
    found = {each["check"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["database"]["ok"]
    assert found["keys"]["ok"]
    assert not found["web"]["ok"]
    assert found["web"]["mend"]


def test_a_network_is_brought_and_taken_along(hedgerow, tmp_path):
    hedgerow("account", "add", "ada")
    hedgerow("account", "add", "eve")
    hedgerow("follow", "ada", "@eve")
    file = tmp_path / "ada.opml"
    assert hedgerow("network", "export", "ada", "--to", str(file))["sources"] == 1
    assert hedgerow("network", "import", "eve", str(file))["lines"] == 1
    file.write_text("nonsense")
    assert "name@server" in hedgerow("network", "import", "eve", str(file), code=1)
