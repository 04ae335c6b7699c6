#include <algorithm>
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/lexer.h"

namespace gateway::fhirpath {
namespace {

struct OperatorRow {
  std::string_view word;
  Operator op;
  int precedence;  // higher binds tighter
};

// N1 section 8.2, the rows in use.
constexpr std::array kOperators = {
    OperatorRow{"=", Operator::Equal, 5},         OperatorRow{"!=", Operator::NotEqual, 5},
    OperatorRow{"~", Operator::Equivalent, 5},    OperatorRow{"!~", Operator::NotEquivalent, 5},
    OperatorRow{"in", Operator::In, 4},           OperatorRow{"and", Operator::And, 3},
    OperatorRow{"or", Operator::Or, 2},           OperatorRow{"xor", Operator::Xor, 2},
    OperatorRow{"implies", Operator::Implies, 1},
};

const OperatorRow* operator_of(const Token& token) {
  for (const OperatorRow& row : kOperators)
    if (token.is(row.word)) return &row;
  return nullptr;
}

class Parser {
 public:
  Parser(std::string_view text, const CompileOptions& options)
      : options_(options), lexer_(text, options.tag_names) {
    ast_.text = text;
  }

  Result<Ast> parse() {
    TRY(advance());
    ast_.root = TRY(expression(1));
    if (token_.kind != TokenKind::End) return unexpected();
    return std::move(ast_);
  }

 private:
  Error unexpected() const {
    if (token_.kind == TokenKind::End) return fault_at(token_.position, "the expression ends early");
    return fault_at(token_.position, "\"" + token_.text + "\" is not expected here, or not available");
  }

  Result<void> advance() {
    token_ = TRY(lexer_.next());
    return {};
  }

  Result<bool> accept(std::string_view symbol) {
    if (token_.kind != TokenKind::Symbol || token_.text != symbol) return false;
    TRY(advance());
    return true;
  }

  Result<void> expect(std::string_view symbol) {
    if (!TRY(accept(symbol))) return unexpected();
    return {};
  }

  // Adds a node above its parts; the tree must not get deeper than the evaluator may recurse.
  Result<NodeIndex> add(AstNode node) {
    std::size_t below = node.input == kNoNode ? 0 : ast_.nodes[node.input].depth;
    for (const NodeIndex part : node.arguments) below = std::max<std::size_t>(below, ast_.nodes[part].depth);
    if (below >= options_.max_depth) return too_deep(node.position);
    node.depth = static_cast<std::uint16_t>(below + 1);
    ast_.nodes.push_back(std::move(node));
    return static_cast<NodeIndex>(ast_.nodes.size() - 1);
  }

  Error too_deep(std::size_t position) const {
    return fault_at(position, "nested deeper than " + std::to_string(options_.max_depth) + " levels");
  }

  // Precedence climbing; all operators associate to the left.
  Result<NodeIndex> expression(int lowest) {
    if (++nesting_ > options_.max_depth) return too_deep(token_.position);
    NodeIndex left = TRY(invocation());
    for (const OperatorRow* row = operator_of(token_); row && row->precedence >= lowest;
         row = operator_of(token_)) {
      AstNode node;
      node.kind = AstNode::Kind::Binary;
      node.op = row->op;
      node.position = token_.position;
      TRY(advance());
      const NodeIndex right = TRY(expression(row->precedence + 1));
      node.arguments = {left, right};
      left = TRY(add(std::move(node)));
    }
    --nesting_;
    return left;
  }

  // term ('.' member | '.' call | '[' index ']')*
  Result<NodeIndex> invocation() {
    NodeIndex at = TRY(term());
    while (true) {
      if (TRY(accept("."))) {
        at = TRY(member_or_call(at));
      } else if (token_.kind == TokenKind::Symbol && token_.text == "[") {
        at = TRY(index(at));
      } else {
        return at;
      }
    }
  }

  Result<NodeIndex> index(NodeIndex input) {
    AstNode node;
    node.kind = AstNode::Kind::Index;
    node.position = token_.position;
    node.input = input;
    TRY(expect("["));
    node.arguments.push_back(TRY(expression(1)));
    TRY(expect("]"));
    return add(std::move(node));
  }

  Result<NodeIndex> term() {
    switch (token_.kind) {
      case TokenKind::Text:
      case TokenKind::Integer:
      case TokenKind::Decimal:
        return literal(false);
      case TokenKind::Constant:
        return constant();
      case TokenKind::Special:
        return special();
      case TokenKind::Symbol:
        return bracketed();
      case TokenKind::Name:
        if (token_.text == "true" || token_.text == "false") return literal(false);
        return member_or_call(kNoNode);
      case TokenKind::QuotedName:
        return member_or_call(kNoNode);
      case TokenKind::End:
        break;
    }
    return unexpected();
  }

  // ( expression ), {} and a negative number.
  Result<NodeIndex> bracketed() {
    AstNode node;
    node.position = token_.position;
    if (TRY(accept("("))) {
      const NodeIndex inner = TRY(expression(1));
      TRY(expect(")"));
      return inner;
    }
    if (TRY(accept("{"))) {
      TRY(expect("}"));
      return add(std::move(node));
    }
    if (TRY(accept("-")) && (token_.kind == TokenKind::Integer || token_.kind == TokenKind::Decimal))
      return literal(true);
    return unexpected();
  }

  Result<NodeIndex> literal(bool negative) {
    AstNode node;
    node.kind = AstNode::Kind::Literal;
    node.position = token_.position;
    const std::string text = (negative ? "-" : "") + token_.text;
    if (token_.kind == TokenKind::Integer) {
      const auto number = parse_number<std::int64_t>(text);
      if (!number) return fault_at(token_.position, "the number does not fit 64 bits");
      node.literal = *number;
    } else if (token_.kind == TokenKind::Decimal) {
      node.literal = Decimal{text};
    } else if (token_.kind == TokenKind::Text) {
      node.literal = token_.text;
    } else {
      node.literal = token_.text == "true";
    }
    TRY(advance());
    return add(std::move(node));
  }

  Result<NodeIndex> constant() {
    const auto& known = options_.constants;
    if (std::find(known.begin(), known.end(), token_.text) == known.end())
      return fault_at(token_.position, "unknown constant %" + token_.text);
    AstNode node;
    node.kind = AstNode::Kind::Constant;
    node.position = token_.position;
    node.name = token_.text;
    TRY(advance());
    return add(std::move(node));
  }

  Result<NodeIndex> special() {
    if (token_.text != "this") return fault_at(token_.position, "unknown name $" + token_.text);
    AstNode node;
    node.kind = AstNode::Kind::This;
    node.position = token_.position;
    TRY(advance());
    return add(std::move(node));
  }

  Result<NodeIndex> member_or_call(NodeIndex input) {
    if (token_.kind != TokenKind::Name && token_.kind != TokenKind::QuotedName) return unexpected();
    AstNode node;
    node.kind = AstNode::Kind::Member;
    node.position = token_.position;
    node.name = token_.text;
    node.input = input;
    TRY(advance());
    if (TRY(accept("("))) TRY(finish_call(node));
    return add(std::move(node));
  }

  Result<void> finish_call(AstNode& node) {
    node.kind = AstNode::Kind::Call;
    node.function = find_function(node.name);
    if (!node.function) return fault_at(node.position, "unknown function " + node.name + "()");
    while (token_.kind != TokenKind::Symbol || token_.text != ")") {
      if (!node.arguments.empty()) TRY(expect(","));
      node.arguments.push_back(TRY(expression(1)));
    }
    TRY(advance());
    const auto count = node.arguments.size();
    if (count < node.function->least || count > node.function->most)
      return fault_at(node.position, "wrong number of arguments of " + node.name + "()");
    return {};
  }

  const CompileOptions& options_;
  Lexer lexer_;
  Token token_;
  Ast ast_;
  std::size_t nesting_ = 0;
};

}  // namespace

Result<Ast> parse(std::string_view text, const CompileOptions& options) {
  if (text.size() > options.max_length)
    return fault_at(options.max_length, "longer than " + std::to_string(options.max_length) + " characters");
  if (!is_utf8(text)) return fault_at(0, "not valid UTF-8");
  return Parser(text, options).parse();
}

}  // namespace gateway::fhirpath
