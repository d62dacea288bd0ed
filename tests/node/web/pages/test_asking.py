"""The pages for questions."""

from tests.node.learning.test_questions import ask, teach


async def test_a_question_is_asked_answered_and_accepted_on_pages(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    asker, knower = await surf(ada), await surf(bob)
    assert "answers_questions" in (await knower.get("/settings")).text
    assert (await knower.send("/settings/learning", {"answers_questions": "1"})).status == 303
    assert 'name="answers_questions" value="1" checked' in (await knower.get("/settings")).text
    await teach(world, bob)
    assert 'name="about"' in (await asker.get("/ask?about=moss")).text
    sent = await asker.send("/ask", {"text": "How do mosses drink?", "about": "Moss", "visibility": "0"})
    path = sent.headers["Location"]
    page = (await asker.get(path)).text
    assert "Brought to those who may know" in page
    assert "1 post that teaches Moss" in page
    assert "Brought to those who may know" not in (await knower.get(path)).text
    news = (await knower.get("/notifications")).text
    assert "has a question that you may know an answer to" in news
    assert "Why you: 1 post that teaches Moss" in news
    post_id = int(path.rpartition("/")[2])
    await knower.send("/compose", {"text": "Through their leaves", "reply_to": str(post_id)})
    assert "This answers my question" not in (await knower.get(path)).text
    page = (await asker.get(path)).text
    answer_id = page.partition('/accept"')[0].rpartition("/posts/")[2]
    assert (await asker.send(f"/posts/{answer_id}/accept", {"back": path})).status == 303
    stranger = await surf()
    assert "Accepted answer" in (await stranger.get(path)).text
    assert "Question, answered" in (await stranger.get(path)).text
    assert "Through their leaves" in (await stranger.get("/@bob/record")).text
    assert "has accepted your answer" in (await knower.get("/notifications")).text
    assert (await asker.send(f"/posts/{answer_id}/withdraw", {"back": path})).status == 303
    assert "No accepted answer yet" in (await stranger.get("/@bob/record")).text


async def test_strangers_and_wrong_hands_are_refused(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    post = await ask(world, ada)
    answer = await world.post(bob, "So", in_reply_to_id=post.id)
    assert (await (await surf()).get("/ask")).status == 303
    assert (await (await surf()).send("/ask", {"text": "x"})).headers["Location"].startswith("/signin")
    assert (await (await surf(bob)).send(f"/posts/{answer.id}/accept")).status == 403
    empty = await (await surf(ada)).send("/ask", {"text": "", "about": "moss"})
    assert empty.status == 422
    assert 'value="moss"' in empty.text
