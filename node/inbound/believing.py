"""Whether an activity is its actor's own, whoever brought it."""

from federation.activities import activity_from_document
from federation.errors import FederationError, Unverified
from federation.origins import same_origin
from federation.proofs import proof_key_uri
from federation.records import ActivityDocument
from federation.verification import KeySource, has_recent_proof, verify_document
from node.context import Context
from node.social import remote


async def has_own_proof(context: Context, activity: ActivityDocument, keys: KeySource) -> bool:
    """Whether the activity carries its actor's own proof (FEP-8b32): then it does not matter who brought it. Raises Unverified.

    A key at no address (did:key, as Streams and Mitra sign what is portable) is none of which we could tell whose it is.
    """
    key_uri = proof_key_uri(activity.document)
    if key_uri is None or not key_uri.startswith(("https://", "http://")):
        return False
    known = await verify_document(activity.document, key_uri, keys, context.site.now())
    if known.owner_uri != activity.actor_uri:
        raise Unverified("the proof is not the actor's own")
    return True


async def is_own(context: Context, activity: ActivityDocument) -> bool:
    """Whether an activity that somebody else brought is proven; a proof that does not hold, or an old one, is as good as none.

    A proof has no end of its own: what was deleted or replaced since would come back with it, however late.
    """
    if not activity.uri or not same_origin(activity.uri, activity.actor_uri):
        return False
    if not has_recent_proof(activity.document, context.site.now()):
        return False
    try:
        return await has_own_proof(context, activity, remote.RemoteKeys(context))
    except FederationError:
        return False


async def ask_for(context: Context, activity: ActivityDocument) -> ActivityDocument | None:
    """The activity as its actor's own server tells it (Lemmy serves each at its id), or None where it does not."""
    if not activity.uri or not same_origin(activity.uri, activity.actor_uri):
        return None
    try:
        stated = activity_from_document(await remote.fetch(context, activity.uri))
    except FederationError:
        return None
    is_same = (stated.uri, stated.actor_uri, stated.type) == (activity.uri, activity.actor_uri, activity.type)
    return stated if is_same else None
