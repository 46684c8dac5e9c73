// The page's elements: finding and making them, the status line, and forms that are not sent twice at once.

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [root] */
export const $ = (selector, root = document) => /** @type {T} */ (root.querySelector(selector));

/** The chain, as of when the server made the page.
 * @type {{ chainId: number, core: string, day: number, time: number, local: boolean }} */
export const CHAIN = JSON.parse(
  globalThis.document?.querySelector('meta[name="laurel-chain"]')?.getAttribute('content') ?? '{}',
);

/**
 * Makes an element. A string becomes a text node, never HTML.
 * @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Shows `text` in `root`'s status line. @param {ParentNode} root @param {string} text @param {string} [state] */
export function say(root, text, state = '') {
  let line = $(':scope > [role="status"]', root) ?? $('[role="status"]', root);
  if (!line) root.append((line = make('p', { role: 'status' })));
  line.dataset.state = state;
  line.textContent = text;
}

/**
 * Runs `work`, unless `root` is busy already. Shows an error's message in the status line.
 * @param {HTMLElement} root @param {() => Promise<unknown>} work
 */
export async function attempt(root, work) {
  if (root.ariaBusy === 'true') return;
  root.ariaBusy = 'true';
  try {
    await work();
  } catch (error) {
    say(root, error instanceof Error ? error.message : String(error), 'error');
  } finally {
    root.ariaBusy = 'false';
  }
}

/**
 * Enables the form, whose fieldset the server sends disabled, and runs `work` when it is submitted.
 * @param {HTMLFormElement} form @param {(data: FormData, submitter: HTMLButtonElement | null) => Promise<unknown>} work
 */
export function onSubmit(form, work) {
  $('fieldset', form)?.removeAttribute('disabled');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const submitter = /** @type {HTMLButtonElement | null} */ (event.submitter);
    void attempt(form, () => work(new FormData(form), submitter));
  });
}

/** @param {HTMLElement} root shows what fails @param {string} label @param {() => Promise<unknown>} work */
export function button(root, label, work) {
  const made = make('button', { type: 'button' }, label);
  made.addEventListener('click', () => attempt(root, work));
  return made;
}

/** Enables a button, which the server sends disabled, and runs `work` when it is clicked.
 * @param {HTMLElement} root @param {string} selector @param {() => Promise<unknown>} work */
export function onClick(root, selector, work) {
  const found = $(selector, root);
  found?.removeAttribute('disabled');
  found?.addEventListener('click', () => attempt(root, work));
}

/**
 * The form in `root`; if there is none, a copy of the form in a template, which then is in `root`.
 * @param {HTMLElement} root @param {string} template id @returns {HTMLFormElement}
 */
export function formOf(root, template) {
  const source = /** @type {HTMLTemplateElement | null} */ (document.getElementById(template));
  if (!$('form', root) && source) root.append(source.content.cloneNode(true));
  return /** @type {HTMLFormElement} */ ($('form', root));
}
