import { expect, test } from "vitest";
import { encodeHex } from "../encoding/hex.js";
import { nodeCrypto } from "./crypto-node.js";
import { nodeRandom } from "./random-node.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const fromHex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

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

test("ed25519 (RFC 8032 section 7.1, tests 1 and 2)", () => {
  for (const [seed, publicKey, message, signature] of [
    [
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
  ] as const) {
    const seedBytes = fromHex(seed);
    expect(encodeHex(nodeCrypto.ed25519PublicKey(seedBytes))).toBe(publicKey);
    expect(encodeHex(nodeCrypto.ed25519Sign(seedBytes, fromHex(message)))).toBe(signature);
  }
});

test("AES-256-GCM (McGrew and Viega, test case 16)", () => {
  const { ciphertext, tag } = nodeCrypto.aes256GcmEncrypt({
    key: fromHex("feffe9928665731c6d6a8f9467308308".repeat(2)),
    iv: fromHex("cafebabefacedbaddecaf888"),
    plaintext: fromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ),
    additionalData: fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
  });
  expect(encodeHex(ciphertext)).toBe(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
  );
  expect(encodeHex(tag)).toBe("76fc6ece0f4e1768cddf8853bb2d551b");
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
