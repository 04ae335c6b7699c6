#include "gateway/catalogue/html.h"

#include <algorithm>
#include <cstdio>

#include "gateway/codec/xml_text.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::Agent;
using mappers::dcat::Concept;
using mappers::dcat::DatasetView;
using mappers::dcat::RenderContext;
using mappers::dcat::Texts;
using model::CountedValue;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#16212c;--soft:#5b6b7a;--line:#d9e0e7;--paper:#fff;--ground:#f3f5f7;
--tint:#0b5d7a}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa9b7;--line:#2c3844;--paper:#161d24;
--ground:#0e1419;--tint:#6cc3e0}}
*{box-sizing:border-box}a{color:var(--tint)}p{margin:.4rem 0}.soft{color:var(--soft)}code{font-size:.88em}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2rem 1.25rem 4rem}
nav{font-size:.9rem;color:var(--soft);margin-bottom:1.5rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .6rem}h2{font-size:1.15rem;margin:2.2rem 0 .7rem}
td p{margin:0}.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1.25rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.6rem,1fr));gap:.6rem;margin:1.5rem 0}
.figures div,.card{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;
padding:.8rem 1rem}
.figures b{display:block;white-space:nowrap;font-size:1.1rem;font-variant-numeric:tabular-nums}
.figures span{color:var(--soft);font-size:.85rem}.card{margin:.8rem 0}.card h2{margin:0 0 .3rem}
table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line);
font-size:.92rem}
th,td{text-align:left;padding:.4rem .7rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.05rem .65rem;
margin:0 .3rem .3rem 0;font-size:.85rem}
.scroll{max-height:32rem;overflow:auto;border:1px solid var(--line)}.scroll table{border:0}
)css";

std::string escaped(std::string_view text) {
  std::string out;
  codec::append_xml_text(out, text);
  return out;
}

// A link when it leads to the web, else the plain text: no other scheme may be opened from here.
std::string link(std::string_view iri, std::string_view label) {
  if (!iri.starts_with("http://") && !iri.starts_with("https://")) return escaped(label);
  return "<a href=\"" + escaped(codec::iri(iri).text) + "\">" + escaped(label) + "</a>";
}

// The text in English if there is one, else the first.
std::string best(const Texts& texts) {
  const auto english =
      std::find_if(texts.begin(), texts.end(), [](const auto& t) { return t.language == "en"; });
  return english != texts.end() ? english->text : texts.empty() ? std::string() : texts.front().text;
}

std::string number(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, "\u2009");
  return text;
}

std::string bytes(std::uint64_t value) {
  static constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  double amount = static_cast<double>(value);
  int unit = 0;
  while (amount >= 1000 && unit < 5) amount /= 1000, ++unit;
  char text[48];
  std::snprintf(text, sizeof text, unit ? "%.1f %s" : "%.0f %s", amount, kUnits[unit]);
  return text;
}

std::string page(const RenderContext& context, std::string_view title, std::string_view self,
                 std::string_view body) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
  out.append(escaped(title))
      .append("</title><style>")
      .append(kStyle)
      .append("</style></head><body><main><nav>");
  out += link(mappers::dcat::root_iri(context.base), best(context.catalogue.title));
  out.append("</nav>").append(body).append("<h2>This description as data</h2><p>");
  for (const auto& [format, name] : {std::pair{"ttl", "Turtle"}, std::pair{"jsonld", "JSON-LD"},
                                     std::pair{"rdf", "RDF/XML"}, std::pair{"nt", "N-Triples"}})
    out += "<span class=\"tag\">" + link(std::string(self) + "?format=" + format, name) + "</span>";
  return out + "</p></main></body></html>\n";
}

std::string figure(std::string_view value, std::string_view label) {
  return "<div><b>" + escaped(value) + "</b><span>" + escaped(label) + "</span></div>";
}

std::string age_range(const model::SelectionStatistics& figures) {
  if (!figures.min_age_years || !figures.max_age_years) return "not known";
  return std::to_string(*figures.min_age_years) + "\u2013" + std::to_string(*figures.max_age_years);
}

std::string years(const model::SelectionStatistics& figures) {
  const std::string first = mappers::dcat::iso_date(figures.first_date).substr(0, 4);
  const std::string last = mappers::dcat::iso_date(figures.last_date).substr(0, 4);
  if (first.empty() || last.empty()) return "not known";
  return first == last ? first : first + "\u2013" + last;
}

// Without a Patient ID nobody can tell who is who.
std::string individuals(const model::SelectionStatistics& figures) {
  return figures.studies_without_patient_id ? "not known" : number(figures.subjects);
}

std::string figures_of(const model::SelectionStatistics& figures) {
  return "<div class=\"figures\">" + figure(individuals(figures), "individuals") +
         figure(number(figures.studies), "imaging studies") + figure(number(figures.series), "series") +
         figure(number(figures.instances), "instances") + figure(age_range(figures), "age in years") +
         figure(years(figures), "years of study") + figure(bytes(figures.bytes), "size") + "</div>";
}

std::string counts(std::string_view title, const std::vector<CountedValue>& values) {
  if (values.empty()) return {};
  std::string out =
      "<div><h2>" + escaped(title) + "</h2><table><tr><th>Value</th><th class=\"n\">Series</th></tr>";
  for (const CountedValue& value : values)
    out += "<tr><td>" + escaped(value.value) + "</td><td class=\"n\">" + number(value.series) + "</td></tr>";
  return out + "</table></div>";
}

void row(std::string& out, std::string_view name, const std::string& html) {
  if (!html.empty())
    out.append("<tr><th>").append(escaped(name)).append("</th><td>").append(html).append("</td></tr>");
}

std::string labels(const std::vector<Concept>& concepts) {
  std::string out;
  for (const Concept& entry : concepts) out += "<span class=\"tag\">" + escaped(entry.label) + "</span>";
  return out;
}

// The English ones when there are any, else all.
Texts readable(const Texts& texts) {
  Texts english;
  for (const auto& text : texts)
    if (text.language == "en") english.push_back(text);
  return english.empty() ? texts : english;
}

std::string lines(const Texts& texts) {
  std::string out;
  for (const auto& text : readable(texts)) out += "<p>" + escaped(text.text) + "</p>";
  return out;
}

std::string agent(const std::optional<Agent>& agent) {
  if (!agent) return {};
  std::string out = agent->url.empty() ? escaped(agent->name)
                                       : link(agent->url, agent->name.empty() ? agent->url : agent->name);
  if (!agent->email.empty()) out += (out.empty() ? "" : ", ") + escaped(agent->email);
  return out;
}

std::string conditions(const mappers::dcat::DatasetDefinition& definition) {
  std::string out = "<h2>Conditions and people</h2><table>";
  row(out, "Access", "<code>" + std::string(mappers::dcat::name_of(definition.access)) + "</code>");
  row(out, "Health category", labels(definition.health_categories));
  row(out, "Health theme", labels(definition.health_themes));
  row(out, "Population", lines(definition.population_coverage));
  row(out, "Provenance", lines(definition.provenance));
  row(out, "Purposes", lines(definition.purposes));
  row(out, "Legal basis", lines(definition.legal_bases));
  row(out, "Places", labels(definition.spatial));
  row(out, "Publisher", agent(definition.publisher));
  row(out, "Data holder", agent(definition.custodian));
  row(out, "Health data access body", agent(definition.hdab));
  row(out, "Contact", agent(definition.contact));
  row(out, "Version", escaped(definition.version));
  return out + "</table>";
}

std::string distributions(const RenderContext& context, const DatasetView& view) {
  const auto& definition = view.definition;
  if (definition.distributions.empty()) return {};
  std::string out = "<h2>Distributions</h2><table>";
  for (std::size_t i = 0; i < definition.distributions.size(); ++i) {
    const auto& distribution = definition.distributions[i];
    const std::string access = distribution.access_url.empty() ? context.dicomweb : distribution.access_url;
    row(out, best(distribution.title),
        lines(distribution.description) + link(access, access) + " \u00b7 " +
            link(mappers::dcat::distribution_iri(context.base, definition.id, i) + "?format=html",
                 "details"));
  }
  return out + "</table>";
}

std::string variables(const RenderContext& context, const DatasetView& view) {
  std::string rows;
  std::size_t count = 0;
  for (const auto& attribute : view.statistics.attributes) {
    const auto name = context.describe(attribute.tag);
    if (!name || name->keyword.empty()) continue;
    char tag[24];
    std::snprintf(tag, sizeof tag, "(%04X,%04X)", attribute.tag >> 16, attribute.tag & 0xFFFF);
    rows.append("<tr><td><code>").append(tag).append("</code></td><td>").append(escaped(name->name));
    rows.append("</td><td>").append(escaped(attribute.vr)).append("</td><td class=\"n\">");
    rows.append(number(attribute.instances)).append("</td></tr>");
    ++count;
  }
  if (rows.empty()) return {};
  return "<h2>Variables (" + number(count) +
         ")</h2><div class=\"scroll\"><table><tr><th>Tag</th><th>Attribute</th>"
         "<th>VR</th><th class=\"n\">Instances</th></tr>" +
         rows + "</table></div>";
}

}  // namespace

std::string list_page(const RenderContext& context, std::span<const DatasetView> datasets) {
  std::string body =
      "<h1>" + escaped(best(context.catalogue.title)) + "</h1>" + lines(context.catalogue.description);
  if (datasets.empty()) body += "<p class=\"soft\">No dataset has been published yet.</p>";
  for (const DatasetView& view : datasets) {
    const auto& figures = view.statistics;
    body += "<div class=\"card\"><h2>" +
            link(mappers::dcat::dataset_iri(context.base, view.definition.id) + "?format=html",
                 best(view.definition.title)) +
            "</h2><p>" + escaped(best(view.definition.description)) + "</p><p class=\"soft\">" +
            (figures.studies_without_patient_id ? "" : number(figures.subjects) + " individuals, ") +
            number(figures.studies) + " studies, " + number(figures.instances) + " instances, " +
            bytes(figures.bytes) + "</p>";
    for (const CountedValue& modality : figures.modalities)
      body += "<span class=\"tag\">" + escaped(modality.value) + "</span>";
    body += "</div>";
  }
  return page(context, best(context.catalogue.title),
              mappers::dcat::catalogue_iri(context.base, context.catalogue.id), body);
}

std::string dataset_page(const RenderContext& context, const DatasetView& view) {
  const auto& definition = view.definition;
  std::string body = "<h1>" + escaped(best(definition.title)) + "</h1><p>" +
                     escaped(best(definition.description)) + "</p><p>";
  for (const auto& keyword : readable(definition.keywords))
    body += "<span class=\"tag\">" + escaped(keyword.text) + "</span>";
  body += "</p>" + figures_of(view.statistics) +
          "<p class=\"soft\">Whole imaging studies: each belongs to the dataset with all its series.</p><div "
          "class=\"columns\">" +
          counts("Modality", view.statistics.modalities) + counts("Body part", view.statistics.body_parts) +
          counts("Manufacturer", view.statistics.manufacturers) + "</div>" + conditions(definition) +
          distributions(context, view) + variables(context, view);
  return page(context, best(definition.title), mappers::dcat::dataset_iri(context.base, definition.id), body);
}

std::string resource_page(const RenderContext& context, const std::string& iri, const codec::Graph& graph) {
  const codec::Term subject = codec::iri(iri);
  std::string title = iri, body;
  for (const auto& triple : graph.triples()) {
    if (triple.subject != subject) continue;
    const std::string& value = triple.object.text;
    const std::string name = mappers::dcat::abbreviate(triple.predicate.text);
    if (name == "dct:title") title = value;
    row(body, name,
        triple.object.kind == codec::Term::Kind::Iri ? link(value, mappers::dcat::abbreviate(value))
                                                     : escaped(value));
  }
  return page(context, title, iri, "<h1>" + escaped(title) + "</h1><table>" + body + "</table>");
}

}  // namespace gateway::catalogue
