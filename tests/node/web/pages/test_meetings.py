"""Events on pages: announced in a form, listed, joined, and read by a calendar program."""

from icalendar import Calendar

from node.social import communities
from storage import timelines
from storage import workshops as kept
from storage.records import DIRECT, loaded

FOLDING = {
    "title": "Folding, part 1; for all",
    "starts": "2026-12-01T18:30",
    "zone": "Europe/Berlin",
    "location": "Library",
    "text": "Bring *paper*",
}


async def announce(world, browser, **changes):
    answer = await browser.send("/events/new", FOLDING | changes)
    return answer.headers.get("Location", ""), answer


async def test_an_event_is_announced_in_the_time_of_its_place_and_joined(world, surf):
    ada, eve = await world.account("ada"), await world.account("eve")
    path, _ = await announce(world, await surf(ada))
    browser = await surf(eve)
    page = (await browser.get(path)).text
    assert "17:30 UTC" in page
    assert "I will come" in page
    post_id = path.rpartition("/")[2]
    await browser.send(f"/posts/{post_id}/attend", {"back": path})
    assert "You are one of them." in (await browser.get(path)).text
    assert "comes to your event" in (await (await surf(ada)).get("/notifications")).text


async def test_an_event_of_a_community_is_a_workshop_of_it(world, surf):
    ada = await world.account("ada")
    club = await communities.create(world.context, "club", communities.Settings("Club"), [ada])
    await announce(world, await surf(ada), community=str(club.id))
    (post,) = await world.context.database.read(kept.list_coming, club.id, ada.id, 0)
    assert loaded(post.facets) == [{"type": "Workshop", "community": club.uri}]
    assert "Folding" in (await (await surf()).get("/@club/events")).text


async def test_what_cannot_be_an_event_comes_back_with_what_was_written(world, surf):
    browser = await surf(await world.account("ada"))
    assert (await browser.get("/events/new")).status == 200
    for wrong in ({"title": ""}, {"starts": ""}, {"starts": "soon"}, {"ends": "2026-11-01T10:00"}):
        path, answer = await announce(world, browser, **wrong)
        assert (path, answer.status) == ("", 422)
        assert "Bring *paper*" in answer.text
    assert "17:30" not in (await browser.get("/@ada/events")).text


async def test_a_stranger_says_that_they_come_and_is_told_no_names(world, surf):
    ada, eve = await world.account("ada"), await world.account("eve")
    path, _ = await announce(world, await surf(ada))
    await (await surf(eve)).send(f"/posts/{path.rpartition('/')[2]}/attend", {"back": path})
    stranger = await surf()
    sent = await stranger.send(f"/posts/{path.rpartition('/')[2]}/guests", {"name": "Zoe", "email": "zoe@school.example", "back": path})
    assert sent.headers["Location"] == path
    page = (await stranger.get(path)).text
    assert "2 people come." in page
    assert "Zoe" not in page
    assert "zoe@school.example" in (await (await surf(ada)).get(path)).text


async def test_a_calendar_program_reads_what_strangers_may_see(world, surf):
    ada = await world.account("ada")
    path, _ = await announce(world, await surf(ada))
    home = await world.context.database.read(timelines.list_home, ada.id, 10)
    await world.post(ada, "secret", type="Event", title="Surprise", visibility=DIRECT)
    answer = await (await surf()).get("/@ada/events.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (str(event["summary"]), event["dtstart"].dt.isoformat()) == (FOLDING["title"], "2026-12-01T17:30:00+00:00")
    assert str(event["url"]).endswith(path)
    assert len(home) == 1


async def test_the_list_shows_what_is_coming_before_what_was(world, clock, surf):
    browser = await surf(await world.account("ada"))
    await announce(world, browser)
    clock.go(days=10)
    await announce(world, browser, title="Cutting", starts="2026-12-24T10:00", zone="UTC")
    page = (await browser.get("/@ada/events")).text
    assert page.index("Coming up") < page.index("Cutting") < page.index("Before") < page.index("Folding")
