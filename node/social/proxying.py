"""Where programs and pages find a file: another server's through ours, so that nobody's address goes to strangers."""

import base64
import hashlib
import hmac

from node.site import Site

SIGNED = 22  # characters of the signature in an address: 132 bits


def shown_url(site: Site, url: str) -> str:
    """The address under which a file is shown: ours from our media host, others' through our proxy where it is on."""
    own = f"{site.origin}/media/"
    if url.startswith(own):
        return f"{site.media_origin}/media/{url.removeprefix(own)}" if site.media_origin else url
    if not site.proxy_secret or not url.startswith(("https://", "http://")) or url.startswith(f"{site.origin}/"):
        return url
    named = base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()
    return f"{site.media_origin or site.origin}/proxy/{signature(site, url)}/{named}"


def signature(site: Site, url: str) -> str:
    """What proves that we gave out an address ourselves: the proxy fetches nothing else."""
    digest = hmac.digest(site.proxy_secret, url.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:SIGNED]


def url_from(site: Site, signed: str, named: str) -> str | None:
    """The address behind one of ours; None where we did not give it out."""
    try:
        url = base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode()
    except ValueError:
        return None
    is_ours = bool(site.proxy_secret) and hmac.compare_digest(signature(site, url).encode(), signed.encode())
    return url if is_ours else None
