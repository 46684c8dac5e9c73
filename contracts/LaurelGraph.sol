// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Relay} from "./core/Relay.sol";
import {SignedActions} from "./core/SignedActions.sol";
import {ICore} from "./interfaces/ICore.sol";
import {ICoreMain} from "./interfaces/ICoreMain.sol";
import {IGraph} from "./interfaces/IGraph.sol";
import {GraphKinds} from "./libraries/GraphKinds.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Role} from "./types/Key.sol";
import {PostState} from "./types/PostState.sol";

/// @title Laurel's graph. No owner, no upgrade, no pause.
contract LaurelGraph is IGraph, Relay, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant LIST_WORDS = 5; // of Follow, Mute and Reblog

    ICore public immutable CORE;

    mapping(uint40 account => mapping(address token => uint256)) public tipsOf;

    constructor(ICore core) SignedActions("Laurel Graph") {
        CORE = core;
    }

    // ---------------------------------------------------------------- what accounts say

    function follow(uint40 account, uint40 target) external {
        _check(msg.sender, account);
        emit Followed(account, target);
    }

    function unfollow(uint40 account, uint40 target) external {
        _check(msg.sender, account);
        emit Unfollowed(account, target);
    }

    function followMany(uint40 account, uint40[] calldata targets, bool on) external {
        _followMany(msg.sender, account, targets, on);
    }

    function mute(uint40 account, uint40[] calldata targets, bool on) external {
        _mute(msg.sender, account, targets, on);
    }

    function reblog(uint40 account, bytes32[] calldata posts, bool on) external {
        _reblog(msg.sender, account, posts, on);
    }

    function setProfile(uint40 account, bytes32 digest) external {
        _setProfile(msg.sender, account, digest);
    }

    function _followMany(
        address signer,
        uint40 account,
        uint40[] calldata targets,
        bool on
    ) private {
        _checkMany(signer, account, targets.length);
        for (uint256 i = 0; i < targets.length; ++i) {
            if (on) emit Followed(account, targets[i]);
            else emit Unfollowed(account, targets[i]);
        }
    }

    function _mute(address signer, uint40 account, uint40[] calldata targets, bool on) private {
        _checkMany(signer, account, targets.length);
        for (uint256 i = 0; i < targets.length; ++i) {
            if (on) emit Muted(account, targets[i]);
            else emit Unmuted(account, targets[i]);
        }
    }

    function _reblog(address signer, uint40 account, bytes32[] calldata posts, bool on) private {
        _checkMany(signer, account, posts.length);
        for (uint256 i = 0; i < posts.length; ++i) {
            if (on) emit Reblogged(account, posts[i]);
            else emit Unreblogged(account, posts[i]);
        }
    }

    function _setProfile(address signer, uint40 account, bytes32 digest) private {
        _check(signer, account);
        emit ProfileSet(account, digest);
    }

    function _checkMany(address signer, uint40 account, uint256 size) private view {
        _checkSize(size);
        _check(signer, account);
    }

    function _check(address signer, uint40 account) private view {
        _require(signer, account, Role.Posting);
    }

    /// @dev Without the compiler's look at whether there is code, which the constructor has had.
    function _require(address signer, uint40 account, Role needs) private view {
        bytes memory call = abi.encodeCall(ICoreMain.requireRole, (signer, account, needs));
        if (!LowLevelCall.staticcallNoReturn(address(CORE), call)) LowLevelCall.bubbleRevert();
    }

    // ---------------------------------------------------------------- tips

    function tip(bytes32 post, address token, uint256 amount) external nonReentrant {
        PostState p = CORE.postState(post);
        if (!p.exists() || p.removed()) revert UnknownPost(post);
        // What arrives counts: a token may take a fee on the way.
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = IERC20(token).balanceOf(address(this)) - before;
        if (arrived == 0) revert NoTip();
        tipsOf[uint40(uint256(post) >> 216)][token] += arrived;
        emit Tipped(post, msg.sender, token, arrived);
    }

    function collect(
        uint40 account,
        address token,
        address to,
        uint256 amount
    ) external nonReentrant {
        _collect(msg.sender, account, token, to, amount);
    }

    function _collect(
        address signer,
        uint40 account,
        address token,
        address to,
        uint256 amount
    ) private {
        _require(signer, account, Role.Active);
        uint256 held = tipsOf[account][token];
        if (amount > held) revert NotEnoughTips(amount, held);
        tipsOf[account][token] = held - amount;
        emit Collected(account, token, to, amount);
        // Whatever a token answers is not passed on.
        if (!IERC20(token).trySafeTransfer(to, amount)) revert TransferFailed(token);
    }

    // ---------------------------------------------------------------- signed actions

    function _perform(
        uint8 kind,
        bytes calldata action,
        bytes calldata signature,
        address
    ) internal override {
        if (kind == GraphKinds.FOLLOW || kind == GraphKinds.MUTE || kind == GraphKinds.REBLOG) {
            _performOnList(kind, action, signature);
        } else if (kind == GraphKinds.PROFILE) {
            (uint40 account, bytes32 digest) = abi.decode(action, (uint40, bytes32));
            _setProfile(
                _signerOnce(action, signature, GraphKinds.PROFILE_TYPEHASH, 4),
                account,
                digest
            );
        } else if (kind == GraphKinds.COLLECT) {
            (uint40 account, address token, address to, uint256 amount) = abi.decode(
                action,
                (uint40, address, address, uint256)
            );
            _collectSigned(
                _signerOnce(action, signature, GraphKinds.COLLECT_TYPEHASH, 6),
                account,
                token,
                to,
                amount
            );
        } else {
            revert UnknownKind(kind);
        }
    }

    /// @dev Follow, Mute and Reblog differ in what their array lists: accounts or posts, a word each.
    function _performOnList(uint8 kind, bytes calldata action, bytes calldata signature) private {
        (bytes calldata elements, uint256 n) = _elements(action, LIST_WORDS, 1, 1);
        (uint40 account, , bool on, uint256 nonce, uint40 deadline) = abi.decode(
            action,
            (uint40, uint256, bool, uint256, uint40)
        );
        Signatures.checkDeadline(deadline);
        bytes32 typehash = GraphKinds.FOLLOW_TYPEHASH;
        if (kind == GraphKinds.MUTE) typehash = GraphKinds.MUTE_TYPEHASH;
        if (kind == GraphKinds.REBLOG) typehash = GraphKinds.REBLOG_TYPEHASH;
        bytes32 structHash = keccak256(
            abi.encode(typehash, account, keccak256(elements), on, nonce, deadline)
        );
        address signer = _signerOf(structHash, signature);
        _useNonce(signer, nonce);

        uint40[] calldata accounts;
        bytes32[] calldata posts;
        assembly ("memory-safe") {
            accounts.offset := elements.offset
            accounts.length := n
            posts.offset := elements.offset
            posts.length := n
        }
        if (kind == GraphKinds.FOLLOW) _followMany(signer, account, accounts, on);
        else if (kind == GraphKinds.MUTE) _mute(signer, account, accounts, on);
        else _reblog(signer, account, posts, on);
    }

    function _collectSigned(
        address signer,
        uint40 account,
        address token,
        address to,
        uint256 amount
    ) private nonReentrant {
        _collect(signer, account, token, to, amount);
    }

    function _gasOf(uint8 kind, uint256 size) internal pure override returns (uint256) {
        return GraphKinds.gasOf(kind, size);
    }
}
