"""The pages: HTML for people, no script needed."""

from aiohttp import web

from node.web import activitypub
from node.web.negotiating import negotiated
from node.web.pages import (
    about,
    acting,
    cohorts,
    conversations,
    finding,
    hearing,
    home,
    learning,
    meetings,
    namespace,
    network,
    profiles,
    rendering,
    reporting,
    searching,
    settings,
    signing_in,
    tending,
    writing,
)
from node.web.pages.refusing import error_page

__all__ = ["ROUTES", "add_routes", "error_page"]

POST = r"/@{name:[^/]+}/{id:\d+}"
ROUTES = (
    web.get("/", home.first_page),
    web.get("/static/{name}", rendering.static_file),
    web.get("/welcome/{secret}", signing_in.welcome_page),
    web.post("/welcome/{secret}", signing_in.welcome),
    web.get("/signin", signing_in.sign_in_page),
    web.post("/signin", signing_in.sign_in),
    web.post("/signout", signing_in.sign_out),
    web.get("/compose", writing.compose_page),
    web.post("/compose", writing.compose),
    web.get("/ns/learning", negotiated(namespace.data, namespace.page)),
    web.get("/events/new", meetings.new_page),
    web.post("/events/new", meetings.announce),
    web.get("/@{name:[^/]+}/events", meetings.events),
    web.get("/@{name:[^/]+}/cohorts", cohorts.cohorts_page),
    web.post("/@{name:[^/]+}/cohorts", cohorts.start),
    web.post(r"/cohorts/{id:\d+}/{deed:join|leave}", cohorts.act),
    web.get("/@{name:[^/]+}/events.ics", meetings.calendar),
    web.post(r"/posts/{id:\d+}/guests", meetings.add_guest),
    web.post(r"/posts/{id:\d+}/attendees/{account:\d+}/{answer:accept|refuse}", meetings.answer),
    web.get("/local", home.everyone_here),
    web.get("/tags/{tag}", home.tagged),
    web.get("/about", about.about),
    web.get("/search", searching.search),
    web.post("/follow", acting.follow_by_name),
    web.get("/authorize_interaction", finding.interact),
    web.post("/remote", finding.from_elsewhere),
    web.get("/notifications", hearing.news),
    web.get("/requests", profiles.requests),
    web.get("/settings", settings.settings_page),
    web.post("/settings/profile", settings.save_profile),
    web.post("/settings/picture", settings.save_picture),
    web.post("/settings/language", settings.save_language),
    web.post("/settings/password", settings.change_password),
    web.post("/settings/tokens", settings.make_token),
    web.post(r"/settings/tokens/{id:\d+}/revoke", settings.revoke_token),
    web.get("/settings/network", network.network),
    web.post("/settings/network", network.bring),
    web.get("/settings/network.opml", network.export_opml),
    web.get("/settings/following_accounts.csv", network.export_csv),
    web.get("/admin/queue", tending.queue),
    web.post("/admin/queue", tending.retry),
    web.get("/admin/blocks", tending.blocks),
    web.post("/admin/blocks", tending.block),
    web.post("/admin/blocks/remove", tending.allow),
    web.get("/admin/reports", tending.reports),
    web.post(r"/admin/reports/{id:\d+}/resolve", tending.resolve),
    web.post(r"/posts/{id:\d+}/vote", acting.vote),
    web.post(r"/posts/{id:\d+}/{deed}", acting.act_on_post),
    web.post(r"/webmentions/{id:\d+}/hide", acting.hide_mention),
    web.get(r"/accounts/{id:\d+}/report", reporting.report_page),
    web.post(r"/accounts/{id:\d+}/report", reporting.report),
    web.post(r"/accounts/{id:\d+}/{deed}", acting.act_on_account),
    web.get("/@{name:[^/]+}/followers", profiles.followers),
    web.get("/@{name:[^/]+}/following", profiles.following),
    web.get(POST + "/edit", writing.edit_page),
    web.post(POST + "/edit", writing.edit),
    web.get(POST + "/delete", writing.delete_page),
    web.post(POST + "/delete", writing.delete),
    web.get(POST + "/deliveries", tending.deliveries),
    web.get(POST, negotiated(activitypub.post_document, conversations.conversation)),
    *learning.ROUTES,
    web.get("/@{name:[^/]+}", negotiated(activitypub.actor_document, profiles.profile)),
)


def add_routes(app: web.Application) -> None:
    """Hangs every page into the application."""
    app.add_routes(ROUTES)
