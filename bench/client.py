"""A small HTTP client on plain sockets: light enough not to be what is measured, and exact about what it saw."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Cut(ConnectionError):
    """The connection broke; `status` is that of the answer, if its head had come."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"connection broke (status seen: {status})")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """`size` is every byte that came over the wire: head, chunk marks and compressed body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    size: int

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (value.partition(";")[0].partition("=") for key, value in self.headers if key == "set-cookie")
        return {name: value for name, _, value in pairs}

    @property
    def text(self) -> str:
        packed = self.header("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden inputs of the page."""
        return dict(HIDDEN.findall(self.text))


class Wire:
    """One connection, opened when first needed and kept as long as the server keeps it."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        self.port, self.timeout = port, timeout
        self._socket: socket.socket | None = None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def ask(self, request: bytes) -> Answer:
        """Send a request and read its answer. Raises Cut or another OSError when the connection breaks."""
        self.send(request)
        return self.read()

    def send(self, request: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
        except OSError:
            self.close()
            raise

    def read(self) -> Answer:
        status: int | None = None
        try:
            head, rest = self._until(b"", b"\r\n\r\n")
            status = int(head[9:12])
            headers = read_headers(head)
            body, size = self._body(dict(headers), rest)
        except OSError as error:
            self.close()
            raise Cut(status) from error
        if dict(headers).get("connection") == "close":
            self.close()
        return Answer(status, headers, body, len(head) + size)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _body(self, headers: Mapping[str, str], got: bytes) -> tuple[bytes, int]:
        if headers.get("transfer-encoding") == "chunked":
            whole = got
            while not (whole == b"0\r\n\r\n" or whole.endswith(b"\r\n0\r\n\r\n")):
                whole += self._receive()
            return without_chunks(whole), len(whole)
        length = int(headers.get("content-length", 0))
        while len(got) < length:
            got += self._receive()
        return got, len(got)

    def _until(self, got: bytes, mark: bytes) -> tuple[bytes, bytes]:
        while (end := got.find(mark)) < 0:
            got += self._receive()
        return got[: end + len(mark)], got[end + len(mark) :]

    def _receive(self) -> bytes:
        if self._socket is None:
            raise ConnectionError("nothing was sent")
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        return piece


class Browser:
    """A phone's or a computer's browser: one connection and its cookies."""

    def __init__(self, port: int, timeout: float = 30, encodings: str = "gzip") -> None:
        self.wire = Wire(port, timeout)
        self.encodings = encodings
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """A page; a kept connection that the server has closed meanwhile is opened anew, as browsers do."""
        request, kept = self.request("GET", path), self.wire.is_open
        try:
            return self._keep(self.wire.ask(request))
        except OSError:
            if not kept:
                raise
        return self._keep(self.wire.ask(request))

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._keep(self.wire.ask(self.request("POST", path, fields)))

    def request(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> bytes:
        return request_bytes(method, path, self.wire.port, self.cookies, fields, self.encodings)

    def log_in(self, username: str, password: str) -> Answer:
        """Open the log-in page and send it; 303 means in."""
        fields = self.get("/login").hidden | {"username": username, "password": password}
        return self.post("/login", fields)

    def _keep(self, answer: Answer) -> Answer:
        self.cookies |= answer.cookies
        return answer


def request_bytes(
    method: str,
    path: str,
    port: int,
    cookies: Mapping[str, str],
    fields: Mapping[str, str] | None = None,
    encodings: str = "gzip",
) -> bytes:
    """A whole request, as a browser would send it."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Accept-Encoding: {encodings}"]
    body = b""
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if fields is not None:
        body = urlencode(fields).encode()
        lines += [f"Origin: http://{HOST}:{port}", "Sec-Fetch-Site: same-origin"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """The header lines of an answer's head, names in small letters."""
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.lower(), value.strip()) for name, _, value in pairs)


def without_chunks(chunked: bytes) -> bytes:
    """A body sent in chunks, put together."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = chunked.index(b"\r\n", at)
        length = int(chunked[at:end].partition(b";")[0], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(chunked[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
