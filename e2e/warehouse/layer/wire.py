"""What the real clients send and cannot read.

- The Java clients send PATCH as POST with `x-http-method-override`.
- An explicit `"nextPageToken": null` makes the Java client ask for pages for ever: such members are left out.
- The location a request asks for is known to the code that answers it.
"""

import contextvars
import gzip
import json
import re
import urllib.parse

from local_bigquery import app

location: contextvars.ContextVar[str | None] = contextvars.ContextVar("location", default=None)

NEW_JOB = re.compile(r"/bigquery/v2/projects/[^/]+/(?:jobs|queries)")
GZIP = b"\x1f\x8b"
# A quote inside a JSON string is escaped, so these match members only.
NULL_LAST = re.compile(rb',\s*"(?:nextPageToken|pageToken|etag)":\s*null(?=\s*[,}])')
NULL_FIRST = re.compile(rb'"(?:nextPageToken|pageToken|etag)":\s*null\s*,\s*')


def without_null_tokens(body: bytes) -> bytes:
    return NULL_FIRST.sub(b"", NULL_LAST.sub(b"", body))


async def whole(receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def replay(body: bytes, receive):
    messages = iter([{"type": "http.request", "body": body}])

    async def receive_again():
        return next(messages, None) or await receive()

    return receive_again


def location_of(body: bytes) -> str | None:
    """The location of a new job; a body that is no job is left to the emulator to refuse."""
    try:
        request = json.loads(gzip.decompress(body) if body.startswith(GZIP) else body)
        return (request.get("jobReference") or request).get("location")
    except (ValueError, OSError, EOFError, AttributeError):
        return None


class Wire:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        override = dict(scope["headers"]).get(b"x-http-method-override")
        if override and scope["method"] == "POST":
            scope = {**scope, "method": override.decode().upper()}
        query = urllib.parse.parse_qs(scope["query_string"].decode())
        asked = query.get("location", [None])[0]
        if scope["method"] == "POST" and NEW_JOB.fullmatch(scope["path"]):
            body = await whole(receive)
            receive, asked = replay(body, receive), location_of(body) or asked
        token = location.set(asked)
        try:
            await self.app(scope, receive, JsonFilter(send).send)
        finally:
            location.reset(token)


class JsonFilter:
    """Holds a JSON answer back until it is complete, then sends it without null page tokens."""

    def __init__(self, send):
        self._send = send
        self._start = None
        self._body = bytearray()

    async def send(self, message):
        if message["type"] == "http.response.start":
            if b"json" not in dict(message["headers"]).get(b"content-type", b""):
                return await self._send(message)
            self._start = message
            return
        if self._start is None:
            return await self._send(message)
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = without_null_tokens(bytes(self._body))
        headers = [(name, value) for name, value in self._start["headers"] if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def install():
    app.add_middleware(Wire)
