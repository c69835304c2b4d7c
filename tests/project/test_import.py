import json
import subprocess
import sys

import pytest

import trodden

HEAVY = ["click", "deltalake", "django", "duckdb", "numba", "numpy", "pandas", "pyarrow", "scipy"]
PUBLIC = ["Answer", "Question", "TroddenError", "Walks", "__version__", "open", "read"]


def imported(statement: str) -> list[str]:
    """Return the heavy packages a statement loads in a fresh process."""
    source = (
        "import json, sys\n"
        f"{statement}\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_looking_an_analysis_up_imports_no_compiler_and_no_other_analysis() -> None:
    """A command that a running server answers needs neither."""
    code = (
        "import sys; from trodden.registry import find, registrations; find('funnel'); "
        "print('trodden.analyses.flow' in sys.modules); registrations(); print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert imported("import trodden") == []


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
