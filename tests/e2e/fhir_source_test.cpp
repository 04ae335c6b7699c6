// A provider that is known by its FHIR resources only: what one gateway says of a study is sent to another
// one, which finds, counts and retrieves it without having seen an object before.
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "tests/e2e/peers.h"

namespace tests {
namespace {

using gateway::Value;

class FhirSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto made = run(quoted(std::string(BUILD_DIR) + "/ehds-gateway") +
                          " demo --seed 3 --subjects 3 --data " + quoted(folder_ / "provider/data"));
    ASSERT_EQ(made.exit_code, 0) << made.err;
    provider_ = std::make_unique<Gateway>(folder_ / "provider", "");
  }

  // A transaction with one study of the provider and all that it refers to.
  std::string bundle() {
    const Value found = provider_->json(
        "/fhir/ImagingStudy?_count=1&_include=ImagingStudy:patient&_include=ImagingStudy:endpoint");
    Value entries = Value::list();
    for (const Value& entry : *found.find("entry")->as_list()) {
      const Value& resource = *entry.find("resource");
      Value request = Value::map();
      request.set("method", "POST").set("url", resource.text("resourceType"));
      Value sent = Value::map();
      sent.set("fullUrl", entry.text("fullUrl")).set("resource", resource).set("request", std::move(request));
      entries.push(std::move(sent));
      if (resource.text("resourceType") == "ImagingStudy") study_ = resource;
    }
    Value made = Value::map();
    made.set("resourceType", "Bundle").set("type", "transaction").set("entry", std::move(entries));
    return gateway::to_json(made);
  }
  // What the receiver answers to the transaction.
  Value send(const Gateway& receiver) {
    std::ofstream(folder_ / "bundle.json") << bundle();
    return receiver.json("/fhir",
                         "-H 'Content-Type: application/fhir+json' -H 'Prefer: "
                         "return=OperationOutcome' --data-binary @" +
                             quoted(folder_ / "bundle.json"));
  }
  std::string uid_of(const Value& element) const {
    return std::string(element.text("uid").empty() ? element.text("value").substr(8) : element.text("uid"));
  }
  std::string first_object() const {
    const Value& series = (*study_.find("series")->as_list())[0];
    const Value& instance = (*series.find("instance")->as_list())[0];
    return "/dicomweb/studies/" + study_uid() + "/series/" + uid_of(series) + "/instances/" +
           uid_of(instance);
  }
  std::string study_uid() const { return uid_of((*study_.find("identifier")->as_list())[0]); }

  const gateway::testing::TempFolder folder_;
  std::unique_ptr<Gateway> provider_;
  Value study_;
};

TEST_F(FhirSourceTest, AStudyIsFoundCountedAndRetrievedFromItsEndpoint) {
  Gateway receiver(folder_ / "receiver",
                   "[[source]]\nname = \"provider\"\nkind = \"dicomweb\"\n"
                   "mode = \"harvest\"\ninterval_s = 0\nurl = \"" +
                       provider_->base() + "/dicomweb\"\n");
  const Value answer = send(receiver);
  ASSERT_EQ(answer.text("type"), "transaction-response") << gateway::to_json(answer);
  const Value studies = receiver.json("/dicomweb/studies?StudyInstanceUID=" + study_uid());
  ASSERT_EQ(studies.as_list()->size(), 1u);
  const Value theirs = provider_->json("/dicomweb/studies?StudyInstanceUID=" + study_uid());
  for (const char* tag : {"00080020", "00080061", "00100010", "00100020", "00201206", "00201208"})
    EXPECT_EQ(gateway::to_json(*studies.as_list()->front().find(tag)),
              gateway::to_json(*theirs.as_list()->front().find(tag)))
        << tag;
  EXPECT_EQ(*receiver.json("/fhir/ImagingStudy?_count=0").find("total")->as_int(), 1);

  // How long sequences are is not said in the same way everywhere: the data sets are compared.
  for (const auto& [name, from] : {std::pair("theirs", provider_.get()), {"ours", &receiver}}) {
    fs::create_directories(folder_ / name);
    const std::string file = (folder_ / name) + "/object";
    EXPECT_EQ(from->curl("-f -H 'Accept: application/dicom' -o " + quoted(file), first_object()).exit_code, 0)
        << name;
  }
  const bool compares = has_python("numpy, pydicom");
  const auto same =
      !compares ? Finished{0, {}, {}}
                : python("same_objects.py", quoted(folder_ / "theirs") + " " + quoted(folder_ / "ours"));
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;

  const std::string location(answer.find("entry")
                                 ->as_list()
                                 ->front()
                                 .find("response")
                                 ->text("location"));  // ImagingStudy/ID/_history/1
  EXPECT_EQ(receiver.status("/fhir/" + location.substr(0, location.find("/_history")), "-X DELETE"), "204");
  EXPECT_EQ(receiver.curl("", "/dicomweb/studies").out, "[]");
  EXPECT_EQ(receiver.stop(), 0);
}

TEST_F(FhirSourceTest, AnAddressThatIsNoSourceIsNamedAndNotAsked) {
  Gateway receiver(folder_ / "receiver", "");
  ASSERT_EQ(send(receiver).text("type"), "transaction-response");
  EXPECT_EQ(receiver.json("/dicomweb/studies?StudyInstanceUID=" + study_uid()).as_list()->size(), 1u);
  const auto refused = receiver.curl("-H 'Accept: application/dicom'", first_object());
  EXPECT_NE(refused.out.find(provider_->base() + "/dicomweb"), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find("no source"), std::string::npos) << refused.out;
  EXPECT_EQ(receiver.stop(), 0);
}

}  // namespace
}  // namespace tests
