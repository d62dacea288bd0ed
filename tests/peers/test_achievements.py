"""Somebody on a Fedify server, which knows nothing of achievements, has their reply marked; it becomes a verified credential."""

import orjson

from federation.credentials import credential_from_document, digest_of
from node.learning import badges, checking, judging, marking
from node.learning.badges import BadgeDraft
from node.learning.marking import Line, Marking
from node.learning.verdicts import Known
from storage.learning import awards, evidence
from tests.nodes import settle


async def test_a_mark_on_a_reply_from_elsewhere_becomes_a_credential_with_its_snapshot(start_fedify, node, ada):
    fay = start_fedify(USER_ID="fay")
    await ada.follow(fay)
    question = await ada.write("How do mosses drink?")
    await settle(node)
    fay.do("follow", actor=ada.uri)
    await settle(node)
    reply = fay.do("post", content="Through their leaves", inReplyTo=question, mention=ada.uri)["note"]
    post = await ada.sees(reply)
    mark = await marking.mark(ada.context, ada.account, post.id, Marking((Line("Moss", "4", "5"),), "Well seen"))
    await settle(node)
    told = [each["json"]["object"] for each in fay.received("Create")][-1]
    assert ("Well seen" in told["content"], told["inReplyTo"], told["to"]) == (True, reply, [fay.uri])
    badge = await badges.define(ada.context, ada.account, BadgeDraft("Explains mosses", about="Moss"))
    given = await marking.award_mark(ada.context, ada.account, mark.id, badge.id)
    await settle(node)
    assert [part.name for part in (await judging.verdict_on_award(ada.context, given)).parts if part.outcome == "pass"] == [
        "proof", "schema", "dates", "status", "issuer", "recipient",
    ]  # fmt: skip
    credential = credential_from_document(orjson.loads(given.credential))
    (stated,) = credential.evidence
    snapshot = (await node.read(evidence.list_snapshots, [stated.digest]))[stated.digest]
    assert digest_of(snapshot.body.encode()) == stated.digest
    said = orjson.loads(snapshot.body)
    assert (said["id"], said["attributedTo"]) == (reply, fay.uri)
    assert "Through their leaves" in said["content"]
    ((_, verdict),) = checking.check_document(orjson.loads(given.credential), Known(ada.context.site.now()))
    assert verdict.part("proof").outcome == "pass"
    offered = [each["json"]["object"] for each in fay.received("Create")][-1]
    assert "Explains mosses" in offered["content"]
    fay.do("post", content="Accept, thank you!", inReplyTo=offered["id"], mention=ada.uri, to="direct")
    await settle(node)
    assert (await node.read(awards.find_award, given.id)).state == "accepted"
    assert all(each["status"] < 300 for each in fay.do("log")["wire"] if each["method"] == "POST")
    assert fay.received("ERROR") == []
