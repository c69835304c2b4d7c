"""Addresses of sign-in and of one's own account: those of the sign-in library we use, and no others."""

# The library's views are not annotated.
# pyright: reportMissingTypeStubs=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from trodden.web.api import account as programs
from trodden.web.people import again, views
from trodden.web.sso import entrance

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/link/<uuid:key>/<str:token>/", views.link, name="account_link"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("disabled/", account.account_inactive, name="account_inactive"),
    path("join/<str:secret>/", views.join, name="join"),
    path("password/reset/", entrance.by_password(account.password_reset), name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        entrance.by_password(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/", views.account, name="account"),
    path(
        "account/password/",
        entrance.by_password(entrance.of_who_has_one(account.password_change)),
        name="account_change_password",
    ),
    path("account/again/", again.by_password, name="account_reauthenticate"),
    path("account/tokens/", programs.tokens, name="account_tokens"),
    path("account/tokens/<uuid:key>/revoke/", programs.revoke, name="account_token_revoke"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("sign-in/second/", factors.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", entrance.by_password(keys.login_webauthn), name="mfa_login_webauthn"),
    path("account/factors/", factors.index, name="mfa_index"),
    path("account/again/code/", again.by_code, name="mfa_reauthenticate"),
    path("account/again/passkey/", again.by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/factors/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factors/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/factors/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/factors/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/factors/passkeys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("account/factors/passkeys/add/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("account/factors/passkeys/<int:pk>/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/factors/passkeys/<int:pk>/remove/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("settings/people/", views.people, name="people"),
    path("settings/people/invite/", views.invite, name="invite"),
    path("settings/people/invitations/<uuid:key>/withdraw/", views.withdraw, name="withdraw"),
    path("settings/people/<uuid:key>/", views.member, name="member"),
]
