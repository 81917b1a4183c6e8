"""A JSON text as a stream of what is in it, each with its line; the standard parser does not tell where things are."""

import json
import re
from collections.abc import Iterator
from typing import Any

DECODER = json.JSONDecoder()
SPACE = re.compile(r"[ \t\r\n]*")
WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
CLOSING = {"{": "}", "[": "]"}


class NotJson(Exception):
    """What is wrong, and on which line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class JsonEvents:
    """Iterates over ("begin", line, [] or {}), ("end", line, None) and ("scalar", line, value); raises NotJson."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0

    def __iter__(self) -> Iterator[tuple[str, int, Any]]:
        """Yield everything in the text; keys of an object come as scalars before their values."""
        yield from self._value()
        if self._next():
            raise self._wrong("something follows the end")

    def _value(self) -> Iterator[tuple[str, int, Any]]:
        """Walk with a list of what is open, not by recursion, so that no text is too deep for it."""
        open_ones: list[str] = []
        while True:
            character = self._next()
            if character in CLOSING:
                yield "begin", self._line_here(), {} if character == "{" else []
                self._at += 1
                open_ones.append(CLOSING[character])
                if self._next() != open_ones[-1]:
                    yield from self._key(open_ones)
                    continue
            else:
                yield "scalar", self._line_here(), self._scalar(character)
            while open_ones and self._next() == open_ones[-1]:
                self._at += 1
                open_ones.pop()
                yield "end", self._line_here(), None
            if not open_ones:
                return
            self._expect(",")
            yield from self._key(open_ones)

    def _key(self, open_ones: list[str]) -> Iterator[tuple[str, int, Any]]:
        if open_ones[-1] == "}":
            if self._next() != '"':
                raise self._wrong("a key in double quotes is expected")
            yield "scalar", self._line_here(), self._scalar('"')
            self._expect(":")

    def _next(self) -> str:
        found = SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        if self._next() != character:
            raise self._wrong(f"a {character} is expected")
        self._at += 1

    def _scalar(self, character: str) -> Any:  # noqa: ANN401 - JSON data
        if character == '"':
            try:
                value, self._at = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._at = error.pos
                raise self._wrong(error.msg.lower()) from None
            return value
        found = WORD.match(self._text, self._at)
        if not found:
            raise self._wrong("a value is expected")
        self._at = found.end()
        return json.loads(found.group()) if len(found.group()) <= 100 else found.group()

    def _wrong(self, reason: str) -> NotJson:
        return NotJson(self._line_here(), reason)

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = max(self._counted, self._at)
        return self._line
