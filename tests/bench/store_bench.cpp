// What the index costs at 1,000 and 100,000 instances (50 a study), in memory of the page cache.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "gateway/store/store.h"
#include "tests/support/index_entries.h"
#include "tests/support/temp_folder.h"

namespace gateway {
namespace {

using model::Level;
using model::Match;
using model::Query;

constexpr int kPerStudy = 50;

struct Filled {
  testing::TempFolder folder;
  std::unique_ptr<store::Store> store;
};

std::vector<model::IndexEntry> study_entries(int study) {
  std::vector<model::IndexEntry> entries;
  for (int i = 0; i < kPerStudy; ++i)
    entries.push_back(testing::make_entry({1 + study / 2, study, 1 + i / 25, 1 + i % 25}));
  return entries;
}

store::Store& filled(std::int64_t instances) {
  static std::map<std::int64_t, Filled> stores;
  Filled& slot = stores[instances];
  if (slot.store) return *slot.store;
  auto opened = store::Store::open({slot.folder.path(), false});
  if (!opened.ok()) std::abort();
  slot.store = std::move(*opened);
  std::vector<model::IndexEntry> batch;
  for (int study = 0; study * kPerStudy < instances; ++study) {
    for (auto& entry : study_entries(study)) batch.push_back(std::move(entry));
    if (batch.size() < 500 && (study + 1) * kPerStudy < instances) continue;
    if (!slot.store->index().commit(batch).ok()) std::abort();
    batch.clear();
  }
  return *slot.store;
}

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

void run_search(benchmark::State& state, const std::function<Query(int)>& make) {
  store::Store& store = filled(state.range(0));
  int n = 0;
  std::size_t rows = 0;
  for (auto _ : state) {
    auto found = store.index().search(make(++n));
    if (!found.ok()) std::abort();
    rows += found->size();
  }
  state.counters["rows"] = static_cast<double>(rows) / static_cast<double>(state.iterations());
  state.counters["rss_mib"] = resident_mib();
}

Query studies(std::vector<Match> matches) { return {Level::Study, std::move(matches), 100, 0}; }
int study_number(const benchmark::State& state, int n) {
  return n * 7919 % static_cast<int>(state.range(0) / kPerStudy);
}

void StudiesLimit100(benchmark::State& state) {
  const auto windows =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, state.range(0) / kPerStudy - 100));
  run_search(state, [&](int n) {
    return Query{Level::Study, {}, 100, static_cast<std::uint64_t>(n) * 7919 % windows};
  });
}
void StudiesByPatientId(benchmark::State& state) {
  run_search(state, [&](int n) {
    return studies({{"subject.patient_id",
                     Match::Kind::AnyOf,
                     {"P" + std::to_string(1 + study_number(state, n) / 2)},
                     "",
                     ""}});
  });
}
void StudiesByUid(benchmark::State& state) {
  run_search(state, [&](int n) {
    return studies({{"study.uid", Match::Kind::AnyOf, {testing::study_uid(study_number(state, n))}, "", ""}});
  });
}
void StudiesByDate(benchmark::State& state) {
  run_search(state, [&](int n) {
    const std::string date = testing::numbered_date(study_number(state, n));
    return studies({{"study.date", Match::Kind::Range, {}, date, date}});
  });
}
void StudiesByName(benchmark::State& state) {
  run_search(state, [&](int n) {
    return studies({{"subject.name",
                     Match::Kind::Wildcard,
                     {"NAME" + std::to_string(1 + study_number(state, n) / 2) + "^*"},
                     "",
                     ""}});
  });
}
void StudiesByModality(benchmark::State& state) {
  run_search(state, [](int) { return studies({{"study.modalities", Match::Kind::AnyOf, {"CT"}, "", ""}}); });
}
void SeriesOfStudy(benchmark::State& state) {
  run_search(state, [&](int n) {
    Query query =
        studies({{"study.uid", Match::Kind::AnyOf, {testing::study_uid(study_number(state, n))}, "", ""}});
    query.level = Level::Series;
    return query;
  });
}
void InstancesOfSeries(benchmark::State& state) {
  run_search(state, [&](int n) {
    const int study = study_number(state, n);
    return Query{Level::Instance,
                 {{"study.uid", Match::Kind::AnyOf, {testing::study_uid(study)}, "", ""},
                  {"series.uid", Match::Kind::AnyOf, {testing::series_uid(study, 1)}, "", ""}},
                 100,
                 0};
  });
}

void LocateInstance(benchmark::State& state) {
  store::Store& store = filled(state.range(0));
  int n = 0;
  for (auto _ : state) {
    const int study = study_number(state, ++n);
    int found = 0;
    auto done = store.index().locate(testing::study_uid(study), testing::series_uid(study, 1),
                                     testing::instance_uid(study, 1, 1 + n % 25),
                                     [&](const auto&) { return ++found > 0; });
    if (!done.ok() || found != 1) std::abort();
  }
}

void LocateStudy(benchmark::State& state) {
  store::Store& store = filled(state.range(0));
  int n = 0;
  for (auto _ : state) {
    int found = 0;
    auto done = store.index().locate(testing::study_uid(study_number(state, ++n)), "", "",
                                     [&](const auto&) { return ++found > 0; });
    if (!done.ok() || found != kPerStudy) std::abort();
  }
}

void StudyRecords(benchmark::State& state) {
  store::Store& store = filled(state.range(0));
  for (auto _ : state) {
    auto rows = store.index().studies({Level::Study, {}, 20, 0}, model::Depth::Instances);
    if (!rows.ok() || rows->size() != 20) std::abort();
  }
}

void Version(benchmark::State& state) {
  store::Store& store = filled(state.range(0));
  for (auto _ : state)
    if (!store.index().version().ok()) std::abort();
}

void Statistics(benchmark::State& state) {
  store::Store& store = filled(state.range(0));
  for (auto _ : state)
    if (!store.datasets().statistics({}).ok()) std::abort();
}

void Commit(benchmark::State& state) {
  const testing::TempFolder folder;
  auto store = store::Store::open({folder.path(), state.range(1) != 0});
  if (!store.ok()) std::abort();
  std::vector<model::IndexEntry> batch;
  int study = 0, rows = 0;
  for (auto _ : state) {
    state.PauseTiming();
    batch.clear();
    while (batch.size() < static_cast<std::size_t>(state.range(0)))
      for (auto& entry : study_entries(++study)) batch.push_back(std::move(entry));
    state.ResumeTiming();
    if (!(*store)->index().commit(batch).ok()) std::abort();
    rows += static_cast<int>(batch.size());
  }
  state.counters["rows/s"] = benchmark::Counter(rows, benchmark::Counter::kIsRate);
}

BENCHMARK(Commit)->Args({50, 0})->Args({1000, 0})->Args({50, 1})->Args({1000, 1})->MinTime(1);
#define AT_BOTH_SIZES(name) BENCHMARK(name)->Arg(1000)->Arg(100000)->Unit(benchmark::kMicrosecond)
AT_BOTH_SIZES(StudiesLimit100);
AT_BOTH_SIZES(StudiesByPatientId);
AT_BOTH_SIZES(StudiesByUid);
AT_BOTH_SIZES(StudiesByDate);
AT_BOTH_SIZES(StudiesByName);
AT_BOTH_SIZES(StudiesByModality);
AT_BOTH_SIZES(SeriesOfStudy);
AT_BOTH_SIZES(InstancesOfSeries);
AT_BOTH_SIZES(LocateInstance);
AT_BOTH_SIZES(LocateStudy);
AT_BOTH_SIZES(StudyRecords);
AT_BOTH_SIZES(Version);
AT_BOTH_SIZES(Statistics);

}  // namespace
}  // namespace gateway

BENCHMARK_MAIN();
