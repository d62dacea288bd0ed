"""What every test may ask for."""

import os
from pathlib import Path

import pytest

VECTORS = Path(os.environ.get("HEDGEROW_VECTORS") or Path(__file__).parents[2] / "shared" / "vectors")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of documents and vectors of real software; skips where it is absent (it is not part of this repository)."""
    if not VECTORS.is_dir():
        pytest.skip(f"no vectors in {VECTORS}; HEDGEROW_VECTORS names their folder")
    return VECTORS
