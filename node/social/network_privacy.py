"""Who sees whom an account follows, who follows it and, of a community, who its members are. Every list of them asks here."""

from collections.abc import Callable, Sequence

from node.social import guardianship, joining
from storage import cohorts, communities, follows, preferences
from storage.database import Connection
from storage.records import Account

EVERYONE, MEMBERS = "everyone", "members"
AUDIENCES = ("", EVERYONE, MEMBERS)  # of a member list; '' is members for a class, everyone for other communities
Page = Callable[[Connection], Sequence[Account]]


def shows_network(db: Connection, account: Account, viewer_id: int) -> bool:
    """Whether followers and followed accounts are listed to a viewer (0 is a stranger): not those of a supervised account, nor of one
    that hides its collections, nor the members of a community whose list is for members."""
    if account.id == viewer_id:
        return True
    if guardianship.is_ward(account) or preferences.find_preferences(db, account.id).hides_network:
        return False
    return not joining.is_community(account) or shows_members(db, account, viewer_id)


def shows_members(db: Connection, group: Account, viewer_id: int) -> bool:
    """Whether a viewer sees the member and cohort lists of a community of ours."""
    community = communities.find_community(db, group.id)
    if community is None:
        return False
    is_open = not community.is_private and audience_of(db, community) == EVERYONE
    return is_open or follows.is_following(db, viewer_id, group.id)


def audience_of(db: Connection, community: communities.Community) -> str:
    """EVERYONE or MEMBERS: as chosen, else by whether the community is a class, which is one with supervised members or cohort members."""
    if community.members_shown_to in {EVERYONE, MEMBERS}:
        return community.members_shown_to
    return MEMBERS if cohorts.is_class(db, community.account_id) else EVERYONE


def list_network(db: Connection, account: Account, viewer_id: int, page: Page) -> list[Account]:
    """A page of an account's followers or followed accounts as a viewer sees it; empty where it is hidden."""
    return guardianship.shown(db, page(db), viewer_id) if shows_network(db, account, viewer_id) else []
