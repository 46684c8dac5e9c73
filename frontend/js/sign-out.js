// The menu at the top of each page, which signs out.
import { api } from './api.js';
import { forgetKey, storedKey } from './key-store.js';
import { byKey } from './keys.js';
import { onClick } from './page.js';
import { perform } from './relay.js';
import { person } from './session.js';

/** Ends the session. With `revoke`, revokes this browser's posting key first. @param {boolean} revoke */
export async function signOut(revoke) {
  const { account, handle } = await person();
  const key = await storedKey(handle);
  if (revoke && key) {
    await perform('RevokeKey', { account, key: key.address }, byKey(key));
    await forgetKey(handle);
  }
  await api('DELETE', 'session');
  location.assign('/');
}

customElements.define(
  'laurel-session',
  class extends HTMLElement {
    connectedCallback() {
      onClick(this, '[value="keep"]', () => signOut(false));
      onClick(this, '[value="revoke"]', () => signOut(true));
    }
  },
);
