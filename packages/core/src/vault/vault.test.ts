import { createCipheriv, createHash, pbkdf2Sync } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { FlattenedEncrypt, flattenedDecrypt } from "jose";
import { describe, expect, test } from "vitest";
import { nodeCrypto } from "../runtime/crypto-node.js";
import { nodeRandom } from "../runtime/random-node.js";
import { createKeyRing, type VaultKey } from "./key-ring.js";
import { createVault, type Vault } from "./vault.js";

const keyBytes = (name: string) => createHash("sha256").update(name).digest();
const rawKey = (name: string) => keyBytes(name).toString("base64");
const place = { tenantId: "tenant-1", recordId: "ep_1", field: "secret" };
const text = "whsec_the-signing-secret";
const additionalData = new TextEncoder().encode(JSON.stringify(["tenant-1", "ep_1", "secret"]));
const vaultWith = (keys: readonly VaultKey[]) =>
  createVault(createKeyRing(keys), { crypto: nodeCrypto, random: nodeRandom });
const vault = vaultWith([{ id: "2026-11", key: rawKey("a") }]);

/** What an open comes to: the text, or the code of its error. */
async function openOutcome(opener: Vault, request: Parameters<Vault["open"]>[0]): Promise<string> {
  return opener.open(request).then(
    (secret) => secret.reveal(),
    (error: { code: string }) => error.code,
  );
}

test("what is sealed opens at its place, as a secret that masks itself", async () => {
  const sealed = await vault.seal({ ...place, text });
  const secret = await vault.open({ ...place, sealed });
  expect(secret.reveal()).toBe(text);
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
});

test("any text comes back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (anyText) => {
      const sealed = await vault.seal({ ...place, text: anyText });
      expect(await openOutcome(vault, { ...place, sealed })).toBe(anyText);
    }),
    { numRuns: 50, examples: [[""], ["\ufeffstarts with a byte order mark"]] },
  );
});

test("the stored text names its key and holds neither the place nor the text", async () => {
  const sealed = await vault.seal({ ...place, text });
  const stored = JSON.parse(sealed);
  expect(Object.keys(stored).sort()).toEqual(["ciphertext", "iv", "protected", "tag"]);
  expect(JSON.parse(Buffer.from(stored.protected, "base64url").toString())).toEqual({
    alg: "dir",
    enc: "A256GCM",
    kid: "2026-11",
  });
  expect(await vault.seal({ ...place, text })).not.toBe(sealed);
});

test("jose opens what is sealed, whatever the text", async () => {
  const options = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (anyText) => {
      const stored = JSON.parse(await vault.seal({ ...place, text: anyText }));
      const jwe = { ...stored, aad: Buffer.from(additionalData).toString("base64url") };
      const { plaintext } = await flattenedDecrypt(jwe, keyBytes("a"), options);
      expect(plaintext).toEqual(new TextEncoder().encode(anyText));
    }),
    { numRuns: 50, examples: [[""]] },
  );
});

test("what jose sealed opens", async () => {
  const { aad: _, ...stored } = await new FlattenedEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ kid: "2026-11", enc: "A256GCM", alg: "dir" })
    .setAdditionalAuthenticatedData(additionalData)
    .encrypt(keyBytes("a"));
  expect(await openOutcome(vault, { ...place, sealed: JSON.stringify(stored) })).toBe(text);
});

test("no two seals share an iv", async () => {
  const sealed = await Promise.all(Array.from({ length: 1000 }, () => vault.seal({ ...place, text })));
  expect(new Set(sealed.map((each) => JSON.parse(each).iv)).size).toBe(1000);
});

test("another tenant, record or field doesn't open it", async () => {
  const sealed = await vault.seal({ ...place, text });
  for (const moved of [{ tenantId: "tenant-2" }, { recordId: "ep_2" }, { field: "headers" }]) {
    expect(await openOutcome(vault, { ...place, ...moved, sealed })).toBe("VAULT_OPEN_FAILED");
  }
  const shifted = { tenantId: 'tenant-1","ep_1', recordId: "secret", field: "" };
  expect(await openOutcome(vault, { ...shifted, sealed })).toBe("VAULT_OPEN_FAILED");
});

test("a place written into the stored text is not believed", async () => {
  const jwe = await new FlattenedEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: "2026-11" })
    .setAdditionalAuthenticatedData(additionalData)
    .encrypt(keyBytes("a"));
  const sealed = JSON.stringify(jwe);
  expect(await openOutcome(vault, { ...place, sealed })).toBe(text);
  expect(await openOutcome(vault, { ...place, tenantId: "tenant-2", sealed })).toBe("VAULT_OPEN_FAILED");
});

describe("a changed text", () => {
  test("doesn't open, whichever part was changed", async () => {
    const stored = JSON.parse(await vault.seal({ ...place, text }));
    for (const part of ["iv", "ciphertext", "tag"]) {
      const flipped = (stored[part].startsWith("A") ? "B" : "A") + stored[part].slice(1);
      const sealed = JSON.stringify({ ...stored, [part]: flipped });
      expect(await openOutcome(vault, { ...place, sealed })).toBe("VAULT_OPEN_FAILED");
    }
    for (const header of [
      { alg: "dir", enc: "A256GCM", kid: "2026-11", extra: true },
      { alg: "dir", enc: "A128GCM", kid: "2026-11" },
      { alg: "none", enc: "A256GCM", kid: "2026-11" },
      { alg: "dir", enc: "A256GCM" },
      { alg: "dir", enc: "A256GCM", kid: "two\nlines" },
    ]) {
      const changed = Buffer.from(JSON.stringify(header)).toString("base64url");
      const sealed = JSON.stringify({ ...stored, protected: changed });
      expect(await openOutcome(vault, { ...place, sealed })).toBe("VAULT_OPEN_FAILED");
    }
  });

  test("that was never sealed is refused, whatever it is", async () => {
    const anySealed = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constant('{"protected":"e30","iv":"","ciphertext":"","tag":""}'),
    );
    await fc.assert(
      fc.asyncProperty(anySealed, async (sealed) => {
        expect(await openOutcome(vault, { ...place, sealed })).toBe("VAULT_OPEN_FAILED");
      }),
    );
  });
});

describe("several keys", () => {
  const both = vaultWith([
    { id: "new", key: rawKey("b") },
    { id: "2026-11", key: rawKey("a") },
  ]);

  test("the first seals, all open", async () => {
    const old = await vault.seal({ ...place, text: "old" });
    expect(await openOutcome(both, { ...place, sealed: old })).toBe("old");
    const fresh = await both.seal({ ...place, text: "fresh" });
    expect(await openOutcome(both, { ...place, sealed: fresh })).toBe("fresh");
  });

  test("a key that is gone is named by its id", async () => {
    const fresh = await both.seal({ ...place, text });
    await expect(vault.open({ ...place, sealed: fresh })).rejects.toMatchObject({
      code: "VAULT_KEY_MISSING",
      message: expect.stringContaining('"new"'),
    });
  });

  test("another key under the same id doesn't open", async () => {
    const other = vaultWith([{ id: "2026-11", key: rawKey("c") }]);
    const sealed = await vault.seal({ ...place, text });
    expect(await openOutcome(other, { ...place, sealed })).toBe("VAULT_OPEN_FAILED");
  });
});

describe("key texts", () => {
  test("32 bytes are the key itself, in base64 or base64url, padded or not", async () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const forms = [
      bytes.toString("base64"),
      bytes.toString("base64url"),
      bytes.toString("base64").replace("=", ""),
    ];
    const sealed = await vaultWith([{ id: "k", key: forms[0] ?? "" }]).seal({ ...place, text });
    for (const key of forms) {
      expect(await openOutcome(vaultWith([{ id: "k", key }]), { ...place, sealed })).toBe(text);
    }
  });

  test("any other text is a passphrase: PBKDF2-SHA256, 600,000 rounds, salted with the key's id", async () => {
    const passphrase = "correct horse battery staple, and then some";
    const key = pbkdf2Sync(passphrase, "tenon-vault:phrase", 600_000, 32, "sha256");
    const header = Buffer.from('{"alg":"dir","enc":"A256GCM","kid":"phrase"}').toString("base64url");
    const iv = Buffer.alloc(12, 1);
    const cipher = createCipheriv("aes-256-gcm", key, iv);
    const additional = Buffer.from(JSON.stringify(["tenant-1", "ep_1", "secret"])).toString("base64url");
    cipher.setAAD(Buffer.from(`${header}.${additional}`));
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]).toString("base64url");
    const tag = cipher.getAuthTag().toString("base64url");
    const sealed = JSON.stringify({ protected: header, iv: iv.toString("base64url"), ciphertext, tag });
    const opener = vaultWith([{ id: "phrase", key: passphrase }]);
    expect(await openOutcome(opener, { ...place, sealed })).toBe(text);
  });

  test("weak, repeated and missing keys are named all at once, without their text", () => {
    const weak = "hunter2-hunter2-hunter2";
    const keys = [
      { id: "a", key: weak },
      { id: "a", key: rawKey("a") },
      { id: "not an id", key: "x".repeat(31) },
    ];
    const pointers = ["/0/key", "/1/id", "/2/id", "/2/key"];
    expect(() => createKeyRing(keys)).toThrow(
      expect.objectContaining({ problems: pointers.map((pointer) => expect.objectContaining({ pointer })) }),
    );
    expect(() => createKeyRing(keys)).not.toThrow(weak);
    expect(() => createKeyRing([])).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

test("neither the vault nor its errors show a key or a sealed text's content", async () => {
  const other = vaultWith([{ id: "other", key: rawKey("planted") }]);
  const sealed = await vault.seal({ ...place, text });
  const errors = await Promise.all([
    other.open({ ...place, sealed }).catch((error: unknown) => error),
    vault.open({ ...place, field: "x", sealed }).catch((error: unknown) => error),
    vault.open({ ...place, sealed: text }).catch((error: unknown) => error),
  ]);
  const shown = [vault, other, ...errors].map(
    (value) => `${inspect(value, { depth: 9, showHidden: true })}${JSON.stringify(value)}`,
  );
  for (const secret of [text, rawKey("a"), rawKey("planted"), keyBytes("a").toString("hex")]) {
    expect(shown.join()).not.toContain(secret);
  }
});
