"""Names that no account has, so that nobody is taken for the server or for those who run it."""

from node.social import naming

ROLES = """
    abuse account admin administration administrator administrators admins help helpdesk hostmaster instance mod moderation moderator
    moderators mods noc noreply official operator owner postmaster root security server staff support sysadmin system webmaster www
"""
# The first segments of every path that is served, and of those that are to come; a test holds this list and the routes together.
PATHS = """
    about accounts achievements actor admin api ask auth authorize_interaction badges cohorts communities competencies compose confirm
    contexts digest events follow frameworks goals health inbox join learn lists local marks media messages metrics nodeinfo notifications
    ns oauth paths pingback portfolio posts privacy proxy ready reflect reflections remote reputation requests resources search settings
    signin signout signup static tags terms users verify wards webmention webmentions welcome well-known wishes you
"""
SEPARATORS = str.maketrans("", "", "._-")


def is_reserved(name: str) -> bool:
    """Whether a name, in any case and however it is set apart by `.`, `-` and `_`, is one of the server's own."""
    return name.lower().translate(SEPARATORS) in _RESERVED


_RESERVED = frozenset(each.translate(SEPARATORS) for each in (*ROLES.split(), *PATHS.split(), naming.SERVER_NAME))
