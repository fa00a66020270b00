// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pictures: maps as paths, one for each shade, so that a page with many of
// them stays small; bars and bands as boxes, whose text wraps.

#include "lacuna/Report/Html.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace lacuna::html;
using llvm::formatv;

/// The number in as many digits as a page needs.
static std::string number(double value) {
  std::string text = formatv("{0:f2}", value);
  return llvm::StringRef(text).rtrim('0').rtrim('.').str();
}

static std::string beginMap(unsigned rows, unsigned columns,
                            llvm::StringRef label) {
  return formatv("<svg role=\"img\" aria-label=\"{0}\" viewBox=\"0 0 {1} {2}\" "
                 "preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\">",
                 escape(label), columns, rows);
}

/// Runs of cells of a row for which `isIn` holds, as a path.
template <typename IsInFn>
static std::string makePath(unsigned rows, unsigned columns, IsInFn isIn) {
  std::string path;
  for (unsigned r = 0; r < rows; ++r)
    for (unsigned c = 0; c < columns; ++c) {
      unsigned begin = c;
      while (c < columns && isIn(r, c))
        ++c;
      if (c > begin)
        path += formatv("M{0} {1}h{2}v1h-{2}z", begin, r, c - begin).str();
    }
  return path;
}

Markup lacuna::html::makeDensityMap(unsigned rows, unsigned columns,
                                    llvm::ArrayRef<uint8_t> cells,
                                    llvm::StringRef label) {
  // Shade 0 only where nothing is, the last only where everything is.
  constexpr unsigned shades = 17;
  auto shade = [](uint8_t cell) -> unsigned {
    return cell == 0 ? 0 : cell == 255 ? shades - 1 : 1 + cell / 17;
  };
  std::string html = beginMap(rows, columns, label);
  for (unsigned i = 1; i < shades; ++i) {
    std::string path = makePath(rows, columns, [&](unsigned r, unsigned c) {
      return shade(cells[r * columns + c]) == i;
    });
    if (!path.empty())
      html += formatv("<path fill=\"var(--kept)\" fill-opacity=\"{0}\" "
                      "d=\"{1}\"/>",
                      number(double(i) / (shades - 1)), path);
  }
  return {html + "</svg>"};
}

Markup lacuna::html::makeBitMap(llvm::ArrayRef<uint32_t> rows, unsigned columns,
                                llvm::StringRef label) {
  std::string path =
      makePath(rows.size(), columns,
               [&](unsigned r, unsigned c) { return (rows[r] >> c) & 1; });
  return {beginMap(rows.size(), columns, label) +
          "<path fill=\"var(--kept)\" d=\"" + path + "\"/></svg>"};
}

Markup lacuna::html::makeBars(llvm::ArrayRef<Bar> bars) {
  double widest = 0;
  for (const Bar &bar : bars)
    widest = std::max(widest, bar.whole);
  std::string html = "<div class=\"bars\">";
  for (const Bar &bar : bars) {
    double whole = widest > 0 ? 100 * bar.whole / widest : 0;
    double kept = bar.whole > 0 ? 100 * bar.kept / bar.whole : 0;
    html += formatv("<span>{0}</span><i style=\"width:{1}%\"><b "
                    "style=\"width:{2}%\"></b></i><span>{3}</span>\n",
                    escape(bar.label), number(std::min(100.0, whole)),
                    number(std::clamp(kept, 0.0, 100.0)), escape(bar.value));
  }
  return {html + "</div>\n"};
}

Markup lacuna::html::makeBand(llvm::ArrayRef<Segment> segments) {
  std::string html = "<div class=\"band\">";
  for (const Segment &segment : segments) {
    std::string name = escape(segment.route);
    html +=
        formatv("<span><b class=\"{0}\">{0}{1}</b><small>{2}</small>"
                "</span>",
                name, segment.value.empty() ? "" : " " + escape(segment.value),
                escape(segment.from));
  }
  return {html + "</div>\n"};
}
