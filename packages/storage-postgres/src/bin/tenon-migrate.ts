#!/usr/bin/env node
import { runMigrate } from "./run-migrate.js";

const finished = runMigrate({
  args: process.argv.slice(2),
  databaseUrl: process.env.DATABASE_URL,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
finished.then((exitCode) => {
  process.exitCode = exitCode;
});
