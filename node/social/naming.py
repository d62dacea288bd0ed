"""Our own addresses. Ids (`uri`) are stable for good; pages (`url`) are what people read and share."""

from federation.origins import same_origin

SERVER_NAME = "server"  # the server actor's name; nobody else can take it


def actor_uri(origin: str, name: str) -> str:
    """An account's id."""
    return f"{origin}/users/{name}"


def server_actor_uri(origin: str) -> str:
    """The id of the node's own actor, which signs fetches that no person asked for (FEP-d556)."""
    return f"{origin}/actor"


def actor_url(origin: str, name: str) -> str:
    """An account's page."""
    return f"{origin}/@{name}"


def post_uri(origin: str, name: str, post_id: int) -> str:
    """A post's id."""
    return f"{origin}/users/{name}/posts/{post_id}"


def post_url(origin: str, name: str, post_id: int) -> str:
    """A post's page."""
    return f"{origin}/@{name}/{post_id}"


def activity_uri(origin: str, name: str, activity_id: int) -> str:
    """An activity's id."""
    return f"{origin}/users/{name}/activities/{activity_id}"


def achievement_uri(origin: str, name: str, award_id: int) -> str:
    """The id of a credential that somebody of ours signed; it is served there."""
    return f"{origin}/users/{name}/achievements/{award_id}"


def achievement_url(origin: str, name: str, award_id: int) -> str:
    """Its page; with `.png` or `.svg` behind it the badge with the credential in it."""
    return f"{origin}/@{name}/achievements/{award_id}"


def badge_uri(origin: str, name: str, badge_id: int) -> str:
    """The id of what can be achieved."""
    return f"{origin}/users/{name}/badges/{badge_id}"


def status_list_uri(origin: str, name: str) -> str:
    """Where the list of what somebody revoked is served."""
    return f"{origin}/users/{name}/status"


def snapshot_uri(actor_uri: str, digest: str) -> str:
    """Where who marked or awarded something serves what its evidence said."""
    return f"{actor_uri}/snapshots/{digest}"


def context_uri(origin: str, root_id: int) -> str:
    """A conversation's id (FEP-7888)."""
    return f"{origin}/contexts/{root_id}"


def tag_url(origin: str, name: str) -> str:
    """A hashtag's page."""
    return f"{origin}/tags/{name}"


def competency_url(origin: str, item_id: int) -> str:
    """The id and page of a competency that was written here."""
    return f"{origin}/competencies/{item_id}"


def framework_url(origin: str, framework_id: int) -> str:
    """The id and page of a competency framework that was written here."""
    return f"{origin}/frameworks/{framework_id}"


def media_url(origin: str, file: str) -> str:
    """Where a file of ours is served."""
    return f"{origin}/media/{file}"


def stamp_uri(author_uri: str, quoting_id: int) -> str:
    """Where an author's consent to be quoted by a post is looked up (FEP-044f)."""
    return f"{author_uri}/stamps/{quoting_id}"


def is_ours(origin: str, uri: str) -> bool:
    """Whether an address is on this node."""
    return same_origin(origin, uri)
