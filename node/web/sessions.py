"""The cookie by which a browser that is signed in is known."""

from aiohttp import web

from node.config import Config
from node.web.keys import CONTEXT

MAX_AGE_S = 30 * 24 * 3600


def cookie_name(config: Config) -> str:
    """With https a name that browsers accept only from this host, over https (RFC 6265bis, `__Host-`)."""
    return "__Host-hedgerow" if config.scheme == "https" else "hedgerow"


def read_cookie(request: web.Request) -> str | None:
    """The session's secret, or None."""
    return request.cookies.get(cookie_name(request.app[CONTEXT].config))


def set_cookie(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Signs the browser in. Lax: a link from another site still finds us signed in, its forms do not."""
    config = request.app[CONTEXT].config
    is_safe = config.scheme == "https"
    response.set_cookie(cookie_name(config), secret, max_age=MAX_AGE_S, path="/", httponly=True, secure=is_safe, samesite="Lax")


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Signs the browser out."""
    config = request.app[CONTEXT].config
    is_safe = config.scheme == "https"
    response.del_cookie(cookie_name(config), path="/", httponly=True, secure=is_safe, samesite="Lax")
