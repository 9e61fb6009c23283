import type { CounterName, GaugeName, HistogramName, SpanName } from "../telemetry/names.js";

/** What a measurement or a span is told with. Never a tenant, and never a secret. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work while it goes on. */
export interface TelemetrySpan {
  set(attributes: TelemetryAttributes): void;
  /** Marks the work as failed. The type is a short name of the failure, never a message. */
  fail(errorType: string): void;
}

/**
 * Takes what Tenon tells of its work. No method may throw, but for what `work` throws; each is called on the host's own
 * call paths, so none may wait.
 */
export interface Telemetry {
  add(metric: CounterName, count: number, attributes?: TelemetryAttributes): void;
  /** One measured value, in the metric's unit. */
  record(metric: HistogramName, value: number, attributes?: TelemetryAttributes): void;
  /**
   * Asks for a value whenever metrics are collected; undefined is no value. `read` never rejects. Returns what ends it.
   */
  observe(metric: GaugeName, read: () => Promise<number | undefined>): () => void;
  /** Runs work inside a span, and gives or throws what the work does. The span fails when the work throws. */
  inSpan<Result>(
    name: SpanName,
    attributes: TelemetryAttributes,
    work: (span: TelemetrySpan) => Promise<Result>,
  ): Promise<Result>;
}
