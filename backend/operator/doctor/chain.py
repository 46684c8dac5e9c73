"""The nodes of the chain, the contracts on it, and what the time is."""

import json
import time
from contextlib import closing, suppress
from email.utils import parsedate_to_datetime
from itertools import pairwise

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from backend.operator.doctor.findings import PATIENCE, Findings, Setup, ok, problem, warning
from indexer.chain import startup
from indexer.chain.rpc import NodeUnreachable, Rpc, RpcError, bare, quantity, request
from indexer.chain.source import Source
from indexer.monitoring.status import OLD_BLOCK
from indexer.protocol.deployment import LOCAL_CHAINS

DEPTH = 10
"""Blocks below the lowest head at which nodes are compared: those above may differ for a moment."""
SKEW = 10.0
"""Seconds that clocks may differ."""


def nodes(setup: Setup) -> Findings:
    """Whether each node answers, is on the right chain, is up to date, and has all logs of the contracts."""
    for url in setup.settings.rpcs:
        with closing(Rpc(url, PATIENCE)) as rpc:
            yield from _node(setup, rpc)


def _node(setup: Setup, rpc: Rpc) -> Findings:
    try:
        deployment = startup.deployment_on(rpc, setup.settings.deployments)
        source = Source(rpc, deployment.core, deployment.graph)
        startup.check(source, deployment)
        head, _ = source.head_and(0)
    except (NodeUnreachable, RpcError) as error:
        yield problem(f"{error} See that it runs, or set LAUREL_RPC to another.")
        return
    age = time.time() - head.timestamp
    if not deployment.local and age > OLD_BLOCK:
        yield problem(
            f"The last block of {rpc.name} is {age / 60:,.0f} minutes old: see whether it has peers, or set "
            "LAUREL_RPC to another."
        )
        return
    yield ok(
        f"{rpc.name} is on chain {deployment.chain_id} at block {head.number:,}, has the contracts of the "
        f"record and their logs since block {deployment.block:,}."
    )


def agreement(setup: Setup) -> Findings:
    """Whether several nodes have the same chain id, and the same block at the same height."""
    if len(setup.settings.rpcs) < 2:
        return
    found = []
    for url in setup.settings.rpcs:
        with closing(Rpc(url, PATIENCE)) as rpc, suppress(NodeUnreachable, RpcError):
            found.append((url, quantity(rpc, "eth_chainId"), quantity(rpc, "eth_blockNumber")))
    if len(found) < 2:
        return  # said already
    at = max(min(head for _, _, head in found) - DEPTH, 0)
    said = []
    for url, chain_id, _ in found:
        with closing(Rpc(url, PATIENCE)) as rpc:
            block = rpc.call(dict[str, object], "eth_getBlockByNumber", hex(at), False)
            said.append((rpc.name, chain_id, block["hash"]))
    apart = [(a, b) for a, b in pairwise(said) if a[1:] != b[1:]]
    for one, other in apart:
        yield problem(
            f"{one[0]} and {other[0]} disagree about block {at:,} (chains {one[1]} and {other[1]}): take one "
            "of them out of LAUREL_RPC."
        )
    if not apart:
        yield ok(f"All {len(said)} nodes agree about block {at:,}.")


def websocket(setup: Setup) -> Findings:
    """Whether the WebSocket, if one is set, tells of new blocks."""
    url = setup.settings.rpc_ws
    if url is None:
        yield ok("No WebSocket (LAUREL_RPC_WS): new blocks are looked for every second.")
        return
    try:
        with connect(url, open_timeout=PATIENCE, close_timeout=1) as connection:
            connection.send(_call("eth_chainId"))
            chain_id = int(json.loads(connection.recv(PATIENCE))["result"], 16)
            connection.send(_call("eth_subscribe", "newHeads"))
            subscribed = "result" in json.loads(connection.recv(PATIENCE))
    except (OSError, WebSocketException, ValueError, KeyError) as error:
        yield warning(
            f"The WebSocket {bare(url)} cannot be used ({error or type(error).__name__}): mend LAUREL_RPC_WS, "
            "or empty it, to look for new blocks every second."
        )
        return
    with closing(Rpc(setup.settings.rpc, PATIENCE)) as rpc, suppress(NodeUnreachable, RpcError):
        if (there := quantity(rpc, "eth_chainId")) != chain_id:
            yield problem(
                f"LAUREL_RPC_WS is on chain {chain_id}, LAUREL_RPC on chain {there}: set both to one chain."
            )
            return
    if subscribed:
        yield ok(f"The WebSocket {bare(url)} tells of new blocks.")
    else:
        yield warning(f"The WebSocket {bare(url)} has no eth_subscribe: empty LAUREL_RPC_WS.")


def clock(setup: Setup) -> Findings:
    """Compares this machine's clock with the last block's time, and with the Date header of the node's server."""
    with closing(Rpc(setup.settings.rpc, PATIENCE)) as rpc:
        try:
            chain_id = quantity(rpc, "eth_chainId")
            head = rpc.call(dict[str, object], "eth_getBlockByNumber", "latest", False)
        except (NodeUnreachable, RpcError):
            return  # said already
    ahead = int(str(head["timestamp"]), 16) - time.time()
    if chain_id not in LOCAL_CHAINS and ahead > SKEW:
        yield problem(
            f"The chain's last block is {ahead:,.0f} seconds ahead of this machine's clock: set the clock "
            "(timedatectl set-ntp true)."
        )
        return
    skew = _by_date(setup.settings.rpc)
    if skew is not None and abs(skew) > SKEW:
        yield problem(
            f"This machine's clock is {abs(skew):,.0f} seconds {'behind' if skew > 0 else 'ahead'} by what the "
            "node's server says: set the clock (timedatectl set-ntp true)."
        )
    else:
        yield ok("This machine's clock goes with the chain's.")


def _by_date(url: str) -> float | None:
    """Seconds that the Date header of a server is ahead of our clock; None without such a header."""
    try:
        said = httpx.post(url, content=_call("eth_chainId"), timeout=PATIENCE).headers.get("Date")
        return parsedate_to_datetime(said).timestamp() - time.time() if said else None
    except (httpx.HTTPError, ValueError):
        return None


def _call(method: str, *params: str) -> str:
    return json.dumps(request(method, params))
