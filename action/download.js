'use strict';
// Downloads a file, within limits.

const http = require('node:http');
const https = require('node:https');

const BYTES = 64 * 1024 * 1024;
const SECONDS = 120;
const REDIRECTS = 5;

const isLoopback = (url) => url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);

// A redirect's query may be a signature, and an address may have a password.
const shown = (url) => `${url.origin}${url.pathname}`;

async function download(address) {
  if (!URL.canParse(address)) throw new Error(`cannot download ${address}: this is not a URL; check download-url`);
  const signal = AbortSignal.timeout(SECONDS * 1000);
  const first = new URL(address);
  let url = first;
  try {
    for (let hops = 0; hops <= REDIRECTS; hops += 1) {
      // Plain http is for a server on this machine, and nothing else leads to one.
      if (url.protocol !== 'https:' && !(isLoopback(url) && isLoopback(first))) {
        throw new Error(`${shown(url)} is not an https URL`);
      }
      const response = await get(url, signal);
      const { statusCode: status, headers } = response;
      if (status === 200) return await read(response);
      response.destroy();
      const isRedirect = [301, 302, 303, 307, 308].includes(status) && headers.location;
      if (!isRedirect || !URL.canParse(headers.location, url)) {
        throw new Error(`${shown(url)} answers with HTTP ${status}`);
      }
      url = new URL(headers.location, url);
    }
    throw new Error(`more than ${REDIRECTS} redirects`);
  } catch (error) {
    const why = signal.aborted ? `it takes longer than ${SECONDS} s` : error.message || error.code;
    throw new Error(`cannot download ${shown(first)}: ${why}; check download-url, and the network and proxy`);
  }
}

function get(url, signal) {
  const options = { signal, headers: { 'user-agent': 'catena-token-action' } };
  // HTTPS_PROXY and NO_PROXY, in Node 24.5 and newer.
  if (url.protocol === 'https:') options.agent = new https.Agent({ proxyEnv: process.env });
  const { get: start } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => start(url, options, resolve).on('error', reject));
}

async function read(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > BYTES) throw new Error(`it has more than ${BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

module.exports = { download };
