'use strict';
// Revokes the token at the end of the job. If that fails, it is a warning: the job has done its work.

const { call } = require('./program.js');
const { command, tokenIssuer } = require('./runner.js');

const { STATE_token: token, STATE_program: program } = process.env;
if (token) {
  const { code, said } = call(program, ['revoke', '-', '--no-cache', ...tokenIssuer()], token);
  const what = code === 0 ? 'revocation' : `token not revoked (exit code ${code})`;
  if (said) command('warning', said, `catena-token: ${what}`);
  if (code === 0) process.stdout.write('catena-token revoked the token\n');
}
