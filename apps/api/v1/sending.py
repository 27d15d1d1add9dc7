"""The body that adds an article, and what is made of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from apps.accounts.models import Actor
from apps.api.problems import BadInput
from apps.api.v1.asking import MomentField
from apps.articles.models import Capture, Intake
from apps.articles.services.adding import Described, add_address, add_file, add_text
from apps.dossiers.models import Dossier
from apps.pipeline.waking import wake

FIRST_YEAR, LAST_YEAR = 1800, 9000
"""As with what a page says itself: beyond these a time has no place in every zone."""
BODIES = ("text", "html", "content_base64")
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?\Z"


class ArticleToAddSerializer(serializers.Serializer[Any]):
    """Either an `address` alone, which is fetched, or one of `text`, `html` and `content_base64`, kept as it was sent.

    With one of these the rest says what the text itself may not.
    """

    address = serializers.CharField(required=False, max_length=2000, help_text="Where it is, or was, published.")
    text = serializers.CharField(required=False, trim_whitespace=False, help_text="Plain text.")
    html = serializers.CharField(required=False, trim_whitespace=False, help_text="A page of HTML.")
    content_base64 = serializers.CharField(required=False, help_text="Any bytes, in base 64 (RFC 4648).")
    media_type = serializers.RegexField(
        _MEDIA_TYPE, required=False, max_length=200, help_text="Of `content_base64`; text/html if left out."
    )
    headline = serializers.CharField(required=False, max_length=500)
    outlet = serializers.CharField(required=False, max_length=120, help_text="Who published it.")
    published = MomentField(required=False, help_text="In ISO 8601 with an offset.")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(str(name) for name in set(data) - set(self.fields))):
            told = _("There is no such field.")
            raise serializers.ValidationError(
                {name[:80]: [serializers.ErrorDetail(told, "unknown_field")] for name in unknown[:20]}
            )
        return super().to_internal_value(data)

    def validate_published(self, value: datetime) -> datetime:
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            told = _("Publication cannot have been in the year %(year)d.") % {"year": value.year}
            raise serializers.ValidationError(told, code="bad_time")
        return value

    def validate_content_base64(self, value: str) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("This is not base 64."), code="bad_base64") from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in BODIES if name in attrs]
        if len(given) > 1:
            raise serializers.ValidationError(_("Send one of text, html and content_base64."), code="several_bodies")
        if not given and "address" not in attrs:
            raise serializers.ValidationError(
                _("Send an address, or one of text, html and content_base64."), code="nothing_to_add"
            )
        if "media_type" in attrs and "content_base64" not in attrs:
            raise serializers.ValidationError({"media_type": [_("This belongs to content_base64.")]}, code="not_used")
        described = [name for name in ("headline", "outlet", "published") if name in attrs]
        if described and not given:
            told = _("A page that is fetched says this itself; send it with a text only.")
            raise serializers.ValidationError({name: [told] for name in described}, code="not_used")
        return attrs


def idempotency_key(request: Request) -> str | None:
    """The header, or ``None``. Raises ``bad_idempotency_key``."""
    found = request.headers.get("Idempotency-Key")
    if found is not None and not _KEY.match(found):
        told = _("An idempotency key has 1 to 255 printable ASCII characters and no spaces.")
        raise BadInput(told, code="bad_idempotency_key", errors=[
            {"parameter": "Idempotency-Key", "code": "bad_idempotency_key", "detail": told}])  # fmt: skip
    return found


def take_in(dossier: Dossier, sent: Mapping[str, Any], *, by: Actor, key: str | None) -> Intake:
    """Make the bytes or the address safe, and wake a worker for it."""
    at = timezone.now()
    described = Described(
        headline=sent.get("headline", ""), outlet_name=sent.get("outlet", ""), published=sent.get("published")
    )
    address = sent.get("address", "")
    if "text" in sent:
        added = add_text(
            dossier=dossier, text=sent["text"], described=described, by=by, at=at,
            method=Capture.Method.SENT, address=address, idempotency_key=key,
        )  # fmt: skip
    elif "html" in sent or "content_base64" in sent:
        html = "html" in sent
        added = add_file(
            dossier=dossier, name="", body=sent["html"].encode() if html else sent["content_base64"],
            media_type="text/html; charset=utf-8" if html else sent.get("media_type", "text/html"),
            described=described, by=by, at=at, method=Capture.Method.SENT, address=address, idempotency_key=key,
        )  # fmt: skip
    else:
        added = add_address(dossier=dossier, address=address, by=by, at=at, idempotency_key=key)
    if added.new:
        wake(added.intake)
    return added.intake
