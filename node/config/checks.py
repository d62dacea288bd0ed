"""What a value of the configuration must be beyond its type: one table, a rule for each key that has one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from ipaddress import ip_network
from urllib.parse import urlsplit

from node.config.records import Config
from node.errors import Misconfigured

DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9][a-z0-9-]{0,62}+(\.[a-z0-9][a-z0-9-]{0,62}+)*(:[0-9]{1,5})?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LEAST_MEMORY_MB = 128  # a node at rest has about 100
LEAST_DAYS = 7  # that others' posts are kept: what came this week is still being read
MAY_BE_ZERO = {("retention", "delivered_days"), ("retention", "received_days"), ("retention", "backups")}


def check(config: Config) -> None:
    """Raises Misconfigured for the first value that cannot be used, with what it must be."""
    sections = {name: section for name, section in asdict(config).items() if isinstance(section, Mapping)}
    for section, values in sections.items():
        for key, value in values.items():
            accepts, wanted = RULES.get((section, key)) or _rule_for_type(section, key, value)
            if not accepts(value):
                raise Misconfigured(f"[{section}] {key} must be {wanted}")
    if config.node.default_language not in config.node.languages:
        raise Misconfigured("[node] default_language must be one of [node] languages")
    if config.media.store == "s3" and not config.media.bucket:
        raise Misconfigured("[media] bucket must name the bucket where store is s3")


def _is_node_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    bare = url.removesuffix("/").partition("://")[2] == parts.netloc and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bare and bool(host) and not host.endswith(b".") and port != 0


def _is_address(text: str) -> bool:
    """host:port, where port 0 lets the system choose one; an IPv6 host stands in brackets."""
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and int(port) < 65536


def _are_networks(texts: tuple[str, ...]) -> bool:
    try:
        return all(ip_network(text) for text in texts)
    except ValueError:
        return False


def _rule_for_type(section: str, key: str, value: object) -> "Rule":
    if type(value) is not int:
        return lambda _: True, "anything"
    lowest = 0 if (section, key) in MAY_BE_ZERO else 1
    return lambda number: number >= lowest, f"{lowest} or more"


def _one_of(*choices: str) -> "Rule":
    return lambda value: value in choices, "one of " + ", ".join(choices)


Rule = tuple[Callable[..., bool], str]  # (accepts the value?, what the value must be)
NETWORKS: Rule = (_are_networks, 'networks such as "10.0.0.0/8"')
RULES: dict[tuple[str, str], Rule] = {
    ("node", "url"): (_is_node_url, "http:// or https:// and a host, with nothing behind it"),
    ("node", "handle_domain"): (lambda name: not name or bool(DOMAIN.fullmatch(name)), "a domain in lower case, without https://"),
    ("node", "languages"): (lambda tags: bool(tags) and all(map(LANGUAGE.fullmatch, tags)), 'language tags such as ["en", "pt-BR"]'),
    ("server", "bind"): (_is_address, "host:port"),
    ("server", "admin_bind"): (lambda text: not text or _is_address(text), "host:port, or empty"),
    ("server", "trusted_proxies"): NETWORKS,
    ("database", "url"): (lambda url: bool(re.match(r"sqlite:///.|postgresql://.", url)), "sqlite:///FILE or postgresql://..."),
    ("federation", "allow_networks"): NETWORKS,
    ("media", "store"): _one_of("folder", "s3"),
    ("media", "folder"): (bool, "a folder"),
    ("media", "endpoint"): (lambda url: not url or bool(re.match(r"https?://[^/]", url)), "https:// and a host, or empty"),
    ("media", "url"): (lambda url: not url or _is_node_url(url), "https:// and a host, with nothing behind it, or empty"),
    ("mail", "tls"): _one_of("starttls", "tls", "none"),
    ("limits", "memory_mb"): (lambda number: number == 0 or number >= LEAST_MEMORY_MB, f"0 for no limit, or {LEAST_MEMORY_MB} or more"),
    ("registrations", "mode"): _one_of("closed", "invite", "approval", "open"),
    ("retention", "remote_days"): (lambda days: days == 0 or days >= LEAST_DAYS, f"0, or {LEAST_DAYS} or more"),
    ("log", "level"): _one_of("debug", "info", "warning", "error"),
    ("log", "format"): _one_of("plain", "json"),
}
