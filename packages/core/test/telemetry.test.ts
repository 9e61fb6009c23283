import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { StorageError, type TenonConfig } from "@tenon/core";
import { METRICS, type MetricName, openTelemetry, SPANS, type SpanName } from "@tenon/core/opentelemetry";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestKit, response, TENANT } from "./kit.js";

const event = { type: "post.published", data: {} };
const EVENT = { tenantId: TENANT, ...event };

/** A kit that is watched by the real SDK. */
async function createWatchedKit(config: Partial<TenonConfig> = {}) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const reader = new CollectingReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const kit = createTestKit({ telemetry: openTelemetry({ tracerProvider, meterProvider }), ...config });

  async function readMetrics() {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ scope: scope.name, descriptor, attributes, value })),
      ),
    );
  }
  return {
    ...kit,
    spans: () => exporter.getFinishedSpans(),
    readMetrics,
    /** The values of a metric, by its attributes. */
    async valuesOf(name: MetricName) {
      const points = (await readMetrics()).filter(({ descriptor }) => descriptor.name === name);
      return Object.fromEntries(points.map(({ attributes, value }) => [JSON.stringify(attributes), value]));
    },
    addEndpoint: () =>
      kit.tenon.endpoints.create({
        tenantId: TENANT,
        url: "https://partner.example:8443/hooks/path-secret?token=query-secret",
        eventTypes: ["*"],
        retrySchedule: { kind: "list", delaysSeconds: [0, 5] },
      }),
  };
}

class CollectingReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const active = new AsyncLocalStorage<Context>();

beforeAll(() => {
  context.setGlobalContextManager({
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (given, work, self, ...args) => active.run(given, () => work.apply(self, args)),
    bind: (_given, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
afterAll(() => context.disable());

test("publishing is a producer span inside the host's, and messages and deliveries are counted", async () => {
  const { tenon, spans, valuesOf, addEndpoint } = await createWatchedKit();
  await addEndpoint();
  const host = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  await context.with(trace.setSpan(ROOT_CONTEXT, host), () => tenon.webhooks.publish(EVENT));
  await tenon.webhooks.publishMany({ tenantId: TENANT, messages: [event, event] });
  await tenon.webhooks.publish({ ...EVENT, idempotencyKey: "once" });
  await tenon.webhooks.publish({ ...EVENT, idempotencyKey: "once" });
  const [inHosts, many] = spans();
  expect(inHosts).toMatchObject({
    name: "tenon.webhooks.publish",
    kind: SpanKind.PRODUCER,
    attributes: { "tenon.message.count": 1, "tenon.delivery.count": 1 },
  });
  expect(inHosts?.spanContext().traceId).toBe(host.spanContext().traceId);
  expect(inHosts?.parentSpanContext?.spanId).toBe(host.spanContext().spanId);
  expect(many?.attributes).toEqual({ "tenon.message.count": 2, "tenon.delivery.count": 2 });
  expect(await valuesOf("tenon.webhooks.messages")).toEqual({
    [JSON.stringify({ "tenon.duplicate": false })]: 4,
    [JSON.stringify({ "tenon.duplicate": true })]: 1,
  });
  expect(await valuesOf("tenon.webhooks.deliveries.created")).toEqual({ "{}": 4 });
});

test("a publish that is refused is a failed span, named by its code", async () => {
  const { tenon, spans } = await createWatchedKit({ events: {} });
  await expect(tenon.webhooks.publish(EVENT)).rejects.toThrow();
  expect(spans()).toMatchObject([
    {
      status: { code: SpanStatusCode.ERROR, message: "VALIDATION_FAILED" },
      attributes: { "error.type": "VALIDATION_FAILED" },
    },
  ]);
});

test("an attempt is a client span that names the receiver's host, and nothing that a partner may keep secret", async () => {
  const { tenon, spans, transport, addEndpoint } = await createWatchedKit();
  const endpoint = await addEndpoint();
  const { message } = await tenon.webhooks.publish(EVENT);
  await tenon.webhooks.drain();
  const attempt = spans().find(({ name }) => name === "tenon.webhooks.attempt");
  expect(attempt).toMatchObject({ kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(attempt?.attributes).toEqual({
    "tenon.message.id": message.id,
    "tenon.delivery.id": expect.stringMatching(/^dlv_/),
    "tenon.endpoint.id": endpoint.id,
    "tenon.attempt.number": 1,
    "tenon.outcome": "succeeded",
    "http.request.method": "POST",
    "http.response.status_code": 204,
    "url.scheme": "https",
    "server.address": "partner.example",
    "server.port": 8443,
  });
  expect(Object.keys(transport.requests[0]?.headers ?? {})).not.toContain("traceparent");
});

test("failed attempts carry their reason, and a delivery's end is counted once", async () => {
  const { tenon, spans, clock, transport, valuesOf, addEndpoint } = await createWatchedKit();
  await addEndpoint();
  transport.answer(response(500), { ok: false, failure: "timeout", message: "too slow" }, 204);
  await tenon.webhooks.publish(EVENT);
  await tenon.webhooks.runOnce();
  clock.advance(5_000);
  await tenon.webhooks.runOnce();
  await tenon.webhooks.publish(EVENT);
  await tenon.webhooks.runOnce();
  const attempts = spans().filter(({ name }) => name === "tenon.webhooks.attempt");
  expect(attempts.map(({ status }) => status.message)).toEqual(["server_error", "timeout", undefined]);
  expect(attempts.map(({ attributes }) => attributes["tenon.attempt.number"])).toEqual([1, 2, 1]);
  const failed = (errorType: string) =>
    JSON.stringify({ "tenon.outcome": "failed", "error.type": errorType });
  expect(await valuesOf("tenon.webhooks.attempts")).toEqual({
    [failed("server_error")]: 1,
    [failed("timeout")]: 1,
    [JSON.stringify({ "tenon.outcome": "succeeded" })]: 1,
  });
  expect(await valuesOf("tenon.webhooks.deliveries.final")).toEqual({
    [JSON.stringify({ "tenon.outcome": "exhausted" })]: 1,
    [JSON.stringify({ "tenon.outcome": "succeeded" })]: 1,
  });
  const durations = Object.values(await valuesOf("tenon.webhooks.attempt.duration"));
  expect(durations).toMatchObject([{ count: 2 }, { count: 1 }]);
});

test("an attempt that our own fault prevented is released, and says so", async () => {
  const { tenon, storage, addEndpoint } = await createWatchedKit();
  await addEndpoint();
  await tenon.webhooks.publish(EVENT);
  const vaultKeys = [{ id: "another", key: Buffer.alloc(32, 9).toString("base64") }];
  const other = await createWatchedKit({ storage, vaultKeys });
  await other.tenon.webhooks.runOnce();
  expect(other.spans()).toMatchObject([{ status: { message: "own_fault" } }]);
  const released = { "tenon.outcome": "released", "error.type": "own_fault" };
  expect(await other.valuesOf("tenon.webhooks.attempts")).toEqual({ [JSON.stringify(released)]: 1 });
});

test("judgements of keys and of limits are counted by their outcome", async () => {
  const { tenon, valuesOf } = await createWatchedKit();
  const limits = [{ name: "hour", limit: 1, windowSeconds: 3600 }];
  const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [], limits });
  const text = key.secret.reveal();
  for (const asked of [text, text, "nonsense"]) await tenon.apiKeys.authenticate({ key: asked });
  await tenon.apiKeys.authenticate({ key: text, scopes: ["posts:read"] });
  await tenon.limits.consume({ subject: "login", limits });
  const outcome = (name: string) => JSON.stringify({ "tenon.outcome": name });
  expect(await valuesOf("tenon.api_keys.authentications")).toEqual({
    [outcome("accepted")]: 1,
    [outcome("rate_limited")]: 1,
    [outcome("malformed")]: 1,
    [outcome("insufficient_scope")]: 1,
  });
  expect(await valuesOf("tenon.rate_limits.decisions")).toEqual({
    [outcome("allowed")]: 2,
    [outcome("refused")]: 1,
  });
});

test("a storage that fails is counted by operation, its rate limits apart, and still fails", async () => {
  const { tenon, valuesOf } = await createWatchedKit({ storage: createStorageWhoseLookupsFail() });
  const unknownKey = await createTestKit().tenon.apiKeys.create({ tenantId: TENANT, name: "K", scopes: [] });
  await expect(tenon.apiKeys.authenticate({ key: unknownKey.secret.reveal() })).rejects.toThrow(
    "no connection",
  );
  const limits = [{ name: "hour", limit: 1, windowSeconds: 3600 }];
  expect((await tenon.limits.consume({ subject: "login", limits })).allowed).toBe(true);
  const out = "STORAGE_UNAVAILABLE";
  expect(await valuesOf("tenon.storage.errors")).toEqual({
    [JSON.stringify({ "tenon.operation": "apiKeys.findByHash", "error.type": out })]: 1,
    [JSON.stringify({ "tenon.operation": "rateLimits.consume", "error.type": out })]: 1,
  });
  expect(await valuesOf("tenon.rate_limits.store_errors")).toEqual({
    [JSON.stringify({ "error.type": out })]: 1,
  });
  expect(await valuesOf("tenon.api_keys.authentications")).toEqual({
    [JSON.stringify({ "tenon.outcome": "error" })]: 1,
  });
});

test("the age of the oldest due delivery is told between start and close", async () => {
  const { tenon, clock, valuesOf, addEndpoint } = await createWatchedKit();
  await addEndpoint();
  await tenon.webhooks.publish(EVENT);
  clock.advance(90_000);
  expect(await valuesOf("tenon.queue.oldest_due.age")).toEqual({});
  await tenon.start();
  expect(await valuesOf("tenon.queue.oldest_due.age")).toEqual({ "{}": 90 });
  await tenon.webhooks.drain();
  expect(await valuesOf("tenon.queue.oldest_due.age")).toEqual({ "{}": 0 });
  await tenon.close();
});

test("no tenant, path, key or secret is ever told, and every name and attribute is one of the table's", async () => {
  const kit = await createWatchedKit();
  const { tenon } = kit;
  await tenon.start();
  const key = await tenon.apiKeys.create({ tenantId: "planted-tenant", name: "K", scopes: [] });
  await tenon.apiKeys.authenticate({ key: key.secret.reveal() });
  const endpoint = await tenon.endpoints.create({
    tenantId: "planted-tenant",
    url: "https://partner.example/planted-path?q=planted-query",
    eventTypes: ["*"],
    headers: { authorization: "Bearer planted-header" },
  });
  await tenon.webhooks.publish({ tenantId: "planted-tenant", type: "t", data: { text: "planted-data" } });
  kit.transport.answer(response(500, {}, "planted-response"));
  await tenon.webhooks.runOnce();
  const points = await kit.readMetrics();
  const told = JSON.stringify([
    points,
    kit.spans().map(({ name, attributes, status, events }) => [name, attributes, status, events]),
  ]);
  expect(told).not.toContain("planted");
  expect(told).not.toContain("whsec_");
  expect(told).not.toContain(key.secret.reveal());
  expect(endpoint.id).toMatch(/^ep_/);
  for (const { scope, descriptor, attributes } of points) {
    expect(scope).toBe("@tenon/core");
    const { unit, attributes: allowed } = METRICS[descriptor.name as MetricName];
    expect(descriptor.unit).toBe(unit);
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(attributes)));
  }
  for (const { name, attributes } of kit.spans())
    expect(SPANS[name as SpanName].attributes).toEqual(expect.arrayContaining(Object.keys(attributes)));
  await tenon.close();
});

test("without an SDK nothing is recorded and nothing breaks", async () => {
  const { tenon } = createTestKit({ telemetry: openTelemetry() });
  await tenon.start();
  await tenon.endpoints.create({ tenantId: TENANT, url: "https://partner.example", eventTypes: ["*"] });
  expect((await tenon.webhooks.publish(EVENT)).deliveryCount).toBe(1);
  expect(await tenon.webhooks.drain()).toEqual({ attemptCount: 1 });
  await tenon.close();
});

test("what isn't a telemetry is refused when the kit is made", () => {
  expect(() => createTestKit({ telemetry: {} as never })).toThrow("/telemetry");
});

function createStorageWhoseLookupsFail(): Storage {
  const good = memoryStorage();
  const failing = (operation: string) => async () => {
    throw new StorageError("STORAGE_UNAVAILABLE", "no connection", { operation, retryable: true });
  };
  return {
    ...good,
    apiKeys: { ...good.apiKeys, findByHash: failing("apiKeys.findByHash") },
    rateLimits: { ...good.rateLimits, consume: failing("rateLimits.consume") },
  };
}
