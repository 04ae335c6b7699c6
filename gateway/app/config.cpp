#include "gateway/app/config.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <functional>
#include <variant>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/toml.h"

namespace gateway::app {
namespace {

using Faults = std::vector<std::pair<std::string, std::string>>;  // key, what is wrong with it

struct Text {
  std::string Config::*member;
  const char* value;
  const char* choices = "";  // "a|b|c", or empty for any text
};
struct Number {
  std::int64_t Config::*member;
  std::int64_t value, low, high;
};
struct Flag {
  bool Config::*member;
  bool value;
};

struct Key {
  const char* path;
  std::variant<Text, Number, Flag> type;
  const char* meaning;
};

const std::array kKeys = {
    Key{"server.listen", Text{&Config::listen, "127.0.0.1:8080"},
        "Address of the plain HTTP listener. Port 0 picks a free one."},
    Key{"server.https_listen", Text{&Config::https_listen, ""},
        "Address of the HTTPS listener; empty for none. Needs certificate and key."},
    Key{"server.certificate", Text{&Config::certificate_file, ""},
        "PEM file of the server's certificate chain, leaf first."},
    Key{"server.key", Text{&Config::key_file, ""}, "PEM file of its private key."},
    Key{"server.public_url", Text{&Config::public_url, ""},
        "Base of all links that are handed out, e.g. https://images.example; empty: from the Host field of "
        "each request."},
    Key{"server.trust_forwarded", Flag{&Config::trust_forwarded, false},
        "Believe Forwarded and X-Forwarded-* fields. Only behind a proxy of your own that sets them."},
    Key{"server.allow_open", Flag{&Config::allow_open, false},
        "Serve on other than loopback addresses although there is no access control. For closed test "
        "networks only."},
    Key{"server.threads", Number{&Config::threads, 8, 1, 256},
        "Worker threads. Waiting connections need none."},
    Key{"server.max_connections", Number{&Config::max_connections, 20'000, 10, 1'000'000},
        "Connections open at once."},
    Key{"server.idle_timeout_s", Number{&Config::idle_timeout_s, 60, 1, 3600},
        "Seconds after which an idle keep-alive connection is closed."},
    Key{"data.folder", Text{&Config::data_folder, "data"}, "Folder of the index and of stored objects."},
    Key{"profiles.folder", Text{&Config::profiles_folder, ""},
        "Folder of the profiles; empty: the one that came with the program."},
    Key{"log.level", Text{&Config::log_level, "info", "debug|info|warning|error|off"},
        "Least severe events that are logged. debug logs every request."},
    Key{"dicomweb.max_results", Number{&Config::max_results, 10'000, 1, 1'000'000},
        "Results of one search answer; more are announced by Warning 299."},
    Key{"dicomweb.max_store_mib", Number{&Config::max_store_mib, 16'384, 1, 1 << 20},
        "Largest STOW-RS request in MiB."},
    Key{"fhir.identifier_base", Text{&Config::identifier_base, "urn:x-local"},
        "Start of the systems of identifiers and codes that have no standard URI, e.g. those of a local "
        "issuer of patient ids."},
    Key{"fhir.zone_offset", Text{&Config::zone_offset, ""},
        "Offset such as +01:00 of times that come without one; empty: such times are rendered as dates."},
    Key{"catalogue.title", Text{&Config::catalogue_title, "Imaging datasets"}, "Title of the catalogue."},
    Key{"catalogue.description",
        Text{&Config::catalogue_description, "Imaging datasets described from their images by ehds-gateway."},
        "Description of the catalogue."},
    Key{"catalogue.publisher", Text{&Config::catalogue_publisher, "Unnamed data holder"},
        "Name of the publisher of the catalogue."},
    Key{"catalogue.contact", Text{&Config::catalogue_contact, ""},
        "E-mail address for questions about the catalogue."},
};

// Sets every key to its default, or to `value` where one is given.
struct SetDefault {
  Config& config;
  void operator()(const Text& t) const { config.*t.member = t.value; }
  void operator()(const Number& n) const { config.*n.member = n.value; }
  void operator()(const Flag& f) const { config.*f.member = f.value; }
};

// Why a value does not fit its key; empty when it does and was taken over.
struct TakeValue {
  Config& config;
  const Value& value;

  std::string operator()(const Text& t) const {
    const std::string* text = value.as_string();
    if (!text) return "must be a text in quotes";
    if (*t.choices) {
      bool known = false;
      for (const std::string_view choice : split(t.choices, '|')) known = known || choice == *text;
      if (!known) return "must be one of " + std::string(t.choices);
    }
    config.*t.member = *text;
    return {};
  }
  std::string operator()(const Number& n) const {
    const std::int64_t* number = value.as_int();
    if (!number || *number < n.low || *number > n.high)
      return "must be a whole number from " + std::to_string(n.low) + " to " + std::to_string(n.high);
    config.*n.member = *number;
    return {};
  }
  std::string operator()(const Flag& f) const {
    const bool* flag = value.as_bool();
    if (!flag) return "must be true or false";
    config.*f.member = *flag;
    return {};
  }
};

struct Explain {
  std::string operator()(const Text& t) const {
    std::string text = "\"" + std::string(t.value) + "\"";
    if (*t.choices) text += "  # one of " + std::string(t.choices);
    return text;
  }
  std::string operator()(const Number& n) const {
    return std::to_string(n.value) + "  # " + std::to_string(n.low) + " to " + std::to_string(n.high);
  }
  std::string operator()(const Flag& f) const { return f.value ? "true" : "false"; }
};

const Key* key_named(std::string_view path) {
  for (const Key& key : kKeys)
    if (key.path == path) return &key;
  return nullptr;
}

// Checks the members of one table and takes their values over.
void read_table(const std::string& name, const Value& table, Config& config, Faults& faults) {
  if (!table.as_map()) return faults.emplace_back(name, "must be a table: [" + name + "]"), void();
  for (const auto& [member, value] : *table.as_map()) {
    const std::string path = name + "." + member;
    const Key* key = key_named(path);
    const std::string why = key ? std::visit(TakeValue{config, value}, key->type) : "no such key";
    if (!why.empty()) faults.emplace_back(path, why);
  }
}

// What every link begins with: it goes into JSON and RDF as it is.
bool is_base_url(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return false;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%";
  return url.back() != '/' && url.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Rules between keys.
Faults faults_together(const Config& config) {
  Faults faults;
  for (const auto& [path, text] :
       {std::pair("server.listen", &config.listen), std::pair("server.https_listen", &config.https_listen)}) {
    if (text->empty()) continue;
    const auto address = parse_address(*text);
    if (!address)
      faults.emplace_back(path, address.error().message);
    else if (!address->loopback() && !config.allow_open)
      faults.emplace_back(
          path,
          "is not a loopback address, and there is no access control: set server.allow_open to serve openly");
  }
  if (!config.public_url.empty() && !is_base_url(config.public_url))
    faults.emplace_back("server.public_url",
                        "must be http(s)://HOST[:PORT][/PATH] without a slash at the end");
  if (!config.https_listen.empty() && (config.certificate_file.empty() || config.key_file.empty()))
    faults.emplace_back("server.https_listen", "needs server.certificate and server.key");
  return faults;
}

// One line a fault; `place` tells where the key of a fault stands.
Error faults_error(const Faults& faults, const std::function<std::string(const std::string&)>& place) {
  std::string all;
  for (const auto& [path, why] : faults) all += (all.empty() ? "" : "\n") + place(path) + path + " " + why;
  return fail(ErrorCode::ConfigInvalid, std::move(all));
}

}  // namespace

Config default_config() {
  Config config;
  for (const Key& key : kKeys) std::visit(SetDefault{config}, key.type);
  return config;
}

Result<Config> parse_config(const std::string& text, const std::string& file_name) {
  auto document = codec::parse_toml(text, file_name);
  if (!document) return fail(ErrorCode::ConfigInvalid, document.error().message, document.error().where);
  Config config = default_config();
  Faults faults;
  for (const auto& [name, table] : *document->root.as_map()) read_table(name, table, config, faults);
  if (faults.empty()) faults = faults_together(config);
  if (faults.empty()) return config;
  // The tables come in the order of their names; people read a file from its top.
  std::ranges::stable_sort(faults, {}, [&](const auto& fault) { return document->line_of(fault.first); });
  return faults_error(faults, [&](const std::string& path) {
    return file_name + ":" + std::to_string(document->line_of(path)) + ": ";
  });
}

Result<void> check_listeners(const Config& config) {
  const Faults faults = faults_together(config);
  if (faults.empty()) return {};
  return faults_error(faults, [](const std::string&) { return std::string(); });
}

Result<Config> load_config(const std::string& file_name) {
  const std::string text = TRY(read_file(file_name, 1 << 20));
  return parse_config(text, file_name);
}

std::string explain_config() {
  std::string out = "# Configuration of ehds-gateway: every key with its default.\n";
  std::string_view table;
  for (const Key& key : kKeys) {
    const std::string_view path = key.path;
    const auto dot = path.find('.');
    if (path.substr(0, dot) != table) {
      table = path.substr(0, dot);
      out += "\n[" + std::string(table) + "]\n";
    }
    out += "# " + std::string(key.meaning) + "\n" + std::string(path.substr(dot + 1)) + " = " +
           std::visit(Explain{}, key.type) + "\n";
  }
  return out;
}

// Names are resolved later, by whoever answers for them: only "localhost" and numbers can be loopback.
bool Address::loopback() const {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return host == "::1" || host == "localhost";
}

Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (!port || host.empty()) return fail(ErrorCode::InvalidParameter, "is not HOST:PORT: " + text);
  return Address{host, *port};
}

}  // namespace gateway::app
