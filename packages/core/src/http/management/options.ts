import { z } from "zod";
import { type ServedOpenApiOptions, servedOpenApiOptions } from "../openapi/options.js";
import type { CorsOptions } from "./cors.js";
import { DEFAULT_MAX_BODY_BYTES } from "./defaults.js";
import type { ReplyPresentation, ResourcePresentations } from "./presentation/presentation.js";
import type { FindPrincipal } from "./principal/principal.js";
import type { RenderManagementRefusal } from "./replies/management-refusal.js";

/** What a host decides about its management API. */
export interface ManagementApiOptions<Request> extends ReplyPresentation {
  /** Tells who calls, and for which tenant. */
  readonly principal: FindPrincipal<Request>;
  /** Which resources there are, and how they are called. Default: all, as the table has them. */
  readonly routes?: ResourcePresentations | undefined;
  /** Writes the body of every refusal. Default: the kit's `http.renderRefusal`, or problem details (RFC 9457). */
  readonly renderRefusal?: RenderManagementRefusal | undefined;
  /** The largest body that is read, in bytes. Default 256 KiB, at most 16 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Answers browsers on pages of other origins. Left out, `OPTIONS` and its headers stay the host's. */
  readonly cors?: CorsOptions | undefined;
  /** Serves a description of the API as it is presented here (OpenAPI 3.1). Default: none is served. */
  readonly openapi?: ServedOpenApiOptions | undefined;
}

const isFunction = (value: unknown) => typeof value === "function";
const method = z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]);
const status = z.union([z.literal(200), z.literal(201), z.literal(202), z.literal(204)]);

const field = z.union([
  z.string().min(1),
  z.literal(false),
  z.strictObject({ as: z.string().min(1).optional(), words: z.record(z.string(), z.string()) }),
  z.strictObject({
    as: z.record(
      z.string(),
      z.custom<z.ZodType>((value) => value instanceof z.ZodType, "must be a zod schema"),
    ),
    show: z.custom(isFunction, "must be a function"),
    read: z.custom(isFunction, "must be a function"),
  }),
]);

const resource = z.strictObject({
  path: z.string().optional(),
  only: z.array(z.string()).optional(),
  omit: z.array(z.string()).optional(),
  fields: z.record(z.string(), field).optional(),
  routes: z
    .record(
      z.string(),
      z.strictObject({
        method: method.optional(),
        path: z.string().optional(),
        query: z.record(z.string(), z.string()).optional(),
        status: status.optional(),
      }),
    )
    .optional(),
});

/** The form of the options; what they name is checked against the table. */
export const managementApiOptions = z.strictObject({
  principal: z.custom(isFunction, "must be a function of the request"),
  routes: z.record(z.string(), z.union([z.literal(false), resource]).optional()).optional(),
  lists: z.enum(["page", "array"]).default("page"),
  envelope: z
    .strictObject({
      field: z.string().min(1),
      constants: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    })
    .optional(),
  renderRefusal: z.custom(isFunction, "must be a function").optional(),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(16 * 1024 * 1024)
    .default(DEFAULT_MAX_BODY_BYTES),
  cors: z
    .strictObject({
      origins: z.union([z.literal("*"), z.array(z.string())]),
      credentials: z.boolean().optional(),
    })
    .refine(({ origins, credentials }) => origins !== "*" || !credentials, {
      path: ["credentials"],
      message: 'must not be true with origins "*"',
    })
    .optional(),
  openapi: servedOpenApiOptions.optional(),
});
