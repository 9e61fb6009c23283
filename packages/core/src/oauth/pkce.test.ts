import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeCrypto as crypto } from "../runtime/crypto-node.js";
import { nodeRandom } from "../runtime/random-node.js";
import {
  deriveCodeChallenge,
  generateCodeVerifier,
  isCodeChallenge,
  isCodeVerifier,
  verifyCodeVerifier,
} from "./pkce.js";

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

test("RFC 7636 appendix B", () => {
  const octets = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214,
    191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
  ];
  expect(generateCodeVerifier({ bytes: () => Uint8Array.from(octets) })).toBe(verifier);
  expect(deriveCodeChallenge(verifier, crypto)).toBe(challenge);
  expect(verifyCodeVerifier({ verifier, challenge, crypto })).toBe(true);
});

test("a generated verifier is well-formed, and only it fits its challenge", () => {
  const mine = generateCodeVerifier(nodeRandom);
  expect(isCodeVerifier(mine)).toBe(true);
  expect(isCodeChallenge(deriveCodeChallenge(mine, crypto))).toBe(true);
  expect(verifyCodeVerifier({ verifier: mine, challenge: deriveCodeChallenge(mine, crypto), crypto })).toBe(
    true,
  );
  expect(verifyCodeVerifier({ verifier: mine, challenge, crypto })).toBe(false);
});

test("a verifier has 43 to 128 unreserved characters", () => {
  for (const text of ["a".repeat(43), "~.-_".repeat(32)]) expect(isCodeVerifier(text)).toBe(true);
  for (const text of [
    "a".repeat(42),
    "a".repeat(129),
    `${"a".repeat(43)}\n`,
    `${"a".repeat(42)}+`,
    "é".repeat(43),
  ]) {
    expect(isCodeVerifier(text)).toBe(false);
    expect(() => deriveCodeChallenge(text, crypto)).toThrow(TypeError);
    expect(verifyCodeVerifier({ verifier: text, challenge, crypto })).toBe(false);
  }
});

test("a challenge is one that S256 can produce", () => {
  expect(isCodeChallenge(challenge)).toBe(true);
  for (const text of [
    "",
    challenge.slice(1),
    `${challenge}A`,
    `${challenge}=`,
    `${challenge.slice(0, -1)}N`,
    "x".repeat(1_000_000),
  ]) {
    expect(isCodeChallenge(text)).toBe(false);
  }
});

test("no verifier is accepted for a challenge but its own, and none makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9\-._~]{43,128}$/)), (text) => {
      expect(verifyCodeVerifier({ verifier: text, challenge, crypto })).toBe(text === verifier);
    }),
  );
});

test("the plain method is not there: a verifier is not its own challenge", () => {
  expect(verifyCodeVerifier({ verifier, challenge: verifier, crypto })).toBe(false);
});
