"""Backups: whole, private, and put back only where nothing is lost."""

import asyncio
import io
import tarfile
from dataclasses import replace

import pytest

from federation.errors import Unreachable
from node import backups, databases
from node.config import config_from_toml
from node.errors import BadInput, Conflict
from storage.connecting import connect
from storage.errors import Unusable
from tests import buckets

KINDS = ("png", "mp4", "mp3", "pdf", "docx", "txt")
FILES = {f"{letter * 40}.{kind}": letter.encode() for letter, kind in zip("abcdef", KINDS, strict=True)}
PICTURE = f"{'a' * 40}.png"


def quiet(_what, _size_bytes):
    """Nobody watches."""


@pytest.fixture
def media_store() -> str:
    """A folder, unless a test says otherwise."""
    return "folder"


@pytest.fixture
async def written(world, tmp_path):
    """A backup of a node with an account and files."""
    await world.account("ada")
    for name, body in FILES.items():
        await world.context.stores.media.put(name, body)
    (world.context.config.media_folder / "half.part").write_bytes(b"half a pic")
    target = tmp_path / "backup.tar.gz"
    backups.write_backup(world.context.config, target, quiet)
    return target


async def test_a_backup_brings_everything_back(written, tmp_path):
    contents = backups.restore_backup(written, tmp_path / "again")
    assert contents == backups.check_backup(written)
    assert {file.name: file.read_bytes() for file in (tmp_path / "again" / "media").iterdir()} == FILES
    db = connect(tmp_path / "again" / backups.DATABASE, read_only=True)
    assert db.execute("SELECT count(*) FROM accounts WHERE name = 'ada'").fetchone()[0] == 1
    assert db.execute("SELECT count(*) FROM keys WHERE private_pem IS NOT NULL").fetchone()[0] == 4
    db.close()


@pytest.mark.parametrize("media_store", ["s3"])
async def test_files_in_a_bucket_stay_there_or_come_along_as_the_keeper_wants(world, tmp_path):
    for name, body in FILES.items():
        await world.context.stores.media.put(name, body)
    config, files = world.context.config, {}
    for with_bucket in (False, True):
        target = tmp_path / f"backup-{with_bucket}.tar.gz"
        contents = await asyncio.to_thread(backups.write_backup, config, target, quiet, with_bucket=with_bucket)
        assert backups.check_backup(target) == contents
        backups.restore_backup(target, tmp_path / f"again-{with_bucket}")
        folder = tmp_path / f"again-{with_bucket}" / "media"
        files[with_bucket] = {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}
    assert files == {False: {}, True: FILES}


async def test_a_backup_whose_bucket_is_away_is_none(world, tmp_path):
    with buckets.line() as line:
        line.is_cut = True
        stated = replace(world.context.config.media, **buckets.settings(at=line.address))
        with pytest.raises(Unreachable):
            await asyncio.to_thread(
                backups.write_backup, replace(world.context.config, media=stated), tmp_path / "b.tar.gz", quiet, with_bucket=True
            )
    assert not (tmp_path / "b.tar.gz").exists()


async def test_a_backup_is_for_its_owner_alone(written, tmp_path):
    assert written.stat().st_mode & 0o077 == 0
    backups.restore_backup(written, tmp_path / "again")
    assert (tmp_path / "again").stat().st_mode & 0o077 == 0
    assert (tmp_path / "again" / backups.DATABASE).stat().st_mode & 0o077 == 0


async def test_nothing_is_overwritten(world, written, tmp_path):
    with pytest.raises(Conflict):
        backups.write_backup(world.context.config, written, quiet)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary").write_text("dear diary")
    with pytest.raises(Conflict):
        backups.restore_backup(written, tmp_path / "mine")
    assert (tmp_path / "mine" / "diary").read_text() == "dear diary"


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "media/../../evil", "hedgerow.db/x", "media/evil.svg", f"media/{PICTURE}.part", "evil"]
)
async def test_what_no_backup_of_ours_holds_is_refused(tmp_path, name):
    source = tmp_path / "evil.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(BadInput):
        backups.restore_backup(source, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / "evil").exists()


async def test_a_link_is_refused(tmp_path):
    source = tmp_path / "evil.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        member = tarfile.TarInfo(backups.DATABASE)
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(BadInput):
        backups.check_backup(source)


@pytest.mark.parametrize("part", [0, 10, 0.5, 0.99])
async def test_half_a_backup_is_refused_and_leaves_nothing(written, tmp_path, part):
    body = written.read_bytes()
    half = tmp_path / "half.tar.gz"
    half.write_bytes(body[: int(part * len(body)) if isinstance(part, float) else part])
    with pytest.raises(BadInput):
        backups.restore_backup(half, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def restored(folder):
    """Every file of a data folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_one_changed_bit_anywhere_is_refused_or_changes_nothing(written, tmp_path):
    backups.restore_backup(written, tmp_path / "whole")
    whole, body = restored(tmp_path / "whole"), written.read_bytes()
    refused = 0
    for number in range(64):
        at = number * (len(body) - 1) // 63
        changed, again = tmp_path / "changed.tar.gz", tmp_path / f"again-{number}"
        changed.write_bytes(body[:at] + bytes([body[at] ^ (1 << number % 8)]) + body[at + 1 :])
        try:
            backups.restore_backup(changed, again)
        except BadInput:
            refused += 1
            assert not again.exists()
            with pytest.raises(BadInput):
                backups.check_backup(changed)
        else:
            assert restored(again) == whole
    assert refused > 32  # one run of zeros can be packed in more than one way, and gzip's header says when and where it was packed


def packed_anew(written, tmp_path, change):
    """The same members, as a change leaves them: {name: bytes}."""
    with tarfile.open(written) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}
    change(members)
    target = tmp_path / "packed.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return target


ANOTHER = f"media/{'9' * 40}.png"
CHANGES = {
    "another picture": (lambda members: members.update({f"media/{PICTURE}": b"another"}), f"media/{PICTURE}"),
    "a picture less": (lambda members: members.pop(f"media/{PICTURE}"), f"media/{PICTURE}"),
    "a picture more": (lambda members: members.update({ANOTHER: b"more"}), ANOTHER),
    "another configuration": (lambda members: members.update({"hedgerow.toml": b"[node]"}), "hedgerow.toml"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_member_that_is_not_what_the_manifest_says_is_refused_by_its_name(written, tmp_path, change):
    done, name = CHANGES[change]
    with pytest.raises(BadInput, match=name.replace(".", r"\.")):
        backups.restore_backup(packed_anew(written, tmp_path, done), tmp_path / "again")
    assert not (tmp_path / "again").exists()


async def test_a_backup_from_before_there_were_manifests_comes_back(written, tmp_path):
    backups.restore_backup(packed_anew(written, tmp_path, lambda members: members.pop(backups.MANIFEST)), tmp_path / "again")
    assert {file.name: file.read_bytes() for file in (tmp_path / "again" / "media").iterdir()} == FILES


@pytest.fixture
def damaged(tmp_path):
    """A configuration whose SQLite database has a page of nonsense."""
    config = config_from_toml('[node]\nurl = "https://hedge.example"', tmp_path / "ill", {})
    databases.create(config)
    db = connect(config.sqlite_file, read_only=False)
    root, size = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'").fetchone()[0], 4096
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with config.sqlite_file.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"nonsense" * 200)
    return config


def test_a_damaged_database_is_not_backed_up_and_nothing_is_left(damaged, tmp_path):
    with pytest.raises(Unusable):
        backups.write_backup(damaged, tmp_path / "backup.tar.gz", quiet)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    assert [path.name for path in damaged.data_dir.iterdir() if path.name.startswith(backups.TEMPORARY)] == []


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
async def test_a_backup_that_fails_leaves_nothing_behind(world, tmp_path, monkeypatch, fault):
    def fail(*_):
        raise fault

    monkeypatch.setattr(backups._Written, "add_manifest", fail)
    with pytest.raises(type(fault)):
        backups.write_backup(world.context.config, tmp_path / "backup.tar.gz", quiet)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
