// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {ICore} from "../../../contracts/interfaces/ICore.sol";
import {IRelay, Signed} from "../../../contracts/interfaces/IRelay.sol";
import {Kinds} from "../../../contracts/libraries/Kinds.sol";
import {Role} from "../../../contracts/types/Key.sol";
import {Test, Vm} from "../Test.sol";

/// @dev Keys, as their holders believe them to be, and how an action is tried with them: each that succeeds has
///      first failed, word for word the same, with a key that may not; and once signed, it has failed again.
abstract contract Keyring is Test {
    using Bytes for bytes;

    /// @param gone revoked, or of before a recovery
    struct Held {
        address key;
        uint40 account;
        Role role;
        uint40 expiry; // seconds; 0 = never
        bool gone;
    }

    error NoSuchKey();
    error Refused(bytes reason);
    error Skipped();

    ICore public immutable core;
    bytes32 private immutable DOMAIN;

    uint256 public clock; // block.timestamp, which the compiler takes for a constant
    bool public intruded; // a key did what it may not
    bool public replayed; // a message served twice

    uint256 internal dice; // differs for each action
    uint256 internal nonces;
    Held[] internal keys; // the secret of keys[i] is i + 1
    address internal spared; // may do to itself what else needs an owner key
    Signed[] private served;

    constructor(ICore core_) {
        core = core_;
        clock = block.timestamp;
        DOMAIN = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Laurel"),
                keccak256("1"),
                block.chainid,
                core_
            )
        );
    }

    // ---------------------------------------------------------------- keys

    function _may(Held memory k, uint40 account, Role needs) internal view returns (bool) {
        bool valid = !k.gone && (k.expiry == 0 || clock < k.expiry);
        return valid && k.account == account && uint8(k.role) >= uint8(needs);
    }

    /// @return the `i`-th of the keys in an order of its own, since an account's are neighbours
    function _shuffled(uint256 seed, uint256 i) internal view returns (uint256) {
        return ((seed % keys.length) + i * 7919) % keys.length; // a prime
    }

    /// @return index of a key that may
    function _holder(uint40 account, Role needs) internal view returns (uint256) {
        for (uint256 i = 0; i < keys.length; ++i) {
            uint256 index = _shuffled(dice, i);
            if (_may(keys[index], account, needs)) return index;
        }
        revert NoSuchKey();
    }

    /// @return found index of a key that may not: half the time one of the account's own
    function _intruder(uint40 account, Role needs) internal view returns (uint256 found) {
        bool anyone = (dice >> 128) % 2 == 0;
        for (uint256 i = 0; i < keys.length; ++i) {
            uint256 index = _shuffled(dice, i);
            Held memory k = keys[index];
            if (_may(k, account, needs) || k.key == spared) continue;
            found = index;
            if (anyone || k.account == account) return index;
        }
    }

    /// @return index of a key that nobody has added yet
    function _newKey() internal returns (uint256 index) {
        index = keys.length;
        keys.push(Held(vm.addr(index + 1), 0, Role.None, 0, false));
    }

    function _added(uint256 index, uint40 account, Role role, uint40 expiry) internal {
        Held storage k = keys[index];
        (k.account, k.role, k.expiry) = (account, role, expiry);
    }

    function _sign(uint256 index, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", DOMAIN, structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(index + 1, digest);
        return abi.encodePacked(r, s, v);
    }

    // ---------------------------------------------------------------- actions tried with them

    /// @dev Directly, or by the relay.
    /// @param kind whose fields are static: the arguments of the direct call, then a nonce and a deadline, or where
    ///        something else guards it, one word of time
    function _act(
        uint40 account,
        Role needs,
        uint8 kind,
        bytes32 typehash,
        bytes memory call
    ) internal {
        if ((dice >> 136) % 2 == 0) return _call(account, needs, address(core), call);
        bool guarded = kind == Kinds.POST || kind == Kinds.REMOVE;
        guarded = guarded || kind == Kinds.VOTE || kind == Kinds.REVOKE_KEY;
        bytes memory tail = guarded ? abi.encode(clock) : abi.encode(++nonces, clock);
        bytes memory action = bytes.concat(call.slice(4), tail);
        bytes32 structHash = keccak256(bytes.concat(typehash, action));
        Signed[] memory batch = new Signed[](3);
        batch[0] = Signed(kind, action, _sign(_intruder(account, needs), structHash));
        batch[1] = Signed(kind, action, _sign(_holder(account, needs), structHash));
        batch[2] = batch[1];
        bool[] memory done = _relay(batch);
        intruded = intruded || done[0];
        replayed = replayed || (done[1] && done[2]);
        if (!intruded && !done[1]) revert Skipped();
        served.push(batch[1]);
    }

    /// @param to the core, or the graph
    function _call(uint40 account, Role needs, address to, bytes memory call) internal {
        vm.prank(keys[_intruder(account, needs)].key);
        (bool done, ) = to.call(call);
        intruded = intruded || done;
        if (intruded) return;
        bytes memory reason;
        vm.prank(keys[_holder(account, needs)].key);
        (done, reason) = to.call(call);
        if (!done) revert Refused(reason);
    }

    /// @dev A message that has served, once more, perhaps much later.
    function _replay(uint256 which) internal {
        Signed[] memory batch = new Signed[](1);
        batch[0] = served[which % served.length];
        replayed = replayed || _relay(batch)[0];
    }

    function _relay(Signed[] memory batch) private returns (bool[] memory done) {
        done = new bool[](batch.length);
        for (uint256 i = 0; i < done.length; ++i) done[i] = true;
        vm.recordLogs();
        core.relay(batch);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IRelay.Skipped.selector)
                done[uint256(logs[i].topics[1])] = false;
        }
    }
}
