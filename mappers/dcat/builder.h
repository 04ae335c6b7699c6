// Internal to mappers/dcat: adding statements by short names ("dct:title") with the values that descriptions
// are made of. One thread; take graph() at the end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/rdf.h"
#include "mappers/dcat/record.h"
#include "mappers/dcat/render.h"

namespace mappers::dcat {

class Builder {
 public:
  explicit Builder(const RenderContext& context) : context_(context) {}

  void type(const std::string& subject, std::string_view class_name);
  void link(const std::string& subject, std::string_view predicate, const std::string& object);
  // A link to a node of which only the class is known here.
  void link(const std::string& subject, std::string_view predicate, const std::string& object,
            std::string_view class_name);
  void text(const std::string& subject, std::string_view predicate,
            std::string_view value);  // empty: nothing
  void texts(const std::string& subject, std::string_view predicate, const Texts& values);
  void typed(const std::string& subject, std::string_view predicate, std::string_view value,
             std::string_view datatype);
  void count(const std::string& subject, std::string_view predicate,
             std::uint64_t value);  // xsd:nonNegativeInteger
  void instant(const std::string& subject, std::string_view predicate, std::int64_t utc_us);  // 0: nothing

  // A value of a field that is no node, with what the shapes want to know of it.
  void value(const std::string& subject, const Field& field, const gateway::codec::Term& value);
  // A value from a code list, with its classes, label and scheme.
  void concept_of(const std::string& subject, std::string_view predicate, std::string_view list,
                  const Concept& value);
  void concepts(const std::string& subject, std::string_view predicate, std::string_view list,
                const std::vector<Concept>& values);
  // A foaf:Agent at `iri` with its cv:ContactPoint.
  void agent(const std::string& subject, std::string_view predicate, const std::string& iri,
             const Agent& agent);
  void contact(const std::string& subject, const std::string& iri, const Agent& contact);  // vcard:Kind
  void period(const std::string& subject, std::string_view predicate, const std::string& iri,
              std::string_view start, std::string_view end);
  void legislation(const std::string& subject);
  // fdp-o metadata of a document: identifier, issued, modified.
  void metadata(const std::string& subject, std::int64_t issued_us, std::int64_t modified_us);
  // ldp:DirectContainer `subject`#`name` over `members` (LDP 1.0 section 5.4).
  void container(const std::string& subject, std::string_view name, std::string_view title,
                 std::string_view relation, const std::vector<std::string>& members);

  const RenderContext& context() const { return context_; }
  gateway::codec::Graph graph() && { return std::move(graph_); }

 private:
  const RenderContext& context_;
  gateway::codec::Graph graph_;
};

// csvw:TableGroup `iri` for the attributes that the images have (HealthDCAT-AP R8 form: repeated
// csvw:column). False when none of them is in the dictionary: then nothing is added.
bool add_variables(Builder& builder, const std::string& iri, const DatasetView& view);
// The concepts behind the values of the images, by EUCAIM's properties and hyper-ontology; doubtful ones stay
// out.
void add_coded_terms(Builder& builder, const std::string& dataset,
                     const gateway::model::SelectionStatistics& figures);
// spdx:checksum over the objects of a selection (gateway/store/digest.h); an empty one adds nothing.
void add_checksum(Builder& builder, const std::string& distribution, const std::string& sha256);
void add_distribution(Builder& builder, const DatasetView& view, std::size_t index);
void add_service(Builder& builder);

}  // namespace mappers::dcat
