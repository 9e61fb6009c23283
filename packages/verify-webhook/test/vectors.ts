import { readFileSync } from "node:fs";
import type { SignatureProfile, StandardSchema, WebhookBody, WebhookHeaders } from "../src/index.js";

export interface WebhookVector {
  readonly name: string;
  readonly reason: string;
  readonly secrets: string | readonly string[];
  readonly now: string;
  readonly toleranceSeconds?: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly parsedBody?: unknown;
  readonly requires?: readonly string[];
  readonly expect:
    | { readonly ok: true; readonly event: unknown }
    | { readonly ok: false; readonly code: string };
}

export interface ProfileVector {
  readonly name: string;
  readonly profile: SignatureProfile;
  readonly secret: string;
  readonly id: string;
  readonly sentAt: string;
  readonly timestamp: string;
  readonly body: string;
  readonly signature: string;
}

export interface HmacVector {
  readonly name: string;
  readonly keyHex: string;
  readonly dataHex: string;
  readonly macHex: string;
}

export interface ProviderVector {
  readonly name: string;
  readonly provider: "github" | "shopify" | "slack" | "stripe";
  readonly secret: string;
  readonly now: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Ed25519Vector {
  readonly name: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly id: string;
  readonly timestamp: string;
  readonly body: string;
  readonly signature: string;
}

export const providerVectors = readCases<ProviderVector>("providers.json");
export const ed25519Vectors = readCases<Ed25519Vector>("ed25519.json");
export const webhookVectors = readCases<WebhookVector>("standard-webhooks.json");
export const profileVectors = readCases<ProfileVector>("signature-profiles.json");
export const hmacVectors = readCases<HmacVector>("hmac-sha256.json");

/** What a receiver in this language would hold for a vector. */
export function receive(vector: WebhookVector) {
  return {
    body: bodyOf(vector) as WebhookBody,
    headers: vector.headers as WebhookHeaders,
    secrets: vector.secrets,
    options: {
      now: new Date(vector.now),
      ...(vector.toleranceSeconds === undefined ? {} : { toleranceSeconds: vector.toleranceSeconds }),
      ...(vector.requires === undefined ? {} : { schema: requireFields(vector.requires) }),
    },
  };
}

function bodyOf(vector: WebhookVector): unknown {
  if ("parsedBody" in vector) return vector.parsedBody;
  return vector.bodyBase64 === undefined ? vector.body : Buffer.from(vector.bodyBase64, "base64");
}

function requireFields(fields: readonly string[]): StandardSchema<unknown> {
  return {
    "~standard": {
      version: 1,
      vendor: "vectors",
      validate: (value) => {
        const missing = fields.filter((field) => !(field in Object(value)));
        return missing.length === 0
          ? { value }
          : { issues: missing.map((field) => ({ message: "is missing", path: [field] })) };
      },
    },
  };
}

function readCases<Case>(file: string): readonly Case[] {
  const url = new URL(`../../../vectors/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly cases: readonly Case[] }).cases;
}
