import type { Telemetry, TelemetrySpan } from "../ports/telemetry.js";
import type { Publisher, PublishResult } from "../webhooks/publish.js";

/** Tells of what is published: a span for each call, and counts of messages and deliveries. */
export function watchPublisher(publisher: Publisher, telemetry: Telemetry): Publisher {
  function tell(span: TelemetrySpan, results: readonly PublishResult[]): void {
    const deliveryCount = results.reduce((sum, { deliveryCount }) => sum + deliveryCount, 0);
    span.set({ "tenon.message.count": results.length, "tenon.delivery.count": deliveryCount });
    for (const { duplicate } of results)
      telemetry.add("tenon.webhooks.messages", 1, { "tenon.duplicate": duplicate });
    if (deliveryCount > 0) telemetry.add("tenon.webhooks.deliveries.created", deliveryCount);
  }

  return {
    publish: (input) =>
      telemetry.inSpan("tenon.webhooks.publish", {}, async (span) => {
        const result = await publisher.publish(input);
        tell(span, [result]);
        return result;
      }),
    publishMany: (input) =>
      telemetry.inSpan("tenon.webhooks.publish", {}, async (span) => {
        const results = await publisher.publishMany(input);
        tell(span, results);
        return results;
      }),
  };
}
