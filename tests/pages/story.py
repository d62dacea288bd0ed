"""A small community with something on every page, made through the forms."""

import io
import re
from dataclasses import dataclass

from PIL import Image

from tests.pages.aims import tell_aims
from tests.pages.learning import tell_learning
from tests.pages.programs import tell_programs
from tests.pages.running import PASSWORD, Person, Running


@dataclass(frozen=True)
class Story:
    """Who is there, and the addresses of what they made."""

    ada: Person
    bea: Person
    question: str  # /@chidi/<id>: has replies
    own: str  # /@ada/<id>
    poll: str
    ids: dict[str, str]
    made: dict[str, str]  # what tests.pages.learning.tell_learning made


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return out.getvalue()


def newest(person: Person, name: str) -> str:
    """The address of somebody's newest post."""
    found = re.search(rf'href="(/@{name}/\d+)"><time', person.get(f"/@{name}"))
    assert found
    return found[1]


def tell(node: Running) -> Story:
    """Three people, their profiles, posts of every kind, a thread, likes, a report, a blocked server."""
    ada = Person(node.origin)
    fields = [("name", "ada"), ("display_name", "Ada Byron"), ("password", PASSWORD), ("language", "en")]
    ada.send(node.link.removeprefix(node.origin), fields)
    others = []
    for name in ("bea", "chidi"):
        node.hedgerow("account", "add", name, "--password-stdin", given=PASSWORD)
        others.append(Person(node.origin).sign_in(name))
    bea, chidi = others
    ada.send("/settings/profile", [("display_name", "Ada Byron"), ("summary", "Gardener of **ideas**."), ("field_name", "Home"),
                                   ("field_value", "https://example.org/"), ("indexable", "1")])  # fmt: skip
    bea.send("/settings/profile", [("display_name", "Bea Alder"), ("summary", "Slow reading."), ("locked", "1")])
    ada.send("/settings/picture", [("kind", "icon"), ("alt", "A hedge")], [("file", "a.png", picture("#2f5d3a"))])
    ada.send("/settings/picture", [("kind", "image"), ("alt", "A field")], [("file", "b.png", picture("#8aa06a"))])
    ada.send("/settings/tokens", [("app", "A notebook"), ("scope", "read")])
    for person in (bea, chidi):
        person.send("/follow", [("who", "@ada")])
    ada.send("/follow", [("who", "@chidi")])
    chidi.send("/follow", [("who", "@bea")])  # bea is asked
    chidi.send("/compose", [("text", "How do continued fractions work? @ada perhaps?\n\n#maths"), ("visibility", "0"), ("language", "en")])
    question = newest(chidi, "chidi")
    post_id = question.rpartition("/")[2]
    ada.send("/compose", [("text", "@chidi Whole part, turn the rest over, `repeat`."), ("visibility", "0"), ("reply_to", post_id)])
    answer_id = newest(ada, "ada").rpartition("/")[2]
    chidi.send("/compose", [("text", "@ada That is it!"), ("visibility", "0"), ("reply_to", answer_id)])
    ada.send("/compose", [("text", "The wren did it."), ("summary", "Spoiler"), ("visibility", "0"), ("alt", "Ivy")],
             [("file", "c.png", picture("#665533"))])  # fmt: skip
    ada.send("/compose", [("text", "Only for friends"), ("visibility", "2")])
    chidi.send(
        "/compose", [("text", "What shall we read?"), ("option", "Mosses"), ("option", "Proofs"), ("ends", "24"), ("visibility", "0")]
    )
    poll = newest(chidi, "chidi")
    own = newest(ada, "ada")
    for person in (ada, bea):
        person.send(f"/posts/{post_id}/like", [])
    ada.send(f"/posts/{post_id}/boost", [])
    chidi.send(f"/posts/{answer_id}/like", [])
    ada.send(f"/posts/{answer_id}/pin", [])
    ids = {name: found[1] for name in ("bea", "chidi") if (found := re.search(r"/accounts/(\d+)/report", ada.get(f"/@{name}")))}
    bea.send(f"/accounts/{ids['chidi']}/report", [("comment", "A question about the report form.")])
    ada.send("/admin/blocks", [("domain", "spam.example"), ("severity", "suspend"), ("comment", "Sends advertisements")])
    made = tell_learning(node, ada, bea, chidi)
    return Story(ada, bea, question, own, poll, ids, made | tell_aims(ada, bea, chidi, made) | tell_programs(node, ada))
