// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Parameters} from "../interfaces/ICoreBase.sol";
import {AccountState} from "../types/AccountState.sol";
import {Away} from "../types/Away.sol";
import {Key} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";
import {StakeState} from "../types/StakeState.sol";
import {VoteState} from "../types/VoteState.sol";
import {Settings} from "./Settings.sol";
import {SignedActions} from "./SignedActions.sol";

/// @dev All state of the core. The core and its extension both begin with it, so that a slot means the same in both.
abstract contract Storage is Settings, SignedActions("Laurel") {
    using SafeCast for uint256;

    /// @dev One slot.
    struct Identity {
        bytes16 handle; // left-aligned ASCII
        uint40 recovery; // account that may recover this one
        uint40 nextRecovery; // that may from `effectiveAt` on, unless that is 0
        uint40 effectiveAt; // seconds
    }

    /// @dev One slot.
    struct RecoveryRequest {
        address newOwner;
        uint40 readyAt; // seconds
    }

    /// @dev What is not a flag in the post's own slot. Four beneficiaries to a slot: account << 16 | bps.
    struct StoredOptions {
        uint96 maxAcceptedPayout; // wei
        uint16 liquidBps;
        uint56[] beneficiaries;
    }

    /// @dev Three slots: pool, recent, nextDay; index, totalVests; virtualSupply.
    struct Reserve {
        uint96 pool; // wei
        uint128 recent; // claims
        uint32 nextDay; // the first day not closed
        uint128 index; // of the stakers' part: 2^64 times micro-vests earned by one micro-vest
        uint64 totalVests; // micro-vests of all stake
        uint128 virtualSupply; // wei
    }

    /// @dev One slot. `claims` moves with votes; `paid` is written once, when the day closes.
    struct Day {
        uint128 claims;
        uint128 paid; // wei
    }

    // Each half of the core writes only a part of it, and Slither looks at the halves apart.
    // slither-disable-start uninitialized-state,constable-states,unused-state
    uint40 internal _count;
    mapping(bytes32 handle => uint40) internal _accountOf;
    mapping(address key => Key) internal _keyOf;
    mapping(uint40 account => AccountState) internal _state;
    mapping(uint40 account => Identity) internal _identity;
    mapping(uint40 account => RecoveryRequest) internal _request;
    mapping(uint40 account => mapping(uint256 keyEpoch => uint40)) internal _epochStart; // seconds

    mapping(bytes32 id => PostState) internal _posts;
    mapping(bytes32 id => StoredOptions) internal _options;
    mapping(bytes32 id => mapping(uint40 account => VoteState)) internal _votes;

    Reserve internal _reserve;
    mapping(uint256 day => Day) internal _days;

    mapping(uint40 account => uint256) internal _balances; // wei
    mapping(uint40 account => StakeState) internal _stakes;
    mapping(uint40 account => Away) internal _away;
    mapping(uint40 from => mapping(uint40 to => uint64)) internal _delegations; // micro-vests
    // slither-disable-end uninitialized-state,constable-states,unused-state
}
