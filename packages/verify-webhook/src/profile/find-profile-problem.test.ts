import { expect, test } from "vitest";
import * as providers from "../providers/index.js";
import { findProfileProblem } from "./find-profile-problem.js";
import { type SignatureProfile, standardWebhooks } from "./signature-profile.js";

test("Standard Webhooks and the providers' formats are sound", () => {
  for (const profile of [standardWebhooks, ...Object.values(providers)]) {
    expect(findProfileProblem(profile)).toBeUndefined();
  }
});

test.each<[string, Partial<SignatureProfile>]>([
  ["a header in capitals", { headers: { ...standardWebhooks.headers, signature: "Webhook-Signature" } }],
  ["one header for two things", { headers: { ...standardWebhooks.headers, id: "webhook-timestamp" } }],
  ["an id nobody sends", { headers: { timestamp: "a", signature: "b" } }],
  ["a time nobody sends", { headers: { id: "a", signature: "b" } }],
  ["a time that is sent and not signed", { content: "{id}.{body}" }],
  ["a time that is sent twice", { timestampPrefix: "t=" }],
  ["content without the body", { content: "{id}.{timestamp}" as "{body}" }],
  ["content that goes on after the body", { content: "{body}.{id}.{timestamp}" as "{body}" }],
  ["an id that runs into the time", { content: "{id}{timestamp}.{body}" }],
  ["a time that runs into the body", { content: "{id}.{timestamp}{body}" }],
  ["a part there isn't", { content: "{id}.{timestamp}.{url}{body}" }],
  ["a prefix with the separator in it", { separator: "," }],
  ["a separator that a signature may hold", { separator: "=" as "," }],
  ["one prefix for two algorithms", { ed25519Prefix: "v1," }],
  ["ed25519 beside secrets as text", { key: "utf8" }],
  ["an encoding there isn't", { encoding: "base64url" as "hex" }],
  ["a key there isn't", { key: "raw" as "utf8" }],
  ["a unit there isn't", { timestampUnit: "minutes" as "seconds" }],
])("%s is a problem", (_name, change) => {
  expect(findProfileProblem({ ...standardWebhooks, ...change })).toEqual(expect.any(String));
});
