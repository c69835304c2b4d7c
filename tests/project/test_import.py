import json
import subprocess
import sys

import pytest

import trodden

HEAVY = ["click", "deltalake", "django", "duckdb", "numba", "numpy", "pandas", "pyarrow", "scipy"]
PUBLIC = ["Answer", "Question", "TroddenError", "Walks", "__version__", "open", "read"]
LIMIT = 0.150
"""Seconds that ``import trodden`` may take."""


def imported(statement: str) -> tuple[float, list[str]]:
    """Return how long the statement took in a fresh process, and the heavy packages it loaded."""
    source = (
        "import json, sys, time\n"
        "begin = time.perf_counter()\n"
        f"{statement}\n"
        "seconds = time.perf_counter() - begin\n"
        f"print(json.dumps([seconds, [name for name in {HEAVY!r} if name in sys.modules]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    seconds, loaded = json.loads(done.stdout)
    return seconds, loaded


def test_looking_an_analysis_up_imports_no_compiler_and_no_other_analysis() -> None:
    """A command that a running server answers needs neither."""
    code = (
        "import sys; from trodden.registry import find, registrations; find('funnel'); "
        "print('trodden.analyses.flow' in sys.modules); registrations(); print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    _, loaded = imported("import trodden")
    assert loaded == []


def test_importing_the_package_stays_within_its_limit() -> None:
    # The best of several runs: other work on the machine can only add to it.
    assert min(imported("import trodden")[0] for _ in range(5)) < LIMIT


def test_the_public_names_are_these() -> None:
    assert sorted(trodden.__all__) == [
        "Answer",
        "Question",
        "TroddenError",
        "Walks",
        "__version__",
        "open",
        "read",
    ]


@pytest.mark.parametrize("name", trodden.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(trodden, name)
    assert name == "__version__" or value.__doc__


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = trodden.nothing


def test_everything_public_is_listed_for_completion() -> None:
    assert set(trodden.__all__) <= set(dir(trodden))
