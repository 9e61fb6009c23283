import type { InputProblem } from "@tenon/core/errors";
import type { ProxyConfig } from "./transport-config.js";

/** Where the proxy is and what it is to be told. */
export interface ProxySettings {
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly resolves: "here" | "proxy";
}

const OPTIONS = ["url", "authorization", "resolves"];

/** Reads a configuration that has no problems. */
export function readProxy({ url, authorization, resolves = "here" }: ProxyConfig): ProxySettings {
  return { url: new URL(url), authorization, resolves };
}

/** What is wrong with a proxy's configuration. Never repeats a value: a URL may hold credentials. */
export function findProxyProblems(proxy: unknown): readonly InputProblem[] {
  if (typeof proxy !== "object" || proxy === null || Array.isArray(proxy)) {
    return [{ pointer: "/proxy", message: "must be an object" }];
  }
  const { url, authorization, resolves } = proxy as Readonly<Record<string, unknown>>;
  const urlProblem = findUrlProblem(url);
  const isHeaderValue = typeof authorization === "string" && /^[!-~]+( [!-~]+)*$/.test(authorization);
  return [
    ...Object.keys(proxy)
      .filter((key) => !OPTIONS.includes(key))
      .map((key) => ({ pointer: `/proxy/${key}`, message: "is not an option" })),
    ...(urlProblem === undefined ? [] : [{ pointer: "/proxy/url", message: urlProblem }]),
    ...(authorization === undefined || isHeaderValue
      ? []
      : [{ pointer: "/proxy/authorization", message: "must be the value of a header, such as Basic …" }]),
    ...(resolves === undefined || resolves === "here" || resolves === "proxy"
      ? []
      : [{ pointer: "/proxy/resolves", message: 'must be "here" or "proxy"' }]),
  ];
}

function findUrlProblem(text: unknown): string | undefined {
  const shape = "must be an http or https URL of host and port alone";
  if (typeof text !== "string" || !URL.canParse(text)) return shape;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not hold credentials: use authorization";
  const isBare = url.pathname === "/" && url.search === "" && url.hash === "";
  return isBare && (url.protocol === "http:" || url.protocol === "https:") ? undefined : shape;
}
