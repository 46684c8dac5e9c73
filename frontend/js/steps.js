// Pages that lead through several steps: find a step, show the next, go on after the last.
import { $ } from './page.js';

/** @param {HTMLElement} root @param {string} name @returns {HTMLElement} */
export const step = (root, name) => $(`[data-step="${name}"]`, root);

/** @param {HTMLElement} root @param {string} name of the step that is next */
export function show(root, name) {
  const next = step(root, name);
  next.hidden = false;
  /** @type {HTMLElement | null} */ (next.querySelector('input, textarea, h2'))?.focus();
}

/** Where to go after signing in: the page of ours that asked for it. */
export function goOn() {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  const url = new URL(next, location.origin);
  location.assign(url.origin === location.origin ? url : '/');
}
