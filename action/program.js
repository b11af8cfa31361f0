'use strict';
// The program catena-token: found in the tool cache or downloaded, and called.

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { download } = require('./download.js');
const { input } = require('./runner.js');

// A test compares it with Cargo.toml.
const RELEASES = 'https://github.com/OWNER/catena-token/releases/download';

// Which release, and its SHA-256. The checksum comes from this commit, so that whoever can change the release cannot
// change the program that a pinned action runs.
function release() {
  const architecture = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];
  if (process.platform !== 'linux' || !architecture) {
    throw new Error(`no program for ${process.platform} on ${process.arch}: use a Linux runner on x86_64 or aarch64`);
  }
  const checksums = JSON.parse(fs.readFileSync(path.join(__dirname, 'checksums.json'), 'utf8'));
  const known = Object.keys(checksums); // the newest first
  const version = input('version').replace(/^v/, '') || known[0];
  if (!version) {
    throw new Error('this commit of the action has no checksum of a release: use a later commit of the action');
  }
  const target = `${architecture}-unknown-linux-gnu`;
  const sha256 = checksums[version]?.[target];
  if (!sha256) {
    throw new Error(
      `this commit of the action has no checksum of version ${version} for ${target}: ` +
        `use a later commit of the action, or one of these versions: ${known.join(', ') || 'none'}`,
    );
  }
  return { version, name: `catena-token-v${version}-${target}`, sha256 };
}

// The path of the program. A directory in the tool cache is complete, because it is renamed when it is.
async function find() {
  const { version, name, sha256 } = release();
  const cache = process.env.RUNNER_TOOL_CACHE || process.env.RUNNER_TEMP;
  const directory = path.join(cache, 'catena-token', version, process.arch);
  const program = path.join(directory, 'catena-token');
  if (!fs.existsSync(program)) {
    const base = (input('download-url') || RELEASES).replace(/\/+$/, '');
    const archive = await download(`${base}/v${version}/${name}.tar.gz`);
    const found = createHash('sha256').update(archive).digest('hex');
    if (found !== sha256) {
      throw new Error(
        `wrong checksum: the SHA-256 of ${name}.tar.gz is ${found}, not ${sha256} as in this commit of the action; ` +
          'try again, and report it if it stays',
      );
    }
    unpack(archive, name, directory);
  }
  return { program, version };
}

function unpack(archive, name, directory) {
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  const fresh = fs.mkdtempSync(`${directory}-`);
  try {
    const args = ['-xzf', '-', '-C', fresh, '--strip-components=1', `${name}/catena-token`];
    const options = { input: archive, encoding: 'utf8', env: { PATH: process.env.PATH } }; // without the secret
    const { error, status, stderr } = spawnSync('tar', args, options);
    if (status !== 0) throw new Error(`cannot unpack ${name}.tar.gz: ${stderr?.trim() || error?.message}`);
    fs.chmodSync(fresh, 0o755);
    fs.renameSync(fresh, directory);
  } catch (error) {
    // Another job on this machine may have been faster.
    if (!fs.existsSync(path.join(directory, 'catena-token'))) throw error;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

const SECRET = 'CATENA_CLIENT_SECRET';
const ASSERTION = 'CATENA_CLIENT_ASSERTION';
const KEY = 'CATENA_SIGNING_KEY';
const FORMS = ['', '_FILE', '_COMMAND'];
const SOURCES = [...[SECRET, ASSERTION, KEY].flatMap((name) => FORMS.map((form) => name + form)), `${ASSERTION}_FROM`];
const CREDENTIALS = { 'client-secret': SECRET, 'client-assertion-from': `${ASSERTION}_FROM` };
const SETTINGS = { 'client-id': 'CATENA_CLIENT_ID', issuer: 'CATENA_ISSUER', 'min-ttl': 'CATENA_MIN_TTL' };

// Without a credential, the program would prompt for a secret on a runner that has a terminal.
const hasCredential = () =>
  Object.keys(CREDENTIALS).some(input) || [...SOURCES, 'CATENA_CLIENT_CERT'].some((name) => process.env[name]);

// Calls the program with the inputs. The secret is in its environment alone: other users can read arguments. An input
// wins over the job's variable of the same setting, and a credential over all variables of credentials; what has no
// input, such as a proxy or the runner's address for identities, is the job's.
function call(program, args, stdin = '') {
  const isOurs = ([name]) => /^(INPUT|STATE)_/.test(name);
  const env = Object.fromEntries(Object.entries(process.env).filter((entry) => !isOurs(entry)));
  for (const [name, variable] of Object.entries(SETTINGS)) if (input(name)) env[variable] = input(name);
  for (const [name, variable] of Object.entries(CREDENTIALS)) {
    if (!input(name)) continue;
    SOURCES.forEach((source) => delete env[source]);
    env[variable] = input(name);
  }
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, { env, input: stdin, encoding: 'utf8' });
  const text = error && error.code !== 'EPIPE' ? `cannot run ${program}: ${error.message}` : stderr.trim();
  const why = signal ? `was ended by ${signal}` : `exited with ${status}`;
  return { code: status ?? 1, stdout, said: text || (status === 0 ? '' : `${program} ${why} and said nothing`) };
}

module.exports = { call, find, hasCredential };
