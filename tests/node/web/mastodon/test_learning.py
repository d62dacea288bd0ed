"""Learning in the programs that people have: it reads as a post, with a title, a text, a picture."""

from federation.facets import Reflection, document_from_facet
from node.learning import awarding, badges
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.social import notifying
from node.social.posts import Draft, publish


async def test_a_reflection_reads_as_its_text_under_its_title(run, world, ada):
    facets = (document_from_facet(Reflection()),)
    draft = Draft("What I *learned* about hedges.", type="Article", title="A week of hedges", summary="In short: patience", facets=facets)
    post = await publish(world.context, ada, draft)
    shown = await (await run()).get(f"/api/v1/statuses/{post.id}")
    assert shown["content"] == "<p><strong>A week of hedges</strong></p><p>What I <em>learned</em> about hedges.</p>"
    assert (shown["spoiler_text"], shown["sensitive"]) == ("", False)  # its summary is an abstract, no warning


async def test_a_text_that_is_very_long_is_its_abstract_and_a_link(run, world, ada):
    limit = world.context.config.limits.post_characters
    assert limit < 20_000
    draft = Draft("- hedge *a* `b`\n" * (limit // 17), type="Article", title="All hedges", summary="Every one of them")
    post = await publish(world.context, ada, draft)
    content = (await (await run()).get(f"/api/v1/statuses/{post.id}"))["content"]
    if len(post.content) > 20_000:
        assert content == f'<p><strong>All hedges</strong></p><p>Every one of them</p><p><a href="{post.url}">{post.url}</a></p>'
    else:
        assert content.startswith("<p><strong>All hedges</strong></p>")


async def test_a_resource_says_where_it_leads(run, world, ada):
    post = await publish(world.context, ada, Draft("Worth reading", type="Page", title="Hedges", link="https://hedges.example/?a=1&b=2"))
    shown = await (await run()).get(f"/api/v1/statuses/{post.id}")
    assert '<a href="https://hedges.example/?a=1&amp;b=2">' in shown["content"]
    assert shown["media_attachments"] == []


async def test_markup_in_a_title_is_text(run, world, ada):
    post = await publish(world.context, ada, Draft("x", type="Article", title="<img src=x onerror=alert(1)>"))
    assert "&lt;img" in (await (await run()).get(f"/api/v1/statuses/{post.id}"))["content"]


async def test_an_achievement_comes_with_its_picture(run, world, ada, bea):
    badge = await badges.define(world.context, ada, BadgeDraft("Knows mosses", "Ten of them.", "Name them.", "Moss", valid_days=30))
    given = await awarding.award(world.context, ada, Gift(badge.id, bea.id, "Well done"))
    program = await run(bea)
    shown = await program.get(f"/api/v1/statuses/{given.post_id}")
    (picture,) = shown["media_attachments"]
    assert (picture["type"], picture["url"].startswith("http://hedge.test/media/")) == ("image", True)
    assert picture["description"]
    assert "Knows mosses" in shown["content"]
    (told,) = await program.get("/api/v1/notifications")
    assert (told["type"], told["status"]["id"]) == ("status", str(given.post_id))
    assert told["fallback"]["title"] == "You are given an achievement"


async def test_news_of_learning_come_with_a_sentence_that_any_program_can_show(run, world, ada, bea):
    question = await world.post(ada, "How?")
    for kind, sentence in (("asked", "Somebody asks what you may know"), ("strange", "Something about your learning")):
        await world.context.database.write(notifying.tell, world.context.site, bea.id, kind, ada.id, question.id)
        told = (await (await run(bea)).get("/api/v1/notifications"))[0]
        assert (told["type"], told["fallback"]["title"]) == ("status", sentence)
        await (await run(bea)).post("/api/v1/notifications/clear")
