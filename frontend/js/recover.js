// The page by which two people recover an account. The one who lost it makes a new owner key, and a recovery code
// that this key signs; an owner of the recovery account signs too, and sends the action.
import { accountOf, chain } from './api.js';
import { concat, dynamic, fromHex, random, toHex, toInteger, typedData, word } from './encoding.js';
import { offerNewOwner } from './new-owner.js';
import { askOwner } from './owner.js';
import { $, onClick, onSubmit, say } from './page.js';
import { perform } from './relay.js';
import { show, step } from './steps.js';

const LIFE = 3300; // seconds until a code expires; a deadline is at most an hour ahead

/**
 * abi.encode(bytes[3]): Restore takes three signatures where other kinds take one.
 * @param {string[]} signatures hex
 */
function threeProofs(signatures) {
  const bodies = signatures.map((signature) => dynamic(fromHex(signature)));
  let offset = 96;
  const heads = bodies.map((body) => {
    const head = word('uint40', offset);
    offset += body.length;
    return head;
  });
  return toHex(concat(word('uint40', 32), ...heads, ...bodies));
}

/**
 * The recovery code, which one person gives to the other. `former`: a former owner key's signature, for Restore.
 * @typedef {{ kind: 'RequestRecovery' | 'Restore', handle: string, values: Values, proof: string, former?: string }} Code
 */

/** Throws an Error that says what to do. @param {string} text @returns {Code} */
function parseCode(text) {
  try {
    const code = JSON.parse(text);
    if (code.laurel !== 'recovery code' || !code.values.newOwner) throw 0;
    return code;
  } catch {
    throw new Error('This is no recovery code. Copy all of it, from { to }.');
  }
}

customElements.define(
  'laurel-restore',
  class extends HTMLElement {
    /** @type {any} the account, as the API has it */
    lost;
    stolen = false;

    connectedCallback() {
      const form = /** @type {HTMLFormElement} */ (step(this, 'handle'));
      onSubmit(form, async (data) => {
        this.lost = await accountOf(data.get('handle'));
        this.stolen = data.get('why') === 'stolen';
        const { handle, recovery } = this.lost;
        if (!recovery)
          throw new Error(`@${handle} has named no recovery account: nobody can help.`);
        say(form, `@${recovery.handle} may recover @${handle}.`, 'done');
        show(this, 'key');
      });
      offerNewOwner(
        this,
        () => this.lost.handle,
        ({ address, signer }, root) => this.makeCode(root, address, signer),
      );
      const shown = step(this, 'code');
      onClick(shown, 'button', async () => {
        await navigator.clipboard.writeText(this.made().value);
        say(shown, 'Copied.', 'done');
      });
      const help = /** @type {HTMLFormElement} */ (step(this, 'help'));
      onSubmit(help, (data) => this.help(help, parseCode(String(data.get('code')))));
    }

    /** Where the code is shown. */
    made() {
      return /** @type {HTMLTextAreaElement} */ ($('[name="made"]', this));
    }

    /**
     * Makes the recovery code and shows it. @param {HTMLElement} root
     * @param {string} newOwner address of the new key @param {Signer} signer signs with it
     */
    async makeCode(root, newOwner, signer) {
      const { account, handle, recovery } = this.lost;
      const kind = this.stolen ? 'Restore' : 'RequestRecovery';
      const on = await chain();
      const deadline = on.time + LIFE;
      const values = { account, newOwner, deadline, nonce: String(toInteger(random(32))) };
      const typed = typedData(on, kind, values);
      const code = { laurel: 'recovery code', kind, handle, values, proof: await signer(typed) };
      const asked = `Show that an owner key of @${handle} is, or was, yours.`;
      const former = this.stolen ? await (await askOwner(asked)).signer(typed) : undefined;
      this.made().value = JSON.stringify({ ...code, former });
      $('[name="to"]', this).textContent = `@${recovery.handle}`;
      say(root, 'The code is made.', 'done');
      show(this, 'code');
    }

    /** Signs a recovery code as an owner of the recovery account, and sends the action.
     * @param {HTMLElement} form @param {Code} code */
    async help(form, { kind, handle, values, proof, former }) {
      const { account } = await accountOf(handle);
      if (account !== values.account)
        throw new Error('This code is for another account than it says.');
      const owner = `Make ${values.newOwner} the owner key of @${handle}`;
      const end =
        'Every other key of that account is void then. Do this only if you know that it is them who ask.';
      if (kind === 'Restore') {
        const { signer } = await askOwner(`${owner}, at once. ${end}`);
        say(form, 'Waiting for the chain…', 'pending');
        const typed = typedData(await chain(), kind, values);
        const proofs = threeProofs([former ?? '', await signer(typed), proof]);
        await perform(
          kind,
          values,
          async () => '0x',
          async () => proofs,
        );
        return say(form, `Done. @${handle} has its new owner key, and no other.`, 'done');
      }
      const { signer } = await askOwner(`${owner} in 3 days, unless its owner objects. ${end}`);
      say(form, 'Waiting for the chain…', 'pending');
      await perform(kind, values, signer, async () => proof);
      say(
        form,
        `Asked. @${handle} has its new owner key in 3 days, unless its owner objects.`,
        'done',
      );
    }
  },
);
