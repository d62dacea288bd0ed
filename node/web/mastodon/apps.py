"""Programs register, and look whether they are known."""

from node.social import programs
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json
from storage.programs import App


async def register(ask: Ask) -> object:
    """POST /api/v1/apps. redirect_uris: one, several lines, or a list."""
    given = ask.given
    addresses = [line for text in given.texts("redirect_uris") for line in text.split()]
    made = await programs.register(
        ask.context, given.text("client_name"), addresses, " ".join(given.texts("scopes")), given.text("website").strip()
    )
    secrets = {"client_id": made.app.client_id, "client_secret": made.secret, "client_secret_expires_at": 0}
    return _shape(made.app, ask.context.site.vapid_key) | secrets


async def verify(ask: Ask) -> object:
    """GET /api/v1/apps/verify_credentials"""
    app = await programs.get_app(ask.context, ask.bearer.app_id if ask.bearer else None)
    return _shape(app, ask.context.site.vapid_key)


def _shape(app: App, vapid_key: str) -> Json:
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website or None,
        "scopes": app.scopes.split(),
        "redirect_uris": app.addresses,
        "redirect_uri": "\n".join(app.addresses),
        "vapid_key": vapid_key,
    }
