// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One signed action for `relay`. contracts/actions.json lists kinds and their EIP-712 fields.
/// @param kind a constant of `Kinds`
/// @param action abi.encode of the struct's fields, in order (a handle as bytes32), then the proofs: the new
///        key's signature over the same struct (Register: none where it is the owner key), and for Restore
///        abi.encode(bytes[3]) of its three signatures, and `signature` is empty
/// @param signature 65 bytes r, s, v of secp256k1, or 128 bytes r, s, x, y of P-256
struct Signed {
    uint8 kind;
    bytes action;
    bytes signature;
}

/// @notice What can be wrong with a signed action.
interface IRelayErrors {
    error OnlySelf();
    error TooLittleGas(uint256 index);
    error UnknownKind(uint8 kind);
    error MalformedAction();
    error MalformedSignature();
    error InvalidSignature();
    error Expired(uint256 deadline);
    error DeadlineTooFar(uint256 deadline);
    error NonceUsed(address key, uint256 nonce);
    /// @dev 1 to 50 in one action
    error BadBatch(uint256 size);
}

/// @notice Signed actions of any kind, performed for whoever signed them by anyone who pays the gas.
interface IRelay is IRelayErrors {
    /// @notice Item `index` of the batch failed with `reason` (an error selector of the contract) and changed nothing.
    event Skipped(uint256 indexed index, bytes4 reason);

    /// @notice Performs each signed action; skips, with an event, one that fails. Reverts as a whole when the
    ///         gas left could make an action fail for want of it.
    function relay(Signed[] calldata batch) external;

    /// @param key that signed: nonces are its own, in no order
    function nonceUsed(address key, uint256 nonce) external view returns (bool);
}
