"""Learning from node to node: questions find those who know, answers are accepted, paths are walked elsewhere."""

from federation.facets import Step
from node.learning import paths, questions, resources, walks
from node.learning.paths import PathDraft
from node.learning.questions import Question
from node.learning.resources import Sharing
from node.learning.walks import Proof
from node.social import communities, follows, looking_up
from node.social.posts import Draft
from storage.learning import facets, learners, record
from storage.learning import questions as kept
from storage.learning.learners import Learner
from tests.two_nodes.test_posts import follow


async def knower(lane, number, name):
    """Someone who shared a resource about moss and agreed to be asked."""
    person = await lane.person(number, name)
    await person.context.database.write(learners.save_learner, person.account.id, Learner(answers_questions=True))
    await resources.share(person.context, person.account, Sharing("Moss for all", "https://moss.example/", teaches="Moss"))
    return person


async def accepted(node, person):
    """The accepted answers of somebody, as any node has them."""
    account = await node.account(person.uri)
    found = await node.read(record.list_accepted, account.id, 0, 10)
    return [(await node.read(facets.find_ask, each.id)).accepted_uri for each in found]


async def asked(node, uri):
    """Whom a question was brought to on a node, and why."""
    found = await node.read(_asked, uri)
    return [(account.name, reasons) for account, reasons in found]


def _asked(db, uri):
    (post_id,) = db.execute("SELECT id FROM posts WHERE uri = :uri", {"uri": uri}).fetchone()
    return kept.list_asked(db, post_id)


async def test_a_question_goes_to_who_knows_is_answered_from_another_node_and_accepted(lane, ada, bo):
    dora = await knower(lane, 1, "dora")
    await follow(lane, bo, ada)
    question = await questions.ask(ada.context, ada.account, Question(Draft("How do mosses drink?"), "Moss"))
    await lane.settle()
    assert await asked(ada.node, question.uri) == [(dora.account.name, [("resources", "Moss", 1)])]
    assert await dora.told() == [("asked", ada.account.name)]
    answer = await bo.write("Through their leaves", answering=question.uri)
    await lane.settle()
    await questions.accept_answer(ada.context, ada.account, await ada.post_id(answer))
    await lane.settle()
    assert await accepted(ada.node, bo) == [answer]
    assert await accepted(bo.node, bo) == [answer]
    assert ("accepted", ada.account.name) in await bo.told()


async def test_a_question_asked_in_a_community_from_another_node_is_brought_to_who_knows_there(lane, ada, bo, cleo):
    dora = await knower(lane, 1, "dora")
    garden = await communities.create(ada.context, f"garden{ada.account.name}", communities.Settings("Garden"), [ada.account])
    there = (await looking_up.look_up(bo.context, garden.uri)).account
    await follows.follow(bo.context, bo.account, there.id)
    await lane.settle()
    question = await questions.ask(bo.context, bo.account, Question(Draft("How do mosses drink?", community_id=there.id), "Moss"))
    await lane.settle()
    assert (dora.account.name, [("resources", "Moss", 1)]) in await asked(ada.node, question.uri)
    assert ("asked", bo.account.name) in await dora.told()


async def test_a_path_of_one_node_is_walked_on_another(lane, ada, bo):
    await follow(lane, bo, ada)
    steps = (Step("Look", "https://moss.example/1", 10, "a picture"), Step("Draw"))
    path = await paths.write_path(ada.context, ada.account, PathDraft("Meet the mosses", "For all.", steps, "Moss"))
    await lane.settle()
    there = await bo.post_id(path.uri)
    await walks.start(bo.context, bo.account, there)
    await walks.do_step(bo.context, bo.account, there, 0, Proof("They drink", "https://bo.example/moss.png", 0))
    await walks.do_step(bo.context, bo.account, there, 1, Proof())
    walk = await paths.get_walk(bo.context, there, bo.account.id)
    assert (walk.path.steps, walk.needed_done, walk.started) == (steps, 2, True)
    changed = PathDraft("Meet the mosses", "For all.", (*steps, Step("Grow")), "Moss")
    await paths.change_path(ada.context, ada.account, path.id, changed)
    await lane.settle()
    walk = await paths.get_walk(bo.context, there, bo.account.id)
    assert (len(walk.path.steps), walk.needed_done) == (3, 2)
