"""Two nodes compute the same reputation: from what each knows by itself, and from the other's export."""

import orjson

from node.learning import questions, reputation
from node.learning.questions import Question
from node.learning.reputation import compute, history_from_vouches, vouches_from_history
from node.social.posts import Draft
from storage import accounts
from tests.two_nodes.test_posts import follow


async def history(person):
    """The signed history that reaches out from a person's network, as bytes of an export."""
    vouches, followed = await person.node.read(reputation.load_vouches, person.account)
    return orjson.dumps({"reader": person.uri, "followed": followed, "history": history_from_vouches(vouches)})


def reckon(export, person):
    stated = orjson.loads(export)
    return compute(vouches_from_history(stated["history"]), stated["reader"], stated["followed"], person.uri)


async def test_the_same_history_gives_the_same_value_wherever_it_is_reckoned(lane, ada, bo, cleo):
    dora = await lane.person(1, "dora")
    for follower, followed in ((ada, bo), (dora, bo), (bo, ada), (cleo, bo)):
        await follow(lane, follower, followed)
    question = await questions.ask(bo.context, bo.account, Question(Draft("How do mosses drink?"), "Moss"))
    await lane.settle()
    answer = await cleo.write("Through their leaves", answering=question.uri)
    await lane.settle()
    await questions.accept_answer(bo.context, bo.account, await bo.post_id(answer))
    await lane.settle()
    await ada.post_id(answer)  # somebody there has looked at it
    exports = [await history(person) for person in (ada, dora)]
    values = [reckon(export, cleo) for export in exports]
    assert values[0].trust == values[1].trust > 0
    there = await bo.node.read(reputation.kept.list_voices, [bo.account.id])
    here = await ada.node.read(reputation.kept.list_voices, [(await ada.knows(bo)).id])
    assert {voice.uri for voice in there} == {voice.uri for voice in here} == {question.uri}
    on_the_other = await bo.node.read(_as_known_there, ada.uri, [bo.uri], cleo.uri)
    assert on_the_other == values[0]


def _as_known_there(db, reader, followed, person):
    """The value as another node reckons it from its own memory, told only who the reader is and whom they follow."""
    ids = [accounts.find_account_by_uri(db, uri).id for uri in followed]
    found = reputation.kept.list_voices(db, ids)
    people = accounts.list_accounts(db, [each for voice in found for each in (voice.by_id, voice.of_id)])
    vouches = [reputation.Vouch(each.uri, people[each.by_id].uri, people[each.of_id].uri, each.kind) for each in found]
    return compute(vouches, reader, followed, person)
