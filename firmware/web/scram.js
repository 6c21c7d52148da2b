"use strict";
// The dongle's login (firmware/app/scram.py): SHA-256, HMAC, PBKDF2, and the proof made of them.
// By hand, because browsers give crypto.subtle to https pages only.

const SHA_START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
// The fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2)
const SHA_K = (() => {
  const k = new Int32Array(64);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let prime = true;
    for (let i = 2; i * i <= candidate; i++) if (candidate % i === 0) prime = false;
    if (prime) k[found++] = (Math.cbrt(candidate) % 1) * 4294967296;
  }
  return k;
})();
const SHA_W = new Int32Array(64);

/** One block of 16 words, in SHA_W[0..15], into the eight words of `state`. */
function shaBlock(state) {
  const w = SHA_W;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] +
      (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
      (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10));
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const t = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
      ((e & f) ^ (~e & g)) + SHA_K[i] + w[i]) | 0;
    const u = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
      ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t) | 0;
    d = c; c = b; b = a; a = (t + u) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** SHA-256 of octets, going on from a state that has taken `before` octets (a multiple of 64). */
function sha256(data, state = new Int32Array(SHA_START), before = 0) {
  const size = (data.length + 72) & ~63;
  const padded = new Uint8Array(size);
  padded.set(data);
  padded[data.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(size - 4, (before + data.length) * 8);
  for (let at = 0; at < size; at += 64) {
    for (let i = 0; i < 16; i++) SHA_W[i] = view.getInt32(at + i * 4);
    shaBlock(state);
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setInt32(i * 4, word));
  return new Uint8Array(out.buffer);
}

/** The two states of HMAC after its key. */
function hmacKey(key) {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  return [0x36, 0x5c].map((pad) => {
    const state = new Int32Array(SHA_START);
    const view = new DataView(block.map((octet) => octet ^ pad).buffer);
    for (let i = 0; i < 16; i++) SHA_W[i] = view.getInt32(i * 4);
    shaBlock(state);
    return state;
  });
}

function hmac(key, data) {
  const [inner, outer] = hmacKey(key);
  return sha256(sha256(data, inner, 64), outer, 64);
}

/** PBKDF2-HMAC-SHA-256, 32 octets. Gives the page a turn now and then; progress(0..1). */
async function pbkdf2(password, salt, iterations, progress = () => {}) {
  const [inner, outer] = hmacKey(password);
  let block = new DataView(sha256(sha256(join(salt, [0, 0, 0, 1]), inner.slice(), 64), outer.slice(), 64).buffer);
  const u = new Int32Array(8), sum = new Int32Array(8), state = new Int32Array(8);
  for (let i = 0; i < 8; i++) sum[i] = u[i] = block.getInt32(i * 4);
  for (let round = 1; round < iterations; round++) {
    for (const start of [inner, outer]) {
      // What is hashed is always 64 octets of key and 32 more
      SHA_W.set(u);
      SHA_W[8] = -2147483648;
      SHA_W.fill(0, 9, 15);
      SHA_W[15] = 768;
      state.set(start);
      shaBlock(state);
      u.set(state);
    }
    for (let i = 0; i < 8; i++) sum[i] ^= u[i];
    if (round % 4096 === 0) {
      progress(round / iterations);
      await new Promise((done) => setTimeout(done));
    }
  }
  block = new DataView(new ArrayBuffer(32));
  sum.forEach((word, i) => block.setInt32(i * 4, word));
  return new Uint8Array(block.buffer);
}

const octets = (text) => new TextEncoder().encode(text);
const toHex = (data) => Array.from(data, (octet) => octet.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => new Uint8Array((text.match(/../g) || []).map((two) => parseInt(two, 16)));
const xor = (a, b) => a.map((octet, i) => octet ^ b[i]);
const random = (count) => crypto.getRandomValues(new Uint8Array(count));

function join(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** {nonce, client, proof} for what GET /api/v1/login gave, and the ClientKey, which stays here. */
function prove(login, salted) {
  const key = hmac(salted, octets("Client Key"));
  const client = toHex(random(16));
  const both = client + login.nonce;
  const salt = btoa(String.fromCharCode(...fromHex(login.salt)));
  const auth = octets(`n=owner,r=${client},r=${both},s=${salt},i=${login.iterations},c=biws,r=${both}`);
  const proof = toHex(xor(key, hmac(sha256(key), auth)));
  return [{ nonce: login.nonce, client, proof }, key];
}

/** Octets sealed so that only who has the secret can read them: hex. One nonce, one seal. */
function seal(secret, nonce, data) {
  const key = hmac(secret, octets("seal" + nonce));
  const sealed = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 32) {
    sealed.set(xor(data.slice(at, at + 32), hmac(key, [at / 32])), at);
  }
  return toHex(join(sealed, hmac(key, join(octets("tag"), sealed)).slice(0, 16)));
}

/** What a new password is sent as: {salt, iterations, sealed}, and its SaltedPassword. */
async function sealPassword(password, iterations, secret, nonce, progress) {
  const salt = random(16);
  const salted = await pbkdf2(octets(password), salt, iterations, progress);
  const sealed = seal(secret, nonce, join(salted, octets(password)));
  return [{ salt: toHex(salt), iterations, sealed }, salted];
}
