// node-oidc-provider on two free ports of the loopback, while COMMAND runs: `node server.mjs CERT KEY COMMAND [ARG…]`.
//
// The two issuers are alike. They sign JWTs for a resource (RFC 8707), and otherwise give opaque tokens.

import { spawn } from 'node:child_process';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { constants } from 'node:os';

// Debian 12 has Node.js 18, which lacks these.
globalThis.crypto ??= webcrypto;
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
console.info = console.warn = () => {}; // It is not for production.
const { Provider, errors } = await import('oidc-provider');

const [cert, key, program, ...args] = process.argv.slice(2);

// As the tests know them: tests/testsuite/support/oidc_provider.rs.
const client = (client_id, client_secret, token_endpoint_auth_method) => ({
  client_id,
  client_secret,
  token_endpoint_auth_method,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: 'ES256', // The only key's.
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const configuration = {
  clients: [
    client('acme', 'Zk3vQ9xW7tB2nM5rL8pY1sD4', 'client_secret_post'),
    client('odd', 's3cr3t+/=&% and sixteen', 'client_secret_basic'),
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'tests' }] },
  scopes: ['organization', 'fleet:read'],
  ttl: { ClientCredentials: 600 },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource) => {
        if (resource !== 'https://api.example.com/fleet') throw new errors.InvalidTarget();
        return {
          scope: 'organization fleet:read',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  },
};

// The port is part of the issuer, so that the server listens first.
async function start(server, scheme) {
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `${scheme}://localhost:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration).callback());
  return issuer;
}

const env = {
  ...process.env,
  OIDC_PROVIDER_HTTP: await start(http.createServer(), 'http'),
  OIDC_PROVIDER_HTTPS: await start(https.createServer({ cert: readFileSync(cert), key: readFileSync(key) }), 'https'),
  OIDC_PROVIDER_CA: cert,
};
const command = spawn(program, args, { env, stdio: 'inherit' });
command.on('error', (error) => {
  console.error(`oidc-provider: cannot run ${program}: ${error.message}`);
  process.exit(127);
});
// Ctrl-C reaches COMMAND by itself.
process.on('SIGINT', () => {});
for (const signal of ['SIGHUP', 'SIGTERM']) process.on(signal, () => command.kill(signal));
command.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
