"""The page of news: all who liked one post stand in one line, and nothing else stands behind them."""

import re

from storage import notifications
from tests.storage import rows


def _like_all(db, account_id, kind, post_id, first, count, now_ms):
    """So many people, of whom nobody else has heard, like or boost a post."""
    for number in range(first, first + count):
        notifications.add_notification(db, account_id, kind, rows.add_stranger(db, f"fan{number}").id, post_id, now_ms)


def lines(text):
    """(kind, who, how many more) of each line, from the top."""
    found = re.findall(r'<article class="told (\w+).*?class="name"[^>]*>(.*?)</a>(.*?)</article>', text, re.DOTALL)
    more = [re.search(r'class="others">and so \w+ (\S+) more', rest) for _, _, rest in found]
    return [
        (kind, re.sub("<.*?>", "", name).strip(), one.group(1) if one else "") for (kind, name, _), one in zip(found, more, strict=True)
    ]


async def test_all_who_liked_a_post_stand_in_one_line(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    post = await world.post(ada, "hello")
    await world.post(bea, "@ada hi")
    now_ms = world.context.site.now_ms()
    await world.context.database.write(_like_all, ada.id, "like", post.id, 0, 100, now_ms + 1)
    await world.context.database.write(_like_all, ada.id, "boost", post.id, 100, 2, now_ms + 2)
    await world.context.database.write(_like_all, ada.id, "follow", 0, 200, 2, now_ms + 3)
    seen = lines((await (await surf(ada)).get("/notifications")).text)
    assert [(kind, more) for kind, _, more in seen] == [("follow", ""), ("follow", ""), ("boost", "one"), ("like", "99"), ("mention", "")]
    assert seen[-1][1] == "bea"


async def test_one_alone_stands_alone_and_posts_stand_apart(world, surf):
    ada = await world.account("ada")
    one, other = await world.post(ada, "hello"), await world.post(ada, "good bye")
    now_ms = world.context.site.now_ms()
    await world.context.database.write(_like_all, ada.id, "like", one.id, 0, 1, now_ms + 1)
    await world.context.database.write(_like_all, ada.id, "like", other.id, 1, 2, now_ms + 2)
    seen = lines((await (await surf(ada)).get("/notifications")).text)
    assert [(kind, more) for kind, _, more in seen] == [("like", "one"), ("like", "")]


async def test_what_is_older_stands_on_the_next_page_and_nothing_twice(world, surf, clock):
    ada = await world.account("ada")
    for number in range(40):
        clock.go(seconds=10)
        post = await world.post(ada, f"Post {number}")
        await world.context.database.write(_like_all, ada.id, "like", post.id, 3 * number, 3, world.context.site.now_ms() + number)
    browser, path, seen = await surf(ada), "/notifications", []
    for _ in range(2):
        text = (await browser.get(path)).text
        seen += lines(text)
        later = re.search(r'href="(/notifications\?before=\d+)" rel="next"', text)
        path = later.group(1) if later else ""
    assert path == ""
    assert len(seen) == 40
    assert {more for _, _, more in seen} == {"2"}
