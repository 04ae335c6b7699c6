// Outside judges of the gateway's RDF: npm n3, jsonld, rdfxml-streaming-parser and raptor's `rapper` read what the
// gateway read or wrote, rdf-canonize names the blank nodes, and the result must be what the gateway says.
//
//   node rdf_peers.mjs MANIFEST
//
// MANIFEST holds a JSON object a line: {name, file, format, base, expected, contexts: {address: file}, rapper}.
// Exits 0 when all agree but for what is known, 1 otherwise, 77 when the packages are absent.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const cache = process.env.EHDS_CHECKS_CACHE ?? path.join(os.homedir(), '.cache/ehds-checks');
let n3, jsonld, canonize, RdfXmlParser;
try {
  const require = createRequire(path.join(cache, 'node_modules/'));
  n3 = require('n3');
  jsonld = require('jsonld');
  ({ canonize } = require('rdf-canonize'));
  ({ RdfXmlParser } = require('rdfxml-streaming-parser'));
} catch {
  console.log('skipped: the packages n3, jsonld, rdf-canonize, rdfxml-streaming-parser are not installed');
  process.exit(77);
}
const hasRapper = spawnSync('rapper', ['--version']).status === 0;

const n3Names = { turtle: 'text/turtle', trig: 'application/trig', ntriples: 'N-Triples', nquads: 'N-Quads' };
const rapperNames = { turtle: 'turtle', trig: 'trig', ntriples: 'ntriples', nquads: 'nquads', rdfxml: 'rdfxml' };

const byN3 = (text, format, base) => new n3.Parser({ baseIRI: base, format: n3Names[format] }).parse(text);

function byRdfXml(text, base) {
  return new Promise((done, failed) => {
    const quads = [];
    const parser = new RdfXmlParser({ baseIRI: base });
    parser.on('data', (quad) => quads.push(quad)).on('error', failed).on('end', () => done(quads));
    parser.write(text);
    parser.end();
  });
}

async function byJsonLd(text, base, contexts) {
  const documentLoader = async (url) => {
    if (!contexts?.[url]) throw new Error('not fetched: ' + url);
    return { document: JSON.parse(fs.readFileSync(contexts[url], 'utf8')), documentUrl: url };
  };
  return byN3(await jsonld.toRDF(JSON.parse(text), { format: 'application/n-quads', base, documentLoader }), 'nquads');
}

function byRapper(file, format, base) {
  const ran = spawnSync('rapper', ['-q', '-i', rapperNames[format], '-o', 'nquads', file, base], { maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error('rapper: ' + ran.stderr.toString().slice(0, 300));
  return byN3(ran.stdout.toString(), 'nquads');
}

// Terms as rdf-canonize takes them; languages in small letters, as RDF 1.1 lets one.
function plain(term) {
  const out = { termType: term.termType, value: term.value };
  if (term.termType === 'BlankNode' && !out.value.startsWith('_:')) out.value = '_:' + out.value;
  if (term.termType === 'Literal') {
    out.datatype = { termType: 'NamedNode', value: term.datatype.value };
    if (term.language) out.language = term.language.toLowerCase();
  }
  return out;
}

async function canonical(quads) {
  const seen = new Map();
  for (const quad of quads) {
    const copy = { subject: plain(quad.subject), predicate: plain(quad.predicate), object: plain(quad.object), graph: plain(quad.graph) };
    seen.set(JSON.stringify(copy), copy);
  }
  return canonize([...seen.values()], { algorithm: 'RDFC-1.0', maxWorkFactor: 3 });
}

function difference(ours, theirs) {
  const a = new Set(ours.split('\n')), b = new Set(theirs.split('\n'));
  const lines = [...a].filter((x) => !b.has(x)).map((x) => '  ours    ' + x);
  return [...lines, ...[...b].filter((x) => !a.has(x)).map((x) => '  theirs  ' + x)].slice(0, 6).join('\n');
}

// What a judge does otherwise, where the standard and the other judge are on our side.
const known = {
  jsonld: {
    // JSON-LD 1.1 API section 8.2.2 rewrites numbers only, jsonld also text of the type xsd:double.
    'our writing of numbers and booleans': 'rewrites typed text',
  },
  rdfxml: {
    'nodes, properties and types': 'does not resolve rdf:type given as an attribute',
    'one node without rdf:RDF': 'does not read the attributes of a root that is a node',
    'languages, datatypes and bases': 'does not resolve xml:base against the one around it',
    'text as an XML literal': 'does not escape what canonical XML escapes',
  },
};

const counts = {};
let failures = 0;

async function judge(item, who, read) {
  if (known[who]?.[item.name]) return;
  let theirs;
  try {
    theirs = await canonical(await read());
  } catch (error) {
    failures += 1;
    console.log(`${who} cannot read ${item.name} (${item.format}): ${error.message.slice(0, 300)}`);
    return;
  }
  counts[who] = (counts[who] ?? 0) + 1;
  const ours = fs.readFileSync(item.expected, 'utf8');
  if (ours === theirs) return;
  failures += 1;
  console.log(`${who} reads ${item.name} (${item.format}) otherwise:\n${difference(ours, theirs)}`);
}

for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const item = JSON.parse(line);
  const text = fs.readFileSync(item.file, 'utf8');
  if (item.format === 'jsonld') await judge(item, 'jsonld', () => byJsonLd(text, item.base, item.contexts));
  else if (item.format === 'rdfxml') await judge(item, 'rdfxml', () => byRdfXml(text, item.base));
  else await judge(item, 'n3', () => byN3(text, item.format, item.base));
  if (hasRapper && item.rapper && rapperNames[item.format])
    await judge(item, 'rapper', () => byRapper(item.file, item.format, item.base));
}
console.log('read alike: ' + JSON.stringify(counts) + (hasRapper ? '' : '; rapper is not installed'));
process.exit(failures === 0 ? 0 : 1);
