"""Our own words on the wire, each with its meaning: what /ns/learning says to people and to JSON-LD readers."""

from dataclasses import dataclass
from typing import Literal

from federation.contexts import ACTOR_TERMS, POST_TERMS, VOCABULARY


@dataclass(frozen=True, slots=True)
class Term:
    """One word. of: the facets that it stands in; value: what stands behind it."""

    name: str
    kind: Literal["class", "property"]
    of: str
    value: str
    meaning: str


TERMS = (
    Term("learning", "property", "any post", "facets", "What a post means for learning: a list of typed facets."),
    Term("Goal", "class", "learning", "", "What somebody wants to be able to do."),
    Term("Reflection", "class", "learning", "", "Somebody thinks about what they learned."),
    Term("Turn", "class", "learning", "", "What a reply does in a debate."),
    Term("Ask", "class", "learning", "", "A question to those who know; not a poll, which is ActivityStreams' Question."),
    Term("Resource", "class", "learning", "", "Something to learn from: a link or a document."),
    Term("Path", "class", "learning", "", "Ordered steps towards something."),
    Term("Workshop", "class", "learning", "", "An event at which a community learns."),
    Term("Achievement", "class", "learning", "", "Somebody was awarded a credential (Open Badges 3.0)."),
    Term("Endorsement", "class", "learning", "", "Somebody vouches for a credential or for a person, with a credential of their own."),
    Term("status", "property", "Goal", "active, paused, reached or dropped", "How it stands with a goal."),
    Term("due", "property", "Goal", "xsd:dateTime", "By when somebody wants to reach it."),
    Term("progress", "property", "Goal", "a whole number, percent", "How much of what leads to it is done and shown."),
    Term("role", "property", "Turn", "claim, support, counter, evidence or question", "The part that a reply takes."),
    Term("acceptedAnswer", "property", "Ask", "a post's id", "The reply that whoever asked accepts as the answer."),
    Term("teaches", "property", "Resource", "a list of Alignment", "The competencies that one learns by it."),
    Term("reviewBy", "property", "Resource", "xsd:dateTime", "From then on somebody should look whether it still holds."),
    Term("supersededBy", "property", "Resource", "a post's id", "What to read instead."),
    Term("license", "property", "Resource", "an address or a short name", "Under which terms it may be used."),
    Term("minutes", "property", "Resource, a step", "a whole number", "How long it takes."),
    Term("steps", "property", "Path", "an ordered list", "What to do, one after the other; a step has a title and may have a resource."),
    Term("title", "property", "a step", "plain text", "What a step is called."),
    Term("resource", "property", "a step, Reflection", "an address or a post's id", "What to read or do; what somebody learned from."),
    Term("goal", "property", "Reflection", "a post's id", "The goal that it leads towards."),
    Term("prompt", "property", "Reflection", "plain text", "The question that it answers."),
    Term("evidence", "property", "a step", "plain text", "What the learner is asked to show."),
    Term("optional", "property", "a step", "true or false", "It may be left out."),
    Term("stretch", "property", "a step", "true or false", "It is for those who want more."),
    Term("credential", "property", "Achievement, Endorsement", "JSON, exact", "The signed credential itself."),
    Term("credentialUrl", "property", "Achievement, Endorsement", "an address", "Where the credential is served."),
    Term("migratedFrom", "property", "any post", "a post's id", "Its id where it was before its author moved here."),
    Term("KeySuccession", "class", "an actor's attachment", "", "Another key speaks for whoever had this one, which has signed that."),
    Term("successor", "property", "KeySuccession", "a did:key", "The key that comes after its subject."),
    Term("community", "property", "Workshop", "a Group's id", "Whose workshop it is."),
    Term("cohort", "property", "Workshop", "plain text", "The cohort that it is for."),
    Term("competencies", "property", "a Group", "a collection", "The competencies of the frameworks that a community keeps."),
    Term("paths", "property", "a Group", "a collection", "The paths that were laid out for a community."),
)


def document() -> dict[str, object]:
    """The vocabulary as JSON-LD (RDF Schema)."""
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    kinds = {"class": f"{rdfs}Class", "property": f"{rdf}Property"}
    graph = [
        {"@id": f"{VOCABULARY}{term.name}", "@type": kinds[term.kind], f"{rdfs}label": term.name, f"{rdfs}comment": term.meaning}
        for term in TERMS
    ]
    return {"@context": {"hr": VOCABULARY}, "@graph": graph}


def own_names() -> set[str]:
    """The words that we send and that are ours to define."""
    iris = {name: meaning["@id"] if isinstance(meaning, dict) else meaning for name, meaning in (POST_TERMS | ACTOR_TERMS).items()}
    return {name for name, iri in iris.items() if str(iri).startswith(VOCABULARY)}
