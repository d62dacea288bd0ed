"""What every test may ask for."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of real documents and the standards' own vectors, which stands beside the checkout or under HEDGEROW_VECTORS."""
    folder = Path(os.environ.get("HEDGEROW_VECTORS") or CHECKOUT.parent / "shared" / "vectors")
    if not folder.is_dir():
        pytest.skip(f"needs the vectors: no folder {folder}")
    return folder
