// Programs that tests start are not to see what the user has set for programs of his own: flags and
// preloaded modules of Node, which print to stderr, and whether output is coloured.
for (const name of Object.keys(process.env)) {
  if (/^NODE_(?!ENV$)|^(FORCE_COLOR|NO_COLOR)$/.test(name)) delete process.env[name];
}
