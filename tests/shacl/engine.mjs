// The rows of npm rdf-validate-shacl for pairs of shapes and data, for differential_test.cpp.
//
//   node engine.mjs CASES.json      [{"shapes": Turtle, "data": Turtle}, ...]
//
// Prints one line of JSON a case: [[severity, component, focus, path, value], ...], or {"fault": text}. "-" stands
// for nothing, "(complex)" for a path that is no predicate, "_:" for a blank node. Exits 77 without the packages.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const cache = process.env.EHDS_CHECKS_CACHE ?? path.join(os.homedir(), '.cache/ehds-checks');
let rdf, Engine, Parser;
try {
  const require = createRequire(path.join(cache, 'node_modules/'));
  const load = async (name) => import(pathToFileURL(require.resolve(name)));
  rdf = (await load('@zazuko/env')).default;
  Engine = (await load('rdf-validate-shacl')).default;
  ({ Parser } = await load('n3'));
} catch {
  console.log('skipped: the packages of the outside engine are not installed');
  process.exit(77);
}

const dataset = (text) => {
  const quads = rdf.dataset();
  for (const quad of new Parser({ baseIRI: 'http://x/' }).parse(text)) quads.add(quad);
  return quads;
};
const name = (term) => term?.value?.replace(/.*#/, '') ?? '-';
const value = (term) => (!term ? '-' : term.termType === 'BlankNode' ? '_:' : term.value);
const where = (term) => (!term ? '-' : term.termType === 'NamedNode' ? term.value : '(complex)');
const pathOf = (result) => {
  const found = result.path;
  if (!found) return '-';
  return Array.isArray(found) ? (found.length === 1 && found[0].predicates?.length === 1 ? found[0].predicates[0].value : '(complex)') : where(found);
};

let last;
const engineOf = (shapes) => {
  if (last?.shapes !== shapes) last = { shapes, engine: new Engine(dataset(shapes), { factory: rdf, maxNodeChecks: 0, importGraph: async () => rdf.dataset() }) };
  return last.engine;
};
for (const { shapes, data } of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
  try {
    const report = await engineOf(shapes).validate(dataset(data));
    console.log(JSON.stringify(report.results.map((r) => [name(r.severity), name(r.sourceConstraintComponent), value(r.focusNode?.term ?? r.focusNode), pathOf(r), value(r.value?.term ?? r.value)])));
  } catch (fault) {
    console.log(JSON.stringify({ fault: String(fault.message ?? fault) }));
  }
}
