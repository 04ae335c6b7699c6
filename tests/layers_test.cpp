// Rule 1 of the house: a folder includes only lower layers. The table is that of CMakeLists.txt: LAYER and
// DEPENDS of every gateway_module() line. Third-party headers stay in the .cpp files that wrap them.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/source_tree.h"

namespace {

struct Module {
  int layer = -1;
  std::vector<std::string> depends;
};
using Modules = std::map<std::string, Module>;

// gateway_module(FOLDER LAYER n [DEPENDS folder...] [LIBS target...] ...), over one or more lines.
Modules read_modules() {
  std::string text;
  for (const std::string& line : tests::read_lines(SOURCE_DIR "/CMakeLists.txt"))
    text += line.substr(0, line.find('#')) + "\n";
  static const std::regex call(R"(gateway_module\(([^)]*)\))");
  Modules modules;
  for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
    std::istringstream words((*it)[1].str());
    std::string folder, word, section;
    words >> folder;
    Module& module = modules[folder];
    while (words >> word) {
      static const std::regex keyword("[A-Z_]+");
      if (std::regex_match(word, keyword))
        section = word;
      else if (section == "LAYER")
        module.layer = std::stoi(word);
      else if (section == "DEPENDS")
        module.depends.push_back(word);
    }
  }
  return modules;
}

// The folder itself and everything below it in the graph.
std::set<std::string> reachable(const Modules& modules, const std::string& folder) {
  std::set<std::string> seen;
  std::vector<std::string> todo{folder};
  while (!todo.empty()) {
    const std::string at = todo.back();
    todo.pop_back();
    if (!seen.insert(at).second || !modules.contains(at)) continue;
    for (const std::string& next : modules.at(at).depends) todo.push_back(next);
  }
  return seen;
}

struct Include {
  std::string name;
  bool angle;
  std::size_t line;
};

std::vector<Include> includes_of(const tests::SourceFile& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  std::smatch match;
  for (std::size_t i = 0; i < file.lines.size(); ++i)
    if (std::regex_search(file.lines[i], match, pattern))
      includes.push_back({match[2], match[1] == "<", i + 1});
  return includes;
}

// Headers of the language and the system: allowed everywhere.
bool is_system_header(const std::string& name) {
  static const std::regex standard(R"([a-z_]+)");
  static const std::regex system(R"((sys|netinet|arpa|linux)/[a-z_]+\.h)");
  static const std::set<std::string> posix = {
      "cxxabi.h", "dirent.h", "errno.h",  "fcntl.h",   "iconv.h", "immintrin.h", "langinfo.h",
      "malloc.h", "netdb.h",  "poll.h",   "pthread.h", "pwd.h",   "sched.h",     "signal.h",
      "spawn.h",  "stdio.h",  "string.h", "termios.h", "time.h",  "unistd.h"};
  return std::regex_match(name, standard) || std::regex_match(name, system) || posix.contains(name);
}

// Which files may include headers of a library, and how many of them at most.
struct Library {
  const char* headers;
  const char* files;
  std::size_t at_most;
};
constexpr Library kLibraries[] = {
    {R"(nlohmann/.*)", R"(gateway/codec/json\.cpp)", 1},
    {R"(toml\+\+/.*|toml\.hpp)", R"(gateway/codec/toml\.cpp)", 1},
    {R"(libxml/.*)", R"(gateway/codec/[^/]*\.cpp)", 3},
    {R"(sqlite3\.h)", R"(gateway/store/[^/]*\.cpp)", 1},
    {R"(Poco/.*)", R"(gateway/(http|app)/[^/]*\.cpp)", 99},
    {R"(boost/.*)", R"(gateway/http/[^/]*\.cpp)", 1},
    {R"(spdlog/.*)", R"(gateway/base/log\.cpp)", 1},
    {R"(prometheus/.*)", R"(gateway/base/metrics\.cpp)", 1},
    {R"(CLI/.*)", R"(gateway/app/[^/]*\.cpp)", 1},
    {R"(openssl/.*)", R"((gateway/base|gateway/http|conformance/runner)/[^/]*\.cpp)", 99},
    {R"(zlib\.h)", R"((mappers/dicom|gateway/http|gateway/pixel|gateway/dicomweb)/[^/]*\.cpp)", 9},
    {R"(curl/.*)", R"(gateway/http/[^/]*\.cpp)", 1},
    {R"(dcmtk/.*)", R"(gateway/(dimse|pixel)/[^/]*\.cpp)", 99},
    {R"(openjpeg.*|openjph/.*|charls/.*|jpeglib\.h|jerror\.h|jxl/.*|lcms2\.h)", R"(gateway/pixel/[^/]*\.cpp)",
     99},
};

std::vector<tests::SourceFile> product_files() {
  return tests::source_files({"gateway", "mappers", "conformance"}, {".h", ".cpp", ".inc"});
}

std::string place(const tests::SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line) + " includes " + include.name;
}

TEST(Layers, EveryModuleDependsOnLowerLayersOnly) {
  const Modules modules = read_modules();
  ASSERT_GE(modules.size(), 10u) << "CMakeLists.txt is not understood any more";
  for (const auto& [folder, module] : modules) {
    EXPECT_GE(module.layer, 0) << folder << " has no LAYER";
    for (const std::string& name : module.depends) {
      ASSERT_TRUE(modules.contains(name)) << folder << " depends on the unknown folder " << name;
      EXPECT_LT(modules.at(name).layer, module.layer)
          << folder << " depends on " << name << ", which is not below it";
    }
  }
}

TEST(Layers, EverySourceFolderIsAModule) {
  const Modules modules = read_modules();
  for (const auto& file : product_files())
    EXPECT_TRUE(modules.contains(file.folder())) << file.path << " belongs to no gateway_module()";
}

TEST(Layers, QuotedIncludesNameLowerLayersOrTheOwnFolder) {
  const Modules modules = read_modules();
  for (const auto& file : product_files()) {
    const auto allowed = reachable(modules, file.folder());
    for (const Include& include : includes_of(file)) {
      if (include.angle) continue;
      const auto slash = include.name.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : include.name.substr(0, slash);
      EXPECT_TRUE(allowed.contains(folder)) << place(file, include) << ": not its own folder, not below it";
    }
  }
}

TEST(Layers, ThirdPartyHeadersStayInTheFilesThatWrapThem) {
  std::map<const char*, std::set<std::string>> users;
  for (const auto& file : product_files()) {
    for (const Include& include : includes_of(file)) {
      if (!include.angle || is_system_header(include.name)) continue;
      EXPECT_FALSE(file.is_header()) << place(file, include)
                                     << ": a library must not show in a header of ours";
      const auto* library = std::find_if(
          std::begin(kLibraries), std::end(kLibraries),
          [&](const Library& row) { return std::regex_match(include.name, std::regex(row.headers)); });
      ASSERT_NE(library, std::end(kLibraries))
          << place(file, include) << ": unknown library, add a row to the table";
      EXPECT_TRUE(std::regex_match(file.path, std::regex(library->files)))
          << place(file, include) << ": allowed only in " << library->files;
      users[library->headers].insert(file.path);
    }
  }
  for (const Library& row : kLibraries)
    EXPECT_LE(users[row.headers].size(), row.at_most) << row.headers << " is included in too many files";
}

}  // namespace
