// The form for posts and replies: drafts, pictures, preview, publishing.
import { api, chain, eventually } from './api.js';
import { canonical, postId } from './documents.js';
import { sha256, toHex } from './encoding.js';
import { byKey } from './keys.js';
import { $, attempt, formOf, onSubmit, say } from './page.js';
import { perform } from './relay.js';
import { me } from './session.js';

// The page inserts no HTML except what the site's own renderer returned.
const policy = window.trustedTypes?.createPolicy('laurel', { createHTML: (html) => html });
const NOTHING = `0x${'0'.repeat(64)}`;

/** @typedef {{ cid: string, type: string, bytes: number, width: number, height: number }} Picture */

/** @param {string} text */
const words = (text) => [...new Set(text.toLowerCase().split(/[\s,#]+/))].filter(Boolean);

/** The alt text of a picture in Markdown, or ''. @param {string} body @param {string} cid */
const alt = (body, cid) => (body.split(`](ipfs://${cid}`)[0].match(/!\[([^[\]]*)$/) ?? [])[1] ?? '';

class Compose extends HTMLElement {
  parent = this.dataset.parent ?? '';
  /** When a post is edited: its id, and the fields of its document that the form does not have. */
  post = this.dataset.post ?? '';
  rest = JSON.parse(this.dataset.rest ?? '{}');
  kept = `laurel-draft:${this.post || this.parent}${this.post && ':edit'}`;
  /** @type {{ fields: Record<string, string>, pictures: Picture[], published: number }} */
  draft = { fields: {}, pictures: this.rest.media ?? [], published: this.rest.published ?? 0 };

  connectedCallback() {
    const form = formOf(this, 'reply-form');
    this.body = /** @type {HTMLTextAreaElement} */ ($('[name="body"]', form));
    this.restore(form);
    form.addEventListener('input', () => this.keep(form));
    onSubmit(form, () => this.publish(form));

    const picker = /** @type {HTMLInputElement | null} */ ($('[type="file"]', form));
    picker?.addEventListener('change', () => this.take(form, picker.files));
    for (const event of /** @type {const} */ (['paste', 'drop'])) {
      this.body.addEventListener(event, (e) => {
        const data = 'dataTransfer' in e ? e.dataTransfer : e.clipboardData;
        if (!data?.files.length) return;
        e.preventDefault();
        this.take(form, data.files);
      });
    }
    const preview = $('[data-preview]', this);
    $('[value="preview"]', form)?.addEventListener('click', () => {
      void attempt(form, async () => {
        const { html } = await api('POST', 'render', { body: this.body?.value });
        preview.innerHTML = /** @type {string} */ (policy?.createHTML(html) ?? html);
        /** @type {HTMLElement} */ (preview.closest('[hidden]'))?.removeAttribute('hidden');
      });
    });
  }

  /** Fills the form from the saved draft. @param {HTMLFormElement} form */
  restore(form) {
    const draft = localStorage.getItem(this.kept);
    if (!draft) return;
    this.draft = JSON.parse(draft);
    for (const element of form.elements) {
      const field = /** @type {HTMLInputElement} */ (element);
      const value = this.draft.fields[field.name];
      if (value === undefined) continue;
      if (field.type === 'checkbox') field.checked = value === 'on';
      else field.value = value;
      const { checked, defaultChecked, defaultValue } = field;
      const usual = field.type === 'checkbox' ? checked === defaultChecked : value === defaultValue;
      if (!usual) field.closest('details')?.setAttribute('open', '');
    }
    say(form, 'Your draft is here again.');
  }

  /** Saves the draft; called at each change. @param {HTMLFormElement} form */
  keep(form) {
    const data = new FormData(form);
    data.delete('picture');
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(data));
    for (const box of form.querySelectorAll('input')) {
      if (box.type === 'checkbox') fields[box.name] ??= '';
    }
    const changed = JSON.stringify(fields) !== JSON.stringify(this.draft.fields);
    if (changed && !this.post) this.draft.published = 0;
    this.draft.fields = fields;
    localStorage.setItem(this.kept, JSON.stringify(this.draft));
  }

  /** Uploads pictures and links to them. @param {HTMLFormElement} form @param {FileList | null} files */
  take(form, files) {
    void attempt(form, async () => {
      for (const file of files ?? []) {
        say(form, `Uploading ${file.name}…`, 'pending');
        const picture = await api('POST', 'media', file);
        this.draft.pictures.push(picture);
        const { body } = this;
        if (!body) return;
        const { selectionStart: start, selectionEnd: end } = body;
        body.setRangeText(`![](ipfs://${picture.cid})`, start, end);
        body.focus();
        body.setSelectionRange(start + 2, start + 2);
        this.keep(form);
        say(form, 'Uploaded. Now describe the picture between the brackets.');
      }
    });
  }

  /** @param {HTMLFormElement} form */
  async publish(form) {
    const { account, key } = await me();
    this.keep(form);
    const { title = '', summary = '', tags = '', body = '', sensitive } = this.draft.fields;
    // Sent again, the same text has the same id, so that no failure can publish it twice.
    this.draft.published ||= (await chain()).time;
    localStorage.setItem(this.kept, JSON.stringify(this.draft));
    const data = canonical({
      v: 1,
      type: this.parent ? 'comment' : 'post',
      app: 'laurel',
      ...this.rest,
      title,
      summary,
      body,
      tags: words(tags),
      media: this.draft.pictures
        .filter(({ cid }) => body.includes(cid))
        .map((picture) => ({ ...picture, alt: alt(body, picture.cid) })),
      sensitive: sensitive === 'on',
      parent: this.parent || null,
      published: this.draft.published,
    });
    say(form, 'Publishing…', 'pending');
    await api('POST', 'documents', data);
    const digest = toHex(await sha256(data));
    const post = this.post || postId(account, digest);
    if (this.post) await perform('Edit', { account, post, digest }, byKey(key));
    else await this.first(form, post, { account, digest }, byKey(key));
    localStorage.removeItem(this.kept);
    const id = post.slice(2);
    if (this.post || !this.parent) return location.assign(`/post/${id}`);
    location.hash = `c${id.slice(-12)}`;
    location.reload();
  }

  /**
   * Puts a new post on the chain, unless it is there already.
   * @param {HTMLFormElement} form @param {string} post its id
   * @param {Values} values @param {Signer} signer
   */
  async first(form, post, values, signer) {
    const whole = { ...values, parent: this.parent || NOTHING, community: 0 };
    const optional =
      form.elements.namedItem('beneficiaries') && (await import('./payout-options.js'));
    const options = optional && (await optional.options(new FormData(form)));
    const name = options ? 'PostWithOptions' : 'Post';
    await perform(name, { ...whole, ...options }, signer).catch((error) => {
      if (error.code !== 'already_used') throw error;
      return eventually(() => api('GET', `posts/${post}`).catch(() => null));
    });
  }
}

customElements.define('laurel-editor', class extends Compose {});
customElements.define('laurel-reply', class extends Compose {});
