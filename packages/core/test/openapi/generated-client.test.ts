import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { jwtPrincipal, managementApi } from "@tenon/adapters-hono";
import { Hono } from "hono";
import { SignJWT } from "jose";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { expect, onTestFinished, test } from "vitest";
import { createTestKit, TENANT } from "../kit.js";

const JWT_SECRET = "a secret of at least thirty-two bytes";

/** What somebody writes against the types that a generator made of the document. */
const PROGRAM = `
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const [, , baseUrl = "", token = ""] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: \`Bearer \${token}\` } });

function given<Data>({ data, error }: { data?: Data; error?: components["schemas"]["Problem"] }): Data {
  if (data === undefined) throw new Error(error?.code);
  return data;
}

const body = { name: "Zapier", scopes: ["posts:read"] };
const header = { "Idempotency-Key": "first" };
const created = given(await client.POST("/api-keys", { body, params: { header } }));
const again = given(await client.POST("/api-keys", { body, params: { header } }));
const keyText: string = created.key;

const page = given(await client.GET("/api-keys", { params: { query: { status: "active", limit: 10 } } }));
const names: string[] = page.items.map(({ name }) => name);

const path = { keyId: created.id };
const successor = given(await client.POST("/api-keys/{keyId}/rotate", { body: { graceSeconds: 60 }, params: { path } }));

const endpoint = given(await client.POST("/webhook-endpoints", {
  body: { url: "https://hooks.example.com/a", eventTypes: ["post.published"] },
}));
const secret: string | null = endpoint.secret;
const sent = given(await client.POST("/webhook-endpoints/{endpointId}/test", {
  params: { path: { endpointId: endpoint.id } },
}));
const deliveries = given(await client.GET("/deliveries", { params: { query: { endpointId: endpoint.id } } }));
const [delivery] = deliveries.items;
const state: components["schemas"]["Delivery"]["state"] | undefined = delivery?.state;

const missing = await client.GET("/deliveries/{deliveryId}", { params: { path: { deliveryId: "dlv_0" } } });
const code: components["schemas"]["Problem"]["code"] | undefined = missing.error?.code;

// @ts-expect-error a key needs a name
const noName = await client.POST("/api-keys", { body: { scopes: [] } });
// @ts-expect-error there is no such field
noName.data?.tenantId;
// @ts-expect-error there is no such state
await client.GET("/deliveries", { params: { query: { state: "lost" } } });
// @ts-expect-error there is no such path
const nowhere = () => client.GET("/keys");

type Published = components["schemas"]["events.post.published"];
const published: Published = { postId: "p_1" };

console.log(JSON.stringify({
  keyText, sameKey: created.id === again.id, names, predecessorId: successor.predecessorId, keyId: created.id,
  secret, sameDelivery: sent.id === delivery?.id, state, code, refused: noName.response.status, published,
}));
`;

test("a client generated from the document type-checks, and runs against a live server", async () => {
  const { origin, token, document } = await serveApi();
  const folder = await mkdtemp(join(tmpdir(), "tenon-client-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const repository = fileURLToPath(new URL("../../../..", import.meta.url));
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "api.d.ts"), astToString(await openapiTS(document)));
  await writeFile(join(folder, "program.ts"), PROGRAM);
  expect(compile(folder)).toEqual([]);

  const run = promisify(execFile)(process.execPath, [join(folder, "program.js"), origin, token]);
  const { stdout } = await run;
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({
    keyText: expect.stringMatching(/^sk_live_/),
    sameKey: true,
    names: ["Zapier"],
    predecessorId: seen.keyId,
    secret: expect.stringMatching(/^whsec_/),
    sameDelivery: true,
    state: "pending",
    code: "DELIVERY_NOT_FOUND",
    refused: 400,
  });
});

async function serveApi() {
  const events = {
    "post.published": {
      jsonSchema: { type: "object", properties: { postId: { type: "string" } }, required: ["postId"] },
    },
  };
  const { tenon } = createTestKit({ events });
  const principal = jwtPrincipal({ secret: JWT_SECRET, permissions: ["*"] });
  const openapi = { title: "Acme", version: "1.0.0" };
  const app = new Hono().use("/integrations/*", managementApi(tenon, { principal, openapi }));
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const origin = `http://127.0.0.1:${port}/integrations`;
  const token = await new SignJWT({ tenant: TENANT })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("ada")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(JWT_SECRET));
  const document = await (await fetch(`${origin}/openapi.json`)).text();
  return { origin, token, document };
}

/** What TypeScript has against the program; where nothing, it is compiled. */
function compile(folder: string): readonly string[] {
  const program = ts.createProgram([join(folder, "program.ts")], {
    strict: true,
    noUncheckedIndexedAccess: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node"],
    typeRoots: [join(folder, "node_modules/@types")],
    skipLibCheck: true,
    noEmitOnError: true,
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText, start, file }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
