// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text for messages: quoting what files say, and the nearest names.

#include "Text.h"
#include "lacuna/Packing/Parameters.h"

#include <algorithm>
#include <numeric>

using namespace lacuna::packing;

std::string lacuna::packing::quote(std::string_view text) {
  constexpr size_t limit = 160;
  constexpr char digits[] = "0123456789abcdef";
  std::string quoted = "'";
  for (unsigned char c : text.substr(0, limit)) {
    if (c >= 0x20 && c < 0x7f) {
      quoted += static_cast<char>(c);
      continue;
    }
    quoted += "\\x";
    quoted += digits[c >> 4];
    quoted += digits[c & 15];
  }
  return quoted + (text.size() > limit ? "...'" : "'");
}

/// Levenshtein's distance, by the usual two rows.
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t(0));
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// Whether one name is the other behind a prefix that ends in a dot, as in
/// "model.fc.weight" and "fc.weight": the commonest difference.
static bool differByPrefix(std::string_view a, std::string_view b) {
  if (a.size() < b.size())
    std::swap(a, b);
  return a.size() > b.size() + 1 && !b.empty() &&
         a[a.size() - b.size() - 1] == '.' &&
         a.substr(a.size() - b.size()) == b;
}

std::string
lacuna::packing::suggestNames(std::string_view name,
                              const std::vector<std::string> &names) {
  constexpr size_t longest = 256, most = 3;
  size_t limit = std::max<size_t>(2, name.size() / 4);
  std::vector<std::pair<size_t, std::string_view>> near;
  for (const std::string &candidate : names) {
    if (differByPrefix(name, candidate)) {
      near.emplace_back(1, candidate);
      continue;
    }
    size_t longer = std::max(name.size(), candidate.size());
    size_t shorter = std::min(name.size(), candidate.size());
    if (longer > longest || longer - shorter > limit)
      continue;
    size_t distance = editDistance(name, candidate);
    if (distance <= limit && distance < longer)
      near.emplace_back(distance, candidate);
  }
  if (near.empty())
    return "";
  size_t count = std::min(near.size(), most);
  std::partial_sort(near.begin(), near.begin() + count, near.end());
  std::string text = "; did you mean ";
  for (size_t i = 0; i < count; ++i)
    text += (i == 0          ? ""
             : i + 1 < count ? ", "
                             : " or ") +
            quote(near[i].second);
  return text + "?";
}
