"""Buckets for tests: a real server that speaks S3 over HTTP (moto's), one a process of the tests, and configuration that names one."""

import logging
import os
import socket
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count

STORES = ("folder", "s3")
numbers = count(1)


@cache
def endpoint() -> str:
    """Where the server of this process is; it ends with the process."""
    from moto.server import ThreadedMotoServer  # 50 MB, for tests of files alone

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def settings(kind: str = "s3", at: str = "") -> Mapping[str, str]:
    """Keys of [media] for a store of the kind; S3's name a new bucket, reached at another address where one is given."""
    if kind == "folder":
        return {}
    bucket = f"hedge-{os.getpid()}-{next(numbers)}"
    request = urllib.request.Request(f"{endpoint()}/{bucket}", method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        pass
    return {"store": "s3", "bucket": bucket, "endpoint": at or endpoint(), "access_key": "hedge", "secret_key": "a secret"}


def environ(stated: Mapping[str, str]) -> dict[str, str]:
    """Keys of [media] as the environment has them."""
    return {f"HEDGEROW_MEDIA_{name.upper()}": value for name, value in stated.items()}


class Line:
    """A line to the server that a test can cut, now or after some bytes of an answer."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.is_cut = False
        self.most_bytes: int | None = None  # of each answer, before it breaks off


@contextmanager
def line() -> Iterator[Line]:
    """Passes connections on to the server."""
    host, _, port = endpoint().rpartition("/")[2].partition(":")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Line(listening.getsockname()[1])
        threading.Thread(target=_accept, args=(listening, (host, int(port)), found), daemon=True).start()
        yield found


def _accept(listening: socket.socket, target: tuple[str, int], found: Line) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return
        if found.is_cut:
            near.close()
            continue
        far = socket.create_connection(target)
        threading.Thread(target=_pass_on, args=(near, far, None), daemon=True).start()
        threading.Thread(target=_pass_on, args=(far, near, found), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, limited_by: Line | None) -> None:
    passed = 0
    with suppress(OSError):
        while piece := source.recv(4096):
            most = limited_by.most_bytes if limited_by else None
            if (limited_by and limited_by.is_cut) or (most is not None and passed > most):
                break
            target.sendall(piece)
            passed += len(piece)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
