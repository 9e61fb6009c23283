/** How the rows of a table are found. An index that gives undefined leaves the row out (a partial index). */
export interface TableShape<Row, IndexName extends string> {
  readonly primaryKey: (row: Row) => string;
  /** Each key must belong to one row alone, so most end in the row's id. */
  readonly indexes: Readonly<Record<IndexName, (row: Row) => string | undefined>>;
}
