"""What learners want and show, through the forms: goals, reflections with a history, a framework, a portfolio with a link, a ward."""

import re

from tests.pages.running import PASSWORD, Person

GOAL = re.compile(r'action="/goals/(\d+)/status"')
FRAMEWORK = re.compile(r'action="/frameworks/(\d+)/write"')
COMPETENCY = re.compile(r'href="(/competencies/\d+)"')
WARD = re.compile(r'action="/wards/(\d+)/')
LINK = re.compile(r"http://[\w.:]+(/portfolio/[\w-]+)")
ITEM = re.compile(r'name="item" value="([^"]+)"')
CANONICAL = re.compile(r'rel="canonical" href="http://[^/"]+(/@\w+/\d+)')
THOUGHT = """## What I saw

The whips that I cut low in winter have **three shoots** each by now; those that I left have one.

- Cut low, and early.
- Keep the grass away for two years.

I had thought that a hedge is planted. It is *grown*, and it is laid when it is ready."""


def tell_aims(ada: Person, bea: Person, chidi: Person, made: dict[str, str]) -> dict[str, str]:
    """The addresses of what was made, by name."""
    about = [("about", "Hedge laying, Knots"), ("due", "2099-03-01"), ("visibility", "3")]
    goal = _found(GOAL, bea.send("/goals/new", [("text", "Lay a hedge by myself\n\nSo that birds stay."), *about]))
    bea.send(f"/goals/{goal}/link", [("address", f"{bea.origin}{made['path']}")])
    bea.send(f"/paths/{_id(made['path'])}/start", [])
    said = [("title", "A hedge is grown"), ("text", THOUGHT), ("goal", goal), ("prompt", "What surprised me?"), ("visibility", "0")]
    reflection = _found(CANONICAL, bea.send("/reflect", [*said, ("path", _id(made["path"])), ("step", "0")]))
    bea.send(f"/reflections/{_id(reflection)}/edit", [*said[:1], ("text", f"{THOUGHT} At last."), *said[2:]])
    bea.send("/reflect", [("title", "Knots"), ("text", "I have not found out yet"), ("keep", "1")])
    bea.send("/reflect", [("text", "I was afraid of the billhook."), ("visibility", "3")])
    framework = _found(FRAMEWORK, bea.send("/frameworks/new", [("title", "Country crafts"), ("description", "What a hedger can do.")]))
    bea.send(f"/frameworks/{framework}/write", [("name", "Hedge laying"), ("statement", "Lays a hedge, and keeps it."), ("code", "C.1")])
    competency = _found(COMPETENCY, bea.get(f"/frameworks/{framework}"))
    parent = [("parent", _id(competency))]
    bea.send(f"/frameworks/{framework}/write", [("name", "Pleaching"), ("code", "C.1.1"), *parent])
    keys = ITEM.findall(bea.get("/portfolio"))
    place = [
        pair
        for number, key in enumerate(keys, 1)
        for pair in (("key", key), ("place", str(number)), ("note", "My first." if number == 1 else ""))
    ]
    bea.send("/portfolio", [("intro", "I keep hedges, and write about it."), *place, *(("show", key) for key in keys)])
    chosen = [("item", key) for key in keys]
    view = _found(LINK, bea.send("/portfolio/views", [("title", "The College of Crafts"), ("last_day", "2099-01-01"), *chosen]))
    ward = _found(WARD, ada.send("/wards", [("name", "kit"), ("display_name", "Kit"), ("password", PASSWORD)]))
    kit = Person(ada.origin).sign_in("kit")
    kit.send("/follow", [("who", "@chidi")])
    chidi.send(f"/accounts/{ward}/follow", [])
    return {"goal": goal, "reflection": reflection, "framework": framework, "competency": competency, "view": view, "ward": ward}


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    assert found, page[-2500:]
    return found[1]


def _id(address: str) -> str:
    return address.rpartition("/")[2]
