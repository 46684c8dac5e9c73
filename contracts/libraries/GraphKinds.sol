// SPDX-License-Identifier: MIT
// Made from contracts/actions.json by `laurel kinds`; do not edit.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The kinds of signed action of the graph.
library GraphKinds {
    uint8 internal constant FOLLOW = 32;
    uint8 internal constant MUTE = 33;
    uint8 internal constant REBLOG = 34;
    uint8 internal constant PROFILE = 35;
    uint8 internal constant COLLECT = 36;

    bytes32 internal constant FOLLOW_TYPEHASH = keccak256(
        "Follow(uint40 account,uint40[] accounts,bool on,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant MUTE_TYPEHASH = keccak256(
        "Mute(uint40 account,uint40[] accounts,bool on,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant REBLOG_TYPEHASH = keccak256(
        "Reblog(uint40 account,bytes32[] posts,bool on,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant PROFILE_TYPEHASH = keccak256(
        "Profile(uint40 account,bytes32 digest,uint256 nonce,uint40 deadline)"
    );
    bytes32 internal constant COLLECT_TYPEHASH = keccak256(
        "Collect(uint40 account,address token,address to,uint256 amount,uint256 nonce,uint40 deadline)"
    );

    /// @param size bytes of the action
    /// @return gas that an action needs at the most, in the inner call
    function gasOf(uint8 kind, uint256 size) internal pure returns (uint256) {
        if (kind == COLLECT) return 200_000;
        return 60_000 + 80 * Math.min(size, 1_792);
    }
}
