// Reading Turtle with serd: the only file that knows serd. serd recurses over nested brackets, so their depth
// is bounded by a scan before it runs; the number of triples is bounded while it runs.
#include <serd/serd.h>

#include <memory>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

// Deepest nesting of '[' and '(' outside of strings, IRIs and comments.
class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : text_(text) {}

  unsigned deepest() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#')
        skip_to('\n');
      else if (c == '"' || c == '\'')
        skip_string(c);
      else if (c == '<')
        skip_to('>');
      else if (c == '\\')
        ++at_;
      else
        count(c);
      ++at_;
    }
    return deepest_;
  }

 private:
  void count(char c) {
    if (c == '[' || c == '(') deepest_ = std::max(deepest_, ++depth_);
    if ((c == ']' || c == ')') && depth_ > 0) --depth_;
  }

  // An IRI never spans lines, so a stray '<' cannot hide what follows it.
  void skip_to(char end) {
    while (at_ < text_.size() && text_[at_] != end && text_[at_] != '\n') ++at_;
  }

  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool is_long = text_.substr(at_, 3) == triple;
    for (at_ += is_long ? 3 : 1; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (is_long ? text_.substr(at_, 3) == triple : text_[at_] == quote || text_[at_] == '\n')
        break;
    }
    if (is_long) at_ += 2;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned depth_ = 0, deepest_ = 0;
};

std::string_view view(const SerdNode& node) {
  return {reinterpret_cast<const char*>(node.buf), node.n_bytes};
}

class Reader {
 public:
  Reader(std::string_view base, const RdfLimits& limits) : limits_(limits) {
    SerdNode node = SERD_NODE_NULL;
    const std::string text(base);
    if (!base.empty()) node = serd_node_from_string(SERD_URI, reinterpret_cast<const uint8_t*>(text.c_str()));
    env_.reset(serd_env_new(base.empty() ? nullptr : &node));
    reader_.reset(serd_reader_new(SERD_TURTLE, this, nullptr, on_base, on_prefix, on_statement, nullptr));
    serd_reader_set_strict(reader_.get(), true);
    serd_reader_set_error_sink(reader_.get(), on_error, this);
  }

  Result<Graph> read(const std::string& text) {
    const SerdStatus status =
        serd_reader_read_string(reader_.get(), reinterpret_cast<const uint8_t*>(text.c_str()));
    if (too_many_) return fail(ErrorCode::BodyTooLarge, "the document has too many triples");
    if (!fault_.empty())
      return fail(ErrorCode::InvalidBody, "the Turtle document cannot be read: " + fault_, where_);
    if (status > SERD_FAILURE)
      return fail(ErrorCode::InvalidBody, "the Turtle document cannot be read", where_,
                  reinterpret_cast<const char*>(serd_strerror(status)));
    return std::move(graph_);
  }

 private:
  static Reader& self(void* handle) { return *static_cast<Reader*>(handle); }

  static SerdStatus on_base(void* handle, const SerdNode* uri) {
    return serd_env_set_base_uri(self(handle).env_.get(), uri);
  }
  static SerdStatus on_prefix(void* handle, const SerdNode* name, const SerdNode* uri) {
    return serd_env_set_prefix(self(handle).env_.get(), name, uri);
  }
  static SerdStatus on_error(void* handle, const SerdError* error) {
    Reader& reader = self(handle);
    if (!reader.fault_.empty()) return SERD_SUCCESS;
    reader.fault_ = reinterpret_cast<const char*>(serd_strerror(error->status));
    reader.where_ = "line " + std::to_string(error->line) + ", column " + std::to_string(error->col);
    return SERD_SUCCESS;
  }
  static SerdStatus on_statement(void* handle, SerdStatementFlags, const SerdNode*, const SerdNode* subject,
                                 const SerdNode* predicate, const SerdNode* object, const SerdNode* datatype,
                                 const SerdNode* language) {
    return self(handle).add(*subject, *predicate, *object, datatype, language);
  }

  SerdStatus add(const SerdNode& subject, const SerdNode& predicate, const SerdNode& object,
                 const SerdNode* datatype, const SerdNode* language) {
    if (graph_.size() >= limits_.max_triples) return too_many_ = true, SERD_ERR_UNKNOWN;
    Term s, p, o;
    if (!resource(subject, s) || !resource(predicate, p)) return SERD_ERR_BAD_CURIE;
    if (object.type != SERD_LITERAL) {
      if (!resource(object, o)) return SERD_ERR_BAD_CURIE;
    } else if (language && language->buf) {
      o = text_in(view(object), view(*language));
    } else {
      Term type = iri(kXsdString);
      if (datatype && datatype->buf && !resource(*datatype, type)) return SERD_ERR_BAD_CURIE;
      o = literal(view(object), type.text);
    }
    graph_.add(s, p.text, o);
    return SERD_SUCCESS;
  }

  // An IRI, absolute, or a blank node. False: undeclared prefix, or a relative IRI without a base.
  bool resource(const SerdNode& node, Term& into) {
    if (node.type == SERD_BLANK) {
      into = {.kind = Term::Kind::Blank, .text = std::string(view(node)), .datatype = {}, .language = {}};
      return true;
    }
    SerdNode expanded = serd_env_expand_node(env_.get(), &node);
    const std::string text(expanded.buf ? view(expanded) : std::string_view());
    serd_node_free(&expanded);
    into = iri(text);
    if (is_absolute_iri(into.text)) return true;
    if (fault_.empty())
      fault_ = "undeclared prefix or relative IRI: " + std::string(view(node).substr(0, 200));
    return false;
  }

  struct Free {
    void operator()(SerdEnv* env) const { serd_env_free(env); }
    void operator()(SerdReader* reader) const { serd_reader_free(reader); }
  };
  RdfLimits limits_;
  std::unique_ptr<SerdEnv, Free> env_;
  std::unique_ptr<SerdReader, Free> reader_;
  Graph graph_;
  std::string fault_, where_;
  bool too_many_ = false;
};

}  // namespace

Result<Graph> parse_turtle(std::string_view text, std::string_view base, const RdfLimits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(ErrorCode::BodyTooLarge, "the Turtle document is too large");
  if (text.find('\0') != std::string_view::npos || !is_utf8(text))
    return fail(ErrorCode::InvalidBody, "the Turtle document is not UTF-8 text");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (DepthScan(text).deepest() > limits.max_depth)
    return fail(ErrorCode::InvalidBody, "the Turtle document nests brackets too deeply");
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Graph{};  // serd calls this a fault
  return Reader(base, limits).read(std::string(text) + "\n");
}

}  // namespace gateway::codec
