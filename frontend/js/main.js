// Loads the module of each custom element that the page has.
const MODULES = {
  'laurel-session': './sign-out.js',
  'laurel-vote': './vote.js',
  'laurel-editor': './compose.js',
  'laurel-reply': './compose.js',
  'laurel-own': './own-post.js',
  'laurel-join': './join.js',
  'laurel-signin': './sign-in.js',
  'laurel-keys': './keys-page.js',
  'laurel-restore': './recover.js',
  'laurel-wallet': './wallet-page.js',
  'laurel-claim': './wallet-page.js',
  'laurel-forward': './local-clock.js',
};
for (const [tag, module] of Object.entries(MODULES)) {
  if (document.querySelector(tag)) void import(module);
}
