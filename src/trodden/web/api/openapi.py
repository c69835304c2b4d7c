"""The description of all addresses for programs, in OpenAPI 3.1, made of what answers them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

import trodden
from trodden.model.question import Question
from trodden.questions import fields_of
from trodden.web.policy import Open, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trodden.web.api.operations import Method, Operation, Resource

REF: Final = "#/components/schemas/{name}"
_PART: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_IF_MATCH: Final = ("If-Match", "The ETag of what is changed, as it was read.", True)
_FILE: Final = {
    "type": "object",
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
    "required": ["file"],
}
_REPEATED: Final = (
    "Idempotency-Key",
    "A key of your own: sent again, the same is answered and made once.",
    False,
)


class Refusal(msgspec.Struct, frozen=True):
    """What is answered when something is refused: a code for programs, a message and a hint for people."""

    code: str
    message: str
    hint: str


def description(resources: Sequence[Resource]) -> dict[str, Any]:
    """Describe every operation of these addresses."""
    listed = list(_operations(resources))
    types = [one for _place, _name, operation in listed for one in (operation.gives, operation.body) if one]
    schemas, components = _schemas((Refusal, *types))
    known = dict(zip((Refusal, *types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), name, operation in listed:
        paths.setdefault(path, {})[method.lower()] = _operation(path, method, name, operation, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trodden", "version": trodden.__version__},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(types: Sequence[Any]) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    return msgspec.json.schema_components(types, ref_template=REF)


def _operations(resources: Sequence[Resource]) -> Iterator[tuple[tuple[str, Method], str, Operation]]:
    for resource in resources:
        path = "/" + _PART.sub(r"{\1}", resource.path)
        if resource.versions is None:
            for method, operation in resource.operations.items():
                yield (path, method), resource.name, operation
            continue
        for name, operations in resource.versions().items():
            for method, operation in operations.items():
                yield (f"{path.rpartition('/')[0]}/{name}", method), resource.name, operation


def _operation(
    path: str, method: Method, name: str, operation: Operation, known: Mapping[Any, Any]
) -> dict[str, Any]:
    said = (operation.does.__doc__ or "").strip().splitlines()[0]
    found: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
        "summary": said,
        "description": _need(name, method),
        "parameters": [*_in_path(path), *_in_query(operation), *_in_headers(operation)],
        "responses": {
            str(int(operation.status)): _content(
                "What was asked for.", known[operation.gives], operation.media
            ),
            "default": _content("Refused.", known[Refusal]),
        },
    }
    if operation.takes_file:
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
    if operation.body is not None:
        content = {"application/json": {"schema": known[operation.body]}}
        found["requestBody"] = {"required": False, "content": content}
    return found


def _need(name: str, method: Method) -> str:
    need = rule_of(name, method)
    return (
        "Needs the token of the running server." if isinstance(need, Open) else f"Needs the right `{need}`."
    )


def _content(description: str, schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": schema}}}


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    if issubclass(operation.query, Question):
        return [
            _parameter(one.name, "query", one.description, {"type": "string"})
            for one in fields_of(operation.query)
        ]
    properties = _properties(operation.query)
    return [_parameter(name, "query", of.get("description", ""), of) for name, of in properties.items()]


@cache
def _properties(query: type) -> dict[str, Any]:
    schema = cast("dict[str, Any]", msgspec.json.schema(query)["$defs"])
    return schema[query.__name__]["properties"]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    taken = (*([_IF_MATCH] if operation.state_of else ()), *([_REPEATED] if operation.is_change else ()))
    return [
        _parameter(name, "header", said, {"type": "string"}, required=required)
        for name, said, required in taken
    ]


def _parameter(
    name: str, place: str, said: str, schema: dict[str, Any], *, required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "description": said, "required": required, "schema": schema}
