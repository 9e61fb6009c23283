import { expect, test } from "vitest";
import { compileStatement } from "./compile.js";
import { sql } from "./sql.js";

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
