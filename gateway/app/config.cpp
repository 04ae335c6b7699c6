#include "gateway/app/config.h"

#include <arpa/inet.h>

#include <algorithm>
#include <functional>
#include <span>

#include "gateway/app/config_table.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/toml.h"

namespace gateway::app {
namespace {

using Faults = std::vector<std::pair<std::string, std::string>>;  // key, what is wrong with it

using ConfigKey = Key<Config>;
using Text = ConfigKey::Text;
using Number = ConfigKey::Number;
using Flag = ConfigKey::Flag;

const ConfigKey kKeys[] = {
    {"server.listen", Text{&Config::listen, "127.0.0.1:8080"},
     "Address of the plain HTTP listener. Port 0 picks a free one."},
    {"server.https_listen", Text{&Config::https_listen, ""},
     "Address of the HTTPS listener; empty for none. Needs certificate and key."},
    {"server.certificate", Text{&Config::certificate_file, ""},
     "PEM file of the server's certificate chain, leaf first."},
    {"server.key", Text{&Config::key_file, ""}, "PEM file of its private key."},
    {"server.public_url", Text{&Config::public_url, ""},
     "Base of all links that are handed out, e.g. https://images.example; empty: from the Host field of "
     "each request."},
    {"server.trust_forwarded", Text{&Config::trust_forwarded, "loopback", "loopback|always|never"},
     "From whom Forwarded and X-Forwarded-* fields are believed in links that are handed out: from a proxy "
     "on this machine, from anyone (only behind a proxy of your own that sets them), from nobody."},
    {"server.allow_open", Flag{&Config::allow_open, false},
     "Serve on other than loopback addresses although there is no access control. For closed test "
     "networks only."},
    {"server.cors_origins", Text{&Config::cors_origins, ""},
     "Origins whose web pages may use this server, with blanks between, e.g. https://viewer.example; * for "
     "any; empty for none."},
    {"server.threads", Number{&Config::threads, 8, 1, 256}, "Worker threads. Waiting connections need none."},
    {"server.max_connections", Number{&Config::max_connections, 20'000, 10, 1'000'000},
     "Connections open at once."},
    {"server.idle_timeout_s", Number{&Config::idle_timeout_s, 60, 1, 3600},
     "Seconds after which an idle keep-alive connection is closed."},
    {"data.folder", Text{&Config::data_folder, "data"}, "Folder of the index and of stored objects."},
    {"profiles.folder", Text{&Config::profiles_folder, ""},
     "Folder of the profiles; empty: the one that came with the program."},
    {"log.level", Text{&Config::log_level, "info", "debug|info|warning|error|off"},
     "Least severe events that are logged. debug logs every request."},
    {"dicomweb.max_results", Number{&Config::max_results, 10'000, 1, 1'000'000},
     "Results of one search answer; more are announced by Warning 299."},
    {"dicomweb.max_store_mib", Number{&Config::max_store_mib, 16'384, 1, 1 << 20},
     "Largest STOW-RS request in MiB."},
    {"dimse.listen", Text{&Config::dimse_listen, ""},
     "Address of the DIMSE listener, e.g. 127.0.0.1:11112; empty for none."},
    {"dimse.ae_title", Text{&Config::dimse_ae_title, "EHDSGATEWAY"},
     "Application entity title of this gateway, as server and as client."},
    {"dimse.any_caller", Flag{&Config::dimse_any_caller, false},
     "Let application entities call that no [[peer]] table names."},
    {"dimse.certificate", Text{&Config::dimse_certificate_file, ""},
     "PEM file of the certificate for DIMSE over TLS; empty: no TLS."},
    {"dimse.key", Text{&Config::dimse_key_file, ""}, "PEM file of its private key."},
    {"dimse.ca", Text{&Config::dimse_ca_file, ""},
     "PEM file of the authorities whose certificates peers may present."},
    {"dimse.max_associations", Number{&Config::dimse_max_associations, 32, 1, 1000},
     "Associations open at once."},
    {"sources.cache_mib", Number{&Config::cache_mib, 4096, 16, 1 << 24},
     "Size of the cache of objects that were fetched from sources, in MiB."},
    {"workitems.keep_days", Number{&Config::workitem_keep_days, 30, 0, 36'500},
     "Days for which completed and cancelled work items stay when nobody holds them."},
    {"fhir.identifier_base", Text{&Config::identifier_base, "urn:x-local"},
     "Start of the systems of identifiers and codes that have no standard URI, e.g. those of a local "
     "issuer of patient ids."},
    {"fhir.zone", Text{&Config::zone, ""},
     "Zone of times that come without an offset: a name such as Europe/Vienna, or an offset such as +01:00; "
     "empty: such times are rendered as dates."},
    {"fhir.audit", Flag{&Config::fhir_audit, true}, "Keep an AuditEvent of each FHIR request."},
    {"fhir.notify_hosts", Text{&Config::notify_hosts, ""},
     "Hosts that subscriptions may be delivered to, with spaces between: HOST (ports 80 and 443) or "
     "HOST:PORT; empty: none is delivered."},
    {"fhir.organization", Text{&Config::organization, ""},
     "Name of the organization that makes manifests of its studies; empty: catalogue.publisher."},
    {"fhir.organization_id", Text{&Config::organization_id, ""},
     "Identifier of that organization: an OID, or OID|VALUE where the OID is the one of who gave it."},
    {"fhir.location_uid", Text{&Config::location_uid, ""},
     "Retrieve Location UID of this source in manifests; empty: one made of its address."},
    {"fhir.viewer_url", Text{&Config::viewer_url, ""},
     "URL of a viewer for one study, with {study} for its UID; empty: manifests name none."},
    {"catalogue.title", Text{&Config::catalogue_title, "Imaging datasets"}, "Title of the catalogue."},
    {"catalogue.description",
     Text{&Config::catalogue_description, "Imaging datasets described from their images by ehds-gateway."},
     "Description of the catalogue."},
    {"catalogue.publisher", Text{&Config::catalogue_publisher, "Unnamed data holder"},
     "Name of the publisher of the catalogue."},
    {"catalogue.contact", Text{&Config::catalogue_contact, ""},
     "E-mail address for questions about the catalogue."},
    {"catalogue.policies", Text{&Config::disclosure_policies, ""},
     "File of disclosure policies for the numbers of persons that are told; empty: fewer than 10 are not "
     "told, "
     "counts are rounded to tens."},
    {"catalogue.secret_file", Text{&Config::disclosure_secret_file, ""},
     "File with a secret of this site; needed by policies that add noise."},
};

using PeerKey = Key<PeerConfig>;
const PeerKey kPeerKeys[] = {
    {"ae_title", PeerKey::Text{&PeerConfig::ae_title, ""}, "Its application entity title.", true},
    {"host", PeerKey::Text{&PeerConfig::host, ""}, "Its name or address.", true},
    {"port", PeerKey::Number{&PeerConfig::port, 104, 1, 65535}, "Its port."},
    {"tls", PeerKey::Flag{&PeerConfig::tls, false}, "DIMSE over TLS."},
};

using SourceKey = Key<SourceConfig>;
const SourceKey kSourceKeys[] = {
    {"name", SourceKey::Text{&SourceConfig::name, ""}, "How messages and results name it.", true},
    {"kind", SourceKey::Text{&SourceConfig::kind, "dicomweb", "dicomweb|dimse"}, "How it is spoken to."},
    {"url", SourceKey::Text{&SourceConfig::url, ""}, "dicomweb: its service root."},
    {"token_file", SourceKey::Text{&SourceConfig::token_file, ""},
     "dicomweb: file with a bearer token for it."},
    {"ca", SourceKey::Text{&SourceConfig::ca_file, ""},
     "dicomweb: PEM file of the authorities of its certificate."},
    {"peer", SourceKey::Text{&SourceConfig::peer, ""},
     "dimse: the application entity title of its [[peer]] table."},
    {"retrieve", SourceKey::Text{&SourceConfig::retrieve, "get", "get|move"},
     "dimse: by C-GET or C-MOVE. For move it has to know this gateway as an application entity."},
    {"mode", SourceKey::Text{&SourceConfig::mode, "harvest", "harvest|live"},
     "harvest: its content is indexed here, images stay there; live: every search is passed on."},
    {"interval_s", SourceKey::Number{&SourceConfig::interval_s, 3600, 0, 31'536'000},
     "harvest: seconds between two runs; 0: on request only."},
    {"timeout_s", SourceKey::Number{&SourceConfig::timeout_s, 30, 1, 3600}, "Seconds to wait for an answer."},
    {"take", SourceKey::Text{&SourceConfig::take, "metadata", "metadata|objects"},
     "harvest: what is moved, where the source gives metadata at all; objects also tell digests and "
     "lengths."},
    {"store", SourceKey::Flag{&SourceConfig::store, false}, "Send it what is stored here, and keep no copy."},
    {"issuer_of_patient_id", SourceKey::Text{&SourceConfig::issuer_of_patient_id, ""},
     "Issuer of its patient ids where objects name none."},
    {"patient_id_prefix", SourceKey::Text{&SourceConfig::patient_id_prefix, ""},
     "Put in front of its patient ids."},
    {"issuer_of_accession_number", SourceKey::Text{&SourceConfig::issuer_of_accession_number, ""},
     "Issuer of its accession numbers where objects name none."},
};

// Checks the members of one table and takes their values over.
void read_table(const std::string& name, const Value& table, Config& config, Faults& faults) {
  if (!table.as_map()) return faults.emplace_back(name, "must be a table: [" + name + "]"), void();
  for (const auto& [member, value] : *table.as_map()) {
    const std::string path = name + "." + member;
    const std::string why = take_value<Config>(kKeys, path, value, config);
    if (!why.empty()) faults.emplace_back(path, why);
  }
}

// The tables of a list, [[name]]. Places are "name[0].key", as the TOML reader names them.
template <class Record>
void read_list(const std::string& name, std::span<const Key<Record>> keys, const Value& list,
               std::vector<Record>& out, Faults& faults) {
  if (!list.as_list()) return faults.emplace_back(name, "must be a list of tables: [[" + name + "]]"), void();
  for (const Value& table : *list.as_list()) {
    const std::string place = name + "[" + std::to_string(out.size()) + "]";
    Record& record = out.emplace_back();
    for (const Key<Record>& key : keys) set_default(key, record);
    if (!table.as_map()) return faults.emplace_back(place, "must be a table"), void();
    for (const auto& [member, value] : *table.as_map())
      if (const std::string why = take_value(keys, member, value, record); !why.empty())
        faults.emplace_back(place + "." + member, why);
    for (const Key<Record>& key : keys)
      if (key.required && !table.find(key.path)) faults.emplace_back(place, std::string("needs ") + key.path);
  }
}

void read_part(const std::string& name, const Value& part, Config& config, Faults& faults) {
  if (name == "peer") return read_list<PeerConfig>(name, kPeerKeys, part, config.peers, faults);
  if (name == "source") return read_list<SourceConfig>(name, kSourceKeys, part, config.sources, faults);
  read_table(name, part, config, faults);
}

// What every link begins with: it goes into JSON and RDF as it is.
bool is_base_url(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) return false;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%";
  return url.back() != '/' && url.find_first_not_of(kAllowed) == std::string_view::npos;
}

// PS3.5 section 6.2: at most 16 characters of the default repertoire, no backslash, not only spaces.
bool is_ae_title(std::string_view title) {
  return !trim(title).empty() && title.size() <= 16 &&
         std::all_of(title.begin(), title.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '\\'; });
}

const PeerConfig* find_peer(const Config& config, std::string_view ae_title) {
  for (const PeerConfig& peer : config.peers)
    if (peer.ae_title == ae_title) return &peer;
  return nullptr;
}

void check_peers(const Config& config, Faults& faults) {
  if (!is_ae_title(config.dimse_ae_title))
    faults.emplace_back("dimse.ae_title", "is no application entity title");
  if (config.dimse_certificate_file.empty() != config.dimse_key_file.empty())
    faults.emplace_back("dimse.certificate", "and dimse.key are given together");
  if (!config.dimse_listen.empty() && config.peers.empty() && !config.dimse_any_caller)
    faults.emplace_back("dimse.listen",
                        "lets nobody in: name application entities as [[peer]], or set any_caller");
  for (std::size_t i = 0; i < config.peers.size(); ++i) {
    const PeerConfig& peer = config.peers[i];
    const std::string place = "peer[" + std::to_string(i) + "]";
    if (!is_ae_title(peer.ae_title))
      faults.emplace_back(place + ".ae_title", "is no application entity title");
    if (find_peer(config, peer.ae_title) != &peer) faults.emplace_back(place + ".ae_title", "is there twice");
  }
}

// Names go into messages, results and paths.
bool is_source_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void check_sources(const Config& config, Faults& faults) {
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    const SourceConfig& source = config.sources[i];
    const std::string place = "source[" + std::to_string(i) + "]";
    if (!is_source_name(source.name))
      faults.emplace_back(place + ".name", "must be letters, digits, '-' and '_', at most 64");
    for (std::size_t k = 0; k < i; ++k)
      if (config.sources[k].name == source.name) faults.emplace_back(place + ".name", "is there twice");
    if (source.kind == "dicomweb" && !is_base_url(source.url))
      faults.emplace_back(place + ".url", "must be http(s)://HOST[:PORT][/PATH] without a slash at the end");
    if (source.kind == "dimse" && !find_peer(config, source.peer))
      faults.emplace_back(place + ".peer", "must be the ae_title of a [[peer]] table");
    if (source.retrieve == "move" && config.dimse_listen.empty())
      faults.emplace_back(place + ".retrieve", "move needs dimse.listen: the objects come in there");
  }
}

// Rules between keys.
Faults faults_together(const Config& config) {
  Faults faults;
  for (const auto& [path, text] :
       {std::pair("server.listen", &config.listen), std::pair("server.https_listen", &config.https_listen),
        std::pair("dimse.listen", &config.dimse_listen)}) {
    if (text->empty()) continue;
    const auto address = parse_address(*text);
    if (!address)
      faults.emplace_back(path, address.error().message);
    else if (!address->loopback() && !config.allow_open)
      faults.emplace_back(
          path,
          "is not a loopback address, and there is no access control: set server.allow_open to serve openly");
  }
  check_peers(config, faults);
  check_sources(config, faults);
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

// A list has no tables by default, so what is said of one is commented out.
template <class Record>
void explain_list(std::string& out, const char* name, const char* meaning,
                  std::span<const Key<Record>> keys) {
  out += "\n# " + std::string(meaning) + "\n# [[" + name + "]]\n";
  for (const Key<Record>& key : keys)
    out += "# " + std::string(key.path) + " = " + explain(key) + "\n#   " + key.meaning + "\n";
}

}  // namespace

Config default_config() {
  Config config;
  for (const ConfigKey& key : kKeys) set_default(key, config);
  return config;
}

Result<Config> parse_config(const std::string& text, const std::string& file_name) {
  auto document = codec::parse_toml(text, file_name);
  if (!document) return fail(ErrorCode::ConfigInvalid, document.error().message, document.error().where);
  Config config = default_config();
  Faults faults;
  for (const auto& [name, table] : *document->root.as_map()) read_part(name, table, config, faults);
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
  for (const ConfigKey& key : kKeys) {
    const std::string_view path = key.path;
    const auto dot = path.find('.');
    if (path.substr(0, dot) != table) {
      table = path.substr(0, dot);
      out += "\n[" + std::string(table) + "]\n";
    }
    out += "# " + std::string(key.meaning) + "\n" + std::string(path.substr(dot + 1)) + " = " + explain(key) +
           "\n";
  }
  explain_list<PeerConfig>(out, "peer", "DIMSE application entities that this gateway knows; one table each.",
                           kPeerKeys);
  explain_list<SourceConfig>(out, "source", "Systems behind this gateway; one table each.", kSourceKeys);
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
