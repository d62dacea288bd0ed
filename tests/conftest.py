"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of documents and signatures that others made; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("HEDGEROW_VECTORS") or Path(__file__).parents[2] / "shared" / "vectors")
    if not folder.is_dir():
        pytest.skip(f"no test vectors: {folder} is absent (HEDGEROW_VECTORS says where they are)")
    return folder
