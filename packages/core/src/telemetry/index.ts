export type { Telemetry, TelemetryAttributes, TelemetrySpan } from "../ports/telemetry.js";
export { METRICS, type MetricName, SPANS, type SpanName } from "./names.js";
export { type OpenTelemetryConfig, openTelemetry } from "./open-telemetry.js";
