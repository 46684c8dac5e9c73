// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Role} from "../types/Key.sol";
import {PostState, PostStateLib} from "../types/PostState.sol";
import {Accounts} from "./Accounts.sol";

/// @dev Posts and comments. The id binds the author and the content; the occupied slot is the replay guard.
abstract contract Posts is Accounts {
    mapping(bytes32 id => PostState) public postState;

    function post(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) external returns (bytes32 id) {
        return _post(msg.sender, account, digest, parent, community);
    }

    function _post(
        address signer,
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) internal returns (bytes32 id) {
        _authorize(signer, account, Role.Posting);
        id = bytes32((uint256(account) << 216) | (uint256(digest) >> 40));
        if (postState[id].exists()) revert PostExists(id);
        if (parent != 0) {
            PostState p = postState[parent];
            if (!p.exists()) revert UnknownParent(parent);
            if (!p.replied()) postState[parent] = p.withReplied();
        }
        postState[id] = PostStateLib.created(block.timestamp);
        emit Posted(id, account, parent, digest, community);
    }

    function _existing(bytes32 id) internal view returns (PostState p) {
        p = postState[id];
        if (!p.exists()) revert UnknownPost(id);
    }

    function _authorOf(bytes32 id) internal pure returns (uint40) {
        return uint40(uint256(id) >> 216);
    }

    /// @return seconds; voting ends, exclusively
    function _cashoutOf(PostState p) internal view returns (uint256) {
        return p.createdAt() + 7 * DAY;
    }
}
