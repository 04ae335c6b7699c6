// Pages about records: what is said of one thing, versions, differences, yearly checks, label.
#include <algorithm>
#include <cstdio>

#include "gateway/base/text.h"
#include "gateway/catalogue/charts.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::QualityMetric;
using mappers::dcat::QualityUnit;
using mappers::dcat::RenderContext;

std::string changes_of(const std::vector<std::string>& values, const char* element) {
  std::string out;
  for (const std::string& value : values)
    out += "<p><" + std::string(element) + ">" + escaped(value) + "</" + element + "></p>";
  return out;
}

std::string value_of(const QualityMetric& metric) {
  if (!metric.value) return metric.level ? "told by its level" : "nothing to measure";
  char text[48];
  switch (metric.unit) {
    case QualityUnit::Share:
      std::snprintf(text, sizeof text, "%.1f %%", *metric.value * 100);
      break;
    case QualityUnit::Days:
      std::snprintf(text, sizeof text, "%.1f days", *metric.value);
      break;
    case QualityUnit::Years:
      std::snprintf(text, sizeof text, "%.1f years", *metric.value);
      break;
    case QualityUnit::Count:
      std::snprintf(text, sizeof text, "%.0f", *metric.value);
      break;
  }
  return text;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

// One dimension: a chart of its shares, and a table of all its metrics.
std::string dimension(const std::string& name, const std::vector<const QualityMetric*>& metrics) {
  std::vector<ChartValue> shares;
  std::vector<std::vector<std::string>> rows;
  for (const QualityMetric* metric : metrics) {
    if (metric->unit == QualityUnit::Share && metric->value)
      shares.push_back({metric->label, *metric->value * 100, value_of(*metric)});
    rows.push_back({escaped(metric->label), escaped(metric->definition), escaped(value_of(*metric)),
                    metric->level ? std::to_string(metric->level) + " of 5" : "\u2013"});
  }
  return "<h2>" + escaped(capital(name)) + "</h2>" + bar_chart(capital(name), "share", shares) + "<p></p>" +
         grid("All metrics of " + name, {"Metric", "What it is", "#Value", "#Level"}, rows);
}

}  // namespace

std::string resource_page(const RenderContext& context, const std::string& iri, const codec::Graph& graph) {
  const codec::Term subject = codec::iri(iri);
  std::string title = iri, rows;
  for (const auto& triple : graph.triples()) {
    if (triple.subject != subject) continue;
    const std::string& value = triple.object.text;
    const std::string name = mappers::dcat::abbreviate(triple.predicate.text);
    if (name == "dct:title") title = value;
    row(rows, name,
        triple.object.kind == codec::Term::Kind::Iri ? link(value, mappers::dcat::abbreviate(value))
                                                     : escaped(value));
  }
  Page frame{title, iri, trail_of(context, "", ""), {}, ""};
  return page(context, frame, "<h1>" + escaped(title) + "</h1>" + table("Statements", rows));
}

std::string versions_page(const RenderContext& context, const model::DatasetRow& dataset,
                          const std::string& title, const std::vector<model::DatasetEvent>& events) {
  const std::string iri = mappers::dcat::dataset_iri(context.base, dataset.id);
  std::vector<std::vector<std::string>> rows;
  std::int64_t before = 0;
  for (const auto& event : events) {
    std::string difference;
    if (event.act == model::DatasetAct::Defined) {
      if (before)
        difference = link(iri + "/diff?from=" + std::to_string(before) +
                              "&to=" + std::to_string(event.version) + "&format=html",
                          "what changed");
      before = event.version;
    }
    rows.push_back(
        {day(event.at_us), std::to_string(event.version), escaped(model::name_of(event.act)), difference});
  }
  std::reverse(rows.begin(), rows.end());
  Page frame{"Versions", "", trail_of(context, dataset.id, title), {}, ""};
  return page(context, frame,
              "<h1>Versions of " + escaped(title) + "</h1>" +
                  grid("Newest first", {"Date", "#Version", "What happened", "Difference"}, rows));
}

std::string diff_page(const RenderContext& context, const std::string& id, const std::string& title,
                      std::int64_t from, std::int64_t to, const std::vector<PropertyChange>& changes) {
  std::vector<std::vector<std::string>> rows;
  for (const PropertyChange& change : changes)
    rows.push_back({(change.property.empty() ? "" : "<code>" + escaped(change.property) + "</code> ") +
                        "<span class=\"soft\">" + escaped(change.key) + "</span>",
                    changes_of(change.before, "del"), changes_of(change.after, "ins")});
  const std::string name = "Version " + std::to_string(from) + " to " + std::to_string(to);
  Page frame{name, "", trail_of(context, id, title), {}, ""};
  const std::string table = rows.empty() ? "<p>Nothing that is said changed.</p>"
                                         : grid("By property", {"Property", "Before", "After"}, rows);
  return page(context, frame, "<h1>" + escaped(title) + ": " + escaped(lower(name)) + "</h1>" + table);
}

std::string checks_page(const RenderContext& context, const std::vector<CheckDue>& calendar) {
  std::vector<std::vector<std::string>> rows;
  std::size_t overdue = 0;
  for (const CheckDue& due : calendar) {
    if (due.overdue) ++overdue;
    rows.push_back(
        {link(mappers::dcat::dataset_iri(context.base, due.id) + "?format=html", due.id), day(due.checked_us),
         day(due.due_us),
         due.overdue ? "<strong class=\"bad\">overdue</strong>" : "<span class=\"good\">in time</span>"});
  }
  Page frame{"Yearly checks", "", trail_of(context, "", ""), {}, ""};
  return page(context, frame,
              "<h1>Yearly checks of descriptions</h1><p>The holder of a dataset checks its description at "
              "least once a year (Regulation (EU) 2025/327, Article 60(3)). " +
                  number(overdue) + " of " + number(calendar.size()) + " are overdue.</p>" +
                  grid("Most urgent first", {"Dataset", "Last checked", "Due", "State"}, rows));
}

std::string label_page(const RenderContext& context, const std::string& id, const std::string& title,
                       const mappers::dcat::QualityLabel& label) {
  std::string body =
      "<h1>Quality and utility label</h1><p>What the images themselves show of the quality of "
      "\u201c" +
      escaped(title) +
      "\u201d (Regulation (EU) 2025/327, Article 78(3)). Documentation, processes and access "
      "cannot be measured: they are statements of the data holder.</p>";
  if (!label.exact)
    body +=
        "<p class=\"soft\">To protect individuals, shares are rounded and numbers behind them are not "
        "shown.</p>";
  std::vector<std::pair<std::string, std::vector<const QualityMetric*>>> dimensions;
  for (const QualityMetric& metric : label.metrics) {
    if (dimensions.empty() || dimensions.back().first != metric.dimension)
      dimensions.push_back({metric.dimension, {}});
    dimensions.back().second.push_back(&metric);
  }
  if (dimensions.empty()) body += "<p>There is nothing that may be shown.</p>";
  for (const auto& [name, metrics] : dimensions) body += dimension(name, metrics);
  body += "<p class=\"soft\">Attribute table " + escaped(label.profile) + ".</p>";
  Page frame{"Label", "", trail_of(context, id, title), {}, ""};
  return page(context, frame, body);
}

}  // namespace gateway::catalogue
