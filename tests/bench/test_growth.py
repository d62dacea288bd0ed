"""The growth bench fills, measures and tells on both engines; at its smallest sizes, so that it never rots."""

import subprocess
import sys

import pytest

from tests.bench.growth.__main__ import MOST, Found, report
from tests.bench.growth.crowd import Scale
from tests.bench.process import ROOT

SMALL = ("--sizes", "200", "400", "--people", "20", "100", "400", "--calls", "2", "--rounds", "1", "--volatile")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_bench_prints_times_and_bytes_of_each_size(engine):
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.growth", "--engine", engine, *SMALL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert "| what | 200 posts | 400 posts | times |" in lines
    for name in ("page: home page", "take in a post of another server", "lease deliveries", "posts", "home", "all"):
        assert [line for line in lines if line.startswith(f"| {name} |")], f"no line about {name}"
    assert [line for line in lines if line.startswith("- 400 posts: filled in")]


def test_what_more_than_doubles_is_marked():
    few = Found(10, 1.0, {"slow": (1.0, 2.0), "even": (1.0, 2.0)}, (80.0, 90.0), {"posts": (10, 10)})
    many = Found(20, 1.0, {"slow": (MOST + 0.1, 2.0), "even": (MOST, 2.0)}, (80.0, 90.0), {"posts": (20, 20)})
    lines = report("sqlite", Scale(), "once", [few, many]).splitlines()
    assert [line for line in lines if line.startswith("| slow |")] == ["| slow | 1.00 / 2.0 | 2.10 / 2.0 | **2.10** |"]
    assert [line for line in lines if line.startswith("| even |")] == ["| even | 1.00 / 2.0 | 2.00 / 2.0 | 2.00 |"]
