import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as nodeCrypto from "../src/crypto.node.js";
import * as webCrypto from "../src/crypto.web.js";
import { checkWebhook, type SignatureProfile, signWebhook, standardWebhooks } from "../src/index.js";
import { github, shopify, slack, stripe } from "../src/providers/index.js";
import { signWith } from "../src/sign-with.js";
import { verifyWith } from "../src/verify-with.js";
import { ed25519Vectors, profileVectors, providerVectors } from "./vectors.js";

/** The two providers that publish no vector: ours are computed as their documentation says. */
test("the vectors of Stripe and Shopify are what node:crypto computes, the rolled secret's among them", () => {
  const mac = (key: string, content: string, encoding: "hex" | "base64") =>
    createHmac("sha256", key).update(content).digest(encoding);
  const find = (name: string) => providerVectors.filter((vector) => vector.provider === name);
  const [one, rolled] = find("stripe").map(({ headers }) => headers["Stripe-Signature"]);
  const [charge] = find("stripe");
  const sign = (key: string) => `v1=${mac(key, `1492774577.${charge?.body}`, "hex")}`;
  expect(one).toBe(`t=1492774577,${sign("whsec_test_secret")}`);
  expect(rolled).toContain(
    `t=1492774577,${sign("whsec_test_secret_rolled")},${sign("whsec_test_secret")},v0=`,
  );
  const [order] = find("shopify");
  expect(order?.headers["X-Shopify-Hmac-SHA256"]).toBe(mac(`${order?.secret}`, `${order?.body}`, "base64"));
});

const secret = "whsec_0123456789abcdef0123456789abcdef";
const body = '{"eventType":"SESSION_COMPLETED","learnerId":"learner-123"}';
const sentAt = new Date(1717237800_000);
const providers = { github, shopify, slack, stripe };
const bothForms = [
  ["node:crypto", nodeCrypto],
  ["WebCrypto", webCrypto],
] as const;

/** A wire format that hosts keep: prefixed hex over a time in milliseconds and the body. */
const timed = {
  headers: { timestamp: "x-example-timestamp", signature: "x-example-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "milliseconds",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;

/** The oldest kind: bare hex over the body alone. */
const bare = {
  headers: { signature: "x-webhook-signature" },
  content: "{body}",
  encoding: "hex",
  prefix: "",
  key: "utf8",
} as const satisfies SignatureProfile;

const all = [bare, timed, standardWebhooks];

async function signAll(options: { readonly body?: string; readonly timestamp?: Date } = {}) {
  const sign = { secret, id: "msg_1", timestamp: options.timestamp ?? sentAt };
  const signed = all.map((profile) => signWebhook(options.body ?? body, { ...sign, profile }));
  return Object.assign({}, ...(await Promise.all(signed))) as Record<string, string>;
}

function without(headers: Readonly<Record<string, string>>, ...names: readonly string[]) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

describe.each(bothForms)("with %s", (_name, crypto) => {
  test.each(profileVectors.filter(({ id }) => !id.includes(" ")))(
    "profile vector is signed and verified: $name",
    async ({ profile, secret, id, sentAt, body, signature }) => {
      const timestamp = new Date(sentAt);
      const headers = await signWith(crypto, body, { secret, id, timestamp, profile });
      expect(headers[profile.headers.signature]).toBe(signature);
      const parse = (text: string) => text;
      const verified = await verifyWith(
        crypto,
        { body, headers, secrets: secret },
        { now: timestamp, profiles: profile, parse },
      );
      expect(verified).toMatchObject({ event: body, profile });
      expect(verified.id).toBe(profile.content.includes("{id}") ? id : undefined);
    },
  );

  test.each(providerVectors)("provider vector: $name", async ({ provider, secret, now, headers, body }) => {
    const check = (text: string) =>
      verifyWith(
        crypto,
        { body: text, headers, secrets: secret },
        { now: new Date(now), profiles: providers[provider], parse: (each) => each },
      );
    expect((await check(body)).event).toBe(body);
    await expect(check(`${body} `)).rejects.toMatchObject({ code: "no_matching_signature" });
  });

  test.each(ed25519Vectors)(
    "ed25519 vector: $name",
    async ({ privateKey, publicKey, id, timestamp, body, signature }) => {
      const now = new Date(Number(timestamp) * 1000);
      const headers = await signWith(crypto, body, { secret: privateKey, id, timestamp: now });
      expect(headers["webhook-signature"]).toBe(signature);
      const verify = (changed: object, secrets: string | readonly string[] = publicKey) =>
        verifyWith(crypto, { body, secrets, headers: { ...headers, ...changed } }, { now });
      expect(await verify({})).toMatchObject({ id, event: JSON.parse(body) });
      expect(
        await verify({ "webhook-signature": `v1,AA== v1a,x ${signature}` }, [secret, publicKey]),
      ).toBeTruthy();
      for (const changed of [
        { "webhook-signature": signature.replace("v1a,", "v1,") },
        { "webhook-signature": signature.slice(0, -4) },
        { "webhook-signature": "v1a," },
        { "webhook-id": "msg_2" },
        { "webhook-timestamp": String(Number(timestamp) + 1) },
      ]) {
        await expect(verify(changed)).rejects.toMatchObject({ code: "no_matching_signature" });
      }
    },
  );
});

test("a public key's text is no HMAC secret: what was signed with it is refused in every format", async () => {
  const publicKey = ed25519Vectors[1]?.publicKey ?? "";
  const mac = createHmac("sha256", publicKey).update(body).digest("hex");
  const result = await checkWebhook(body, { "x-webhook-signature": mac }, publicKey, { profiles: bare });
  expect(result).toMatchObject({ ok: false, code: "malformed_secret" });
});

describe("a downgrade is refused", () => {
  test("a listed format whose header came must verify, whatever the others prove", async () => {
    const headers = await signAll();
    expect(await checkWebhook(body, headers, secret, { profiles: all, now: sentAt })).toMatchObject({
      ok: true,
      id: "msg_1",
      profile: standardWebhooks,
    });
    for (const { headers: names, prefix } of all) {
      for (const wrong of ["", `${prefix}00`, `${headers[names.signature]}0`]) {
        const changed = { ...headers, [names.signature]: wrong };
        const result = await checkWebhook(body, changed, secret, { profiles: all, now: sentAt });
        expect(result).toMatchObject({ ok: false });
      }
    }
  });

  test("an old request is old, though its untimed signature still fits", async () => {
    const headers = await signAll();
    const now = new Date(sentAt.getTime() + 300_001);
    expect(await checkWebhook(body, headers, secret, { profiles: all, now })).toMatchObject({
      code: "timestamp_too_old",
    });
  });

  test("with the stronger headers stripped, only a listed weaker format is accepted", async () => {
    const headers = without(await signAll(), "webhook-signature", "x-example-signature");
    const options = { now: sentAt };
    for (const profiles of [[standardWebhooks], [timed, standardWebhooks]]) {
      const result = await checkWebhook(body, headers, secret, { profiles, ...options });
      expect(result).toMatchObject({ code: "missing_header" });
    }
    const listed = await checkWebhook(body, headers, secret, { profiles: all, ...options });
    expect(listed).toMatchObject({ ok: true, id: undefined, timestamp: undefined, profile: bare });
  });

  test("no timestamp never satisfies a tolerance: demanding one refuses what only an untimed format signed", async () => {
    const headers = await signAll();
    const options = { profiles: all, now: sentAt, toleranceSeconds: 300 };
    expect(await checkWebhook(body, headers, secret, options)).toMatchObject({ ok: true });
    const stripped = without(headers, "webhook-signature", "x-example-signature");
    expect(await checkWebhook(body, stripped, secret, options)).toMatchObject({ code: "missing_header" });
    const alone = { ...options, profiles: bare };
    expect(await checkWebhook(body, headers, secret, alone)).toMatchObject({ code: "missing_header" });
  });

  test("a timestamp or an id that the format doesn't sign is not looked at", async () => {
    const claims = {
      ...bare,
      headers: { id: "x-id", timestamp: "x-time", signature: "x-webhook-signature" },
    };
    const headers = { ...(await signAll()), "x-id": "msg_2", "x-time": String(sentAt.getTime()) };
    const result = await checkWebhook(body, headers, secret, { profiles: claims, now: sentAt });
    expect(result).toMatchObject({ ok: true, id: undefined, timestamp: undefined });
    const demanding = { profiles: claims, now: sentAt, toleranceSeconds: 300 };
    expect(await checkWebhook(body, headers, secret, demanding)).toMatchObject({ code: "missing_header" });
  });

  test("the body is read from what was verified, whatever happens to the buffer meanwhile", async () => {
    const bytes = new TextEncoder().encode(body);
    const checking = checkWebhook(bytes, await signAll(), secret, { profiles: all, now: sentAt });
    bytes.fill(0);
    expect(await checking).toMatchObject({ ok: true, event: JSON.parse(body) });
  });
});

describe("a time in milliseconds, in a header of its own or among the signatures", () => {
  test("exactly five minutes pass, a millisecond more doesn't, in either direction", async () => {
    const headers = await signAll();
    const check = (ms: number) =>
      checkWebhook(body, headers, secret, { profiles: timed, now: new Date(sentAt.getTime() + ms) });
    expect(await check(300_000)).toMatchObject({ ok: true, timestamp: sentAt });
    expect(await check(300_001)).toMatchObject({ code: "timestamp_too_old" });
    expect(await check(-300_000)).toMatchObject({ ok: true });
    expect(await check(-300_001)).toMatchObject({ code: "timestamp_too_new" });
  });

  test("seconds, words and nothing are refused, never believed", async () => {
    const headers = await signAll();
    for (const [text, code] of [
      ["1717237800", "timestamp_too_old"],
      ["2024-06-01T10:30:00Z", "malformed_header"],
      ["NaN", "malformed_header"],
      ["", "missing_header"],
    ]) {
      const changed = { ...headers, "x-example-timestamp": text };
      const result = await checkWebhook(body, changed, secret, { profiles: timed, now: sentAt });
      expect(result).toMatchObject({ ok: false, code });
    }
  });

  test("two times, none and junk among the signatures are malformed; v0 alone is no signature", async () => {
    const now = sentAt;
    const { "stripe-signature": good = "" } = await signWebhook(body, {
      secret,
      timestamp: now,
      profile: providers.stripe,
    });
    const check = (header: string) =>
      checkWebhook(body, { "Stripe-Signature": header }, secret, { profiles: providers.stripe, now });
    expect(await check(good)).toMatchObject({ ok: true, timestamp: now });
    for (const header of [
      `t=1,${good}`,
      good.replace(/t=\d+,/, ""),
      good.replace("t=", "t= "),
      `${good}, ${good}`,
    ]) {
      expect(await check(header)).toMatchObject({ code: "malformed_header" });
    }
    expect(await check(good.replace("v1=", "v0="))).toMatchObject({ code: "no_matching_signature" });
    expect(await check("t=1")).toMatchObject({ code: "timestamp_too_old" });
  });
});

test("a receiver takes a signature with or without its prefix by trying two formats in turn", async () => {
  const headers = await signAll();
  const bareHex = {
    ...headers,
    "x-example-signature": headers["x-example-signature"]?.replace("sha256=", ""),
  };
  for (const sent of [headers, bareHex]) {
    const results = [];
    for (const prefix of ["sha256=", ""]) {
      results.push(await checkWebhook(body, sent, secret, { profiles: { ...timed, prefix }, now: sentAt }));
    }
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  }
});

test("profiles that are none reject with a TypeError, and are answered with a refusal", async () => {
  for (const profiles of [[], null, {}, "standard"] as unknown as (typeof standardWebhooks)[]) {
    const untrusted = { body, headers: await signAll(), secrets: secret };
    await expect(verifyWith(nodeCrypto, untrusted, { profiles })).rejects.toBeInstanceOf(TypeError);
    expect(await checkWebhook(body, untrusted.headers, secret, { profiles })).toMatchObject({ ok: false });
  }
});
