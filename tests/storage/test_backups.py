"""Copies that are whole, made while others write."""

import asyncio

import pytest

from storage.backups import back_up, check_integrity
from storage.connecting import connect
from storage.errors import Taken, Unusable, WrongSchema
from storage.settings import save_setting
from storage.sqlite import open_sqlite


def save_two(db, number):
    """Always both or neither."""
    save_setting(db, f"{number}a", "1")
    save_setting(db, f"{number}b", "1")


def names(path):
    db = connect(path, read_only=True)
    found = {row[0] for row in db.execute("SELECT name FROM settings").fetchall()}
    db.close()
    return found


async def test_a_copy_made_while_a_node_writes_is_of_one_moment(file, tmp_path):
    database = await open_sqlite(file)
    await asyncio.gather(*(database.write(save_two, number) for number in range(50)))
    writing = asyncio.gather(*(database.write(save_two, number) for number in range(50, 1000)))
    copy = tmp_path / "copy.sqlite"
    await asyncio.to_thread(back_up, file, copy)
    await writing
    await database.close()
    kept = names(copy)
    assert kept >= {f"{number}{half}" for number in range(50) for half in "ab"}
    assert {name[:-1] for name in kept if name.endswith("a")} == {name[:-1] for name in kept if name.endswith("b")}
    check_integrity(copy)


def test_a_copy_is_one_file_that_only_its_owner_reads(file, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(file, folder / "copy.sqlite")
    assert [(found.name, found.stat().st_mode & 0o777) for found in folder.iterdir()] == [("copy.sqlite", 0o600)]


def test_a_file_that_is_there_is_not_written_over(file, tmp_path):
    target = tmp_path / "letter.txt"
    target.write_text("Dear reader")
    with pytest.raises(Taken):
        back_up(file, target)
    assert target.read_text() == "Dear reader"


def test_of_a_copy_that_fails_nothing_stays(tmp_path):
    source, target = tmp_path / "noise.sqlite", tmp_path / "copy.sqlite"
    source.write_bytes(b"noise" * 2000)
    with pytest.raises(Unusable):
        back_up(source, target)
    with pytest.raises(Unusable):
        back_up(tmp_path / "nowhere.sqlite", target)
    assert not target.exists()


def test_a_folder_that_cannot_be_written_is_told(file, tmp_path):
    with pytest.raises(Unusable):
        back_up(file, tmp_path / "no folder" / "copy.sqlite")


def test_a_whole_database_reads_through_and_leaves_no_files_beside_it(file):
    assert check_integrity(file) is None
    assert list(file.parent.iterdir()) == [file]


def test_a_damaged_database_is_found(file):
    db = connect(file, read_only=False)
    db.execute("BEGIN")
    for number in range(2000):
        save_setting(db, f"name {number:060}", "value")
    db.execute("COMMIT")
    db.close()
    content = bytearray(file.read_bytes())
    for page in range(len(content) // 4096 // 2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    file.write_bytes(content)
    with pytest.raises(Unusable, match=r"damaged|cannot be used"):
        check_integrity(file)


def test_a_reference_to_nothing_is_found(file):
    db = connect(file, read_only=False)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("INSERT INTO keys (uri, account_id, algorithm, public_key) VALUES ('x', 17, 'rsa', '')")
    db.close()
    with pytest.raises(Unusable, match="keys refers to a row of accounts"):
        check_integrity(file)


@pytest.mark.parametrize(("content", "error"), [(None, Unusable), (b"", WrongSchema), (b"noise" * 500, Unusable)])
def test_what_is_no_database_of_ours_is_told(tmp_path, content, error):
    path = tmp_path / "other.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error):
        check_integrity(path)
