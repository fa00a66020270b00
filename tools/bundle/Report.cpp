// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines of progress, report.json, and the table at the end.

#include "Report.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

using namespace lacuna::bundle;
using nlohmann::json;

json lacuna::bundle::toJSON(const Times &times) {
  return {{"median", times.median},
          {"min", times.least},
          {"p10", times.p10},
          {"p90", times.p90},
          {"samples", times.samples}};
}

static std::string describe(const json &entry) {
  char text[80] = "";
  if (entry.contains("microseconds"))
    std::snprintf(text, sizeof(text), " (%.1f us)",
                  entry["microseconds"]["median"].get<double>());
  return text;
}

void Run::add(const char *part, json entry) {
  bool good = entry["status"] == "passed";
  ++(good ? passed : failed);
  std::printf("%s: %s%s\n", good ? "passed" : "FAILED",
              entry["name"].get<std::string>().c_str(),
              describe(entry).c_str());
  if (!good)
    std::printf("  %s\n", entry["message"].get<std::string>().c_str());
  std::fflush(stdout);
  report[part].push_back(std::move(entry));
}

void lacuna::bundle::writeReport(const Options &options, const json &report) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  std::ofstream file(options.out + "/report.json");
  file << report.dump(1) << "\n";
  if (!file.flush())
    throw Failure("'" + options.out +
                  "/report.json' cannot be written: give a folder by --out");
}

static void printBenchmarks(const json &benchmarks) {
  std::printf("\n%-34s %11s %9s %11s %11s\n", "contraction", "ours, us",
              "TFLOP/s", "cuBLAS", "cuSPARSELt");
  for (const json &entry : benchmarks) {
    std::string name = entry["name"];
    if (entry.contains("microseconds"))
      std::printf("%-34s %11.1f %9.1f", name.c_str(),
                  entry["microseconds"]["median"].get<double>(),
                  entry["tflops"].get<double>());
    else
      std::printf("%-34s %11s %9s", name.c_str(), "failed", "");
    for (const char *library : {"cuBLAS", "cuSPARSELt"}) {
      std::string status = entry[library]["status"];
      if (status != "passed")
        std::printf(" %11s", status.rfind("not found", 0) == 0 ? "not found"
                             : status.rfind("not run", 0) == 0 ? "not run"
                                                               : "failed");
      else
        std::printf(" %11.1f",
                    entry[library]["microseconds"]["median"].get<double>());
    }
    std::printf("\n");
  }
}

void lacuna::bundle::printTable(const Run &run) {
  if (run.report.contains("benchmarks") && !run.report["benchmarks"].empty())
    printBenchmarks(run.report["benchmarks"]);
  std::printf("\n%-24s %8s %8s %8s\n", "", "passed", "failed", "skipped");
  for (const char *part : {"tests", "probes", "benchmarks"}) {
    if (!run.report.contains(part))
      continue;
    std::map<std::string, unsigned> counts;
    for (const json &entry : run.report[part])
      ++counts[entry["status"]];
    std::printf("%-24s %8u %8u %8u\n", part, counts["passed"], counts["failed"],
                counts["skipped"]);
  }
}
