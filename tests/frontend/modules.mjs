// Runs the modules under Node for conftest.py: reads a line {"function": …, …}, answers a line with the result.
import { createInterface } from "node:readline";
import { encodeFunctionData, hashTypedData } from "viem";
import { canonical, postId } from "../../frontend/js/documents.js";
import * as actions from "../../frontend/js/encoding.js";
import * as keys from "../../frontend/js/keys.js";
import * as recovery from "../../frontend/js/recovery-file.js";
import { keccak256 } from "../../frontend/js/vendor/keccak.js";

const { fromHex, toHex } = actions;
const calls = {
  keccak: ({ data }) => toHex(keccak256(fromHex(data))),
  action: ({ chain, kind, values }) => {
    const typed = actions.typedData(chain, kind, values);
    return {
      action: toHex(actions.encode(typed)),
      message: toHex(actions.message(typed)),
      typed,
    };
  },
  message: ({ typed }) => toHex(actions.message(typed)),
  viem: ({ typed }) => hashTypedData(typed),
  word: ({ type, value }) => toHex(actions.word(type, value)),
  canonical: ({ document }) => toHex(canonical(document)),
  postId: ({ account, digest }) => postId(account, digest),
  sign: async ({ data, times }) => {
    const key = await keys.generate(false);
    const signatures = [];
    for (let i = 0; i < times; i++)
      signatures.push(toHex(await keys.sign(key, fromHex(data))));
    return {
      address: key.address,
      extractable: key.privateKey.extractable,
      signatures,
    };
  },
  recover: async ({ handle, passphrase, data, damage, typed }) => {
    const key = await keys.generate(true);
    const file = await recovery.seal(key, handle, passphrase);
    const opened = await recovery.open(
      damage ? file.replace(...damage) : file,
      typed,
    );
    return {
      file,
      address: key.address,
      opened: { handle: opened.handle, address: opened.key.address },
      extractable: opened.key.privateKey.extractable,
      signature: toHex(await keys.sign(opened.key, fromHex(data))),
    };
  },
  calldata: ({ call, values, abi }) => [
    actions.calldata(call, ...values),
    encodeFunctionData({ abi, functionName: call.split("(")[0], args: values }),
  ],
};

// Modules with custom elements, of which Node has none.
globalThis.customElements = { define() {} };
globalThis.HTMLElement = class {};
const pay = await import("../../frontend/js/pay-gas.js");
calls.relayed = ({ item, abi }) => [
  pay.relayed(item),
  encodeFunctionData({ abi, functionName: "relay", args: [[item]] }),
];

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  let answer;
  try {
    answer = { result: await calls[call.function](call) };
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
}
