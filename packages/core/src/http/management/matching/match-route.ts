import { ConfigError } from "../../../errors/tenon-error.js";

/** A route as far as matching goes. */
export interface Matchable {
  readonly method: string;
  /** A path that begins with `/`; segments that begin with `:` stand for any text but an empty one. */
  readonly template: string;
}

export type Match<Candidate> =
  | {
      readonly kind: "found";
      readonly route: Candidate;
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: "other_method"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

interface Node<Candidate> {
  readonly literals: Map<string, Node<Candidate>>;
  any: Node<Candidate> | undefined;
  readonly routes: Map<string, Candidate>;
}

/**
 * Makes a matcher of routes. At each segment a literal wins over a parameter, whatever the order and the method, so that
 * `/webhooks` is never read as `/:id`. `HEAD` finds what `GET` does.
 * @throws {ConfigError} when two routes have one method and, but for the names of parameters, one path.
 */
export function createMatcher<Candidate extends Matchable>(
  routes: readonly Candidate[],
): (method: string, path: string) => Match<Candidate> {
  const root = createNode<Candidate>();
  for (const route of routes) insert(root, route);

  return (method, path) => {
    if (!path.startsWith("/")) return { kind: "none" };
    const found = find(root, path.slice(1).split("/"), 0, []);
    if (found === undefined) return { kind: "none" };
    const route = found.node.routes.get(method === "HEAD" ? "GET" : method);
    if (route === undefined) return { kind: "other_method", allow: allowedMethods(found.node) };
    const params = readParams(route.template, found.texts);
    return params === undefined ? { kind: "none" } : { kind: "found", route, params };
  };
}

function insert<Candidate extends Matchable>(root: Node<Candidate>, route: Candidate): void {
  let node = root;
  for (const segment of route.template.slice(1).split("/")) {
    if (segment.startsWith(":")) {
      node.any ??= createNode();
      node = node.any;
    } else {
      const next = node.literals.get(segment) ?? createNode<Candidate>();
      node.literals.set(segment, next);
      node = next;
    }
  }
  if (node.routes.has(route.method)) {
    const message = `${route.method} ${route.template} stands for two routes: give one of them another path`;
    throw new ConfigError([{ pointer: "/routes", message }]);
  }
  node.routes.set(route.method, route);
}

function find<Candidate>(
  node: Node<Candidate>,
  segments: readonly string[],
  at: number,
  texts: readonly string[],
): { readonly node: Node<Candidate>; readonly texts: readonly string[] } | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.routes.size > 0 ? { node, texts } : undefined;
  const literal = node.literals.get(segment);
  const found = literal && find(literal, segments, at + 1, texts);
  if (found !== undefined || node.any === undefined || segment === "") return found;
  return find(node.any, segments, at + 1, [...texts, segment]);
}

function allowedMethods(node: Node<unknown>): readonly string[] {
  const methods = [...node.routes.keys()];
  return methods.includes("GET") ? ["GET", "HEAD", ...methods.filter((name) => name !== "GET")] : methods;
}

function readParams(
  template: string,
  texts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const names = paramNames(template);
  try {
    return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(texts[index] ?? "")]));
  } catch {
    // A percent sign that encodes nothing: no record has such an id.
    return undefined;
  }
}

/** The names of a path's parameters, in order. */
export function paramNames(template: string): readonly string[] {
  return template
    .split("/")
    .filter((segment) => segment.startsWith(":"))
    .map((segment) => segment.slice(1));
}

function createNode<Candidate>(): Node<Candidate> {
  return { literals: new Map(), any: undefined, routes: new Map() };
}
