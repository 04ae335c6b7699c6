#include "gateway/catalogue/markup.h"

#include <algorithm>
#include <cstdio>

#include "gateway/base/clock.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/xml_text.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::RenderContext;
using mappers::dcat::Texts;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#16212c;--soft:#4a5966;--line:#d3dbe3;--paper:#fff;--ground:#f3f5f7;
--tint:#0b5d7a;--bar:#2b7f9e;--good:#1c6b3c;--bad:#a3271f}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a9b7c4;--line:#2f3c49;--paper:#161d24;
--ground:#0e1419;--tint:#7fcde8;--bar:#4fa9c7;--good:#7fd6a0;--bad:#ff9d94}}
*{box-sizing:border-box}html{scroll-behavior:smooth}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
a{color:var(--tint)}p{margin:.4rem 0}.soft{color:var(--soft)}code{font-size:.88em;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--tint);outline-offset:2px;border-radius:.2rem}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
.skip{position:absolute;left:-99rem}
.skip:focus{left:.5rem;top:.5rem;background:var(--paper);padding:.5rem 1rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bar,main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}
header{background:var(--paper);border-bottom:1px solid var(--line)}
.bar{display:flex;flex-wrap:wrap;gap:.6rem 1.5rem;align-items:center;padding:.7rem 1.25rem}
.bar>a{font-weight:650;text-decoration:none;color:inherit}
form.find{display:flex;gap:.4rem;margin-left:auto;flex:0 1 24rem;min-width:0}
input,select,textarea,button{font:inherit;color:inherit;background:var(--paper);
border:1px solid var(--soft);
border-radius:.35rem;padding:.35rem .6rem;max-width:100%}
input[type=search]{flex:1;min-width:0}
button{background:var(--tint);color:var(--paper);border-color:var(--tint);
cursor:pointer}textarea{width:100%;min-height:14rem;font:.9rem/1.4 ui-monospace,monospace}
nav.trail ol{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem .5rem;padding:0;margin:1.2rem 0 .6rem;
font-size:.9rem}nav.trail li+li::before{content:"/";color:var(--soft);margin-right:.5rem}
main{padding-top:.2rem;padding-bottom:2rem}main>h1:first-child{margin-top:1.4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.4rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.2rem 0 .7rem}h3{font-size:1rem;margin:0 0 .4rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1.25rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.8rem,1fr));gap:.6rem;
margin:1.5rem 0}
.figures div,.card,figure{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;
padding:.8rem 1rem;margin:0;min-width:0}
.figures dt{color:var(--soft);font-size:.85rem}.figures dd{margin:0;font-weight:650;font-size:1.1rem;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.card{margin:.8rem 0}.card h2,.card h3{margin:0 0 .3rem;font-size:1.15rem}
figcaption{font-weight:650;margin-bottom:.4rem}figure svg{display:block;width:100%;max-width:30rem;height:auto}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}svg .soft{fill:var(--soft)}
svg rect{fill:var(--bar)}
svg .track{fill:var(--line)}details{margin-top:.5rem}
summary{cursor:pointer;color:var(--tint);font-size:.9rem}
table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line);
font-size:.92rem}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding:.3rem 0}
th,td{text-align:left;padding:.4rem .7rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}td p{margin:0}
th{color:var(--soft);font-weight:600}tbody th{min-width:7rem;max-width:14rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.05rem .65rem;
margin:0 .3rem .3rem 0;font-size:.85rem;max-width:100%;overflow-wrap:anywhere}
.scroll{max-height:32rem;overflow:auto;border:1px solid var(--line)}.scroll table{border:0}
.split{display:grid;grid-template-columns:15rem minmax(0,1fr);gap:1.5rem}
@media(max-width:46rem){.split{grid-template-columns:minmax(0,1fr)}.facets li{display:inline-block;
margin-right:.9rem}.facets ul{margin-bottom:.5rem}form.find{flex-basis:100%;margin:0}}
.facets ul{list-style:none;padding:0;margin:.2rem 0 1rem;font-size:.92rem}.facets li{padding:.1rem 0}
.facets [aria-current]{font-weight:700}.pager{display:flex;gap:1rem;flex-wrap:wrap;margin:1.2rem 0}
ins{color:var(--good);text-decoration:none}del{color:var(--bad);text-decoration:line-through}
.good{color:var(--good)}.bad{color:var(--bad)}
footer{border-top:1px solid var(--line);padding-top:1rem;padding-bottom:3rem;font-size:.9rem}
footer ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.3rem 0}
@media print{header form,footer,.skip,nav{display:none}.scroll{max-height:none}}
)css";

constexpr std::string_view kForms[][3] = {{"ttl", "Turtle", "text/turtle"},
                                          {"jsonld", "JSON-LD", "application/ld+json"},
                                          {"rdf", "RDF/XML", "application/rdf+xml"},
                                          {"nt", "N-Triples", "application/n-triples"},
                                          {"trig", "TriG", "application/trig"}};

// A data block ends at the first "</script": JSON may write '<' as an escape (RFC 8259 section 7).
std::string data_block(const Value& value) {
  std::string text;
  for (const char c : to_json(value)) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return "<script type=\"application/ld+json\">" + text + "</script>";
}

std::string head(const RenderContext& context, const Page& frame) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
  out += escaped(frame.title) + "</title>";
  out += "<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"Datasets\" href=\"" +
         escaped(context.base) + "/opensearch.xml\">";
  if (!frame.self.empty())
    for (const auto& form : kForms)
      out += "<link rel=\"alternate\" type=\"" + std::string(form[2]) + "\" href=\"" + escaped(frame.self) +
             "?format=" + std::string(form[0]) + "\">";
  if (!frame.linked_data.is_null()) out += data_block(frame.linked_data);
  return out + "<style>" + std::string(kStyle) + "</style></head>";
}

std::string banner(const RenderContext& context, const Page& frame) {
  return "<a class=\"skip\" href=\"#main\">Skip to content</a><header><div class=\"bar\"><a href=\"" +
         escaped(mappers::dcat::root_iri(context.base)) + "\">" + escaped(best(context.catalogue.title)) +
         "</a><form class=\"find\" role=\"search\" action=\"" + escaped(context.base) +
         "/search\"><label class=\"hidden\" for=\"q\">Search datasets</label><input id=\"q\" name=\"q\" "
         "type=\"search\" placeholder=\"Search datasets\" value=\"" +
         escaped(frame.words) + "\"><button>Search</button></form></div></header>";
}

std::string trail(const Page& frame) {
  if (frame.trail.empty()) return {};
  std::string out = "<nav class=\"trail\" aria-label=\"Breadcrumb\"><ol>";
  for (const auto& [label, iri] : frame.trail) out += "<li>" + link(iri, label) + "</li>";
  return out + "<li aria-current=\"page\">" + escaped(frame.title) + "</li></ol></nav>";
}

std::string foot(const RenderContext& context, const Page& frame) {
  std::string out = "<footer>";
  if (!frame.self.empty()) {
    out += "<nav aria-label=\"This description as data\"><ul><li>As data:</li>";
    for (const auto& form : kForms)
      out += "<li>" + link(frame.self + "?format=" + std::string(form[0]), form[1]) + "</li>";
    out += "</ul></nav>";
  }
  out += "<nav aria-label=\"Catalogue\"><ul>";
  for (const auto& [path, name] : {std::pair{"/search", "All datasets"}, std::pair{"/feed", "DCAT feed"},
                                   std::pair{"/ldes", "Event stream"}, std::pair{"/report", "Yearly checks"},
                                   std::pair{"/validate", "Validate a description"}})
    out += "<li>" + link(context.base + path, name) + "</li>";
  return out + "</ul></nav></footer>";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  codec::append_xml_text(out, text);
  return out;
}

std::string link(std::string_view iri, std::string_view label) {
  if (!iri.starts_with("http://") && !iri.starts_with("https://")) return escaped(label);
  return "<a href=\"" + escaped(codec::iri(iri).text) + "\">" + escaped(label) + "</a>";
}

std::string tag(std::string_view text) { return "<span class=\"tag\">" + escaped(text) + "</span>"; }

std::string best(const Texts& texts) {
  const auto english =
      std::find_if(texts.begin(), texts.end(), [](const auto& t) { return t.language == "en"; });
  return english != texts.end() ? english->text : texts.empty() ? std::string() : texts.front().text;
}

Texts readable(const Texts& texts) {
  Texts english;
  for (const auto& text : texts)
    if (text.language == "en") english.push_back(text);
  return english.empty() ? texts : english;
}

std::string paragraphs(const Texts& texts) {
  std::string out;
  for (const auto& text : readable(texts)) out += "<p>" + escaped(text.text) + "</p>";
  return out;
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

std::string day(std::int64_t utc_us) { return utc_us > 0 ? iso8601(utc_us).substr(0, 10) : std::string(); }

void row(std::string& out, std::string_view name, const std::string& html) {
  if (html.empty()) return;
  out.append("<tr><th scope=\"row\">").append(escaped(name)).append("</th><td>");
  out.append(html).append("</td></tr>");
}

std::string table(std::string_view caption, const std::string& rows) {
  return "<table><caption class=\"hidden\">" + escaped(caption) + "</caption><tbody>" + rows +
         "</tbody></table>";
}

std::string grid(std::string_view caption, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows_of_html) {
  std::string out = "<table><caption>" + escaped(caption) + "</caption><thead><tr>";
  for (const std::string& column : columns) {
    const bool numeric = column.starts_with('#');
    out += numeric ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">";
    out += escaped(std::string_view(column).substr(numeric ? 1 : 0)) + "</th>";
  }
  out += "</tr></thead><tbody>";
  for (const auto& cells : rows_of_html) {
    out += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += (i < columns.size() && columns[i].starts_with('#') ? "<td class=\"n\">" : "<td>") + cells[i] +
             "</td>";
    out += "</tr>";
  }
  return out + "</tbody></table>";
}

std::string scrollable(std::string_view label, const std::string& html) {
  return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + escaped(label) + "\">" +
         html + "</div>";
}

std::string page(const RenderContext& context, const Page& frame, std::string_view body) {
  std::string out = head(context, frame);
  out += "<body>" + banner(context, frame) + "<main id=\"main\" tabindex=\"-1\">" + trail(frame);
  out.append(body).append("</main>").append(foot(context, frame));
  return out + "</body></html>\n";
}

std::string bare_page(std::string_view title, std::string_view body) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
  out.append(escaped(title)).append("</title><style>").append(kStyle);
  out.append("</style></head><body><main id=\"main\">").append(body);
  return out + "</main></body></html>\n";
}

}  // namespace gateway::catalogue
