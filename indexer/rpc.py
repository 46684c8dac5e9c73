"""JSON-RPC over HTTP: single calls and batches, with time-outs and a few retries.

Results stay raw bytes until the caller decodes them with msgspec into the type it wants.
"""

import re
import time
from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
import msgspec

from indexer.errors import LaurelError

T = TypeVar("T")

BATCH = 100  # calls in one request at most: what public nodes still take
TIMEOUT_SECONDS = 8.0  # less than the indexer's lease lasts
RETRIES = 3
FIRST_WAIT = 0.1  # seconds before the first retry; doubles

_TOO_MUCH = re.compile(
    r"too many|too large|more than \d|limit exceeded|block range|response size|query timeout",
    re.IGNORECASE,
)


class NodeUnreachable(LaurelError):
    """The node does not answer, or not in time, after some retries. Trying later may help."""


class TimedOut(NodeUnreachable):
    """The node took the request and did not answer in time. Asking for less may help."""


class RpcError(LaurelError):
    """The node refused a call."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"The node refused {method}: {message} ({code}).")
        self.method = method
        self.code = code


class TooManyResults(RpcError):
    """The answer would be over a limit of the node. Asking for less helps."""


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Answer(msgspec.Struct):
    id: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _Error | None = None


_ANSWERS = msgspec.json.Decoder(list[_Answer] | _Answer)


class Rpc:
    """One node. Safe to share among threads."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url = url
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=5.0))

    def call(self, kind: type[T], method: str, *params: Any) -> T:
        """The result of one call, decoded as `kind`. Raises NodeUnreachable, RpcError."""
        return msgspec.json.decode(self.batch([(method, params)])[0], type=kind)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[msgspec.Raw]:
        """The raw results in order of the calls. Raises NodeUnreachable, or the first RpcError."""
        results: list[msgspec.Raw] = []
        for first in range(0, len(calls), BATCH):
            results += self._batch(calls[first : first + BATCH])
        return results

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[msgspec.Raw]:
        body = msgspec.json.encode(
            [
                {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
                for number, (method, params) in enumerate(calls)
            ]
        )
        try:
            answers = _ANSWERS.decode(self._post(body, calls[0][0]))
        except msgspec.DecodeError as error:
            raise NodeUnreachable(f"{self.url} does not speak JSON-RPC: {error}.") from error
        if isinstance(answers, _Answer):  # some nodes refuse a whole batch with one answer
            answers = [msgspec.structs.replace(answers, id=0)]
        by_id = {answer.id: answer for answer in answers}
        results = []
        for number, (method, _) in enumerate(calls):
            answer = by_id.get(number)
            if answer is None:
                raise NodeUnreachable(f"{self.url} left {method} unanswered.")
            if answer.error is not None:
                raise _refusal(method, answer.error)
            results.append(answer.result)
        return results

    def _post(self, body: bytes, method: str) -> bytes:
        wait = FIRST_WAIT
        for attempt in range(RETRIES + 1):
            try:
                response = self._http.post(
                    self.url, content=body, headers={"Content-Type": "application/json"}
                )
            except httpx.ReadTimeout as error:
                raise TimedOut(f"{self.url} did not answer {method} in time.") from error
            except httpx.HTTPError as error:
                problem = str(error) or type(error).__name__
            else:
                if response.status_code == 413:
                    raise TooManyResults(method, 413, "too large")
                if response.status_code not in (429, 502, 503, 504):
                    return response.content
                problem = f"HTTP {response.status_code}"
            if attempt < RETRIES:
                time.sleep(wait)
                wait *= 2
        raise NodeUnreachable(f"The node at {self.url} cannot be reached: {problem}.")


def _refusal(method: str, error: _Error) -> RpcError:
    too_much = error.code == -32005 or _TOO_MUCH.search(error.message)
    return (TooManyResults if too_much else RpcError)(method, error.code, error.message)
