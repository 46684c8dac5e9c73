// The form that moves a local chain's clock forward.
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
