"""What the parts of the bench share: the table, a raw request, the command that serves."""

import sys
from pathlib import Path

from rich.table import Table


def get(path: str, port: int, accept: str, cookie: str = "", bearer: str = "") -> bytes:
    """A raw GET."""
    session = (f"Cookie: {cookie}\r\n" if cookie else "") + (f"Authorization: Bearer {bearer}\r\n" if bearer else "")
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\n{session}\r\n".encode()


def serve(folder: Path) -> list[str]:
    """The command line that serves a data folder."""
    return ["-m", "node", "--data", str(folder), "serve"]


class Report:
    """The rows of the table."""

    def __init__(self) -> None:
        self.table = Table(title="Hedgerow on this machine", title_justify="left")
        for name in ("what", "Hedgerow", "floor of this run", "reach"):
            self.table.add_column(name)

    def row(self, what: str, ours: str, floor: str = "", reach: str = "") -> None:
        """One figure."""
        self.table.add_row(what, ours, floor, reach)
        print(f"  {what}: {ours}" + (f"   floor: {floor}" if floor else ""), file=sys.stderr, flush=True)
