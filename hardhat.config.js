// Hardhat on the same contracts, compiler and settings as `laurel compile`: contracts/solc.json says which.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const solc = JSON.parse(readFileSync(new URL("contracts/solc.json", import.meta.url), "utf8"));

// As foundry.toml has it: `--test-profile long` is what `make test-long` runs.
const tests = (runs, invariantRuns) => ({
  fsPermissions: { readDirectory: ["tests/vectors"] },
  fuzz: { runs, seed: "0x4c52" },
  invariant: { runs: invariantRuns, depth: 100 },
});

// The chain of `laurel up --chain hardhat` begins in the past, and answers as public nodes do: a transaction
// that reverts is mined, and its receipt says so.
const began = process.env.LAUREL_CHAIN_BEGAN;
const node = {
  type: "edr-simulated",
  throwOnTransactionFailures: false,
  ...(began && { initialDate: new Date(1000 * began) }),
};

export default {
  networks: { node },
  solidity: {
    version: solc.version,
    path: fileURLToPath(new URL("node_modules/solc/soljson.js", import.meta.url)),
    settings: solc.settings,
  },
  paths: { sources: "./contracts", tests: { solidity: "./tests/solidity" } },
  test: { solidity: { profiles: { default: tests(1_000, 100), long: tests(10_000, 1_000) } } },
};
