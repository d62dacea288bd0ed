"""Where the pages for learning are."""

from aiohttp import web

from node.web.pages import aiming, asking, debating, histories, networks, reflecting, resources, settings, walking

POST = r"/@{name:[^/]+}/{id:\d+}"
ROUTES = (
    web.get("/ask", asking.ask_page),
    web.post("/ask", asking.ask),
    web.post("/settings/learning", settings.save_learning),
    web.get("/resources", resources.library),
    web.get("/resources/new", resources.share_page),
    web.post("/resources/new", resources.share),
    web.get(r"/resources/{id:\d+}/edit", resources.revise_page),
    web.post(r"/resources/{id:\d+}/edit", resources.revise),
    web.get("/paths", walking.path_list),
    web.get("/paths/new", walking.new_page),
    web.post("/paths/new", walking.write),
    web.get(r"/paths/{id:\d+}/edit", walking.change_page),
    web.post(r"/paths/{id:\d+}/edit", walking.change),
    web.post(r"/paths/{id:\d+}/{deed}", walking.walk_on),
    web.get("/goals", aiming.goal_list),
    web.get("/goals/new", aiming.new_page),
    web.post("/goals/new", aiming.set_goal),
    web.get(r"/goals/{id:\d+}", aiming.goal_page),
    web.get(r"/goals/{id:\d+}/edit", aiming.change_page),
    web.post(r"/goals/{id:\d+}/edit", aiming.change),
    web.post(r"/goals/{id:\d+}/{deed}", aiming.act),
    web.get("/reflect", reflecting.write_page),
    web.post("/reflect", reflecting.write),
    web.get("/reflections", reflecting.reflection_list),
    web.get(r"/reflections/{id:\d+}/edit", reflecting.change_page),
    web.post(r"/reflections/{id:\d+}/edit", reflecting.change),
    web.post(r"/reflections/{id:\d+}/share", reflecting.share),
    web.post(r"/reflections/drafts/{id:\d+}/drop", reflecting.drop_draft),
    web.get("/@{name:[^/]+}/record", asking.record_page),
    web.get("/@{name:[^/]+}/network", networks.network_page),
    web.get(POST + "/history", histories.history_page),
    web.get(POST + "/argument", debating.argument_page),
    web.get(POST + "/path", walking.path_page),
)
