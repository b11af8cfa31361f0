'use strict';
// The runner's side: inputs, commands on stdout, and the files that it reads after the step.

const { randomUUID } = require('node:crypto');
const { appendFileSync } = require('node:fs');

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

// The realm's name in its tokens, which is the audience of an assertion, too.
const tokenIssuer = () => (input('token-issuer') ? [`--token-issuer=${input('token-issuer')}`] : []);

const escape = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

// One line, whatever `text` contains: a line break in it could begin another command.
function command(name, text, title = '') {
  const property = title && ` title=${escape(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}`;
  process.stdout.write(`::${name}${property}::${escape(text)}\n`);
}

// Also the parts of a JWT, which a later step may print one by one.
function mask(value) {
  command('add-mask', value);
  for (const part of value.split('.')) if (part !== value && part.length > 15) command('add-mask', part);
}

// `file` is OUTPUT, ENV or STATE. A random delimiter cannot be part of the value.
function set(file, name, value) {
  const end = randomUUID();
  appendFileSync(process.env[`GITHUB_${file}`], `${name}<<${end}\n${value}\n${end}\n`);
}

const addPath = (directory) => appendFileSync(process.env.GITHUB_PATH, `${directory}\n`);

function fail(title, text, code = 1) {
  command('error', text, `catena-token: ${title}`);
  process.exitCode = code;
}

module.exports = { addPath, command, fail, input, mask, set, tokenIssuer };
