// The CapabilityStatement says what works, and what it does not say does not (T8).
#include <set>

#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

class CapabilityTest : public ServerTest {
 protected:
  CapabilityTest() { serve(); }

  const Value::List& resources() {
    if (statement_.json.is_null()) statement_ = get("/metadata");
    return *statement_.json.find("rest")->as_list()->front().find("resource")->as_list();
  }
  const Value& resource(std::string_view type) {
    for (const Value& each : resources())
      if (each.text("type") == type) return each;
    ADD_FAILURE() << "no " << type;
    static const Value none;
    return none;
  }
  static std::set<std::string> names(const Value& resource, std::string_view member, std::string_view field) {
    std::set<std::string> all;
    if (const Value* list = resource.find(member))
      for (const Value& each : *list->as_list())
        all.emplace(each.as_string() ? *each.as_string() : std::string(each.text(field)));
    return all;
  }
  Answer statement_;
};

TEST_F(CapabilityTest, IsAValidResource) {
  const Answer statement = get("/metadata");
  ASSERT_EQ(statement.status, 200);
  EXPECT_EQ(errors(statement.json), "");
  EXPECT_EQ(get("/metadata?_format=xml").header("Content-Type"), "application/fhir+xml; charset=utf-8");
}

TEST_F(CapabilityTest, ReadableTypesAreReadAndWritableOnesWritten) {
  for (const Value& each : resources()) {
    const std::string type(each.text("type"));
    const auto codes = names(each, "interaction", "code");
    EXPECT_EQ(get("/" + type + "/no-such-id").status, 404) << type;
    EXPECT_EQ(get("/" + type + "/no-such-id/_history/1").status, 404) << type;
    const int written = put("/" + type + "/x", "{\"resourceType\":\"" + type + "\",\"id\":\"x\"}").status;
    if (codes.contains("update"))
      EXPECT_TRUE(written == 201 || written == 422) << type << written;
    else
      EXPECT_EQ(written, 405) << type;
  }
  EXPECT_EQ(get("/Parameters/x").status, 404);
}

TEST_F(CapabilityTest, EveryListedParameterAndIncludeIsUnderstood) {
  for (const char* type : {"ImagingStudy", "Patient", "Endpoint", "DiagnosticReport", "Observation",
                           "Provenance", "DocumentReference", "AuditEvent", "ServiceRequest"}) {
    for (const std::string& name : names(resource(type), "searchParam", "name")) {
      const std::string path = "/" + std::string(type) + "?" + name;
      EXPECT_EQ(get(path + ":missing=true", {{"Prefer", "handling=strict"}}).status, 200) << path;
    }
    for (const char* member : {"searchInclude", "searchRevInclude"})
      for (const std::string& include : names(resource(type), member, "")) {
        const std::string name = member == std::string("searchInclude") ? "_include" : "_revinclude";
        if (const auto colons = std::count(include.begin(), include.end(), ':'); colons != 1) continue;
        EXPECT_EQ(
            get("/" + std::string(type) + "?" + name + "=" + include, {{"Prefer", "handling=strict"}}).status,
            200)
            << type << name << include;
      }
    EXPECT_EQ(get("/" + std::string(type) + "?no-such-parameter=1", {{"Prefer", "handling=strict"}}).status,
              400);
  }
}

TEST_F(CapabilityTest, EveryOperationHasARoute) {
  const std::set<std::string> own = names(resource("Patient"), "operation", "name");
  EXPECT_EQ(own, (std::set<std::string>{"everything", "export", "meta", "validate"}));
  EXPECT_TRUE(names(resource("ImagingStudy"), "operation", "name").contains("everything"));
  EXPECT_TRUE(names(resource("Group"), "operation", "name").contains("export"));
  EXPECT_TRUE(names(resource("Composition"), "operation", "name").contains("document"));
  EXPECT_TRUE(names(resource("Subscription"), "operation", "name").contains("events"));
  const Answer statement = get("/metadata");
  const Value& rest = statement.json.find("rest")->as_list()->front();
  EXPECT_TRUE(names(rest, "operation", "name").contains("export"));
  EXPECT_EQ(names(rest, "compartment", "").size(), 5u);
  EXPECT_EQ(get("/Patient/x/$no-such-operation").status, 404);
  EXPECT_EQ(post("/Patient/$match", patient("A")).status, 405);
}

TEST_F(CapabilityTest, SaysWhichTypesItMakesFromImagesAndWhoItIsFor) {
  EXPECT_NE(get("/metadata").body.find("IHE.RAD.MADO.DocumentResponder"), std::string::npos);
  EXPECT_FALSE(names(resource("AuditEvent"), "interaction", "code").contains("create"));
}

}  // namespace
}  // namespace gateway::fhir
