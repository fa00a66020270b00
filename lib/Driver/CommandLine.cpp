// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of lacuna-compile.

#include "lacuna/Driver/CommandLine.h"

#include "Flags.h"
#include "Target.h"

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/GPUTarget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace lacuna;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kOverview =
    "Compiles a model to an artifact that runs on the Lacuna runtime.\n\n"
    "  lacuna-compile model.mlir --params weights.safetensors -o out/model\n"
    "      writes out/model.so, out/model.h and out/model.safetensors\n"
    "  lacuna-compile model.mlir --layouts rules.json --report - -o out/model\n"
    "      gives weights layouts by name and prints the plan\n"
    "  lacuna-compile model.mlir --cpu=sapphirerapids -o out/model\n"
    "      tunes for another processor than this one\n"
    "  lacuna-compile model.mlir --cpu=x86-64-v3,x86-64-v4 -o out/model\n"
    "      has code for two, of which the runtime takes the host's\n"
    "  lacuna-compile model.mlir --target=sm_80 --target=sm_90a --target=cpu "
    "-o "
    "out/model\n"
    "      makes one artifact for two GPU architectures and the CPU\n"
    "  lacuna-compile model.mlir --emit=mlir --compile-to=plan\n"
    "      prints the module as it is after phase plan\n\n"
    "Exit status: 0 on success, 1 when the model cannot be compiled, 2 when "
    "the\ncommand line is wrong.\n";

namespace {
/// The flags, bound to the options that they set.
struct Flags {
  explicit Flags(CompileOptions &options)
      : input(cl::Positional, cl::desc("<model.mlir, or - for standard input>"),
              cl::location(options.input), cl::init("-"), cl::cat(category)),
        output("o",
               cl::desc("Artifact: out/model gives out/model.so and so "
                        "on; otherwise a file, or -"),
               cl::value_desc("path"), cl::location(options.output),
               cl::cat(category)),
        emit("emit", cl::desc("What to write (default: so)"),
             cl::values(
                 clEnumValN(Emit::MLIR, "mlir", "MLIR"),
                 clEnumValN(Emit::LLVMIR, "llvm", "optimized LLVM IR"),
                 clEnumValN(Emit::Object, "obj", "object file"),
                 clEnumValN(Emit::PTX, "ptx",
                            "PTX of the kernels of one GPU target"),
                 clEnumValN(Emit::Cubin, "cubin",
                            "machine code of one GPU target"),
                 clEnumValN(Emit::Fatbin, "fatbin", "code of all GPU targets"),
                 clEnumValN(Emit::SharedLibrary, "so", "artifact")),
             cl::location(options.emit), cl::init(Emit::SharedLibrary),
             cl::cat(category)),
        compileTo("compile-to",
                  cl::desc("Stop after a phase: input, dispatch, plan, routed, "
                           "device or host (implies --emit=mlir)"),
                  cl::value_desc("phase"), cl::cat(category)),
        targets("target",
                cl::desc("Target: cpu, sm_80, sm_90a, ... (default: cpu); may "
                         "be given several times"),
                cl::value_desc("name"), cl::cat(category)),
        ptxas("ptxas",
              cl::desc("Assembler of GPU code (default: found in PATH, "
                       "CUDA_HOME or /usr/local/cuda)"),
              cl::value_desc("file"), cl::location(options.ptxas),
              cl::cat(category)),
        noCubin("no-cubin",
                cl::desc("Make PTX only, which the GPU's driver assembles when "
                         "it loads it"),
                cl::location(options.noCubin), cl::cat(category)),
        cpu("cpu",
            cl::desc("Processor, as LLVM names it (default: native, this one); "
                     "of several, the artifact has code for each, and the "
                     "runtime takes the best that its host can run"),
            cl::value_desc("name"), cl::CommaSeparated, cl::cat(category)),
        layouts("layouts",
                cl::desc("Rules that attach layouts to weights by name, JSON"),
                cl::value_desc("file"), cl::location(options.layouts),
                cl::cat(category)),
        precision("precision",
                  cl::desc("Precision of contractions of f32: f32, tf32, bf16 "
                           "or f16 (default: the model's own)"),
                  cl::value_desc("type"), cl::location(options.precision),
                  cl::cat(category)),
        tile("tile",
             cl::desc("Rows and columns of tensor-core tiles, such as 128,64 "
                      "(default: chosen by sizes; give --warps, too)"),
             cl::value_desc("rows,columns"), cl::CommaSeparated,
             cl::cat(category)),
        warps("warps",
              cl::desc("Warps along a tile's rows, columns and, by choice, "
                       "depth, such as 2,2 or 1,1,4"),
              cl::value_desc("rows,columns,depth"), cl::CommaSeparated,
              cl::cat(category)),
        stages("stages",
               cl::desc("Stages that tensor-core kernels keep in flight "
                        "(default: chosen by sizes)"),
               cl::value_desc("number"), cl::location(options.stages),
               cl::cat(category)),
        forceRoute("force-route",
                   cl::desc("Route of every region that has a layout: dense, "
                            "sparse-tensor or vector (cpu), or tensor-core "
                            "(GPUs)"),
                   cl::value_desc("route"), cl::location(options.forceRoute),
                   cl::cat(category)),
        targetModel("target-model", cl::desc(getTargetModelHelp()),
                    cl::value_desc("name or file"),
                    cl::location(options.targetModel), cl::cat(category)),
        threads("plan-threads",
                cl::desc("Threads of the CPU that the plan is made for "
                         "(default: all of this host)"),
                cl::value_desc("number"), cl::location(options.threads),
                cl::cat(category)),
        reportSizes("report-sizes",
                    cl::desc("Numbers of columns that the report has prices "
                             "at, such as 16,128 (default: 1,16,128,1024)"),
                    cl::value_desc("columns"), cl::CommaSeparated,
                    cl::cat(category)),
        params("params",
               cl::desc("Weights: a safetensors file or the index of a sharded "
                        "checkpoint; may be given several times"),
               cl::value_desc("file"), cl::cat(category)),
        parametersFile(
            "parameters-file",
            cl::desc("Names of weights in the checkpoint, by lacuna-import"),
            cl::value_desc("file"), cl::location(options.parametersFile),
            cl::cat(category)),
        dumpPhasesTo("dump-phases-to",
                     cl::desc("Write the module after each phase to a folder"),
                     cl::value_desc("folder"),
                     cl::location(options.dumpPhasesTo), cl::cat(category)),
        report("report",
               cl::desc("Write the plan's report to a file (.json: as JSON, "
                        ".html: as a page with pictures), "
                        "or -"),
               cl::value_desc("file"), cl::location(options.report),
               cl::cat(category)),
        crashReproducer("crash-reproducer",
                        cl::desc("Write a reproducer when a pass fails"),
                        cl::value_desc("file"),
                        cl::location(options.crashReproducer),
                        cl::cat(category)),
        runtimeDir("runtime-dir",
                   cl::desc("Folder of liblacuna_runtime.so.1 (default: found "
                            "beside this tool)"),
                   cl::value_desc("folder"), cl::location(options.runtimeDir),
                   cl::cat(category)),
        remarks("remarks",
                cl::desc("Print where a layout is used or not, and why"),
                cl::location(options.remarks), cl::cat(category)),
        verbose("verbose", cl::desc("Print steps, times and commands"),
                cl::location(options.verbose), cl::cat(category)),
        timing("timing", cl::desc("Print a table of times, pass by pass"),
               cl::location(options.timing), cl::cat(category)),
        saveTemps("save-temps",
                  cl::desc("Keep the LLVM IR and the object beside the output"),
                  cl::location(options.saveTemps), cl::cat(category)) {}

  using String = cl::opt<std::string, true>;
  using Bool = cl::opt<bool, true>;
  cl::OptionCategory category{"Options of lacuna-compile"};
  String input, output;
  cl::opt<Emit, true> emit;
  cl::opt<std::string> compileTo;
  cl::list<std::string> targets;
  String ptxas;
  Bool noCubin;
  cl::list<std::string> cpu;
  String layouts, precision;
  cl::list<int64_t> tile, warps;
  cl::opt<int64_t, true> stages;
  String forceRoute, targetModel;
  cl::opt<int64_t, true> threads;
  cl::list<int64_t> reportSizes;
  cl::list<std::string> params;
  String parametersFile, dumpPhasesTo, report, crashReproducer, runtimeDir;
  Bool remarks, verbose, timing, saveTemps;
};
} // namespace

static LogicalResult usageError(const Twine &message) {
  return usageError("lacuna-compile", message);
}

static LogicalResult checkTargets(const CompileOptions &options) {
  llvm::StringSet<> seen;
  unsigned numGPUs = 0;
  for (const std::string &target : options.targets) {
    if (failed(checkTarget("lacuna-compile", target)))
      return failure();
    if (!seen.insert(target).second)
      return usageError("--target=" + target +
                        " is given twice; expected each target once");
    numGPUs += target != "cpu";
  }
  size_t numTargets = options.targets.size();
  llvm::StringSet<> cpus;
  for (const std::string &cpu : options.cpus)
    if (!cpus.insert(cpu).second)
      return usageError("--cpu=" + cpu +
                        " is given twice; expected each processor once");
  if (options.cpus.size() > 1 && numGPUs == numTargets)
    return usageError("several --cpu are variants of target cpu, which is not "
                      "among the targets; expected --target=cpu, too, or one "
                      "--cpu");
  bool isOne = options.emit == Emit::PTX || options.emit == Emit::Cubin;
  if (isOne && (numGPUs != 1 || numTargets != 1))
    return usageError("--emit=ptx and --emit=cubin write the code of one GPU; "
                      "expected one --target, such as --target=sm_80");
  bool onlyGPUs = options.emit == Emit::Fatbin ||
                  (options.compileTo && *options.compileTo == Phase::Device);
  if (onlyGPUs && numGPUs != numTargets)
    return usageError("target cpu has no code for a GPU; expected GPU targets, "
                      "such as --target=sm_80");
  if (options.noCubin && options.emit == Emit::Cubin)
    return usageError("--emit=cubin needs ptxas; expected no --no-cubin");
  return success();
}

/// What --report-sizes and --plan-threads may be at most.
static constexpr int64_t kMostColumns = int64_t(1) << 30, kMostThreads = 1024;

/// Of several targets one may have the route; the others are left to the plan.
static LogicalResult checkForcedRoute(const CompileOptions &options) {
  std::optional<Route> route = parseRouteName(options.forceRoute);
  if (!route || *route == Route::Dense)
    return success();
  bool isOfGPUs = *route == Route::TensorCore;
  for (const std::string &target : options.targets)
    if (!!findGPUTarget(target) == isOfGPUs)
      return success();
  return usageError(
      "--force-route=" + options.forceRoute + " is a route of " +
      (isOfGPUs ? "GPUs" : "target cpu") +
      ", and no --target is one; expected " +
      (isOfGPUs ? "dense, sparse-tensor or vector" : "dense or tensor-core"));
}

static LogicalResult checkNames(CompileOptions &options, StringRef compileTo) {
  SmallVector<StringRef> phases =
      llvm::map_to_vector(getPhases(), getPhaseName);
  if (!compileTo.empty()) {
    options.compileTo = parsePhase(compileTo);
    if (!options.compileTo)
      return usageError("unknown phase '" + compileTo + "'; expected " +
                        listNames(phases));
  }
  if (failed(checkTargets(options)))
    return failure();
  if (failed(checkPrecision("lacuna-compile", options.precision)))
    return failure();
  bool givesTile = !options.tile.empty();
  if (givesTile != !options.warps.empty() ||
      (givesTile && (options.tile.size() != 2 ||
                     !llvm::is_contained({2, 3}, options.warps.size()))) ||
      llvm::any_of(llvm::concat<int64_t>(options.tile, options.warps),
                   [](int64_t size) { return size < 1; }))
    return usageError("expected two positive numbers each in --tile and "
                      "--warps: rows, columns (and in --warps, by choice, "
                      "depth)");
  if (options.stages < 0)
    return usageError(
        "--stages is " + Twine(options.stages) +
        "; expected at least 2, or 0 to leave it to the compiler");
  if (!options.forceRoute.empty() && !parseRouteName(options.forceRoute))
    return usageError("unknown route '" + options.forceRoute + "'; expected " +
                      getRouteNames());
  if (!options.targetModel.empty() &&
      (options.targets.size() > 1 || options.cpus.size() > 1))
    return usageError("--target-model describes one target; expected one "
                      "--target and one --cpu");
  for (int64_t size : options.reportSizes)
    if (size < 1 || size > kMostColumns)
      return usageError("--report-sizes has " + Twine(size) +
                        "; expected numbers of columns of at least 1" +
                        (size < 1 ? "" : " and at most 2^30"));
  if (options.threads < 0 || options.threads > kMostThreads)
    return usageError("--plan-threads is " + Twine(options.threads) +
                      "; expected at least 1 and at most " +
                      Twine(kMostThreads) + ", or 0 for all of this host");
  return checkForcedRoute(options);
}

/// An empty value is perhaps a variable of a shell that is not set.
static LogicalResult checkGiven(const Flags &flags) {
  for (const Flags::String *flag :
       {&flags.layouts, &flags.precision, &flags.forceRoute, &flags.targetModel,
        &flags.parametersFile, &flags.dumpPhasesTo, &flags.report,
        &flags.crashReproducer})
    if (flag->getNumOccurrences() && flag->getValue().empty())
      return usageError("--" + flag->ArgStr + " is empty; expected a " +
                        flag->ValueStr + ", or no --" + flag->ArgStr);
  return success();
}

static LogicalResult checkOutput(CompileOptions &options, bool emitGiven) {
  if (options.compileTo && !emitGiven)
    options.emit = Emit::MLIR;
  if (options.compileTo && options.emit != Emit::MLIR)
    return usageError("--compile-to stops at MLIR; use it with --emit=mlir");
  bool isText = options.emit == Emit::MLIR || options.emit == Emit::LLVMIR ||
                options.emit == Emit::PTX;
  if (options.output.empty() && !isText)
    return usageError("expected -o with the path of the output, such as "
                      "-o out/model");
  if (options.output.empty())
    options.output = "-";
  if (options.output == "-" && options.report == "-")
    return usageError("the report and the output are both '-'; expected one of "
                      "them in a file, such as --report=plan.txt, or -o with a "
                      "path");
  if (options.output == "-" && options.emit == Emit::SharedLibrary)
    return usageError("an artifact is several files; expected -o with a path, "
                      "or another --emit");
  if (options.emit != Emit::SharedLibrary && !options.params.empty())
    return usageError("--params are packed into an artifact; expected "
                      "--emit=so");
  if (options.params.empty() && !options.parametersFile.empty())
    return usageError("--parameters-file names tensors of --params; expected "
                      "both");
  StringRef path = options.output;
  if (options.emit == Emit::SharedLibrary && path.consume_back(".so"))
    options.output = path.str();
  if (path.empty() || llvm::sys::path::is_separator(path.back()))
    return usageError("-o '" + path +
                      "' has no name; expected the path of the "
                      "output, such as -o '" +
                      path + "model'");
  return success();
}

FailureOr<CompileOptions> lacuna::parseCommandLine(int argc, char **argv) {
  CompileOptions options;
  options.toolPath = llvm::sys::fs::getMainExecutable(
      argv[0], reinterpret_cast<void *>(&parseFlags));
  Flags flags(options);
  if (failed(
          parseFlags("lacuna-compile", flags.category, argc, argv, kOverview)))
    return failure();
  options.params.assign(flags.params.begin(), flags.params.end());
  options.tile.assign(flags.tile.begin(), flags.tile.end());
  options.warps.assign(flags.warps.begin(), flags.warps.end());
  options.reportSizes.assign(flags.reportSizes.begin(),
                             flags.reportSizes.end());
  if (!flags.targets.empty())
    options.targets.assign(flags.targets.begin(), flags.targets.end());
  if (!flags.cpu.empty())
    options.cpus.assign(flags.cpu.begin(), flags.cpu.end());
  if (failed(checkGiven(flags)) ||
      failed(checkNames(options, flags.compileTo)) ||
      failed(checkOutput(options, flags.emit.getNumOccurrences())))
    return failure();
  return options;
}
