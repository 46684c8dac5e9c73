"""The one JSON-RPC client, over HTTP: calls and batches with time-outs and retries, and calls made once.

Results stay raw bytes until the caller decodes them with msgspec into the type it wants. Errors are of two
kinds: those that pass (NodeUnreachable and its subclasses: ask again later), and refusals of what was asked
(RpcError; TooManyResults if asking for less helps).
"""

import itertools
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from indexer.errors import LaurelError

T = TypeVar("T")

Call = tuple[str, Sequence[Any]]
"""A method and its parameters."""

BATCH = 100  # calls in one request at most: what public nodes still take
TIMEOUT_SECONDS = 8.0  # to wait for the next byte; less than the indexer's lease lasts
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0  # for a whole answer, even if bytes keep coming
RETRIES = 3
FIRST_WAIT = 0.1  # seconds before the first retry; doubles
PATIENCE = 2.0  # a call waits for a Retry-After of at most so many seconds, else raises RateLimited
LONGEST_REST = 60.0  # a longer Retry-After counts as so many seconds

_RATE = re.compile(
    r"rate.?limit|rate exceeded|too many requests|request (count|limit)|per (second|minute|day)|"
    r"compute units|throughput|quota|capacity|throttl",
    re.IGNORECASE,
)
_TOO_MUCH = re.compile(
    r"too many|too large|more than \d|limit exceeded|block range|response size|query timeout",
    re.IGNORECASE,
)
_LIMIT_EXCEEDED = -32005  # EIP-1474; nodes send it for too many results and for too many requests
_MANY_REQUESTS = 429


class NodeUnreachable(LaurelError):
    """The node does not answer, or not as it should, after some retries. Trying later may help.

    `kind` names the cause in a word or two, for counting; `why` is the cause as part of a sentence.
    """

    kind = "unreachable"

    def __init__(self, sentence: str, why: str | None = None) -> None:
        super().__init__(sentence)
        self.why = why or sentence.rstrip(".")


class TimedOut(NodeUnreachable):
    """The node took the request and did not answer in time. Asking for less may help."""

    kind = "timeout"


class BadAnswer(NodeUnreachable):
    """The node's answer cannot be read, or is not an answer to what was asked."""

    kind = "bad answer"


class BadStatus(NodeUnreachable):
    """An HTTP status in place of an answer."""

    kind = "http status"


class RateLimited(NodeUnreachable):
    """The node wants fewer requests."""

    kind = "rate limit"


class RpcError(LaurelError):
    """The node refused a call. code, message, data: its error, as it came (data: any JSON, None if there is none)."""

    kind = "refused"

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"The node refused {method}: {message} ({code}).")
        self.method = method
        self.code = code
        self.message = message
        self.data = data


class TooManyResults(RpcError):
    """The answer would be over a limit of the node. Asking for less helps."""

    kind = "too many results"


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""
    data: Any = None


class _Answer(msgspec.Struct):
    id: int | None = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: _Error | None = None


_ANSWERS: msgspec.json.Decoder[list[_Answer] | _Answer] = msgspec.json.Decoder(
    list[_Answer] | _Answer
)
_ANYTHING: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class Rpc:
    """One node. Safe to share among threads. `errors` counts what went wrong, by kind."""

    def __init__(
        self, url: str, timeout: float = TIMEOUT_SECONDS, connect: float = CONNECT_SECONDS
    ) -> None:
        """timeout: seconds to wait for the next byte; connect: for a connection, but no longer than `timeout`."""
        self.url = url
        self.errors: Counter[str] = Counter()
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=min(timeout, connect)))
        # No id is used twice, so that a late answer is not taken for another call's.
        self._ids = itertools.count(1)
        self._rest_until = 0.0

    @property
    def name(self) -> str:
        """The URL without its secrets, for messages."""
        return bare(self.url)

    def call(self, kind: type[T], method: str, *params: Any) -> T:
        """The result of one call, decoded as `kind`. Raises NodeUnreachable, RpcError."""
        (raw,) = self.batch([(method, params)])
        return read_result(self, raw, msgspec.json.Decoder(kind), method)

    def batch(self, calls: Sequence[Call]) -> list[msgspec.Raw]:
        """The raw results in order of the calls. Raises NodeUnreachable, or the first RpcError."""
        results: list[msgspec.Raw] = []
        for first in range(0, len(calls), BATCH):
            results += self._batch(calls[first : first + BATCH])
        return results

    def once(self, method: str, *params: Any) -> Any:
        """The decoded result of one call, sent in no batch and never again, for callers that retry themselves.

        Raises NodeUnreachable, and plain RpcError for every JSON-RPC error, whatever its code and words.
        """
        (raw,) = self._ask([(method, params)], alone=True)
        return read_result(self, raw, _ANYTHING, method)

    def fault(self, error: NodeUnreachable | RpcError) -> None:
        """Counts an error that the caller found in an answer."""
        self.errors[error.kind] += 1

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def _batch(self, calls: Sequence[Call]) -> list[msgspec.Raw]:
        """Sends one request; again after errors that pass, except a time-out, which has taken long enough."""
        wait, left = FIRST_WAIT, RETRIES
        while True:
            self._rest()
            error: NodeUnreachable | RpcError
            try:
                return self._ask(calls)
            except RpcError as refusal:
                error = self._meaning(refusal)
            except NodeUnreachable as unreachable:
                error = unreachable
            self.fault(error)
            if not left or isinstance(error, RpcError | TimedOut):
                raise error
            time.sleep(wait)
            wait, left = wait * 2, left - 1

    def _ask(self, calls: Sequence[Call], alone: bool = False) -> list[msgspec.Raw]:
        """Sends one request. alone: sends the one call as it is, not as a batch."""
        first = calls[0][0]
        numbered = dict(zip(self._ids, calls, strict=False))
        asked = [request(method, params, number) for number, (method, params) in numbered.items()]
        body = msgspec.json.encode(asked[0] if alone else asked)
        answers = self._answers(first, *self._post(body, first))
        by_id = {answer.id: answer for answer in answers}
        if len(by_id) != len(answers) or by_id.keys() - numbered.keys():
            raise BadAnswer(f"{self.name} answered what was not asked.")
        results = []
        for number, (method, _) in numbered.items():
            answer = by_id.get(number)
            if answer is not None and answer.error is not None:
                raise _refusal(method, answer.error)
            if answer is None or isinstance(answer.result, msgspec.UnsetType):
                raise BadAnswer(f"{self.name} left {method} unanswered.")
            results.append(answer.result)
        return results

    def _answers(self, method: str, status: int, content: bytes) -> list[_Answer]:
        """The JSON-RPC answers in an HTTP body; `method` is the first that was asked, for messages."""
        page = BadStatus(
            f"The node at {self.name} cannot be reached: HTTP {status}.", f"HTTP {status}"
        )
        try:
            answers = _ANSWERS.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if status != 200:
                raise page from error
            raise BadAnswer(f"{self.name} does not speak JSON-RPC: {error}.") from error
        if isinstance(answers, _Answer):
            if answers.error is not None:  # some nodes refuse a whole batch with one answer
                raise _refusal(method, answers.error)
            answers = [answers]
        if status != 200:
            raise page
        return answers

    def _post(self, body: bytes, method: str) -> tuple[int, bytes]:
        """Status and body of the node's answer."""
        late = TimedOut(f"{self.name} did not answer {method} in time.")
        end = time.monotonic() + ANSWER_SECONDS
        content = bytearray()
        headers = {"Content-Type": "application/json"}
        try:
            with self._http.stream("POST", self.url, content=body, headers=headers) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > end:
                        raise late
        except httpx.ReadTimeout as error:
            raise late from error
        except httpx.HTTPError as error:
            problem = (str(error) or type(error).__name__).rstrip(".")
            raise NodeUnreachable(
                f"The node at {self.name} cannot be reached: {problem}.", problem
            ) from error
        if response.status_code == 413:
            raise TooManyResults(method, 413, "too large")
        if response.status_code != 200:
            self._take_rest(response.headers.get("Retry-After", ""))
        if response.status_code == _MANY_REQUESTS:
            raise RateLimited(f"The node at {self.name} wants fewer requests (HTTP 429).")
        return response.status_code, bytes(content)

    def _take_rest(self, retry_after: str) -> None:
        """Notes until when the node wants no requests. Dates in the header are too rare to be read."""
        with_digits = re.fullmatch(r"\s*(\d{1,9})(\.\d+)?\s*", retry_after)
        if with_digits:
            seconds = min(float(retry_after), LONGEST_REST)
            self._rest_until = time.monotonic() + seconds

    def _rest(self) -> None:
        """Waits until the node's Retry-After is over; raises RateLimited if that is over PATIENCE away."""
        left = self._rest_until - time.monotonic()
        if left > PATIENCE:
            raise RateLimited(f"The node at {self.name} wants no requests for {left:.0f} s.")
        if left > 0:
            time.sleep(left)

    def _meaning(self, refusal: RpcError) -> RpcError | NodeUnreachable:
        """The error that a refusal means, by its code and words; each node software has its own words."""
        method, code, message = refusal.method, refusal.code, refusal.message
        if code == _MANY_REQUESTS or _RATE.search(message):
            return RateLimited(f"The node at {self.name} wants fewer requests: {message}.")
        if code == _LIMIT_EXCEEDED and method != "eth_getLogs":  # nothing else has many results
            return RateLimited(f"The node at {self.name} wants fewer requests: {message}.")
        if code == _LIMIT_EXCEEDED or _TOO_MUCH.search(message):
            return TooManyResults(method, code, message)
        return refusal


def request(method: str, params: Sequence[Any], number: int = 1) -> dict[str, Any]:
    """The JSON-RPC 2.0 object of a call."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def _refusal(method: str, error: _Error) -> RpcError:
    return RpcError(method, error.code, error.message, error.data)


def read_result(node: Any, raw: msgspec.Raw, decoder: msgspec.json.Decoder[T], what: str) -> T:
    """The decoded result of the method `what`. Raises BadAnswer, and counts it at `node` (Rpc or Nodes)."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        bad = BadAnswer(f"{node.name} answered {what} with what cannot be read: {error}.")
        node.fault(bad)
        raise bad from error


def quantity(node: Any, method: str, *params: Any) -> int:
    """The result of a call that is a number, 0x-hex. Raises as Rpc.call."""
    said = node.call(str, method, *params)
    try:
        return int(said, 16)
    except ValueError as error:
        bad = BadAnswer(f"{node.name} answered {method} with {said[:40]!r}, which is no number.")
        node.fault(bad)
        raise bad from error


def bare(url: str) -> str:
    """Scheme, host and port of a URL: the rest may hold a password or an API key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
