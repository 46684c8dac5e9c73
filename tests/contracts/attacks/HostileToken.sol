// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that everybody has without end, and that misbehaves as it is told to.
contract HostileToken {
    enum Mode {
        Honest,
        TakesFee, // a tenth of every transfer vanishes
        SaysNothing, // returns no value, as USDT
        SaysFalse,
        TakesNothing, // says that it has moved what it has not
        CallsBack, // as ERC-777's hooks: `callback` to `target`, once, in the middle of a transfer
        BurnsGas, // all that it is given
        RevertsLong // with `size` bytes
    }

    mapping(address => uint256) public balanceOf;
    Mode public mode;
    address public target;
    bytes public callback;
    bytes public answer; // to the callback
    bool public succeeded;
    uint256 public size;

    function behave(Mode mode_) external {
        mode = mode_;
    }

    function callBack(address target_, bytes calldata callback_) external {
        (mode, target, callback) = (Mode.CallsBack, target_, callback_);
    }

    function revertLong(uint256 size_) external {
        (mode, size) = (Mode.RevertsLong, size_);
    }

    /// @notice Calls `target_` as this contract.
    function call(address target_, bytes calldata data) external {
        (bool done, ) = target_.call(data);
        require(done);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        balanceOf[from] += amount;
        _move(from, to, amount);
        return _answer();
    }

    function _move(address from, address to, uint256 amount) private {
        if (mode == Mode.BurnsGas)
            assembly ("memory-safe") {
                invalid()
            }
        if (mode == Mode.RevertsLong) {
            uint256 length = size;
            assembly {
                revert(0, length)
            }
        }
        if (mode == Mode.CallsBack) {
            mode = Mode.Honest;
            (succeeded, answer) = target.call(callback);
        }
        if (mode == Mode.TakesNothing) return;
        balanceOf[from] -= amount;
        balanceOf[to] += mode == Mode.TakesFee ? (amount * 9) / 10 : amount;
    }

    function _answer() private view returns (bool) {
        if (mode == Mode.SaysNothing)
            assembly {
                return(0, 0)
            }
        return mode != Mode.SaysFalse;
    }
}
