import { createManualClock } from "@tenon/contract-tests";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../errors/tenon-error.js";
import type { HttpTransport } from "../../../ports/http.js";
import type { JwtPrincipalOptions } from "./jwt-options.js";
import { createJwtPrincipal } from "./jwt-principal.js";

const secret = "a secret that is long enough: 32+";
const bytes = new TextEncoder().encode(secret);
const clock = createManualClock();
const seconds = () => clock.now().getTime() / 1000;
const claims = { sub: "ada", tenant: "acme" };
const ada = { tenantId: "acme", actorId: "ada", permissions: ["*"] };

type Key = Parameters<SignJWT["sign"]>[0];

async function bearer(payload: object, key: Key = bytes, header: object = {}): Promise<string> {
  const token = new SignJWT({ ...payload }).setProtectedHeader({ alg: "HS256", ...header });
  return `Bearer ${await token.sign(key)}`;
}

function read(options: Partial<JwtPrincipalOptions> = {}) {
  return createJwtPrincipal({ secret, permissions: ["*"], clock, ...options } as JwtPrincipalOptions);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

describe("the principal of a token signed with a shared secret", () => {
  test("is who the claims name", async () => {
    expect(await read()(await bearer(claims))).toEqual(ada);
    const named = read({ claims: { tenantId: "https://example.com/team", actorId: "email" } });
    const token = await bearer({ "https://example.com/team": "acme", email: "ada" });
    expect(await named(token)).toEqual(ada);
    const told = read({ permissions: ({ role }) => (role === "admin" ? ["*"] : ["webhooks:read"]) });
    expect(await told(await bearer({ ...claims, role: "guest" }))).toMatchObject({
      permissions: ["webhooks:read"],
    });
  });

  test("is nobody without a tenant or a caller that can be one", async () => {
    for (const bad of [
      { tenant: "" },
      { tenant: 7 },
      { tenant: "x".repeat(129) },
      { sub: undefined },
      { tenant: ["a"] },
    ]) {
      expect(await read()(await bearer({ ...claims, ...bad }))).toBeUndefined();
    }
  });

  test("is nobody when the token is changed, signed with another secret, or none", async () => {
    const good = await bearer(claims);
    const [header, , signature] = good.split(".");
    for (const text of [
      undefined,
      "",
      good.replace("Bearer ", ""),
      good.replace("Bearer", "Basic"),
      `${good}x`,
      `${header}.${encode({ ...claims, tenant: "other" })}.${signature}`,
      await bearer(claims, new TextEncoder().encode("another secret, which is as long as it")),
      "Bearer sk_live_abc",
      "Bearer a.b.c",
    ]) {
      expect(await read()(text)).toBeUndefined();
    }
  });

  test("is nobody without a signature, whatever `alg` says", async () => {
    for (const alg of ["none", "None", "NONE", "nOnE"]) {
      const unsigned = `Bearer ${encode({ alg })}.${encode(claims)}.`;
      expect(await read()(unsigned)).toBeUndefined();
      expect(await read()(`${unsigned}AAAA`)).toBeUndefined();
    }
    expect(await read()(await bearer(claims, bytes, { alg: "HS512" }))).toBeUndefined();
  });

  test("is nobody before and after the token's time, to the tolerance", async () => {
    const at = async (payload: object, tolerance = 5) =>
      (await read({ clockToleranceSeconds: tolerance })(await bearer({ ...claims, ...payload }))) !==
      undefined;
    expect(await at({ exp: seconds() + 1 })).toBe(true);
    expect(await at({ exp: seconds() - 4 })).toBe(true);
    expect(await at({ exp: seconds() - 4 }, 0)).toBe(false);
    expect(await at({ exp: seconds() - 5 })).toBe(false);
    expect(await at({ nbf: seconds() + 5 })).toBe(true);
    expect(await at({ nbf: seconds() + 6 })).toBe(false);
  });

  test("is nobody when issuer or audience are others", async () => {
    const strict = read({ issuer: "https://id.example.com", audience: "portal" });
    const right = { ...claims, iss: "https://id.example.com", aud: ["portal", "other"] };
    expect(await strict(await bearer(right))).toEqual(ada);
    expect(await strict(await bearer({ ...right, iss: "https://evil.example.com" }))).toBeUndefined();
    expect(await strict(await bearer({ ...right, aud: "other" }))).toBeUndefined();
    expect(await strict(await bearer(claims))).toBeUndefined();
  });
});

describe("the principal of a token signed with a private key", () => {
  test("is found by the public key, and never by that key taken for a secret", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const pem = await exportSPKI(publicKey);
    const reader = createJwtPrincipal({ publicKey: pem, permissions: ["*"], clock });
    expect(await reader(await bearer(claims, privateKey, { alg: "RS256" }))).toEqual(ada);
    const stranger = await generateKeyPair("RS256");
    expect(await reader(await bearer(claims, stranger.privateKey, { alg: "RS256" }))).toBeUndefined();
    const confused = await bearer(claims, new TextEncoder().encode(pem), { alg: "HS256" });
    expect(await reader(confused)).toBeUndefined();
  });

  test("is found by the keys that the issuer publishes, which are fetched through the transport", async () => {
    const [first, second] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
    const published = [{ ...(await exportJWK(first.publicKey)), kid: "1", alg: "RS256" }];
    let [fetches, isOut] = [0, false];
    const transport: HttpTransport = {
      check: (url) => (url.startsWith("https:") ? { ok: true } : { ok: false, reason: "must be https" }),
      async request() {
        fetches += 1;
        if (isOut) return { ok: false, failure: "connect", message: "refused" };
        const body = new TextEncoder().encode(JSON.stringify({ keys: published }));
        return { ok: true, status: 200, headers: {}, body, truncated: false };
      },
    };
    const source = { jwksUri: "https://id.example.com/jwks", transport };
    const reader = createJwtPrincipal({ ...source, permissions: ["*"], clock });
    const sign = (key: Key, kid: string) => bearer(claims, key, { alg: "RS256", kid });
    expect(await reader(await sign(first.privateKey, "1"))).toEqual(ada);
    expect(await reader(await sign(first.privateKey, "1"))).toEqual(ada);
    expect(fetches).toBe(1);
    expect(await reader(await sign(second.privateKey, "1"))).toBeUndefined();
    expect(await reader(await sign(second.privateKey, "2"))).toBeUndefined();

    isOut = true;
    const cold = createJwtPrincipal({ ...source, permissions: ["*"], clock });
    await expect(cold(await sign(first.privateKey, "1"))).rejects.toThrow(/could not be fetched/);
    expect(() =>
      createJwtPrincipal({ ...source, jwksUri: "http://id.example.com/jwks", permissions: [] }),
    ).toThrow(/must be https/);
  });
});

describe("options that can't be", () => {
  test.each([
    ["a short secret", { secret: "x".repeat(31) }, "/secret"],
    ["a private key's algorithm with a secret", { secret, algorithms: ["RS256"] }, "/algorithms/0"],
    [
      "a secret's algorithm with a public key",
      { publicKey: "-----BEGIN PUBLIC KEY-----", algorithms: ["HS256"] },
      "/algorithms/0",
    ],
    ["no signature", { secret, algorithms: ["none"] }, "/algorithms/0"],
    ["a text that is no key", { publicKey: "ssh-rsa AAAA" }, "/publicKey"],
    ["keys without a transport", { jwksUri: "https://id.example.com/jwks" }, "/transport"],
    ["two kinds of key", { secret, publicKey: "-----BEGIN PUBLIC KEY-----" }, ""],
    ["no permissions", { secret, permissions: undefined }, "/permissions"],
  ])("%s is a ConfigError that doesn't show it", (_, options, pointer) => {
    const build = () =>
      createJwtPrincipal({ permissions: ["*"], ...options } as unknown as JwtPrincipalOptions);
    expect(build).toThrow(ConfigError);
    try {
      build();
    } catch (error) {
      expect((error as ConfigError).problems.map((problem) => problem.pointer)).toContain(pointer);
      expect(String(error)).not.toContain(secret);
    }
  });
});
