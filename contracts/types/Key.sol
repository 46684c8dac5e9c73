// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a key may do; each role includes those below it.
enum Role {
    None,
    Posting, // post, edit, remove, vote, follow
    Active, // money: transfer, withdraw, power up and down, delegate
    Owner // keys, recovery, everything
}

/// @notice The slot of a key address. A key serves one account, once: a revoked slot stays, marked.
///
///   bits  0..39   account
///   bits 40..47   role
///   bits 48..87   expiry   seconds; 0 = never. The key is void from this moment on.
///   bits 88..103  epoch    the account's keyEpoch when the key was added
///   bits 104..143 revokedAt seconds; 0 = not revoked
type Key is uint256;

using KeyLib for Key global;

library KeyLib {
    function pack(
        uint40 account_,
        Role role_,
        uint40 expiry_,
        uint256 epoch_
    ) internal pure returns (Key) {
        return
            Key.wrap(
                uint256(account_) |
                    (uint256(uint8(role_)) << 40) |
                    (uint256(expiry_) << 48) |
                    (epoch_ << 88)
            );
    }

    function account(Key k) internal pure returns (uint40) {
        return uint40(Key.unwrap(k));
    }

    function role(Key k) internal pure returns (Role) {
        return Role(uint8(Key.unwrap(k) >> 40));
    }

    function expiry(Key k) internal pure returns (uint40) {
        return uint40(Key.unwrap(k) >> 48);
    }

    function epoch(Key k) internal pure returns (uint256) {
        return uint16(Key.unwrap(k) >> 88);
    }

    function mayAct(Key k, Role needs) internal pure returns (bool) {
        return uint8(Key.unwrap(k) >> 40) >= uint8(needs);
    }

    /// @return whether it is revoked, has expired at `time`, or is of an epoch before `keyEpoch`
    function isVoid(Key k, uint256 time, uint256 keyEpoch) internal pure returns (bool) {
        unchecked {
            if (time > uint256(expiry(k)) - 1) return true; // 0 wraps round to the end of time
            if (revoked(k)) return true;
            return epoch(k) < keyEpoch;
        }
    }

    function revokedAt(Key k) internal pure returns (uint40) {
        return uint40(Key.unwrap(k) >> 104);
    }

    function revoked(Key k) internal pure returns (bool) {
        return revokedAt(k) != 0;
    }

    function revoke(Key k, uint256 time) internal pure returns (Key) {
        return Key.wrap(Key.unwrap(k) | (time << 104));
    }
}
