'use strict';
// Gets a token, and hands it to the steps that follow.

const path = require('node:path');
const { call, find, hasCredential } = require('./program.js');
const { addPath, command, fail, input, mask, set, tokenIssuer } = require('./runner.js');

const RESERVED = /^((GITHUB|RUNNER|ACTIONS|INPUT|STATE|NODE|LD)_.*|PATH|HOME|CI)$/i;

// Everything that is wrong with the inputs is found before the first request.
function check() {
  if (!hasCredential()) {
    return (
      'the input client-secret is empty: check the name of the secret; a workflow of a fork gets no secrets; ' +
      'for a client without a secret, use client-assertion-from'
    );
  }
  if (input('client-secret') && input('client-assertion-from')) {
    return 'the inputs client-secret and client-assertion-from are both given: remove one of them';
  }
  const name = input('env-name');
  if (name && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `the input env-name is '${name}', which is no name of a variable: use one such as CATENA_TOKEN`;
  }
  if (RESERVED.test(name)) {
    return `the input env-name is '${name}', which the runner uses itself: use a name such as CATENA_TOKEN`;
  }
  if (!['true', 'false', ''].includes(input('skip-token-revoke'))) {
    return `the input skip-token-revoke is '${input('skip-token-revoke')}': use true or false`;
  }
  return '';
}

async function main() {
  if (input('client-secret')) mask(input('client-secret'));
  const wrong = check();
  if (wrong) return fail('wrong input', wrong);

  const found = await find().catch((error) => fail('not installed', error.message));
  if (!found) return;
  const { program, version } = found;
  set('OUTPUT', 'path', program);
  addPath(path.dirname(program));

  // A token that will be revoked must be this job's own: another job on this machine may use a cached one.
  const revokes = input('skip-token-revoke') !== 'true';
  const args = ['--format=token', `--scope=${input('scope')}`, ...(revokes ? ['--no-cache'] : []), ...tokenIssuer()];
  const { code, stdout, said } = call(program, args);
  if (code !== 0) return fail(`no token (exit code ${code})`, said, code);

  const token = stdout.trimEnd();
  mask(token);
  if (revokes) {
    set('STATE', 'token', token);
    set('STATE', 'program', program);
  }
  if (said) command('warning', said, 'catena-token');
  set('OUTPUT', 'token', token);
  if (input('env-name')) set('ENV', input('env-name'), token);
  process.stdout.write(`catena-token ${version} got a token\n`);
}

main().catch((error) => fail('failed', error.message));
