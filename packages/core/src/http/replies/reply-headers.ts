/** Headers that hold lists: what several middlewares say stands side by side. */
const LISTS: ReadonlyMap<string, typeof appendItems> = new Map([
  ["access-control-expose-headers", appendItems],
  ["ratelimit-policy", appendItems],
  ["ratelimit", mergeStates],
]);

/** Headers that show one limit of all: the tightest. */
const SHOWN_LIMIT: ReadonlySet<string> = new Set([
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "retry-after",
]);

/** Where a reply has none of these, headers are set as they are. */
const DECIDING = ["x-ratelimit-remaining", "ratelimit", "ratelimit-policy", "access-control-expose-headers"];

/**
 * Joins headers with those that a reply already has, and returns what to set. Lists are appended to, never replaced; of
 * a limit that is named twice, `RateLimit` tells the state with less remaining.
 * `X-RateLimit-*` stay as they are where they show a limit with less remaining, or the one that refused the call.
 * @param existing the reply's own value of a header (name in lowercase); several values joined with ", ".
 */
export function mergeReplyHeaders(
  existing: (name: string) => string | undefined,
  added: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  // Most replies bring nothing that is joined, or have nothing to join it with. The first is known without asking the
  // framework, which may have to make a reply to answer.
  if (!bringsJoined(added) || isFree(existing, added)) return added;
  const keepsShownLimit = isExistingTighter(existing, added);
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries(added)) {
    const lowercaseName = name.toLowerCase();
    if (keepsShownLimit && SHOWN_LIMIT.has(lowercaseName)) continue;
    merged[name] = LISTS.get(lowercaseName)?.(existing(lowercaseName), value) ?? value;
  }
  return merged;
}

function bringsJoined(added: Readonly<Record<string, string>>): boolean {
  // As guards write it, and as every passed call has it.
  if (added.RateLimit !== undefined) return true;
  for (const name of Object.keys(added)) {
    const lowercaseName = name.toLowerCase();
    if (LISTS.has(lowercaseName) || SHOWN_LIMIT.has(lowercaseName)) return true;
  }
  return false;
}

/** Whether a reply says nothing beside what is added. An adapter may have written the state of limits before. */
function isFree(
  existing: (name: string) => string | undefined,
  added: Readonly<Record<string, string>>,
): boolean {
  for (const name of DECIDING) {
    const value = existing(name);
    if (value !== undefined && (name !== "ratelimit" || value !== added.RateLimit)) return false;
  }
  return true;
}

function appendItems(list: string | undefined, added: string): string {
  if (list === undefined || list.trim() === "") return added;
  const present = new Set(splitItems(list).map((item) => item.toLowerCase()));
  const missing = splitItems(added).filter((item) => !present.has(item.toLowerCase()));
  return [list, ...missing].join(", ");
}

/** A limit that one middleware looked at and another charged stands there as the charge left it. */
function mergeStates(list: string | undefined, added: string): string {
  const states = new Map<string, string>();
  for (const item of [...splitItems(list ?? ""), ...splitItems(added)]) {
    const [name = ""] = item.split(";", 1);
    const known = states.get(name);
    if (name !== "" && (known === undefined || remainingOf(item) < remainingOf(known)))
      states.set(name, item);
  }
  return [...states.values()].join(", ");
}

function remainingOf(state: string): number {
  return Number(/;r=(\d+)/.exec(state)?.[1] ?? Number.POSITIVE_INFINITY);
}

function splitItems(list: string): readonly string[] {
  return list.split(",").map((item) => item.trim());
}

function isExistingTighter(
  existing: (name: string) => string | undefined,
  added: Readonly<Record<string, string>>,
): boolean {
  const shown = existing("x-ratelimit-remaining");
  if (shown === undefined || added["Retry-After"] !== undefined) return false;
  if (existing("retry-after") !== undefined) return true;
  return Number(shown) < Number(added["X-RateLimit-Remaining"]);
}
