"""Actors, read from the wire and written to it."""

import re
from urllib.parse import urlsplit

from federation.contexts import ACTOR
from federation.errors import Malformed
from federation.html import clean_html
from federation.identities import statements_of
from federation.links import image_from, page_url
from federation.origins import hostname_of, same_origin
from federation.reading import (
    as_mapping,
    date_from,
    first_of_map,
    mappings,
    named_text,
    require_uri,
    searchers_from,
    text_from,
    type_from,
    types_from,
    uri_from,
    uris_from,
    wire_date,
)
from federation.records import ACTOR_TYPES, ActorDocument, Document, KeyDocument, ProfileField
from federation.tags import document_from_emoji, emojis_from

MAX_NAME = 200
MAX_FIELDS = 20
MAX_EMOJIS = 100
MAX_ALIASES = 50
MAX_KEYS = 10
HANDLE_NAME = re.compile(r"[\w.~+-]{1,200}")  # Mastodon's are ASCII; WordPress has dots, others any letter
ADDRESS = re.compile(r"[\w.~+-]{1,200}@[\w.:\[\]-]{1,255}")
PEM = re.compile(r"[\x20-\x7e\t\r\n]{1,10000}")
ED25519_MULTIKEY = re.compile(r"z6Mk[1-9A-HJ-NP-Za-km-z]{1,100}")


def actor_from_document(document: Document) -> ActorDocument:
    """The actor that a JSON object states (ActivityPub, section 4). Raises Malformed.

    Nothing in it is proven: it must have come from the address that its id names.
    """
    kind = type_from(document, ACTOR_TYPES)
    if kind is None:
        raise Malformed(f"no type that is an actor: {', '.join(types_from(document))[:100] or 'none'}")
    uri = require_uri(document, "id")
    endpoints = as_mapping(document.get("endpoints"))
    icon_url, icon_alt = image_from(document.get("icon"))
    image_url, image_alt = image_from(document.get("image"))
    return ActorDocument(
        uri=uri,
        type=kind,
        name=_handle_name(document, uri),
        inbox=require_uri(document, "inbox"),
        display_name=named_text(document, "name", MAX_NAME),
        summary=_summary(document),
        url=page_url(document.get("url"), uri),
        outbox=uri_from(document.get("outbox")),
        followers=uri_from(document.get("followers")),
        following=uri_from(document.get("following")),
        featured=uri_from(document.get("featured")),
        shared_inbox=uri_from(endpoints.get("sharedInbox")) or uri_from(document.get("sharedInbox")),
        icon_url=icon_url,
        image_url=image_url,
        icon_alt=icon_alt,
        image_alt=image_alt,
        fields=_fields(document),
        emojis=emojis_from(mappings(document.get("tag"))[:MAX_EMOJIS]),
        locked=document.get("manuallyApprovesFollowers") is True,
        discoverable=document.get("discoverable") is True,
        indexable=document.get("indexable") is True,
        suspended=document.get("suspended") is True,
        memorial=document.get("memorial") is True,
        also_known_as=uris_from(document.get("alsoKnownAs"))[:MAX_ALIASES],
        moved_to=uri_from(document.get("movedTo")),
        moderators=uri_from(document.get("attributedTo")) if kind == "Group" else None,
        posting_restricted=document.get("postingRestrictedToMods") is True,
        webfinger=_webfinger(document.get("webfinger")),
        keys=_keys(document, uri),
        searchable_by=searchers_from(document),
        statements=statements_of(document),
        published=date_from(document.get("published")),
        updated=date_from(document.get("updated")),
    )


def _handle_name(document: Document, uri: str) -> str:
    """The first half of the handle. Raises Malformed for what cannot be one, so that no handle can hide an address of another host.

    Who has none (ActivityPub, section 4.1, does not ask for it) is called by the end of their id, or by their host.
    """
    stated = document.get("preferredUsername")
    if stated is None:
        end = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
        return end if HANDLE_NAME.fullmatch(end) else hostname_of(uri).replace(":", "-")
    name = text_from(stated, MAX_NAME + 1)  # one that is cut would be another one's
    if not HANDLE_NAME.fullmatch(name):
        raise Malformed("preferredUsername is no name")
    return name


def _summary(document: Document) -> str:
    stated = document.get("summary") or first_of_map(document.get("summaryMap"))[1]
    return clean_html(stated) if isinstance(stated, str) else ""


def _fields(document: Document) -> tuple[ProfileField, ...]:
    """The lines of the profile's table; WordPress says each again as a Link. Raises Malformed over 20."""
    stated = [item for item in mappings(document.get("attachment")) if "PropertyValue" in types_from(item)]
    if len(stated) > MAX_FIELDS:
        raise Malformed(f"more than {MAX_FIELDS} fields")
    lines = ((text_from(item.get("name"), MAX_NAME), item.get("value")) for item in stated)
    return tuple(ProfileField(name, clean_html(value).strip()) for name, value in lines if name and isinstance(value, str))


def _webfinger(value: object) -> str | None:
    """FEP-2c59: `name@host`; some write it as a handle or as an acct: address."""
    address = text_from(value, 500).removeprefix("acct:").removeprefix("@")
    return address if ADDRESS.fullmatch(address) else None


def _keys(document: Document, uri: str) -> tuple[KeyDocument, ...]:
    """The keys that the actor states as its own; one that names another owner or another origin proves nothing (FEP-fe34)."""
    found = [*map(_rsa_key, mappings(document.get("publicKey"))), *map(_multikey, mappings(document.get("assertionMethod")))]
    return tuple(key for key in found[:MAX_KEYS] if key and key.owner_uri == uri and same_origin(key.uri, uri))


def _rsa_key(stated: Document) -> KeyDocument | None:
    """security v1 `publicKey`, as all servers have it."""
    uri, owner, pem = uri_from(stated.get("id")), uri_from(stated.get("owner")), stated.get("publicKeyPem")
    if not uri or not owner or not isinstance(pem, str) or not PEM.fullmatch(pem):
        return None
    return KeyDocument(uri, owner, "rsa", pem, date_from(stated.get("expires")))


def _multikey(stated: Document) -> KeyDocument | None:
    """FEP-521a Multikey; RSA ones (Streams, Mitra) stand in publicKey too."""
    uri, owner, encoded = uri_from(stated.get("id")), uri_from(stated.get("controller")), stated.get("publicKeyMultibase")
    if not uri or not owner or not isinstance(encoded, str) or not ED25519_MULTIKEY.fullmatch(encoded):
        return None
    return KeyDocument(uri, owner, "ed25519", encoded, date_from(stated.get("expires")))


def document_from_actor(actor: ActorDocument) -> dict[str, object]:
    """The actor as JSON with its @context; actor_from_document reads the same actor back."""
    document: dict[str, object] = {
        "@context": ACTOR,
        "id": actor.uri,
        "type": actor.type,
        "preferredUsername": actor.name,
        "name": actor.display_name,
        "summary": actor.summary,
        "inbox": actor.inbox,
        "manuallyApprovesFollowers": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "attachment": [
            *({"type": "PropertyValue", "name": field.name, "value": field.value} for field in actor.fields),
            *actor.statements,
        ],
        "tag": [document_from_emoji(emoji) for emoji in actor.emojis],
    }
    return document | {name: value for name, value in _optional(actor).items() if value}


def _optional(actor: ActorDocument) -> dict[str, object]:
    """The properties that are left out where there is nothing to say."""
    return {
        "outbox": actor.outbox,
        "followers": actor.followers,
        "following": actor.following,
        "featured": actor.featured,
        "endpoints": {**({"sharedInbox": actor.shared_inbox} if actor.shared_inbox else {}), **dict(actor.endpoints)},
        "url": actor.url,
        "icon": _image(actor.icon_url, actor.icon_alt),
        "image": _image(actor.image_url, actor.image_alt),
        "suspended": actor.suspended,
        "memorial": actor.memorial,
        "alsoKnownAs": list(actor.also_known_as),
        "movedTo": actor.moved_to,
        "attributedTo": actor.moderators,
        "competencies": actor.competencies,
        "paths": actor.paths,
        "postingRestrictedToMods": actor.posting_restricted,
        "webfinger": actor.webfinger,
        "published": wire_date(actor.published) if actor.published else None,
        "updated": wire_date(actor.updated) if actor.updated else None,
        **_stated_keys(actor.keys),
    }


def _image(url: str | None, alt: str) -> dict[str, object] | None:
    if url is None:
        return None
    image: dict[str, object] = {"type": "Image", "url": url}
    return image | {"name": alt} if alt else image


def _stated_keys(keys: tuple[KeyDocument, ...]) -> dict[str, object]:
    """RSA as `publicKey` (one object where there is one: Lemmy and Pleroma take no list), Ed25519 as Multikeys."""
    rsa = [{"id": key.uri, "owner": key.owner_uri, "publicKeyPem": key.encoded} | _expiry(key) for key in keys if key.algorithm == "rsa"]
    multikeys = [
        {"id": key.uri, "type": "Multikey", "controller": key.owner_uri, "publicKeyMultibase": key.encoded} | _expiry(key)
        for key in keys
        if key.algorithm == "ed25519"
    ]
    return {"publicKey": rsa[0] if len(rsa) == 1 else rsa, "assertionMethod": multikeys}


def _expiry(key: KeyDocument) -> dict[str, object]:
    return {"expires": wire_date(key.expires)} if key.expires else {}
