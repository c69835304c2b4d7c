"""Whatever a page shows or does a program is answered, too, or it is said here why not."""

from __future__ import annotations

from typing import Final

from trodden.web.limits import OPEN
from trodden.web.policy import POLICY, Open, rule_of

ASK: Final = "GET api-ask"

BY_PROGRAM: Final[dict[str, tuple[str, ...]]] = {
    "health": ("GET api-health",),
    "front": ("GET api-findings",),
    "findings": ("GET api-findings",),
    "findings-file": ("GET api-findings",),
    "findings-look": ("POST api-findings-look",),
    "finding": ("GET api-finding",),
    "finding-decide": ("POST api-finding-decide",),
    "finding-note": ("POST api-finding-note",),
    "finding-interpret": ("POST api-finding-interpret",),
    "knowledge": ("GET api-knowledge", "GET api-knowledge-review"),
    "knowledge-review": ("POST api-knowledge-review",),
    "find": ("GET api-touchpoints", "GET api-maps", "GET api-analyses"),
    "palette": ("GET api-touchpoints", "GET api-maps", "GET api-analyses"),
    "journeys": ("GET api-maps",),
    "journey": ("GET api-map",),
    "mine": ("POST api-map-mine",),
    "redesign": ("POST api-map-redesign",),
    "accept": ("POST api-map-accept",),
    "discard": ("DELETE api-map",),
    "map-draw": ("POST api-maps",),
    "map-editor": ("POST api-map",),
    "map-change": ("POST api-map", "POST api-map-step"),
    "map-restore": ("POST api-map-restore",),
    "map-owner": ("POST api-map-owner",),
    "versions": ("GET api-maps", "GET api-map-deeds", "GET api-map-owner"),
    "publish": ("POST api-map-publish",),
    "segments": ("GET api-segments",),
    "segment": ("GET api-segment",),
    "segment-save": ("POST api-segments", "POST api-segment"),
    "segment-delete": ("DELETE api-segment",),
    "segment-restore": ("POST api-segment-restore",),
    "boards": ("GET api-boards",),
    "board": ("GET api-board", "GET api-comments", "GET api-comment"),
    "board-card": ("GET api-board",),
    "board-new": ("POST api-boards",),
    "board-save": ("POST api-cards",),
    "board-copy": ("POST api-board-copy",),
    "board-change": (
        *("POST api-board", "DELETE api-board", "POST api-cards"),
        *("POST api-card", "DELETE api-card", "POST api-card-restore"),
    ),
    "board-restore": ("POST api-board-restore", "GET api-boards-gone"),
    "board-comment": (
        *("POST api-comments", "POST api-comment", "DELETE api-comment"),
        "POST api-comment-restore",
    ),
    "board-share": ("GET api-mailings", "GET api-mailing"),
    "board-mail": (
        *("POST api-mailings", "POST api-mailing", "DELETE api-mailing"),
        "POST api-mailing-restore",
    ),
    "board-link": (
        *("GET api-board-links", "GET api-board-link", "POST api-board-links"),
        *("POST api-board-link", "DELETE api-board-link", "GET api-links"),
    ),
    "board-links": ("POST api-links",),
    "marks": ("GET api-marks", "GET api-mark"),
    "marks-change": (
        *("POST api-marks", "POST api-mark", "DELETE api-mark"),
        *("POST api-mark-restore", "POST api-marks-list"),
    ),
    "explore": ("GET api-analyses",),
    "reference": ("GET api-analyses",),
    "ask-file": (ASK, "POST api-ask"),
    "customers": ("GET api-customers",),
    "customer-export": ("GET api-customer-export",),
    "customer-file": ("GET api-customer-export",),
    "customer-erase": ("POST api-customer-erase",),
    "customer-erased": ("POST api-customer-erase",),
    "erasures": ("GET api-erasures",),
    "erasure": ("GET api-erasure",),
    "shoes": ("POST api-shoes",),
    "shoes-begin": ("POST api-shoes",),
    "shoes-walk": ("POST api-shoes", "GET api-wishes"),
    "shoes-wish": ("POST api-wishes",),
    "shoes-withdraw": ("DELETE api-wish",),
    "data": ("GET api-imports",),
    "source-upload": ("GET api-files", "POST api-file-bring"),
    "columns": ("GET api-file", "POST api-file-plan"),
    "source-count": ("POST api-file-count",),
    "source-mapping": ("POST api-mappings",),
    "mapping-file": ("GET api-mappings",),
    "work": ("GET api-work", "GET api-works"),
    "source-import": ("POST api-work-import",),
    "source-stop": ("POST api-work-stop",),
    "work-rejects": ("GET api-work-refused",),
    "import-one": ("GET api-import",),
    "source-undo": ("POST api-import-undo",),
    "import-rejects": ("GET api-import-refused",),
    "rules": (
        *("GET api-rules", "GET api-rules-coverage", "GET api-rules-suggestions"),
        "GET api-rules-versions",
    ),
    "rules-try": ("POST api-rules-coverage",),
    "rules-apply": ("POST api-rules",),
    "rules-back": ("POST api-rules-restore",),
    "settings": ("GET api-workspace",),
    "workspace": ("GET api-settings",),
    "workspace-change": ("POST api-settings",),
    "workspace-title": ("POST api-settings-title",),
    "workspace-retention": ("GET api-retention",),
    "workspace-keep": ("POST api-retention",),
    "calendars": ("GET api-calendars", "GET api-calendars-gone"),
    "calendar": ("GET api-calendar",),
    "calendar-start": ("POST api-calendars",),
    "calendar-save": ("POST api-calendars", "POST api-calendar"),
    "calendar-change": ("POST api-calendar", "POST api-calendar-file"),
    "calendar-delete": ("DELETE api-calendar",),
    "calendar-restore": ("POST api-calendar-restore",),
    "calendar-weeks": ("GET api-weeks", "POST api-weeks"),
    "people": ("GET api-people", "GET api-invitations"),
    "invite": ("POST api-invitations",),
    "withdraw": ("DELETE api-invitation",),
    "member": ("GET api-person", "POST api-person"),
    "log": ("GET api-log", "GET api-log-proof"),
    "log-file": ("GET api-log",),
}
"""What a program asks for what a page shows or does, by the name of the page's route."""

BY_OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "ask": (ASK,),
    "segment-overlap": (ASK,),
    "segment-new": (ASK,),
    "segment-draft": (ASK,),
    "customer": (ASK,),
    "touchpoint": (ASK,),
    "map-drawing": (ASK,),
    "marks-file": ("GET api-marks",),
    "account_tokens": ("GET api-tokens",),
    "account_token_revoke": ("DELETE api-token",),
    "usersessions_list": ("GET api-sessions", "DELETE api-session"),
}
"""The same where programs need another right than readers: questions, files of what one may read, oneself."""

_BROWSER: Final = "of the browser that asks: its look, its keys, what it has put away"
_FORM: Final = "a form; what it sends has an operation, and what it previews is a question"
_LINK: Final = "a link is opened in a browser, by who has no account"
_WAITING: Final = "an answer is waited for; who hangs up no longer waits"
_ELSEWHERE: Final = "a token belongs to one workspace, and there is none for a new one"
_WAY_IN: Final = "a way in: whoever comes in does so in person"
_IN_PERSON: Final = "a way in is changed in person: no token makes its person another way in"

NOT: Final = {
    **dict.fromkeys(("mark", "theme", "keys", "start-hide"), _BROWSER),
    **dict.fromkeys(("map-new", "segment-edit", "rule", "calendar-new"), _FORM),
    "rules-change": "a draft of one's own between two windows; a program sends all rules at once",
    "map-others": "tells people who has the editor open",
    "board-fresh": "lets an open page say that something came in; programs read tags",
    **dict.fromkeys(("shared", "shared-card"), _LINK),
    "board-stop": "ends a mail from within the mail",
    **dict.fromkeys(("running", "cancel"), _WAITING),
    "customer-event": "every recorded event of somebody is in what is exported of them",
    "shoes-who": "names somebody to who looks at a walk; a program with the right asks with names at once",
    **dict.fromkeys(("workspaces", "workspace-make"), _ELSEWHERE),
    "about": "where files lie on the server: for who runs it, by `trodden doctor`",
    **dict.fromkeys(
        (
            *("account_login", "account_link", "account_logout", "account_inactive", "join"),
            *("sso_begin", "sso_back", "sso_join", "mfa_authenticate", "mfa_login_webauthn"),
            *("account_reset_password", "account_reset_password_done", "account_reauthenticate"),
            *("account_reset_password_from_key", "account_reset_password_from_key_done"),
            *("account_again_with", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        ),
        _WAY_IN,
    ),
    **dict.fromkeys(
        (
            *("account", "account_connected", "account_connect", "account_disconnect"),
            *("account_change_password", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp"),
            *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_list_webauthn"),
            *("mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
        ),
        _IN_PERSON,
    ),
}
"""Why there is nothing of the kind for programs."""


def test_every_page_has_its_like_for_programs_or_a_reason_why_not() -> None:
    pages = {name for name in POLICY if not name.startswith("api-")}
    assert {*BY_PROGRAM, *BY_OTHERS, *NOT} == pages
    assert len(BY_PROGRAM) + len(BY_OTHERS) + len(NOT) == len(pages)


def test_every_operation_that_is_named_is_there() -> None:
    from trodden.web.api.catalogue import RESOURCES

    there = {f"{method} {one.name}" for one in RESOURCES for method in one.operations}
    named = {one for names in (*BY_PROGRAM.values(), *BY_OTHERS.values()) for one in names}
    assert named <= there
    of_programs = {"GET api-openapi", "GET api-live", "POST api-said"}
    of_programs |= {"GET api-calendar-open", "GET api-calendar-due"}  # commands tell these, too
    assert there - named == of_programs


def test_who_may_do_something_on_a_page_may_do_so_by_program_and_nobody_else() -> None:
    for page, operations in BY_PROGRAM.items():
        for one in operations:
            method, _space, name = one.partition(" ")
            if (page, one) not in LOOSER:
                assert POLICY[page] == rule_of(name, method), (page, one)
    assert all(POLICY[page] != Open.ENTRANCE for page in BY_PROGRAM)


LOOSER: Final = {
    ("health", "GET api-health"): "the page tells balancers that it lives, without sign-in",
    ("findings-file", "GET api-findings"): "a file is taken away; the list may be read, page by page",
}
"""Pairs of which one needs another right, and why."""


def test_what_opens_to_who_sees_only_some_customers_opens_to_their_programs_and_nothing_else() -> None:
    for page, operations in BY_PROGRAM.items():
        for one in operations:
            name = one.partition(" ")[2]
            if (page, name) not in OPEN_APART:
                assert (page in OPEN) == (name in OPEN), (page, name)


OPEN_APART: Final = {
    ("health", "api-health"): "the page needs nobody",
    ("front", "api-findings"): "Home says that findings are about all customers, and shows none",
    ("board-link", "api-links"): "whether links are on is of the whole workspace",
}
"""Pairs of which only one opens to who sees only some customers, and why."""
