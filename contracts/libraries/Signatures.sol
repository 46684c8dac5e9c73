// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IRelayErrors} from "../interfaces/IRelay.sol";

/// @notice One encoding, two curves: secp256k1 signs keccak-256, and P-256 sha-256, of the 66 bytes
///         0x1901 || domain separator || struct hash. Only low s is valid, on both.
library Signatures {
    uint256 internal constant MAX_DEADLINE = 1 hours;

    /// @return the address of the key that signed: of the public key, or of keccak256("P256" || x || y)
    function signerOf(
        bytes32 domain,
        bytes32 structHash,
        bytes calldata signature
    ) internal view returns (address) {
        bytes memory message = abi.encodePacked(hex"1901", domain, structHash);
        if (signature.length == 65) {
            // slither-disable-next-line unused-return -- the third only details the failure
            (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(
                keccak256(message),
                signature
            );
            if (failure != ECDSA.RecoverError.NoError) revert IRelayErrors.InvalidSignature();
            return signer;
        }
        if (signature.length == 128) {
            (bytes32 r, bytes32 s, bytes32 x, bytes32 y) = abi.decode(
                signature,
                (bytes32, bytes32, bytes32, bytes32)
            );
            if (!P256.verifyNative(sha256(message), r, s, x, y))
                revert IRelayErrors.InvalidSignature();
            return address(uint160(uint256(keccak256(abi.encodePacked("P256", x, y)))));
        }
        revert IRelayErrors.MalformedSignature();
    }

    function checkDeadline(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert IRelayErrors.Expired(deadline);
        if (deadline > block.timestamp + MAX_DEADLINE) revert IRelayErrors.DeadlineTooFar(deadline);
    }
}
