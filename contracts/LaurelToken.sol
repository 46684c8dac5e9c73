// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title LRL, 18 decimals, with Permit. The core is its only minter.
contract LaurelToken is ERC20Burnable, ERC20Permit {
    error NotMinter(address caller);

    address public immutable minter;

    constructor(
        address recipient,
        uint256 genesisSupply
    ) ERC20("Laurel", "LRL") ERC20Permit("Laurel") {
        minter = msg.sender;
        _mint(recipient, genesisSupply);
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        _mint(to, amount);
    }
}
