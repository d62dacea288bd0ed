"""Handles, WebFinger (RFC 7033, FEP-4adb, FEP-d556, FEP-3b86) and host-meta (RFC 6415)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from federation.errors import Malformed
from federation.links import media_type_of
from federation.origins import normal_host
from federation.reading import mappings, text_from, uri_from
from federation.records import Document

ACTIVITY_TYPE = "application/activity+json"
LD_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
SERVICE = "https://www.w3.org/ns/activitystreams#Service"
INTENT = "https://w3id.org/fep/3b86/"
MAX_TEXT = 2048

HANDLE = re.compile(r"(?:acct:)?@?(?P<name>[\w.~+-]{1,200})@(?P<host>[^\s@/?#\\:\[\]]{1,255}(?::\d{1,5})?)", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*")


@dataclass(frozen=True, slots=True)
class Jrd:
    """What a server's WebFinger says about one account."""

    subject: str  # as it came: acct:name@host, or an address
    self_uri: str | None  # the actor's id
    subscribe_template: str | None  # where its people go to follow from their own server; holds {uri}
    intents: Mapping[str, str]  # FEP-3b86: {"Create": template, "Follow": template ...}


def parse_handle(handle: str) -> tuple[str, str]:
    """Name and host of `@name@host`, `name@host` or `acct:name@host`; the host in lower case and punycode, maybe with a port.

    Raises Malformed.
    """
    match = HANDLE.fullmatch(handle.strip())
    if match is None:
        raise Malformed("no handle: write it as @name@host")
    bare, colon, port = match["host"].partition(":")
    host = normal_host(bare)
    if not HOST.fullmatch(host) or len(host) > 253:
        raise Malformed("no handle: its host is no host name")
    return match["name"], host + colon + port


def jrd(
    subject: str, self_uri: str, *, profile_url: str | None = None, templates: Mapping[str, str] | None = None, aliases: Sequence[str] = ()
) -> dict[str, object]:
    """The JRD of an account. subject: `acct:name@host`. templates: relation to address template (SUBSCRIBE, INTENT + "Follow" ...)."""
    links: list[dict[str, object]] = [{"rel": "self", "type": kind, "href": self_uri} for kind in (ACTIVITY_TYPE, LD_TYPE)]
    if profile_url:
        links.append({"rel": PROFILE_PAGE, "type": "text/html", "href": profile_url})
    links += [{"rel": rel, "template": template} for rel, template in (templates or {}).items()]
    return {"subject": subject, "aliases": list(dict.fromkeys([*aliases, *filter(None, [profile_url]), self_uri])), "links": links}


def server_jrd(server_url: str, actor_uri: str) -> dict[str, object]:
    """The JRD of the server itself, which leads to its own actor (FEP-d556)."""
    return {"subject": server_url, "links": [{"rel": SERVICE, "type": ACTIVITY_TYPE, "href": actor_uri}]}


def jrd_from_document(document: Document) -> Jrd:
    """What a JRD says that we use; of several `self` links the first of an ActivityStreams type. Raises Malformed."""
    subject = text_from(document.get("subject"), MAX_TEXT)
    if not subject:
        raise Malformed("the JRD has no subject")
    links = mappings(document.get("links"))
    actors = (
        link
        for link in links
        if link.get("rel") == "self" and media_type_of_link(link) in ("application/activity+json", "application/ld+json")
    )
    templates = {text_from(link.get("rel"), MAX_TEXT): text_from(link.get("template"), MAX_TEXT) for link in links}
    return Jrd(
        subject=subject,
        self_uri=next((uri for uri in (uri_from(link.get("href")) for link in actors) if uri), None),
        subscribe_template=_usable(templates.get(SUBSCRIBE, "")),
        intents={rel.removeprefix(INTENT): template for rel, template in templates.items() if rel.startswith(INTENT) and _usable(template)},
    )


def media_type_of_link(link: Document) -> str:
    """The media type of a JRD link, which calls it `type`."""
    return media_type_of({"mediaType": link.get("type")})


def fill_template(template: str, **values: str) -> str:
    """The address that a template makes with its `{names}` replaced, percent-encoded (FEP-3b86 asks for that)."""
    return re.sub(r"\{(\w+)\}", lambda match: quote(values.get(match[1], ""), safe=""), template)


def webfinger_url(scheme: str, host: str, resource: str) -> str:
    """Where a host answers for a resource (RFC 7033, section 4)."""
    return f"{scheme}://{host}/.well-known/webfinger?resource={quote(resource, safe='')}"


def host_meta(webfinger_base: str) -> str:
    """The XRD that leads to WebFinger. webfinger_base: `https://host`, without a slash at its end."""
    template = escape(f"{webfinger_base}/.well-known/webfinger?resource={{uri}}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="application/jrd+json" template="{template}"/>\n'
        "</XRD>\n"
    )


def _usable(template: str) -> str | None:
    """Only http(s) templates: the address is put before people as a link."""
    return template if template.startswith(("https://", "http://")) and "{" in template else None
