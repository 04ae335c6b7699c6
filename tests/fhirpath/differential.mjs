// The gateway's FHIRPath against npm `fhirpath` with its R4 model: generated expressions over the resources of
// the corpus, and the constraints of the profiles there.
//
//   node differential.mjs DOOR [--count N] [--seed N] [--report FILE]
//
// DOOR is the program fhirpath_lines. Known differences, with the reason for each, are in differences.tsv.
// Prints a summary; exits 0 when nothing differs but what is known, 1 otherwise, 77 when the package is absent.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Generator } from './generator.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const corpus = process.env.EHDS_CORPUS ?? path.join(here, '../../../shared/corpus');
const cache = process.env.EHDS_CHECKS_CACHE ?? path.join(os.homedir(), '.cache/ehds-checks');
const option = (name, otherwise) => {
  const at = process.argv.indexOf('--' + name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const count = Number(option('count', 10000));

process.env.TZ = 'UTC';
let fhirpath, model;
try {
  const require = createRequire(path.join(cache, 'node_modules/'));
  fhirpath = require('fhirpath');
  model = require('fhirpath/fhir-context/r4');
} catch {
  console.log('skipped: the package fhirpath is not installed');
  process.exit(77);
}

function filesBelow(folder, out = []) {
  if (!fs.existsSync(folder)) return out;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) filesBelow(full, out);
    else if (entry.name.endsWith('.json')) out.push(full);
  }
  return out.sort();
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

// R4 resources of the corpus, and those in their bundles, each in a file of its own.
function resources(scratch) {
  const out = [];
  const add = (resource) => {
    if (!resource?.resourceType || !model.type2Parent[resource.resourceType]) return;
    const file = path.join(scratch, `${out.length}.json`);
    const text = JSON.stringify(resource);
    if (text.length > 100000) return;
    fs.writeFileSync(file, text);
    out.push({ file, resource });
  };
  for (const part of ['balp', 'google-dicom-fhir-r4', 'hl7-eu-imaging-r4', 'mado-study-B', 'mcode', 'r4-core'])
    for (const file of filesBelow(path.join(corpus, 'fhir/examples', part))) {
      const json = readJson(file);
      add(json);
      for (const entry of json?.entry ?? []) add(entry.resource);
    }
  return out;
}

// Every constraint of the shipped packs as an expression over a whole resource.
function constraints(door) {
  const answer = spawnSync(door, { input: '{"constraints": true}\n', maxBuffer: 1 << 28 });
  const out = new Map();
  for (const { path: place, resource, expression } of JSON.parse(answer.stdout).constraints) {
    if (!expression) continue;
    const [type, ...steps] = place.split('.');
    if (!model.availableTypes.has(type)) continue;
    const start = resource ? '$this' : `descendants().ofType(${type})`;
    const full = [start, ...steps.map((step) => '`' + step.replace('[x]', '') + '`')].join('.');
    const text = `${full}.select(${expression})`;
    out.set(type + text, { type: resource ? type : undefined, expression: text });
  }
  return [...out.values()];
}

function judge(resource, expression) {
  try {
    const result = fhirpath.evaluate(resource, expression, { resource, rootResource: resource }, model);
    return { result: JSON.parse(JSON.stringify(result, (key, value) => (key === 'refType' ? undefined : value))) };
  } catch (fault) {
    return { error: String(fault?.message ?? fault) };
  }
}

// Numbers within the reach of a double, date-times as instants, a quantity by number and unit.
function same(a, b) {
  if (typeof a === 'number' || typeof b === 'number') {
    const x = Number(a), y = Number(b);
    return Math.abs(x - y) <= 1e-8 * Math.max(1, Math.abs(x), Math.abs(y));
  }
  if (typeof a === 'string' && typeof b === 'string') return a === b || sameText(a, b);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]));
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

function sameText(a, b) {
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
  if (moment.test(a) && moment.test(b)) {
    const zoned = (text) => Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : text + 'Z');
    return zoned(a) === zoned(b);
  }
  const number = /^(-?[0-9.]+(?:e[+-]?\d+)?)( .*)?$/;
  const x = number.exec(a), y = number.exec(b);
  return !!x && !!y && (x[2] ?? '') === (y[2] ?? '') && same(Number(x[1]), Number(y[1]));
}

function known() {
  const rows = fs.readFileSync(path.join(here, 'differences.tsv'), 'utf8').split('\n');
  return rows
    .filter((row) => row && !row.startsWith('#'))
    .map((row) => row.split('\t'))
    .map(([, expression, theirs, ours]) => [expression, theirs, ours ?? ''].map((text) => new RegExp(text)))
    .map(([expression, theirs, ours]) => ({ expression, theirs, ours }));
}

async function main() {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'fhirpath-'));
  const all = resources(scratch);
  if (all.length === 0) {
    console.log('skipped: the corpus is not here');
    process.exit(77);
  }
  const rules = constraints(process.argv[2]);
  const generator = new Generator(model, Number(option('seed', 1)));
  const tasks = [];
  all.forEach((each) => {
    for (const rule of rules)
      if (!rule.type || rule.type === each.resource.resourceType) tasks.push({ ...each, expression: rule.expression, rule: true });
  });
  const generated = Math.max(count, 0);
  for (let i = 0; i < generated; ++i) {
    const each = all[Math.floor((i * all.length) / generated)];
    tasks.push({ ...each, expression: generator.expression(each.resource), rule: false });
  }
  tasks.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));

  const door = spawn(process.argv[2], [], { stdio: ['pipe', 'pipe', 'inherit'] });
  let answers = '';
  door.stdout.setEncoding('utf8');
  door.stdout.on('data', (text) => (answers += text));
  const ended = new Promise((resolve) => door.on('close', resolve));
  let file;
  const lines = [];
  for (const task of tasks) {
    if (task.file !== file) lines.push(JSON.stringify({ file: (file = task.file) }));
    lines.push(JSON.stringify({ expression: task.expression }));
  }
  door.stdin.end(lines.join('\n') + '\n');
  const code = await ended;
  fs.rmSync(scratch, { recursive: true });
  const ours = answers.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  if (code !== 0 || ours.length !== tasks.length) throw new Error(`the door ended with ${code}: ${ours.length} answers`);
  report(tasks, ours);
}

function report(tasks, ours) {
  const quiet = { warn: console.warn, log: console.log };
  const differences = [];
  const rows = known();
  const counts = { rules: 0, generated: 0, equal: 0, known: 0, faults: 0 };
  tasks.forEach((task, i) => {
    console.warn = console.log = () => {};
    const theirs = judge(task.resource, task.expression);
    Object.assign(console, quiet);
    ++counts[task.rule ? 'rules' : 'generated'];
    const mine = ours[i];
    if (theirs.error !== undefined && mine.error !== undefined) {
      ++counts.faults;
      ++counts.equal;
    } else if (theirs.error === undefined && mine.error === undefined && same(mine.result, theirs.result)) {
      ++counts.equal;
    } else {
      const text = (answer) => JSON.stringify(answer.error === undefined ? answer.result : { error: answer.error });
      const row = rows.find((each) => each.expression.test(task.expression) && each.theirs.test(text(theirs)) &&
        each.ours.test(text(mine)));
      if (row) ++counts.known;
      else differences.push({ type: task.resource.resourceType, expression: task.expression, mine, theirs });
    }
  });
  const target = option('report');
  if (target) fs.writeFileSync(target, differences.map((row) => JSON.stringify(row)).join('\n') + '\n');
  for (const row of differences.slice(0, 40))
    console.log(`${row.type}: ${row.expression}\n  ours   ${JSON.stringify(row.mine)}\n  theirs ${JSON.stringify(row.theirs)}`);
  console.log(`${counts.generated} generated evaluations and ${counts.rules} of constraints: ${counts.equal} equal ` +
    `(${counts.faults} of them faults on both sides), ${counts.known} known differences, ${differences.length} others`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

await main();
