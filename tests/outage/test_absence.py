"""A server is away for a day, and gets all that it is owed when it is back."""

from collections import defaultdict

from node.social import posts
from node.workers.sending import Sender
from storage import deliveries
from tests.node.conftest import Clock
from tests.nodes import free_port, prepare
from tests.outage.far import add_followers, far_servers

PEER, POSTS, DAY_MIN, STEP_MIN = "127.0.2.2", 500, 24 * 60, 10
DONE = {0: ["Create"], 1: ["Create", "Update"], 2: ["Create", "Delete"], 3: ["Create", "Update", "Delete"]}
OWED = {0: ["Create"], 1: ["Create", "Update"], 2: ["Delete"], 3: ["Delete"]}  # what was deleted is not sent any more


async def send_what_is_due(context):
    """Makes every attempt that is due at this moment of the test's clock."""
    sender = Sender(context)
    while await context.database.read(deliveries.list_due_hosts, context.site.now_ms()):
        await sender.step()
        await sender.stop(grace_s=10)


async def test_a_server_that_was_away_for_a_day_gets_all_in_order_per_object(tmp_path):
    node, clock, port = prepare(tmp_path / "node"), Clock(), free_port(PEER)
    inbox = f"http://{PEER}:{port}/users/far/inbox"
    async with node.opened(clock):
        context = node.context
        ada = await node.person("ada")
        await context.database.write(add_followers, context.site, ada.account, [inbox])
        steps = DAY_MIN // STEP_MIN
        for step in range(steps):
            for number in range(step * POSTS // steps, (step + 1) * POSTS // steps):
                post = await posts.publish(context, ada.account, posts.Draft(f"Post {number}"))
                await tell_more(context, ada, post, DONE[number % 4][1:])
            await send_what_is_due(context)
            clock.go(minutes=STEP_MIN)
        counts = await context.database.read(deliveries.count_deliveries)
        assert counts == {"waiting": sum(len(OWED[number % 4]) for number in range(POSTS))}

        async with far_servers(PEER, port=port) as far:
            hours = 0
            while await context.database.read(deliveries.next_due_ms) is not None:
                assert hours <= 24, "it was not told within a day"
                await send_what_is_due(context)
                clock.go(hours=1)
                hours += 1
            kinds = defaultdict(list)
            for activity in far.taken[inbox]:
                about = activity["object"]
                kinds[about["id"] if isinstance(about, dict) else about].append(activity["type"])
        assert len(kinds) == POSTS
        assert sorted(kinds.values()) == sorted(OWED[number % 4] for number in range(POSTS))
        assert set(await context.database.read(deliveries.count_deliveries)) == {"delivered"}
        print(f"{len(far.taken[inbox])} activities about {POSTS} posts, all within {hours} simulated hours after the return")


async def tell_more(context, ada, post, kinds):
    """Has the author change and delete the post, as asked."""
    if "Update" in kinds:
        await posts.edit(context, ada.account, post.id, posts.Draft(f"{post.source}, changed"))
    if "Delete" in kinds:
        await posts.delete(context, ada.account, post.id)
