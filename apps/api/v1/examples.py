"""Examples for the document, of an invented conflict on a river. A test holds each against its schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

Example = dict[str, Any]

AS_OF: Example = {"said_until": None, "known_at": None, "read_at": "2024-03-14T09:30:00.000000Z"}
NORTH: Example = {"id": "6f1c2a52-9f0e-4d7c-8c8e-0b8f5a3f7a01", "code": "N", "name": "North"}
SOUTH: Example = {"id": "6f1c2a52-9f0e-4d7c-8c8e-0b8f5a3f7a02", "code": "S", "name": "South"}
MINISTRY: Example = {
    "id": "0d8c1f0e-2f7b-4a58-9a83-6e6c3b1c9a11",
    "kind": "institution",
    "name": "Ministry of Defence of North",
    "role": "",
    "party": NORTH,
}
SPEAKER: Example = {
    "id": "0d8c1f0e-2f7b-4a58-9a83-6e6c3b1c9a12",
    "kind": "person",
    "name": "Vera Lindqvist",
    "role": "spokesperson",
    "party": NORTH,
}
SINCE: Example = {"known_from": "2024-03-12T16:02:11.482113Z"}

DOSSIER_ITEM: Example = {"slug": "river", "title": "The river", "time_zone": "Europe/Oslo", "role": "analyst"}
DOSSIERS: Example = {"as_of": AS_OF, "items": [DOSSIER_ITEM], "next": None}
DOSSIER: Example = {"as_of": AS_OF, **DOSSIER_ITEM, "parties": [NORTH, SOUTH]}
PARTIES: Example = {"as_of": AS_OF, "items": [NORTH, SOUTH]}
SOURCES: Example = {"as_of": AS_OF, "items": [{**MINISTRY, **SINCE}], "next": None}
SOURCE_IN_FULL: Example = {
    "as_of": AS_OF,
    **SPEAKER,
    **SINCE,
    "aliases": [
        {
            "id": "b2d6a6f4-15a5-4a3c-8d0b-1b1c6f6f2d01",
            "name": "Vera Lindqvist",
            "form": "official",
            "language": "",
            "preferred": True,
        }
    ],
    "affiliations": [{"institution": MINISTRY, "role": "spokesperson", "since": "2023-01-01", "until": None}],
    "alignments": [{"party": NORTH, "since": None, "until": None}],
}

RENDITION_ID = "9a6f9b9e-4c0f-4d5b-b7a4-0f5f6a0c7e21"
SHA256 = "5f0b6d2c0f3f6b0f7d9b2c1e4a8d3c5e7f9a1b3c5d7e9f1a3b5c7d9e1f3a5b7c"
TEXT_WORDS = "The ministry denied that its troops had crossed the river. Nobody else was asked."
SAID: Example = {
    "id": "3c8a2f4e-6f4d-4e0b-a7b1-9d3d5f0e1b31",
    "kind": "denial",
    "channel": "",
    "said": {"since": None, "until": "2024-03-12T08:00:00Z"},
    "source": MINISTRY,
    "principal": MINISTRY,
    "relayed_by": None,
    "attributions": [
        {
            "id": "7e5b3c1a-8d2f-4f6a-9c4e-2b1a0d9f8e41",
            "article": "A-0001",
            "outlet": "The Estuary Post",
            "headline": "Ministry: no crossing",
            "published": "2024-03-12T08:00:00Z",
            "paragraph": 1,
            "quotation": "indirect",
            "is_copy": False,
            "twin_of": None,
            "gone_since": None,
            "rendition": {"id": RENDITION_ID, "sha256": SHA256},
            "spans": [
                {
                    "role": "source",
                    "start": 0,
                    "end": 12,
                    "unit": "code point",
                    "exact": "The ministry",
                    "prefix": "",
                    "suffix": " denied that its troops",
                },
                {
                    "role": "cue",
                    "start": 13,
                    "end": 19,
                    "unit": "code point",
                    "exact": "denied",
                    "prefix": "The ministry ",
                    "suffix": " that its troops",
                },
                {
                    "role": "content",
                    "start": 25,
                    "end": 57,
                    "unit": "code point",
                    "exact": "its troops had crossed the river",
                    "prefix": "The ministry denied that ",
                    "suffix": ". Nobody else was asked.",
                },
            ],
        }
    ],
    "stale": False,
    "stale_since": None,
    **SINCE,
}
POSITION_ID = "d4c2b0a8-1e3f-4a5b-8c7d-6e9f0a1b2c51"
STATEMENT: Example = {
    **SAID,
    "positions": [{"id": POSITION_ID, "claim": "C-0001", "stance": "denies", "retracts": None}],
    "figures": [],
}
STATEMENTS: Example = {"as_of": AS_OF, "items": [STATEMENT], "next": None}
STATEMENT_IN_FULL: Example = {"as_of": AS_OF, **STATEMENT}
POSITIONS: Example = {
    "as_of": AS_OF,
    "items": [{"id": POSITION_ID, "claim": "C-0001", "stance": "denies", "retracts": None, **SINCE, "statement": SAID}],
    "next": None,
}

CLAIM: Example = {
    "ref": "C-0001",
    "id": "a1b3c5d7-9e0f-4b2c-8d4e-6f8a0b2c4d61",
    "wording": "Troops of North crossed the river",
    "about": [NORTH],
    "standing": {
        "code": "denied_without_assertion",
        "first_said": None,
        "waiting_for": [],
        "grounds": {
            "positions": 1,
            "statements": 1,
            "principals": 1,
            "parties": 1,
            "origins": {"known": 0, "articles": 1, "unknown": 1},
            "voices": [
                {
                    "principal": MINISTRY,
                    "stances": ["denies"],
                    "positions": 1,
                    "statements": [SAID["id"]],
                    "inconsistent": False,
                }
            ],
            "counters": [],
        },
    },
    **SINCE,
}
CLAIMS: Example = {"as_of": AS_OF, "items": [CLAIM], "next": None}
CLAIM_IN_FULL: Example = {"as_of": AS_OF, **CLAIM}
_NOTHING: Example = {"id": None, "stance": None, "kind": None, "made_by": None, "claim": None}
GRAPH: Example = {
    "as_of": AS_OF,
    "claim": "C-0001",
    "depth": 1,
    "limit": 300,
    "truncated": False,
    "nodes": [
        {"type": "claim", "id": "C-0001", "wording": CLAIM["wording"], "hops": 0},
        {
            "type": "statement",
            "id": SAID["id"],
            "kind": "denial",
            "channel": "",
            "said": SAID["said"],
            "excerpt": "its troops had crossed the river",
        },
        {"type": "source", **MINISTRY},
    ],
    "edges": [
        {**_NOTHING, "type": "said_by", "source": SAID["id"], "target": MINISTRY["id"]},
        {
            **_NOTHING,
            "type": "position",
            "source": SAID["id"],
            "target": "C-0001",
            "id": POSITION_ID,
            "stance": "denies",
        },
    ],
}

ARTICLE: Example = {
    "ref": "A-0001",
    "id": "c7d9e1f3-a5b7-4c9d-8e1f-3a5b7c9d1e71",
    "address": "https://estuary-post.example/no-crossing",
    "outlet": "The Estuary Post",
    "headline": "Ministry: no crossing",
    "published": "2024-03-12T08:00:00Z",
    "published_precision": "minute",
    "language": "en",
    **SINCE,
}
ARTICLES: Example = {"as_of": AS_OF, "items": [ARTICLE], "next": None}
CAPTURE_ID = "e1f3a5b7-c9d1-4e3f-8a5b-7c9d1e3f5a81"
_RENDITION: Example = {
    "id": RENDITION_ID,
    "capture": CAPTURE_ID,
    "extractor": "trafilatura",
    "version": "2.3.0",
    "language": "en",
    "sha256": SHA256,
    "headline": "Ministry: no crossing",
    "byline": "",
    "published": "2024-03-12T08:00:00Z",
    "modified": None,
    "canonical": ARTICLE["address"],
    "captions": ["The river at dawn."],
    **SINCE,
}
ARTICLE_IN_FULL: Example = {
    "as_of": AS_OF,
    "article": ARTICLE,
    "origin": {
        "id": "b3d5f7a9-1c2e-4d6f-8a0b-3c5d7e9f1a21",
        "label": "Coastal Wire",
        "grounds": "credit",
        "copied_from": None,
        "share": 1.0,
        "decided": False,
        "reason": "",
    },
    "other_addresses": [{"address": "https://estuary-post.example/world/no-crossing", "kind": "canonical"}],
    "removal": None,
    "captures": [
        {
            "id": CAPTURE_ID,
            "sha256": SHA256[::-1],
            "size": 18231,
            "media_type": "text/html; charset=utf-8",
            "method": "fetched",
            "preserved": "2024-03-12T08:10:04.120044Z",
            "record_sha256": SHA256,
            "final_address": ARTICLE["address"],
            "status": 200,
        }
    ],
    "renditions": [_RENDITION],
    "text": {**_RENDITION, "text": TEXT_WORDS},
}
TEXT: Example = {"as_of": AS_OF, "rendition": ARTICLE_IN_FULL["text"]}
INTAKE: Example = {
    "id": "f3a5b7c9-d1e3-4f5a-8b7c-9d1e3f5a7b91",
    "state": "ready",
    "step": "preserve",
    "outcome": "",
    "purpose": "take_in",
    "method": "fetched",
    "address": ARTICLE["address"],
    "headline": "",
    "outlet": "",
    "published": None,
    "file_name": "",
    "sha256": "",
    "size": 0,
    "parent": None,
    "member": "",
    "children": None,
    "left_out": {},
    "feed": None,
    "attempts": 0,
    "added": "2024-03-12T08:10:02.000000Z",
    "next_try": "2024-03-12T08:10:02.000000Z",
    "finished": None,
    "article": None,
    "failure": None,
}
_UNPACKED: Example = {
    **INTAKE,
    "state": "done",
    "step": "unpack",
    "outcome": "unpacked",
    "method": "sent",
    "address": "",
    "file_name": "march.zip",
    "left_out": {"image/png": 3},
    "sha256": SHA256,
    "size": 1048576,
    "children": {"done": 12, "failed": 2, "on_the_way": 3, "cancelled": 0},
    "next_try": None,
    "finished": "2024-03-12T08:10:09.000000Z",
}
INTAKES: Example = {"items": [_UNPACKED, INTAKE], "next": None}
INTAKE_CANCELLED: Example = {
    **INTAKE,
    "state": "cancelled",
    "next_try": None,
    "finished": "2024-03-12T08:10:09.000000Z",
}
ARTICLES_TO_ADD = [
    OpenApiExample("An address", value={"address": ARTICLE["address"]}, request_only=True),
    OpenApiExample(
        "A text",
        value={
            "text": TEXT_WORDS,
            "headline": "Ministry: no crossing",
            "outlet": "The Estuary Post",
            "published": "2024-03-12T09:00:00+01:00",
        },
        request_only=True,
    ),
    OpenApiExample(
        "A file",
        value={"file": "(its bytes)", "outlet": "The Estuary Post"},
        media_type="multipart/form-data",
        request_only=True,
    ),
]
ARTICLES_TO_ADD_SOMEWHERE = [
    OpenApiExample("An address", value={"dossier": "river", "address": ARTICLE["address"]}, request_only=True),
    OpenApiExample(
        "A file",
        value={"dossier": "river", "file": "(its bytes)"},
        media_type="multipart/form-data",
        request_only=True,
    ),
]
CHANGES: Example = {
    "as_of": AS_OF,
    "items": [
        {
            "index": 17,
            "at": SINCE["known_from"],
            "verb": "approved",
            "added": [{"noun": "statement", "id": SAID["id"]}, {"noun": "position", "id": POSITION_ID}],
            "withdrawn": [],
        }
    ],
    "last": 17,
    "next": None,
}

FEED: Example = {
    "id": "a1c3e5f7-2b4d-4f6a-8c0e-1d3f5b7a9c11",
    "address": "https://estuary-post.example/rss",
    "kind": "feed",
    "selector": "",
    "name": "",
    "title": "The Estuary Post",
    "state": "failing",
    "added": "2024-03-12T07:00:00.000000Z",
    "least_seconds": 300,
    "most_seconds": 21600,
    "every_seconds": 900,
    "rhythm_seconds": 2400,
    "last_success": "2024-03-12T08:10:00.000000Z",
    "next_poll": "2024-03-12T08:55:00.000000Z",
    "items_seen": 41,
    "items_taken": 38,
    "items_refused": 1,
    "failures": 1,
    "failure": {"code": "timed_out", "reason": "The host did not answer in full in time."},
}
POLLS: list[Example] = [
    {
        "at": "2024-03-12T08:10:00.000000Z",
        "seconds": 0.4,
        "outcome": "answered",
        "status": 200,
        "items": 20,
        "new": 2,
        "changed": 0,
        "refused": 0,
        "cut": False,
        "failure": None,
    },
    {
        "at": "2024-03-12T08:25:00.000000Z",
        "seconds": 30.1,
        "outcome": "failed",
        "status": None,
        "items": 0,
        "new": 0,
        "changed": 0,
        "refused": 0,
        "cut": False,
        "failure": FEED["failure"],
    },
]
FEEDS: Example = {"items": [FEED], "next": None}
FEED_IN_FULL: Example = {**FEED, "polls": POLLS}
FEEDS_TO_FOLLOW = [
    OpenApiExample("A feed", value={"address": FEED["address"]}, request_only=True),
    OpenApiExample(
        "A page that lists articles",
        value={
            "address": "https://estuary-post.example/river/",
            "kind": "listing",
            "selector": "main h2 a",
            "least_seconds": 900,
            "most_seconds": 86400,
        },
        request_only=True,
    ),
]
