import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express from "express";
import express4 from "express-4";
import { describe, expect, test } from "vitest";
import { requireApiKey } from "../src/index.js";
import { listen } from "./serve-express.js";

setFlagsFromString("--allow-natives-syntax");
/** Whether the engine has a hidden class for the object, and no table. */
const hasFastProperties = new Function("object", "return %HasFastProperties(object)") as (
  object: object,
) => boolean;

const tenon = createTenon({ storage: memoryStorage() });
const guard = requireApiKey(tenon);
const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });

async function call(port: number): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}`, { headers: { "X-API-Key": secret.reveal() } })).json();
}

function describeProperties(req: IncomingMessage, res: ServerResponse) {
  return [req, res].map((object) =>
    Reflect.ownKeys(object)
      .filter((name) => name !== "tenon")
      .map((name) => {
        const { enumerable, configurable, writable } = Object.getOwnPropertyDescriptor(object, name) ?? {};
        return { name, enumerable, configurable, writable };
      }),
  );
}

describe.each([
  ["5", express],
  ["4", express4],
])("a guard on Express %s", (_version, framework) => {
  test("leaves request and reply with the properties they had, in their order", async () => {
    const app = framework();
    let before: unknown;
    app.use((req, res, next) => {
      before = describeProperties(req, res);
      next();
    });
    app.use(guard, guard);
    app.use((req, res) => {
      expect(describeProperties(req, res)).toEqual(before);
      res.json(req.tenon.tenantId);
    });
    const { port, close } = await listen(app);
    expect(await call(port)).toBe("acme");
    await close();
  });

  test("has both kept in tables by an engine that would give each hidden classes of its own", async () => {
    const app = framework();
    app.get("/", guard, (req, res) => void res.json([req, res].map(hasFastProperties)));
    const { port, close } = await listen(app);
    const sharesClasses = Number.parseInt(process.versions.v8, 10) >= 13;
    expect(await call(port)).toEqual([sharesClasses, sharesClasses]);
    await close();
  });
});

test("where Express has changed no prototypes, hidden classes stay as they are", async () => {
  const server = createServer((req, res) => {
    guard(req, res, () => res.end(JSON.stringify([req, res].map(hasFastProperties))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  expect(await call((server.address() as AddressInfo).port)).toEqual([true, true]);
  await new Promise((resolve) => server.close(resolve));
});
