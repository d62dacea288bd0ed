"""What the three learn together: a community, a question that is answered, a path, an achievement that is given, vouched for and shown."""

from collections.abc import Sequence

from federation.facets import Path as PathFacet
from federation.facets import Step, document_from_facet
from node.learning import answering, awarding, badges, endorsing, goals, questions, reflections
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.learning.goals import Aim
from node.learning.questions import Question
from node.learning.reflections import Thought
from node.social import communities, follows, looking_up, posts
from node.social.communities import Settings
from node.social.posts import Draft
from storage import follows as kept_follows
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import awards
from storage.records import PUBLIC, Account, Post
from tests.demo.cast import Player
from tests.demo.story import Tell, arrived, found, until

GOAL = "Prove by spring that there are endlessly many primes, so that Bo believes it."
REFLECTION = """I always took a proof for a thing that one *reads*. On Thursday I noticed that I
only believe the ones that I got wrong first.

What I change: I write down my wrong proof before I open the book."""
QUESTION = "What is a proof by contradiction good for, when one could just as well prove the thing itself?"
ANSWER = "It gives you something to hold on to: you may use the opposite of what you want, and that is often all you have."


async def learn_together(players: Sequence[Player], tell: Tell) -> dict[str, str]:
    """Plays it; answers the URIs that matter: community, question, answer, achievement."""
    ada, bo, cora = players
    tell("Cora opens a community, and the others join")
    group = await communities.create(cora.context, "thursdays", Settings("The Hedge School", SUMMARY), [cora.account])
    for player in (ada, bo):
        await join(player, cora, group)
    tell("A question finds its answer")
    question = await ask(ada, group)
    await arrived([bo, cora], question.uri)
    answer_uri = await answer(bo, question, ada)
    await arrived([ada], answer_uri)
    kept = await found(ada, answer_uri)
    assert kept is not None
    await questions.accept_answer(ada.context, ada.account, kept.id)
    tell("A path for newcomers")
    await lay_path(cora, group)
    tell("A goal, a reflection")
    goal = await goals.set_goal(ada.context, ada.account, Aim(GOAL, "Mathematical proof", visibility=PUBLIC))
    thought = Thought(REFLECTION, "Why I believe the proofs that I got wrong", goal_id=goal.id, visibility=PUBLIC)
    await reflections.write(ada.context, ada.account, thought)
    tell("An achievement, given, accepted and vouched for")
    achievement = await give(cora, ada, bo, group)
    return {"community": group.uri, "question": question.uri, "answer": answer_uri, "achievement": achievement}


SUMMARY = "A school without a house. We meet on *Thursdays*, bring a proof that we almost believe, and take it apart."


async def known(player: Player, uri: str) -> Account:
    """An account of another node, as one node knows it."""
    account = (await looking_up.look_up(player.context, uri)).account
    assert account is not None
    return account


async def join(player: Player, cora: Player, group: Account) -> None:
    """Somebody joins from their own node, and is in."""
    seen = await known(player, group.uri)
    await follows.follow(player.context, player.account, seen.id)

    async def is_in() -> bool:
        return player.account.uri in {each.uri for each in await cora.context.database.read(follows_of, group.id)}

    await until(is_in, f"{player.role.name} joins")


def follows_of(db: Connection, group_id: int) -> list[Account]:
    """Who has joined."""
    return list(kept_follows.list_followers(db, group_id, 100, 0))


async def ask(ada: Player, group: Account) -> Post:
    """A question to the community."""
    seen = await known(ada, group.uri)
    return await questions.ask(ada.context, ada.account, Question(Draft(QUESTION, community_id=seen.id), "Mathematical proof"))


async def answer(bo: Player, question: Post, ada: Player) -> str:
    """Bo answers, on his own node; the answer's URI."""
    kept = await found(bo, question.uri)
    assert kept is not None
    return (await posts.publish(bo.context, bo.account, Draft(f"{ada.handle} {ANSWER}", in_reply_to_id=kept.id))).uri


async def lay_path(cora: Player, group: Account) -> Post:
    """Three steps, which the community offers to newcomers."""
    steps = (
        Step("Read Euclid's proof that there is no last prime", "https://mathcs.clarku.edu/~djoyce/elements/bookIX/propIX20.html", 20),
        Step("Break it: leave out one line, and say what goes wrong", None, 30, "The line, and what went wrong"),
        Step("Bring a proof of your own on a Thursday", None, 60, "Your proof", is_stretch=True),
    )
    facet = document_from_facet(PathFacet(steps))
    draft = Draft("From *reading* proofs to *writing* them.", type="Article", title="First proofs", facets=(facet,), community_id=group.id)
    return await posts.publish(cora.context, cora.account, draft)


async def give(cora: Player, ada: Player, bo: Player, group: Account) -> str:
    """Cora gives in the community's name, Ada shows it, Bo vouches for it; the URI of its post."""
    badge = await badges.define(
        cora.context,
        cora.account,
        BadgeDraft("Proof by candlelight", "Brought a proof, and took it apart with others.", "A proof that stood up to three questions.",
                   "Mathematical proof", giver_id=group.id),
    )  # fmt: skip
    recipient = await known(cora, ada.account.uri)
    given = await awarding.award(cora.context, cora.account, Gift(badge.id, recipient.id, "The square root of two, on the third try."))
    post = await cora.context.database.read(kept_posts.find_post, given.post_id or 0)
    assert post is not None
    await arrived([ada], post.uri)

    async def is_offered() -> bool:
        return bool(await ada.context.database.read(awards.list_received, ada.account.id, [awards.OFFERED]))

    await until(is_offered, "the achievement is offered to Ada")
    offered = (await ada.context.database.read(awards.list_received, ada.account.id, [awards.OFFERED]))[0]
    await answering.answer(ada.context, ada.account, offered.id, "public")
    await arrived([bo], post.uri)
    seen = await found(bo, post.uri)
    assert seen is not None
    vouched = await bo.context.database.read(awards.find_award_by_post, seen.id)
    assert vouched is not None
    await endorsing.endorse(bo.context, bo.account, Word("I asked the third question. It held.", award_id=vouched.id))
    return post.uri
