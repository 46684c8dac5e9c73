// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Handles: 3-16 characters of a-z, 0-9, '-' and '.', starting with a letter, with no doubled or
///         trailing separator; left-aligned in bytes32.
library Handles {
    /// @return length in bytes; 0 when the handle is malformed
    function lengthOf(bytes32 handle) internal pure returns (uint256 length) {
        bool separator = true; // so that the first character must not be one
        while (length < 17 && handle[length] != 0) {
            bytes1 c = handle[length];
            bool letter = c >= "a" && c <= "z";
            bool digit = c >= "0" && c <= "9";
            bool mark = c == "-" || c == ".";
            if (!letter && (length == 0 || (!digit && !mark) || (mark && separator))) return 0;
            separator = mark;
            ++length;
        }
        if (length < 3 || length > 16 || separator || uint256(handle) << (8 * length) != 0)
            return 0;
    }

    /// @return hash of the handle's text, as EIP-712 encodes a string
    function hashOf(bytes32 handle, uint256 length) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, handle)
            hash := keccak256(0, length)
        }
    }
}
