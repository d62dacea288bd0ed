"""The configuration as frozen records, one per section of hedgerow.toml; docs/configuration.md says what each key does."""

from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from node import __version__

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class Node:
    """[node]: who this node is."""

    url: str
    handle_domain: str = ""
    name: str = "Hedgerow"
    description: str = ""
    contact_email: str = ""
    languages: tuple[str, ...] = ("en",)
    default_language: str = "en"
    rules: tuple[str, ...] = ()
    extended_description: str = ""
    privacy_policy: str = ""
    terms_of_service: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """[server]: where it listens."""

    bind: str = "127.0.0.1:8420"
    admin_bind: str = ""
    trusted_proxies: tuple[str, ...] = ()
    uvloop: bool = True


@dataclass(frozen=True, slots=True)
class Database:
    """[database]: where the memory is."""

    url: str = field(default="sqlite:///hedgerow.db", repr=False)  # may hold a password
    readers: int = 2
    connections: int = 8


@dataclass(frozen=True, slots=True)
class Federation:
    """[federation]: how it meets other servers."""

    allow_networks: tuple[str, ...] = ()
    authorized_fetch: bool = False
    max_body_bytes: int = 1_048_576
    timeout_s: int = 10
    deliver_concurrency: int = 100
    fetch_concurrency: int = 20
    fetch_per_host: int = 2
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """[media]: pictures and files."""

    store: str = "folder"
    folder: str = "media"
    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    max_upload_bytes: int = 16_777_216
    max_pixels: int = 33_177_600
    url: str = ""
    proxy: bool = True
    proxy_bytes: int = 1_073_741_824
    proxy_days: int = 7


@dataclass(frozen=True, slots=True)
class Mail:
    """[mail]: the server that sends mail; none without a host."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    tls: str = "starttls"


@dataclass(frozen=True, slots=True)
class Registrations:
    """[registrations]: who may make an account."""

    mode: str = "closed"
    confirm_email: bool = True
    password_grant: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """[limits]: how much of a thing is too much."""

    rates: bool = True
    memory_mb: int = 512
    inbox_waiting: int = 1_000
    post_characters: int = 5_000
    mentions: int = 50
    tags: int = 50
    attachments: int = 16
    thread_ancestors: int = 50
    thread_fetches: int = 100


@dataclass(frozen=True, slots=True)
class Retention:
    """[retention]: how long what is done with is kept."""

    delivered_days: int = 14
    received_days: int = 30
    backups: int = 5
    remote_days: int = 0


@dataclass(frozen=True, slots=True)
class Log:
    """[log]: what is written to stderr."""

    level: str = "info"
    format: str = "plain"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the keeper decided; what follows from it is a property."""

    data_dir: Path
    node: Node
    server: Server
    database: Database
    federation: Federation
    media: Media
    mail: Mail
    registrations: Registrations
    limits: Limits
    retention: Retention
    log: Log

    @property
    def scheme(self) -> str:
        """https, or http: then plain http is accepted from others too."""
        return urlsplit(self.node.url).scheme

    @property
    def host(self) -> str:
        """host or host:port in lower case and ASCII, the scheme's default port dropped."""
        return _host(self.node.url)

    @property
    def origin(self) -> str:
        """What every URI of ours begins with, without a slash at its end."""
        return f"{self.scheme}://{self.host}"

    @property
    def handle_domain(self) -> str:
        """What stands behind the second @ of our handles."""
        return self.node.handle_domain or self.host

    @property
    def user_agent(self) -> str:
        """What we call ourselves when we ask others."""
        return self.federation.user_agent or f"Hedgerow/{__version__} (+{self.origin}/)"

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Networks whose X-Forwarded-For is believed: those that are named, else loopback where the node listens on loopback alone."""
        return self.server.trusted_proxies or (LOOPBACK if is_loopback(self.server.bind) else ())

    @property
    def media_folder(self) -> Path:
        """Where files are kept; an absolute path in [media] folder stands as it is."""
        return self.data_dir / self.media.folder

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None where the database is PostgreSQL."""
        kind, _, path = self.database.url.partition(":///")
        return self.data_dir / path if kind == "sqlite" else None


SECTIONS: dict[str, type[Any]] = {
    each.name: each.type for each in fields(Config) if isinstance(each.type, type) and is_dataclass(each.type)
}


@lru_cache(maxsize=8)
def is_loopback(bind: str) -> bool:
    """Whether `host:port` is reached from the same machine alone."""
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@lru_cache(maxsize=8)
def _host(url: str) -> str:
    parts = urlsplit(url)
    name = (parts.hostname or "").encode("idna").decode("ascii")
    bracketed = f"[{name}]" if ":" in name else name
    return bracketed if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{bracketed}:{parts.port}"
