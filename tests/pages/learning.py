"""What learners make, through the forms: a debate, a question, resources, a path, an event, a community with a cohort."""

import re

from tests.pages.running import Person, Running

CANONICAL = re.compile(r'rel="canonical" href="http://[^/"]+(/@\w+/\d+)')
BACK = re.compile(r'name="back" value="(/@\w+/\d+)/')
FIRST = re.compile(r'href="(/@\w+/\d+)"><time')

BADGE = re.compile(r'action="/badges/(\d+)/award"')
AWARD = re.compile(r'canonical" href="http://[^/"]+/@\w+/achievements/(\d+)')
MARK = re.compile(r'action="/marks/(\d+)/award"')

EVENT = [("title", "Laying a hedge"), ("starts", "2099-01-10T10:00"), ("zone", "UTC"), ("location", "Top field"), ("text", "Bring gloves.")]
RESOURCE = [("title", "How to lay a hedge"), ("link", "https://hedges.example/"), ("text", "With pictures."), ("about", "Hedge laying")]
ASKED = [("text", "When does one lay a hedge?"), ("about", "Hedge laying"), ("visibility", "0")]
STEP = ("step_title", "step_link", "step_minutes", "step_evidence", "step_kind")
STEPS = [
    ("Read", "https://hedges.example/", "20", "", ""),
    ("Plant ten whips", "", "90", "A picture", ""),
    ("Lay it", "", "", "", "stretch"),
]


def shown(page: str) -> str:
    """The address of the post whose page one was led to, or of the newest one there."""
    found = CANONICAL.search(page) or FIRST.search(page) or BACK.search(page)
    assert found, page[-2000:]
    return found[1]


def tell_learning(node: Running, ada: Person, bea: Person, chidi: Person) -> dict[str, str]:
    """The addresses of what was made, by name."""
    node.hedgerow("community", "add", "hedges", "--title", "Hedge school", "--moderator", "ada")
    group = _account_id(chidi, "hedges")
    for person in (bea, chidi):
        person.send(f"/accounts/{group}/follow", [])
    made = {"group": group}
    ada.send("/@hedges/cohorts", [("title", "Autumn"), ("starts", "2026-11-01"), ("ends", "2099-12-20")])
    made["event"] = shown(ada.send("/events/new", [*EVENT, ("join_mode", "restricted"), ("community", group)]))
    chidi.send(f"/posts/{_id(made['event'])}/attend", [])
    made["debate"] = shown(chidi.send("/compose", [("text", "Hedges are better than fences."), ("visibility", "0")]))
    for person, role, text in (
        (bea, "support", "They feed birds."),
        (ada, "counter", "They take years."),
        (bea, "evidence", "A count of 30."),
    ):
        person.send("/compose", [("text", text), ("visibility", "0"), ("reply_to", _id(made["debate"])), ("role", role)])
    more = [("license", "CC BY 4.0"), ("minutes", "20"), ("review_by", "2020-01-01"), ("community", group)]
    made["resource"] = shown(bea.send("/resources/new", [*RESOURCE, *more]))
    chidi.send("/settings/learning", [("answers_questions", "1"), ("shows_network", "1")])
    made["ask"] = shown(ada.send("/ask", [*ASKED, ("community", group)]))
    chidi.send("/compose", [("text", "In winter."), ("visibility", "0"), ("reply_to", _id(made["ask"]))])
    path = [("title", "From seed to hedge"), ("about", "Hedge laying"), ("intro", "A year."), ("visibility", "0")]
    steps = [pair for step in STEPS for pair in zip(STEP, step, strict=True)]
    made["path"] = shown(ada.send("/paths/new", [*path, *steps]))
    chidi.send(f"/paths/{_id(made['path'])}/start", [])
    return made | tell_achievements(ada, bea, chidi)


def tell_achievements(ada: Person, bea: Person, chidi: Person) -> dict[str, str]:
    """A badge, given to two people and vouched for; an offer that waits; a mark."""
    form = [("name", "Lays a hedge"), ("description", "Can lay ten metres of hedge."), ("criteria", "Lay them."), ("about", "Hedge laying")]
    badge = _found(BADGE, ada.send("/badges/new", [*form, ("kind", "Badge"), ("valid_days", "700")]))
    more = [("outcome", "Knots"), ("value", "9"), ("most", "10"), ("evidence", "https://hedges.example/photo")]
    given = ada.send(f"/badges/{badge}/award", [("to", "@bea"), ("narrative", "Ten metres in a day."), *more])
    award = _found(AWARD, given)
    bea.send(f"/achievements/{award}/answer", [("state", "public")])
    chidi.send(f"/achievements/{award}/endorse", [("comment", "I have walked along it.")])
    ada.send(f"/badges/{badge}/award", [("to", "@chidi")])
    bea.send(f"/badges/{_found(BADGE, bea.send('/badges/new', [('name', 'Ties knots'), ('kind', 'Badge')]))}/award", [("to", "@ada")])
    work = shown(bea.send("/compose", [("text", "My hedge, one year on."), ("visibility", "0")]))
    rubric = [("competency", "Hedge laying"), ("level", "4"), ("most", "5"), ("comment", "Well kept.")]
    mark = _found(MARK, ada.send("/marks/new", [("post", _id(work)), *rubric]))
    return {"badge": badge, "achievement": f"/@ada/achievements/{award}", "mark": f"/marks/{mark}", "work": work}


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    assert found, page[-2000:]
    return found[1]


def _id(address: str) -> str:
    return address.rpartition("/")[2]


def _account_id(person: Person, name: str) -> str:
    found = re.search(r"/accounts/(\d+)/follow", person.get(f"/@{name}"))
    assert found
    return found[1]
