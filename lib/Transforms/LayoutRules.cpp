// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and applying rule files, for annotate-layouts.

#include "LayoutRules.h"

#include "lacuna/CostModel/JSON.h"

#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace lacuna;

/// Alternatives in braces that one glob may expand to.
static constexpr size_t kMaxSubPatterns = 1024;

FailureOr<std::vector<LayoutRule>>
lacuna::readLayoutRules(StringRef path,
                        llvm::function_ref<InFlightDiagnostic()> emitError) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return emitError() << "cannot read the rule file '" << path
                       << "': " << buffer.getError().message();
  llvm::Expected<llvm::json::Value> json = parseJSON((*buffer)->getBuffer());
  if (!json)
    return emitError() << "the rule file '" << path
                       << "' is not JSON: " << llvm::toString(json.takeError());
  const llvm::json::Object *object = json->getAsObject();
  if (!object)
    return emitError() << "the rule file '" << path
                       << "' is no object; expected for example "
                          "{\"*.ffn.*.weight\": \"nm<2:4>\"}";
  std::vector<LayoutRule> rules;
  for (const auto &[key, value] : *object) {
    std::optional<StringRef> layout = value.getAsString();
    if (!layout)
      return emitError() << "the rule file '" << path << "' gives '"
                         << key.str()
                         << "' no string; expected a layout such as "
                            "\"nm<2:4>\", or \"dense\"";
    llvm::Expected<llvm::GlobPattern> glob =
        llvm::GlobPattern::create(key.str(), kMaxSubPatterns);
    if (!glob)
      return emitError() << "the rule file '" << path << "' has a bad glob '"
                         << key.str()
                         << "': " << llvm::toString(glob.takeError());
    rules.push_back({key.str(), layout->trim().str(),
                     key.str().find_first_of("*?[{") == std::string::npos});
  }
  // An object has no order: the remarks and errors get one.
  llvm::sort(rules, [](const LayoutRule &a, const LayoutRule &b) {
    return a.pattern < b.pattern;
  });
  return rules;
}

// A GlobPattern refers to the text it was made of, so rules keep the text
// alone.
static bool matches(const LayoutRule &rule, StringRef name) {
  llvm::Expected<llvm::GlobPattern> glob =
      llvm::GlobPattern::create(rule.pattern, kMaxSubPatterns);
  if (glob)
    return glob->match(name);
  llvm::consumeError(glob.takeError()); // checked when the rule was read
  return false;
}

FailureOr<LayoutRule *>
lacuna::findRule(std::vector<LayoutRule> &rules, StringRef name,
                 llvm::function_ref<InFlightDiagnostic()> emitError) {
  LayoutRule *found = nullptr;
  for (LayoutRule &rule : rules)
    if (rule.isName && rule.pattern == name)
      found = &rule;
  for (LayoutRule &rule : rules) {
    if (rule.isName || !matches(rule, name))
      continue;
    ++rule.matches;
    if (!found)
      found = &rule;
    else if (!found->isName && found->layout != rule.layout)
      return emitError() << "weight '" << name << "' is matched by '"
                         << found->pattern << "' (" << found->layout
                         << ") and by '" << rule.pattern << "' (" << rule.layout
                         << "), which disagree; add a rule of its own name";
  }
  if (found && found->isName)
    ++found->matches;
  return found;
}
