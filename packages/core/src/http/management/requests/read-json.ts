import type { ErrorCode } from "../../../errors/codes.js";
import { type HttpRequestView, headerValue } from "../../exchange.js";
import type { ManagementBody } from "./management-request.js";

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Reads a body as a JSON object; undefined where there is none. */
export function readJson(body: ManagementBody, view: HttpRequestView, maxBytes: number): ReadJson {
  if (body.kind === "too_large") {
    return { ok: false, code: "PAYLOAD_TOO_LARGE", detail: `A body may be at most ${maxBytes} bytes.` };
  }
  if (body.kind === "consumed") return { ok: false, code: "RAW_BODY_REQUIRED", detail: CONSUMED };
  if (body.kind === "bytes" && body.bytes.byteLength === 0) return { ok: true, value: undefined };
  if (body.kind === "parsed" && body.value === undefined) return { ok: true, value: undefined };
  if (!isJson(headerValue(view, "content-type"))) {
    return {
      ok: false,
      code: "UNSUPPORTED_MEDIA_TYPE",
      detail: "Send the body as JSON in UTF-8, with `Content-Type: application/json`.",
    };
  }
  const value = body.kind === "parsed" ? body.value : parseJson(body.bytes);
  if (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !nestsDeeper(value, MOST_LEVELS)
  ) {
    return { ok: true, value };
  }
  // Only now: whoever undid the coding before has left the header where it was.
  if (body.kind === "bytes" && isEncoded(headerValue(view, "content-encoding"))) {
    const detail = "Send the body as it is, without `Content-Encoding`.";
    return { ok: false, code: "UNSUPPORTED_MEDIA_TYPE", detail };
  }
  return {
    ok: false,
    code: "INVALID_REQUEST",
    detail: `The body must be a JSON object, nested at most ${MOST_LEVELS} deep.`,
  };
}

/** Deeper than anybody means to go; what walks a value by recursion is safe up to here. */
const MOST_LEVELS = 64;

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

const CONSUMED =
  "Something read the body before the management API and kept nothing of it. Mount the API above that middleware.";

/** A coding that isn't taken is answered as a format that isn't (RFC 9110 section 15.5.16). */
function isEncoded(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity";
}

function isJson(contentType: string | undefined): boolean {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => /^\s*charset="?([^"]*)"?\s*$/.exec(part)?.[1]).find(Boolean);
  return /^application\/([\w.+-]+\+)?json$/.test(type.trim()) && (charset ?? "utf-8") === "utf-8";
}

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
