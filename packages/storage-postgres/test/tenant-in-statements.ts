const REFERENCE =
  /\b(FROM|JOIN|UPDATE|USING|INTO)\s+"[a-z_0-9]+"\."([a-z_]+)"(?:\s+(?:AS\s+)?(?!(?:SET|WHERE|ON|USING|SELECT|ORDER|GROUP|LIMIT|FOR|VALUES|JOIN|CROSS|LEFT|UNION|RETURNING|OFFSET)\b)([a-z_]+)\b)?/gi;

/** Keyed by what it limits, and by the number of a migration. */
const WITHOUT_TENANT: readonly string[] = ["rate_limits", "migrations"];

/**
 * Statements that serve every tenant, on a database that is distributed by tenant each part for itself: what is due,
 * what a runner looks for, how late it is, and what is pruned. And a key is looked up by its hash before its tenant is
 * known.
 */
const FOR_ALL_TENANTS: readonly RegExp[] = [
  /'next_due_at'/,
  /WITH RECURSIVE seen AS/,
  /'age_ms'/,
  /WITH RECURSIVE tenant AS/,
  /WITH (ended|over) AS MATERIALIZED/,
  /WHERE k\.hash = decode/,
];

/**
 * The tables that a statement reads or writes without saying of which tenant, neither by a condition nor by a join: a
 * database that is distributed by tenant would have to ask every node for those.
 */
export function findTenantless(statement: string): readonly string[] {
  if (FOR_ALL_TENANTS.some((pattern) => pattern.test(statement))) return [];
  return [...statement.matchAll(REFERENCE)]
    .filter(([, , table = ""]) => !WITHOUT_TENANT.includes(table))
    .filter(([, verb = "", table = "", alias]) => !namesTenant(statement, { verb, table, alias }))
    .map(([, , table = ""]) => table);
}

function namesTenant(
  statement: string,
  {
    verb,
    table,
    alias,
  }: { readonly verb: string; readonly table: string; readonly alias: string | undefined },
): boolean {
  if (verb.toUpperCase() === "INTO") {
    return new RegExp(`INTO\\s+"[a-z_0-9]+"\\."${table}"[^(]*\\([^)]*\\btenant_id\\b`, "i").test(statement);
  }
  const column = alias === undefined ? "(?<![.\\w])tenant_id" : `\\b${alias}\\.tenant_id`;
  const comparisons = [
    `${column}\\s*(?:=|IN\\b)`,
    `=\\s*${column}`,
    `\\(${column},[^)]*\\)\\s*(?:=|IN\\b|>|<)`,
    "USING\\s*\\(tenant_id\\b",
  ];
  return comparisons.some((comparison) => new RegExp(comparison, "i").test(statement));
}
