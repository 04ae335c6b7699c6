#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/fhirpath/ast.h"
#include "gateway/fhirpath/constants.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/lexer.h"
#include "gateway/fhirpath/moment.h"

namespace gateway::fhirpath {
namespace {

struct OperatorRow {
  std::string_view word;
  Operator op;
  int precedence;  // higher binds tighter
};

constexpr int kSignPrecedence = 11;  // paths bind tightest
// N1 section 8.2.
constexpr std::array kOperators = {
    OperatorRow{"*", Operator::Multiply, 10},
    OperatorRow{"/", Operator::Divide, 10},
    OperatorRow{"div", Operator::WholeDivide, 10},
    OperatorRow{"mod", Operator::Modulo, 10},
    OperatorRow{"+", Operator::Add, 9},
    OperatorRow{"-", Operator::Subtract, 9},
    OperatorRow{"&", Operator::Concatenate, 9},
    OperatorRow{"is", Operator::Is, 8},
    OperatorRow{"as", Operator::As, 8},
    OperatorRow{"|", Operator::Union, 7},
    OperatorRow{"<", Operator::Less, 6},
    OperatorRow{"<=", Operator::LessEqual, 6},
    OperatorRow{">", Operator::Greater, 6},
    OperatorRow{">=", Operator::GreaterEqual, 6},
    OperatorRow{"=", Operator::Equal, 5},
    OperatorRow{"!=", Operator::NotEqual, 5},
    OperatorRow{"~", Operator::Equivalent, 5},
    OperatorRow{"!~", Operator::NotEquivalent, 5},
    OperatorRow{"in", Operator::In, 4},
    OperatorRow{"contains", Operator::Contains, 4},
    OperatorRow{"and", Operator::And, 3},
    OperatorRow{"or", Operator::Or, 2},
    OperatorRow{"xor", Operator::Xor, 2},
    OperatorRow{"implies", Operator::Implies, 1},
};

const OperatorRow* operator_of(const Token& token) {
  for (const OperatorRow& row : kOperators)
    if (token.is(row.word)) return &row;
  return nullptr;
}

bool is_capital(std::string_view name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

class Parser {
 public:
  Parser(std::string_view text, const CompileOptions& options)
      : options_(options), lexer_(text, options.tag_names) {
    ast_.text = text;
    ast_.as_filters = options.as_filters;
  }

  Result<Ast> parse() {
    TRY(advance());
    ast_.root = TRY(expression(1));
    if (token_.kind != TokenKind::End) return unexpected();
    TRY(check_constants());
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

  bool at_symbol(std::string_view symbol) const {
    return token_.kind == TokenKind::Symbol && token_.text == symbol;
  }

  Result<bool> accept(std::string_view symbol) {
    if (!at_symbol(symbol)) return false;
    TRY(advance());
    return true;
  }

  Result<void> expect(std::string_view symbol) {
    if (!TRY(accept(symbol))) return unexpected();
    return {};
  }

  AstNode start(AstNode::Kind kind) const {
    AstNode node;
    node.kind = kind;
    node.position = token_.position;
    return node;
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
    NodeIndex left = TRY(signed_term());
    for (const OperatorRow* row = operator_of(token_); row && row->precedence >= lowest;
         row = operator_of(token_)) {
      AstNode node = start(AstNode::Kind::Binary);
      node.op = row->op;
      TRY(advance());
      node.arguments.push_back(left);
      if (row->op == Operator::Is || row->op == Operator::As) {
        TRY(type_name(node));
      } else {
        node.arguments.push_back(TRY(expression(row->precedence + 1)));
      }
      left = TRY(add(std::move(node)));
    }
    --nesting_;
    return left;
  }

  // -1.abs() is -(1.abs()): paths bind tighter than signs.
  Result<NodeIndex> signed_term() {
    if (!at_symbol("-") && !at_symbol("+")) return invocation();
    AstNode node = start(AstNode::Kind::Sign);
    node.name = token_.text;
    TRY(advance());
    const NodeIndex operand = TRY(expression(kSignPrecedence));
    if (fold_sign(ast_.nodes[operand], node.name == "-")) return operand;
    node.arguments.push_back(operand);
    return add(std::move(node));
  }

  // A number with a sign is a literal.
  static bool fold_sign(AstNode& operand, bool negative) {
    if (operand.kind != AstNode::Kind::Literal) return false;
    if (auto* integer = std::get_if<std::int64_t>(&operand.literal)) {
      if (negative) *integer = -*integer;
      return true;
    }
    auto* decimal = std::get_if<Decimal>(&operand.literal);
    if (decimal && negative)
      decimal->text = decimal->text.starts_with('-') ? decimal->text.substr(1) : "-" + decimal->text;
    return decimal != nullptr;
  }

  // term ('.' member | '.' call | '[' index ']')*
  Result<NodeIndex> invocation() {
    NodeIndex at = TRY(term());
    while (true) {
      if (TRY(accept("."))) {
        at = TRY(member_or_call(at));
      } else if (at_symbol("[")) {
        at = TRY(index(at));
      } else {
        return at;
      }
    }
  }

  Result<NodeIndex> index(NodeIndex input) {
    AstNode node = start(AstNode::Kind::Item);
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
      case TokenKind::Long:
      case TokenKind::Date:
      case TokenKind::DateTime:
      case TokenKind::Time:
        return literal();
      case TokenKind::Constant:
        return constant();
      case TokenKind::Special:
        return special();
      case TokenKind::Symbol:
        return bracketed();
      case TokenKind::Name:
        if (token_.text == "true" || token_.text == "false") return literal();
        return member_or_call(kNoNode);
      case TokenKind::QuotedName:
        return member_or_call(kNoNode);
      case TokenKind::End:
        break;
    }
    return unexpected();
  }

  // ( expression ) and {}.
  Result<NodeIndex> bracketed() {
    AstNode node = start(AstNode::Kind::Empty);
    if (TRY(accept("("))) {
      const NodeIndex inner = TRY(expression(1));
      TRY(expect(")"));
      return inner;
    }
    if (TRY(accept("{"))) {
      TRY(expect("}"));
      return add(std::move(node));
    }
    return unexpected();
  }

  Result<NodeIndex> literal() {
    AstNode node = start(AstNode::Kind::Literal);
    const Token token = token_;
    TRY(advance());
    switch (token.kind) {
      case TokenKind::Integer:
      case TokenKind::Decimal:
        return number(std::move(node), token);
      case TokenKind::Long: {
        const auto number = parse_number<std::int64_t>(token.text);
        if (!number) return fault_at(token.position, "the number does not fit 64 bits");
        node.literal = Long{*number};
        break;
      }
      case TokenKind::Text:
        node.literal = token.text;
        break;
      case TokenKind::Date:
      case TokenKind::DateTime:
      case TokenKind::Time:
        TRY(moment(node, token));
        break;
      default:
        node.literal = token.text == "true";
        break;
    }
    return add(std::move(node));
  }

  // A number, or a quantity when a unit follows (N1 section 4.1.8).
  Result<NodeIndex> number(AstNode node, const Token& token) {
    const bool calendar = token_.kind == TokenKind::Name && duration_of(token_.text);
    if (calendar || token_.kind == TokenKind::Text) {
      Quantity quantity;
      quantity.value = Decimal{token.text};
      quantity.unit = token_.text;
      quantity.calendar = calendar;
      node.literal = std::move(quantity);
      TRY(advance());
    } else if (token.kind == TokenKind::Decimal) {
      node.literal = Decimal{token.text};
    } else {
      const auto integer = parse_number<std::int64_t>(token.text);
      if (!integer) return fault_at(token.position, "the number does not fit 64 bits");
      node.literal = *integer;
    }
    return add(std::move(node));
  }

  Result<void> moment(AstNode& node, const Token& token) const {
    if (token.kind == TokenKind::Date) {
      if (const auto date = parse_date(token.text)) return node.literal = *date, Result<void>();
    } else if (token.kind == TokenKind::Time) {
      if (const auto time = parse_time(token.text)) return node.literal = *time, Result<void>();
    } else if (const auto value = parse_date_time(token.text, true)) {
      return node.literal = *value, Result<void>();
    }
    return fault_at(token.position, "@" + token.text + " is no date or time");
  }

  Result<NodeIndex> constant() {
    AstNode node = start(AstNode::Kind::Constant);
    node.name = token_.text;
    TRY(advance());
    return add(std::move(node));
  }

  Result<NodeIndex> special() {
    AstNode node = start(AstNode::Kind::This);
    if (token_.text == "index") {
      node.kind = AstNode::Kind::Index;
    } else if (token_.text == "total") {
      node.kind = AstNode::Kind::Total;
    } else if (token_.text != "this") {
      return fault_at(token_.position, "unknown name $" + token_.text);
    }
    TRY(advance());
    return add(std::move(node));
  }

  Result<NodeIndex> member_or_call(NodeIndex input) {
    if (token_.kind != TokenKind::Name && token_.kind != TokenKind::QuotedName) return unexpected();
    if (input == kNoNode && token_.kind == TokenKind::Name)
      for (const std::string_view word : {"and", "or", "xor", "implies", "div", "mod"})
        if (token_.text == word) return unexpected();
    AstNode node = start(AstNode::Kind::Member);
    node.name = token_.text;
    node.capital = is_capital(node.name);
    node.input = input;
    TRY(advance());
    if (TRY(accept("("))) TRY(finish_call(node));
    return add(std::move(node));
  }

  Result<void> finish_call(AstNode& node) {
    node.kind = AstNode::Kind::Call;
    node.function = find_function(node.name);
    if (!node.function) return fault_at(node.position, "unknown function " + node.name + "()");
    std::size_t count = 0;
    for (; !at_symbol(")"); ++count) {
      if (count > 0) TRY(expect(","));
      TRY(argument(node));
    }
    TRY(advance());
    if (count < node.function->least || count > node.function->most)
      return fault_at(node.position, "wrong number of arguments of " + node.name + "()");
    node.regex = literal_regex(ast_, node);
    return {};
  }

  Result<void> argument(AstNode& node) {
    if (node.function->kind == Function::Arguments::Type) return type_name(node);
    node.arguments.push_back(TRY(expression(1)));
    if (node.function->kind == Function::Arguments::Sort) {
      node.descending.push_back(token_.is("desc"));
      if (token_.is("desc") || token_.is("asc")) TRY(advance());
    }
    return {};
  }

  // A type, with or without its space: System.String (N1 section 6.3).
  Result<void> type_name(AstNode& node) {
    if (token_.kind != TokenKind::Name && token_.kind != TokenKind::QuotedName) return unexpected();
    node.type = token_.text;
    TRY(advance());
    if (!TRY(accept("."))) return {};
    if (token_.kind != TokenKind::Name && token_.kind != TokenKind::QuotedName) return unexpected();
    node.type_space = std::exchange(node.type, token_.text);
    return advance();
  }

  bool is_known(std::string_view constant) const {
    const auto& given = options_.constants;
    return is_node_constant(constant) || constant_text(constant) ||
           std::find(given.begin(), given.end(), constant) != given.end();
  }

  bool is_defined(std::string_view constant) const {
    return std::any_of(ast_.nodes.begin(), ast_.nodes.end(), [&](const AstNode& node) {
      if (node.kind != AstNode::Kind::Call || node.name != "defineVariable") return false;
      const auto* name = std::get_if<std::string>(&ast_.nodes[node.arguments[0]].literal);
      return !name || *name == constant;
    });
  }

  Result<void> check_constants() const {
    if (options_.any_constant) return {};
    for (const AstNode& node : ast_.nodes)
      if (node.kind == AstNode::Kind::Constant && !is_known(node.name) && !is_defined(node.name))
        return fault_at(node.position, "unknown constant %" + node.name);
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
