#include "gateway/definitions/narrative_rules.h"

#include "gateway/codec/xml.h"
#include "gateway/fhirpath/html_check.h"

namespace gateway::definitions {
namespace {

using codec::XmlReader;
using Event = XmlReader::Event;

constexpr std::string_view kXhtml = "http://www.w3.org/1999/xhtml";
constexpr std::size_t kMaxFaults = 20;

bool is_blank(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\xC2\xA0";
  return text.find_first_not_of(kBlank) == std::string_view::npos;
}

// A link that would run a program when it is followed.
bool is_active(std::string_view url) {
  std::string scheme;
  for (const char c : url.substr(0, url.find(':')))
    if (static_cast<unsigned char>(c) > ' ') scheme += static_cast<char>(c | 0x20);
  return scheme == "javascript" || scheme == "vbscript";
}

class NarrativeCheck {
 public:
  explicit NarrativeCheck(XmlReader reader) : reader_(std::move(reader)) {}

  std::vector<NarrativeFault> run() {
    for (bool first = true; faults_.size() < kMaxFaults; first = false) {
      const auto event = reader_.next();
      if (!event) {
        add("Error parsing XHTML: " + event.error().text(), {});
        return std::move(faults_);
      }
      if (*event == Event::Done) break;
      if (*event == Event::Start) element(first);
      if (*event == Event::Text && !is_blank(reader_.text())) readable_ = true;
    }
    if (!readable_) add("the narrative SHALL have some non-whitespace content", "txt-2");
    return std::move(faults_);
  }

 private:
  void add(std::string message, std::string key) { faults_.push_back({std::move(message), std::move(key)}); }

  void element(bool root) {
    const std::string name(reader_.name());
    if (root && (name != "div" || reader_.space() != kXhtml))
      return add("the narrative is not a div element of XHTML (" + std::string(kXhtml) + ")", {});
    if (reader_.space() != kXhtml) return add("Wrong namespace on the XHTML element '" + name + "'", "txt-1");
    if (!fhirpath::is_narrative_element(name))
      add("Invalid element name in the XHTML ('" + name + "')", "txt-1");
    if (name == "img") readable_ = true;
    for (const codec::XmlAttribute& attribute : reader_.attributes()) {
      if (!fhirpath::is_narrative_attribute(attribute.name) && !attribute.name.starts_with("data-"))
        add("Invalid attribute name in the XHTML ('" + attribute.name + "' on '" + name + "')", "txt-1");
      if ((attribute.name == "href" || attribute.name == "src") && is_active(attribute.value))
        add("Active content in the XHTML ('" + attribute.name + "' on '" + name + "')", "txt-1");
    }
  }

  XmlReader reader_;
  std::vector<NarrativeFault> faults_;
  bool readable_ = false;
};

}  // namespace

std::vector<NarrativeFault> narrative_faults(std::string_view xhtml) {
  auto reader = XmlReader::open(xhtml);
  if (!reader) return {{"Error parsing XHTML: " + reader.error().text(), {}}};
  return NarrativeCheck(std::move(*reader)).run();
}

}  // namespace gateway::definitions
