"""People, the keys they make for their programs, and who is acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        user = User(email=self.normalize_email(email).strip(), name=name, **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email=email, name=name, password=password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail; what they may do is decided dossier by dossier."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_one_per_email")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class KeyQuerySet(models.QuerySet["Key"]):
    def live(self, at: datetime) -> Self:
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=at), revoked__isnull=True)


class Key(models.Model):
    """A secret by which a program acts for its owner. Only a hash of it is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        ADD = "add", _("read and add articles")

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(_("what it is for"), max_length=80)
    scope = models.CharField(_("may"), max_length=8, choices=Scope.choices, default=Scope.READ)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    created = models.DateTimeField()
    expires = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "add"]), name="accounts_key_scope_known"),
        ]
        indexes = [models.Index(fields=["owner", "-created"], name="accounts_key_by_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


@dataclass(frozen=True)
class Actor:
    """Who acts: a person by hand, a person by key, or a named part of the machine."""

    user: User | None = None
    key: Key | None = None
    machine: str = ""

    @classmethod
    def person(cls, user: User, key: Key | None = None) -> Actor:
        return cls(user=user, key=key)

    @classmethod
    def part(cls, name: str) -> Actor:
        return cls(machine=name)

    @property
    def ref(self) -> str:
        """The opaque id that the ledger keeps."""
        if self.key is not None:
            return f"key:{self.key.pk}"
        return f"person:{self.user.pk}" if self.user is not None else f"machine:{self.machine}"
