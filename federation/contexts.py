"""The @context of what we send: known documents that every peer bundles, and all other terms inline.

A server that cannot fetch a context refuses the object (Fedify answers 500), so no URL stands here that others would have to
fetch: these are bundled in Fedify, Mastodon, Streams and Mitra. A test expands every kind of document and finds no term dropped.
"""

from collections.abc import Mapping

from federation.reading import types_from

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
DID = "https://www.w3.org/ns/did/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
VOCABULARY = "https://w3id.org/hedgerow#"

OPEN_BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
XSD = "http://www.w3.org/2001/XMLSchema#"
FEP_C390 = "https://w3id.org/fep/c390#"
TOOT = "http://joinmastodon.org/ns#"
GOTOSOCIAL = "https://gotosocial.org/ns#"
_MASTODON_TERMS: dict[str, object] = {"Emoji": f"{TOOT}Emoji", "Hashtag": "as:Hashtag"}
_POLICY = {name: {"@id": f"{GOTOSOCIAL}{name}", "@type": "@id"} for name in ("canLike", "canReply", "canAnnounce", "canQuote")}
_APPROVALS = {name: {"@id": f"{GOTOSOCIAL}{name}", "@type": "@id"} for name in ("automaticApproval", "manualApproval")}
_LEARNING: dict[str, object] = {  # every term of a facet (LEARNING.md); federation.facets reads and writes them
    **{kind: f"{VOCABULARY}{kind}" for kind in ("Goal", "Reflection", "Turn", "Ask", "Resource", "Path", "Workshop")},
    **{kind: f"{VOCABULARY}{kind}" for kind in ("Achievement", "Endorsement")},
    **{name: f"{VOCABULARY}{name}" for name in ("role", "license", "minutes", "title", "evidence", "optional", "stretch")},
    **{name: f"{VOCABULARY}{name}" for name in ("cohort", "prompt", "status", "progress")},
    **{name: {"@id": f"{VOCABULARY}{name}", "@type": "@id"} for name in ("acceptedAnswer", "supersededBy", "resource")},
    **{name: {"@id": f"{VOCABULARY}{name}", "@type": "@id"} for name in ("community", "goal")},
    "credential": {"@id": f"{VOCABULARY}credential", "@type": "@json"},
    "credentialUrl": {"@id": f"{VOCABULARY}credentialUrl", "@type": "@id"},
    "achievementType": f"{OPEN_BADGES}achievementType",
    "reviewBy": {"@id": f"{VOCABULARY}reviewBy", "@type": f"{XSD}dateTime"},
    "due": {"@id": f"{VOCABULARY}due", "@type": f"{XSD}dateTime"},
    "teaches": {"@id": f"{VOCABULARY}teaches", "@container": "@set"},
    "steps": {"@id": f"{VOCABULARY}steps", "@container": "@list"},
    "alignment": {"@id": f"{OPEN_BADGES}alignment", "@container": "@set"},
    "Alignment": f"{OPEN_BADGES}Alignment",
    "targetUrl": {"@id": f"{OPEN_BADGES}targetUrl", "@type": f"{XSD}anyURI"},
    **{name: f"{OPEN_BADGES}{name}" for name in ("targetName", "targetFramework", "targetCode")},
}
POST_TERMS: dict[str, object] = {
    **_MASTODON_TERMS,
    "sensitive": "as:sensitive",
    "blurhash": f"{TOOT}blurhash",
    "focalPoint": {"@id": f"{TOOT}focalPoint", "@container": "@list"},
    "votersCount": f"{TOOT}votersCount",
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
    "quoteUri": {"@id": "http://fedibird.com/ns#quoteUri", "@type": "@id"},
    "commentsEnabled": {"@id": "https://joinpeertube.org/ns#commentsEnabled", "@type": "http://schema.org/Boolean"},
    "searchableBy": {"@id": "http://fedibird.com/ns#searchableBy", "@type": "@id"},
    "joinMode": {"@id": "https://joinmobilizon.org/ns#joinMode", "@type": "https://joinmobilizon.org/ns#joinModeType"},
    "interactionPolicy": {"@id": f"{GOTOSOCIAL}interactionPolicy", "@type": "@id"},
    **_POLICY,
    **_APPROVALS,
    "learning": {"@id": f"{VOCABULARY}learning", "@container": "@set"},
    "migratedFrom": {"@id": f"{VOCABULARY}migratedFrom", "@type": "@id"},
    **_LEARNING,
}
ACTOR_TERMS: dict[str, object] = {
    **_MASTODON_TERMS,
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "featured": {"@id": f"{TOOT}featured", "@type": "@id"},
    "discoverable": f"{TOOT}discoverable",
    "indexable": f"{TOOT}indexable",
    "suspended": f"{TOOT}suspended",
    "memorial": f"{TOOT}memorial",
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "VerifiableIdentityStatement": f"{FEP_C390}VerifiableIdentityStatement",
    "KeySuccession": f"{VOCABULARY}KeySuccession",
    "successor": {"@id": f"{VOCABULARY}successor", "@type": "@id"},
    "subject": {"@id": f"{FEP_C390}subject", "@type": "@id"},
    "webfinger": "https://w3id.org/fep/2c59#webfinger",
    "postingRestrictedToMods": "https://join-lemmy.org/ns#postingRestrictedToMods",
    **{name: {"@id": f"{VOCABULARY}{name}", "@type": "@id"} for name in ("competencies", "paths")},
}

ACTIVITY: list[object] = [ACTIVITYSTREAMS, DATA_INTEGRITY]
LOCK = {"Lock": "https://join-lemmy.org/ns#Lock"}  # ActivityStreams has no word for it
ACTOR: list[object] = [ACTIVITYSTREAMS, DID, SECURITY, DATA_INTEGRITY, MULTIKEY, ACTOR_TERMS]


def context_of_post(document: Mapping[str, object]) -> list[object]:
    """The @context of a post: the terms that it uses, and no others, for a proof repeats them and every reader hashes them."""
    used = _names(document)
    terms = {name: meaning for name, meaning in POST_TERMS.items() if name in used}
    return [*ACTIVITY, terms] if terms else list(ACTIVITY)


def _names(value: object) -> set[str]:
    """Every property name in a document, and every name of a type."""
    if isinstance(value, list | tuple):
        return set().union(*map(_names, value))
    if not isinstance(value, Mapping):
        return set()
    inside = (below for name, below in value.items() if name != "credential")  # JSON of its own, with its own @context
    return {*value, *types_from(value)}.union(*map(_names, inside))
