// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts functions, kernels and launches, and writes them with the plan. See
// CodeReport.h.

#include "CodeReport.h"

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Support/Plural.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

unsigned CodeCounts::getNumSpilling() const {
  return llvm::count_if(
      usage, [](const KernelUsage &kernel) { return kernel.spillBytes; });
}

unsigned CodeCounts::getMaxRegisters() const {
  unsigned most = 0;
  for (const KernelUsage &kernel : usage)
    most = std::max(most, kernel.registers);
  return most;
}

static unsigned countLaunches(Region &region) {
  unsigned number = 0;
  for (Operation &op : region.getOps()) {
    if (auto choice = dyn_cast<scf::IfOp>(op)) {
      number += std::max(countLaunches(choice.getThenRegion()),
                         countLaunches(choice.getElseRegion()));
      continue;
    }
    number += isa<gpu::LaunchFuncOp>(op);
    for (Region &inner : op.getRegions())
      number += countLaunches(inner);
  }
  return number;
}

CodeCounts lacuna::countCode(ModuleOp module) {
  CodeCounts counts;
  llvm::StringMap<unsigned> launches;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(LacunaDialect::kDispatchAttr))
      continue;
    ++counts.functions;
    launches[function.getName()] = countLaunches(function.getBody());
  }
  for (auto kernels : module.getOps<gpu::GPUModuleOp>())
    kernels.walk([&](gpu::GPUFuncOp function) {
      counts.kernels += function.isKernel();
    });
  module.walk([&](InvokeOp invoke) {
    ++counts.dispatches;
    counts.launches += launches.lookup(invoke.getCallee());
  });
  return counts;
}

std::string lacuna::describeCode(const CodeCounts &counts) {
  std::string text = countNoun(counts.dispatches, "dispatch") + " of " +
                     countNoun(counts.functions, "distinct function");
  if (counts.kernels)
    text += ", " + countNoun(counts.launches, "launch") + " of " +
            countNoun(counts.kernels, "distinct kernel");
  if (!counts.usage.empty())
    text += ", at most " + countNoun(counts.getMaxRegisters(), "register") +
            " a thread, " + countNoun(counts.getNumSpilling(), "kernel") +
            " with spills";
  return text;
}

static void writeCodeJSON(const CodeCounts &counts, llvm::json::OStream &json) {
  json.attributeObject("code", [&] {
    json.attribute("dispatches", counts.dispatches);
    json.attribute("functions", counts.functions);
    json.attribute("launches", counts.launches);
    json.attribute("kernels", counts.kernels);
    json.attributeArray("usage", [&] {
      for (const KernelUsage &kernel : counts.usage)
        json.object([&] {
          json.attribute("kernel", kernel.name);
          json.attribute("registers", kernel.registers);
          json.attribute("static_shared_bytes", kernel.sharedBytes);
          json.attribute("local_bytes", kernel.stackBytes);
          json.attribute("spill_bytes", kernel.spillBytes);
        });
    });
  });
}

std::string lacuna::makeReport(ArrayRef<TargetReport> reports, double seconds,
                               bool isJSON) {
  std::string text;
  llvm::raw_string_ostream os(text);
  bool isList = isJSON && reports.size() > 1;
  os << (isList ? "[" : "");
  for (auto [i, report] : llvm::enumerate(reports)) {
    if (i)
      os << (isJSON ? "," : "\n");
    if (isJSON) {
      writePlanJSON(report.plan, os,
                    [&code = report.code](llvm::json::OStream &json) {
                      if (code)
                        writeCodeJSON(*code, json);
                    });
      continue;
    }
    writePlanText(report.plan, os);
    if (report.code)
      os << "code for " << report.plan.target << ": "
         << describeCode(*report.code) << "\n";
  }
  if (!isJSON)
    os << llvm::formatv("compiled in {0:f2} s\n", seconds);
  os << (isList ? "]\n" : "");
  return text;
}
