"""Backups: whole, private, and put back only where nothing is lost."""

import io
import tarfile

import pytest

from node import backups
from node.errors import BadInput, Conflict
from storage.connecting import connect

PICTURE = f"{'a' * 40}.png"


def quiet(_what, _size_bytes):
    """Nobody watches."""


@pytest.fixture
async def written(world, tmp_path):
    """A backup of a node with an account and a picture."""
    await world.account("ada")
    world.context.config.media_folder.mkdir()
    (world.context.config.media_folder / PICTURE).write_bytes(b"picture")
    (world.context.config.media_folder / "half.part").write_bytes(b"half a pic")
    target = tmp_path / "backup.tar.gz"
    backups.write_backup(world.context.config, target, quiet)
    return target


async def test_a_backup_brings_everything_back(written, tmp_path):
    contents = backups.restore_backup(written, tmp_path / "again")
    assert contents == backups.check_backup(written)
    assert (tmp_path / "again" / "media" / PICTURE).read_bytes() == b"picture"
    assert not (tmp_path / "again" / "media" / "half.part").exists()
    db = connect(tmp_path / "again" / backups.DATABASE, read_only=True)
    assert db.execute("SELECT count(*) FROM accounts WHERE name = 'ada'").fetchone()[0] == 1
    assert db.execute("SELECT count(*) FROM keys WHERE private_pem IS NOT NULL").fetchone()[0] == 4
    db.close()


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


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "media/../../evil", "hedgerow.db/x", "media/evil.svg", "evil"])
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
