import { z } from "zod";
import type { InputProblem } from "../../../errors/tenon-error.js";
import { DEFAULT_PATHS } from "../defaults.js";
import { paramNames } from "../matching/match-route.js";
import type { Route } from "../route.js";
import type { ResourcePresentation, ResourcePresentations } from "./presentation.js";

/** What a host's presentation names that isn't there. */
export function findPresentationProblems(
  table: readonly Route[],
  resources: ResourcePresentations,
): readonly InputProblem[] {
  return Object.entries(resources).flatMap(([name, presentation]) => {
    const pointer = `/routes/${name}`;
    if (!Object.hasOwn(DEFAULT_PATHS, name)) {
      const known = Object.keys(DEFAULT_PATHS).join(", ");
      return [{ pointer, message: `is no resource: there are ${known}` }];
    }
    if (presentation === false || presentation === undefined) return [];
    return resourceProblems(
      table.filter(({ resource }) => resource === name),
      presentation,
      pointer,
    );
  });
}

function resourceProblems(
  routes: readonly Route[],
  { path, only = [], omit = [], fields = {}, routes: own = {} }: ResourcePresentation,
  at: string,
): readonly InputProblem[] {
  const routeNames = new Set(routes.map(({ name }) => name));
  const fieldNames = new Set(routes.flatMap(namesIn));
  const unknownRoute = { message: `is no route: there are ${[...routeNames].join(", ")}` };
  return [
    ...(path === undefined || isPath(path) ? [] : [{ pointer: `${at}/path`, message: PATH_RULE }]),
    ...[...only.entries()]
      .filter(([, name]) => !routeNames.has(name))
      .map(([index]) => ({ pointer: `${at}/only/${index}`, ...unknownRoute })),
    ...[...omit.entries()]
      .filter(([, name]) => !routeNames.has(name))
      .map(([index]) => ({ pointer: `${at}/omit/${index}`, ...unknownRoute })),
    ...Object.keys(fields)
      .filter((name) => !fieldNames.has(name))
      .map((name) => ({ pointer: `${at}/fields/${name}`, message: "is no field of this resource" })),
    ...Object.entries(own).flatMap(([name, { path: routePath, query = {} }]) => {
      const route = routes.find((candidate) => candidate.name === name);
      const pointer = `${at}/routes/${name}`;
      if (route === undefined) return [{ pointer, ...unknownRoute }];
      return [
        ...(routePath === undefined ? [] : pathProblems(route, routePath, `${pointer}/path`)),
        ...Object.entries(query)
          .filter(([parameter, value]) => !accepts(route, parameter, value))
          .map(([parameter]) => ({
            pointer: `${pointer}/query/${parameter}`,
            message: "is not what this route takes",
          })),
      ];
    }),
  ];
}

function pathProblems({ params }: Route, path: string, pointer: string): readonly InputProblem[] {
  if (!path.startsWith("/")) return [{ pointer, message: PATH_RULE }];
  const named = paramNames(path);
  return [
    ...named
      .filter((name) => !Object.hasOwn(params.shape, name))
      .map((name) => ({ pointer, message: `names :${name}, which this route doesn't have` })),
    ...Object.entries(params.shape)
      .filter(([name, schema]) => !schema.safeParse(undefined).success && !named.includes(name))
      .map(([name]) => ({ pointer, message: `must have a segment :${name}` })),
  ];
}

function accepts({ query }: Route, parameter: string, value: string): boolean {
  const schema: unknown = query.shape[parameter];
  return schema instanceof z.ZodType && schema.safeParse(value).success;
}

const PATH_RULE = "must begin with / and have no parameters";

function isPath(path: string): boolean {
  return /^\/[^:?#]*[^:?#/]$/.test(path);
}

function namesIn({ query, body, reply }: Route): readonly string[] {
  const schemas = [query, body, reply.kind === "none" ? undefined : reply.schema];
  return schemas.flatMap((schema) => (schema === undefined ? [] : Object.keys(schema.shape)));
}
