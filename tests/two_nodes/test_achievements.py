"""The story of an achievement over three nodes: defined, given, accepted, endorsed from a third, revoked."""

import shutil
import zipfile

import orjson
import pytest

from federation.credentials import credential_from_document, digest_of
from node.errors import BadInput
from node.learning import answering, awarding, badges, endorsing, exporting, importing, judging, persons, rekeying, revoking, taking
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.social import looking_up
from storage import posts
from storage.learning import awards, endorsements, evidence
from tests.nodes import prepare, settle
from tests.two_nodes.test_posts import follow


async def give(giver, recipient, name="Knows ten mosses", **said):
    """The award as its giver's node keeps it."""
    badge = await badges.define(giver.context, giver.account, BadgeDraft(name, "Ten mosses, in the wild.", "Name ten mosses.", "Moss"))
    there = await giver.knows(recipient)
    return await awarding.award(giver.context, giver.account, Gift(badge.id, there.id, **said))


async def kept(person, award):
    """The same award as another node keeps it."""
    return await person.node.read(awards.find_award_by_uri, award.uri)


async def verdict(person, award):
    found = await judging.verdict_on_award(person.context, await kept(person, award))
    return {part.name: part.outcome for part in found.parts}


async def portfolio(person):
    """What everybody reads of somebody."""
    return (await person.node.get(f"/@{person.account.name}/portfolio", "text/html")).body.decode()


GOOD = dict.fromkeys(("proof", "schema", "dates", "status", "issuer", "recipient"), "pass")


async def test_an_achievement_goes_from_node_to_node_and_its_end_is_heard_everywhere(lane, ada, bo, cleo):
    await follow(lane, cleo, ada)
    given = await give(ada, bo)
    await lane.settle()
    offered = await kept(bo, given)
    assert (offered.state, await verdict(bo, given)) == ("offered", GOOD)
    assert ("awarded", ada.account.name) in await bo.told()
    assert await kept(cleo, given) is None
    await answering.answer(bo.context, bo.account, offered.id, "public")
    await lane.settle()
    assert (await kept(ada, given)).state == "public"
    assert ("award_accepted", bo.account.name) in await ada.told()
    there = await kept(cleo, given)
    assert (there.state, await verdict(cleo, given)) == ("public", GOOD)
    word = await endorsing.endorse(cleo.context, cleo.account, Word("I have seen it", award_id=there.id))
    await lane.settle()
    for person in (ada, bo):
        (found,) = await person.node.read(endorsements.list_for_award, (await kept(person, given)).id)
        assert (found.uri, found.comment, found.proof) == (word.uri, "I have seen it", "pass")
    assert ("endorsed", cleo.account.name) in await bo.told()
    assert "Knows ten mosses" in await portfolio(bo)
    assert "revoked" not in await portfolio(bo)
    await revoking.revoke(ada.context, ada.account, given.id, "It was a fern")
    await lane.settle()
    for person in (ada, bo, cleo):
        assert (await kept(person, given)).revoked_ms is not None
        assert await verdict(person, given) == GOOD | {"status": "fail"}
    assert ("revoked", ada.account.name) in await bo.told()
    assert "Knows ten mosses" not in await portfolio(bo)


async def story(lane, ada, bo, cleo):
    """What Bo has: two achievements of Ada's, one of them vouched for by Cleo, one that Bo recorded, posts and a picture."""
    given = [await give(ada, bo, name) for name in ("Knows ten mosses", "Knows ferns")]
    await lane.settle()
    for award in given:
        await answering.answer(bo.context, bo.account, (await kept(bo, award)).id, "public")
    own = await give(bo, bo, "Walked the ridge", is_public=True)
    first = await bo.write("Mosses drink through their leaves. #moss")
    await bo.write("Or so I think", answering=first)
    await bo.write("for followers", visibility=2)
    await follow(lane, cleo, bo)
    there = (await looking_up.look_up(cleo.context, (await bo.node.read(posts.find_post, (await kept(bo, given[0])).post_id)).uri)).post
    found = await taking.award_of_post(cleo.context, there.id)
    await endorsing.endorse(cleo.context, cleo.account, Word("I saw it", award_id=found.id))
    await lane.settle()
    return [*given, own]


async def rows(node, account_id):
    """How much of somebody's there is on a node."""
    return await node.read(_rows, account_id)


def _rows(db, account_id):
    return [
        db.execute("SELECT count(*), coalesce(sum(length(content)), 0) FROM posts WHERE account_id = :id", {"id": account_id}).fetchone(),
        db.execute("SELECT count(*), sum(length(credential)) FROM awards WHERE recipient_id = :id", {"id": account_id}).fetchone(),
        db.execute("SELECT count(*) FROM endorsements WHERE recipient_id = :id", {"id": account_id}).fetchone(),
        db.execute("SELECT count(*), coalesce(max(revision_ms), 0) FROM accounts").fetchone(),
        db.execute("SELECT count(*) FROM activities").fetchone(),
        db.execute("SELECT count(*) FROM origins").fetchone(),
        db.execute("SELECT count(*) FROM media").fetchone(),
    ]


def quiet(_what, _done, _total):
    """Nobody watches."""


async def test_a_learner_leaves_with_everything_and_their_node_may_burn(lane, ada, bo, cleo, tmp_path):
    given = await story(lane, ada, bo, cleo)
    file = tmp_path / "bo.zip"
    written = await exporting.export(bo.context, bo.account, file, "moss and ferns", quiet)
    assert (written.credentials, written.posts) == (3, 4)
    new = await lane.person(3, "bo")
    with pytest.raises(BadInput, match="passphrase"):
        await importing.import_archive(new.context, new.account, file, "something else", quiet)
    brought = await importing.import_archive(new.context, new.account, file, "moss and ferns", quiet)
    assert (brought.posts, brought.credentials, brought.key) == (4, 3, True)
    await lane.settle()
    await bo.move(new)
    await lane.settle()
    assert await cleo.follows(new)
    assert not await cleo.follows(bo)
    before = await rows(new.node, new.account.id)
    again = await importing.import_archive(new.context, new.account, file, "moss and ferns", quiet)
    assert again == importing.Brought()
    assert await rows(new.node, new.account.id) == before
    for award in given:
        assert (await kept(new, award)).credential == (await kept(bo, award)).credential
        found = await verdict(new, award)
        assert "fail" not in found.values()
        assert (found["proof"], found["issuer"], found["recipient"]) == ("pass", "pass", "pass")
    moved = {post.published_ms: post for post in await new.node.read(posts.list_all_posts, new.account.id)}
    for post in await bo.node.read(posts.list_all_posts, bo.account.id):
        same = moved[post.published_ms]
        assert (same.content, same.visibility, same.id == post.id) == (post.content, post.visibility, False)
        if post.visibility < 2:
            assert orjson.loads((await new.node.get(same.uri)).body)["migratedFrom"] == post.uri


async def test_when_the_former_node_is_erased_every_credential_and_every_hash_still_holds(lane, ada, bo, tmp_path):
    old = prepare(tmp_path / "old", host="127.0.0.4")
    old.start()
    async with old.opened():
        kim = await old.person("kim")
        await ada.follow(kim)
        await settle(*lane.nodes, old)
        post = await kim.write("Ten mosses on one wall")
        await settle(*lane.nodes, old)
        given = await give(ada, kim, post_ids=(await ada.post_id(post),))
        await settle(*lane.nodes, old)
        await answering.answer(kim.context, kim.account, (await kept(kim, given)).id, "public")
        own = await give(kim, kim, "Walked the ridge", is_public=True)
        await settle(*lane.nodes, old)
        await exporting.export(kim.context, kim.account, tmp_path / "kim.zip", "moss and ferns", quiet)
    assert old.stop() == 0
    shutil.rmtree(old.data)
    new = await lane.person(1, "kim")  # on a node that knew them
    brought = await importing.import_archive(new.context, new.account, tmp_path / "kim.zip", "moss and ferns", quiet)
    assert (brought.posts, brought.credentials) == (2, 2)
    assert await verdict(new, given) == GOOD
    assert await verdict(new, own) == GOOD | {"status": "pass"}
    credential = credential_from_document(orjson.loads((await kept(new, given)).credential))
    (stated,) = credential.evidence
    with zipfile.ZipFile(tmp_path / "kim.zip") as archive:
        assert digest_of(archive.read(f"snapshots/{stated.digest}.json")) == stated.digest
    stranger = await lane.person(2, "kim")  # on a node that never heard of them: only the key speaks
    brought = await importing.import_archive(stranger.context, stranger.account, tmp_path / "kim.zip", "moss and ferns", quiet)
    assert (brought.posts, brought.credentials) == (2, 2)
    assert await verdict(stranger, given) == GOOD
    found = await verdict(stranger, own)
    assert (found["proof"], found["recipient"], found["issuer"], "fail" in found.values()) == ("pass", "pass", "pass", False)
    snapshots = await stranger.node.read(evidence.list_snapshots, [stated.digest])
    assert digest_of(snapshots[stated.digest].body.encode()) == stated.digest


async def test_after_another_key_posts_go_on_and_what_was_given_to_the_old_one_stays_and_comes(lane, ada, bo, cleo):
    await follow(lane, cleo, bo)
    await follow(lane, ada, bo)
    await follow(lane, cleo, ada)
    before = await give(ada, bo, "Before")
    await lane.settle()
    await answering.answer(bo.context, bo.account, (await kept(bo, before)).id, "public")
    await lane.settle()
    old = await bo.node.read(persons.subject_of, bo.account)
    await rekeying.replace_key(bo.context, bo.account)
    said = await bo.write("After the new key")
    late = await give(ada, bo, "To the old key")  # given by somebody who may not have heard of it yet
    await lane.settle()
    assert said in await cleo.home()
    assert said in await ada.home()
    edited = await bo.write("And again")
    await lane.settle()
    assert edited in await cleo.home()
    for award in (before, late):
        assert await kept(bo, award) is not None
        assert await verdict(bo, award) == GOOD
        assert await verdict(ada, award) == GOOD
    assert await verdict(cleo, before) == GOOD
    for person in (ada, cleo):
        there = await person.knows(bo)
        assert old in await person.node.read(persons.all_names, there)
        assert (await person.node.read(persons.find_person, old)).uri == bo.uri
    assert (await bo.node.read(persons.find_person, old)).uri == bo.uri
    document = orjson.loads((await cleo.get(bo.uri)).body)
    made = {item["type"]: item["proof"]["created"] for item in document["attachment"] if "proof" in item}
    assert made["VerifiableIdentityStatement"] == made["KeySuccession"] <= document["proof"]["created"]
    assert len({key["id"] for key in document["assertionMethod"]}) == 1
    assert document["assertionMethod"][0]["id"] != f"{bo.uri}#ed25519-key"
