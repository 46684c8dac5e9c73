"""Checks before anything is written: node, deployment record and database must belong together."""

import re
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from sqlalchemy import Engine, inspect, select

from indexer.chain.blooms import holds
from indexer.chain.failover import Nodes
from indexer.chain.rpc import Rpc, RpcError, quantity
from indexer.chain.source import Header, Source
from indexer.errors import LaurelError
from indexer.protocol.calls import call_data, words_of
from indexer.protocol.decode import Log, topic
from indexer.protocol.deployment import Deployment, NotDeployed, load, path_for
from indexer.schema import Cursor

_TRANSFER = topic("Transfer(address,address,uint256)")
_NO_METHOD = re.compile(r"method .*not |not (found|supported|available)|unsupported", re.I)

_REVERTED = re.compile(r"revert|execution|opcode|out of gas", re.I)


class DifferentChain(LaurelError):
    """The mirror, the deployment record and the node are not about the same contracts."""


class NotOurContracts(LaurelError):
    """At the addresses of the deployment record are other contracts, or ones with other parameters."""


class WrongStart(LaurelError):
    """The deployment record begins after the contracts' first events."""


class UnfitNode(LaurelError):
    """The node lacks blocks, logs or a method that the indexer needs."""


def deployment_on(rpc: Rpc | Nodes, folder: Path) -> Deployment:
    """The record of the contracts on the node's chain.

    Raises NotDeployed; DifferentChain if there are records, but of other chains; NodeUnreachable, RpcError.
    """
    chain_id = quantity(rpc, "eth_chainId")
    try:
        return load(folder, chain_id)
    except NotDeployed:
        others = sorted(int(p.stem) for p in folder.glob("*.json") if p.stem.isdecimal())
        if not others or path_for(folder, chain_id).exists():
            raise
        raise DifferentChain(
            f"The node at {rpc.name} is on chain {chain_id}, the recorded contracts are on "
            f"{' and '.join(f'chain {other}' for other in others)}. Set LAUREL_RPC to a node of that "
            "chain, or run `laurel deploy` to put contracts on this one."
        ) from None


def check(source: Source, deployment: Deployment) -> None:
    """Raises DifferentChain, NotOurContracts, WrongStart or UnfitNode; NodeUnreachable, RpcError."""
    check_node(source, deployment)
    check_contracts(source, deployment)
    check_history(source, deployment)


def check_node(source: Source, deployment: Deployment) -> None:
    """Raises DifferentChain unless the node's chain has the contracts; NodeUnreachable, RpcError."""
    name = source.rpc.name
    chain_id = source.chain_id()
    if chain_id != deployment.chain_id:
        raise DifferentChain(
            f"The node at {name} is on chain {chain_id}, the contracts are on chain "
            f"{deployment.chain_id}. Set LAUREL_RPC to a node of that chain."
        )
    if lacking := source.lacking():
        raise DifferentChain(
            f"The chain at {name} has no contract at {' and '.join(lacking)}. Set LAUREL_RPC to the "
            "chain they are on, or remove its deployment record and run `laurel deploy`."
        )


def check_contracts(source: Source, deployment: Deployment) -> None:
    """Raises NotOurContracts unless the views of core and graph return what the record says; NodeUnreachable.

    Code is not compared: contracts that an earlier release deployed are as good.
    """
    settings = _view(source, deployment.core, "settings()")
    wanted = [
        int(deployment.token, 16),
        *(_word(deployment.parameters[name]) for name in ("treasury", "day")),
        settings[3] if len(settings) == 7 else None,  # the day of deployment, which is not recorded
        *(_word(deployment.parameters[name]) for name in ("curveConstant", "seed", "handleFee")),
    ]
    if settings != wanted:
        raise NotOurContracts(
            f"The contract at {deployment.core} is not the core of the deployment record, or has other "
            f"parameters. Restore the record of chain {deployment.chain_id}, or remove it and run "
            "`laurel deploy`."
        )
    if _view(source, deployment.graph, "CORE()") != [int(deployment.core, 16)]:
        raise NotOurContracts(
            f"The contract at {deployment.graph} is not the graph of the core at {deployment.core}. "
            f"Restore the deployment record of chain {deployment.chain_id}, or remove it and run "
            "`laurel deploy`."
        )


def check_history(source: Source, deployment: Deployment) -> None:
    """Raises WrongStart if the record begins too late, UnfitNode if the node does not have the logs from
    there on; NodeUnreachable."""
    block, name = deployment.block, source.rpc.name
    header, logs = _deployed_in(source, deployment)
    before = _code(source, deployment.core, block - 1) if block else "0x"
    if before not in (None, "0x"):
        raise WrongStart(
            f"The deployment record begins at block {block}, but the core was on chain "
            f"{deployment.chain_id} before: put the block in which it was created into the record."
        )
    if any(_is_genesis(log, deployment) for log in logs):
        return
    if _code(source, deployment.core, block) == "0x":  # an early start does no harm
        return
    if before is None and not (header.bloom and holds(header.bloom, deployment.token, _TRANSFER)):
        raise WrongStart(
            f"The core was not created in block {block}, where the deployment record begins, as far as "
            f"the node at {name} knows: put the right block into the record, or set LAUREL_RPC to a "
            "node that keeps all logs."
        )
    raise UnfitNode(
        f"The node at {name} has dropped the logs of block {block}, in which the contracts were "
        "deployed. Set LAUREL_RPC to a node that keeps all logs."
    )


def check_mirror(engine: Engine, deployment: Deployment) -> None:
    """Raises DifferentChain if the database mirrors other contracts. Only reads; the tables may be of any revision."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(Cursor.__tablename__):
            return
        here = connection.execute(select(Cursor.chain_id, Cursor.core)).first()
    if here is not None and tuple(here) != (deployment.chain_id, deployment.core):
        raise DifferentChain(
            f"This database mirrors {here.core} on chain {here.chain_id}, the deployment record names "
            f"{deployment.core} on chain {deployment.chain_id}. Set LAUREL_DATABASE to another "
            "database, or run `laurel rebuild` to index the new contracts into this one."
        )


def _deployed_in(source: Source, deployment: Deployment) -> tuple[Header, list[Log]]:
    """The block in which the record begins, and the token's logs in it. Raises UnfitNode."""
    block, name = deployment.block, source.rpc.name
    (header,) = source.headers([block])
    if header is None:
        raise UnfitNode(
            f"The node at {name} does not have block {block}, in which the contracts were deployed. "
            "Set LAUREL_RPC to a node that keeps all blocks and logs."
        )
    filter_ = {"address": deployment.token, "fromBlock": hex(block), "toBlock": hex(block)}
    try:
        return header, source.rpc.call(list[Log], "eth_getLogs", filter_)
    except RpcError as error:
        if error.code == -32601 or _NO_METHOD.search(str(error)):
            raise UnfitNode(
                f"The node at {name} has no eth_getLogs, which the indexer reads the chain with. Set "
                "LAUREL_RPC to a node that has it."
            ) from error
        raise UnfitNode(
            f"The node at {name} does not give the logs of block {block}, in which the contracts were "
            f"deployed. {error} Set LAUREL_RPC to a node that keeps all logs."
        ) from error


def _is_genesis(log: Log, deployment: Deployment) -> bool:
    """Whether the log is of the token's first minting, which the core's constructor does."""
    supply = int(deployment.parameters["genesisSupply"])
    return log.topics[:2] == [_TRANSFER, "0x" + "00" * 32] and log.data == f"0x{supply:064x}"


def _code(source: Source, contract: str, block: int) -> str | None:
    """The code there as of that block; None if the node has dropped that state."""
    try:
        return source.rpc.call(str, "eth_getCode", contract, hex(block))
    except RpcError:
        return None


def _view(source: Source, contract: str, signature: str) -> list[int]:
    """The words that a view without arguments returns; none if there is no such view."""
    call = {"to": to_checksum_address(contract), "data": "0x" + call_data(signature).hex()}
    try:
        return words_of(source.rpc.call(str, "eth_call", call, "latest"))
    except RpcError as error:
        if error.code == 3 or _REVERTED.search(str(error)):
            return []
        raise


def _word(value: Any) -> int:
    return int(value, 16) if isinstance(value, str) else int(value)
