import { X509Certificate } from "node:crypto";
import { ConfigError, type InputProblem } from "@tenon/core/errors";
import type { AddressRange } from "../addresses/address-ranges.js";
import { readPrivateRange } from "../addresses/private-ranges.js";
import type { UrlPolicy } from "../url-policy.js";
import { DEFAULT_PORTS, type PortRange, readPortRange } from "./port-ranges.js";
import { findProxyProblems, type ProxySettings, readProxy } from "./proxy-config.js";
import type { NodeTransportConfig } from "./transport-config.js";

/** The configuration with its defaults filled in. */
export interface TransportSettings {
  readonly policy: UrlPolicy;
  readonly certificateAuthorities: readonly string[];
  readonly resolver: "dns" | "system";
  readonly proxy: ProxySettings | undefined;
}

const OPTIONS = ["privateRanges", "ports", "certificateAuthorities", "resolver", "proxy", "development"];

/**
 * Reads the configuration.
 * @throws {ConfigError} naming every option that is unknown or has a value it can't have.
 */
export function readTransportConfig(config: NodeTransportConfig): TransportSettings {
  const problems: InputProblem[] = [];
  const report = (pointer: string, message: string) => problems.push({ pointer, message });
  if (!isObject(config)) throw new ConfigError([{ pointer: "", message: "must be an object" }]);
  reportUnknown("", config, OPTIONS, report);
  const privateRanges = readEach<AddressRange>("/privateRanges", config.privateRanges, report, (entry) => {
    const result = readPrivateRange(entry);
    return result.ok ? result.range : result.problem;
  });
  const ports = readEach<PortRange>("/ports", config.ports, report, (entry) => {
    return readPortRange(entry) ?? "must be a port from 1 to 65535, or [first, last]";
  });
  if (config.ports?.length === 0) report("/ports", "must name a port");
  const certificateAuthorities = readEach<{ pem: string }>(
    "/certificateAuthorities",
    config.certificateAuthorities,
    report,
    (entry) => (isCertificate(entry) ? { pem: entry } : "must be a certificate in PEM form"),
  ).map(({ pem }) => pem);
  const { resolver = "dns", proxy, development } = config;
  if (resolver !== "dns" && resolver !== "system") report("/resolver", 'must be "dns" or "system"');
  if (proxy !== undefined)
    for (const { pointer, message } of findProxyProblems(proxy)) report(pointer, message);
  if (development !== undefined) reportDevelopment(development, report);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    policy: {
      loopback: development?.loopback ?? false,
      privateRanges,
      ports: config.ports === undefined ? DEFAULT_PORTS : ports,
    },
    certificateAuthorities,
    resolver,
    proxy: proxy === undefined ? undefined : readProxy(proxy),
  };
}

type Report = (pointer: string, message: string) => void;

/** The entries that can be read; `read` gives a text for one that can't. */
function readEach<T extends object>(
  pointer: string,
  list: unknown,
  report: Report,
  read: (entry: unknown) => T | string,
): readonly T[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    report(pointer, "must be a list");
    return [];
  }
  return list.flatMap((entry, index) => {
    const result = read(entry);
    if (typeof result !== "string") return [result];
    report(`${pointer}/${index}`, result);
    return [];
  });
}

function reportDevelopment(development: { readonly loopback?: unknown }, report: Report): void {
  if (!isObject(development)) {
    report("/development", "must be an object");
    return;
  }
  reportUnknown("/development", development, ["loopback"], report);
  const { loopback } = development;
  if (loopback !== undefined && typeof loopback !== "boolean") {
    report("/development/loopback", "must be true or false");
  }
}

function isCertificate(value: unknown): value is string {
  if (typeof value !== "string" || !value.includes("-----BEGIN CERTIFICATE-----")) return false;
  try {
    return new X509Certificate(value).subject !== "";
  } catch {
    return false;
  }
}

/** Reports the keys of an object that are no options. */
function reportUnknown(pointer: string, value: object, known: readonly string[], report: Report): void {
  for (const key of Object.keys(value).filter((name) => !known.includes(name))) {
    report(`${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, "is not an option");
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
