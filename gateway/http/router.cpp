#include "gateway/http/router.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

constexpr std::size_t kMethods = 7;
constexpr std::size_t kMaxSegments = 96;

std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }
bool is_capture(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}
bool is_tail(std::string_view segment) { return is_capture(segment) && segment[segment.size() - 2] == '*'; }

// One segment of the tree of templates.
struct Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;  // sorted by text
  std::unique_ptr<Node> capture;
  std::unique_ptr<Node> tail;  // of all segments that are left
  std::array<const Route*, kMethods> routes{};

  Node* literal(std::string_view text) const {
    const auto at =
        std::lower_bound(literals.begin(), literals.end(), text,
                         [](const auto& entry, std::string_view key) { return entry.first < key; });
    return at != literals.end() && at->first == text ? at->second.get() : nullptr;
  }
};

Node* child(Node& node, std::string_view segment) {
  if (is_tail(segment)) {
    if (!node.tail) node.tail = std::make_unique<Node>();
    return node.tail.get();
  }
  if (is_capture(segment)) {
    if (!node.capture) node.capture = std::make_unique<Node>();
    return node.capture.get();
  }
  if (Node* found = node.literal(segment)) return found;
  const auto at = std::lower_bound(node.literals.begin(), node.literals.end(), segment,
                                   [](const auto& entry, std::string_view key) { return entry.first < key; });
  return node.literals.emplace(at, std::string(segment), std::make_unique<Node>())->second.get();
}

// The search of one path: depth first, literals before captures, so the longest literal match wins.
struct Search {
  Method method;
  std::array<std::string_view, kMaxSegments> segments{};
  std::size_t count = 0;
  std::array<std::string_view, kMaxSegments> captured{};
  std::size_t captures = 0;
  std::array<bool, kMethods> allowed{};  // methods of the templates that match
  bool found_path = false;

  bool take(std::string_view path) {
    while (!path.empty()) {
      path.remove_prefix(1);
      const auto end = path.find('/');
      if (count == kMaxSegments) return false;
      segments[count++] = path.substr(0, end);
      path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    }
    return true;
  }

  const Route* at_end(const Node& node) {
    const Route* route = node.routes[index_of(method)];
    if (!route && method == Method::Head) route = node.routes[index_of(Method::Get)];
    for (std::size_t i = 0; i < kMethods; ++i) {
      if (!node.routes[i]) continue;
      allowed[i] = true;
      found_path = true;
    }
    return route;
  }

  const Route* descend(const Node& node, std::size_t depth) {  // depth is bounded by kMaxSegments
    if (depth == count) return at_end(node);
    if (const Node* next = node.literal(segments[depth]))
      if (const Route* route = descend(*next, depth + 1)) return route;
    if (segments[depth].empty()) return nullptr;
    if (node.capture) {
      captured[captures++] = segments[depth];
      if (const Route* route = descend(*node.capture, depth + 1)) return route;
      --captures;
    }
    if (!node.tail) return nullptr;
    const Route* route = at_end(*node.tail);
    const std::string_view last = segments[count - 1];
    if (route) captured[captures++] = {segments[depth].data(), last.data() + last.size()};
    return route;
  }

  std::string allow() const {
    std::string text;
    for (const Method each :
         {Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete}) {
      const bool implied = each == Method::Head && allowed[index_of(Method::Get)];
      if (allowed[index_of(each)] || implied) text += std::string(name_of(each)) + ", ";
    }
    return text + "OPTIONS";
  }
};

void fill_params(Request& request, const Route& route, const Search& search) {
  request.params.clear();
  std::size_t next = 0;
  std::string_view rest = route.path_template;
  while (next < search.captures) {
    const auto open = rest.find('{');
    const auto close = rest.find('}');
    std::string_view name = rest.substr(open + 1, close - open - 1);
    if (name.ends_with('*')) name.remove_suffix(1);
    request.params.emplace_back(name, search.captured[next++]);
    rest.remove_prefix(close + 1);
  }
}

}  // namespace

struct Router::State {
  Node root;
  std::vector<std::unique_ptr<Route>> routes;
  std::vector<std::pair<std::string, ErrorRenderer>> renderers;  // longest prefix first
  ErrorRenderer plain = problem_response;
};

Router::Router() : state_(std::make_unique<State>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string path_template, RouteInfo info, Handler handler,
                 ErrorRenderer render_error) {
  assert(path_template.starts_with('/'));
  if (!render_error) render_error = problem_response;
  auto route = std::make_unique<Route>(
      Route{method, std::move(path_template), std::move(info), std::move(handler), std::move(render_error)});
  Node* node = &state_->root;
  for (const auto segment : split(std::string_view(route->path_template).substr(1), '/'))
    node = child(*node, segment);
  const Route*& place = node->routes[index_of(method)];
  assert(!place && "a route is there already");
  place = route.get();
  state_->routes.push_back(std::move(route));
}

void Router::set_error_renderer(std::string path_prefix, ErrorRenderer render_error) {
  auto& all = state_->renderers;
  all.emplace_back(std::move(path_prefix), std::move(render_error));
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

Result<const Route*> Router::match(Request& request) const {
  Search search{};
  search.method = request.method;
  const Route* route = search.take(request.path) ? search.descend(state_->root, 0) : nullptr;
  if (!route && !search.found_path)
    return fail(ErrorCode::NotFound, "nothing is served at this path", request.path);
  if (!route)
    return fail(ErrorCode::MethodNotAllowed,
                "this path does not take " + std::string(name_of(request.method)), search.allow());
  fill_params(request, *route, search);
  return route;
}

std::string Router::allow(std::string_view path) const {
  Search search{};
  search.method = Method::Options;
  if (search.take(path)) search.descend(state_->root, 0);
  return search.allow();
}

const ErrorRenderer& Router::error_renderer(std::string_view path) const {
  for (const auto& [prefix, renderer] : state_->renderers) {
    if (!path.starts_with(prefix)) continue;
    const bool whole_segment = path.size() == prefix.size() || prefix.ends_with('/') ||
                               path[prefix.size()] == '/' || path[prefix.size()] == '?';
    if (whole_segment) return renderer;
  }
  return state_->plain;
}

void Router::make_heavy(const std::function<bool(const Route&)>& which) {
  for (const auto& route : state_->routes) route->info.heavy = route->info.heavy || which(*route);
}

const std::vector<std::unique_ptr<Route>>& Router::routes() const { return state_->routes; }

}  // namespace gateway::http
