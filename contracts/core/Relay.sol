// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRelay, Signed} from "../interfaces/IRelay.sol";
import {SignedActions} from "./SignedActions.sol";

/// @dev Many signed actions of any kind, from anyone who pays the gas. Shared by the core and the graph.
abstract contract Relay is SignedActions, IRelay {
    function relay(Signed[] calldata batch) external {
        for (uint256 i = 0; i < batch.length; ++i) {
            Signed calldata s = batch[i];
            bytes calldata action = s.action;
            uint256 needed = _gasOf(s.kind, action.length);
            // Else a relayer could make an action fail for want of gas, and burn it.
            if ((gasleft() * 63) / 64 < needed) revert TooLittleGas(i);
            // No more than that, else an action could use up what the others need.
            // What comes back in between may do no more than a transaction of its own.
            // slither-disable-next-line calls-loop,reentrancy-events
            try this.perform{gas: needed}(s.kind, action, s.signature, msg.sender) {} catch (
                bytes memory reason
            ) {
                // Words that are not of their types fail in decoding, without a reason.
                emit Skipped(i, reason.length < 4 ? MalformedAction.selector : bytes4(reason));
            }
        }
    }

    function nonceUsed(address key, uint256 nonce) external view returns (bool) {
        return _nonces[key][nonce >> 8] & (1 << (nonce & 255)) != 0;
    }

    /// @param size bytes of the action
    /// @return gas that an action needs at the most, in the inner call
    function _gasOf(uint8 kind, uint256 size) internal pure virtual returns (uint256);
}
