import { z } from "zod";
import { ConfigError, type InputProblem } from "../../../errors/tenon-error.js";
import { DEFAULT_PATHS } from "../defaults.js";
import { paramNames } from "../matching/match-route.js";
import type { ResourceName, Route, RouteMethod } from "../route.js";
import { type ObjectPresenter, presentObject } from "./present-object.js";
import type { ReplyPresentation, ResourcePresentations } from "./presentation.js";
import { findPresentationProblems } from "./presentation-problems.js";

/** A route as a host's API has it. */
export interface PresentedRoute {
  readonly route: Route;
  readonly method: RouteMethod;
  /** The whole path below the mount, with `:name` for parameters. */
  readonly template: string;
  /** The path of its resource below the mount: records stand below it by their ids. */
  readonly resourcePath: string;
  readonly status: 200 | 201 | 202 | 204;
  readonly query: ObjectPresenter;
  /** Parameters that hold whatever the client says. */
  readonly fixedQuery: Readonly<Record<string, string>>;
  readonly body: ObjectPresenter | undefined;
  /** What the reply shows: each item of a listing. */
  readonly item: ObjectPresenter | undefined;
  /** The whole reply, with what stands around it; undefined where there is no body. */
  readonly reply: z.ZodType | undefined;
}

/**
 * Gives the table the host's own paths, names and words.
 * @throws {ConfigError} naming every resource, route, field or parameter that isn't there.
 */
export function presentRoutes(
  table: readonly Route[],
  resources: ResourcePresentations,
  replies: ReplyPresentation,
): readonly PresentedRoute[] {
  const problems: InputProblem[] = [...findPresentationProblems(table, resources)];
  if (problems.length > 0) throw new ConfigError(problems);
  return table.flatMap((route) => {
    const presentation = resources[route.resource];
    if (presentation === false || isLeftOut(route, presentation ?? {})) return [];
    const fields = presentation?.fields ?? {};
    const own = presentation?.routes?.[route.name] ?? {};
    const status = own.status ?? route.status;
    const item = route.reply.kind === "none" ? undefined : presentObject(route.reply.schema, fields);
    return [
      {
        route,
        method: own.method ?? route.method,
        template: own.path ?? pathOf(route.below ?? route.resource, resources) + route.path,
        resourcePath: pathOf(route.resource, resources),
        status,
        query: presentObject(without(route.query, own.query), fields),
        fixedQuery: own.query ?? {},
        body: route.body && presentObject(route.body, fields),
        item,
        reply: status === 204 ? undefined : replySchema(route, item, replies),
      },
    ];
  });
}

/** The parameters that a route's path names, with what they may hold. */
export function paramsSchema({ route, template }: PresentedRoute): z.ZodObject {
  const named = paramNames(template);
  return z.strictObject(
    Object.fromEntries(Object.entries(route.params.shape).filter(([name]) => named.includes(name))),
  );
}

function without(query: z.ZodObject, fixed: Readonly<Record<string, string>> = {}): z.ZodObject {
  if (Object.keys(fixed).length === 0) return query;
  const open = Object.entries(query.shape).filter(([name]) => !Object.hasOwn(fixed, name));
  return z.strictObject(Object.fromEntries(open));
}

function isLeftOut(
  { name }: Route,
  {
    only,
    omit,
  }: { readonly only?: readonly string[] | undefined; readonly omit?: readonly string[] | undefined },
): boolean {
  return (only !== undefined && !only.includes(name)) || omit?.includes(name) === true;
}

function pathOf(resource: ResourceName, resources: ResourcePresentations): string {
  const presentation = resources[resource];
  return (presentation === false ? undefined : presentation?.path) ?? DEFAULT_PATHS[resource];
}

function replySchema(
  { reply }: Route,
  item: ObjectPresenter | undefined,
  { lists = "page", envelope }: ReplyPresentation,
): z.ZodType | undefined {
  const content = contentSchema(reply.kind, item?.schema, lists);
  if (envelope === undefined) return content;
  const constants = Object.entries(envelope.constants ?? {}).map(([name, value]) => [name, z.literal(value)]);
  return z.object({ ...Object.fromEntries(constants), [envelope.field]: content ?? z.null() });
}

function contentSchema(
  kind: Route["reply"]["kind"],
  item: z.ZodObject | undefined,
  lists: "page" | "array",
): z.ZodType | undefined {
  if (item === undefined || kind === "item") return item;
  const items = z.array(item);
  return lists === "array" ? items : z.object({ items, nextCursor: z.string().nullable() });
}
