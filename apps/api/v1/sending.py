"""The body that adds an article, and what is made of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, UnreadablePostError
from django.http.request import RawPostDataException
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from apps.accounts.models import Actor
from apps.api.parsing import check_length, encodable
from apps.api.problems import BadInput, describe
from apps.api.v1.asking import MomentField, NothingAsked, may_add, read_query
from apps.articles.models import Capture, Intake
from apps.articles.services.adding import LARGEST, Described, add_address, add_file, add_text
from apps.articles.services.refusing import Sent, keep_unreadable
from apps.articles.uploads import body_of
from apps.core.errors import Denied
from apps.dossiers.models import Dossier
from apps.pipeline.waking import wake

FIRST_YEAR, LAST_YEAR = 1800, 9000
"""As with what a page says itself: beyond these a time has no place in every zone."""
BODIES = ("text", "html", "content_base64")
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?\Z"


class KnownFieldsSerializer(serializers.Serializer[Any]):
    """A body that says nothing we do not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(str(name) for name in set(data) - set(self.fields))):
            told = _("There is no such field.")
            raise serializers.ValidationError(
                {encodable(name[:80]): [serializers.ErrorDetail(told, "unknown_field")] for name in unknown[:20]}
            )
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A string, and not what could be written as one."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class DescribingSerializer(KnownFieldsSerializer):
    """What the bytes of an article may not say themselves."""

    address = TextField(required=False, max_length=2000, help_text="Where it is, or was, published.")
    headline = TextField(required=False, max_length=500)
    outlet = TextField(required=False, max_length=120, help_text="Who published it.")
    published = MomentField(required=False, help_text="In ISO 8601 with an offset.")

    def validate_published(self, value: datetime) -> datetime:
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            told = _("Publication cannot have been in the year %(year)d.") % {"year": value.year}
            raise serializers.ValidationError(told, code="bad_time")
        return value


class ArticleToAddSerializer(DescribingSerializer):
    """Either an `address` alone, which is fetched, or one of `text`, `html` and `content_base64`, kept as it was sent.

    With one of these the rest says what the text itself may not. `content_base64` may be of any kind that can be added
    as a file.
    """

    text = TextField(required=False, trim_whitespace=False, help_text="Plain text.")
    html = TextField(required=False, trim_whitespace=False, help_text="A page of HTML.")
    content_base64 = TextField(required=False, help_text="Any bytes, in base 64 (RFC 4648).")
    media_type = serializers.RegexField(
        _MEDIA_TYPE, required=False, max_length=200, help_text="Of `content_base64`; text/html if left out."
    )

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


class FileToAddSerializer(DescribingSerializer):
    """A file: a page, a text, a PDF, an item of a wire; or one that holds several, which is unpacked.

    What it is, its bytes say; its name and type count only where they leave it open. A file that holds several has no
    `address`.
    """

    file = serializers.FileField(max_length=255, allow_empty_file=True, help_text="Its bytes, with its name and type.")


def _dossier() -> serializers.SlugField:
    return serializers.SlugField(max_length=60, help_text="The dossier's short name, from the list of dossiers.")


class ArticleToAddSomewhereSerializer(ArticleToAddSerializer):
    """An article, and the dossier that it is for. The rest is as with an article of a dossier."""

    dossier = _dossier()


class FileToAddSomewhereSerializer(FileToAddSerializer):
    """A file, and the dossier that it is for."""

    dossier = _dossier()


OF_DOSSIER: Mapping[str, type[DescribingSerializer]] = {
    "application/json": ArticleToAddSerializer,
    "multipart/form-data": FileToAddSerializer,
}
OF_ANY: Mapping[str, type[DescribingSerializer]] = {
    "application/json": ArticleToAddSomewhereSerializer,
    "multipart/form-data": FileToAddSomewhereSerializer,
}


def read_body(request: Request, forms: Mapping[str, type[DescribingSerializer]]) -> Mapping[str, Any]:
    """The body, by its type, checked. Raises ``ValidationError``, and ``BadInput`` where parameters came with it."""
    check_length(request)
    read_query(NothingAsked, request)
    if len(request.FILES.getlist("file")) > 1:
        told = _("Send one file at a time, or a ZIP of them.")
        raise serializers.ValidationError({"file": [serializers.ErrorDetail(told, "several_bodies")]})
    media_type = str(request.content_type or "").partition(";")[0].strip().lower()
    form = forms.get(media_type, forms["application/json"])(data=request.data)
    form.is_valid(raise_exception=True)
    sent: Mapping[str, Any] = form.validated_data
    return sent


@contextmanager
def kept_if_unreadable(request: Request, meant: Callable[[], Dossier | None], *, by: Actor) -> Iterator[None]:
    """Whatever is sent and is not as it should be is kept as it came, so that an article with it is not lost; in the
    dossier that is ``meant``, if any can be told."""
    try:
        yield
    except (exceptions.ValidationError, exceptions.ParseError, BadInput) as error:
        sent, dossier, problem = _as_it_came(request), meant(), describe(error)
        if sent is not None and dossier is not None and problem is not None:
            error.intake_id = keep_unreadable(  # type: ignore[union-attr]  # told with the problem
                dossier=dossier,
                sent=sent,
                code=problem.code,
                reason=problem.in_full,
                cap=LARGEST,
                by=by,
                at=timezone.now(),
            )
        raise


def dossier_named(request: Request) -> Dossier | None:
    """The dossier that a body names, whatever else is wrong with it, if whoever asks may add to it."""
    with suppress(exceptions.APIException, Http404, Denied):
        named = request.data.get("dossier") if isinstance(request.data, Mapping) else None
        return may_add(request, named) if isinstance(named, str) and _SLUG.match(named) else None
    return None


def _as_it_came(request: Request) -> Sent | None:
    """A body, or the first file of a form; nothing where it could not be read."""
    media_type = str(request.content_type or "")
    with suppress(RawPostDataException, RequestDataTooBig, UnreadablePostError):
        body = request._request.body
        return Sent(body, media_type, address=_address_in(request)) if body else None
    file = next(iter(request.FILES.values()), None)
    if file is None:
        return None
    file.seek(0)
    return Sent(body_of(file), file.content_type or "", file.name or "", _address_in(request))


def _address_in(request: Request) -> str:
    """The address that a body names, whatever else is wrong with it."""
    with suppress(exceptions.APIException):
        named = request.data.get("address") if isinstance(request.data, Mapping) else None
        return encodable(named) if isinstance(named, str) else ""
    return ""


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
    elif (given := _bytes(sent)) is not None:
        name, media_type, body = given
        added = add_file(
            dossier=dossier, name=name, body=body, media_type=media_type, described=described, by=by, at=at,
            method=Capture.Method.SENT, address=address, idempotency_key=key,
        )  # fmt: skip
    else:
        added = add_address(dossier=dossier, address=address, by=by, at=at, idempotency_key=key)
    if added.new:
        wake(added.intake)
    return added.intake


def _bytes(sent: Mapping[str, Any]) -> tuple[str, str, bytes] | None:
    """The name, type and bytes of what was sent; ``None`` if that is an address alone."""
    if "file" in sent:
        file = sent["file"]
        return file.name or "", file.content_type or "", body_of(file)
    if "html" in sent:
        return "", "text/html; charset=utf-8", sent["html"].encode()
    if "content_base64" in sent:
        return "", sent.get("media_type", "text/html"), sent["content_base64"]
    return None
