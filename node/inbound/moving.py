"""Move: an actor lives elsewhere from now on (FEP-7628)."""

from collections.abc import Sequence

from federation.errors import Malformed
from node.inbound.rows import PROCESSED, Need, Row, Taken
from node.site import Site
from node.social import follows as use_cases
from storage import accounts, follows, moderation
from storage.database import Connection
from storage.events import add_event
from storage.records import loaded


def move_needs(db: Connection, _site: Site, taken: Taken) -> Sequence[Need]:
    """The target as it is now, for it must name the old account; where anybody here follows that."""
    if taken.activity.target_uri is None:
        raise Malformed("target is missing")
    return [Need("account", taken.activity.target_uri, fresh=True)] if follows.has_local_follower(db, taken.actor.id) else ()


def on_move(db: Connection, site: Site, taken: Taken) -> str:
    """Our people who follow the old account follow the new one, if that one names the old as its own (alsoKnownAs)."""
    if taken.activity.object_uri != taken.actor.uri:
        return "an actor moves nobody but itself"
    target = accounts.find_account_by_uri(db, taken.activity.target_uri or "")
    if target is None or not target.is_active or taken.actor.uri not in loaded(target.also_known_as):
        return "the target is not known here, or does not name the one that moves in alsoKnownAs"
    accounts.set_moved(db, taken.actor.id, target.uri, site.now_ms())
    for follower_id in follows.list_movers(db, taken.actor.id, target.id):
        follower = accounts.get_account(db, follower_id)
        if not moderation.has_block_between(db, follower.id, target.id):
            use_cases.request(db, site, follower, target)
        use_cases.end(db, site, follower, taken.actor)
    add_event(db, "account", taken.actor.id)
    return PROCESSED


MOVE = Row(on_move, needs=move_needs)
