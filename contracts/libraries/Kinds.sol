// SPDX-License-Identifier: MIT
// Made from contracts/actions.json by `laurel kinds`; do not edit.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The kinds of signed action of the core.
library Kinds {
    uint8 internal constant REGISTER = 1;
    uint8 internal constant ADD_KEY = 2;
    uint8 internal constant REVOKE_KEY = 3;
    uint8 internal constant POST = 4;
    uint8 internal constant VOTE = 5;
    uint8 internal constant POWER_UP = 6;
    uint8 internal constant WITHDRAW = 7;
    uint8 internal constant VOTES = 8;
    uint8 internal constant POST_WITH_OPTIONS = 9;
    uint8 internal constant EDIT = 10;
    uint8 internal constant REMOVE = 11;
    uint8 internal constant TRANSFER = 12;
    uint8 internal constant POWER_DOWN = 13;
    uint8 internal constant DELEGATE = 14;
    uint8 internal constant SET_RECOVERY = 15;
    uint8 internal constant REQUEST_RECOVERY = 16;
    uint8 internal constant CANCEL_RECOVERY = 17;
    uint8 internal constant RESTORE = 18;

    bytes32 internal constant REGISTER_TYPEHASH = keccak256(
        "Register(string handle,address ownerKey,address postingKey,uint40 postingExpiry,uint40 recovery,uint256 maxFee,uint40 deadline)"
    );
    bytes32 internal constant ADD_KEY_TYPEHASH = keccak256(
        "AddKey(uint40 account,address key,uint8 role,uint40 expiry,uint40 deadline)"
    );
    bytes32 internal constant REVOKE_KEY_TYPEHASH = keccak256(
        "RevokeKey(uint40 account,address key,uint40 deadline)"
    );
    bytes32 internal constant POST_TYPEHASH = keccak256(
        "Post(uint40 account,bytes32 digest,bytes32 parent,uint40 community,uint40 deadline)"
    );
    bytes32 internal constant VOTE_TYPEHASH = keccak256(
        "Vote(uint40 account,bytes32 post,int16 weight,uint40 at)"
    );
    bytes32 internal constant POWER_UP_TYPEHASH = keccak256(
        "PowerUp(uint40 account,uint40 to,uint256 amount,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant WITHDRAW_TYPEHASH = keccak256(
        "Withdraw(uint40 account,address to,uint256 amount,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant VOTES_TYPEHASH = keccak256(
        "Votes(uint40 account,Ballot[] votes,uint40 at)Ballot(bytes32 post,int16 weight)"
    );
    bytes32 internal constant POST_WITH_OPTIONS_TYPEHASH = keccak256(
        "PostWithOptions(uint40 account,bytes32 digest,bytes32 parent,uint40 community,uint96 maxAcceptedPayout,uint16 liquidBps,bool allowVotes,bool allowCurationRewards,Beneficiary[] beneficiaries,uint40 deadline)Beneficiary(uint40 account,uint16 bps)"
    );
    bytes32 internal constant EDIT_TYPEHASH = keccak256(
        "Edit(uint40 account,bytes32 post,bytes32 digest,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant REMOVE_TYPEHASH = keccak256(
        "Remove(uint40 account,bytes32 post,uint40 deadline)"
    );
    bytes32 internal constant TRANSFER_TYPEHASH = keccak256(
        "Transfer(uint40 account,uint40 to,uint256 amount,bytes32 memo,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant POWER_DOWN_TYPEHASH = keccak256(
        "PowerDown(uint40 account,uint64 vests,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant DELEGATE_TYPEHASH = keccak256(
        "Delegate(uint40 account,uint40 to,uint64 vests,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant SET_RECOVERY_TYPEHASH = keccak256(
        "SetRecovery(uint40 account,uint40 recovery,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant REQUEST_RECOVERY_TYPEHASH = keccak256(
        "RequestRecovery(uint40 account,address newOwner,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant CANCEL_RECOVERY_TYPEHASH = keccak256(
        "CancelRecovery(uint40 account,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant RESTORE_TYPEHASH = keccak256(
        "Restore(uint40 account,address newOwner,uint40 deadline)"
    );
    bytes32 internal constant BALLOT_TYPEHASH = keccak256("Ballot(bytes32 post,int16 weight)");
    bytes32 internal constant BENEFICIARY_TYPEHASH = keccak256(
        "Beneficiary(uint40 account,uint16 bps)"
    );

    /// @param size bytes of the action
    /// @return gas that an action needs at the most, in the inner call
    function gasOf(uint8 kind, uint256 size) internal pure returns (uint256) {
        if (kind == VOTE) return 130_000;
        if (kind == POST) return 100_000;
        if (kind == VOTES) return 60_000 + 1_200 * Math.min(size, 3_328);
        if (kind == POST_WITH_OPTIONS) return 300_000;
        if (kind == REGISTER) return 260_000;
        return 400_000;
    }
}
