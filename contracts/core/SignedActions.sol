// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IRelayErrors} from "../interfaces/IRelay.sol";
import {Signatures} from "../libraries/Signatures.sol";

/// @dev One signed action: its signer, its deadline and its nonce. Shared by the core and the graph.
abstract contract SignedActions is IRelayErrors, EIP712 {
    uint256 internal constant MOST = 50; // elements of an action's array

    mapping(address key => mapping(uint256 word => uint256)) internal _nonces;

    constructor(string memory name) EIP712(name, "1") {}

    /// @notice For the contract itself: checks and the action roll back together.
    /// @param payer the caller of `relay`, who pays what the action costs
    function perform(
        uint8 kind,
        bytes calldata action,
        bytes calldata signature,
        address payer
    ) external {
        if (msg.sender != address(this)) revert OnlySelf();
        _perform(kind, action, signature, payer);
    }

    function _perform(
        uint8 kind,
        bytes calldata action,
        bytes calldata signature,
        address payer
    ) internal virtual;

    /// @dev For a kind whose fields are all static: its words are its struct's EIP-712 encoding as they stand.
    function _signer(
        bytes calldata action,
        bytes calldata signature,
        bytes32 typehash,
        uint256 words
    ) internal view returns (address) {
        if (action.length != 32 * words) revert MalformedAction();
        return _signerOf(_hash(typehash, action), signature);
    }

    /// @dev As `_signer`, for a kind whose last field is its deadline.
    function _signerInTime(
        bytes calldata action,
        bytes calldata signature,
        bytes32 typehash,
        uint256 words
    ) internal view returns (address) {
        Signatures.checkDeadline(_word(action, words - 1));
        return _signer(action, signature, typehash, words);
    }

    /// @dev As `_signerInTime`, for a kind whose last field but one is a nonce of the signer.
    function _signerOnce(
        bytes calldata action,
        bytes calldata signature,
        bytes32 typehash,
        uint256 words
    ) internal returns (address signer) {
        signer = _signerInTime(action, signature, typehash, words);
        _useNonce(signer, _word(action, words - 2));
    }

    function _signerOf(
        bytes32 structHash,
        bytes calldata signature
    ) internal view returns (address) {
        return Signatures.signerOf(_domainSeparatorV4(), structHash, signature);
    }

    /// @dev Nonces are the key's, not its account's: else a stolen posting key could use up those of messages
    ///      that an owner key has signed.
    function _useNonce(address key, uint256 nonce) internal {
        uint256 bit = 1 << (nonce & 255);
        uint256 word = _nonces[key][nonce >> 8];
        if (word & bit != 0) revert NonceUsed(key, nonce);
        _nonces[key][nonce >> 8] = word | bit;
    }

    function _word(bytes calldata action, uint256 i) internal pure returns (uint256) {
        if (action.length < 32 * (i + 1)) revert MalformedAction();
        return uint256(bytes32(action[32 * i:]));
    }

    /// @return words of the fields
    /// @return proof that follows them
    function _split(
        bytes calldata action,
        uint256 words
    ) internal pure returns (bytes calldata, bytes calldata) {
        if (action.length < 32 * words) revert MalformedAction();
        return (action[:32 * words], action[32 * words:]);
    }

    function _checkSize(uint256 size) internal pure {
        if (size == 0 || size > MOST) revert BadBatch(size);
    }

    /// @dev The elements of a kind's only array, where abi.encode puts them: behind the fields' `head` words, the
    ///      `at`-th of which says so, and their number. Anything else is refused, so that what was signed has one form.
    /// @param words of an element
    /// @return elements in a row
    /// @return n how many
    function _elements(
        bytes calldata action,
        uint256 head,
        uint256 at,
        uint256 words
    ) internal pure returns (bytes calldata elements, uint256 n) {
        n = _word(action, head);
        elements = action[32 * (head + 1):];
        bool fits = elements.length / (32 * words) == n && elements.length % (32 * words) == 0;
        if (_word(action, at) != 32 * head || !fits) revert MalformedAction();
    }

    function _hash(bytes32 typehash, bytes calldata words) internal pure returns (bytes32) {
        return keccak256(bytes.concat(typehash, words));
    }
}
