// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pages, tables and cards.

#include "lacuna/Report/Html.h"

#include "llvm/Support/JSON.h"

using namespace lacuna::html;

static constexpr llvm::StringLiteral kStyle = R"(
:root { color-scheme: light dark; --page: #f6f8fa; --card: #ffffff;
  --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --kept: #0969da;
  --void: #d8dee4; --dense: #59636e; --sparse-tensor: #8250df;
  --vector: #0969da; --tensor-core: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #151b23;
  --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --kept: #4493f8;
  --void: #2f3742; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 0;
  overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 50rem; }
.soft { color: var(--soft); margin: 0; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
td wbr { display: none; }
.facts, .cards { display: grid; gap: .75rem; margin: 1rem 0; }
.facts { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
.cards { grid-template-columns:
  repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); align-items: start; }
.facts div, .card, .scroll { background: var(--card);
  border: 1px solid var(--line); border-radius: .5rem; }
.facts div { padding: .6rem .8rem; }
.facts b { display: block; font-size: 1.15rem; overflow-wrap: anywhere; }
.facts span { color: var(--soft); font-size: .85rem; }
.card { padding: .8rem; min-width: 0; }
.card > * + * { margin-top: .6rem; }
.row { display: flex; flex-wrap: wrap; gap: .8rem; }
figure { margin: 0; }
figure svg { display: block; width: 8rem; height: 8rem;
  border: 1px solid var(--line); background: var(--void); }
figcaption { color: var(--soft); font-size: .8rem; max-width: 8rem; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line);
  text-align: right; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; }
th.left, td.left { text-align: left; }
.card th, .card td { padding: .25rem .5rem; }
.bars { display: grid; grid-template-columns: auto 1fr auto;
  gap: .25rem .6rem; align-items: center; font-size: .85rem;
  font-variant-numeric: tabular-nums; }
.bars i { display: block; height: .75rem; background: var(--void);
  border-radius: .2rem; overflow: hidden; }
.bars i b { display: block; height: 100%; background: var(--kept); }
.band { display: flex; gap: 2px; font-size: .8rem; }
.band span { flex: 1 1 0; min-width: 0; }
.band b { display: block; padding: .15rem .35rem; border-radius: .2rem;
  color: #fff; background: var(--dense); font-weight: 600;
  overflow-wrap: anywhere; }
.band b.sparse-tensor { background: var(--sparse-tensor); }
.band b.vector { background: var(--vector); }
.band b.tensor-core { background: var(--tensor-core); }
.band small { color: var(--soft); }
details { font-size: .88rem; }
summary { cursor: pointer; color: var(--soft); }
ul { margin: .4rem 0; padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
)";

std::string lacuna::html::escape(llvm::StringRef text) {
  std::string fixed =
      llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text);
  std::string result;
  for (char c : fixed) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\'':
      result += "&#39;";
      break;
    default: {
      unsigned char code = c;
      bool isControl = code < 0x20 || code == 0x7f;
      result += isControl ? std::string("\xef\xbf\xbd") : std::string(1, c);
    }
    }
  }
  return result;
}

Markup lacuna::html::text(llvm::StringRef text) { return {escape(text)}; }

/// Names of weights are long; they break behind dots.
static std::string escapeName(llvm::StringRef name) {
  std::string result;
  for (llvm::StringRef part = name; !part.empty();) {
    auto [head, rest] = part.split('.');
    result += escape(head);
    if (head.size() < part.size())
      result += ".<wbr>";
    part = rest;
  }
  return result;
}

Markup lacuna::html::code(llvm::StringRef text) {
  return {"<code>" + escapeName(text) + "</code>"};
}

Markup lacuna::html::makeTable(llvm::ArrayRef<std::string> head,
                               llvm::ArrayRef<std::vector<Markup>> rows,
                               unsigned leftColumns) {
  auto align = [&](size_t column) {
    return column < leftColumns ? " class=\"left\"" : "";
  };
  // Only what can be focused is scrolled by keys.
  std::string html = "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<tr>";
  for (size_t i = 0; i < head.size(); ++i)
    html += std::string("<th") + align(i) + ">" + escape(head[i]) + "</th>";
  html += "</tr>\n";
  for (const std::vector<Markup> &row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i)
      html += std::string("<td") + align(i) + ">" + row[i].html + "</td>";
    html += "</tr>\n";
  }
  return {html + "</table>\n</div>\n"};
}

static std::string makeList(llvm::ArrayRef<std::string> items) {
  std::string html = "<ul>\n";
  for (const std::string &item : items)
    html += "<li>" + escape(item) + "</li>\n";
  return html + "</ul>\n";
}

Markup lacuna::html::makeDetails(llvm::StringRef summary,
                                 llvm::ArrayRef<std::string> lines,
                                 bool isOpen) {
  return {std::string(isOpen ? "<details open>" : "<details>") + "<summary>" +
          escape(summary) + "</summary>\n" + makeList(lines) + "</details>\n"};
}

Markup lacuna::html::makeRow(llvm::ArrayRef<Markup> content) {
  std::string html = "<div class=\"row\">";
  for (const Markup &markup : content)
    html += markup.html;
  return {html + "</div>\n"};
}

Markup lacuna::html::makeFigure(const Markup &picture,
                                llvm::StringRef caption) {
  return {"<figure>" + picture.html + "<figcaption>" + escape(caption) +
          "</figcaption></figure>\n"};
}

Page::Page(llvm::raw_ostream &os, llvm::StringRef title,
           llvm::StringRef subtitle)
    : os(os) {
  os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<title>"
     << escape(title) << "</title>\n<style>" << kStyle
     << "</style>\n</head>\n<body>\n<h1>" << escape(title)
     << "</h1>\n<p class=\"soft\">" << escape(subtitle) << "</p>\n";
}

Page::~Page() { os << "</body>\n</html>\n"; }

void Page::heading(llvm::StringRef text) {
  os << "<h2>" << escape(text) << "</h2>\n";
}

void Page::paragraph(llvm::StringRef text) {
  os << "<p>" << escape(text) << "</p>\n";
}

void Page::add(const Markup &markup) { os << markup.html; }

void Page::facts(llvm::ArrayRef<std::pair<std::string, std::string>> facts) {
  os << "<div class=\"facts\">\n";
  for (const auto &[figure, what] : facts)
    os << "<div><b>" << escape(figure) << "</b><span>" << escape(what)
       << "</span></div>\n";
  os << "</div>\n";
}

void Page::list(llvm::ArrayRef<std::string> items) { os << makeList(items); }

void Page::beginCards() { os << "<div class=\"cards\">\n"; }

void Page::card(llvm::StringRef title, llvm::StringRef subtitle,
                llvm::ArrayRef<Markup> content) {
  os << "<div class=\"card\"><h3>" << escapeName(title)
     << "</h3><p class=\"soft\">" << escape(subtitle) << "</p>\n";
  for (const Markup &markup : content)
    os << markup.html;
  os << "</div>\n";
}

void Page::endCards() { os << "</div>\n"; }
