// Random FHIRPath expressions that make sense for a resource: paths that exist in it, and operators and
// functions that fit the kinds of their values. The same seed gives the same expressions.

const strings = ["'abc'", "'Test'", "''", "'1'", "'2.5'", "'true'", "'2015-02-04'", "'T10:30'", "'a b c'", "'x,y,z'",
  "'10 \\'mg\\''", "'4 days'", "'http://loinc.org'", "'CT'", "'ä ö ü'", "'no'"];
const integers = ['0', '1', '2', '3', '5', '7', '10', '42', '100', '-1', '-3'];
const decimals = ['0.0', '0.1', '0.5', '1.0', '1.5', '2.25', '3.14159', '10.00', '-0.75', '99.99', '1.10'];
const dates = ['@2015', '@2015-02', '@2015-02-04', '@2016-02-29', '@1974-12-25', '@2020-12-31'];
const dateTimes = ['@2015-02-04T14:34:28Z', '@2015-02-04T14:34:28.123+01:00', '@2015-02-04T14:34', '@2015-02-04T14',
  '@2015T', '@2020-02-29T23:59:59Z', '@2015-02-04T23:30:00-05:00', '@2015-02-04T14:34:28'];
const times = ['@T14', '@T14:34', '@T14:34:28', '@T14:34:28.123', '@T00:00:00', '@T23:59:59'];
const quantities = ["5 'mg'", "0.005 'g'", "1 'kg'", "10 'cm'", "0.1 'm'", "37 'Cel'", "98.6 '[degF]'", "120 'mm[Hg]'",
  "16 'kPa'", "1 'L'", "1000 'mL'", "2 'h'", "120 'min'", '4 days', '1 week', '7 days', '1 year', '12 months',
  '2 hours', "1 'a'", "1 'mo'", "5.5 'mmol/L'", "3 '%'", "0.03 '1'", "2 'Gy'", "200 'cGy'", "1 'MBq'", "1000 'kBq'",
  "1 '{score}'", "60 's'", "1 'd'", "70 '/min'", "1 'mGy.cm'"];
const durations = ['1 year', '2 months', '3 weeks', '10 days', '5 hours', '30 minutes', '45 seconds',
  '250 milliseconds', "1 'd'", "2 'h'", "30 'min'", "1 'wk'"];
const patterns = ["'^[A-Z]'", "'[0-9]+'", "'a|b'", "'^.*$'", "'\\\\d{2,4}'", "'^(http|https)://'", "'[^a-z]'", "'(a)(b)?'",
  "'\\\\s'", "'.+t$'"];

export class Generator {
  constructor(model, seed) {
    this.model = model;
    this.state = seed;
    this.paths = new WeakMap();
  }

  random(limit) {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 4294967296) * limit);
  }
  pick(list) {
    return list[this.random(list.length)];
  }

  // The paths of a resource by the kind of what is there.
  pathsOf(resource) {
    if (this.paths.has(resource)) return this.paths.get(resource);
    const found = { all: new Set(), string: new Set(), number: new Set(), boolean: new Set(), date: new Set(),
      complex: new Set(), quantity: new Set() };
    const walk = (value, place, type, depth) => {
      if (Array.isArray(value)) return value.slice(0, 3).forEach((each) => walk(each, place, type, depth));
      if (place) {
        found.all.add(place);
        const kind = this.kindOf(value, type);
        found[kind].add(place);
      }
      if (value === null || typeof value !== 'object' || depth > 5) return;
      for (const [key, child] of Object.entries(value)) {
        if (key === 'resourceType' || key.startsWith('_') || key === 'contained' || key === 'resource') continue;
        const [name, childType] = this.childOf(value.resourceType ?? type, key);
        walk(child, place ? `${place}.${name}` : name, childType, depth + 1);
      }
    };
    walk(resource, '', resource.resourceType, 0);
    const lists = Object.fromEntries(Object.entries(found).map(([kind, set]) => [kind, [...set]]));
    this.paths.set(resource, lists);
    return lists;
  }

  kindOf(value, type) {
    if (typeof value === 'number') return 'number';
    if (typeof value === 'boolean') return 'boolean';
    const leaf = this.model.path2Type[type] ?? type;
    if (typeof value === 'string') return ['date', 'dateTime', 'instant'].includes(leaf) ? 'date' : 'string';
    return leaf === 'Quantity' ? 'quantity' : 'complex';
  }

  // The name of a child in FHIRPath, and its place in the model.
  childOf(type, key) {
    const direct = this.model.pathsDefinedElsewhere[`${type}.${key}`] ?? `${type}.${key}`;
    for (let at = key.length - 1; at > 0; --at) {
      const types = this.model.choiceTypePaths[`${type}.${key.slice(0, at)}`];
      if (types?.includes(key.slice(at))) return [key.slice(0, at), this.follow(`${type}.${key}`)];
    }
    return [/^(div|mod|and|or|xor|implies)$/.test(key) ? '`' + key + '`' : key, this.follow(direct)];
  }
  follow(place) {
    const type = this.model.path2Type[place];
    return type && !['BackboneElement', 'Element'].includes(type) ? type : place;
  }

  path(kind) {
    const list = this.current[kind].length ? this.current[kind] : this.current.all;
    return this.pick(list) ?? 'id';
  }
  some(kind) {
    const place = this.path(kind);
    return this.pick([place, place, `${place}.first()`, `${place}.last()`, `${place}[0]`]);
  }

  expression(resource) {
    this.current = this.pathsOf(resource);
    this.type = resource.resourceType;
    return this.pick([() => this.boolean(3), () => this.boolean(2), () => this.string(2), () => this.number(2),
      () => this.collection(2), () => this.date(2), () => this.quantity(2), () => this.reflection()])();
  }

  string(depth) {
    if (depth <= 0) return this.pick([() => this.pick(strings), () => `${this.path('string')}.first()`])();
    const text = () => this.string(depth - 1);
    return this.pick([
      () => this.pick(strings),
      () => `${this.path('string')}.first()`,
      () => `(${text()} + ${text()})`,
      () => `(${text()} & ${text()})`,
      () => `${text()}.upper()`,
      () => `${text()}.lower()`,
      () => `${text()}.trim()`,
      () => `${text()}.substring(${this.random(4)})`,
      () => `${text()}.substring(${this.random(4)}, ${this.random(4)})`,
      () => `${text()}.replace(${this.pick(["'a'", "'t'", "' '", "'http'"])}, ${this.pick(["'x'", "''", "'yy'"])})`,
      () => `${text()}.replaceMatches(${this.pick(patterns)}, ${this.pick(["'x'", "''", "'<$1>'"])})`,
      () => `${this.path('string')}.join(',')`,
      () => `${text()}.split(${this.pick(["','", "' '", "'/'"])}).last()`,
      () => `${text()}.toChars().first()`,
      () => `${text()}.encode(${this.pick(["'hex'", "'base64'", "'urlbase64'"])})`,
      () => `${text()}.escape(${this.pick(["'html'", "'json'"])})`,
      () => `${this.pick([this.number(depth - 1), this.boolean(depth - 1), this.date(0)])}.toString()`,
      () => `iif(${this.boolean(depth - 1)}, ${text()}, ${text()})`,
    ])();
  }

  number(depth) {
    if (depth <= 0) return this.pick([() => this.pick(integers), () => this.pick(decimals)])();
    const number = () => this.number(depth - 1);
    return this.pick([
      () => this.pick(integers),
      () => this.pick(decimals),
      () => this.some('number'),
      () => `(${number()} ${this.pick(['+', '-', '*', '/', 'div', 'mod'])} ${number()})`,
      () => `(${number()}).${this.pick(['abs()', 'ceiling()', 'floor()', 'truncate()', 'round(1)', 'round(2)', 'sqrt()', 'exp()', 'ln()'])}`,
      () => `(${number()}).power(${this.pick(['2', '3', '0.5', '0'])})`,
      () => `${this.string(depth - 1)}.length()`,
      () => `${this.string(depth - 1)}.indexOf('t')`,
      () => `${this.path('all')}.count()`,
      () => `(${integers.slice(0, 5).join(' | ')}).aggregate($this + $total, 0)`,
      () => `${this.string(0)}.toInteger()`,
      () => `${this.string(0)}.toDecimal()`,
      () => `(${number()}).${this.pick(['lowBoundary()', 'highBoundary()'])}`,
      () => `-(${number()})`,
    ])();
  }

  date(depth) {
    if (depth <= 0) return this.pick([...dates, ...dateTimes]);
    return this.pick([
      () => this.pick(dates),
      () => this.pick(dateTimes),
      () => this.pick(times),
      () => this.some('date'),
      () => `(${this.pick([...dates, ...dateTimes])} ${this.pick(['+', '-'])} ${this.pick(durations)})`,
      () => `(${this.pick(times)} ${this.pick(['+', '-'])} ${this.pick(durations.slice(4, 8))})`,
      () => `${this.string(0)}.toDate()`,
      () => `${this.string(0)}.toDateTime()`,
      () => `(${this.date(0)}).${this.pick(['lowBoundary()', 'highBoundary()', 'lowBoundary(8)', 'highBoundary(6)'])}`,
    ])();
  }

  quantity(depth) {
    if (depth <= 0) return this.pick(quantities);
    return this.pick([
      () => this.pick(quantities),
      () => this.some('quantity'),
      () => `(${this.pick(quantities)} ${this.pick(['+', '-'])} ${this.pick(quantities)})`,
      () => `(${this.pick(quantities)} ${this.pick(['*', '/'])} ${this.pick(integers)})`,
      () => `(${this.pick(quantities)}).abs()`,
      () => `${this.pick(["'5.5 \\'mg\\''", "'4 days'", "'1'", "'x'", "'1 \\'wk\\''"])}.toQuantity()`,
    ])();
  }

  condition() {
    const order = () => this.pick(['<', '<=', '>', '>=']);
    return this.pick([
      () => `(${this.number(1)} ${order()} ${this.number(1)})`,
      () => `(${this.string(0)} ${order()} ${this.string(0)})`,
      () => `(${this.date(1)} ${order()} ${this.date(1)})`,
      () => `(${this.quantity(0)} ${order()} ${this.quantity(0)})`,
    ])();
  }

  equality(depth) {
    const op = this.pick(['=', '!=', '~', '!~']);
    return this.pick([
      () => `(${this.number(depth - 1)} ${op} ${this.number(depth - 1)})`,
      () => `(${this.string(depth - 1)} ${op} ${this.string(depth - 1)})`,
      () => `(${this.date(1)} ${op} ${this.date(1)})`,
      () => `(${this.quantity(0)} ${op} ${this.quantity(0)})`,
      () => `(${this.path('complex')}.first() ${op} ${this.path('complex')}.first())`,
      () => `(${this.path('all')} ${op} ${this.path('all')})`,
    ])();
  }

  boolean(depth) {
    if (depth <= 0) return this.pick(['true', 'false', '{}', `${this.path('all')}.exists()`]);
    const truth = () => this.boolean(depth - 1);
    const kind = () => this.pick(['Boolean', 'Integer', 'Decimal', 'Date', 'DateTime', 'Time', 'Quantity', 'String']);
    return this.pick([
      () => `${this.path('all')}.exists()`,
      () => `${this.path('all')}.empty()`,
      () => `(${truth()} ${this.pick(['and', 'or', 'xor', 'implies'])} ${truth()})`,
      () => `(${truth()}).not()`,
      () => this.equality(depth),
      () => this.condition(),
      () => `${this.string(depth - 1)}.${this.pick(['startsWith', 'endsWith', 'contains'])}(${this.string(0)})`,
      () => `${this.string(depth - 1)}.${this.pick(['matches', 'matchesFull'])}(${this.pick(patterns)})`,
      () => `(${this.string(0)} in ${this.path('string')})`,
      () => `(${this.path('string')} contains ${this.string(0)})`,
      () => `${this.path('string')}.exists($this = ${this.string(0)})`,
      () => `${this.path('string')}.all($this.length() > ${this.random(8)})`,
      () => `${this.path('all')}.${this.pick(['isDistinct()', 'hasValue()'])}`,
      () => `${this.path('all')}.subsetOf(${this.path('all')})`,
      () => `${this.path('all')}.supersetOf(${this.path('all')})`,
      () => `(${this.pick([this.string(0), this.number(0), this.date(0), this.quantity(0)])}).convertsTo${kind()}()`,
      () => `(${this.pick([this.string(0), this.number(0), truth()])}).toBoolean()`,
      () => `(${truth()} | ${truth()}).${this.pick(['allTrue()', 'anyTrue()', 'allFalse()', 'anyFalse()'])}`,
      () => `(${this.quantity(0)}).comparable(${this.quantity(0)})`,
    ])();
  }

  collection(depth) {
    if (depth <= 0) return this.path('all');
    const some = () => this.collection(depth - 1);
    return this.pick([
      () => this.path('all'),
      () => `${this.type}.${this.path('all')}`,
      () => `(${some()} | ${some()})`,
      () => `${some()}.${this.pick(['first()', 'last()', 'tail()', 'distinct()', 'children()', 'take(2)', 'skip(1)'])}`,
      () => `${some()}.${this.pick(['union', 'combine', 'intersect', 'exclude'])}(${this.path('all')})`,
      () => `${this.path('string')}.where($this != ${this.string(0)})`,
      () => `${this.path('complex')}.where(${this.pick(['code', 'system', 'value', 'use', 'url', 'id'])}.exists())`,
      () => `${this.path('complex')}.select(${this.pick(['code', 'system', 'value', 'display', 'url'])})`,
      () => `${this.path('complex')}.repeat(${this.pick(['coding', 'extension', 'item', 'children()'])})`,
      () => `descendants().${this.pick(['count()', 'where($this is code).count()', 'ofType(Coding).code'])}`,
      () => `${some()}.select($index)`,
      () => `${some()}.ofType(${this.pick(['string', 'code', 'Coding', 'Identifier', 'String', 'FHIR.uri', 'Quantity'])})`,
      () => `${this.path('complex')}.extension(${this.string(0)})`,
      () => `defineVariable('v', ${this.path('all')}).select(%v.count())`,
      () => `${this.path('string')}.select(iif($this.length() > 5, 'long', $this))`,
    ])();
  }

  reflection() {
    return this.pick([
      () => `${this.path('all')}.type().name`,
      () => `${this.path('all')}.first().type()`,
      () => `${this.path('all')}.first() is ${this.pick(['string', 'code', 'Coding', 'boolean', 'System.String', 'Element', 'FHIR.dateTime'])}`,
      () => `${this.path('all')}.first().as(${this.pick(['string', 'code', 'Coding', 'CodeableConcept', 'Reference'])})`,
      () => `(${this.pick([this.number(0), this.string(0), this.date(0), this.quantity(0)])}).type()`,
      () => `(${this.number(1)}) is ${this.pick(['Integer', 'Decimal', 'System.Integer', 'Quantity'])}`,
      () => `$this is ${this.pick(['Resource', 'DomainResource', 'Patient', 'ImagingStudy', 'Element'])}`,
      () => `%resource.${this.path('all')}.exists()`,
      () => `${this.pick(['%ucum', '%sct', '%loinc', '%`vs-x`', '%`ext-y`'])}`,
    ])();
  }
}
