import { afterAll, beforeAll, expect, test } from "vitest";
import { bearerOf, type CallApi, createCaller } from "../../black-box/src/call-api.js";
import { type RunningProgram, startProgram, startRefused } from "../../black-box/src/start-program.js";
import { JWT_SECRET } from "./platform-bench.js";

const example = "learning-platform";
let program: RunningProgram;
let call: CallApi;
let admin: CallApi;

beforeAll(async () => {
  program = await startProgram({ example, env: { JWT_SECRET } });
  call = createCaller(program.url);
  admin = createCaller(program.url, { authorization: await bearerOf(JWT_SECRET, "tenant-456") });
});
afterAll(async () => void (await program.stop()));

test("it refuses to start, and names every variable that is missing or can't be", async () => {
  const env = { DATABASE_URL: "file:./no", PORT: "abc", WEBHOOK_TIMEOUT_MS: "soon", JWT_SECRET: "hunter2" };
  const [unset, broken] = await Promise.all([
    startRefused({ example, env: {} }),
    startRefused({ example, env }),
  ]);
  expect(unset).toEqual({ status: 1, output: expect.stringContaining("/JWT_SECRET is missing") });
  expect(unset.output).not.toContain("TENON_VAULT_KEY");
  expect(broken.status).toBe(1);
  for (const name of ["PORT", "TENON_VAULT_KEY", "JWT_SECRET", "WEBHOOK_TIMEOUT_MS"]) {
    expect(broken.output).toContain(`/${name} `);
  }
  expect(broken.output).not.toContain("hunter2");
});

test("its login's secret is enough to start: its records are in memory then", async () => {
  expect(await admin("GET", "/admin/webhooks")).toMatchObject({ status: 200, items: [] });
});

test("whoever the login doesn't vouch for manages nothing", async () => {
  expect((await call("GET", "/admin/webhooks")).status).toBe(401);
  const forged = { authorization: await bearerOf(`${JWT_SECRET}.`, "tenant-456") };
  expect((await call("GET", "/admin/webhooks", { headers: forged })).status).toBe(401);
});

test("but for a demo, no receiver may be on loopback, and nothing steers events or time", async () => {
  const body = { url: "http://127.0.0.1:9/webhook", eventTypes: ["GOAL_COMPLETED"] };
  expect((await admin("POST", "/admin/webhooks", { body })).status).toBe(400);
  expect((await call("POST", "/_demo/events", { body: {} })).status).toBe(404);
  expect((await call("POST", "/_demo/clock", { body: { advanceMs: 1 } })).status).toBe(404);
  expect((await call("GET", "/_demo/lifecycle")).status).toBe(404);
});
