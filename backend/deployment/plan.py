"""What a deployment would do and cost, before anything is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from web3 import Web3

from backend.chain.fees import ENVELOPE, DataFee, GasPrice, data_fee, gas_price
from backend.chain.wire import Refused, Reverted, Wire
from backend.deployment.compile import BYTECODE_LIMIT, INITCODE_LIMIT, evm_version, initcode_size
from backend.deployment.deploy import CORE, GRAPH, DeployError, refused
from backend.deployment.survey import has_p256
from indexer.protocol.artifacts import artifact
from indexer.rewards import ETHER


class TooPoor(DeployError):
    """The deployer has less coin than the deployment may cost."""


class NoP256(DeployError):
    """The chain does not check P-256 signatures."""


@dataclass(frozen=True)
class Plan:
    """What a deployment would do. gas: for each contract still to be made. balance: the deployer's, in wei.
    p256: whether the chain checks signatures of keys that are made in a page."""

    chain_id: int
    deployer: str
    parameters: Mapping[str, int | str]
    gas: Mapping[str, int]
    price: GasPrice
    data: DataFee
    balance: int
    p256: bool

    @property
    def data_fee(self) -> int:
        """An L2's largest charge for data on top of gas, in wei."""
        return sum(self.data.wei.at(initcode_size(c) + ENVELOPE) for c in self.gas)

    @property
    def data_gas(self) -> int:
        """About how much of the gas an L2 takes for data."""
        return sum(self.data.gas.at(initcode_size(c) + ENVELOPE) for c in self.gas)

    @property
    def likely(self) -> int:
        """The cost in wei, if the gas price stays."""
        return sum(self.gas.values()) * (self.price.base + self.price.tip) + self.data_fee

    @property
    def most(self) -> int:
        """The largest cost in wei, which the deployer must have: the transactions allow the base fee to double."""
        return sum(self.gas.values()) * (2 * self.price.base + self.price.tip) + self.data_fee

    def lines(self) -> Iterator[str]:
        """The plan in lines for people."""
        p = self.parameters
        yield f"Chain {self.chain_id}, deployed by {self.deployer}"
        yield f"  a DAY            {p['day']:,} seconds"
        yield f"  reward curve     s = {p['curveConstant']:,} rshares; seed {p['seed']:,} claims"
        yield f"  genesis supply   {_amount(int(p['genesisSupply']))} LRL, to {p['genesisRecipient']}"
        yield f"  handle fee       {_amount(int(p['handleFee']))} LRL"
        yield f"  treasury         {p['treasury']}"
        for contract, gas in self.gas.items():
            yield f"  {contract:<16} {gas:,} gas; {initcode_size(contract):,} bytes to create it"
        yield f"  gas price        base {_gwei(self.price.base)}, tip {_gwei(self.price.tip)} (EIP-1559)"
        if self.data_fee:
            yield f"  data for L1      up to {_amount(self.data_fee)} coin (OP stack)"
        if self.data_gas:
            yield f"  data for L1      up to {self.data_gas:,} of the gas (Arbitrum)"
        yield f"  cost             about {_amount(self.likely)} coin, at most {_amount(self.most)}"
        yield f"  deployer has     {_amount(self.balance)} coin"
        yield f"  P-256 keys       {'the chain checks them' if self.p256 else 'the chain cannot check them'}"

    def check(self, without_p256: bool) -> None:
        """Raises NoP256 unless `without_p256`, and TooPoor."""
        if not (self.p256 or without_p256):
            raise NoP256(
                f"Chain {self.chain_id} cannot check P-256 signatures (EIP-7951, at 0x100), so nobody could "
                "join without a wallet. Choose another chain, or add --without-p256 if that is no matter."
            )
        if self.balance < self.most:
            raise TooPoor(
                f"{self.deployer} has {_amount(self.balance)} coin to pay for gas on chain {self.chain_id}, and "
                f"may need {_amount(self.most)}. Send it {_amount(self.most - self.balance)} more, then run this "
                "again."
            )


def plan(
    wire: Wire, chain_id: int, deployer: str, parameters: Mapping[str, int | str], core: str | None
) -> Plan:
    """The plan, from what the chain answers. core: its address, if an earlier run has made it.

    Raises DeployError if the chain would refuse the contracts; ChainUnreachable.
    """
    gas = {} if core else {CORE: _gas(wire, deployer, CORE, tuple(parameters.values()))}
    gas[GRAPH] = _gas(wire, deployer, GRAPH, core or deployer)
    return Plan(
        chain_id,
        deployer,
        parameters,
        gas,
        gas_price(wire),
        data_fee(wire),
        wire.number("eth_getBalance", deployer, "latest"),
        has_p256(wire),
    )


def _gas(wire: Wire, deployer: str, contract: str, argument: Any) -> int:
    made = artifact(contract)
    data = (
        Web3()
        .eth.contract(abi=made["abi"], bytecode=made["bytecode"])
        .constructor(argument)
        .data_in_transaction
    )
    try:
        return wire.number("eth_estimateGas", {"from": deployer, "data": data})
    except Reverted as error:
        if contract == CORE and error.data:
            raise refused(argument) from error
        raise _unfit(contract, "it reverts") from error
    except Refused as error:
        raise _unfit(contract, str(error)) from error


def _unfit(contract: str, reason: str) -> DeployError:
    return DeployError(
        f"The chain does not take {contract}: {reason.rstrip('.')}. It must run code for the EVM's version "
        f"{evm_version()}, of up to {BYTECODE_LIMIT:,} bytes, created from up to {INITCODE_LIMIT:,}."
    )


def _amount(wei: int) -> str:
    """Wei as LRL or as coin: both have 18 decimals, of which eight are shown."""
    return f"{Decimal(wei) / ETHER:,.8f}".rstrip("0").rstrip(".")


def _gwei(wei: int) -> str:
    return f"{Decimal(wei) / 10**9:.6g} gwei"
