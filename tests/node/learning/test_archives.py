"""Archives from outside may be anybody's work: whatever we did not write ourselves is refused and changes nothing."""

import io
import json
import stat
import warnings
import zipfile
from pathlib import Path

import orjson
import pytest

from federation import keys
from federation.errors import Unreachable
from federation.sealed_keys import open_key, seal_key
from node.errors import BadInput, Conflict, NotAllowed
from node.learning import answering, awarding, badges, checking, exporting, importing
from node.learning.archives import Archive
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from storage import accounts, posts
from storage.errors import Full
from storage.learning import awards
from tests import buckets

PASSPHRASE = "moss and ferns"


def quiet(_what, _done, _total):
    """Nobody watches."""


async def give(world, giver, recipient, name):
    badge = await badges.define(world.context, giver, BadgeDraft(name, about="Moss"))
    return await awarding.award(world.context, giver, Gift(badge.id, recipient.id))


@pytest.fixture
async def bo(world):
    return await world.account("bo")


@pytest.fixture
async def file(world, bo, tmp_path) -> Path:
    """Bo's archive: an achievement, a post for everybody and one for followers."""
    ada = await world.account("ada")
    given = await give(world, ada, bo, "Knows mosses")
    await answering.answer(world.context, bo, given.id, "public")
    await world.post(bo, "Hello #moss")
    await world.post(bo, "For followers", visibility=2)
    target = tmp_path / "bo.zip"
    await exporting.export(world.context, bo, target, PASSPHRASE, quiet)
    return target


def rewritten(source: Path, target: Path, **changes: bytes | None) -> Path:
    """The archive with some files changed or left out, and a manifest that fits; names are given with / as _ and without an ending."""
    with zipfile.ZipFile(source) as old:
        bodies = {name: old.read(name) for name in old.namelist()}
    bodies |= {name: body for name, body in changes.items() if body is not None}
    for name, body in changes.items():
        if body is None:
            del bodies[name]
    manifest = json.loads(bodies.pop("manifest.json"))
    manifest["files"] = {name: exporting.hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    with zipfile.ZipFile(target, "w") as new:
        for name, body in bodies.items():
            new.writestr(name, body)
        new.writestr("manifest.json", json.dumps(manifest))
    return target


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_what_is_written_can_be_read_and_every_hash_is_looked_at(file):
    archive = Archive(file)
    assert len(archive.names("objects")) == 2
    assert sorted(archive.names("credentials")) == ["credentials/1.json", "credentials/1.png"]
    for name in archive.manifest["files"]:
        archive.read(name)


async def test_a_changed_byte_is_noticed(file, tmp_path):
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Hello", b"Hallo"))
    archive = Archive(tmp_path / "x.zip")
    found = [name for name in archive.names("objects") if is_changed(archive, name)]
    assert len(found) == 1


def is_changed(archive: Archive, name: str) -> bool:
    try:
        archive.read(name)
    except BadInput as error:
        return "changed" in str(error)
    return False


def evil(name: str = "objects/1.json", *, link: bool = False, body: bytes = b"{}", times: int = 1) -> bytes:
    """A zip with one file that does not belong there."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of the name that stands there twice
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        if link:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
        for _ in range(times):
            archive.writestr(info, body)
        archive.writestr("manifest.json", json.dumps({"format": exporting.FORMAT, "files": {name: ""}}))
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK\x03\x04",
        b"x" * 1000,
        evil("../../etc/passwd"),
        evil("/etc/passwd"),
        evil("media/../../x.png"),
        evil("objects\\1.json"),
        evil("objects/"),
        evil("node.py"),
        evil(link=True),
        evil(times=2),
        evil(body=b"0" * (70 << 20)),
        evil(body=b"0" * (30 << 20)),
        evil()[:-40],
    ],
    ids=["nothing", "head", "noise", "up", "root", "inside", "backslash", "folder", "stranger", "link", "twice", "large", "bomb", "cut"],
)
def test_what_we_never_wrote_is_refused(body):
    with pytest.raises(BadInput):
        Archive(io.BytesIO(body))


@pytest.mark.parametrize("changes", [{"objects/1.json": b"{}"}, {"records.json": None}, {"actor.json": b"[]"}, {"key.json": b"{}"}])
async def test_an_archive_that_is_not_whole_brings_nothing(world, file, tmp_path, changes):
    new = await world.account("new")
    broken = rewritten(file, tmp_path / "broken.zip", **changes)
    if "objects/1.json" in changes:  # a post that is none is left out, and the rest comes
        assert (await importing.import_archive(world.context, new, broken, PASSPHRASE, quiet)).posts == 2
        return
    with pytest.raises(BadInput):
        await importing.import_archive(world.context, new, broken, PASSPHRASE, quiet)


async def test_a_key_that_is_not_the_profiles_is_not_adopted(world, file, tmp_path):
    new = await world.account("new")
    other = orjson.dumps(seal_key(keys.generate_ed25519(), PASSPHRASE))
    with pytest.raises(BadInput, match="not the one of the profile"):
        await importing.import_archive(world.context, new, rewritten(file, tmp_path / "x.zip", **{"key.json": other}), PASSPHRASE, quiet)


async def test_who_has_signed_something_already_adopts_no_other_key(world, file, bo):
    new = await world.account("new")
    await give(world, new, bo, "Is kind")
    with pytest.raises(Conflict):
        await importing.import_archive(world.context, new, file, PASSPHRASE, quiet)


async def test_anothers_actor_in_an_archive_of_ones_own_gives_nothing_of_theirs(world, tmp_path):
    """Eve writes Sue's address into her archive, and a credential that was given to it."""
    sue, ada = await world.stranger("sue"), await world.account("uma")
    given = await give(world, ada, await world.known(sue), "Knows mosses")
    eve = await world.account("eve")
    await exporting.export(world.context, eve, tmp_path / "eve.zip", PASSPHRASE, quiet)
    archive = Archive(tmp_path / "eve.zip")
    actor = archive.document("actor.json")
    actor = orjson.loads(orjson.dumps(actor).replace(actor["id"].encode(), sue.uri.encode()))
    actor["assertionMethod"] = [{**actor["assertionMethod"][0], "id": f"{sue.uri}#k", "controller": sue.uri}]
    award = {"credential": given.credential, "state": "public", "issuer": ada.uri}
    records = {"awards": [award], "endorsements": [], "documents": [], "snapshots": []}
    forged = {"actor.json": orjson.dumps(actor), "records.json": orjson.dumps(records)}
    new = await world.account("mallory")
    brought = await importing.import_archive(
        world.context, new, rewritten(tmp_path / "eve.zip", tmp_path / "f.zip", **forged), PASSPHRASE, quiet
    )
    assert brought.credentials == 0
    assert (await world.context.database.read(accounts.get_account, new.id)).also_known_as == "[]"
    assert await world.context.database.read(awards.list_received, new.id, ("offered", "accepted", "public")) == []


async def test_nothing_is_delivered_again_and_nobody_is_told(world, file):
    before = await world.owed()
    new = await world.account("new")
    await importing.import_archive(world.context, new, file, PASSPHRASE, quiet)
    assert await world.owed() == before
    brought = await world.context.database.read(posts.list_all_posts, new.id)
    assert sorted((post.visibility, post.source) for post in brought) == [(0, "Hello #moss"), (2, "For followers")]


async def test_where_it_was_made_an_archive_doubles_nothing(world, file, bo):
    before = await world.context.database.read(posts.list_all_posts, bo.id)
    brought = await importing.import_archive(world.context, bo, file, PASSPHRASE, quiet)
    assert (brought.posts, brought.credentials) == (0, 0)
    assert await world.context.database.read(posts.list_all_posts, bo.id) == before


async def test_verify_reads_an_archive_and_its_page_without_a_network(world, file):
    judged = checking.check_file(file.read_bytes(), world.context.site.now())
    outcomes = [(name, {part.name: part.outcome for part in verdict.parts}) for name, verdict in judged]
    assert outcomes[0][0] == "Knows mosses"
    assert [name for name, outcome in outcomes[0][1].items() if outcome != "pass"] == ["issuer"]
    assert all("fail" not in parts.values() for _, parts in outcomes)
    page = Archive(file).read("portfolio.html")
    ((name, verdict),) = checking.check_file(page, world.context.site.now())
    assert (name, verdict.part("proof").outcome) == ("Knows mosses", "pass")
    ((_, verdict),) = checking.check_file(page.replace(b"Knows mosses", b"Knows masses"), world.context.site.now())
    assert verdict.outcome == "fail"


async def test_a_short_passphrase_and_a_ward_are_refused(world, tmp_path, bo):
    with pytest.raises(BadInput):
        await exporting.export(world.context, bo, tmp_path / "x.zip", "short", quiet)
    kim = await world.account("kim", mode="supervised")
    with pytest.raises(NotAllowed):
        await exporting.export(world.context, kim, tmp_path / "x.zip", PASSPHRASE, quiet)
    assert not (tmp_path / "x.zip").exists()


def test_a_key_opens_with_its_passphrase_alone():
    key = keys.generate_ed25519()
    sealed = seal_key(key, PASSPHRASE)
    assert open_key(sealed, PASSPHRASE).private_bytes_raw() == key.private_bytes_raw()
    for changes, passphrase in (
        ({}, "moss and fern"),
        ({"n": 2**30}, PASSPHRASE),
        ({"box": "AAAA"}, PASSPHRASE),
        ({"did": "x"}, PASSPHRASE),
    ):
        with pytest.raises(Exception, match="key"):
            open_key({**sealed, **changes}, passphrase)


@pytest.mark.parametrize(("number", "refused"), [(28, Full), (5, Unreachable)])
async def test_an_archive_for_which_there_is_no_room_leaves_nothing_behind(world, bo, tmp_path, monkeypatch, number, refused):
    async def fail(*_):
        raise OSError(number, "the disk refuses")

    monkeypatch.setattr(exporting, "_put_media", fail)
    with pytest.raises(refused):
        await exporting.export(world.context, bo, tmp_path / "out" / "bo.zip", PASSPHRASE, quiet)
    assert list((tmp_path / "out").iterdir()) == []
