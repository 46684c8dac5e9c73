// Moves on the clock of a local chain.
import { api } from './api.js';
import { $, onSubmit } from './page.js';

customElements.define(
  'laurel-forward',
  class extends HTMLElement {
    connectedCallback() {
      onSubmit(/** @type {HTMLFormElement} */ ($('form', this)), async (data) => {
        await api('POST', 'chain/forward', { days: Number(data.get('days')) });
        location.reload();
      });
    }
  },
);
