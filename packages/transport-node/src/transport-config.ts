import { ConfigError, type InputProblem } from "@tenon/core/errors";
import type { UrlPolicy } from "./url-policy.js";

export interface NodeTransportConfig {
  /** For a developer's machine only. Absent: nothing is opened. */
  readonly development?: {
    /**
     * Opens loopback (127.0.0.0/8, ::1, `localhost`), with http and any port there. Nothing else: private and
     * link-local addresses stay refused. Default false.
     */
    readonly loopback?: boolean;
  };
}

/**
 * Reads the configuration.
 * @throws {ConfigError} naming every option that is unknown or of the wrong type.
 */
export function readTransportConfig(config: NodeTransportConfig): UrlPolicy {
  const problems = findProblems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return { loopback: config.development?.loopback ?? false };
}

function findProblems(config: unknown): readonly InputProblem[] {
  if (!isPlainObject(config)) return [{ pointer: "", message: "must be an object" }];
  const { development } = config;
  if (development === undefined) return unknownKeys("", config, ["development"]);
  if (!isPlainObject(development)) {
    return [
      ...unknownKeys("", config, ["development"]),
      { pointer: "/development", message: "must be an object" },
    ];
  }
  const { loopback } = development;
  return [
    ...unknownKeys("", config, ["development"]),
    ...unknownKeys("/development", development, ["loopback"]),
    ...(loopback === undefined || typeof loopback === "boolean"
      ? []
      : [{ pointer: "/development/loopback", message: "must be true or false" }]),
  ];
}

function unknownKeys(
  pointer: string,
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
): readonly InputProblem[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      message: "is not an option",
    }));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
