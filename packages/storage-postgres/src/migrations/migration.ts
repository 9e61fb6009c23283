/** One numbered, immutable step of the schema. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** The statements in order, with every table in `schema` (already quoted as an identifier). */
  readonly statements: (schema: string) => readonly string[];
}
