import type { Tenon } from "@tenon/core";
import type { OpenApiDocument } from "@tenon/core/http";
import type { Storage } from "@tenon/core/ports";
import fc from "fast-check";
import { expect } from "vitest";
import { createTestKit, TENANT } from "../kit.js";
import { createValueCheck } from "../openapi/check-document.js";
import { CURRENT_TAG, type DerivedRequest, requestsOf } from "./document-requests.js";
import { type Listener, type Reply, type Send, serveListener } from "./serve-listener.js";

const events = { "post.published": { jsonSchema: { type: "object" } }, "post.deleted": {} };

/**
 * Sends requests derived from the API's own description, and fails at the first fault of the server, at a reply that the
 * document doesn't describe, at a broken request that is done, and at a refused one that changes what is shown.
 * Gives the operations that were never done.
 * @param createListener serves the management API and its description below `/manage`.
 */
export async function judgeRequests(
  runs: number,
  storage: Storage,
  createListener: (tenon: Tenon, onError: (error: unknown) => void) => Listener,
): Promise<readonly string[]> {
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
  const send = await serveListener(createListener(tenon, (error) => faults.push(error)));
  const document: OpenApiDocument = JSON.parse((await send("GET", "/manage/openapi.json")).body);
  const check = createValueCheck(document);
  const seen = watchRecords(tenon);
  await seen.look();

  const reached = new Set<string>();
  const outcomes: boolean[] = [];
  const judge = async (derived: DerivedRequest) => {
    const { operation, method } = derived;
    const mayChange = method !== "GET" && !derived.isBroken;
    if (mayChange) await seen.expectUnchanged();
    const { path, headers, body } = write(derived, seen.idOf);
    const url = `/manage${path}`;
    const isCurrent = headers["If-Match"] === CURRENT_TAG;
    const tagged = isCurrent ? { ...headers, "If-Match": await findTag(send, url) } : headers;
    const reply = await send(method, url, tagged, body);
    expect(faults).toEqual([]);
    expect(Object.keys(operation.responses)).toContain(String(reply.status));
    expect(findReplyProblems(document, operation, reply, check)).toEqual([]);
    if (derived.isBroken) expect(reply.status).toBeGreaterThanOrEqual(400);
    else outcomes.push(reply.status < 400);
    if (reply.status >= 400) return;
    reached.add(operation.operationId);
    if (method !== "GET") await seen.look();
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
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(outcomes.length / 2);
  return Object.values(document.paths)
    .flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
    .filter((operationId) => !reached.has(operationId));
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

/** The tag of the record at an address; where there is none, one that nothing has. */
async function findTag(send: Send, url: string): Promise<string> {
  const { etag } = (await send("GET", url)).headers;
  return typeof etag === "string" ? etag : '"0"';
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
  const type: Readonly<Record<string, string>> =
    body === undefined ? {} : { "content-type": "application/json" };
  const text =
    body === undefined ? undefined : "text" in body ? body.text : filled(JSON.stringify(body.json));
  return {
    path: filled(path) + (search.size === 0 ? "" : `?${search}`),
    headers: { ...headers, ...type },
    body: text,
  };
}

/** Looks at everything that requests show, past HTTP and its costs, and tells of changes since. */
function watchRecords({ apiKeys, endpoints, messages, deliveries, audit }: Tenon) {
  // Requests name records among the newest ten, and what is written down of a change comes before all earlier ones.
  const page = { tenantId: TENANT, limit: 10 };
  const listings = {
    keyId: () => apiKeys.list(page),
    endpointId: () => endpoints.list(page),
    messageId: () => messages.list(page),
    deliveryId: () => deliveries.list(page),
    auditEventId: () => audit.list({ ...page, limit: 1 }),
  };
  let shown = "";
  let ids: Readonly<Record<string, readonly string[]>> = {};
  const read = () =>
    Promise.all(
      Object.entries(listings).map(async ([field, list]) => [field, (await list()).items] as const),
    );
  return {
    async look() {
      const found = await read();
      shown = JSON.stringify(found);
      ids = Object.fromEntries(found.map(([field, items]) => [field, items.map(({ id }) => id)]));
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
