// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IRelayErrors} from "../../contracts/interfaces/IRelay.sol";
import {Signatures} from "../../contracts/libraries/Signatures.sol";
import {Test} from "./Test.sol";

abstract contract SignaturesBase is Test {
    function signerOf(
        bytes32 domain,
        bytes32 structHash,
        bytes calldata signature
    ) external view returns (address) {
        return Signatures.signerOf(domain, structHash, signature);
    }

    function _refused(bytes memory signature, bytes4 selector) internal {
        vm.expectRevert(selector);
        this.signerOf("domain", "struct", signature);
    }

    function _p256(uint256 key) internal pure returns (bytes32 r, bytes32 s, uint256 x, uint256 y) {
        (x, y) = vm.publicKeyP256(key);
        (r, s) = vm.signP256(key, sha256(_message("domain", "struct")));
        if (uint256(s) > P256.N / 2) s = bytes32(P256.N - uint256(s)); // as the page does
    }

    function _message(bytes32 domain, bytes32 structHash) internal pure returns (bytes memory) {
        return abi.encodePacked(hex"1901", domain, structHash);
    }
}

contract Secp256k1SignaturesTest is SignaturesBase {
    uint256 private constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    bytes4 private constant INVALID = IRelayErrors.InvalidSignature.selector;
    bytes4 private constant MALFORMED = IRelayErrors.MalformedSignature.selector;

    function testFuzz_theSignerIsFound(
        uint256 key,
        bytes32 domain,
        bytes32 structHash
    ) public view {
        key = bound(key, 1, N - 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(_message(domain, structHash)));
        vm.assertEq(this.signerOf(domain, structHash, abi.encodePacked(r, s, v)), vm.addr(key));
    }

    function testFuzz_noOtherMessageHasTheSigner(
        uint256 key,
        bytes32 domain,
        bytes32 other
    ) public view {
        key = bound(key, 1, N - 1);
        vm.assume(other != "struct");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(_message(domain, "struct")));
        try this.signerOf(domain, other, abi.encodePacked(r, s, v)) returns (address signer) {
            vm.assertNotEq(signer, vm.addr(key));
        } catch {}
    }

    /// @dev (r, n - s) with the other v signs the same, and would make two signatures of one.
    function testFuzz_theTwinWithAHighSIsRefused(uint256 key) public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(key);
        _refused(abi.encodePacked(r, N - uint256(s), v == 27 ? 28 : 27), INVALID);
        _refused(abi.encodePacked(r, N - uint256(s), v), INVALID);
    }

    function testFuzz_onlyTheWordsVAreTaken(uint256 key, uint8 v) public {
        vm.assume(v != 27 && v != 28);
        (, bytes32 r, bytes32 s) = _sign(key);
        _refused(abi.encodePacked(r, s, v), INVALID);
    }

    function testFuzz_zeroAndTheOrderAreRefused(uint256 key) public {
        (uint8 v, bytes32 r, bytes32 s) = _sign(key);
        _refused(abi.encodePacked(uint256(0), s, v), INVALID);
        _refused(abi.encodePacked(r, uint256(0), v), INVALID);
        _refused(abi.encodePacked(N, s, v), INVALID);
        _refused(abi.encodePacked(r, N, v), INVALID);
        _refused(new bytes(65), INVALID);
    }

    /// @dev A short signature (EIP-2098) would be a second form of the same.
    function testFuzz_noOtherLengthIsASignature(uint256 length, bytes32 filling) public {
        length = bound(length, 0, 200);
        vm.assume(length != 65 && length != 128);
        bytes memory signature = new bytes(length);
        for (uint256 i = 0; i < length; ++i) signature[i] = filling[i % 32];
        _refused(signature, MALFORMED);
    }

    function _sign(uint256 key) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(bound(key, 1, N - 1), keccak256(_message("domain", "struct")));
    }
}

/// forge-config: default.evm_version = "Osaka"
contract P256SignaturesTest is SignaturesBase {
    bytes4 private constant INVALID = IRelayErrors.InvalidSignature.selector;

    function testFuzz_theSignerIsFound(uint256 key) public view {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        address signer = address(uint160(uint256(keccak256(abi.encodePacked("P256", x, y)))));
        vm.assertEq(this.signerOf("domain", "struct", abi.encode(r, s, x, y)), signer);
    }

    function testFuzz_noOtherMessageOrKeyFits(uint256 key, bytes32 domain, bytes32 other) public {
        vm.assume(domain != "domain" || other != "struct");
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        vm.expectRevert(INVALID);
        this.signerOf(domain, other, abi.encode(r, s, x, y));
        // The same x has the key's negative beside it.
        _refused(abi.encode(r, s, x, P256.P - y), INVALID);
    }

    function testFuzz_theTwinWithAHighSIsRefused(uint256 key) public {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        _refused(abi.encode(r, P256.N - uint256(s), x, y), INVALID);
    }

    function testFuzz_zeroAndTheOrderAreRefused(uint256 key) public {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        _refused(abi.encode(uint256(0), s, x, y), INVALID);
        _refused(abi.encode(r, uint256(0), x, y), INVALID);
        _refused(abi.encode(P256.N, s, x, y), INVALID);
        _refused(abi.encode(r, P256.N, x, y), INVALID);
    }

    function testFuzz_aKeyThatIsNoPointOfTheCurveIsRefused(uint256 key, uint256 off) public {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        _refused(abi.encode(r, s, uint256(0), uint256(0)), INVALID);
        uint256 wrong = addmod(y, bound(off, 1, P256.P - 1), P256.P);
        vm.assume(wrong != P256.P - y);
        _refused(abi.encode(r, s, x, wrong), INVALID);
        _refused(abi.encode(r, s, P256.P, y), INVALID);
        _refused(abi.encode(r, s, x, P256.P), INVALID);
    }

    /// @dev A coordinate above the field's prime would be a second name of the same key.
    function testFuzz_aCoordinateIsReduced(uint256 key) public {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _signed(key);
        unchecked {
            if (x + P256.P > x) _refused(abi.encode(r, s, x + P256.P, y), INVALID);
            if (y + P256.P > y) _refused(abi.encode(r, s, x, y + P256.P), INVALID);
        }
    }

    function _signed(uint256 key) private pure returns (bytes32, bytes32, uint256, uint256) {
        return _p256(bound(key, 1, P256.N - 1));
    }
}

/// forge-config: default.evm_version = "Cancun"
/// forge-config: long.evm_version = "Cancun"
contract WithoutPrecompileTest is SignaturesBase {
    function test_aChainWithoutThePrecompileSaysSo() public {
        (bytes32 r, bytes32 s, uint256 x, uint256 y) = _p256(1);
        vm.expectRevert(abi.encodeWithSelector(Errors.MissingPrecompile.selector, address(0x100)));
        this.signerOf("domain", "struct", abi.encode(r, s, x, y));
    }
}
