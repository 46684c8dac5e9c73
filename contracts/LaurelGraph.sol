// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Relay} from "./core/Relay.sol";
import {SignedActions} from "./core/SignedActions.sol";
import {ICore} from "./interfaces/ICore.sol";
import {IGraph} from "./interfaces/IGraph.sol";
import {Signed} from "./interfaces/IRelay.sol";
import {GraphKinds} from "./libraries/GraphKinds.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Role} from "./types/Key.sol";
import {PostState} from "./types/PostState.sol";

/// @title Laurel's graph. No owner, no upgrade, no pause.
contract LaurelGraph is IGraph, Relay, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant MOST = 50; // in one action

    ICore public immutable CORE;

    mapping(uint40 account => mapping(address token => uint256)) public tipsOf;

    constructor(ICore core) SignedActions("Laurel Graph") {
        CORE = core;
    }

    // ---------------------------------------------------------------- what accounts say

    function follow(uint40 account, uint40[] calldata accounts, bool on) external {
        _follow(msg.sender, account, accounts, on);
    }

    function mute(uint40 account, uint40[] calldata accounts, bool on) external {
        _mute(msg.sender, account, accounts, on);
    }

    function reblog(uint40 account, bytes32[] calldata posts, bool on) external {
        _reblog(msg.sender, account, posts, on);
    }

    function setProfile(uint40 account, bytes32 digest) external {
        _setProfile(msg.sender, account, digest);
    }

    function _follow(address signer, uint40 account, uint40[] memory accounts, bool on) private {
        _check(signer, account, accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) emit Followed(account, accounts[i], on);
    }

    function _mute(address signer, uint40 account, uint40[] memory accounts, bool on) private {
        _check(signer, account, accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) emit Muted(account, accounts[i], on);
    }

    function _reblog(address signer, uint40 account, bytes32[] memory posts, bool on) private {
        _check(signer, account, posts.length);
        for (uint256 i = 0; i < posts.length; ++i) emit Reblogged(account, posts[i], on);
    }

    function _setProfile(address signer, uint40 account, bytes32 digest) private {
        _check(signer, account, 1);
        emit ProfileSet(account, digest);
    }

    function _check(address signer, uint40 account, uint256 size) private view {
        if (size == 0 || size > MOST) revert BadBatch(size);
        CORE.checkKey(signer, account, Role.Posting);
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
        CORE.checkKey(signer, account, Role.Active);
        uint256 held = tipsOf[account][token];
        if (amount > held) revert NotEnoughTips(amount, held);
        tipsOf[account][token] = held - amount;
        emit Collected(account, token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    // ---------------------------------------------------------------- signed actions

    function _perform(Signed calldata s, address) internal override {
        uint8 kind = s.kind;
        if (kind == GraphKinds.FOLLOW || kind == GraphKinds.MUTE) {
            (
                uint40 account,
                uint40[] memory accounts,
                bool on,
                uint256 nonce,
                uint40 deadline
            ) = abi.decode(s.action, (uint40, uint40[], bool, uint256, uint40));
            bool follows = kind == GraphKinds.FOLLOW;
            bytes32 typehash = follows ? GraphKinds.FOLLOW_TYPEHASH : GraphKinds.MUTE_TYPEHASH;
            bytes32 list = keccak256(abi.encodePacked(accounts));
            address signer = _signerOfList(s, typehash, account, list, on, nonce, deadline);
            if (follows) _follow(signer, account, accounts, on);
            else _mute(signer, account, accounts, on);
        } else if (kind == GraphKinds.REBLOG) {
            (uint40 account, bytes32[] memory posts, bool on, uint256 nonce, uint40 deadline) = abi
                .decode(s.action, (uint40, bytes32[], bool, uint256, uint40));
            bytes32 typehash = GraphKinds.REBLOG_TYPEHASH;
            bytes32 list = keccak256(abi.encodePacked(posts));
            address signer = _signerOfList(s, typehash, account, list, on, nonce, deadline);
            _reblog(signer, account, posts, on);
        } else if (kind == GraphKinds.PROFILE) {
            (uint40 account, bytes32 digest) = abi.decode(s.action, (uint40, bytes32));
            _setProfile(_signerOnce(s, GraphKinds.PROFILE_TYPEHASH, 4), account, digest);
        } else if (kind == GraphKinds.COLLECT) {
            (uint40 account, address token, address to, uint256 amount) = abi.decode(
                s.action,
                (uint40, address, address, uint256)
            );
            _collectSigned(
                _signerOnce(s, GraphKinds.COLLECT_TYPEHASH, 6),
                account,
                token,
                to,
                amount
            );
        } else {
            revert UnknownKind(kind);
        }
    }

    /// @dev An array is hashed as its elements' words in a row, which is how abi.encodePacked lays it.
    function _signerOfList(
        Signed calldata s,
        bytes32 typehash,
        uint40 account,
        bytes32 list,
        bool on,
        uint256 nonce,
        uint40 deadline
    ) private returns (address) {
        Signatures.checkDeadline(deadline);
        _useNonce(account, nonce);
        bytes32 structHash = keccak256(abi.encode(typehash, account, list, on, nonce, deadline));
        return _signerOf(structHash, s.signature);
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
