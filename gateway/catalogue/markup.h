// HTML for the pages of the catalogue: static, no scripts, nothing loaded from elsewhere; landmarks, a skip
// link, headings in order. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/value.h"
#include "mappers/dcat/render.h"

namespace gateway::catalogue {

std::string escaped(std::string_view text);
// A link when it leads to the web, else the plain text: no other scheme may be opened from here.
std::string link(std::string_view iri, std::string_view label);
std::string tag(std::string_view text);
// The text in English if there is one, else the first.
std::string best(const mappers::dcat::Texts& texts);
// The English ones when there are any, else all; a paragraph each.
std::string paragraphs(const mappers::dcat::Texts& texts);
mappers::dcat::Texts readable(const mappers::dcat::Texts& texts);
std::string number(std::uint64_t value);  // "12 345"
std::string bytes(std::uint64_t value);
std::string day(std::int64_t utc_us);  // "2026-11-22"; empty for 0
// A row of a table with a heading; nothing without content.
void row(std::string& out, std::string_view name, const std::string& html);
std::string table(std::string_view caption, const std::string& rows);  // of such rows
// A table with column headings. Columns whose title begins with '#' hold numbers.
std::string grid(std::string_view caption, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows_of_html);
// A part of the page that scrolls by itself and can be reached by keyboard.
std::string scrollable(std::string_view label, const std::string& html);

struct Page {
  std::string title;
  std::string self;                                        // IRI of what it describes; empty: no other forms
  std::vector<std::pair<std::string, std::string>> trail;  // label and IRI, from the root on
  Value linked_data;                                       // schema.org, as data in the page; null: none
  std::string words;                                       // what stands in the search field
};
std::string page(const mappers::dcat::RenderContext& context, const Page& frame, std::string_view body);
// A page of no catalogue, for a file.
std::string bare_page(std::string_view title, std::string_view body);

}  // namespace gateway::catalogue
