// Loads the module of each custom element that the page has.
const MODULES = {
  'laurel-session': './session.js',
  'laurel-vote': './vote.js',
  'laurel-editor': './compose.js',
  'laurel-reply': './compose.js',
  'laurel-own': './own.js',
  'laurel-join': './join.js',
  'laurel-signin': './signin.js',
  'laurel-keys': './keyring.js',
  'laurel-restore': './restore.js',
  'laurel-wallet': './money.js',
  'laurel-claim': './money.js',
  'laurel-forward': './session.js',
};
for (const [tag, module] of Object.entries(MODULES)) {
  if (document.querySelector(tag)) void import(module);
}
