// The author's button that removes a post.
import { byKey } from './keys.js';
import { onClick, say } from './page.js';
import { perform } from './relay.js';
import { me } from './session.js';

customElements.define(
  'laurel-own',
  class extends HTMLElement {
    connectedCallback() {
      onClick(this, '[value="remove"]', async () => {
        const { account, handle, key } = await me();
        say(this, 'Removing…', 'pending');
        await perform('Remove', { account, post: String(this.dataset.post) }, byKey(key));
        location.assign(`/@${handle}`);
      });
    }
  },
);
