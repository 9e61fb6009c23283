import { expect, test } from "vitest";
import { createStatementNames } from "./statement-names.js";

test("a text has one name, and each text another", () => {
  const toSend = createStatementNames();
  expect(toSend("SELECT 1")).toEqual(toSend("SELECT 1"));
  expect(toSend("SELECT 2")).not.toMatchObject({ name: (toSend("SELECT 1") as { name: string }).name });
});

test("texts beyond the first hundred go unnamed, and those keep their names", () => {
  const toSend = createStatementNames();
  const texts = Array.from({ length: 101 }, (_, number) => `SELECT ${number}`);
  const sent = texts.map(toSend);
  expect(sent.at(-1)).toBe("SELECT 100");
  expect(texts.map(toSend)).toEqual(sent);
});
