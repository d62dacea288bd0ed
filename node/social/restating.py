"""What a post of ours means changes, and its words stay: a question is answered, a goal comes nearer."""

from collections.abc import Sequence
from dataclasses import replace

from federation.facets import Facet, document_from_facet
from node.site import Site
from node.social import changes, facets, publishing
from storage import posts
from storage.database import Connection
from storage.records import Account, Post, dumped, loaded


def restate(db: Connection, site: Site, author: Account, post: Post, stated: Facet, concerned: Sequence[Account] = ()) -> Post:
    """The post with a facet in the place of the one of its kind, told to all that it went to, and to whom it concerns besides."""
    now_ms = max(site.now_ms(), (post.edited_ms or post.published_ms) + 1)
    others = [document for document in loaded(post.facets) if document.get("type") != type(stated).__name__]
    changed = replace(post, facets=dumped([document_from_facet(stated), *others]), edited_ms=now_ms, revision_ms=now_ms)
    posts.update_post(db, changed)
    facets.keep(db, changed, is_known=True)
    publishing.publish_edit(db, site, author, changed, concerned)
    changes.tell_changed(db, post)
    return changed
