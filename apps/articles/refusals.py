"""Why something was not taken in: one short code for a client, one sentence for a person.

Codes are stored beside articles and sent to clients, so a code is never renamed; the sentence is looked up when it is
shown, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import errors as core_errors

REASONS: Final[Mapping[str, str | Promise]] = {
    # addresses
    "bad_address": _("This is not an address we can read."),
    "address_too_long": _("This address has more than 2,000 characters."),
    "address_with_user": _(
        "This address holds a user name or a password. Leave them out; what is behind a sign-in can be sent with the "
        "bookmarklet."
    ),
    "scheme_not_allowed": _("Only http and https addresses are fetched."),
    "port_not_allowed": _("Only the ports 80 and 443 are fetched from."),
    "not_public": _("This address does not lead to a public host."),
    "no_such_host": _("No host of this name was found."),
    # fetching
    "too_many_redirects": _("The address was redirected too many times."),
    "too_large": _("There is more here than we take in."),
    "timed_out": _("The host did not answer in full in time."),
    "unreachable": _("No connection to the host could be made."),
    "bad_certificate": _("The certificate of the host is not valid for its name."),
    "bad_response": _("The host did not answer as a web server should."),
    "host_busy": _("The host is being asked for something else."),
    "robots_disallowed": _(
        "The publisher's robots.txt asks programs not to fetch this page. Open it in your browser, and save it and "
        "upload the file, or send it with the bookmarklet."
    ),
    "robots_unreachable": _("The publisher's robots.txt, which says what may be fetched, could not be read."),
    # keeping
    "storage_full": _("There is no room left where the preserved bytes are kept."),
    "storage_away": _("The place where the preserved bytes are kept does not answer."),
    "evidence_damaged": _("The preserved bytes are missing from the storage, or are not those that were preserved."),
    # looking again
    "much_shorter": _("Hardly anything of the article's text is left on its page."),
    "another_page": _("The address leads to another page than the article's now."),
    # reading
    "not_text": _("This is neither a web page nor plain text."),
    "a_feed": _("This is a feed, which names articles, and is none. Follow it under Feeds."),
    "empty_text": _("No text was found here."),
    "bad_encoding": _("The text is in no character encoding that we recognise."),
    "too_deep": _("This page is nested too deeply to be read."),
    "not_readable": _("This page could not be read."),
    "no_text_layer": _("This PDF holds pictures of pages and no text."),
    "encrypted": _("This file is protected by a password."),
    "damaged_archive": _("This file is damaged and cannot be unpacked."),
    "nothing_inside": _("There is no article in this file."),
    "too_many_members": _("There are more articles in this file than are taken in at once."),
    "expands_too_far": _("What is packed in here expands beyond measure."),
    "nested_archive": _("This is packed once more than we unpack."),
    "parser_memory": _("Reading this takes more memory than is allowed."),
    "parser_time": _("Reading this takes more time than is allowed."),
    "parser_lost": _("The process that was reading this was stopped; it will be tried again."),
    # feeds
    "not_a_feed": _("This is not an RSS, Atom or JSON feed."),
    "not_a_sitemap": _("This is not a sitemap."),
    "not_opml": _("This is not an OPML file."),
    "bad_selector": _("This CSS selector cannot be read."),
    "nothing_selected": _("The selector picks no link to an article on this page."),
    "no_address": _("The feed names no address for this item."),
    "entities_declared": _("This feed declares entities of its own, which is not accepted."),
}


def sentence(code: str) -> str:
    """The sentence for a stored code, in the active language; the code itself where it is not one of ours."""
    return str(REASONS.get(code, code))


class Refusal(core_errors.Refusal):
    """Something was not taken in, for a reason that a person can read.

    ``code`` is a key of ``REASONS``; ``detail`` holds what was seen, in English and for the log ("port 8080").
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(REASONS.get(code, code), code=code)
        self.detail = detail

    def __reduce__(self) -> tuple[type[Refusal], tuple[str, str]]:
        return type(self), (self.code, self.detail)


class Unreadable(Refusal):
    """Bytes or text that no rendition can be drawn from: not_text, empty_text, bad_encoding, too_deep, too_large,
    not_readable."""
