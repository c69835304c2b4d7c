"""The scripts of `tools/`, as modules."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def load_script(name: str) -> ModuleType:
    """Import ``tools/<name>.py`` as a module of its own, so that a test may bend its constants."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "tools" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
