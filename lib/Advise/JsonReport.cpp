// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report as JSON. It has no times and no paths of this run, so that the
// same weights give the same file.

#include "Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::advise;
using llvm::json::OStream;

/// Four digits: sums of floats differ in their last ones with the machine.
static void number(OStream &json, llvm::StringRef key, double value) {
  if (!std::isfinite(value))
    return json.attribute(key, nullptr);
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", value);
  double rounded = 0;
  (void)llvm::StringRef(text).getAsDouble(rounded);
  json.attribute(key, rounded);
}

/// Names come from files and may be no UTF-8.
static std::string text(llvm::StringRef name) {
  return llvm::json::isUTF8(name) ? name.str() : llvm::json::fixUTF8(name);
}

static void writePart(OStream &json, const PartFinding &part) {
  json.attribute("total", int64_t(part.total));
  json.attribute("zero", int64_t(part.zero));
  json.attribute("near_zero", int64_t(part.nearZero));
  number(json, "lost_by_lightest_half", part.lostHalf);
}

static void writePatterns(OStream &json, const Findings &findings) {
  json.attributeArray("patterns", [&] {
    for (const PatternFinding &pattern : findings.patterns)
      json.object([&] {
        json.attribute("layout", pattern.layout.str());
        json.attribute("groups", int64_t(pattern.groups));
        json.attribute("broken", int64_t(pattern.broken));
        json.attribute("nearly", pattern.nearlyHolds());
        number(json, "norm_lost", findings.nonfinite ? NAN : pattern.lost);
      });
  });
}

static void writeUse(OStream &json, const Use &use) {
  json.object([&] {
    if (!use.function.empty()) {
      json.attribute("function", use.function);
      json.attribute("location", use.location);
    }
    json.attribute("dim", int64_t(use.dim));
    json.attribute("weights", use.size.batch);
    json.attribute("rows", use.size.rows);
    json.attribute("depth", use.size.depth);
    if (use.size.columns)
      json.attribute("columns", use.size.columns);
    else
      json.attribute("columns_per_batch", use.columnsPerBatch);
  });
}

static void writeAdvice(OStream &json, const WeightReport &weight) {
  json.attributeArray("advice", [&] {
    for (const LayoutAdvice &advice : weight.advice)
      json.object([&] {
        json.attribute("layout", advice.pattern.layout.str());
        json.attribute("holds", advice.pattern.holds());
        number(json, "work", advice.work);
        number(json, "dense_bytes", advice.denseBytes);
        number(json, "stored_bytes", advice.storedBytes);
        json.attributeArray("batches", [&] {
          for (const BatchAdvice &batch : advice.batches)
            json.object([&] {
              json.attribute("batch", batch.batch);
              json.attribute("columns", batch.columns);
              json.attribute("route", batch.route);
              number(json, "microseconds", 1e6 * batch.seconds);
              number(json, "dense_microseconds", 1e6 * batch.denseSeconds);
              number(json, "gain", batch.getGain());
              if (!batch.reason.empty())
                json.attribute("reason", batch.reason);
            });
        });
      });
  });
}

static void writeWeight(OStream &json, const WeightReport &weight) {
  const Findings &findings = weight.findings;
  json.attribute("name", text(weight.spec.name));
  json.attribute("dtype", llvm::StringRef(packing::getName(weight.spec.type)));
  json.attributeArray("shape", [&] {
    for (int64_t dim : weight.spec.shape)
      json.value(dim);
  });
  if (weight.spec.layout)
    json.attribute("stored", weight.spec.layout->str());
  json.attribute("elements", int64_t(findings.elements));
  if (weight.claims)
    json.attribute(weight.isPruned ? "pruned_to" : "claims",
                   weight.claims->str());
  if (findings.known) {
    json.attribute("nonzeros", int64_t(findings.nonzeros));
    json.attribute("nonfinite", int64_t(findings.nonfinite));
  }
  number(json, "density", findings.getDensity());
  number(json, "norm", findings.nonfinite ? NAN : findings.norm);
  json.attributeArray("keeps", [&] {
    for (unsigned dim = 0; dim < weight.spec.shape.size(); ++dim)
      if (const PatternFinding *best = findings.getBest(dim))
        json.value(best->layout.str());
  });
  if (findings.known)
    writePatterns(json, findings);
  json.attributeArray("blocks", [&] {
    for (unsigned i = 0; i < 3 && findings.blocks[i].total; ++i)
      json.object([&] {
        json.attribute("size", 16 << i);
        writePart(json, findings.blocks[i]);
      });
  });
  json.attributeArray("slices", [&] {
    for (unsigned i = 0; i < 2; ++i)
      if (findings.lines[i].total)
        json.object([&] {
          json.attribute(
              "dim", int64_t(i ? *weight.view.columnDim : weight.view.rowDim));
          writePart(json, findings.lines[i]);
        });
  });
  if (weight.use)
    json.attributeArray("contractions", [&] {
      writeUse(json, *weight.use);
      for (const Use &use : weight.otherUses)
        writeUse(json, use);
    });
  if (!weight.noAdvice.empty())
    json.attribute("no_advice", weight.noAdvice);
  const LayoutAdvice *advised = weight.getAdvised();
  json.attribute("advised",
                 advised ? llvm::json::Value(advised->pattern.layout.str())
                         : llvm::json::Value(nullptr));
  writeAdvice(json, weight);
}

static void writeSum(OStream &json, const Report &report,
                     const LayoutSum &sum) {
  json.attribute("layout", "nm<" + std::to_string(sum.n) + ":" +
                               std::to_string(sum.m) + ">");
  json.attribute("weights", int64_t(sum.weights));
  json.attribute("holds", int64_t(sum.holds));
  number(json, "norm_lost", sum.lost);
  number(json, "dense_bytes", sum.denseBytes);
  number(json, "stored_bytes", sum.storedBytes);
  json.attributeArray("batches", [&] {
    for (size_t i = 0; i < report.batches.size(); ++i)
      json.object([&] {
        json.attribute("batch", report.batches[i]);
        number(json, "microseconds", 1e6 * sum.seconds[i]);
        number(json, "dense_microseconds", 1e6 * sum.denseSeconds[i]);
        number(json, "gain", sum.getGain(i));
      });
  });
}

static void writeMatrix(OStream &json, const Report &report, size_t weight,
                        int64_t matrix) {
  json.object([&] {
    json.attribute("name", text(report.weights[weight].spec.name));
    if (report.weights[weight].view.batch > 1)
      json.attribute("matrix", matrix);
  });
}

void lacuna::advise::writeJSON(const Report &report, llvm::raw_ostream &os) {
  OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("lacuna_advise", 1);
    json.attribute("target", report.target);
    json.attribute("target_model", report.targetModel);
    json.attribute("calibrated", report.isCalibrated);
    if (!report.precision.empty())
      json.attribute("precision", report.precision);
    json.attribute("threads", report.threads);
    json.attribute("bytes", int64_t(report.bytes));
    json.attributeArray("weights", [&] {
      for (const WeightReport &weight : report.weights)
        json.object([&] { writeWeight(json, weight); });
    });
    json.attributeArray("sums", [&] {
      for (const LayoutSum &sum : report.sums)
        json.object([&] { writeSum(json, report, sum); });
    });
    json.attributeArray("similar", [&] {
      for (const Similar &pair : report.similar)
        json.object([&] {
          json.attributeArray("matrices", [&] {
            writeMatrix(json, report, pair.first, pair.firstMatrix);
            writeMatrix(json, report, pair.second, pair.secondMatrix);
          });
          number(json, "distance", pair.distance);
        });
    });
    json.attributeArray("left_out", [&] {
      for (const auto &skipped : report.skipped)
        json.object([&] {
          json.attribute("name", text(skipped.first));
          json.attribute("reason", skipped.second);
        });
    });
  });
  os << "\n";
}
