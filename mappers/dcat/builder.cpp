#include "mappers/dcat/builder.h"

#include <algorithm>

#include "gateway/base/clock.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {

namespace codec = gateway::codec;

void Builder::type(const std::string& subject, std::string_view class_name) {
  link(subject, "rdf:type", expand(class_name));
}

void Builder::link(const std::string& subject, std::string_view predicate, const std::string& object) {
  graph_.add(codec::iri(subject), expand(predicate), codec::iri(object));
}

void Builder::link(const std::string& subject, std::string_view predicate, const std::string& object,
                   std::string_view class_name) {
  link(subject, predicate, object);
  type(object, class_name);
}

void Builder::text(const std::string& subject, std::string_view predicate, std::string_view value) {
  if (!value.empty()) graph_.add(codec::iri(subject), expand(predicate), codec::literal(value));
}

void Builder::texts(const std::string& subject, std::string_view predicate, const Texts& values) {
  for (const LanguageText& value : values)
    graph_.add(codec::iri(subject), expand(predicate), codec::text_in(value.text, value.language));
}

void Builder::typed(const std::string& subject, std::string_view predicate, std::string_view value,
                    std::string_view datatype) {
  graph_.add(codec::iri(subject), expand(predicate), codec::literal(value, expand(datatype)));
}

void Builder::count(const std::string& subject, std::string_view predicate, std::uint64_t value) {
  typed(subject, predicate, std::to_string(value), "xsd:nonNegativeInteger");
}

void Builder::instant(const std::string& subject, std::string_view predicate, std::int64_t utc_us) {
  if (utc_us > 0) typed(subject, predicate, gateway::iso8601(utc_us), "xsd:dateTime");
}

void Builder::value(const std::string& subject, const Field& field, const codec::Term& value) {
  if (field.form == Form::Code && field.of.find(':') == std::string_view::npos) {
    for (const Concept& entry : context_.profile.list(field.of).concepts)
      if (entry.iri == value.text) return concept_of(subject, field.property, field.of, entry);
  }
  graph_.add(codec::iri(subject), expand(field.property), value);
  if (field.form == Form::Iri && !field.of.empty()) type(value.text, field.of);
}

void Builder::concept_of(const std::string& subject, std::string_view predicate, std::string_view list,
                         const Concept& value) {
  const CodeList& codes = context_.profile.list(list);
  link(subject, predicate, value.iri);
  for (const std::string& name : codes.classes) type(value.iri, name);
  if (std::find(codes.classes.begin(), codes.classes.end(), "skos:Concept") == codes.classes.end()) return;
  texts(value.iri, "skos:prefLabel", {{"en", value.label}});
  link(value.iri, "skos:inScheme", codes.scheme, "skos:ConceptScheme");
  texts(codes.scheme, "dct:title", {{"en", codes.name}});
}

void Builder::concepts(const std::string& subject, std::string_view predicate, std::string_view list,
                       const std::vector<Concept>& values) {
  for (const Concept& value : values) concept_of(subject, predicate, list, value);
}

// R8: exactly one cv:contactPoint, of email (a literal there) and page.
void Builder::agent(const std::string& subject, std::string_view predicate, const std::string& iri,
                    const Agent& agent) {
  link(subject, predicate, iri, "foaf:Agent");
  text(iri, "foaf:name", agent.name);
  text(iri, "dct:description", agent.note);
  if (agent.type) concept_of(iri, "dct:type", "publisher-type", *agent.type);
  link(iri, "cv:contactPoint", iri + "-contact", "cv:ContactPoint");
  text(iri + "-contact", "cv:email", agent.email);
  if (!agent.url.empty()) link(iri + "-contact", "cv:contactPage", agent.url);
  add_stated(*this, iri, agent.more);
  add_stated(*this, iri + "-contact", agent.contact_more);
}

// vcard:Kind: the email is an IRI here.
void Builder::contact(const std::string& subject, const std::string& iri, const Agent& contact) {
  link(subject, "dcat:contactPoint", iri, "vcard:Kind");
  text(iri, "vcard:fn", contact.name);
  if (!contact.email.empty()) link(iri, "vcard:hasEmail", "mailto:" + contact.email);
  if (!contact.url.empty()) link(iri, "vcard:hasURL", contact.url);
}

void Builder::period(const std::string& subject, std::string_view predicate, const std::string& iri,
                     std::string_view start, std::string_view end) {
  if (start.empty() && end.empty()) return;
  link(subject, predicate, iri, "dct:PeriodOfTime");
  if (!start.empty()) typed(iri, "dcat:startDate", start, "xsd:date");
  if (!end.empty()) typed(iri, "dcat:endDate", end, "xsd:date");
}

void Builder::legislation(const std::string& subject) {
  link(subject, "dcatap:applicableLegislation", context_.profile.legislation, "eli:LegalResource");
}

void Builder::metadata(const std::string& subject, std::int64_t issued_us, std::int64_t modified_us) {
  link(subject, "fdp:metadataIdentifier", subject + "#identifier", "datacite:Identifier");
  text(subject + "#identifier", "dct:identifier", subject);
  instant(subject, "fdp:metadataIssued", issued_us);
  instant(subject, "fdp:metadataModified", modified_us);
}

void Builder::container(const std::string& subject, std::string_view name, std::string_view title,
                        std::string_view relation, const std::vector<std::string>& members) {
  const std::string container = subject + "#" + std::string(name);
  type(container, "ldp:DirectContainer");
  texts(container, "dct:title", {{"en", std::string(title)}});
  link(container, "ldp:membershipResource", subject);
  link(container, "ldp:hasMemberRelation", expand(relation));
  for (const std::string& member : members) link(container, "ldp:contains", member);
}

}  // namespace mappers::dcat
