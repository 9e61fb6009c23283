import type { Parameter } from "../connect/connection.js";
import { isSql, type Sql } from "./sql.js";

/** Text with `$1` … placeholders, and the parameters they stand for. */
export interface CompiledStatement {
  readonly text: string;
  readonly values: readonly Parameter[];
}

/** A statement without its parameters: its pieces in order. */
type Shape = readonly (readonly string[] | string | typeof PARAMETER)[];

const PARAMETER = Symbol("parameter");

/** The texts of one operation's statements. A template's texts are the same array each time it runs. */
export type KnownTexts = { readonly shape: Shape; readonly text: string }[];

/** Most operations have one or two. Beyond this, what a caller's options put together is written anew. */
const MOST_TEXTS = 8;

/**
 * Makes a statement's text and parameters.
 * @param known the texts made before of the same operation: one of the same shape is taken, and a new one is added.
 */
export function compileStatement(statement: Sql, known: KnownTexts = []): CompiledStatement {
  const shape: Shape[number][] = [];
  const values: Parameter[] = [];
  collect(statement, shape, values);
  const earlier = known.find((one) => isSameShape(one.shape, shape));
  if (earlier !== undefined) return { text: earlier.text, values };
  const text = write(statement, []);
  if (known.length < MOST_TEXTS) known.push({ shape, text });
  return { text, values };
}

function collect({ texts, between }: Sql, shape: Shape[number][], values: Parameter[]): void {
  // Identifiers and the like are pieces made anew, of one text.
  shape.push(texts.length === 1 ? (texts[0] ?? "") : texts);
  for (const part of between) {
    if (isSql(part)) collect(part, shape, values);
    else {
      shape.push(PARAMETER);
      values.push(part);
    }
  }
}

function isSameShape(one: Shape, other: Shape): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** The text of a piece, whose parameters are added to `values`. */
function write({ texts, between }: Sql, values: Parameter[]): string {
  return texts.reduce((text, next, index) => {
    const part = between[index - 1] ?? null;
    return text + (isSql(part) ? write(part, values) : `$${values.push(part)}`) + next;
  });
}
