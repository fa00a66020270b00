// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Building blocks of reports that are one HTML file: no scripts, nothing from
// elsewhere, light and dark as the reader has it, from a phone's width on.
// Everything that is called text is escaped here; `Markup` is what already is.

#ifndef LACUNA_REPORT_HTML_H
#define LACUNA_REPORT_HTML_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace lacuna::html {

/// Text for element content and quoted attributes. Bytes that are no UTF-8,
/// and control characters, become U+FFFD.
std::string escape(llvm::StringRef text);

/// HTML or SVG, well-formed and escaped.
struct Markup {
  std::string html;
};

Markup text(llvm::StringRef text);
/// Names and code, which may break behind dots.
Markup code(llvm::StringRef text);

/// The density of a weight in rows x columns cells, 0 (nothing) to 255
/// (everything). `label` says what is seen, for those who do not see it.
Markup makeDensityMap(unsigned rows, unsigned columns,
                      llvm::ArrayRef<uint8_t> cells, llvm::StringRef label);

/// Single elements, a bit each: bit c of row r.
Markup makeBitMap(llvm::ArrayRef<uint32_t> rows, unsigned columns,
                  llvm::StringRef label);

/// One line of bars that are compared: all of it, and the part that is left.
struct Bar {
  std::string label;
  double kept = 0, whole = 0;
  std::string value; ///< written behind it, such as "26.9 of 43.1 MB"
};
Markup makeBars(llvm::ArrayRef<Bar> bars);

/// Routes along an axis of sizes: a segment begins at `from`.
struct Segment {
  std::string from;  ///< "1", "512"
  std::string route; ///< chooses the color: "dense", "vector", ...
  std::string value; ///< such as "1.4x"; may be empty
};
Markup makeBand(llvm::ArrayRef<Segment> segments);

/// A table that scrolls by itself where it is wider than the page. The first
/// `leftColumns` columns are text, the others numbers.
Markup makeTable(llvm::ArrayRef<std::string> head,
                 llvm::ArrayRef<std::vector<Markup>> rows,
                 unsigned leftColumns = 1);

/// What can be unfolded.
Markup makeDetails(llvm::StringRef summary, llvm::ArrayRef<std::string> lines,
                   bool isOpen = false);

/// A page under way; the destructor ends it.
class Page {
public:
  Page(llvm::raw_ostream &os, llvm::StringRef title, llvm::StringRef subtitle);
  ~Page();
  Page(const Page &) = delete;

  void heading(llvm::StringRef text);
  void paragraph(llvm::StringRef text);
  void add(const Markup &markup);
  /// Pairs of a figure and what it counts, as tiles.
  void facts(llvm::ArrayRef<std::pair<std::string, std::string>> facts);
  void list(llvm::ArrayRef<std::string> items);

  /// Cards side by side, as many as there is room for.
  void beginCards();
  void card(llvm::StringRef title, llvm::StringRef subtitle,
            llvm::ArrayRef<Markup> content);
  void endCards();

private:
  llvm::raw_ostream &os;
};

/// Markups in one line, wrapped where there is no room.
Markup makeRow(llvm::ArrayRef<Markup> content);
/// A picture with a line of text below it.
Markup makeFigure(const Markup &picture, llvm::StringRef caption);

} // namespace lacuna::html

#endif // LACUNA_REPORT_HTML_H
