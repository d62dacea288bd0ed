"""Room on the disk that is kept free for the day on which there is none: a file that is removed so that the database can be opened.

SQLite needs a few pages to read a database whose write-ahead log was put away. Without them a node that is restarted on a full disk
would not come up, and nobody could read what is there.
"""

import logging
import os
import secrets
import shutil

from node.config import Config

log = logging.getLogger(__name__)

NAME = "hedgerow.reserve"
SIZE_BYTES = 1 << 20
LEAST_FREE_BYTES = 8 << 20  # below this no reserve is made


def ensure(config: Config) -> None:
    """Makes the reserve where there is none and the disk has room for it."""
    path = config.data_dir / NAME
    if path.exists() or shutil.disk_usage(config.data_dir).free < LEAST_FREE_BYTES:
        return
    try:
        with path.open("xb") as file:
            file.write(secrets.token_bytes(SIZE_BYTES))  # random: a file system that compresses keeps no room for zeros
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)


def release(config: Config) -> bool:
    """Whether there is room now that was not there before: the disk was full, and the reserve is gone."""
    path = config.data_dir / NAME
    if shutil.disk_usage(config.data_dir).free >= SIZE_BYTES or not path.exists():
        return False
    path.unlink(missing_ok=True)
    log.warning("the disk is full: its reserve is used to open the database", extra={"bytes": SIZE_BYTES})
    return True
