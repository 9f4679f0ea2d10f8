// A district's identity provider that behaves like Entra: its sign-in page sends the browser back with a
// code, which is exchanged for a signed token. It has its own address, so that the return is cross-site.

import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

export const TENANT = '11111111-2222-4333-8444-555555555555';
const KID = 'k1';

const coded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Provider {
  #server;
  #pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** The claims for which each code will be exchanged. */
  #codes = new Map();
  /** The TXT records of the DNS, by name: the stand-in for the resolver answers as Google's does. */
  records = new Map();
  /** Whether the provider admits the next person. */
  letsIn = true;

  static async start() {
    const provider = new Provider();
    provider.#server = createServer((request, answer) => provider.#answer(request, answer));
    await new Promise((listening) => provider.#server.listen(0, '127.0.0.1', listening));
    provider.url = `http://127.0.0.1:${provider.#server.address().port}`;
    return provider;
  }

  async #answer(request, answer) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    if (pathname.endsWith('/authorize')) return this.#page(searchParams, answer);
    if (pathname.endsWith('/enter')) return this.#sendBack(searchParams, answer);
    answer.setHeader('content-type', 'application/json');
    if (pathname === '/dns.google/resolve') return answer.end(JSON.stringify(this.#resolved(searchParams)));
    if (pathname.endsWith('/keys')) {
      return answer.end(JSON.stringify({ keys: [{ ...this.#pair.publicKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' }] }));
    }
    if (!pathname.endsWith('/token')) return answer.writeHead(404).end('{}');
    const form = new URLSearchParams(await request.reduce((text, chunk) => text + chunk, ''));
    const claims = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    if (!claims) return answer.writeHead(400).end('{"error":"invalid_grant"}');
    return answer.end(JSON.stringify({ token_type: 'Bearer', id_token: this.#signed(claims) }));
  }

  #resolved(asked) {
    const texts = asked.get('type') === 'TXT' ? this.records.get(asked.get('name')) : undefined;
    if (!texts) return { Status: 3 };
    return { Status: 0, Answer: texts.map((data) => ({ name: `${asked.get('name')}.`, type: 16, TTL: 60, data })) };
  }

  /** The provider's own page, with a single link. */
  #page(asked, answer) {
    const next = `${this.url}/enter?${new URLSearchParams(asked)}`.replaceAll('&', '&amp;');
    answer.setHeader('content-type', 'text/html; charset=utf-8');
    answer.end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Oak district</title><a data-testid="enter" href="${next}">Go on as Ann</a>`);
  }

  #sendBack(asked, answer) {
    const back = new URL(asked.get('redirect_uri'));
    back.searchParams.set('state', asked.get('state'));
    if (this.letsIn) {
      const now = Math.floor(Date.now() / 1000);
      const code = crypto.randomUUID();
      this.#codes.set(code, {
        iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, aud: asked.get('client_id'), sub: 'pairwise', tid: TENANT,
        oid: '0a0a0a0a-0000-4000-8000-00000000000a', preferred_username: 'ann@oak.example', nonce: asked.get('nonce'),
        iat: now, exp: now + 3600, amr: ['pwd', 'mfa'],
      });
      back.searchParams.set('code', code);
    } else {
      back.searchParams.set('error', 'access_denied');
    }
    answer.writeHead(302, { location: back.href }).end();
  }

  #signed(claims) {
    const message = `${coded({ alg: 'RS256', kid: KID, typ: 'JWT' })}.${coded(claims)}`;
    return `${message}.${createSign('RSA-SHA256').update(message).sign(this.#pair.privateKey, 'base64url')}`;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(closed));
  }
}
