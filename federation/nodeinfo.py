"""NodeInfo 2.0 and 2.1 (FEP-f1d5), and the document that leads to them."""

from dataclasses import dataclass, field
from typing import Literal

Version = Literal["2.0", "2.1"]
VERSIONS: tuple[Version, ...] = ("2.1", "2.0")
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What a node says about itself. Counts are honest or None: what is not counted is not stated."""

    software: str  # lower case letters, digits and hyphens
    version: str
    repository: str
    homepage: str
    open_registrations: bool
    users: int
    users_active_half_year: int
    users_active_month: int
    local_posts: int
    local_comments: int | None = None
    metadata: dict[str, object] = field(default_factory=dict)  # nodeName, nodeDescription ...


def well_known(base_url: str) -> dict[str, object]:
    """/.well-known/nodeinfo. base_url without a slash at its end."""
    return {"links": [{"rel": f"{SCHEMA}/{version}", "href": f"{base_url}/nodeinfo/{version}"} for version in VERSIONS]}


def nodeinfo(node: NodeInfo, version: Version) -> dict[str, object]:
    """The NodeInfo document; 2.0 knows no repository and no homepage."""
    software = {"name": node.software, "version": node.version}
    if version == "2.1":
        software |= {"repository": node.repository, "homepage": node.homepage}
    comments = {} if node.local_comments is None else {"localComments": node.local_comments}
    active = {"total": node.users, "activeHalfyear": node.users_active_half_year, "activeMonth": node.users_active_month}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0", "rss2.0"]},
        "openRegistrations": node.open_registrations,
        "usage": {"users": active, "localPosts": node.local_posts} | comments,
        "metadata": node.metadata,
    }
