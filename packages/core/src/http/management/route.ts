import type { z } from "zod";
import type { InputProblem } from "../../errors/tenon-error.js";
import type { Page } from "../../input/page.js";
import type { TenonServices } from "../../tenon.js";
import type { ApplyChange, FieldRules, ManagementReads } from "./management-kit.js";
import type { Permission } from "./principal/permissions.js";
import type { Principal } from "./principal/principal.js";

/** What the API manages; hosts give each a path and names of their own. */
export type ResourceName =
  | "apiKeys"
  | "eventTypes"
  | "endpoints"
  | "messages"
  | "deliveries"
  | "auditEvents"
  | "rateLimits";

export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a successful reply holds: one record, a page or a whole list of them, or nothing. */
export type RouteReply =
  | { readonly kind: "item" | "page" | "list"; readonly schema: z.ZodObject }
  | { readonly kind: "none" };

/** What a route is called with: the checked input, under the API's own names. */
export interface RouteCall<Params, Query, Body> {
  readonly input: { readonly params: Params; readonly query: Query; readonly body: Body };
  readonly principal: Principal;
  /** The kit's services, on behalf of the principal. */
  readonly services: TenonServices;
  readonly reads: ManagementReads;
  readonly change: ApplyChange;
}

/** What is known of a refused request: the fields that fit their schemas. */
export interface RefusedCall<Query, Body> {
  readonly input: { readonly query: Partial<Query>; readonly body: Partial<Body> };
  readonly principal: Principal;
  readonly rules: FieldRules;
}

type Problems = readonly InputProblem[];

/** One route of the table, as data. Adapters mount it, the OpenAPI document is derived from it. */
export interface Route {
  readonly resource: ResourceName;
  /** Unique within its resource. */
  readonly name: string;
  readonly method: RouteMethod;
  /** Below the resource's own path: empty, or segments with `:name` for parameters. */
  readonly path: string;
  /** The resource whose path it stands below. Default its own. */
  readonly below?: ResourceName | undefined;
  /** Undefined: any principal may. */
  readonly permission: Permission | undefined;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Undefined: the route takes no body. */
  readonly body: z.ZodObject | undefined;
  /** Whether the body may be left out. */
  readonly bodyIsOptional?: boolean | undefined;
  /** The status of success. */
  readonly status: 200 | 201 | 202 | 204;
  readonly reply: RouteReply;
  readonly summary: string;
  /** Whether `Idempotency-Key` makes repeating it safe. */
  readonly takesIdempotencyKey?: boolean | undefined;
  /** Whether the reply shows a secret: it is never cached, and sealed where it is kept. */
  readonly holdsSecret?: boolean | undefined;
  /** Whether replies carry an `ETag`, or changes go by `If-Match`. */
  readonly versioned?: boolean | undefined;
  /**
   * What the services would refuse in the fields that fit their schemas: asked where others don't, so that one reply
   * names all. Default: nothing.
   */
  findProblems?(call: RefusedCall<unknown, unknown>): Problems | Promise<Problems>;
  handle(call: RouteCall<unknown, unknown, unknown>): Promise<unknown>;
}

interface RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject | undefined,
  Reply extends RouteReply,
> extends Omit<Route, "params" | "query" | "body" | "reply" | "findProblems" | "handle"> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  findProblems?(
    call: RefusedCall<z.output<Query>, Body extends z.ZodObject ? z.output<Body> : unknown>,
  ): Problems | Promise<Problems>;
  handle(
    call: RouteCall<z.output<Params>, z.output<Query>, Body extends z.ZodObject ? z.output<Body> : undefined>,
  ): Promise<ReplyContent<Reply>>;
}

/** What a handler returns for a reply: of a page, the store's own cursor. */
type ReplyContent<Reply extends RouteReply> = Reply extends {
  readonly kind: infer Kind;
  readonly schema: infer Schema extends z.ZodObject;
}
  ? Kind extends "item"
    ? z.output<Schema>
    : Page<z.output<Schema>>
  : unknown;

/** Types a route's handler by its schemas. */
export function defineRoute<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject | undefined,
  const Reply extends RouteReply,
>(route: RouteDefinition<Params, Query, Body, Reply>): Route {
  // The pipeline calls it with what the very schemas of this route made of a request.
  return route as unknown as Route;
}
