import type { Parameter } from "../connect/connection.js";
import { isSql, type Sql } from "./sql.js";

/** Text with `$1` … placeholders, and the parameters they stand for. */
export interface CompiledStatement {
  readonly text: string;
  readonly values: readonly Parameter[];
}

export function compileStatement(statement: Sql): CompiledStatement {
  const values: Parameter[] = [];
  return { text: write(statement, values), values };
}

/** The text of a piece, whose parameters are added to `values`. */
function write({ texts, between }: Sql, values: Parameter[]): string {
  return texts.reduce((text, next, index) => {
    const part = between[index - 1] ?? null;
    return text + (isSql(part) ? write(part, values) : `$${values.push(part)}`) + next;
  });
}
