"""What the people of the story learn from one another, made through the forms: a debate, a question, a resource, a path."""

import re

from tests.pages.running import Person

STEPS = (
    ("Look at moss through a lens", "https://moss.example/lens", "10", "a picture", ""),
    ("Draw what you saw", "", "20", "", ""),
    ("Grow some", "", "", "", "stretch"),
)
COLUMNS = ("step_title", "step_link", "step_minutes", "step_evidence", "step_kind")


def newest_id(person: Person, name: str) -> str:
    return max(re.findall(rf'href="/@{name}/(\d+)"><time', person.get(f"/@{name}")), key=int)  # what is pinned stands first


def teach(ada: Person, bea: Person, chidi: Person) -> dict[str, str]:
    """The ids of what they made, by name."""
    ids = {}
    chidi.send("/compose", [("text", "Mosses are plants that think with their leaves."), ("visibility", "0")])
    ids["debate"] = newest_id(chidi, "chidi")
    for person, role, text in ((bea, "counter", "Without nerves, nothing thinks."), (ada, "support", "They turn to the light."),
                               (ada, "question", "What do you mean by thinking?")):  # fmt: skip
        person.send("/compose", [("text", text), ("visibility", "0"), ("reply_to", ids["debate"]), ("role", role)])
    support = re.findall(r'id="p(\d+)"', ada.get(f"/@chidi/{ids['debate']}"))[2]
    chidi.send("/compose", [("text", "Here is a film of it."), ("visibility", "0"), ("reply_to", support), ("role", "evidence")])
    bea.send("/settings/learning", [("answers_questions", "1")])
    shared = [("title", "Moss for all"), ("link", "https://moss.example/"), ("text", "A short film."), ("about", "moss, plant ecology"),
              ("license", "https://creativecommons.org/licenses/by/4.0/"), ("minutes", "20"), ("review_by", "2020-01-01"),
              ("superseded_by", "https://moss.example/2")]  # fmt: skip
    bea.send("/resources/new", [*shared, ("visibility", "0")])
    ada.send("/resources/new", [*shared, ("visibility", "0")])
    ids["resource"] = newest_id(ada, "ada")
    ada.send("/ask", [("text", "How do mosses drink?"), ("about", "moss"), ("visibility", "0")])
    ids["ask"] = newest_id(ada, "ada")
    bea.send("/compose", [("text", "Through their leaves."), ("visibility", "0"), ("reply_to", ids["ask"])])
    answer = re.search(r"/posts/(\d+)/accept", ada.get(f"/@ada/{ids['ask']}"))
    assert answer
    ada.send(f"/posts/{answer[1]}/accept", [("back", "/")])
    rows = [(name, row[at]) for row in STEPS for at, name in enumerate(COLUMNS)]
    ada.send("/paths/new", [("title", "Meet the mosses"), ("intro", "For beginners."), ("about", "moss"), ("visibility", "0"), *rows])
    ids["path"] = newest_id(ada, "ada")
    ada.send(f"/paths/{ids['path']}/start", [])
    ada.send(
        f"/paths/{ids['path']}/do", [("step", "0"), ("text", "Tiny leaves!"), ("visibility", "2"), ("evidence", "https://moss.example/a")]
    )
    return ids
