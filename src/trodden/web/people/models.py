"""Accounts, what they may do in a workspace, and one-time links into it."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trodden.web.people.rights import DEPARTMENTS, ROLES, rights_of
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from datetime import datetime

    from trodden.web.people.rights import Right

M = TypeVar("M", bound=models.Model)

SETUP_LASTS: Final = timedelta(hours=1)
INVITATION_LASTS: Final = timedelta(days=7)


class Users(BaseUserManager["User"]):
    """Finds and makes accounts."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the account of an address, however its letters are written."""
        return self.get(email=clean_email(username or ""))

    def make(self, email: str, name: str, password: str | None = None) -> User:
        """Make an account; without a password nobody signs in with one."""
        user = self.model(email=clean_email(email), name=name.strip())
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A member of staff who signs in; known by an e-mail address in small letters, unique."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    email: models.EmailField[str, str] = models.EmailField(_("E-mail"), unique=True, max_length=254)
    name: models.CharField[str, str] = models.CharField(_("Name"), max_length=100, blank=True)
    is_active = models.BooleanField(default=True)  # pyright: ignore[reportIncompatibleVariableOverride, reportAssignmentType] - as Django says to
    language: models.CharField[str, str] = models.CharField(max_length=10, blank=True, default="")
    """What they read; empty where they chose nothing."""
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, editable=False
    )

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Here(models.Manager[M]):
    """The one way to what belongs to a workspace: what is of the one that is served."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return what is of the workspace that is served, and nothing else."""
        return super().get_queryset().filter(workspace=workspace_name())


class Kept(models.Model):
    """A record of one workspace, found by ``here`` in the one that is served and by ``everywhere`` in all."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    workspace: models.CharField[str, str] = models.CharField(max_length=100)

    here: ClassVar[Here[Self]] = Here()
    everywhere: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        abstract = True
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"


class Membership(Kept):
    """What an account may do in one workspace."""

    user: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships"
    )
    role: models.CharField[str, str] = models.CharField(
        _("Role"), max_length=20, choices=list(ROLES.items()), default="viewer"
    )
    department: models.CharField[str, str] = models.CharField(
        _("Department"), max_length=20, choices=list(DEPARTMENTS.items()), blank=True
    )
    see_pii: models.BooleanField[bool, bool] = models.BooleanField(_("Sees who customers are"), default=False)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(
        _("May enter this workspace"), default=True
    )
    limit: models.CharField[str, str] = models.CharField(max_length=60, blank=True, default="")
    """Name of the saved segment whose customers are all they see; empty where they see everybody."""

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="one_role_a_workspace")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role} of {self.workspace})"

    @property
    def rights(self) -> frozenset[Right]:
        """Return what the role allows, and to see who customers are where that was granted."""
        return rights_of(self.role, see_pii=self.see_pii)


class Invitation(models.Model):
    """A one-time link into a workspace. Only the hash of its secret is kept."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    secret_hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    email: models.EmailField[str, str] = models.EmailField(max_length=254, blank=True)
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    role: models.CharField[str, str] = models.CharField(max_length=20, choices=list(ROLES.items()))
    department: models.CharField[str, str] = models.CharField(
        max_length=20, choices=list(DEPARTMENTS.items()), blank=True
    )
    see_pii: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    limit: models.CharField[str, str] = models.CharField(max_length=60, blank=True, default="")
    is_setup: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    objects: ClassVar[models.Manager[Invitation]] = models.Manager()
    here: ClassVar[Here[Invitation]] = Here()

    def __str__(self) -> str:
        return f"{self.email or 'the first person'} as {self.role}"

    @classmethod
    def make(cls, lasts: timedelta = INVITATION_LASTS, **fields: object) -> tuple[Invitation, str]:
        """Make a link; return it with its secret, which cannot be had again."""
        secret = secrets.token_urlsafe(32)
        made = cls(secret_hash=hash_of(secret), expires_at=timezone.now() + lasts, **fields)
        made.save(force_insert=True)
        return made, secret

    @classmethod
    def valid(cls, secret: str) -> Invitation | None:
        """Return the link of a secret, if it still leads somewhere in the workspace that is served."""
        return cls.here.filter(secret_hash=hash_of(secret), expires_at__gt=timezone.now()).first()


def clean_email(text: str) -> str:
    """Return an address as accounts are known by: without blanks around it, in small letters."""
    return text.strip().casefold()


def hash_of(secret: str) -> str:
    """Return the SHA-256 of a secret that has 256 bits of its own: no salt is needed to look it up by."""
    return hashlib.sha256(secret.encode()).hexdigest()
