import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyld import jsonld

from federation import outgoing
from federation.actors import document_from_actor
from federation.collections import collection_page
from federation.facets import Achievement, Alignment, Ask, Endorsement, Reflection, Resource, Step, Turn, Workshop, document_from_facet
from federation.facets import Path as LearningPath
from federation.identities import identity_statement, succession_statement
from federation.keys import ProofSigner, generate_ed25519
from federation.objects import document_from_post
from federation.records import (
    PUBLIC,
    ActorDocument,
    Attachment,
    Emoji,
    EventDetails,
    KeyDocument,
    Mention,
    Poll,
    PollOption,
    PostDocument,
    ProfileField,
)

BOTANY = Alignment("https://a.example/tags/botany", "Botany", "Life", "B1")
ADA, NOON = "https://a.example/users/ada", datetime(2026, 5, 1, 12, tzinfo=UTC)
POST = {
    "uri": "https://a.example/posts/1",
    "author_uri": ADA,
    "content": "<p>x</p>",
    "to": (PUBLIC,),
    "title": "Title",
    "summary": "short",
    "sensitive": True,
    "url": "https://a.example/@ada/1",
    "in_reply_to_uri": "https://b.example/1",
    "context_uri": "https://a.example/contexts/1",
    "replies_uri": "https://a.example/posts/1/replies",
    "likes_uri": "https://a.example/posts/1/likes",
    "shares_uri": "https://a.example/posts/1/shares",
    "quote_uri": "https://b.example/2",
    "published": NOON,
    "updated": NOON,
    "language": "de",
    "source": "x",
    "audience_uri": "https://b.example/c/x",
    "attachments": (
        Attachment("Image", "https://a.example/1.png", "image/png", "alt", 6, 4, "UKO2", (0.5, -0.5)),
        Attachment("Link", "https://n.example/"),
    ),
    "mentions": (Mention("https://b.example/users/bob", "@bob@b.example"),),
    "hashtags": ("x",),
    "emojis": (Emoji("bee", "https://a.example/bee.png"),),
    "comments_enabled": False,
    "migrated_from": "https://old.example/1",
    "interaction_policy": {
        "canQuote": {"automaticApproval": [PUBLIC], "manualApproval": [ADA]},
        "canReply": {"automaticApproval": [PUBLIC]},
    },
}
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "verificationMethod": f"{ADA}#ed25519",
    "proofPurpose": "assertionMethod",
    "created": "2026-05-01T12:00:00Z",
    "proofValue": "z3sXa",
}
RSA = KeyDocument(f"{ADA}#main-key", ADA, "rsa", "-----BEGIN PUBLIC KEY-----")
ED25519 = KeyDocument(f"{ADA}#ed25519", ADA, "ed25519", "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", NOON)
SENT = {
    "note": document_from_post(PostDocument(type="Note", **POST)),
    "signed note": document_from_post(PostDocument(type="Note", proof=PROOF, **POST)),
    "signed create": outgoing.create("https://a.example/creates/1", document_from_post(PostDocument(type="Note", proof=PROOF, **POST)))
    | {"proof": PROOF},
    "question": document_from_post(PostDocument(type="Question", poll=Poll((PollOption("a", 1),), False, NOON, NOON, 1), **POST)),
    "event": document_from_post(PostDocument(type="Event", event=EventDetails(NOON, NOON, "Library", "free"), **POST)),
    "reflection": document_from_post(PostDocument(type="Note", learning=({"type": "Reflection"},), **POST)),
    **{
        f"facet {type(facet).__name__}": document_from_post(PostDocument(type="Note", learning=(document_from_facet(facet),), **POST))
        for facet in (
            Reflection("https://b.example/6", "https://a.example/goals/1", "What now?"),
            Turn("counter"),
            Ask((BOTANY,), "https://b.example/3"),
            Resource((BOTANY,), NOON, "https://b.example/4", "https://creativecommons.org/licenses/by/4.0/", 20),
            LearningPath((Step("Look at moss", "https://b.example/5", 10, "a picture", True, True),), (BOTANY,)),
            Workshop("https://b.example/c/x", "spring", (BOTANY,)),
            Achievement(
                {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "OpenBadgeCredential"}, "https://a.example/2", "Badge"
            ),
            Endorsement({"@context": ["https://www.w3.org/ns/credentials/v2"], "n": 1.5}, "https://a.example/3"),
        )
    },
    "create": outgoing.create("https://a.example/creates/1", document_from_post(PostDocument(type="Note", **POST))),
    "flag": outgoing.flag("https://a.example/flags/1", ADA, ["https://b.example/users/bob"], "rude", [ADA]),
    "page": collection_page("https://a.example/o?page=1", "https://a.example/o", ["https://a.example/1"], "https://a.example/o?page=2"),
    "actor": document_from_actor(
        ActorDocument(
            ADA,
            "Group",
            "ada",
            f"{ADA}/inbox",
            display_name="Ada",
            summary="<p>x</p>",
            url="https://a.example/@ada",
            outbox=f"{ADA}/outbox",
            followers=f"{ADA}/followers",
            following=f"{ADA}/following",
            featured=f"{ADA}/featured",
            shared_inbox="https://a.example/inbox",
            icon_url="https://a.example/1.png",
            image_url="https://a.example/2.png",
            icon_alt="alt",
            fields=(ProfileField("Site", "x"),),
            emojis=(Emoji("bee", "https://a.example/bee.png"),),
            suspended=True,
            memorial=True,
            also_known_as=("https://old.example/ada",),
            moved_to="https://new.example/ada",
            statements=(
                identity_statement(ADA, ProofSigner("x", generate_ed25519()), NOON),
                succession_statement(ProofSigner("x", generate_ed25519()), ProofSigner("x", generate_ed25519()), NOON),
            ),
            moderators=f"{ADA}/moderators",
            posting_restricted=True,
            webfinger="ada@a.example",
            keys=(RSA, ED25519),
            published=NOON,
            updated=NOON,
        )
    ),
}


@pytest.fixture(scope="session")
def load_context(vectors: Path):
    """A JSON-LD document loader that knows the contexts which Fedify bundles, and no others: nothing is fetched."""
    contexts = vectors / "fedify-fixtures"

    def load(url: str, _options: object) -> dict[str, object]:
        file = contexts / (url.split("//", 1)[1] + ".json")
        return {"contextUrl": None, "documentUrl": url, "document": json.loads(file.read_text())}

    return load


def terms(document: object) -> set[str]:
    """Every property name, the keys of language maps and what is plain JSON aside."""
    if isinstance(document, list):
        return set().union(*map(terms, document))
    if not isinstance(document, dict):
        return set()
    below = {name: value for name, value in document.items() if name != "@context"}
    return set(below) | set().union(*(terms(value) for name, value in below.items() if name not in {"contentMap", "credential"}))


def iris(expanded: object) -> set[str]:
    """Every property and type of an expanded document."""
    if isinstance(expanded, list):
        return set().union(*map(iris, expanded))
    if not isinstance(expanded, dict):
        return set()
    types = expanded.get("@type", [])
    if types == "@json":
        return set()
    return set(expanded) | set([types] if isinstance(types, str) else types) | set().union(*map(iris, expanded.values()))


@pytest.mark.parametrize("kind", SENT)
def test_a_json_ld_reader_loses_no_term(kind, load_context):
    options = {"documentLoader": load_context}
    document = json.loads(json.dumps(SENT[kind]))
    expanded = jsonld.expand(document, options)
    back = jsonld.compact(expanded, document["@context"], options)
    assert terms(document) - terms(back) == set()
    assert not [iri for iri in iris(expanded) if iri.startswith("_:") or not (iri.startswith("@") or ":" in iri)]


def test_a_term_that_no_context_defines_would_be_noticed(load_context):
    expanded = jsonld.expand(SENT["note"] | {"unheardOf": "x"}, {"documentLoader": load_context})
    assert any(iri.startswith("_:") for iri in iris(expanded))


def test_what_json_ld_readers_see_of_an_actors_keys(load_context):
    (actor,) = jsonld.expand(SENT["actor"], {"documentLoader": load_context})
    security = "https://w3id.org/security#"
    (method,) = actor[f"{security}assertionMethod"]
    assert method["@type"] == [f"{security}Multikey"]
    assert method[f"{security}controller"] == [{"@id": ADA}]
    assert actor[f"{security}publicKey"][0][f"{security}owner"] == [{"@id": ADA}]
    assert actor["https://www.w3.org/ns/activitystreams#alsoKnownAs"] == [{"@id": "https://old.example/ada"}]
