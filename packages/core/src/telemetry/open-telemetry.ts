import {
  type Attributes,
  type Counter,
  type Histogram,
  type MeterProvider,
  metrics,
  type ObservableGauge,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { isTenonError } from "../errors/tenon-error.js";
import type { Telemetry, TelemetrySpan } from "../ports/telemetry.js";
import { METRICS, type MetricName, SPANS } from "./names.js";

export interface OpenTelemetryConfig {
  /** Default: the global one, as it is when the first span begins. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, as it is when the first value is measured. */
  readonly meterProvider?: MeterProvider;
}

const SCOPE = "@tenon/core";
const KINDS = { producer: SpanKind.PRODUCER, client: SpanKind.CLIENT } as const;
/** Seconds: those of the conventions for HTTP clients, and the longest that an attempt may take by default. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30];

/**
 * Tells OpenTelemetry of Tenon's work: the spans and metrics of docs/telemetry.md, under the scope `@tenon/core`. It
 * needs the package `@opentelemetry/api` alone; without an SDK, nothing is recorded.
 * @example
 * const tenon = createTenon({ storage, telemetry: openTelemetry() });
 */
export function openTelemetry({ tracerProvider, meterProvider }: OpenTelemetryConfig = {}): Telemetry {
  const instruments = new Map<MetricName, Counter | Histogram | ObservableGauge>();
  const tracer = () => (tracerProvider ?? trace).getTracer(SCOPE);

  /** Made at first use: a host may start its SDK after the kit was made. */
  function instrument<Kind extends Counter | Histogram | ObservableGauge>(
    name: MetricName,
    create: (name: string, options: { readonly description: string; readonly unit: string }) => Kind,
  ): Kind {
    const existing = instruments.get(name) as Kind | undefined;
    if (existing !== undefined) return existing;
    const { description, unit } = METRICS[name];
    const created = create(name, { description, unit });
    instruments.set(name, created);
    return created;
  }
  const meter = () => (meterProvider ?? metrics).getMeter(SCOPE);

  return {
    add(metric, count, attributes) {
      const counter = instrument(metric, (name, options) => meter().createCounter(name, options));
      counter.add(count, attributes as Attributes);
    },
    record(metric, value, attributes) {
      const histogram = instrument(metric, (name, options) =>
        meter().createHistogram(name, { ...options, advice: { explicitBucketBoundaries: DURATION_BUCKETS } }),
      );
      histogram.record(value, attributes as Attributes);
    },
    observe(metric, read) {
      const gauge = instrument(metric, (name, options) => meter().createObservableGauge(name, options));
      const callback = async (result: { observe(value: number): void }) => {
        const value = await read();
        if (value !== undefined) result.observe(value);
      };
      gauge.addCallback(callback);
      return () => gauge.removeCallback(callback);
    },
    inSpan(name, attributes, work) {
      const options = { kind: KINDS[SPANS[name].kind], attributes: attributes as Attributes };
      return tracer().startActiveSpan(name, options, async (span) => {
        const told = tell(span);
        try {
          return await work(told);
        } catch (error) {
          told.fail(errorTypeOf(error));
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}

function tell(span: Span): TelemetrySpan {
  return {
    set: (attributes) => void span.setAttributes(attributes as Attributes),
    fail(errorType) {
      span.setAttribute("error.type", errorType);
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorType });
    },
  };
}

/** The code of an error of ours, else its class: a message may quote what nobody outside is to read. */
function errorTypeOf(error: unknown): string {
  if (isTenonError(error)) return error.code;
  return error instanceof Error ? error.name : "unknown";
}
