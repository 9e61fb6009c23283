import { expect, test } from "vitest";
import { bearerOf, createCaller } from "../../black-box/src/call-api.js";
import { startProgram, startRefused } from "../../black-box/src/start-program.js";
import { readSettings } from "../src/settings.js";

const JWT_SECRET = "a secret of the host's own login";
const example = "framework";

test("without what it needs the program refuses to start, and names every variable and no value", {
  timeout: 120_000,
}, async () => {
  const env = { DATABASE_URL: "postgres://db/framework", WEBHOOK_TIMEOUT: "soon", API_KEY_EXPIRY: "0" };
  const { status, output } = await startRefused({ example, env });
  expect(status).toBe(1);
  for (const name of ["JWT_SECRET", "TENON_VAULT_KEY", "WEBHOOK_TIMEOUT", "API_KEY_EXPIRY"])
    expect(output).toContain(name);
  expect(output).not.toContain("soon");
});

test("every variable but JWT_SECRET has the system's own default", () => {
  expect(readSettings({ JWT_SECRET })).toMatchObject({
    databaseUrl: undefined,
    redisUrl: undefined,
    maxRetries: 3,
    retryDelayMs: 1000,
    backoffFactor: 2,
    timeoutMs: 10_000,
    keyLifetimeSeconds: 365 * 86_400,
    keyPrefix: "sk_",
    isDemo: false,
  });
});

test("with JWT_SECRET alone it runs in memory; without DEMO nothing steers it, and no webhook goes to loopback", {
  timeout: 120_000,
}, async () => {
  const program = await startProgram({ example, env: { JWT_SECRET } });
  const call = createCaller(program.url);
  expect((await call("GET", "/api/data")).status).toBe(401);
  for (const [method, path] of [
    ["POST", "/_demo/events"],
    ["POST", "/_demo/clock"],
    ["GET", "/_demo/lifecycle"],
  ] as const)
    expect((await call(method, path)).status).toBe(404);
  for (const path of ["/health", "/ready"]) expect((await call("GET", path)).status).toBe(200);
  const refused = await call("POST", "/integrations/webhook-endpoints", {
    headers: { authorization: await bearerOf(JWT_SECRET, "acme") },
    body: { url: "http://127.0.0.1:9/hook", eventTypes: ["*"] },
  });
  expect([refused.status, refused.json.code]).toEqual([400, "VALIDATION_FAILED"]);
  expect(await program.stop()).toBe(0);
});
