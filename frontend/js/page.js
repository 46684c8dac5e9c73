// What every enhanced form shares: the status line, and the guard against sending twice.

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [root] */
export const $ = (selector, root = document) => /** @type {T} */ (root.querySelector(selector));

/** @type {{ chainId: number, core: string, day: number, time: number, local: boolean }} as the page was made */
export const CHAIN = JSON.parse(
  globalThis.document?.querySelector('meta[name="laurel-chain"]')?.getAttribute('content') ?? '{}',
);

/**
 * Makes an element; text is always text.
 * @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Says something in `root`'s status line. @param {ParentNode} root @param {string} text @param {string} [state] */
export function say(root, text, state = '') {
  let line = $(':scope > [role="status"]', root) ?? $('[role="status"]', root);
  if (!line) root.append((line = make('p', { role: 'status' })));
  line.dataset.state = state;
  line.textContent = text;
}

/**
 * Runs `work` unless `root` is busy already; what fails is said.
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
 * The form rests in a disabled fieldset until this makes it work.
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

/** @param {HTMLElement} root where failures are said @param {string} label @param {() => Promise<unknown>} work */
export function button(root, label, work) {
  const made = make('button', { type: 'button' }, label);
  made.addEventListener('click', () => attempt(root, work));
  return made;
}

/** A button rests, disabled, until this makes it work.
 * @param {HTMLElement} root @param {string} selector @param {() => Promise<unknown>} work */
export function onClick(root, selector, work) {
  const found = $(selector, root);
  found?.removeAttribute('disabled');
  found?.addEventListener('click', () => attempt(root, work));
}

/**
 * The form in `root`; where the page has many of a kind, a copy of its template.
 * @param {HTMLElement} root @param {string} template id @returns {HTMLFormElement}
 */
export function formOf(root, template) {
  const source = /** @type {HTMLTemplateElement | null} */ (document.getElementById(template));
  if (!$('form', root) && source) root.append(source.content.cloneNode(true));
  return /** @type {HTMLFormElement} */ ($('form', root));
}
