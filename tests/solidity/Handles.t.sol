// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";
import {Handles} from "../../contracts/libraries/Handles.sol";

contract HandlesTest is Test {
    bytes private constant ALPHABET = "abcxyz019-.";
    bytes private constant TOO = "AZ_ /:`{"; // neighbours of what is allowed

    function test_examples() public pure {
        vm.assertEq(Handles.lengthOf("ada"), 3);
        vm.assertEq(Handles.lengthOf("a-1.b2"), 6);
        vm.assertEq(Handles.lengthOf("abcdefghijklmnop"), 16);
        vm.assertEq(Handles.lengthOf("abcdefghijklmnopq"), 0);
        vm.assertEq(Handles.lengthOf("ab"), 0);
        vm.assertEq(Handles.lengthOf(""), 0);
        vm.assertEq(Handles.lengthOf("1ab"), 0);
        vm.assertEq(Handles.lengthOf("ab-"), 0);
        vm.assertEq(Handles.lengthOf("a-.b"), 0);
        vm.assertEq(Handles.lengthOf("abc\x00d"), 0);
        vm.assertEq(Handles.lengthOf(bytes32("ada") | bytes32(uint256(1))), 0);
    }

    /// @dev Texts made of what is allowed and what is nearly so, as random bytes are hardly ever a handle.
    function testFuzz_agreesWithTheRulesAsWritten(uint256 seed, uint256 length) public pure {
        length = bound(length, 0, 18);
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            bytes memory from = seed % 40 == 0 ? TOO : ALPHABET;
            text[i] = from[(seed >> 8) % from.length];
        }
        bytes32 handle = bytes32(text);
        vm.assertEq(Handles.lengthOf(handle), _wellFormed(text, length) ? length : 0);
        if (Handles.lengthOf(handle) != 0) {
            vm.assertEq(Handles.hashOf(handle, length), keccak256(text));
        }
    }

    function testFuzz_aHandleIsPaddedWithZeros(bytes32 raw) public pure {
        uint256 length = Handles.lengthOf(raw);
        if (length != 0) vm.assertEq(uint256(raw) << (8 * length), 0);
    }

    /// @dev 3-16 of a-z 0-9 - . | starts with a letter | ends with no separator | no two separators in a row
    function _wellFormed(bytes memory text, uint256 length) private pure returns (bool) {
        if (length < 3 || length > 16) return false;
        for (uint256 i = 0; i < length; ++i) {
            if (!_letter(text[i]) && !_digit(text[i]) && !_separator(text[i])) return false;
            if (i > 0 && _separator(text[i]) && _separator(text[i - 1])) return false;
        }
        return _letter(text[0]) && !_separator(text[length - 1]);
    }

    function _letter(bytes1 c) private pure returns (bool) {
        return uint8(c) >= 97 && uint8(c) <= 122;
    }

    function _digit(bytes1 c) private pure returns (bool) {
        return uint8(c) >= 48 && uint8(c) <= 57;
    }

    function _separator(bytes1 c) private pure returns (bool) {
        return c == 0x2d || c == 0x2e;
    }
}
