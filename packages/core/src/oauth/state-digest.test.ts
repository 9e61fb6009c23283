import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeCrypto as crypto } from "../runtime/crypto-node.js";
import { nodeRandom } from "../runtime/random-node.js";
import { digestState, generateState, verifyState } from "./state-digest.js";

test("a state is told from its digest, and the digest doesn't hold it", () => {
  const state = generateState(nodeRandom);
  const digest = digestState(state, crypto);
  expect(state).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(verifyState({ state, digest, crypto })).toBe(true);
});

test("no other text is accepted, not even the digest itself, and none makes it throw", () => {
  const state = generateState(nodeRandom);
  const digest = digestState(state, crypto);
  for (const other of [
    "",
    digest,
    `${state}\n`,
    state.slice(0, -1),
    generateState(nodeRandom),
    "x".repeat(2_000_000),
  ]) {
    expect(verifyState({ state: other, digest, crypto })).toBe(false);
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (other) => {
      expect(verifyState({ state: other, digest, crypto })).toBe(false);
      expect(verifyState({ state, digest: other, crypto })).toBe(false);
    }),
  );
});
