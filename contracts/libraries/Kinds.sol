// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The kinds of signed action. contracts/actions.json says the same to the other languages; a test
///         compares them.
library Kinds {
    uint8 internal constant REGISTER = 1;
    uint8 internal constant ADD_KEY = 2;
    uint8 internal constant REVOKE_KEY = 3;
    uint8 internal constant POST = 4;
    uint8 internal constant VOTE = 5;
    uint8 internal constant POWER_UP = 6;
    uint8 internal constant WITHDRAW = 7;

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

    /// @return gas that an action of `kind` needs at the most, in the inner call
    function gasOf(uint8 kind) internal pure returns (uint256) {
        if (kind == VOTE) return 130_000;
        if (kind == POST) return 100_000;
        if (kind == REGISTER) return 220_000;
        return 130_000;
    }
}
