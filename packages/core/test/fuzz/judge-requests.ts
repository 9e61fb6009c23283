import { Agent, createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import type { Tenon } from "@tenon/core";
import type { OpenApiDocument } from "@tenon/core/http";
import type { Storage } from "@tenon/core/ports";
import fc from "fast-check";
import { expect, onTestFinished } from "vitest";
import { createTestKit, TENANT } from "../kit.js";
import { createValueCheck } from "../openapi/check-document.js";
import { type DerivedRequest, requestsOf } from "./document-requests.js";

const events = { "post.published": { jsonSchema: { type: "object" } }, "post.deleted": {} };

/** What `node:http` calls for each request. */
export type Listener = Parameters<typeof createServer>[1] & object;

/**
 * Sends requests derived from the API's own description, and fails at the first fault of the server, at a reply that the
 * document doesn't describe, at a broken request that is done, and at a refused one that changes what is shown.
 * @param createListener serves the management API and its description below `/manage`, and below `/records` as the
 *   table has it: there it is seen what changed.
 */
export async function judgeRequests(
  runs: number,
  storage: Storage,
  createListener: (tenon: Tenon, onError: (error: unknown) => void) => Listener,
): Promise<void> {
  const { tenon, transport } = createTestKit({
    storage,
    events,
    apiKeys: { maxKeysPerTenant: 20 },
    webhooks: { maxEndpointsPerTenant: 20, retrySchedule: { kind: "list", delaysSeconds: [0] } },
  });
  const url = "https://hooks.example.com/a";
  await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"] });
  await tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
  transport.answer(500, 204);
  for (const postId of ["p_1", "p_2"]) {
    await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: { postId } });
  }
  await tenon.webhooks.runOnce();

  const faults: unknown[] = [];
  const send = await serve(createListener(tenon, (error) => faults.push(error)));
  const document: OpenApiDocument = JSON.parse((await send("GET", "/manage/openapi.json")).body);
  const check = createValueCheck(document);
  const seen = watchRecords(send);
  await seen.look();

  const outcomes: boolean[] = [];
  const judge = async (derived: DerivedRequest) => {
    const { operation, method } = derived;
    const mayChange = method !== "GET" && !derived.isBroken;
    if (mayChange) await seen.expectUnchanged();
    const { path, headers, body } = write(derived, seen.idOf);
    const reply = await send(method, `/manage${path}`, headers, body);
    expect(faults).toEqual([]);
    expect(Object.keys(operation.responses)).toContain(String(reply.status));
    expect(findReplyProblems(document, operation, reply, check)).toEqual([]);
    if (derived.isBroken) expect(reply.status).toBeGreaterThanOrEqual(400);
    else outcomes.push(reply.status < 400);
    if (method !== "GET" && reply.status < 400) await seen.look();
  };
  await fc.assert(
    fc.asyncProperty(
      requestsOf(document, (schema, value) => check(schema, value).length > 0),
      judge,
    ),
    // What was created and changed before can't be shrunk away.
    { numRuns: runs, endOnFailure: true },
  );
  await seen.expectUnchanged();
  // Else the requests say little of what the API does.
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(outcomes.length / 4);
}

/** What is wrong with a reply by the document. */
function findReplyProblems(
  document: OpenApiDocument,
  { responses }: DerivedRequest["operation"],
  { status, headers, body }: Reply,
  check: ReturnType<typeof createValueCheck>,
): readonly string[] {
  const described = responses[String(status)];
  const response =
    described !== undefined && "$ref" in described
      ? document.components.responses[described.$ref.split("/").at(-1) ?? ""]
      : described;
  const content = Object.entries(response?.content ?? {})[0];
  if (content === undefined) return body === "" ? [] : [`unexpected body ${body}`];
  const [type, { schema }] = content;
  const given = headers["content-type"];
  return given === type ? check(schema, JSON.parse(body)) : [`content-type ${given} instead of ${type}`];
}

/** The request as it goes over the wire, with ids in the place of placeholders. */
function write(
  { path, query, headers, body }: DerivedRequest,
  idOf: (field: string, index: number) => string,
) {
  const filled = (text: string) =>
    text.replaceAll(/\{(\w+):(\d)\}/g, (_, field, index) => idOf(field, Number(index)));
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, filled(value)]),
  );
  const text =
    body === undefined ? undefined : "text" in body ? body.text : filled(JSON.stringify(body.json));
  return {
    path: filled(path) + (search.size === 0 ? "" : `?${search}`),
    headers: { ...headers, ...(text === undefined ? {} : { "content-type": "application/json" }) },
    body: text,
  };
}

const LISTINGS = {
  keyId: "/records/api-keys?limit=50",
  endpointId: "/records/webhook-endpoints?limit=50",
  messageId: "/records/messages?limit=10",
  deliveryId: "/records/deliveries?limit=10",
  auditEventId: "/records/audit-events?limit=5",
};

/** Looks at everything that requests show, and tells of changes since. */
function watchRecords(send: Send) {
  let shown = "";
  let ids: Readonly<Record<string, readonly string[]>> = {};
  const read = async () => {
    const found = Object.entries(LISTINGS).map(async ([field, path]) => [
      field,
      (await send("GET", path)).body,
    ]);
    return Object.fromEntries(await Promise.all(found)) as Readonly<Record<string, string>>;
  };
  return {
    async look() {
      const found = await read();
      shown = JSON.stringify(found);
      ids = Object.fromEntries(
        Object.entries(found).map(([field, body]) => [
          field,
          JSON.parse(body).items.map(({ id }: { readonly id: string }) => id),
        ]),
      );
    },
    async expectUnchanged() {
      expect(JSON.stringify(await read())).toBe(shown);
    },
    idOf(field: string, index: number): string {
      const known = field === "type" ? Object.keys(events) : (ids[field] ?? []);
      return known[index % Math.max(known.length, 1)] ?? "none";
    },
  };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

type Send = (
  method: string,
  path: string,
  headers?: Readonly<Record<string, string>>,
  body?: string,
) => Promise<Reply>;

async function serve(listener: Listener): Promise<Send> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (method, path, headers = {}, body = undefined) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
      const options = {
        host: "127.0.0.1",
        port,
        agent,
        method,
        path,
        headers: { ...headers, ...length },
      };
      const outgoing = sendRequest(options, (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.once("error", reject).once("end", () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
        });
      });
      outgoing.once("error", reject).end(body);
    });
}
