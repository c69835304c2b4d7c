"""Find functions, methods and classes that nothing of the product uses: ``python tools/dead_code.py``.

vulture looks through `src`, `bench` and `tools`; a use in a test does not keep code alive. What it cannot see
is added: names in templates, and names in dotted strings (``"trodden.web.assets.StaticFiles"``). Fields of
structs are data that somebody outside may read, so variables count only where vulture is sure.
"""

import ast
import re
import sys
from pathlib import Path

import vulture
from vulture.utils import ExitCode

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("src", "tools", "bench")
SURE = 80
"""Percent; below it vulture only suspects."""

REGISTERED = [
    "@admin.*",
    "@analysis",
    "@analysis.*",
    "@app.*",
    "@click.*",
    "@fixture",
    "@pytest.*",
    "@receiver",
    "@register.*",
    "@*.command",
    "@*.group",
    "@*.register",
    "@*.setter",
]
"""What these decorate is found by whom it is registered with."""

CALLED_BY_OTHERS = [
    "_repr_*_",  # notebooks
    "__arrow_c_*__",  # Arrow readers
    "QuickArgon2",  # the settings of tests with accounts
    "__dataframe__",
    "*Config",  # Django's apps
    "_make_hash_value",  # Django's sealed links
    "_init_shared_socket",  # granian, of its server
    "alignment",  # bench/peers/work.py, by the name of the job
    "branching",  # likewise
    "authentication_failed",  # allauth's adapters
    "connection_class",  # Django's way to a mail server
    "do_*",  # http.server
    "enc_hook",  # msgspec
    "find_spec",  # importlib
    "format_commands",  # click
    "format_email_subject",  # allauth's adapters
    "get_by_natural_key",  # Django's sign-in
    "get_command",  # click
    "get_public_key_credential_rp_entity",  # allauth's adapters
    "get_reset_password_from_key_url",  # likewise
    "get_totp_issuer",  # likewise
    "handle_*",  # html.parser
    "immutable_file_test",  # whitenoise
    "list_commands",  # click
    "makefile",  # http.client, of its socket
    "readinto",  # io
    "send_mail",  # allauth's adapters
    "read_body",  # Django's handler of requests
    "log_message",  # http.server
    "process_*",  # Django's middleware
    "pytest_*",  # pytest
    "visit_*",  # ast
]


def main() -> int:
    """Print what is unused; return non-zero where anything is."""
    product = scan([ROOT / folder for folder in PRODUCT if (ROOT / folder).is_dir()], ["*/tests/*"])
    tests = scan([ROOT / "src", ROOT / "tests", ROOT / "conftest.py"], [])
    found = unused(product) + [item for item in unused(tests) if "tests" in item.filename.parts]
    for item in found:
        print(item.get_report().replace(f"{ROOT}/", ""))
    return 1 if found else 0


def scan(paths: list[Path], exclude: list[str]) -> vulture.Vulture:
    """Let vulture read the code, and add the names it cannot see being used."""
    reader = vulture.Vulture(ignore_names=CALLED_BY_OTHERS, ignore_decorators=REGISTERED)
    reader.scavenge([str(path) for path in paths], exclude)
    if reader.exit_code == ExitCode.InvalidInput:
        sys.exit(1)
    reader.used_names |= names_in_templates() | names_in_strings(paths) | public_names()
    return reader


def unused(reader: vulture.Vulture) -> list[vulture.core.Item]:
    """Return what counts: all that is surely unused, and suspected functions, methods and classes."""
    suspects = {"function", "method", "class", "property"}
    items = reader.get_unused_code(min_confidence=60)
    return [item for item in items if item.confidence >= SURE or item.typ in suspects]


def names_in_templates() -> set[str]:
    """Return every word inside ``{{ }}`` and ``{% %}``."""
    tags = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
    pages = [path.read_text() for path in (ROOT / "src").rglob("templates/**/*.*")]
    return {word for page in pages for tag in tags.findall(page) for word in re.findall(r"\w+", tag)}


def names_in_strings(paths: list[Path]) -> set[str]:
    """Return the last part of every dotted path of ours, and the names that stand beside one in a tuple."""
    files = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            found |= names_of(node)
    return found


def names_of(node: ast.AST) -> set[str]:
    """Return the names that strings in this node stand for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_ours(node.value):
        return {node.value.replace(":", ".").rsplit(".", 1)[-1]}
    if isinstance(node, ast.Tuple):
        words = [item.value for item in node.elts if isinstance(item, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        return {word for word in texts if word.isidentifier()} if any(map(is_ours, texts)) else set()
    return set()


def is_ours(text: str) -> bool:
    """Say whether the text is a dotted path into the package."""
    return bool(re.fullmatch(r"trodden(\.\w+)+(:\w+)?", text))


def public_names() -> set[str]:
    """Return the names that the package promises to its users, and the methods of what they name."""
    package = ast.parse((ROOT / "src" / "trodden" / "__init__.py").read_text())
    api = ast.parse((ROOT / "src" / "trodden" / "api.py").read_text())
    functions = [node.name for node in ast.walk(api) if isinstance(node, ast.FunctionDef)]
    special = [node.name for node in package.body if isinstance(node, ast.FunctionDef)]
    return {name for name in functions if not name.startswith("_")} | set(special)


if __name__ == "__main__":
    sys.exit(main())
