"""Every route there is, from the resolver, with something to put into its parameters."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from trodden.questions import write_question
from trodden.registry import registrations
from trodden.web.policy import POLICY

NOBODY = uuid.UUID(int=0)
PARAMETERS = {
    **{name: {"secret": "unknown"} for name in ("join", "sso_join")},
    "account_link": {"key": NOBODY, "token": "unknown"},
    "account_connect": {"token": "unknown"},
    "account_disconnect": {"key": NOBODY},
    "account_reset_password_from_key": {"uidb36": "1", "key": "unknown"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "withdraw": {"key": NOBODY},
    "member": {"key": NOBODY},
    "account_token_revoke": {"key": NOBODY},
    "shoes-withdraw": {"key": NOBODY},
    "erasure": {"key": NOBODY},
    "touchpoint": {"name": "Order"},
    "customer-file": {"kind": "json"},
    "log-file": {"kind": "csv"},
    "source-upload": {"token": "nobodys"},
    **{
        name: {"key": NOBODY}
        for name in (
            *("columns", "source-count", "source-mapping", "mapping-file", "work", "source-import"),
            *("source-stop", "work-rejects"),
        )
    },
    **{name: {"number": 1} for name in ("import-one", "import-rejects")},
    "source-undo": {"number": 99},  # there is none: what these tests share is left alone
    **{
        name: {"key": "0123456789ab"}
        for name in ("finding", "finding-decide", "finding-note", "finding-interpret")
    },
    "knowledge-review": {"known": NOBODY},
    **{name: {"name": "none"} for name in ("segment", "segment-edit", "segment-delete")},
    **{name: {"key": NOBODY} for name in ("board", "board-change", "board-copy", "board-fresh")},
    **{
        name: {"key": NOBODY}
        for name in ("board-share", "board-mail", "board-link", "board-links", "board-comment")
    },
    "calendar": {"name": "Desk"},
    "shared": {"secret": "unknown"},
    "shared-card": {"secret": "unknown", "card": NOBODY},
    "board-stop": {"token": "unknown"},
    "board-card": {"key": NOBODY, "card": NOBODY},
    "ask": {"name": "overview"},
    "reference": {"name": "overview"},
    "ask-file": {"name": "overview", "kind": "csv"},
    **{
        name: {"key": "Getting connected@1"}
        for name in (
            *("journey", "redesign", "accept", "publish", "discard", "versions"),
            *("map-editor", "map-change", "map-others", "map-restore", "map-owner"),
        )
    },
    "map-drawing": {"key": "Getting connected@1", "what": "walked"},
    "api-ask": {"name": "overview"},
    "api-said": {"name": "overview"},
    **{
        name: {"key": "Getting connected@1"}
        for name in (
            *("api-map", "api-map-publish", "api-map-redesign", "api-map-accept", "api-map-restore"),
            *("api-map-step", "api-map-deeds", "api-map-owner"),
        )
    },
    **{
        name: {"key": "0123456789ab"}
        for name in ("api-finding", "api-finding-decide", "api-finding-note", "api-finding-interpret")
    },
    "api-segment": {"name": "none"},
    "api-board": {"key": NOBODY},
    **{
        name: {"key": NOBODY}
        for name in (
            *("api-work", "api-work-stop", "api-work-import", "api-work-refused"),
            *("api-file", "api-file-plan", "api-file-count"),
            *("api-person", "api-invitation", "api-token"),
        )
    },
    "api-rules-restore": {"number": 99},
    **{
        name: {"key": NOBODY} for name in ("api-board-copy", "api-board-restore", "api-cards", "api-comments")
    },
    **{name: {"key": NOBODY, "card": NOBODY} for name in ("api-card", "api-card-restore")},
    **{name: {"key": NOBODY, "comment": NOBODY} for name in ("api-comment", "api-comment-restore")},
    **{name: {"key": NOBODY, "mailing": NOBODY} for name in ("api-mailing", "api-mailing-restore")},
    **{name: {"key": NOBODY} for name in ("api-mailings", "api-board-links")},
    "api-board-link": {"key": NOBODY, "link": NOBODY},
    **{name: {"key": NOBODY} for name in ("api-mark", "api-mark-restore", "api-erasure", "api-wish")},
    "api-knowledge-review": {"known": NOBODY},
    "api-segment-restore": {"aside": "none"},
    "api-calendar-restore": {"aside": "none"},
    **{
        name: {"name": "Desk"}
        for name in ("api-calendar", "api-calendar-file", "api-calendar-open", "api-calendar-due")
    },
    "api-session": {"number": 0},
    "api-file-bring": {"token": "nobodys"},
    **{name: {"number": 99} for name in ("api-import", "api-import-undo", "api-import-refused")},
    **{name: {"ticket": "nobodys"} for name in ("running", "cancel")},
}
QUERIES = {"customer": "id=K00001", "customer-event": "id=K00001", "customer-file": "id=K00001"}
POSTS = {
    *("segment-draft", "segment-save", "segment-delete", "segment-restore"),
    *("board-new", "board-save", "board-copy", "board-change", "board-restore"),
    *("board-comment", "board-mail", "board-link", "board-links", "marks-change"),
    *("account_token_revoke", "account_disconnect"),
    *("theme", "cancel", "mine", "redesign", "accept", "publish", "discard"),
    *("map-draw", "map-change", "map-restore", "map-owner"),
    *("source-upload", "source-count", "source-mapping", "source-import", "source-stop", "source-undo"),
    *(
        "workspace-change",
        "workspace-title",
        "workspace-keep",
        "workspace-make",
        "rules-try",
        "rules-change",
        "rules-apply",
        "rules-back",
    ),
    *("calendar-start", "calendar-save", "calendar-change", "calendar-delete", "calendar-restore"),
    "calendar-weeks",
    *("invite", "withdraw"),
    *(
        "start-hide",
        "findings-look",
        "finding-decide",
        "finding-note",
        "finding-interpret",
        "knowledge-review",
    ),
    *("shoes-begin", "shoes-wish", "shoes-withdraw", "shoes-who", "customer-erased"),
}
NOT_WHOLE = frozenset({"api-live", "map-others"})
"""What ends only when its listener goes, and what is put into a page that is open."""
ACCOUNTS = ("account", "sso_", "mfa_", "usersessions_", "join", "people", "invite", "withdraw", "member")
"""How the names of routes begin that exist where people sign in, and nowhere else."""


@dataclass(frozen=True)
class Route:
    """A named route and an address of it."""

    name: str
    address: str
    method: str


def routes() -> list[Route]:
    """List every named route of the product; of an address for programs one for each method it takes."""
    return [route for pattern in _patterns(get_resolver()) for route in _routes(pattern)]


def whole_routes() -> list[Route]:
    """List the routes that answer with a page, a file or a message of their own."""
    return [route for route in routes() if route.name not in NOT_WHOLE]


def examples() -> list[str]:
    """List the address at which each analysis is asked its own example."""
    return [
        f"{reverse('ask', kwargs={'name': name})}?{urlencode(write_question(known.example))}"
        for name, known in registrations().items()
    ]


def definitions() -> list[str]:
    """List the address of each analysis's definition."""
    return [reverse("reference", kwargs={"name": name}) for name in registrations()]


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for part in resolver.url_patterns:
        found += _patterns(part) if isinstance(part, URLResolver) else [part]
    return found


def _routes(pattern: URLPattern) -> list[Route]:
    from trodden.web.api.catalogue import RESOURCES

    found = _route(pattern)
    taken = next((one.operations for one in RESOURCES if one.name == found.name), None)
    if taken is None:
        return [found]
    named = ((f"{found.name} {method}", method) for method in taken)
    return [
        Route(name if name in POLICY else found.name, found.address, method.lower()) for name, method in named
    ]


def _route(pattern: URLPattern) -> Route:
    assert pattern.name, f"a route without a name: {pattern}"
    query = QUERIES.get(pattern.name)
    address = reverse(pattern.name, kwargs=PARAMETERS.get(pattern.name, {}))
    return Route(
        pattern.name, f"{address}?{query}" if query else address, "post" if pattern.name in POSTS else "get"
    )
