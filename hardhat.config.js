// The same compiler and settings as `laurel compile`: contracts/solc.json says which.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const solc = JSON.parse(readFileSync(new URL("contracts/solc.json", import.meta.url), "utf8"));

export default {
  solidity: {
    version: solc.version,
    path: fileURLToPath(new URL("node_modules/solc/soljson.js", import.meta.url)),
    settings: solc.settings,
  },
  paths: { sources: "./contracts" },
};
