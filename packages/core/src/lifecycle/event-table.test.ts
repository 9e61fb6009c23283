import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LIFECYCLE_EVENT_TYPES, LIFECYCLE_EVENTS } from "./event-table.js";

const PAGE = fileURLToPath(new URL("../../../../docs/lifecycle-events.md", import.meta.url));

test("docs/lifecycle-events.md names every event there is, when it is told, and what it tells", () => {
  const events = LIFECYCLE_EVENT_TYPES.map((type) => {
    const { description, fields } = LIFECYCLE_EVENTS[type];
    return [
      `\`${type}\``,
      description,
      Object.keys(fields)
        .map((name) => `\`${name}\``)
        .join(", "),
    ];
  });
  expect(tableUnder("## The events")).toEqual(events);
});

test("docs/lifecycle-events.md says of every field what it is", () => {
  const fields = new Map<string, string>();
  for (const type of LIFECYCLE_EVENT_TYPES) {
    for (const [name, is] of Object.entries(LIFECYCLE_EVENTS[type].fields)) {
      // One name means one thing, in whichever event.
      expect(fields.get(name) ?? is).toBe(is);
      fields.set(name, is);
    }
  }
  const expected = [...fields].map(([name, is]) => [`\`${name}\``, is]);
  expect(tableUnder("## The fields")).toEqual(expected);
});

/** The rows of the first table under a heading, without its head. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const page = readFileSync(PAGE, "utf8");
  const section = page.slice(page.indexOf(heading)).split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
