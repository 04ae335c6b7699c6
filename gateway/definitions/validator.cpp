#include "gateway/definitions/validator.h"

#include "gateway/definitions/core_walk.h"
#include "gateway/definitions/invariants.h"

namespace gateway::definitions {
namespace {

// What FHIRPath may ask: references inside the tree, value sets, profiles.
class TreeServices final : public fhirpath::Services {
 public:
  explicit TreeServices(const RuleContext& context) : context_(context) {}
  void set_walk(ProfileWalk& walk) { walk_ = &walk; }

  void resolve(const fhirpath::Item& reference, fhirpath::Collection& out) const override {
    const ResourceTree& tree = context_.tree;
    const Entry* target = nullptr;
    if (const auto* node = std::get_if<fhirpath::Node>(&reference); node && node->tree == &tree) {
      const Entry& entry = ResourceTree::entry(*node);
      target = tree.resolve(entry.is_primitive() ? entry.text() : tree.child_text(entry, "reference"), entry);
    } else if (const auto* scalar = std::get_if<fhirpath::Scalar>(&reference)) {
      const auto* text = std::get_if<std::string>(scalar);
      if (text) target = tree.resolve(*text, tree.root());
    }
    if (target) out.emplace_back(tree.node(*target));
  }

  std::optional<bool> member_of(const fhirpath::Item& coded, std::string_view set) const override {
    const ValueSets& sets = context_.definitions.value_sets();
    const auto answer = [&](std::string_view system, std::string_view code) {
      return sets.contains(set, system, code);
    };
    const auto* node = std::get_if<fhirpath::Node>(&coded);
    if (!node || node->tree != &context_.tree) return std::nullopt;
    const Entry& entry = ResourceTree::entry(*node);
    const ResourceTree& tree = context_.tree;
    if (entry.is_primitive()) return decide(answer({}, entry.text()));
    if (!entry.type || entry.type->type != "CodeableConcept")
      return decide(answer(tree.child_text(entry, "system"), tree.child_text(entry, "code")));
    std::optional<bool> result = false;
    for (const Entry& coding : tree.children(entry)) {
      if (coding.name != "coding") continue;
      const auto one = decide(answer(tree.child_text(coding, "system"), tree.child_text(coding, "code")));
      if (one == true) return true;
      if (!one) result.reset();
    }
    return result;
  }

  std::optional<bool> conforms_to(const fhirpath::Item& resource, std::string_view url) const override {
    const auto* node = std::get_if<fhirpath::Node>(&resource);
    const Structure* profile = context_.definitions.structure(url);
    if (!node || node->tree != &context_.tree || !profile || !walk_) return std::nullopt;
    return walk_->conforms(ResourceTree::entry(*node), *profile);
  }

 private:
  static std::optional<bool> decide(Membership membership) {
    if (membership == Membership::Unknown) return std::nullopt;
    return membership == Membership::Yes;
  }

  const RuleContext& context_;
  ProfileWalk* walk_ = nullptr;
};

}  // namespace

Validator::Validator(std::shared_ptr<const Definitions> definitions, const Clock& clock)
    : definitions_(std::move(definitions)), clock_(clock), invariants_(std::make_unique<Invariants>()) {}

Validator::~Validator() = default;

Findings Validator::validate(const Value& resource, const ValidationOptions& options) const {
  Findings findings(options.max_findings);
  const ResourceTree tree(*definitions_, resource, &findings, options.tree);
  if (!tree.root().type) return findings;
  RuleContext context{*definitions_,     tree,   &findings,
                      options.max_steps, clock_, clock_.steady_us() + options.max_ms * 1000};
  TreeServices services(context);
  ConstraintCheck constraints(context, *invariants_, services,
                              fhirpath::parse_date_time(iso8601(clock_.utc_us(), true)));
  ProfileWalk profiles(context, constraints);
  services.set_walk(profiles);
  CoreWalk core(context, constraints, profiles, options.claimed);
  core.walk(tree.root());
  for (const std::string& profile : options.profiles)
    core.check_profile(tree.root(), profile, tree.root(), true);
  if (context.exhausted)
    findings.error("too-costly", tree.location(tree.root()),
                   "The resource takes too long; not all of it was checked");
  return findings;
}

}  // namespace gateway::definitions
