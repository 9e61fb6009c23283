import { expect, test } from "vitest";
import { compileStatement, type KnownTexts } from "./compile.js";
import { type Sql, sql } from "./sql.js";

test("what is put into a statement is a parameter, numbered in the order of the text, also within pieces", () => {
  const condition = sql`a = ${"1; DROP TABLE b"} AND c = ${null}`;
  const statement = sql`SELECT ${"first"} FROM t WHERE ${condition} LIMIT ${"last"}`;
  expect(compileStatement(statement)).toEqual({
    text: "SELECT $1 FROM t WHERE a = $2 AND c = $3 LIMIT $4",
    values: ["first", "1; DROP TABLE b", null, "last"],
  });
});

test("a piece that stands twice brings its parameters twice, and one without text brings nothing", () => {
  const tenant = sql`${"acme"}::text`;
  expect(compileStatement(sql`SELECT ${tenant}, ${tenant}${sql``}`)).toEqual({
    text: "SELECT $1::text, $2::text",
    values: ["acme", "acme"],
  });
});

test("an identifier is quoted, whatever it holds", () => {
  const { text } = compileStatement(sql`SELECT * FROM ${sql.id('te"non', "keys")}`);
  expect(text).toBe('SELECT * FROM "te""non"."keys"');
});

test("pieces in a row stand apart by the separator, and none at all are no text", () => {
  const pieces = [sql`a = ${"1"}`, sql`b = ${"2"}`, sql`c`];
  expect(compileStatement(sql`(${sql.join(pieces)})`).text).toBe("(a = $1, b = $2, c)");
  expect(compileStatement(sql`(${sql.join(pieces, " OR ")})`).text).toBe("(a = $1 OR b = $2 OR c)");
  expect(compileStatement(sql`(${sql.join(pieces.slice(2))})`).text).toBe("(c)");
  expect(compileStatement(sql`(${sql.join([])})`).text).toBe("()");
});

test("a number of ours is text, for the planner to see", () => {
  expect(compileStatement(sql`LIMIT ${sql.lit(16)}`)).toEqual({ text: "LIMIT 16", values: [] });
});

test("an object that looks like a piece, and was written elsewhere, is a parameter", () => {
  const given = JSON.parse(JSON.stringify(sql`'' OR true`));
  const { text, values } = compileStatement(sql`SELECT ${given}`);
  expect(text).toBe("SELECT $1");
  expect(values).toEqual([given]);
});

test("the text of an earlier statement is taken for one of the same shape alone, with the parameters of its own", () => {
  const known: KnownTexts = [];
  const find = (table: string, condition: Sql) => sql`SELECT * FROM ${sql.id(table)} WHERE ${condition}`;
  const inRow = (...ids: readonly string[]) => sql`id IN (${sql.join(ids.map((id) => sql`${id}::uuid`))})`;
  const statements: readonly Sql[] = [
    find("keys", sql`id = ${"1"}`),
    find("messages", sql`id = ${"1"}`),
    find("keys", inRow("1", "2")),
    find("keys", inRow("1", "2", "3")),
    sql`SELECT ${"1"}${sql` LIMIT 1`}`,
    sql`SELECT ${sql` LIMIT 1`}${"1"}`,
  ];
  for (const statement of [...statements, ...statements]) {
    expect(compileStatement(statement, known)).toEqual(compileStatement(statement));
  }
  expect(known).toHaveLength(statements.length);
  expect(compileStatement(find("keys", sql`id = ${"2"}`), known).values).toEqual(["2"]);
});

test("what callers put together in ever other ways is not kept for ever", () => {
  const known: KnownTexts = [];
  for (let count = 1; count < 100; count++) {
    const row = sql`VALUES (${sql.join(Array.from({ length: count }, () => sql`${"1"}`))})`;
    expect(compileStatement(row, known)).toEqual(compileStatement(row));
  }
  expect(known.length).toBeLessThan(20);
});
