/** Every metric there is: a stable name, its unit (UCUM), and the attributes it may have. docs/telemetry.md lists them. */
export const METRICS = {
  "tenon.webhooks.messages": {
    kind: "counter",
    unit: "{message}",
    description: "Events published, whether or not the host's transaction commits later",
    attributes: ["tenon.duplicate"],
  },
  "tenon.webhooks.deliveries.created": {
    kind: "counter",
    unit: "{delivery}",
    description: "Deliveries created by publishing: one for each endpoint an event matched",
    attributes: [],
  },
  "tenon.webhooks.attempts": {
    kind: "counter",
    unit: "{attempt}",
    description: "Attempts at deliveries; released ones were handed back for a fault of our own",
    attributes: ["tenon.outcome", "error.type"],
  },
  "tenon.webhooks.attempt.duration": {
    kind: "histogram",
    unit: "s",
    description: "How long receivers took, from name resolution to the last byte of the response",
    attributes: ["tenon.outcome"],
  },
  "tenon.webhooks.deliveries.final": {
    kind: "counter",
    unit: "{delivery}",
    description: "Deliveries that a runner brought to their end",
    attributes: ["tenon.outcome"],
  },
  "tenon.queue.oldest_due.age": {
    kind: "gauge",
    unit: "s",
    description: "How long the oldest due delivery has waited, in all processes together",
    attributes: [],
  },
  "tenon.api_keys.authentications": {
    kind: "counter",
    unit: "{call}",
    description: "Judgements of API keys, by how they ended",
    attributes: ["tenon.outcome"],
  },
  "tenon.rate_limits.decisions": {
    kind: "counter",
    unit: "{call}",
    description: "Calls that were charged to rate limits, by what was decided",
    attributes: ["tenon.outcome"],
  },
  "tenon.rate_limits.store_errors": {
    kind: "counter",
    unit: "{error}",
    description: "Calls to the rate-limit store that failed",
    attributes: ["error.type"],
  },
  "tenon.storage.errors": {
    kind: "counter",
    unit: "{error}",
    description: "Calls to the storage that failed, conflicts not counted",
    attributes: ["tenon.operation", "error.type"],
  },
} as const;

/** Every span there is, with the attributes it may have. */
export const SPANS = {
  "tenon.webhooks.publish": {
    kind: "producer",
    description: "Storing events and their deliveries, in the host's transaction or a short one of its own",
    attributes: ["tenon.message.count", "tenon.delivery.count", "error.type"],
  },
  "tenon.webhooks.attempt": {
    kind: "client",
    description: "One attempt at a delivery: opening secrets, signing, the request and its response",
    attributes: [
      "tenon.message.id",
      "tenon.delivery.id",
      "tenon.endpoint.id",
      "tenon.attempt.number",
      "tenon.outcome",
      "http.request.method",
      "http.response.status_code",
      "url.scheme",
      "server.address",
      "server.port",
      "error.type",
    ],
  },
} as const;

export type MetricName = keyof typeof METRICS;
export type SpanName = keyof typeof SPANS;
export type CounterName = NamesOf<"counter">;
export type HistogramName = NamesOf<"histogram">;
export type GaugeName = NamesOf<"gauge">;

type NamesOf<Kind extends string> = {
  [Name in MetricName]: (typeof METRICS)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];
