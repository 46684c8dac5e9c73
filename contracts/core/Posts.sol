// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../types/Key.sol";
import {PostState, PostStateLib} from "../types/PostState.sol";
import {Keys} from "./Keys.sol";

/// @dev Posts and comments. The id binds the author and the content; the occupied slot is the replay guard.
abstract contract Posts is Keys {
    uint256 internal constant CASHOUT_DAYS = 7;
    uint16 internal constant LIQUID_BPS = 5000; // the default, and the most

    function _post(
        address signer,
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) internal returns (bytes32 id) {
        _authorize(signer, account, Role.Posting);
        id = bytes32((uint256(account) << 216) | (uint256(digest) >> 40));
        if (_posts[id].exists()) revert PostExists(id);
        if (parent != 0) {
            PostState p = _posts[parent];
            if (!p.exists()) revert UnknownParent(parent);
            if (p.removed()) revert PostRemoved(parent);
            if (!p.replied()) _posts[parent] = p.withReplied();
        }
        _posts[id] = PostStateLib.created(block.timestamp);
        emit Posted(account, digest, parent, community);
    }

    function _existing(bytes32 id) internal view returns (PostState p) {
        p = _posts[id];
        if (!p.exists()) revert UnknownPost(id);
        if (p.removed()) revert PostRemoved(id);
    }

    function _authorOf(bytes32 id) internal pure returns (uint40) {
        return uint40(uint256(id) >> 216);
    }

    /// @return seconds; voting ends, exclusively
    function _cashoutOf(PostState p) internal view returns (uint256) {
        return p.createdAt() + CASHOUT_DAYS * DAY;
    }
}
