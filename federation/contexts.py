"""The @context of what we send: known documents that every peer bundles, and all other terms inline.

A server that cannot fetch a context refuses the object (Fedify answers 500), so no URL stands here that others would have to
fetch: these are bundled in Fedify, Mastodon, Streams and Mitra. A test expands every kind of document and finds no term dropped.
"""

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
DID = "https://www.w3.org/ns/did/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
VOCABULARY = "https://w3id.org/hedgerow#"

EMOJI_TERMS: dict[str, object] = {"toot": "http://joinmastodon.org/ns#", "Emoji": "toot:Emoji", "Hashtag": "as:Hashtag"}
POST_TERMS: dict[str, object] = {
    **EMOJI_TERMS,
    "sensitive": "as:sensitive",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "votersCount": "toot:votersCount",
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteUri": {"@id": "http://fedibird.com/ns#quoteUri", "@type": "@id"},
    "commentsEnabled": {"@id": "https://joinpeertube.org/ns#commentsEnabled", "@type": "http://schema.org/Boolean"},
    "joinMode": {"@id": "https://joinmobilizon.org/ns#joinMode", "@type": "https://joinmobilizon.org/ns#joinModeType"},
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canLike": {"@id": "gts:canLike", "@type": "@id"},
    "canReply": {"@id": "gts:canReply", "@type": "@id"},
    "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
}
LEARNING_TERMS: dict[str, object] = {"hr": VOCABULARY, "learning": {"@id": "hr:learning", "@container": "@set"}}
ACTOR_TERMS: dict[str, object] = {
    **EMOJI_TERMS,
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "memorial": "toot:memorial",
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "webfinger": "https://w3id.org/fep/2c59#webfinger",
    "postingRestrictedToMods": "https://join-lemmy.org/ns#postingRestrictedToMods",
}

ACTIVITY: list[object] = [ACTIVITYSTREAMS, DATA_INTEGRITY]
POST: list[object] = [ACTIVITYSTREAMS, DATA_INTEGRITY, POST_TERMS]
LEARNING_POST: list[object] = [ACTIVITYSTREAMS, DATA_INTEGRITY, {**POST_TERMS, **LEARNING_TERMS}]
ACTOR: list[object] = [ACTIVITYSTREAMS, DID, SECURITY, DATA_INTEGRITY, MULTIKEY, ACTOR_TERMS]
