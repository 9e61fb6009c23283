import type { InputProblem } from "../../../errors/tenon-error.js";
import type { ManagementKit } from "../management-kit.js";
import type { Principal } from "../principal/principal.js";
import type { Route } from "../route.js";
import { cursorScopeOf, readCursor } from "./cursors.js";
import type { FittingInput } from "./read-input.js";

/** What is wrong with the fields that fit their schemas, in a request whose others don't. */
export async function findFurtherProblems(
  { crypto, rules }: Pick<ManagementKit, "crypto" | "rules">,
  {
    route,
    principal,
    fitting,
  }: { readonly route: Route; readonly principal: Principal; readonly fitting: FittingInput },
): Promise<readonly InputProblem[]> {
  const scope = cursorScopeOf(route, principal.tenantId, fitting);
  const { problems } = readCursor(crypto, scope, fitting.query.cursor);
  return [...problems, ...((await route.findProblems?.({ input: fitting, principal, rules })) ?? [])];
}
