// The configuration: one TOML file, one table of keys (config.cpp) from which come the defaults, the checks
// at start, the fault messages and the text of `ehds-gateway config --explain`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::app {

// [[peer]]
struct PeerConfig {
  std::string ae_title;
  std::string host;
  std::int64_t port = 0;
  bool tls = false;
};

// [[source]]
struct SourceConfig {
  std::string name;
  std::string kind;  // dicomweb or dimse
  std::string url;
  std::string token_file;
  std::string ca_file;
  std::string peer;      // of kind dimse: ae_title of a PeerConfig
  std::string retrieve;  // get or move
  std::string mode;      // harvest or live
  std::int64_t interval_s = 0;
  std::int64_t timeout_s = 0;
  std::string take;  // metadata or objects
  bool store = false;
  std::string issuer_of_patient_id;
  std::string patient_id_prefix;
  std::string issuer_of_accession_number;
};

struct Config {
  // [server]
  std::string listen;        // host:port of the plain listener
  std::string https_listen;  // host:port of the TLS listener; empty: none
  std::string certificate_file;
  std::string key_file;
  std::string public_url;
  std::string trust_forwarded;
  std::string cors_origins;  // with blanks between
  bool allow_open = false;   // serve other than loopback addresses without access control
  std::int64_t threads = 0;
  std::int64_t max_connections = 0;
  std::int64_t idle_timeout_s = 0;
  // [data]
  std::string data_folder;
  // [profiles]
  std::string profiles_folder;
  // [log]
  std::string log_level;
  // [dicomweb]
  std::int64_t max_results = 0;
  std::int64_t max_store_mib = 0;
  // [dimse]
  std::string dimse_listen;  // host:port; empty: none
  std::string dimse_ae_title;
  bool dimse_any_caller = false;
  std::string dimse_certificate_file;
  std::string dimse_key_file;
  std::string dimse_ca_file;
  std::int64_t dimse_max_associations = 0;
  std::vector<PeerConfig> peers;
  // [sources]
  std::int64_t cache_mib = 0;
  std::vector<SourceConfig> sources;
  // [workitems]
  std::int64_t workitem_keep_days = 0;
  // [fhir]
  std::string identifier_base;
  std::string zone;
  bool fhir_audit = true;
  std::string notify_hosts;
  std::string organization;
  std::string organization_id;
  std::string location_uid;
  std::string viewer_url;
  // [catalogue]
  std::string catalogue_title;
  std::string catalogue_description;
  std::string catalogue_publisher;
  std::string catalogue_contact;
  std::string disclosure_policies;
  std::string disclosure_secret_file;
};

// The defaults.
Config default_config();
// Error ConfigInvalid: every fault of the file, one a line, each with file, line and key.
Result<Config> parse_config(const std::string& text, const std::string& file_name);
Result<Config> load_config(const std::string& file_name);
// The rules between keys, also for values that came from the command line: addresses are HOST:PORT and
// loopback unless allow_open, TLS has its files. Error: ConfigInvalid.
Result<void> check_listeners(const Config& config);
// What every key means, its type, default and bounds: a valid configuration file with comments.
std::string explain_config();

// "127.0.0.1:8080" or "[::1]:0". Error: InvalidParameter.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool loopback() const;
};
Result<Address> parse_address(const std::string& text);

}  // namespace gateway::app
