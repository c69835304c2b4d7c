"""Keep the catalogues of the other languages: collect texts, compile, and check that all of them are there.

Usage: ``python tools/words.py collect|compile|check``. A text is whatever stands in a call of gettext, `tr`,
`ntr`, `phrase` or `keep`, in a template's tag, in an error that is raised, in what a question, a command or a
check says of itself, or in what click says. Babel reads and writes the files, so that no machine needs GNU
gettext.
"""

import ast
import builtins
import inspect
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "trodden"
LOCALES: Final = SOURCE / "locale"
KEPT: Final = "kept"
ONE: Final = frozenset({"_", "gettext", "gettext_lazy", "tr", "phrase", "Column"})
TWO: Final = frozenset({"ngettext", "ngettext_lazy", "ntr"})
FIELD: Final = re.compile(r"\{(\w+)\}|%\((\w+)\)s")
QUOTED: Final = re.compile(r"""u?"(?:[^"\\]|\\.)*"|u?'(?:[^'\\]|\\.)*'""")
CALL: Final = re.compile(rf"\b(n?gettext|_)\(((?:\s*(?:{QUOTED.pattern})\s*,?)+)")
"""A text in a template, and what Django makes of a tag that says one."""
MANY: Final = frozenset({"unit", "units"})
"""One and many of what is counted: a language may speak of many where English speaks of one."""
SILENT: Final = ("demo/", "settings.py", "__init__.py")
"""What says nothing but its errors."""
COMMANDS: Final = "cli/"
CHECKS: Final = (
    *(f"store/doctor{part}.py" for part in ("", "_events", "_machine", "_rest")),
    "web/audit/check.py",
)
FOUND: Final = frozenset({"fine", "warning", "wrong"})
"""What makes a finding of a check: its name, what was found, what to do."""
SENTENCES: Final = frozenset({"said", "message", "fix", "hint", "_RESTORE"})
"""What sentences of a check are called before they are told."""
CLICK: Final = tuple(
    Path(click.__file__).with_name(f"{name}.py")
    for name in ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
)
"""Where click keeps what it says by itself."""


class Text(NamedTuple):
    """One text, in the one or the two forms it has."""

    one: str
    many: str = ""
    context: str = ""


def main(names: list[str]) -> int:
    """Do what is asked; return non-zero where texts are missing."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    match names:
        case ["collect"]:
            return collected()
        case ["compile"]:
            return compiled()
        case ["check"]:
            return checked()
        case _:
            pass
    print(__doc__, file=sys.stderr)
    return 2


def collected() -> int:
    """Bring the catalogues up to date: new texts come without translation, those used no more go."""
    wanted = texts()
    for path in catalogues():
        old, new = read(path), Catalog(locale=language_of(path), fuzzy=False, project="Trodden")
        for text in sorted(wanted, key=lambda one: (one.context, one.one.casefold(), one.one)):
            known = old.get(text.one, context=text.context or None)
            said = known.string if known is not None and is_same_kind(known, text) else None
            new.add(id_of(text), said, context=text.context or None)
        path.write_bytes(written(new))
        left = sum(1 for one in new if one.id and is_untold(one))
        print(f"{path.relative_to(ROOT)}: {len(new)} texts, {left} not translated")
    return compiled()


def compiled() -> int:
    """Write the compiled catalogues."""
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(machine_form(path))
    return 0


def checked() -> int:
    """Say which texts are missing, left over or wrongly filled in, in each language."""
    wanted = {(text.context, text.one): text for text in texts()}
    problems = [problem for path in catalogues() for problem in wrong(path, wanted)]
    for problem in problems:
        print(problem)
    if problems:
        print("Run `python tools/words.py collect`, translate what it adds, and run `compile`.")
    return 1 if problems else 0


def wrong(path: Path, wanted: dict[tuple[str, str], Text]) -> Iterator[str]:
    """Yield what is wrong with a catalogue."""
    found = {(one.context or "", first(one)): one for one in read(path) if one.id}
    language = language_of(path)
    yield from (f"{language}: not collected: {key[1]!r}" for key in wanted if key not in found)
    yield from (f"{language}: used no more: {key[1]!r}" for key in found if key not in wanted)
    yield from (f"{language}: {said}" for one in found.values() for said in wrong_with(one))
    mo = path.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != machine_form(path):
        yield f"{language}: the compiled catalogue is not that of the texts"


def wrong_with(one: Message) -> Iterator[str]:
    """Yield what is wrong with a translation."""
    name = first(one)
    if one.fuzzy:
        yield f"fuzzy: {name!r}"
    if is_untold(one):
        yield f"not translated: {name!r}"
        return
    told, asked = forms(one.string), forms(one.id)
    for said in told:
        if fields(said) - fields(*asked) - MANY:
            yield f"other values than {name!r}: {said!r}"
        if fields(asked[-1]) - fields(said) - MANY and said == told[-1]:
            yield f"values left out of {name!r}: {said!r}"
        if (said[:1] + said[-1:]).count("\n") != (name[:1] + name[-1:]).count("\n"):
            yield f"lines begin or end otherwise than in {name!r}"


def fields(*said: str) -> set[str]:
    """Return the values texts have a place for."""
    return {f"{a}{b}" for one in said for a, b in FIELD.findall(one)}


def forms(said: object) -> tuple[str, ...]:
    """Return a text in all the forms it has."""
    return (said,) if isinstance(said, str) else tuple(str(one) for one in said)  # type: ignore[attr-defined]


def first(one: Message) -> str:
    """Return a text in its first form."""
    return forms(one.id)[0]


def is_untold(one: Message) -> bool:
    """Say whether a form has no translation."""
    return not one.string or not all(forms(one.string))


def is_same_kind(known: Message, text: Text) -> bool:
    """Say whether a translation has as many forms as the text."""
    return isinstance(known.string, str) == (not text.many)


def id_of(text: Text) -> str | tuple[str, str]:
    """Return a text as catalogues name it."""
    return (text.one, text.many) if text.many else text.one


def catalogues() -> list[Path]:
    """Return the catalogues there are."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/django.po"))


def language_of(path: Path) -> str:
    """Return the language of a catalogue."""
    return path.parent.parent.name


def read(path: Path) -> Catalog:
    """Return the texts of a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=language_of(path))


def written(catalog: Catalog) -> bytes:
    """Return a catalogue as its file."""
    out = io.BytesIO()
    write_po(out, catalog, omit_header=False, no_location=True, width=0)
    dated = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid")
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{one}' for one in dated))).encode()


def machine_form(path: Path) -> bytes:
    """Return a catalogue as it is read at run time."""
    out, catalog = io.BytesIO(), read(path)
    catalog.creation_date = catalog.revision_date = datetime.fromtimestamp(0, UTC)  # equal texts, equal bytes
    write_mo(out, catalog)
    return out.getvalue()


def texts() -> set[Text]:
    """Return every text of the product."""
    sources = [path for path in SOURCE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
    templates = [path for path in SOURCE.rglob("templates/**/*") if path.suffix in {".html", ".txt"}]
    found = {text for path in sources for text in of_module(path)}
    found |= {text for path in CLICK for text in of_calls(ast.parse(path.read_text(encoding="utf-8")))}
    return found | {text for path in templates for text in of_template(path)}


def of_calls(tree: ast.Module) -> Iterator[Text]:
    """Yield the texts of every call that says one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from of_call(node)


def of_template(path: Path) -> Iterator[Text]:
    """Yield the texts of a template."""
    for call in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        told = [ast.literal_eval(one.removeprefix("u")) for one in QUOTED.findall(call[2])]
        yield Text(*told[: 2 if call[1] == "ngettext" else 1])


def of_module(path: Path) -> Iterator[Text]:
    """Yield the texts of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    place = path.relative_to(SOURCE).as_posix()
    if not place.startswith(SILENT):
        yield from of_calls(tree)
    if place.startswith(COMMANDS):
        yield from of_commands(tree)
    if place in CHECKS:
        yield from of_checks(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "hint":
            yield from of_kept(node.value)
        if isinstance(node, ast.ClassDef):
            yield from of_class(node)
        made = (
            node.exc if isinstance(node, ast.Raise) else node.value if isinstance(node, ast.Return) else None
        )
        if isinstance(made, ast.Call):
            yield from of_error(made)


def of_commands(tree: ast.Module) -> Iterator[Text]:
    """Yield what commands say of themselves, paragraph by paragraph, and what their options do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            helps = (one.value for one in node.keywords if one.arg == "help")
            yield from (Text(value_of(one)) for one in helps if isinstance(one, ast.Constant))
        if isinstance(node, ast.FunctionDef) and any(map(is_command, node.decorator_list)):
            yield from paragraphs(ast.get_docstring(node) or "")


def is_command(decorator: ast.expr) -> bool:
    """Say whether a decorator makes a command or a group of them."""
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith((".command", ".group"))


def paragraphs(docstring: str) -> Iterator[Text]:
    """Yield each paragraph of a text on one line, as a command says it."""
    for one in inspect.cleandoc(docstring).split("\n\n"):
        if not one.startswith("References\n"):
            yield Text(" ".join(one.split()))


def of_checks(tree: ast.Module) -> Iterator[Text]:
    """Yield what checks are called, find and advise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SENTENCES:
            yield from of_kept(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FOUND:
            yield from (Text(value_of(one)) for one in node.args[:1] if isinstance(one, ast.Constant))
            for one in node.args[1:]:
                yield from of_kept(one)


def of_call(call: ast.Call) -> Iterator[Text]:
    """Yield the text of a call that says one."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    told = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name in ONE and told:
        yield Text(told[0])
    elif name == "Asks":
        yield from (Text(one) for one in told)
    elif name == "Meta":
        yield from (Text(value_of(one.value)) for one in call.keywords if one.arg == "description")
    elif name in TWO and len(told) > 1:
        yield Text(told[0], told[1])
    elif name == "pgettext" and len(told) > 1:
        yield Text(told[1], context=told[0])
    elif name == "keep" and told:
        yield Text(told[0], context=KEPT)


def value_of(node: ast.expr) -> str:
    """Return a text that stands in the code."""
    return str(ast.literal_eval(node))


def of_class(found: ast.ClassDef) -> Iterator[Text]:
    """Yield what an analysis says of itself, and what the fields of a question are called."""
    calls = [one for one in found.decorator_list if isinstance(one, ast.Call)]
    told = [one for one in calls if getattr(one.func, "id", "") == "analysis"]
    if told and not any(word.arg == "internal" for word in told[0].keywords):
        docstring = ast.get_docstring(found) or ""
        yield Text(docstring.splitlines()[0])
        yield from paragraphs(docstring)
        yield Text(heading(value_of(told[0].args[0])))
    if found.name.endswith("Question"):
        yield from paragraphs(ast.get_docstring(found) or "")
        for one in (one for one in found.body if isinstance(one, ast.AnnAssign)):
            yield Text(heading(ast.unparse(one.target)))
            yield from choices(one.annotation)


def choices(annotation: ast.expr) -> Iterator[Text]:
    """Yield what may be chosen in a field, also where that has a name of its own."""
    for one in ast.walk(annotation):
        if isinstance(one, ast.Name) and one.id in named():
            yield from choices(named()[one.id])
        if isinstance(one, ast.Subscript) and ast.unparse(one.value) == "Literal":
            told = [inner.value for inner in ast.walk(one.slice) if isinstance(inner, ast.Constant)]
            yield from (Text(value) for value in told if isinstance(value, str))


@cache
def named() -> dict[str, ast.expr]:
    """Return what may be chosen by the name it has: in the modules of journeys and of analyses."""
    rooms = (SOURCE / "methods" / "journeys", SOURCE / "analyses", SOURCE / "model")
    trees = (ast.parse(path.read_text(encoding="utf-8")) for room in rooms for path in room.rglob("*.py"))
    return {
        ast.unparse(node.targets[0]): node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Literal[")
    }


def heading(name: str) -> str:
    """Return a name of the code as pages write it."""
    return name.replace("_", " ").capitalize()


def of_error(call: ast.Call) -> Iterator[Text]:
    """Yield what an error of ours says, and its hint."""
    name = getattr(call.func, "id", "")
    if not name.endswith("Error") or hasattr(builtins, name):
        return
    hints = [one.value for one in call.keywords if one.arg == "hint"]
    for node in (*call.args[:1], *hints):
        yield from of_kept(node)


def of_kept(node: ast.expr) -> Iterator[Text]:
    """Yield a text that is said again, or either of two."""
    if isinstance(node, ast.IfExp):
        yield from of_kept(node.body)
        yield from of_kept(node.orelse)
    said = template_of(node)
    if " " in FIELD.sub("", said):
        yield Text(said, context=KEPT)


def template_of(node: ast.expr) -> str:
    """Return a text with names where it has values; nothing where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    out, seen = "", dict[str, str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            out += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            told = ast.unparse(part.value)
            out += f"{{{seen.setdefault(told, name_of(part.value, set(seen.values())))}}}"
    return out


def name_of(node: ast.expr, taken: set[str]) -> str:
    """Return a short name for a value, one that is not taken."""
    names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
    attributes = [one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)]
    base = (attributes[:1] or names[-1:] or ["value"])[0].strip("_").lower()
    return next(one for one in (base, *(f"{base}{i}" for i in range(2, 20))) if one not in taken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
