#!/usr/bin/python3
"""Writes the compact tables of shapes and vocabularies from official files (README.md gives their form).

usage: generate.py shapes FILE.ttl... > TABLE.tsv        messages, names and other prose are left out
       generate.py vocabulary FILE... > TABLE.tsv        .ttl, .nt or .rdf; concepts, their schemes and classes
Needs rapper (raptor2-utils). The output depends on nothing but the input.
"""
import re
import subprocess
import sys

RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
SH = 'http://www.w3.org/ns/shacl#'
SKOS = 'http://www.w3.org/2004/02/skos/core#'
XSD = 'http://www.w3.org/2001/XMLSchema#'
BASE = 'urn:ehds-gateway:shapes'  # of relative names
PREFIXES = {
    'adms': 'http://www.w3.org/ns/adms#', 'csvw': 'http://www.w3.org/ns/csvw#', 'cv': 'http://data.europa.eu/m8g/',
    'dash': 'http://datashapes.org/dash#', 'dcat': 'http://www.w3.org/ns/dcat#',
    'dcatap': 'http://data.europa.eu/r5r/', 'dct': 'http://purl.org/dc/terms/', 'dpv': 'https://w3id.org/dpv#',
    'dqv': 'http://www.w3.org/ns/dqv#', 'eli': 'http://data.europa.eu/eli/ontology#',
    'fdp': 'https://w3id.org/fdp/fdp-o#', 'foaf': 'http://xmlns.com/foaf/0.1/',
    'geodcatap': 'http://data.europa.eu/930/', 'healthdcatap': 'http://healthdataportal.eu/ns/health#',
    'locn': 'http://www.w3.org/ns/locn#', 'oa': 'http://www.w3.org/ns/oa#', 'odrl': 'http://www.w3.org/ns/odrl/2/',
    'owl': 'http://www.w3.org/2002/07/owl#', 'prov': 'http://www.w3.org/ns/prov#', 'rdf': RDF,
    'rdfs': 'http://www.w3.org/2000/01/rdf-schema#', 'schema': 'http://schema.org/', 'sh': SH, 'skos': SKOS,
    'spdx': 'http://spdx.org/rdf/terms#', 'time': 'http://www.w3.org/2006/time#',
    'vcard': 'http://www.w3.org/2006/vcard/ns#', 'xsd': XSD,
    'shapes': 'https://semiceu.github.io/DCAT-AP/releases/3.0.0/html/shacl/shapes.ttl#',
    'range': 'https://semiceu.github.io/DCAT-AP/releases/3.0.0/html/shacl/range.ttl#',
    'r5r': 'http://data.europa.eu/r5r#', 'fdpshape': 'http://fairdatapoint.org/',
}
# What people read and what only editors use: no part of the rules.
PROSE = {'message', 'name', 'description', 'order', 'group', 'defaultValue', 'shape', 'extends'}
NESTED = ('not', 'node', 'qualifiedValueShape')
CHOICES = ('or', 'and', 'xone')
LISTS = ('in', 'languageIn', 'ignoredProperties')
TARGETS = {'targetClass': 'class', 'targetNode': 'node', 'targetSubjectsOf': 'subjectsOf',
           'targetObjectsOf': 'objectsOf'}
LINE = re.compile(r'(\S+) <([^>]*)> (.*) \.$')


class Graph:
    """Triples as text: IRIs without brackets, blank nodes as _:label, literals as N-Triples."""

    def __init__(self, files):
        self.by_subject = {}
        for number, file in enumerate(files):
            form = 'rdfxml' if file.endswith('.rdf') else 'turtle'
            text = subprocess.run(['rapper', '-q', '-i', form, '-o', 'ntriples', file, BASE], check=True,
                                  capture_output=True, text=True).stdout
            for line in text.splitlines():
                subject, predicate, value = LINE.match(line).groups()
                subject, value = (self.term(t, number) for t in (subject, value))
                self.by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)

    @staticmethod
    def term(text, number):
        if text.startswith('<'):
            return text[1:-1]
        return '_:f%d%s' % (number, text[2:]) if text.startswith('_:') else text

    def all(self, subject, predicate):
        return self.by_subject.get(subject, {}).get(predicate, [])

    def one(self, subject, predicate):
        return (self.all(subject, predicate) or [None])[0]

    def list(self, head):
        members = []
        while head != RDF + 'nil':
            members.append(self.one(head, RDF + 'first'))
            head = self.one(head, RDF + 'rest')
        return members


class Writer:
    def __init__(self, graph):
        self.graph, self.lines, self.used = graph, [], set()

    def name(self, iri):
        best = max((p for p in PREFIXES if iri.startswith(PREFIXES[p])), key=lambda p: len(PREFIXES[p]), default=None)
        if best and re.fullmatch(r'[A-Za-z_][A-Za-z0-9_.-]*', iri[len(PREFIXES[best]):]):
            self.used.add(best)
            return best + ':' + iri[len(PREFIXES[best]):]
        return '<' + iri + '>'

    def term(self, value):
        if not value.startswith('"'):
            return value[len(SH):] if value.startswith(SH) else self.name(value)
        form, datatype = re.fullmatch(r'("(?:[^"\\]|\\.)*")(.*)', value).groups()
        if not datatype.startswith('^^'):
            return form + datatype
        datatype = datatype[3:-1]
        if datatype in (XSD + 'integer', XSD + 'boolean') and re.fullmatch(r'"(\d+|true|false)"', form):
            return form[1:-1]
        return form + '^^' + self.name(datatype)

    def path(self, node, inner=False):
        if not node.startswith('_:'):
            return self.name(node)
        if self.graph.one(node, RDF + 'first'):
            text = '/'.join(self.path(part, True) for part in self.graph.list(node))
            return '(' + text + ')' if inner else text
        for key, mark in (('inversePath', '^%s'), ('zeroOrMorePath', '%s*'), ('oneOrMorePath', '%s+'),
                          ('zeroOrOnePath', '%s?')):
            if self.graph.one(node, SH + key):
                return mark % self.path(self.graph.one(node, SH + key), True)
        text = '|'.join(self.path(part, True) for part in self.graph.list(self.graph.one(node, SH + 'alternativePath')))
        return '(' + text + ')' if inner else text

    def put(self, depth, *fields):
        self.lines.append('\t' * depth + '\t'.join(fields))

    def pairs(self, shape):
        """The path and parameters with one plain value, on the line of their shape."""
        path = self.graph.one(shape, SH + 'path')
        out = ['path=' + self.path(path)] if path else []
        for predicate, values in sorted(self.graph.by_subject.get(shape, {}).items()):
            key = predicate[len(SH):] if predicate.startswith(SH) else None
            if not key or key in PROSE or key in LISTS + CHOICES or key in TARGETS or key in ('path', 'property', 'sparql'):
                continue
            for value in sorted(values):
                if value.startswith('_:'):
                    continue
                if key == 'severity' and value == SH + 'Violation':
                    continue
                out.append(key + '=' + self.term(value))
        return out

    def body(self, shape, depth):
        get = lambda key: sorted(self.graph.all(shape, SH + key))
        for key, kind in TARGETS.items():
            if get(key):
                self.put(depth, 'target', kind, *[self.term(v) for v in get(key)])
        for key in LISTS:
            for head in get(key):
                self.put(depth, key, *[self.term(v) for v in self.graph.list(head)])
        for key in NESTED:
            for inner in get(key):
                if inner.startswith('_:'):
                    self.put(depth, key, *self.pairs(inner))
                    self.body(inner, depth + 1)
        for key in CHOICES:
            for head in get(key):
                self.put(depth, key)
                for inner in self.graph.list(head):
                    if inner.startswith('_:'):
                        self.put(depth + 1, 'alternative', *self.pairs(inner))
                        self.body(inner, depth + 2)
                    else:
                        self.put(depth + 1, 'alternative', '@' + self.name(inner))
        for rule in get('sparql'):
            query = self.graph.one(rule, SH + 'select') or ''
            guard = re.search(r'NOT EXISTS \{ \?\w+ (?:rdf:type|a) dcat:(\w+)', query)
            if not guard:
                sys.exit('a rule in SPARQL has no form in these tables: ' + query)
            self.put(depth, 'exists', self.name(PREFIXES['dcat'] + guard.group(1)))
        self.properties(shape, depth)

    def properties(self, shape, depth):
        lines = []
        for inner in self.graph.all(shape, SH + 'property'):
            if not inner.startswith('_:'):
                lines.append(('\t' * depth + 'property\t' + '@' + self.name(inner),))
                continue
            path = self.graph.one(inner, SH + 'path')
            own = Writer(self.graph)
            own.put(depth, 'property', own.path(path) if path else '-', *own.pairs(inner)[1 if path else 0:])
            own.body(inner, depth + 1)
            self.used |= own.used
            lines.append(tuple(own.lines))
        # Twice the same rule is kept: engines report it twice.
        for block in sorted(lines):
            self.lines += block

    def shapes(self):
        def is_shape(node):
            types = self.graph.all(node, RDF + 'type')
            return SH + 'NodeShape' in types or SH + 'PropertyShape' in types or any(
                p.startswith(SH) for p in self.graph.by_subject[node])
        for shape in sorted(s for s in self.graph.by_subject if not s.startswith('_:') and is_shape(s)):
            self.put(0, 'shape', self.name(shape), *self.pairs(shape))
            self.body(shape, 1)

    def vocabulary(self):
        graph, schemes = self.graph, {}
        for node in graph.by_subject:
            for scheme in graph.all(node, SKOS + 'inScheme'):
                schemes.setdefault(scheme, []).append(node)
        for scheme in sorted(schemes):
            base = scheme.rstrip('/') + '/'
            title = next((t for p in ('http://purl.org/dc/terms/title', 'http://purl.org/dc/elements/1.1/title',
                                      PREFIXES['rdfs'] + 'label') for t in graph.all(scheme, p)), '"' + scheme + '"')
            self.put(0, 'scheme', '<%s>' % scheme, '<%s>' % base, title)
            for node in sorted(schemes[scheme]):
                labels = sorted(graph.all(node, SKOS + 'prefLabel'), key=lambda l: (not l.endswith('@en'), l))
                if SKOS + 'Concept' not in graph.all(node, RDF + 'type'):
                    sys.exit('a member of a scheme is no concept: ' + node)
                code = node[len(base):] if node.startswith(base) else '<%s>' % node
                types = [t for t in sorted(graph.all(node, RDF + 'type')) if t != SKOS + 'Concept']
                self.put(1, code, *([labels[0]] if labels else ['""'] if types else []),
                         *[self.name(t) for t in types])

    def text(self):
        head = ['prefix\t%s\t%s' % (p, PREFIXES[p]) for p in sorted(self.used)]
        return '\n'.join(head + self.lines) + '\n'


def main():
    writer = Writer(Graph(sys.argv[2:]))
    {'shapes': writer.shapes, 'vocabulary': writer.vocabulary}[sys.argv[1]]()
    text = re.sub(r'\\u([0-9A-F]{4})', lambda m: chr(int(m.group(1), 16)), writer.text())
    sys.stdout.write(text)


if __name__ == '__main__':
    main()
