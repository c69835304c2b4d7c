"""One-time links that sign an account in: for an operator who lets people in by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from trodden.web.people.models import User

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser


class _Links(PasswordResetTokenGenerator):
    """Seals which account, when, and when it last signed in: so a link ends by use, and after an hour."""

    key_salt = "trodden.web.people.links"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        """Return what is sealed; when they last signed in to the microsecond, so that once is once."""
        return f"{user.pk}{user.password}{user.last_login}{timestamp}"


_links = _Links()


def link_in(user: User) -> str:
    """Return an address that signs an account in, once, within an hour; a second factor is asked as ever."""
    return f"{settings.TRODDEN_PUBLIC_URL}{reverse('account_link', args=[user.pk, _links.make_token(user)])}"


def user_of(key: UUID, token: str) -> User | None:
    """Return the account of a link that still leads somewhere."""
    user = User.objects.filter(pk=key, is_active=True).first()
    return user if user is not None and _links.check_token(user, token) else None
