// Pages of several steps: finding a step, showing the next, going on after the last.
import { $ } from './page.js';

/** @param {HTMLElement} root @param {string} name @returns {HTMLElement} */
export const step = (root, name) => $(`[data-step="${name}"]`, root);

/** Shows a step, and moves the focus into it. @param {HTMLElement} root @param {string} name */
export function show(root, name) {
  const next = step(root, name);
  next.hidden = false;
  /** @type {HTMLElement | null} */ (next.querySelector('input, textarea, h2'))?.focus();
}

/** Goes to the page of this site that `?next=` names, or to the front page. */
export function goOn() {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  const url = new URL(next, location.origin);
  location.assign(url.origin === location.origin ? url : '/');
}
