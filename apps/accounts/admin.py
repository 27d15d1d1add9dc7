"""People may be added and changed here; of keys nothing but their traces is shown."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Key, User
from apps.core.admin import ReadOnlyAdmin

admin.site.unregister(Group)  # what people may do is decided dossier by dossier


class PersonCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name")


class PersonChangeForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_staff", "is_superuser")


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    """Accounts are closed, never removed: what people did stays theirs."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    filter_horizontal = ()
    readonly_fields = ("joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("May"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Seen"), {"fields": ("joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin[Key]):
    list_display = ("name", "prefix", "owner", "scope", "created", "expires", "revoked", "last_used")
    list_select_related = ("owner",)
    exclude = ("digest",)
