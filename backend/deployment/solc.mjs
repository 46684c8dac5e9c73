#!/usr/bin/env node
// The npm compiler behind the command line that py-solc-x and forge expect of a native solc.
// It finds imports of npm packages in node_modules.
import { readFileSync } from "node:fs";
import solc from "solc";

const PACKAGES = new URL("../../node_modules/", import.meta.url);

function findImport(path) {
  try {
    return { contents: readFileSync(new URL(path, PACKAGES), "utf8") };
  } catch (error) {
    return { error: error.message };
  }
}

if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else {
  process.stdout.write(solc.compile(readFileSync(0, "utf8"), { import: findImport }));
}
