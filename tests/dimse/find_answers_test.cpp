// What answers to a C-FIND look like on the wire.
#include "mappers/dicom/reader.h"
#include "tests/dimse/dimse_fixture.h"

namespace gateway::dimse {
namespace {

using mappers::dicom::Draft;
using mappers::dicom::Encoding;

class FindAnswersTest : public DimseTest {
 protected:
  void store_patient(int number, const char* name) {
    auto draft = ingest::sample_draft(number);
    draft.set("SpecificCharacterSet", "ISO_IR 192").set("PatientName", name);
    draft.set("PatientID", "P" + std::to_string(number));
    draft.set("StudyInstanceUID", "5." + std::to_string(number));
    draft.set("SeriesInstanceUID", "5." + std::to_string(number) + ".1");
    ingest({ingest::item_of(ingest::encoded(draft))});
  }
  // The data sets of all answers, as they came.
  std::vector<std::string> ask(const Draft& identifier) {
    const ProposedContext context{
        0, std::string(sop_class::kPatientRootFind), {"1.2.840.10008.1.2.1"}, false};
    auto association = Association::request(us(), "ASKER", {&context, 1}, short_limits(), nullptr);
    EXPECT_TRUE(association.ok());
    if (!association) return {};
    std::string bytes;
    identifier.encode(bytes, Encoding::ExplicitLittle);
    const auto request = CommandSet::request(Operation::Find, 1, sop_class::kPatientRootFind, true);
    EXPECT_TRUE((*association)->send(1, request, bytes).ok());
    std::vector<std::string> answers;
    for (;;) {
      const auto answer = (*association)->receive_answer();
      if (!answer || !is_pending(answer->command.status())) break;
      auto data = (*association)->receive_data(1);
      if (!data) break;
      answers.push_back(std::move(*data));
    }
    (*association)->release();
    return answers;
  }
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(FindAnswersTest, TextIsInTheCharacterSetOfTheRequestWhereItFits) {
  store_patient(1, "Müller^Jörg");
  store_patient(2, "Łuczak^Żaneta");
  start();
  Draft keys;
  keys.set("QueryRetrieveLevel", "STUDY").set("StudyInstanceUID", "5.1").set("PatientName", "");
  const auto plain = ask(keys);
  ASSERT_EQ(plain.size(), 1u);
  EXPECT_TRUE(holds(plain[0], "ISO_IR 192") && holds(plain[0], "Müller"));
  keys.set("SpecificCharacterSet", "ISO_IR 100");
  const auto latin = ask(keys);
  ASSERT_EQ(latin.size(), 1u);
  EXPECT_TRUE(holds(latin[0], "ISO_IR 100") && holds(latin[0], "M\xFCller^J\xF6rg "));
  const auto beyond = ask(keys.set("StudyInstanceUID", "5.2"));
  ASSERT_EQ(beyond.size(), 1u);
  EXPECT_TRUE(holds(beyond[0], "ISO_IR 192") && holds(beyond[0], "Łuczak"));
  const auto latin2 = ask(keys.set("SpecificCharacterSet", "ISO_IR 101"));
  ASSERT_EQ(latin2.size(), 1u);
  EXPECT_TRUE(holds(latin2[0], "ISO_IR 101") && holds(latin2[0],
                                                      "\xA3uczak^\xAF"
                                                      "aneta"));
}

TEST_F(FindAnswersTest, PatientsSayHowMuchThereIsOfThem) {
  store_samples(3);
  auto other = ingest::sample_draft(9);
  other.set("StudyInstanceUID", "9.9").set("SeriesInstanceUID", "9.9.1").set("SOPInstanceUID", "9.9.1.1");
  ingest({ingest::item_of(ingest::encoded(other))});
  store_patient(7, "Else^Somebody");
  start();
  Draft keys;
  keys.set("QueryRetrieveLevel", "PATIENT").set("PatientID", "P1");
  keys.set("NumberOfPatientRelatedStudies", "").set("NumberOfPatientRelatedSeries", "");
  keys.set("NumberOfPatientRelatedInstances", "");
  const auto answers = ask(keys);
  ASSERT_EQ(answers.size(), 1u);
  const std::string& bytes = answers[0];
  EXPECT_TRUE(holds(bytes, std::string("\x20\x00\x00\x12IS\x02\x00", 8) + "2 "));
  EXPECT_TRUE(holds(bytes, std::string("\x20\x00\x02\x12IS\x02\x00", 8) + "2 "));
  EXPECT_TRUE(holds(bytes, std::string("\x20\x00\x04\x12IS\x02\x00", 8) + "4 "));
}

}  // namespace
}  // namespace gateway::dimse
