#!/usr/bin/env python3
"""Writes the compact tables of the packs from published definitions (README.md gives the form).

    generate.py --core FOLDER --guides FOLDER --terminology FOLDER [PACK...]

CORE holds the JSON definitions of FHIR R4 4.0.1 under the names that HL7 gives the files (profiles-types.json,
valuesets.json, ...), GUIDES one folder for each guide named in PACKS, TERMINOLOGY the DICOM value sets. Facts
only: prose, mappings and examples stay behind.
"""

import argparse
import json
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
SD = "http://hl7.org/fhir/StructureDefinition/"

# Pack -> folder below GUIDES, version of what does not state one.
PACKS = {
    "r4-core-4.0.1": (None, "4.0.1"),
    "dicom-2025b": (None, "2025.2.20250411"),
    "eu-base-2.0.0": ("hl7-eu-base", "2.0.0"),
    "eu-imaging-1.0.0-ballot": ("hl7-eu-imaging-r4", "1.0.0-ballot"),
    "ihe-mhd-4.2": ("ihe-mhd", "4.2"),
    "ihe-mado-0.1.0": ("ihe-mado", "0.1.0"),
    "ihe-balp-1.1.4": ("ihe-balp", "1.1.4"),
    "eu-health-data-api-1.0.0-ballot": ("eu-health-data-api", "1.0.0-ballot"),
}

PREFIXES = {
    "sd:": SD,
    "vs:": "http://hl7.org/fhir/ValueSet/",
    "sp:": "http://hl7.org/fhir/SearchParameter/",
    "fhir:": "http://hl7.org/fhir/",
    "thocs:": "http://terminology.hl7.org/CodeSystem/",
    "thovs:": "http://terminology.hl7.org/ValueSet/",
    "dcm:": "http://dicom.nema.org/resources/ontology/",
    "cid:": "http://dicom.nema.org/medical/dicom/current/output/chtml/part16/",
    "sct:": "http://snomed.info/",
    "eubase:": "http://hl7.eu/fhir/base/",
    "euimg:": "http://hl7.eu/fhir/imaging/",
    "mado:": "https://profiles.ihe.net/RAD/MADO/",
    "mhd:": "https://profiles.ihe.net/ITI/MHD/",
    "balp:": "https://profiles.ihe.net/ITI/BALP/",
}

# Code systems that are shipped whole although no bound value set takes all of them.
EXTRA_SYSTEMS = ["v2-0203", "v2-0001", "v2-0074", "v2-0078", "v2-0085", "v3-RoleCode", "v3-ParticipationType",
                 "v3-NullFlavor", "v3-ActReason", "v3-Confidentiality", "v3-TimingEvent", "v3-MaritalStatus",
                 "v3-ActCode", "v3-ParticipationFunction", "v3-ObservationInterpretation", "v3-DataOperation",
                 "v3-DocumentCompletion", "v3-ActStatus", "data-absent-reason", "endpoint-payload-type",
                 "observation-category", "list-empty-reason", "audit-event-type", "iso-21089-lifecycle"]

INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
BALP = "https://profiles.ihe.net/ITI/BALP/"

# Pack -> value sets that its profiles bind and that the copies of the releases lack: url, name, system, codes
# (none: the whole system).
MORE_SETS = {
    "r4-core-4.0.1": [
        ("http://hl7.org/fhir/ValueSet/diagnostic-service-sections", "DiagnosticServiceSectionCodes",
         "http://terminology.hl7.org/CodeSystem/v2-0074", []),
        ("http://terminology.hl7.org/ValueSet/v3-NullFlavor", "NullFlavor",
         "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", [])],
    "ihe-mhd-4.2": [
        ("https://profiles.ihe.net/ITI/MHD/ValueSet/DocumentReferenceStats", "DocumentReferenceStats",
         "http://hl7.org/fhir/document-reference-status", ["current", "superseded"])],
    "ihe-balp-1.1.4": [
        (BALP + "ValueSet/AllReadVS", "AllReadVS", INTERACTIONS, ["read", "vread"]),
        (BALP + "ValueSet/AllSearchVS", "AllSearchVS", INTERACTIONS, ["search", "search-type", "search-system"]),
        (BALP + "ValueSet/AllUpdateVS", "AllUpdateVS", INTERACTIONS, ["update", "patch"]),
        (BALP + "ValueSet/RestObjectRoles", "RestObjectRoles", ROLES, ["4", "3", "20"]),
        (BALP + "ValueSet/DataSources", "DataSources", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
         ["AUT", "INF", "CST"])],
}

# The same for code systems: url, name, codes with displays.
MORE_SYSTEMS = {
    "ihe-balp-1.1.4": [(BALP + "CodeSystem/BasicAuditEntityType", "BasicAuditEntityType",
                        [("XrequestId", "X-Request-Id of the HTTP message")])],
}

ALL_TYPES = 140  # a search parameter with that many targets refers to anything

# Newer than the DICOM release above: supplement of IHE MADO to DCM (PS3.16, 2026).
NEWER_DCM = [("131561", "Series Date"), ("131562", "Series Time"), ("131563", "Series Description"),
             ("131564", "Number of Series Related Instances"), ("131565", "Number of Study Related Series")]


# ---------------------------------------------------------------------------------------------- reading

def resources(folder):
    """Every resource of the JSON files of a folder, Bundles opened."""
    for path in sorted(Path(folder).glob("*.json")):
        content = json.loads(path.read_text())
        if not isinstance(content, dict):
            continue
        if content.get("resourceType") == "Bundle":
            for entry in content.get("entry", []):
                if "resource" in entry:
                    yield path.stem, entry["resource"]
        elif "resourceType" in content:
            yield path.stem, content


def extension(holder, name):
    for item in holder.get("extension", []):
        if item.get("url") == SD + name:
            return next((v for k, v in item.items() if k.startswith("value")), None)
    return None


def choice(element, stem):
    return next((v for k, v in element.items() if re.fullmatch(stem + "[A-Z].*", k)), None)


SYSTEM_TYPES = {"String": "string", "Boolean": "boolean", "Integer": "integer", "Decimal": "decimal",
                "DateTime": "dateTime", "Date": "date", "Time": "time"}


def type_of(source):
    code = extension(source, "structuredefinition-fhir-type") or source.get("code", "")
    code = code.rsplit("/", 1)[-1]
    if code.startswith("System."):
        code = SYSTEM_TYPES[code[7:]]
    return (code, tuple(source.get("profile", [])), tuple(source.get("targetProfile", [])))


def count(value):
    return value if value == "*" else int(value)


def element_of(source):
    """What the gateway keeps of an ElementDefinition: the fields of a row."""
    row = {}
    low, high = int(source["min"]), count(source["max"])
    row["count"] = f"{low}..{high}"
    base = source.get("base", {}).get("max")
    row["list"] = (base not in ("0", "1")) if base else (high == "*" or high > 1)
    row["type"] = tuple(type_of(t) for t in source.get("type", []))
    row["ref"] = source.get("contentReference", "").split("#")[-1]
    for name, stem in (("fixed", "fixed"), ("pattern", "pattern"), ("min", "minValue"), ("max", "maxValue")):
        value = choice(source, stem)
        row[name] = "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    row["len"] = str(source.get("maxLength", "") or "")
    binding = source.get("binding")
    row["bind"] = (binding["strength"], binding.get("valueSet", "")) if binding else ()
    row["bindmax"] = (extension(binding, "elementdefinition-maxValueSet") or "") if binding else ""
    extension_typed = row["type"] and row["type"][0][0] == "Extension"
    depth = source["path"].count(".")
    row["rules"] = tuple(sorted(
        (c["key"], c.get("severity") != "warning", c.get("expression", "").strip())
        for c in source.get("constraint", [])
        if depth == 0 or not (c["key"] == "ele-1" or (c["key"] == "ext-1" and extension_typed))))
    slicing = source.get("slicing")
    row["slicing"] = ""
    if slicing:
        words = [slicing["rules"]] + (["ordered"] if slicing.get("ordered") else [])
        words += [f'{d["type"]}:{d["path"]}' for d in slicing.get("discriminator", [])]
        row["slicing"] = " ".join(words)
    row["flags"] = "".join(letter for letter, holds in (
        ("M", source.get("isModifier")), ("S", source.get("isSummary")),
        ("A", "xmlAttr" in source.get("representation", [])), ("U", source.get("mustSupport"))) if holds)
    return row


BLANK = {"count": None, "list": None, "type": (), "ref": "", "fixed": "", "pattern": "", "min": "", "max": "",
         "len": "", "bind": (), "bindmax": "", "rules": (), "slicing": "", "flags": ""}


# ------------------------------------------------------------------------------------------- structures

def plain(identifier):
    """The id of an element without the names of slices."""
    return ".".join(step.split(":")[0] for step in identifier.split("."))


class Structures:
    """Writes structures as differences; inheritance is that of structure_table.cpp."""

    def __init__(self):
        self.by_url = {}   # url -> {suffix of id: row}
        self.by_type = {}

    def inherited(self, base, own, parent, identifier, root):
        suffix = identifier[len(root):]
        if suffix in base:
            return base[suffix]
        step = identifier.rsplit(".", 1)[-1]
        sliced = suffix[:len(suffix) - len(step)] + step.split(":")[0]
        bare = plain(identifier)[len(root):]
        for candidates, name in ((own, sliced), (own, bare), (base, bare)):
            if name != suffix and name in candidates:
                return dict(candidates[name], slicing="") if ":" in step else candidates[name]
        if parent and parent["ref"]:
            found = own.get(parent["ref"][len(root):] + "." + step)
            if found:
                return found
        if parent and len(parent["type"]) == 1:
            found = self.by_type.get(parent["type"][0][0], {}).get("." + step)
            if found:
                return found
        return BLANK

    def add(self, definition):
        """The rows of a structure: (depth, name, row, inherited row)."""
        base = self.by_url.get(definition.get("baseDefinition"), {})
        own, parents, rows = {}, [], []
        elements = definition["snapshot"]["element"]
        root = elements[0]["id"]
        for source in elements:
            identifier = source["id"]
            step = identifier.rsplit(".", 1)[-1]
            assert plain(identifier) == source["path"] and source.get("sliceName", "") == step.partition(":")[2], \
                identifier
            depth = source["path"].count(".")
            del parents[depth:]
            row = element_of(source)
            rows.append((depth, step, row,
                         self.inherited(base, own, parents[-1] if parents else None, identifier, root)))
            own[identifier[len(root):]] = row
            parents.append(row)
        self.by_url[definition["url"]] = own
        if definition.get("derivation") != "constraint" and definition["kind"] != "logical":
            self.by_type[definition["type"]] = own
        return rows


class Writer:
    def __init__(self, what, version):
        self.lines, self.used, self.rules, self.what, self.version = [], set(), {}, what, version

    def url(self, url):
        best = max((p for p in PREFIXES if url.startswith(PREFIXES[p])), key=lambda p: len(PREFIXES[p]),
                   default=None)
        if best is None:
            return url
        self.used.add(best)
        return best + url[len(PREFIXES[best]):]

    def put(self, *fields, depth=0):
        text = [re.sub(r"[\t\r\n]+", " ", str(f)) for f in fields]
        self.lines.append(" " * depth + "\t".join(text).rstrip("\t"))

    def types(self, types):
        words = []
        for code, profiles, targets in types:
            words.append(code + (f'({",".join(self.url(t) for t in targets)})' if targets else "")
                         + (f'<{",".join(self.url(p) for p in profiles)}>' if profiles else ""))
        return " ".join(words)

    def rule_field(self, rules, inherited):
        if rules == inherited:
            return None
        more = tuple(r for r in rules if r not in inherited)
        adds = set(inherited) < set(rules) and len(more) == len(rules) - len(inherited)
        for key, error, expression in more if adds else rules:
            if self.rules.get(key) != (error, expression):
                self.rules[key] = (error, expression)
                self.put("rule", key, "error" if error else "warning", expression)
        return ("rules+=" if adds else "rules=") + " ".join(r[0] for r in (more if adds else rules))

    def element(self, depth, step, row, inherited):
        rules = self.rule_field(row["rules"], inherited["rules"])
        fields = [step]
        if row["count"] != inherited["count"]:
            fields.append(row["count"])
        listed = inherited["list"]
        if listed is None:
            listed = row["count"].split("..")[1] not in ("0", "1")
        if row["list"] != listed:
            fields.append("list=" + ("1" if row["list"] else "0"))
        texts = {"type": self.types, "bind": lambda b: " ".join([b[0], self.url(b[1])]).strip() if b else "",
                 "bindmax": self.url}
        for name in ("type", "ref", "fixed", "pattern", "min", "max", "len", "bind", "bindmax"):
            if row[name] != inherited[name]:
                fields.append(name + "=" + texts.get(name, str)(row[name]))
        if rules:
            fields.append(rules)
        for name in ("slicing", "flags"):
            if row[name] != inherited[name]:
                fields.append(name + "=" + row[name])
        self.put(*fields, depth=depth + 1)

    def structure(self, definition, rows):
        words = [definition["kind"]] + (["abstract"] if definition.get("abstract") else [])
        words += ["profile"] if definition.get("derivation") == "constraint" else []
        fields = ["structure", self.url(definition["url"]), definition["type"], " ".join(words)]
        if definition.get("baseDefinition"):
            fields.append("base=" + self.url(definition["baseDefinition"]))
        if definition.get("name", "") != definition["url"].rsplit("/", 1)[-1]:
            fields.append("name=" + definition.get("name", ""))
        if (definition.get("version") or self.version) != self.version:
            fields.append("version=" + definition["version"])
        context = [c["expression"] for c in definition.get("context", []) if c.get("expression")]
        if context:
            fields.append("context=" + " ; ".join(context))
        regex = next((extension(t, "regex") for e in definition["snapshot"]["element"]
                      if e["path"].endswith(".value") for t in e.get("type", []) if extension(t, "regex")), None)
        if regex and definition["kind"] == "primitive-type":
            fields.append("regex=" + regex)
        self.put(*fields)
        for row in rows:
            self.element(*row)

    def save(self, path):
        if not self.lines:
            path.unlink(missing_ok=True)
            return
        head = [f"# {self.what}. Generated: see README.md.", f"version\t{self.version}"]
        head += [f"prefix\t{p}\t{PREFIXES[p]}" for p in PREFIXES if p in self.used]
        path.write_text("\n".join(head + self.lines) + "\n")


# ------------------------------------------------------------------------------------------ terminology

class Terminology:
    def __init__(self):
        self.sets, self.systems, self.systems_needed = {}, {}, set()

    def take(self, resource):
        if resource.get("resourceType") == "ValueSet":
            self.sets.setdefault(resource["url"], resource)
        elif resource.get("resourceType") == "CodeSystem":
            self.systems.setdefault(resource["url"].split("|")[0], resource)

    def closure(self, urls):
        """The value sets with those that they name, and the code systems that they take whole."""
        sets, systems, pending = {}, {}, list(urls)
        while pending:
            url = pending.pop()
            if url in sets or url not in self.sets:
                continue
            sets[url] = self.sets[url]
            compose = sets[url].get("compose", {})
            for part in compose.get("include", []) + compose.get("exclude", []):
                pending += [v.split("|")[0] for v in part.get("valueSet", [])]
                if "concept" not in part and part.get("system") in self.systems:
                    systems[part["system"]] = self.systems[part["system"]]
        return sets, systems


def not_selectable(concept):
    return any(p.get("code") == "notSelectable" and p.get("valueBoolean") for p in concept.get("property", []))


def write_concepts(writer, concepts, depth):
    for concept in concepts:
        writer.put(concept["code"], concept.get("display", ""),
                   "abstract" if not_selectable(concept) else "", depth=depth)
        write_concepts(writer, concept.get("concept", []), depth + 1)


def nested(concepts):
    """Puts concepts that name their parent in a property below it (as v3 and v2 systems do)."""
    by_code = {c["code"]: dict(c, concept=list(c.get("concept", []))) for c in concepts}
    top = []
    for concept in by_code.values():
        parent = next((p.get("valueCode") for p in concept.get("property", [])
                       if p.get("code") in ("subsumedBy", "parent")), None)
        (by_code[parent]["concept"] if parent in by_code and parent != concept["code"] else top).append(concept)
    return top


def write_system(writer, system):
    fields = ["system", writer.url(system["url"].split("|")[0]), system.get("content", "complete")]
    if system.get("caseSensitive") is False:
        fields.append("insensitive")
    heading(writer, fields, system)
    writer.put(*fields)
    write_concepts(writer, nested(system.get("concept", [])), 1)


def more_sets(pack):
    for url, name, system, codes in MORE_SETS.get(pack, []):
        part = {"system": system, "concept": [{"code": c} for c in codes]} if codes else {"system": system}
        yield {"url": url, "name": name, "compose": {"include": [part]}}


def more_systems(pack):
    for url, name, codes in MORE_SYSTEMS.get(pack, []):
        yield {"url": url, "name": name, "content": "complete",
               "concept": [{"code": c, "display": d} for c, d in codes]}


def heading(writer, fields, resource):
    version = resource.get("version") or writer.version
    if version != writer.version:
        fields.append("version=" + version)
    if resource.get("name"):
        fields.append("name=" + resource["name"])


def displays(systems):
    """(system, code) -> display, for the code systems that are shipped."""
    found = {}

    def walk(url, concepts):
        for concept in concepts:
            found[url, concept["code"]] = concept.get("display", "")
            walk(url, concept.get("concept", []))
    for system in systems:
        walk(system["url"].split("|")[0], system.get("concept", []))
    return found


def write_set(writer, value_set, known):
    fields = ["set", writer.url(value_set["url"])]
    heading(writer, fields, value_set)
    writer.put(*fields)
    compose = value_set.get("compose", {})
    for kind in ("include", "exclude"):
        for part in compose.get(kind, []):
            words = [kind, writer.url(part.get("system", ""))]
            if part.get("version"):
                words.append("version=" + part["version"])
            words += ["set=" + writer.url(v) for v in part.get("valueSet", [])]
            words += [f'filter={f["property"]} {f["op"]} {f["value"]}' for f in part.get("filter", [])]
            writer.put(*words, depth=1)
            for concept in part.get("concept", []):
                shipped, published = (d.get((part["system"], concept["code"]), "") for d in known)
                display = concept.get("display") or published
                writer.put(concept["code"], "" if display == shipped else display, depth=2)


def write_parameter(writer, parameter):
    fields = ["parameter", writer.url(parameter["url"]), parameter["code"], parameter["type"]]
    if len(parameter.get("target", [])) < ALL_TYPES and parameter.get("target"):
        fields.append("targets=" + " ".join(parameter["target"]))
    writer.put(*fields)
    for base in parameter["base"]:
        writer.put("on", base, part_for(parameter.get("expression", ""), base), depth=1)
    for component in parameter.get("component", []):
        writer.put("part", writer.url(component["definition"]), component["expression"], depth=1)


def part_for(expression, base):
    """The alternatives of a union that begin with the name of a type, or with that of an element."""
    def applies(part):
        name = re.match(r"[( ]*([A-Za-z0-9]*)", part).group(1)
        return name == base or name[:1].islower()
    parts, depth, quoted, begin = [], 0, False, 0
    for at, c in enumerate(expression):
        if c == "'" and (at == 0 or expression[at - 1] != "\\"):
            quoted = not quoted
        if quoted:
            continue
        depth += (c in "([") - (c in ")]")
        if c == "|" and depth == 0:
            parts.append(expression[begin:at].strip(" \t"))
            begin = at + 1
    parts.append(expression[begin:].strip(" \t"))
    return " | ".join(p for p in parts if applies(p))


def expectation(holder):
    return extension(holder, "capabilitystatement-expectation") or "SHALL"


def write_actor(writer, statement):
    """What a server in the role of an actor must offer."""
    writer.put("actor", writer.url(statement["url"]))
    for name in statement.get("format", []):
        writer.put("format", name, depth=1)
    for rest in statement["rest"]:
        for resource in rest.get("resource", []):
            writer.put("resource", resource["type"], expectation(resource), depth=1)
            for kind, member, key in (("interaction", "interaction", "code"), ("search", "searchParam", "name"),
                                      ("operation", "operation", "name")):
                for item in resource.get(member, []):
                    writer.put(kind, item[key], expectation(item), depth=2)
            for kind, member in (("include", "searchInclude"), ("revinclude", "searchRevInclude")):
                for name in resource.get(member, []):
                    writer.put(kind, name, "SHALL", depth=2)


def write_map(writer, concept_map):
    source = concept_map.get("sourceCanonical") or concept_map.get("sourceUri") or ""
    target = concept_map.get("targetCanonical") or concept_map.get("targetUri") or ""
    fields = ["map", writer.url(concept_map["url"]), writer.url(source), writer.url(target)]
    heading(writer, fields, concept_map)
    writer.put(*fields)
    for group in concept_map.get("group", []):
        writer.put("group", writer.url(group.get("source", "")), writer.url(group.get("target", "")), depth=1)
        for element in group.get("element", []):
            for to in element.get("target", []) or [{}]:
                writer.put(element["code"], to.get("code", ""), to.get("equivalence", ""),
                           element.get("display", ""), to.get("display", ""), depth=2)


# ------------------------------------------------------------------------------------------------ packs

def bound_sets(definitions, strengths):
    for definition in definitions:
        for element in definition["snapshot"]["element"]:
            binding = element.get("binding", {})
            if binding.get("strength") in strengths and binding.get("valueSet"):
                yield binding["valueSet"].split("|")[0]
            if binding and extension(binding, "elementdefinition-maxValueSet"):
                yield extension(binding, "elementdefinition-maxValueSet").split("|")[0]


def ordered(definitions):
    """Types before what is based on them."""
    left, done = list(definitions), []
    while left:
        ready = [d for d in left if d.get("baseDefinition", "") not in {x["url"] for x in left if x is not d}]
        done += ready
        left = [d for d in left if d not in ready]
        assert ready
    return done


def save_tables(name, version, structures, kinds, sets, systems, parameters, maps, published=(), actors=()):
    """`published` are code systems that are not shipped: for the displays of codes that value sets list."""
    sets, systems = [*sets, *more_sets(name)], [*systems, *more_systems(name)]
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    for file, definitions in kinds.items():
        writer = Writer(f"{name}: {file}", version)
        for definition in ordered(definitions):
            writer.structure(definition, structures.add(definition))
        writer.save(folder / f"{file}.tsv")
    known = (displays(systems), displays(published))
    for file, items, write in (("code-systems", systems, write_system), ("value-sets", sets, lambda w, s: write_set(w, s, known)),
                               ("search-parameters", parameters, write_parameter),
                               ("concept-maps", maps, write_map), ("actors", actors, write_actor)):
        writer = Writer(f"{name}: {file}", version)
        for item in items:
            write(writer, item)
        writer.save(folder / f"{file}.tsv")


CORE_FILES = {"profiles-types": "types", "profiles-resources": "resources", "extension-definitions": "extensions",
              "profiles-others": "profiles"}
CORE_TERMS = ("valuesets", "v3-codesystems", "v2-tables")


def core(folder, structures):
    kinds, terms, parameters, maps = {k: [] for k in CORE_FILES.values()}, Terminology(), [], []
    seen = set()
    for file, resource in resources(folder):
        kind = resource["resourceType"]
        if kind == "StructureDefinition" and file in CORE_FILES and resource["url"] not in seen:
            seen.add(resource["url"])
            kinds[CORE_FILES[file]].append(resource)
        elif file in CORE_TERMS:
            terms.take(resource)
        elif file == "search-parameters" and kind == "SearchParameter" and "/example" not in resource["url"]:
            parameters.append(resource)
        elif file == "conceptmaps" and "/cm-" in resource.get("url", ""):
            maps.append(resource)
    return kinds, terms, parameters, maps


def generate_core(folder, guides, structures, write):
    kinds, terms, parameters, maps = core(folder, structures)
    every = [d for k in kinds.values() for d in k]
    every += [r for pack, (place, _) in PACKS.items() if place for _, r in resources(Path(guides) / place)
              if r["resourceType"] == "StructureDefinition"]
    for more in more_sets("r4-core-4.0.1"):
        terms.systems_needed.add(more["compose"]["include"][0]["system"])
    bound = list(bound_sets(every, ("required", "extensible", "preferred")))
    sets, systems = terms.closure(bound)
    terms.systems_needed |= {u for u in terms.systems if u.rsplit("/", 1)[-1] in EXTRA_SYSTEMS}
    systems.update({u: terms.systems[u] for u in terms.systems_needed})
    systems.pop("http://dicom.nema.org/resources/ontology/DCM", None)  # dicom-2025b has it whole
    if write:
        save_tables("r4-core-4.0.1", "4.0.1", structures, kinds, [sets[u] for u in sorted(sets)],
                    [systems[u] for u in sorted(systems)], sorted(parameters, key=lambda p: p["url"]), maps,
                    terms.systems.values())
    else:
        for definitions in kinds.values():
            for definition in ordered(definitions):
                structures.add(definition)
    return terms


def generate_dicom(folder, structures, version):
    sets, systems = [], []
    for _, resource in resources(folder):
        if resource.get("resourceType") == "ValueSet":
            sets.append(resource)
        elif resource.get("resourceType") == "CodeSystem":
            known = {c["code"] for c in resource["concept"]}
            resource["concept"] += [{"code": c, "display": d} for c, d in NEWER_DCM if c not in known]
            systems.append(resource)
    save_tables("dicom-2025b", version, structures, {}, sets, systems, [], [])


def generate_guide(name, folder, version, structures, write):
    found = {}
    for _, resource in resources(folder):
        found.setdefault(resource["resourceType"], []).append(resource)
    definitions = found.get("StructureDefinition", [])
    if not write:
        for definition in ordered(definitions):
            structures.add(definition)
        return
    save_tables(name, version, structures, {"profiles": definitions}, found.get("ValueSet", []),
                found.get("CodeSystem", []), found.get("SearchParameter", []), found.get("ConceptMap", []),
                actors=[c for c in found.get("CapabilityStatement", []) if c.get("kind") == "requirements"
                        and all(r["mode"] == "server" for r in c["rest"])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", required=True)
    parser.add_argument("--guides", required=True)
    parser.add_argument("--terminology", required=True)
    parser.add_argument("packs", nargs="*")
    options = parser.parse_args()
    structures = Structures()
    for name, (folder, version) in PACKS.items():
        write = not options.packs or name in options.packs
        if name.startswith("r4-core"):
            generate_core(options.core, options.guides, structures, write)
        elif name.startswith("dicom"):
            if write:
                generate_dicom(options.terminology, structures, version)
        else:
            generate_guide(name, Path(options.guides) / folder, version, structures, write)


if __name__ == "__main__":
    main()
