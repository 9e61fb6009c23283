import type { Envelope } from "../../../webhooks/envelope.js";
import type { JsonSchema } from "../document.js";

const DATA = "tenon-openapi:data";
const parts = {
  tenantId: "tenon-openapi:tenant",
  messageId: "tenon-openapi:message",
  timestamp: new Date("2026-02-01T08:30:00.125Z"),
};

/**
 * Describes the body that an envelope makes of an event: it is called with parts that are told apart in what it returns.
 * @param data what the event's data looks like.
 */
export function describeEnvelope(envelope: Envelope, type: string, data: JsonSchema): JsonSchema {
  try {
    const made = envelope({ ...parts, type, data: { [DATA]: true } });
    return describeValue(JSON.parse(JSON.stringify(made)), type, data);
  } catch {
    // An envelope may read its data, and then there is nothing general to say of it.
    return {};
  }
}

function describeValue(value: unknown, type: string, data: JsonSchema): JsonSchema {
  if (Array.isArray(value)) return { type: "array" };
  if (typeof value === "object" && value !== null) return describeObject(value, type, data);
  if (value === type) return { type: "string", const: type };
  if (value === parts.timestamp.toISOString()) return { type: "string", format: "date-time" };
  if (value === null) return { type: "null" };
  return { type: Number.isInteger(value) ? "integer" : typeof value };
}

function describeObject(object: object, type: string, data: JsonSchema): JsonSchema {
  const members = Object.entries(object).filter(([name]) => name !== DATA);
  const own = {
    type: "object",
    properties: Object.fromEntries(members.map(([name, value]) => [name, describeValue(value, type, data)])),
    required: members.map(([name]) => name),
  };
  if (!Object.hasOwn(object, DATA)) return own;
  return members.length === 0 ? data : { allOf: [data, own] };
}
