"""Where the pages for learning are."""

from aiohttp import web

from node.web.pages import debating

POST = r"/@{name:[^/]+}/{id:\d+}"
ROUTES = (web.get(POST + "/argument", debating.argument_page),)
