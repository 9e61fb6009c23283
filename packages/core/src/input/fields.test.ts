import { expect, test } from "vitest";
import { instant } from "./fields.js";

test.each([
  [new Date(Number.NaN), "must be a valid Date: this one holds no instant"],
  ["2026-01-01T00:00:00Z", "must be a Date"],
  [1_767_225_600_000, "must be a Date"],
])("an instant that is %s is told what it should be", (given, message) => {
  expect(instant.safeParse(given).error?.issues).toMatchObject([{ message }]);
});
