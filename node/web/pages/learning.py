"""Where the pages for learning are."""

from aiohttp import web

from node.web.pages import asking, debating, networks, resources, settings, walking

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
    web.get("/@{name:[^/]+}/record", asking.record_page),
    web.get("/@{name:[^/]+}/network", networks.network_page),
    web.get(POST + "/argument", debating.argument_page),
    web.get(POST + "/path", walking.path_page),
)
