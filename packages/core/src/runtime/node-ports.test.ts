import { expect, test } from "vitest";
import { encodeHex } from "../encoding/hex.js";
import { nodeCrypto } from "./crypto-node.js";
import { nodeRandom } from "./random-node.js";

const utf8 = (text: string) => new TextEncoder().encode(text);

test("SHA-256 of text and of the same bytes, as lowercase hex (FIPS 180-4 example)", () => {
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(nodeCrypto.sha256Hex("abc")).toBe(digest);
  expect(nodeCrypto.sha256Hex(utf8("abc"))).toBe(digest);
  expect(nodeCrypto.sha256Hex("é")).toBe(nodeCrypto.sha256Hex(utf8("é")));
});

test("HMAC-SHA256 (RFC 4231 test case 2)", () => {
  const mac = nodeCrypto.hmacSha256(utf8("Jefe"), utf8("what do ya want for nothing?"));
  expect(encodeHex(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

test("random bytes have the length asked for, and nobody else holds them", () => {
  const drawn = [16, 32, 256, 257, 5000, 32, 0].map((length) => {
    const bytes = nodeRandom.bytes(length);
    expect(bytes).toHaveLength(length);
    expect(bytes.buffer.byteLength).toBe(length);
    return bytes;
  });
  const [first, second] = drawn;
  first?.fill(0);
  expect(second?.some((byte) => byte !== 0)).toBe(true);
});

test("random bytes don't repeat, over many pools", () => {
  const seen = new Set(Array.from({ length: 5000 }, () => encodeHex(nodeRandom.bytes(16))));
  expect(seen.size).toBe(5000);
});
