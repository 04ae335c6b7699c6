// What QIDO queries cost at two sizes of the index: search_bench [SMALL LARGE], by default 10,000 and
// 1,000,000 instances (50 a study, two series each; 5 studies a day). Prints CPU time per query, with the
// rows it gave; the bar is that queries by identifier and by date cost the same at both sizes within 1.5
// times.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/store/store.h"
#include "tests/support/index_entries.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using model::Level;
using model::Match;
using model::Query;
using Kind = model::Match::Kind;

constexpr int kPerStudy = 50;
constexpr int kStudiesPerDay = 5;
constexpr double kSeconds = 0.15;  // for each query and size

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string day(int study) {
  const int n = study / kStudiesPerDay;
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02d%02d", 2000 + n / 336, 1 + n / 28 % 12, 1 + n % 28);
  return text;
}

model::IndexEntry make(int study, int i) {
  auto entry = testing::make_entry({1 + study / 2, study, 1 + i / 25, 1 + i % 25});
  entry.object.study.date = day(study);
  entry.object.study.description = "Thorax " + std::to_string(study % 1000);
  entry.object.study.study_id = "ST" + std::to_string(study);
  entry.object.study.time = std::to_string(100000 + study % 60 * 100 + study / 60 % 60);
  entry.object.series.description = "Axial " + std::to_string(study % 500);
  entry.json.series = R"({"00400244":{"vr":"DA","Value":[")" + day(study) +
                      R"("]},"00400275":{"vr":"SQ","Value":[)" + R"({"00400009":{"vr":"SH","Value":["SPS)" +
                      std::to_string(study) + R"("]}}]},"padding":")" + std::string(800, 'e') + "\"}";
  return entry;
}

class Filled {
 public:
  explicit Filled(int instances) : studies_(instances / kPerStudy) {
    auto opened = store::Store::open({folder_.path(), false});
    if (!opened.ok()) std::abort();
    store_ = std::move(*opened);
    std::vector<model::IndexEntry> batch;
    for (int study = 0; study < studies_; ++study) {
      for (int i = 0; i < kPerStudy; ++i) batch.push_back(make(study, i));
      if (batch.size() < 5000 && study + 1 < studies_) continue;
      if (!store_->index().commit(batch).ok()) std::abort();
      batch.clear();
    }
  }
  int studies() const { return studies_; }
  const model::ImageIndex& index() const { return store_->index(); }

 private:
  gateway::testing::TempFolder folder_;
  std::unique_ptr<store::Store> store_;
  int studies_;
};

Match any(std::string field, std::string value) {
  return {std::move(field), Kind::AnyOf, {std::move(value)}, "", ""};
}
Match wild(std::string field, std::string value) {
  return {std::move(field), Kind::Wildcard, {std::move(value)}, "", ""};
}

struct Measured {
  const char* name;
  Level level;
  std::function<std::vector<Match>(int study)> matches;
};

const std::vector<Measured>& queries() {
  static const auto text = [](int n) { return std::to_string(n); };
  static const std::vector<Measured> all = {
      {"study by UID", Level::Study,
       [](int s) { return std::vector{any("study.uid", testing::study_uid(s))}; }},
      {"study by PatientID", Level::Study,
       [](int s) { return std::vector{any("subject.patient_id", "P" + text(1 + s / 2))}; }},
      {"study by AccessionNumber", Level::Study,
       [](int s) { return std::vector{any("study.accession_number", "A" + text(s))}; }},
      {"study by StudyID", Level::Study,
       [](int s) { return std::vector{any("study.study_id", "ST" + text(s))}; }},
      {"study by one day", Level::Study,
       [](int s) {
         return std::vector{Match{"study.date", Kind::Range, {}, day(s), day(s)}};
       }},
      {"study by day and modality", Level::Study,
       [](int s) {
         return std::vector{Match{"study.date", Kind::Range, {}, day(s), day(s)},
                            any("study.modalities", "CT")};
       }},
      {"study by name", Level::Study,
       [](int s) { return std::vector{any("subject.name", "NAME" + text(1 + s / 2) + "^given")}; }},
      {"study by name*", Level::Study,
       [](int s) { return std::vector{any("subject.name", "name" + text(1 + s / 2) + "^*")}; }},
      {"study by fuzzy name", Level::Study,
       [](int s) {
         return std::vector{
             Match{"subject.name", Kind::Fuzzy, {"NAME" + text(1 + s / 2) + "^Given"}, "", ""}};
       }},
      {"study by procedure step id", Level::Study,
       [](int s) { return std::vector{any("series.00400275.00400009", "SPS" + text(s))}; }},
      {"study by description", Level::Study,
       [](int s) { return std::vector{any("study.description", "Thorax " + text(s % 1000))}; }},
      {"study by *description*", Level::Study,
       [](int s) { return std::vector{wild("study.description", "*x " + text(s % 1000))}; }},
      {"study by accession*", Level::Study,
       [](int s) { return std::vector{wild("study.accession_number", "A" + text(s) + "*")}; }},
      {"study by time", Level::Study,
       [](int s) {
         const std::string time = std::to_string(100000 + s % 60 * 100 + s / 60 % 60);
         return std::vector{Match{"study.time", Kind::Range, {}, time, time + ".999999"}};
       }},
      {"study by modality", Level::Study,
       [](int s) { return std::vector{any("study.modalities", s % 2 ? "CT" : "MR")}; }},
      {"study by sex", Level::Study,
       [](int s) { return std::vector{any("subject.sex", s % 2 ? "F" : "M")}; }},
      {"series of a study", Level::Series,
       [](int s) { return std::vector{any("study.uid", testing::study_uid(s))}; }},
      {"series by modality", Level::Series,
       [](int s) { return std::vector{any("series.modality", s % 2 ? "CT" : "MR")}; }},
      {"series by procedure day", Level::Series,
       [](int s) {
         return std::vector{Match{"series.00400244", Kind::Range, {}, day(s), day(s)}};
       }},
      {"series by description*", Level::Series,
       [](int s) { return std::vector{wild("series.description", "Axial " + text(s % 500) + "*")}; }},
      {"instances of a series", Level::Instance,
       [](int s) {
         return std::vector{any("study.uid", testing::study_uid(s)),
                            any("series.uid", testing::series_uid(s, 1))};
       }},
      {"instance by UID", Level::Instance,
       [](int s) { return std::vector{any("instance.uid", testing::instance_uid(s, 2, 7))}; }},
      {"instance by number", Level::Instance,
       [](int s) { return std::vector{any("instance.number", text(1 + s % 25))}; }},
      {"instance by SOP class", Level::Instance,
       [](int) { return std::vector{any("instance.sop_class_uid", "1.2.840.10008.5.1.4.1.1.2")}; }},
      {"instance by absent class", Level::Instance,
       [](int s) { return std::vector{any("instance.sop_class_uid", "1.2." + text(s))}; }},
      {"instance by name", Level::Instance,
       [](int s) { return std::vector{any("subject.name", "name" + text(1 + s / 2) + "^*")}; }},
  };
  return all;
}

struct Cost {
  double microseconds = 0;
  double rows = 0;
};

Cost measure(const Filled& filled, const Measured& query) {
  std::size_t rows = 0, runs = 0;
  const double start = cpu_seconds();
  double spent = 0;
  for (int n = 1; spent < kSeconds; ++n, ++runs) {
    Query asked{query.level, query.matches(static_cast<int>(n * 7919LL % filled.studies())), 100, 0};
    asked.by_id = true;
    const auto found = filled.index().search(asked);
    if (!found.ok()) std::abort();
    rows += found->size();
    spent = cpu_seconds() - start;
  }
  return {spent * 1e6 / static_cast<double>(runs), static_cast<double>(rows) / static_cast<double>(runs)};
}

}  // namespace

int main(int argc, char** argv) {
  const int small = argc > 2 ? std::atoi(argv[1]) : 10'000, large = argc > 2 ? std::atoi(argv[2]) : 1'000'000;
  const double start = cpu_seconds();
  const Filled few(small), many(large);
  std::printf("filled in %.0f s of CPU\n%-28s %10d %10d %7s %7s\n", cpu_seconds() - start,
              "us of CPU a query", small, large, "times", "rows");
  std::fflush(stdout);
  for (const Measured& query : queries()) {
    measure(many, query);  // warms the cache of pages
    const Cost a = measure(few, query), b = measure(many, query);
    std::printf("%-28s %10.0f %10.0f %7.2f %3.0f/%3.0f\n", query.name, a.microseconds, b.microseconds,
                b.microseconds / a.microseconds, a.rows, b.rows);
  }
  return 0;
}
