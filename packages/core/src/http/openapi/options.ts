import { z } from "zod";
import type { ServerObject } from "./document.js";
import type { ReferenceScript } from "./serving/reference-page.js";

/** What a description says that the API doesn't know by itself. */
export interface OpenApiOptions {
  readonly title: string;
  /** The version of your API, not of OpenAPI. */
  readonly version: string;
  /** In Markdown. */
  readonly description?: string | undefined;
  /** Where the API stands. Default: the path it is mounted on, or `/` where that isn't known. */
  readonly servers?: readonly ServerObject[] | undefined;
  /**
   * How callers show who they are, by names of your own, as Security Scheme Objects: any one of them is enough.
   * Default: a JWT in `Authorization: Bearer`.
   * @see https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
   */
  readonly securitySchemes?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** A description, and where it is served. */
export interface ServedOpenApiOptions extends OpenApiOptions {
  /** Where the document stands below the mount. Default `/openapi.json`. */
  readonly path?: string | undefined;
  /**
   * Who may read it: anybody, or only whom `principal` knows. It tells nothing of any tenant; where event types are
   * nobody's business, choose `principal`. Default `public`: browsers ask for it without a token.
   */
  readonly access?: "public" | "principal" | undefined;
  /**
   * A page to read the document in: Scalar's API reference, which the reader's browser loads from a CDN, at a fixed
   * version by its hash, or from where `script` says. Default false: no page.
   */
  readonly reference?:
    | boolean
    | {
        /** Where the page stands below the mount. Default `/docs`. */
        readonly path?: string | undefined;
        readonly script?: ReferenceScript | undefined;
      }
    | undefined;
}

const path = z.string().regex(/^\/[^:?#]*[^:?#/]$/, "must begin with / and have no parameters");

const described = {
  title: z.string().min(1),
  version: z.string().min(1),
  description: z.string().optional(),
  servers: z
    .array(z.strictObject({ url: z.string().min(1), description: z.string().optional() }))
    .min(1)
    .optional(),
  securitySchemes: z
    .record(
      z.string().regex(/^[\w.-]+$/, "must be letters, digits, '.', '_' or '-'"),
      z.record(z.string(), z.unknown()),
    )
    .default({ bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } }),
};

export const openApiOptions = z.strictObject(described);
export type OpenApiSettings = z.output<typeof openApiOptions>;

const script = z.strictObject({
  src: z.string().regex(/^(https:\/\/|\/)[^\s;,'"]+$/, "must be an https URL, or a path of this server's"),
  integrity: z
    .string()
    .regex(/^sha(256|384|512)-[\w+/=]+$/, "must be a hash such as sha384-…")
    .optional(),
});

export const servedOpenApiOptions = z.strictObject({
  ...described,
  path: path.default("/openapi.json"),
  access: z.enum(["public", "principal"]).default("public"),
  reference: z
    .union([z.boolean(), z.strictObject({ path: path.default("/docs"), script: script.optional() })])
    .default(false)
    .transform((reference) => (reference === true ? { path: "/docs", script: undefined } : reference)),
});
export type ServedOpenApiSettings = z.output<typeof servedOpenApiOptions>;
