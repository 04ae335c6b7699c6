// ImageIndex: QIDO rows and the locations of instances.
#include <charconv>

#include "gateway/base/text.h"
#include "gateway/store/blob_ref.h"
#include "gateway/store/image_index.h"
#include "gateway/store/row_ids.h"

namespace gateway::store {
namespace {

using model::InstanceLocation;
using model::Level;
using model::SearchRow;

// Columns 0 to 3 are json, metadata and the UIDs of study and series; what follows depends on the level.
constexpr std::string_view kStudySql =
    "SELECT json, metadata, uid, '', series_count, instance_count, modalities FROM study WHERE id = $1";
constexpr std::string_view kSeriesSql =
    "SELECT json, metadata, study_uid, uid, instance_count FROM series WHERE id = $1";
constexpr std::string_view kInstanceSql =
    "SELECT instance.json, instance.metadata, series.study_uid, series.uid, instance.uid "
    "FROM instance, series WHERE instance.id = $1 AND series.id = instance.series_id";

SearchRow read_row(const Statement& row, Level level) {
  SearchRow result;
  result.json = row.text(0);
  result.metadata = parse_blob_ref(row.text(1));
  result.study_uid = row.text(2);
  result.series_uid = row.text(3);
  if (level == Level::Instance) {
    result.instance_uid = row.text(4);
  } else if (level == Level::Series) {
    result.instance_count = static_cast<std::uint64_t>(row.integer(4));
  } else {
    result.series_count = static_cast<std::uint64_t>(row.integer(4));
    result.instance_count = static_cast<std::uint64_t>(row.integer(5));
    if (const auto modalities = row.text(6); !modalities.empty())
      for (const std::string_view modality : split(modalities, '\\'))
        result.modalities.emplace_back(modality);
  }
  return result;
}

std::optional<Sha256Digest> parse_digest(std::string_view text) {
  Sha256Digest digest;
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    unsigned value = 0;
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, value, 16);
    digest[i] = static_cast<std::byte>(value);
  }
  return digest;
}

constexpr std::string_view kLocationColumns =
    "instance.uid, instance.sop_class_uid, instance.transfer_syntax_uid, instance.content, "
    "instance.metadata, instance.frame_table";

InstanceLocation read_location(const Statement& row, std::string_view study_uid,
                               std::string_view series_uid) {
  InstanceLocation location;
  location.study_uid = study_uid;
  location.series_uid = series_uid;
  location.instance_uid = row.text(0);
  location.sop_class_uid = row.text(1);
  location.transfer_syntax_uid = row.text(2);
  location.content = parse_blob_ref(row.text(3));
  location.metadata = parse_blob_ref(row.text(4));
  location.frames = parse_blob_ref(row.text(5));
  return location;
}

struct Parent {
  std::int64_t id = 0;
  std::string study_uid;
  std::string uid;
};

constexpr std::int64_t kPage = 256;  // rows read under one lease of a connection

using Use = std::function<bool(const InstanceLocation&)>;

// The studies, one or a page of all behind `after`.
Result<std::vector<Parent>> find_studies(Connections& connections, std::string_view uid, std::int64_t after) {
  auto reader = TRY(connections.reader());
  Statement find =
      TRY(uid.empty() ? (*reader).prepare("SELECT id, uid FROM study WHERE id > $1 ORDER BY id LIMIT $2")
                      : (*reader).prepare("SELECT id, uid FROM study WHERE uid = $1"));
  if (uid.empty())
    find.bind(1, after).bind(2, kPage);
  else
    find.bind(1, uid);
  std::vector<Parent> found;
  while (TRY(find.step())) found.push_back({find.integer(0), find.string(1), find.string(1)});
  return found;
}

Result<std::vector<Parent>> find_series(Connections& connections, const Parent& study, std::string_view uid) {
  auto reader = TRY(connections.reader());
  Statement find =
      TRY(uid.empty()
              ? (*reader).prepare("SELECT id, uid FROM series WHERE study_id = $1 ORDER BY sort_number, uid")
              : (*reader).prepare("SELECT id, uid FROM series WHERE study_id = $1 AND uid = $2"));
  find.bind(1, study.id);
  if (!uid.empty()) find.bind(2, uid);
  std::vector<Parent> found;
  while (TRY(find.step())) found.push_back({find.integer(0), study.uid, find.string(1)});
  return found;
}

// One page of a series behind (number, uid), which it moves on.
Result<std::vector<InstanceLocation>> next_page(Connections& connections, const Parent& series,
                                                std::int64_t& after_number, std::string& after_uid) {
  static const std::string sql = "SELECT " + std::string(kLocationColumns) +
                                 ", instance.sort_number FROM instance WHERE series_id = $1 AND "
                                 "(sort_number, uid) > ($2, $3) ORDER BY sort_number, uid LIMIT $4";
  auto reader = TRY(connections.reader());
  Statement find = TRY((*reader).prepare(sql));
  const std::string from_uid = after_uid;
  find.bind(1, series.id).bind(2, after_number).bind(3, from_uid).bind(4, kPage);
  std::vector<InstanceLocation> page;
  while (TRY(find.step())) {
    page.push_back(read_location(find, series.study_uid, series.uid));
    after_number = find.integer(6);
    after_uid = page.back().instance_uid;
  }
  return page;
}

// False: `use` wants no more.
Result<bool> walk_series(Connections& connections, const Parent& series, const Use& use) {
  std::int64_t number = INT64_MIN;
  std::string uid;
  while (true) {
    const auto page = TRY(next_page(connections, series, number, uid));
    for (const InstanceLocation& location : page)
      if (!use(location)) return false;
    if (page.size() < static_cast<std::size_t>(kPage)) return true;
  }
}

Result<bool> walk_study(Connections& connections, const Parent& study, std::string_view series_uid,
                        const Use& use) {
  for (const Parent& series : TRY(find_series(connections, study, series_uid)))
    if (!TRY(walk_series(connections, series, use))) return false;
  return true;
}

// The parents, when both are named, are looked up in indexes: their wide rows are not touched.
Result<std::optional<InstanceLocation>> find_below(Database& database, std::string_view study_uid,
                                                   std::string_view series_uid,
                                                   std::string_view instance_uid) {
  static const std::string sql =
      "SELECT " + std::string(kLocationColumns) +
      " FROM instance WHERE instance.uid = $1 AND instance.series_id = (SELECT series.id FROM series WHERE "
      "series.uid = $2 AND series.study_id = (SELECT study.id FROM study WHERE study.uid = $3))";
  Statement find = TRY(database.prepare(sql));
  if (!TRY(find.bind(1, instance_uid).bind(2, series_uid).bind(3, study_uid).step()))
    return std::optional<InstanceLocation>();
  return std::optional(read_location(find, study_uid, series_uid));
}

// Empty UIDs of study and series are not asked for.
Result<std::optional<InstanceLocation>> find_anywhere(Database& database, std::string_view study_uid,
                                                      std::string_view series_uid,
                                                      std::string_view instance_uid) {
  static const std::string sql = "SELECT " + std::string(kLocationColumns) +
                                 ", series.study_uid, series.uid FROM instance, series "
                                 "WHERE instance.uid = $1 AND series.id = instance.series_id";
  Statement find = TRY(database.prepare(sql));
  if (!TRY(find.bind(1, instance_uid).step())) return std::optional<InstanceLocation>();
  if ((!study_uid.empty() && find.text(6) != study_uid) ||
      (!series_uid.empty() && find.text(7) != series_uid))
    return std::optional<InstanceLocation>();
  return std::optional(read_location(find, find.text(6), find.text(7)));
}

Result<void> locate_one(Connections& connections, std::string_view study_uid, std::string_view series_uid,
                        std::string_view instance_uid, const Use& use) {
  std::optional<InstanceLocation> found;
  {
    auto reader = TRY(connections.reader());
    const bool both = !study_uid.empty() && !series_uid.empty();
    found = TRY(both ? find_below(*reader, study_uid, series_uid, instance_uid)
                     : find_anywhere(*reader, study_uid, series_uid, instance_uid));
  }
  if (found) use(*found);
  return {};
}

struct Sought {
  std::string_view study_uid, series_uid, instance_uid;
};

// Where the objects of a study are said to be that is only described. Nothing: it is not.
Result<std::optional<std::string>> said_address(Database& database, std::string_view study_uid) {
  Statement find = TRY(database.prepare("SELECT address FROM described_study WHERE study_uid = $1"));
  if (!TRY(find.bind(1, study_uid).step())) return std::optional<std::string>();
  return std::optional(find.string(0));
}

Result<std::int64_t> said_count(Database& database, const Sought& sought) {
  Statement read = TRY(database.prepare(
      sought.series_uid.empty() ? "SELECT instance_count FROM study WHERE uid = $1"
                                : "SELECT instance_count FROM series WHERE study_uid = $1 AND uid = $2"));
  read.bind(1, sought.study_uid);
  if (!sought.series_uid.empty()) read.bind(2, sought.series_uid);
  return TRY(read.step()) ? read.integer(0) : 0;
}

// Of a described study there may be more objects than its description lists. What there is of it then lacks
// the others; when there is nothing, saying "there is no such study" would not be true.
Result<void> note_unlisted(Connections& connections, const Sought& sought, std::uint64_t located,
                           model::SearchNotes& notes) {
  if (!sought.instance_uid.empty() && located > 0) return {};
  auto reader = TRY(connections.reader());
  const auto address = TRY(said_address(*reader, sought.study_uid));
  if (!address) return {};
  const auto listed = static_cast<std::int64_t>(located);
  if (located > 0 && (listed >= TRY(said_count(*reader, sought)) || !sought.instance_uid.empty())) return {};
  const std::string where = address->empty() ? "nobody said where they are" : "they are at " + *address;
  const std::string what = "this gateway knows the study by a description only, which does not list ";
  if (located == 0) return fail(ErrorCode::NotFound, what + "these objects; " + where, *address);
  notes.warnings.push_back(what + "all its objects; " + where);
  return {};
}

}  // namespace

Result<std::vector<SearchRow>> ImageIndex::search(const model::Query& query, model::SearchNotes*) const {
  if (query.level == Level::Subject) return fail(ErrorCode::InvalidParameter, "subjects have no search rows");
  auto reader = TRY(connections_.reader());
  Transaction moment = TRY(Transaction::begin(*reader, Database::Access::Read));
  const auto ids = TRY(find_ids(*reader, query));
  Statement read = TRY((*reader).prepare(query.level == Level::Study    ? kStudySql
                                         : query.level == Level::Series ? kSeriesSql
                                                                        : kInstanceSql));
  std::vector<SearchRow> rows;
  rows.reserve(ids.size());
  for (const std::int64_t id : ids) {
    if (TRY(read.bind(1, id).step())) rows.push_back(read_row(read, query.level));
    read.reset();
  }
  return rows;
}

Result<std::optional<model::KnownInstance>> ImageIndex::find_instance(
    std::string_view sop_instance_uid) const {
  auto reader = TRY(connections_.reader());
  Statement find =
      TRY((*reader).prepare("SELECT instance.digest, instance.content, series.study_uid, series.uid "
                            "FROM instance, series WHERE instance.uid = $1 AND "
                            "series.id = instance.series_id AND "
                            "series.study_id NOT IN (SELECT study_id FROM described_study)"));
  if (!TRY(find.bind(1, sop_instance_uid).step())) return std::optional<model::KnownInstance>();
  model::KnownInstance known;
  known.digest = parse_digest(find.text(0));
  known.content = parse_blob_ref(find.text(1));
  known.study_uid = find.text(2);
  known.series_uid = find.text(3);
  return std::optional(std::move(known));
}

// Rows are read in pages, so that a slow `use` (a response being sent) holds neither a connection nor a
// snapshot.
Result<void> ImageIndex::locate(std::string_view study_uid, std::string_view series_uid,
                                std::string_view instance_uid, const Use& use,
                                model::SearchNotes* notes) const {
  if (!notes || study_uid.empty()) return locate_all(study_uid, series_uid, instance_uid, use);
  std::uint64_t located = 0;
  bool goes_on = true;
  TRY_VOID(locate_all(study_uid, series_uid, instance_uid, [&](const InstanceLocation& location) {
    ++located;
    return goes_on = use(location);
  }));
  if (!goes_on) return {};
  return note_unlisted(connections_, {study_uid, series_uid, instance_uid}, located, *notes);
}

Result<void> ImageIndex::locate_all(std::string_view study_uid, std::string_view series_uid,
                                    std::string_view instance_uid, const Use& use) const {
  if (!instance_uid.empty()) return locate_one(connections_, study_uid, series_uid, instance_uid, use);
  std::int64_t after = 0;
  while (true) {
    const auto studies = TRY(find_studies(connections_, study_uid, after));
    for (const Parent& study : studies) {
      if (!TRY(walk_study(connections_, study, series_uid, use))) return {};
      after = study.id;
    }
    if (!study_uid.empty() || studies.size() < static_cast<std::size_t>(kPage)) return {};
  }
}

}  // namespace gateway::store
