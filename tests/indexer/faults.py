"""What a node can do wrong with one request: `Fault`, and the answers it then gives."""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

Answer = dict[str, Any]


class Fault(Enum):
    """First what happens to the answer on its way, then what an answer says that is not so."""

    DROPPED = "the connection ends without an answer"
    TRUNCATED = "the connection ends in the middle of the answer"
    SLOW = "the answer comes later than anybody waits"
    PAGE_403 = "a page in place of an answer"
    PAGE_502 = "a proxy's page"
    PAGE_503 = "another"
    PAGE_504 = "and another"
    PAGE_200 = "a page that says it is fine"
    BUSY = "HTTP 429, with Retry-After"
    CUT = "JSON that breaks off"
    REPLAYED = "the answer before this one again"
    EMPTY = "no answer in the body"
    TWICE = "every answer twice"
    SHUFFLED = "in another order, which is allowed"
    ONE_LESS = "one answer is missing"
    FOREIGN_ID = "the answers to somebody else's questions"
    NULLS = "null for every result"
    SOME_NULL = "null for the last result"
    RATE_LIMITED = "a rate limit as JSON-RPC has it"
    INTERNAL = "an internal error"
    TOO_MANY = "too many results"
    GARBLED = "results of another type"
    NO_LOGS = "no logs"
    BLOCK_WITHHELD = "not the logs of one block"
    LATE_WITHHELD = "not the logs of the second half of the blocks"
    OTHER_FORK = "logs of another fork"
    OTHER_BLOCK = "logs of a block that was not asked for"
    OTHER_CONTRACT = "logs of another contract"
    DOUBLED = "a log twice"
    OTHER_TIME = "logs with a time that is not their block's"
    HALF_A_LOG = "a log that is cut short"


def _refused(code: int, message: str) -> Callable[[list[Answer]], list[Answer]]:
    return lambda answers: [
        {"jsonrpc": "2.0", "id": a["id"], "error": {"code": code, "message": message}}
        for a in answers
    ]


def _with(**changes: Any) -> Callable[[list[Answer]], list[Answer]]:
    return lambda answers: [a | changes for a in answers]


ANSWERED: dict[Fault, Callable[[list[Answer]], list[Answer]]] = {
    Fault.EMPTY: lambda answers: [],
    Fault.TWICE: lambda answers: [a for answer in answers for a in (answer, answer)],
    Fault.SHUFFLED: lambda answers: answers[::-1],
    Fault.ONE_LESS: lambda answers: answers[:-1],
    Fault.FOREIGN_ID: lambda answers: [a | {"id": a["id"] + 1_000_000} for a in answers],
    Fault.NULLS: _with(result=None),
    Fault.SOME_NULL: lambda answers: [*answers[:-1], answers[-1] | {"result": None}],
    Fault.RATE_LIMITED: _refused(-32005, "daily request count exceeded, request rate limited"),
    Fault.INTERNAL: _refused(-32603, "internal error"),
    Fault.TOO_MANY: _refused(-32005, "query returned more than 10000 results"),
    Fault.GARBLED: _with(result=[{"nothing": 7}]),
}
"""Of a whole request's answers."""


def _one_block_less(logs: list[Answer]) -> list[Answer]:
    some = logs[len(logs) // 2]["blockNumber"]
    return [log for log in logs if log["blockNumber"] != some]


def _late_blocks_less(logs: list[Answer]) -> list[Answer]:
    some = int(logs[len(logs) // 2]["blockNumber"], 16)
    return [log for log in logs if int(log["blockNumber"], 16) < some]


def _changed(field: str, change: Callable[[str], str]) -> Callable[[list[Answer]], list[Answer]]:
    """With one log's field changed."""

    def logs_with(logs: list[Answer]) -> list[Answer]:
        at = len(logs) // 2
        return [*logs[:at], logs[at] | {field: change(logs[at][field])}, *logs[at + 1 :]]

    return logs_with


LOGGED: dict[Fault, Callable[[list[Answer]], list[Answer]]] = {
    Fault.NO_LOGS: lambda logs: [],
    Fault.BLOCK_WITHHELD: _one_block_less,
    Fault.LATE_WITHHELD: _late_blocks_less,
    Fault.OTHER_FORK: lambda logs: [
        log | {"blockHash": log["blockHash"][:-4] + "f0f0"} for log in logs
    ],
    Fault.OTHER_BLOCK: _changed("blockNumber", lambda number: hex(int(number, 16) + 10**6)),
    Fault.OTHER_CONTRACT: _changed("address", lambda address: "0x" + "77" * 20),
    Fault.DOUBLED: lambda logs: [*logs, logs[-1]],
    Fault.OTHER_TIME: _changed("blockTimestamp", lambda time: hex(int(time, 16) + 1)),
    Fault.HALF_A_LOG: _changed("data", lambda data: data[: len(data) // 2 - 1]),
}
"""Of the logs in an answer, where there are any."""


def lied(fault: Fault, calls: list[Answer], answers: list[Answer]) -> bytes:
    """The body in place of these answers to these calls."""
    if fault in ANSWERED:
        answers = ANSWERED[fault](answers)
    elif fault in LOGGED:
        answers = [
            answer | {"result": LOGGED[fault](answer["result"])}
            if call["method"] == "eth_getLogs" and answer.get("result")
            else answer
            for call, answer in zip(calls, answers, strict=True)
        ]
    body = json.dumps(answers).encode()
    return body[: len(body) // 2] if fault is Fault.CUT else body
