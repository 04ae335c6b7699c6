#include <algorithm>
#include <unordered_map>

#include "gateway/shacl/compile_parts.h"

namespace gateway::shacl {
namespace {

// Predicates from which it follows that a node is a shape, with or without a type (W3C SHACL section 2.1).
const std::vector<std::string>& target_predicates() {
  static const std::vector<std::string> all{sh("targetClass"), sh("targetNode"), sh("targetSubjectsOf"),
                                            sh("targetObjectsOf")};
  return all;
}

class Compiler {
 public:
  Compiler(const codec::Graph& graph, TermTable& terms) : source_{graph, terms} {}

  Result<Shapes> compile() {
    collect_shapes();
    // References add shapes while this runs.
    for (ShapeId id = 0; id < nodes_.size(); ++id) {
      const codec::Term node = nodes_[id];  // a copy: reading one shape adds others
      Shape shape = TRY(read_shape(node));
      shapes_.all.push_back(std::move(shape));
    }
    note_imports();
    return std::move(shapes_);
  }

 private:
  void collect_shapes() {
    for (const char* type : {"NodeShape", "PropertyShape"})
      for (const codec::Term& node : source_.graph.subjects(rdf("type"), codec::iri(sh(type)))) id_of(node);
    for (const codec::Triple& triple : source_.graph.triples())
      if (std::find(target_predicates().begin(), target_predicates().end(), triple.predicate.text) !=
          target_predicates().end())
        id_of(triple.subject);
  }

  ShapeId id_of(const codec::Term& node) {
    const auto [it, is_new] = ids_.try_emplace(node, static_cast<ShapeId>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return it->second;
  }

  Result<Shape> read_shape(const codec::Term& node) {
    if (nodes_.size() > kMaxShapes) return source_.fault(node, "there are too many shapes");
    Shape shape;
    shape.node = source_.terms.intern(node);
    shape.path = TRY(path_of(node, sh("path")));
    shape.report = TRY(path_of(node, kResultPath));
    read_manner(node, shape);
    read_targets(node, shape);
    ConstraintReader reader(
        source_, node, [this](const codec::Term& other) { return id_of(other); }, shapes_.not_evaluated);
    shape.constraints = TRY(reader.read());
    return shape;
  }

  Result<std::shared_ptr<const Path>> path_of(const codec::Term& node, std::string_view predicate) {
    const auto found = source_.graph.objects(node, predicate);
    if (found.empty()) return std::shared_ptr<const Path>();
    if (found.size() > 1) return source_.fault(node, "a shape has two paths");
    return std::shared_ptr<const Path>(std::make_shared<Path>(TRY(read_path(source_, found[0]))));
  }

  // Severity, message and whether the shape is switched off (sections 2.1.4, 2.1.5, 2.1.6).
  void read_manner(const codec::Term& node, Shape& shape) {
    const auto severity = source_.graph.objects(node, sh("severity"));
    if (!severity.empty()) {
      shape.severity = Severity::Other;
      for (const Severity one : {Severity::Info, Severity::Warning, Severity::Violation})
        if (std::count(severity.begin(), severity.end(), codec::iri(sh(to_text(one))))) shape.severity = one;
    }
    for (const codec::Term& value : source_.graph.objects(node, sh("deactivated")))
      shape.deactivated |= value.text == "true" || value.text == "1";
    for (const codec::Term& message : source_.graph.objects(node, sh("message")))
      if (shape.message.empty() || message.language.starts_with("en")) shape.message = message.text;
  }

  void read_targets(const codec::Term& node, Shape& shape) {
    const auto read = [&](std::string_view predicate, Target::Kind kind) {
      for (const codec::Term& value : source_.graph.objects(node, sh(predicate)))
        shape.targets.push_back({kind, source_.terms.intern(value)});
    };
    read("targetClass", Target::Kind::Class);
    read("targetNode", Target::Kind::Node);
    read("targetSubjectsOf", Target::Kind::SubjectsOf);
    read("targetObjectsOf", Target::Kind::ObjectsOf);
    // Section 2.1.3.3: a shape that is a class is its own target.
    if (source_.is_class(node)) shape.targets.push_back({Target::Kind::Class, shape.node});
  }

  // Nothing is fetched; an import that no file of the caller brings may hold more rules.
  void note_imports() {
    for (const codec::Triple& triple : source_.graph.triples())
      if (triple.predicate.text == owl("imports") &&
          source_.graph.objects(triple.object, rdf("type")).empty())
        shapes_.not_evaluated.push_back(
            {"owl:imports", triple.subject,
             "imports are not fetched: give " + triple.object.text + " as a file if its rules are wanted"});
  }

  ShapeSource source_;
  std::map<codec::Term, ShapeId> ids_;
  std::vector<codec::Term> nodes_;
  Shapes shapes_;
};

}  // namespace

std::string_view name_of(Component component) {
  static constexpr std::string_view kNames[] = {
#define SHACL_COMPONENT(name, parameter) #name "ConstraintComponent",
#include "gateway/shacl/components.def"
#undef SHACL_COMPONENT
  };
  return kNames[static_cast<std::size_t>(component)];
}

Result<Shapes> compile_shapes(const codec::Graph& graph, TermTable& terms) {
  return Compiler(graph, terms).compile();
}

}  // namespace gateway::shacl
