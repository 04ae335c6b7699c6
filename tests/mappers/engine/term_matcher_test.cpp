#include "mappers/engine/term_matcher.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "gateway/codec/csv.h"
#include "gateway/codec/json.h"
#include "mappers/engine/coded_terms.h"

namespace mappers::engine {
namespace {

const std::string kCorpus = SOURCE_DIR "/../shared/corpus/eucaim/mapping/";

const CodedTerms& terms() {
  static const auto loaded = CodedTerms::load(SOURCE_DIR "/profiles/terminology");
  EXPECT_TRUE(loaded.ok()) << loaded.error().text();
  return *loaded;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : " ") + id;
  return text;
}

std::string as_set(std::string text) {
  for (const char* phrase : {"anal canal", "cervical spine", "lumbar spine"})
    if (const auto at = text.find(phrase); at != std::string::npos) text[text.find(' ', at)] = '-';
  std::set<std::string> ids;
  std::istringstream words(text);
  for (std::string word; words >> word;) ids.insert(word);
  return joined({ids.begin(), ids.end()});
}

struct Reading {
  const char* value;
  const char* concepts;
  MatchKind kind = MatchKind::Certain;
};

void expect_readings(const TermMatcher& matcher, std::initializer_list<Reading> readings) {
  for (const Reading& reading : readings) {
    const TermMatch match = matcher.match(reading.value);
    EXPECT_EQ(joined(match.concepts), reading.concepts) << reading.value;
    EXPECT_EQ(name_of(match.kind), name_of(reading.kind)) << reading.value;
  }
}

TEST(BodyParts, ThePublishedValuesAreReadRightOrLeftAlone) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "the corpus is not there";
  const auto csv = gateway::codec::parse_csv(read_file(kCorpus + "bodypart-real-values.csv"), "values");
  ASSERT_TRUE(csv.ok());
  int right = 0, flagged = 0;
  for (const auto& row : csv->rows) {
    const TermMatch match = terms().body_parts().match(row.cells[0]);
    const bool same = as_set(joined(match.concepts)) == as_set(row.cells[1]);
    right += same;
    EXPECT_TRUE(same || !match.usable()) << row.cells[0] << " is read wrongly as " << joined(match.concepts);
    if (row.cells[2] == "ambiguous") {
      EXPECT_EQ(match.kind, MatchKind::Ambiguous) << row.cells[0];
    } else {
      flagged += match.kind == MatchKind::Ambiguous;
    }
  }
  EXPECT_EQ(csv->rows.size(), 66u);
  EXPECT_GE(right, 63) << "95 of 100";
  EXPECT_LE(flagged, 3);
}

TEST(Manufacturers, ThePublishedSpellingsAreReadRightOrLeftAlone) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "the corpus is not there";
  const auto file = gateway::codec::parse_json(read_file(kCorpus + "manufacturer-vectors.json"));
  ASSERT_TRUE(file.ok());
  int right = 0, rows = 0;
  for (const gateway::Value& row : *file->find("rows")->as_list()) {
    ++rows;
    const std::string maker(row.text("maker"));
    const TermMatch match = terms().manufacturers().match(row.text("value"));
    if (maker == "ambiguous") {
      right += match.kind == MatchKind::Ambiguous;
      continue;
    }
    std::string read = match.usable() ? terms().spellings().label({"manufacturer", match.concepts[0]}) : "";
    if (!match.usable() && match.kind == MatchKind::Unknown) read = "Other";
    EXPECT_TRUE(read == maker || !match.usable()) << row.text("value") << " is read wrongly as " << read;
    right += read == maker;
  }
  EXPECT_EQ(rows, 37);
  EXPECT_GE(right, 36);
}

TEST(BodyParts, AreReadInTheLanguagesOfEurope) {
  expect_readings(terms().body_parts(), {{"Schädel nativ", "head"},
                                         {"THORAX-ABDOMEN-BECKEN", "chest abdomen pelvis"},
                                         {"Rodilla derecha", "knee"},
                                         {"Mammographie bilatérale", "breast"},
                                         {"RM próstata multiparamétrica", "prostate"},
                                         {"Torace senza mdc", "chest"},
                                         {"Klatka piersiowa", "chest"},
                                         {"CT thorax + abdomen met contrast", "chest abdomen"},
                                         {"Œsophage", "esophagus"},
                                         {"RX BACINO", "pelvis"},
                                         {"Lungen", "lung"},
                                         {"ABDOMINOPELVIEN", "abdomen pelvis"}});
}

TEST(BodyParts, PhrasesAndPositionsAreNotTakenForParts) {
  expect_readings(terms().body_parts(), {{"NECK OF FEMUR", "femur"},
                                         {"HEAD FIRST CHEST", "chest"},
                                         {"GENOU GAUCHE FACE", "knee"},
                                         {"CHEST AP", "chest"},
                                         {"CT AP", "abdomen pelvis", MatchKind::Ambiguous},
                                         {"HEAD PHANTOM", "", MatchKind::Unknown},
                                         {"ABDOMEN NOT PELVIS", "", MatchKind::Unknown}});
}

TEST(BodyParts, WordsThatWereCutOrDamagedAreCompletedAndSaidToBe) {
  expect_readings(terms().body_parts(), {{"THORAXABDOMENBEC", "chest abdomen pelvis", MatchKind::Completed},
                                         {"TORAX ABDOMEN PE", "chest abdomen pelvis", MatchKind::Completed},
                                         {"PANCREAS PROTOCO", "pancreas", MatchKind::Completed},
                                         {"TORAX ABDO PE", "chest abdomen", MatchKind::Partial},
                                         {"PR?STATE", "prostate", MatchKind::Completed}});
  EXPECT_TRUE(terms().body_parts().match("THORAX / ABDOMEN").may_be_cut);
  EXPECT_LT(terms().body_parts().match("THORAX / ABDOMEN").confidence(), 100);
}

TEST(BodyParts, SidesAreRead) {
  EXPECT_EQ(terms().body_parts().match("HAND L").laterality, "L");
  EXPECT_EQ(terms().body_parts().match("POIGNET DROIT").laterality, "R");
  EXPECT_EQ(terms().body_parts().match("KNEE LEFT AND RIGHT").laterality, "B");
}

TEST(BodyParts, OtherWordsStayUnknown) {
  for (const char* word :
       {"CHESTER", "CARMEN", "HARMONY", "BLOOD", "SPECIAL", "SERVICE", "HEARTLAND", "MARKET", "ARMADA",
        "PELICAN", "HANDLE", "FOOTBALL", "NECKLACE", "12345", "___", "?"}) {
    const TermMatch match = terms().body_parts().match(word);
    EXPECT_FALSE(match.usable()) << word << " is read as " << joined(match.concepts);
  }
}

TEST(Manufacturers, PartsOfWordsAreNoNames) {
  expect_readings(terms().manufacturers(), {{"Image Systems", "", MatchKind::Unknown},
                                            {"Premier Imaging", "", MatchKind::Unknown},
                                            {"MiElectronics", "", MatchKind::Unknown},
                                            {"AGE Systems", "", MatchKind::Unknown},
                                            {"Mie University", "mie", MatchKind::Ambiguous},
                                            {"Siemens Sonline", "siemens", MatchKind::Partial},
                                            {"SIEMENS/CTI", "siemens cti", MatchKind::Ambiguous}});
}

TEST(TermMatcherTable, FaultsAreNamedWithTheirLine) {
  const char* kHeader = "word,kind,concepts\n";
  for (const char* row : {"A,what,x", "A,term,", "A,noise,x", "A B*,term,x", "--,term,x"}) {
    const auto table = TermMatcher::parse(std::string(kHeader) + row + "\n", "t.csv");
    ASSERT_FALSE(table.ok()) << row;
    EXPECT_EQ(table.error().where, "t.csv:2");
  }
  EXPECT_EQ(TermMatcher::parse(std::string(kHeader) + "Ä,term,x\nA,term,y\n", "t.csv").error().where,
            "t.csv:3");
  EXPECT_FALSE(TermMatcher::parse("word,kind\n", "t.csv").ok());
}

TEST(TermMatcherProperty, AnyBytesAreReadInBoundedTimeAndCaseDoesNotCount) {
  std::mt19937 random(5);
  for (int run = 0; run < 300; ++run) {
    std::string value(random() % 80, ' ');
    for (char& c : value) c = static_cast<char>(random() % 256);
    terms().body_parts().match(value);
  }
  terms().body_parts().match(std::string(100000, 'A'));
  std::string long_compound;
  while (long_compound.size() < 40) long_compound += "PELV_";
  terms().body_parts().match(long_compound);
  EXPECT_EQ(terms().body_parts().match("tdm thorax / abd").concepts,
            terms().body_parts().match("TDM THORAX / ABD").concepts);
}

TEST(FoldWords, TakesAccentsAndPunctuationOff) {
  EXPECT_EQ(fold_words("Schädel^Hals"), "SCHADEL HALS");
  EXPECT_EQ(fold_words("œsophage, É"), "OESOPHAGE E");
  EXPECT_EQ(fold_words("Łódź ß"), "LODZ SS");
  EXPECT_EQ(fold_words("AB_C?", true), "AB_C");
  EXPECT_EQ(fold_words("\xff\xfe"), "");
}

TEST(Spellings, EveryConceptOfTheWordsHasALabelAndCombinationsHaveCodes) {
  const ConceptSpellings& all = terms().spellings();
  EXPECT_FALSE(all.version().empty());
  EXPECT_EQ(all.label({"body-part", "breast"}), "Breast");
  EXPECT_EQ(all.combination("body-part", {"pelvis", "chest", "abdomen"}), "chest+abdomen+pelvis");
  EXPECT_EQ(all.preferred({"body-part", "chest+abdomen+pelvis"}, "SCT")->code, "416775004");
  EXPECT_EQ(all.combination("body-part", {"pelvis", "eye"}), "");
}

TEST(Spellings, OneConceptIsOneInEveryVocabulary) {
  const ConceptSpellings& all = terms().spellings();
  const auto means = [&](std::string_view system, std::string_view code) {
    const auto found = all.find(system, code);
    return found.empty() ? "" : found[0].concept_id.id;
  };
  for (const auto& [system, code] : {std::pair("SCT", "12921003"),
                                     {"SCT", "816092008"},
                                     {"EUCAIM", "BP1000092"},
                                     {"", "SNOMEDCT12921003"},
                                     {"BPE", "PELVIS"},
                                     {"", "EUCAIM:BP1000092"}})
    EXPECT_EQ(means(system, code), "pelvis") << code;
  for (const auto& [system, code] : {std::pair("EUCAIM", "IMG1000038"),
                                     {"EUCAIM", "IMG1000022"},
                                     {"RADLEX", "RID10312"},
                                     {"DCM", "MR"},
                                     {"", "RID10312"}})
    EXPECT_EQ(means(system, code), "mr") << code;
  EXPECT_EQ(all.preferred({"modality", "mr"}, "EUCAIM")->code, "IMG1000038") << "one of the pair is written";
  EXPECT_EQ(means("EUCAIM", "COM1000180"), "male");
  EXPECT_EQ(all.find("EUCAIM", "COM1000180")[0].relation, SpellingRelation::Old);
  EXPECT_EQ(means("NCIT", "C200140"), "siemens");
  EXPECT_EQ(all.find("DCM", "NM").size(), 2u) << "wider than SPECT, equal to nuclear medicine";
  EXPECT_TRUE(all.find("SCT", "1").empty());
}

TEST(Spellings, ThoseOfTheSearchToolsAreAllKnown) {
  const std::string path = kCorpus + "../federated-search/code-translations.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the corpus is not there";
  const auto file = gateway::codec::parse_json(read_file(path));
  ASSERT_TRUE(file.ok());
  int checked = 0;
  for (const gateway::Value& row : *file->find("rows")->as_list()) {
    const auto& cells = *row.as_list();
    std::set<std::string> concepts;
    // The catalogue's code, and the first of the hyper-ontology.
    for (const std::size_t column : {3u, 9u}) {
      if (!cells[column].as_string()) continue;
      std::string code = *cells[column].as_string();
      code = code.substr(0, code.find(' '));
      const auto found = terms().spellings().find("", code);
      ASSERT_FALSE(found.empty()) << code;
      concepts.insert(found[0].concept_id.id);
      ++checked;
    }
    EXPECT_LE(concepts.size(), 1u) << *cells[0].as_string();
  }
  EXPECT_GE(checked, 40);
}

TEST(CodedTermsTest, CountsConceptsAndWhatStandsForNone) {
  gateway::model::SelectionStatistics figures;
  figures.subjects = 9;
  figures.modalities = {{"MR", 5, 5}, {"XYZ", 1, 1}};
  figures.body_parts = {
      {"TAP", 4, 3}, {"THORAX", 2, 2}, {"SERVICE", 1, 1}, {"CTAP", 1, 1}, {"UNKNOWN", 3, 3}};
  figures.manufacturers = {{"SIEMENS", 3, 3}, {"Siemens Healthineers", 2, 8}};
  figures.sexes = {{"F", 3, 3}};
  terms().add_to(figures);
  const auto term = [&](std::string_view id) {
    for (const auto& one : figures.terms)
      if (one.id == id) return one;
    return gateway::model::CodedTerm{};
  };
  EXPECT_EQ(term("chest").series, 7u);
  EXPECT_EQ(term("pelvis").subjects, 4u);
  EXPECT_TRUE(term("pelvis").certain);
  EXPECT_EQ(term("siemens").subjects, 9u) << "no more than there are";
  EXPECT_EQ(term("mr").label, "Magnetic resonance imaging");
  EXPECT_EQ(term("female").category, "sex");
  ASSERT_EQ(figures.unmapped.size(), 2u);
  EXPECT_EQ(figures.unmapped[0].value, "modality: XYZ");
  EXPECT_EQ(figures.unmapped[1].value, "body-part: SERVICE");
}

}  // namespace
}  // namespace mappers::engine
