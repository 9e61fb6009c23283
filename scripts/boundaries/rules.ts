// The arrows of the house, as data: which package may import what, and which folder inside core.
// A new package or folder of core begins with a line here.

/** Where under `src` a module may be imported, as a value or a type: files, and folders with a final `/`. */
export type Places = readonly string[] | "everywhere";

/** The modules a package may import, by name; `node:` stands for all of Node's own. */
export type PackageRule = Readonly<Record<string, Places>>;

export const PACKAGES: Readonly<Record<string, PackageRule>> = {
  "verify-webhook": { "node:": ["crypto.node.ts"] },
  core: {
    "@tenon/verify-webhook": ["webhooks/", "http/"],
    "node:": ["runtime/"],
    // Not in pure files: a host that imports one function must not get zod with it.
    "@opentelemetry/api": ["telemetry/"],
    zod: [
      "config.ts",
      "input/",
      "http/",
      "api-keys/schemas.ts",
      "audit/schemas.ts",
      "lifecycle/schemas.ts",
      "rate-limit/schemas.ts",
      "webhooks/schemas.ts",
      "tenants/schemas.ts",
      "health/schemas.ts",
    ],
    jose: ["vault/", "authorization-server/", "http/management/principal/"],
    ofetch: ["runtime/", "connections/"],
    "p-retry": ["webhooks/", "connections/", "api-keys/"],
    "ipaddr.js": ["network/"],
  },
  "storage-memory": { "@tenon/core": "everywhere" },
  "storage-postgres": {
    "@tenon/core": "everywhere",
    kysely: "everywhere",
    // Drivers are the host's: their types are written down as far as they are needed.
    pg: ["bin/"],
    "@electric-sql/pglite": ["bin/"],
    "node:": ["bin/"],
  },
  "storage-redis": { "@tenon/core": "everywhere", "node:": ["redis-key.ts", "script.ts"] },
  "adapters-express": { "@tenon/core": "everywhere", express: "everywhere", "node:": "everywhere" },
  "adapters-hono": { "@tenon/core": "everywhere", hono: "everywhere" },
  "transport-node": {
    "@tenon/core": "everywhere",
    undici: "everywhere",
    "ipaddr.js": "everywhere",
    "node:": "everywhere",
  },
  connectors: { "@tenon/core": "everywhere", ofetch: "everywhere" },
  "contract-tests": { "@tenon/core": "everywhere", "node:": "everywhere" },
};

export type CoreLayer = "foundation" | "input" | "capability" | "http" | "runtime";

/**
 * What each folder of core is. Values (not types) flow one way:
 * `foundation` ← `input` ← `capability` ← `http` ← the files beside `index.ts`, which alone import `runtime`.
 */
export const CORE_FOLDERS: Readonly<Record<string, CoreLayer>> = {
  configuration: "foundation",
  encoding: "foundation",
  logging: "foundation",
  errors: "foundation",
  listening: "foundation",
  network: "foundation",
  oauth: "foundation",
  ports: "foundation",
  scopes: "foundation",
  secret: "foundation",
  input: "input",
  "api-keys": "capability",
  audit: "capability",
  "authorization-server": "capability",
  connections: "capability",
  integrations: "capability",
  lifecycle: "capability",
  health: "capability",
  "rate-limit": "capability",
  tenants: "capability",
  vault: "capability",
  telemetry: "capability",
  webhooks: "capability",
  http: "http",
  runtime: "runtime",
};

/** The layers each layer may import values from, its own folder apart. */
export const CORE_ARROWS: Readonly<Record<CoreLayer, readonly CoreLayer[]>> = {
  foundation: ["foundation"],
  input: ["foundation"],
  capability: ["foundation", "input"],
  http: ["foundation", "input", "capability"],
  runtime: ["foundation"],
};

/** Pure files of a capability that other capabilities may import values from. Never a service. */
export const CORE_SHARED_FILES: readonly string[] = ["rate-limit/schemas.ts"];
