// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// model.h: the names, types and shapes of an artifact for C and C++ programs.

#include "ManifestView.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace lacuna;

namespace json = llvm::json;

/// An upper-case C identifier.
static std::string makeIdentifier(StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += isAlnum(c) ? toUpper(c) : '_';
  if (identifier.empty() || isDigit(identifier.front()))
    identifier.insert(0, "_");
  return identifier;
}

/// Text inside a comment must not end it.
static std::string quoteComment(StringRef text) {
  std::string quoted;
  for (char c : text)
    quoted += c == '*' || static_cast<unsigned char>(c) < 32 ? '_' : c;
  return quoted;
}

static std::string quoteString(StringRef text) {
  std::string quoted = "\"";
  for (char c : text)
    if (isPrint(c) && c != '"' && c != '\\' && c != '?')
      quoted += c;
    else
      quoted += formatv("\\{0}{1}{2}", (c >> 6) & 3, (c >> 3) & 7, c & 7);
  return quoted + "\"";
}

/// "f32[batch, 64]".
static std::string describeType(const json::Object &tensor) {
  std::string text = tensor.getString("dtype").value_or("").str() + "[";
  const json::Array *symbols = tensor.getArray("symbols");
  for (auto [i, size] : enumerate(*tensor.getArray("shape"))) {
    int64_t number = size.getAsInteger().value_or(-1);
    StringRef name;
    if (symbols && i < symbols->size())
      name = (*symbols)[i].getAsString().value_or("");
    text += i ? ", " : "";
    text += number >= 0     ? std::to_string(number)
            : !name.empty() ? quoteComment(name)
                            : "?";
  }
  return text + "]";
}

static std::string describeTensors(const json::Array &tensors) {
  return join(map_range(tensors,
                        [](const json::Value &value) {
                          const json::Object &tensor = *value.getAsObject();
                          return quoteComment(*tensor.getString("name")) +
                                 ": " + describeType(tensor);
                        }),
              ", ");
}

namespace {
/// Collects the macros of one function; equal names are told apart.
struct Macros {
  std::string prefix;
  raw_ostream &os;
  StringSet<> &used;

  void define(const std::string &name, const Twine &value,
              const std::string &comment = "") {
    std::string unique = name;
    for (unsigned i = 1; !used.insert(unique).second; ++i)
      unique = name + "_" + std::to_string(i);
    os << "#define " << unique << " " << value;
    if (!comment.empty())
      os << " /* " << comment << " */";
    os << "\n";
  }

  void defineTensors(const std::string &kind, const json::Array &tensors) {
    define(prefix + "_NUM_" + kind + "S", Twine(tensors.size()));
    for (auto [i, value] : enumerate(tensors)) {
      const json::Object &tensor = *value.getAsObject();
      define(prefix + "_" + kind + "_" +
                 makeIdentifier(*tensor.getString("name")),
             Twine(i), describeType(tensor));
    }
  }
};
} // namespace

static void writeUsage(raw_ostream &os, const json::Array &functions,
                       StringRef stem, const std::string &guard) {
  std::string name = quoteComment(stem);
  os << "/* What " << name << ".so computes; written by lacuna-compile.\n *\n";
  for (const json::Value &value : functions) {
    const json::Object &function = *value.getAsObject();
    os << " *   " << quoteComment(*function.getString("name")) << "("
       << describeTensors(*function.getArray("inputs")) << ")\n *     -> ("
       << describeTensors(*function.getArray("outputs")) << ")\n";
  }
  os << " *\n * With lacuna/Runtime.h, and DLTensor arrays in this order:\n"
     << " *\n *   lacuna_model *model;\n *   lacuna_session *session;\n"
     << " *   lacuna_model_load(\"" << name << ".so\", &model);\n"
     << " *   lacuna_session_create(model, NULL, &session);\n";
  if (!functions.empty()) {
    std::string macro =
        guard + "_" +
        makeIdentifier(*functions[0].getAsObject()->getString("symbol"));
    os << " *   lacuna_session_run(session, " << macro << ", inputs,\n"
       << " *                      " << macro << "_NUM_INPUTS, outputs,\n"
       << " *                      " << macro << "_NUM_OUTPUTS, NULL);\n";
  }
  os << " *\n * Each call returns LACUNA_OK (0), or lacuna_last_error() says "
        "why not.\n */\n";
}

std::string lacuna::makeHeader(const json::Value &manifest, StringRef stem) {
  const json::Array &targets = *manifest.getAsObject()->getArray("targets");
  const json::Array &functions =
      *targets.front().getAsObject()->getArray("functions");
  std::string guard = makeIdentifier(stem);
  std::string text;
  raw_string_ostream os(text);
  writeUsage(os, functions, stem, guard);
  os << "#ifndef " << guard << "_H\n#define " << guard << "_H\n";
  StringSet<> used;
  used.insert(guard + "_H");
  for (const json::Value &value : functions) {
    const json::Object &function = *value.getAsObject();
    std::string prefix =
        guard + "_" + makeIdentifier(*function.getString("symbol"));
    Macros macros{prefix, os, used};
    os << "\n";
    macros.define(prefix, quoteString(*function.getString("name")));
    macros.defineTensors("INPUT", *function.getArray("inputs"));
    macros.defineTensors("OUTPUT", *function.getArray("outputs"));
  }
  os << "\n#endif /* " << guard << "_H */\n";
  return text;
}
