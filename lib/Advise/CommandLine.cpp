// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line of lacuna-advise.

#include "lacuna/Advise/Advise.h"

#include "../Driver/Flags.h"
#include "../Driver/Target.h"

#include "llvm/ADT/STLExtras.h"

using namespace lacuna;
namespace cl = llvm::cl;

static constexpr llvm::StringLiteral kOverview =
    "Says which patterns of zeros weights have, or nearly have, and which "
    "layout\nwould pay. Compiles nothing and needs no GPU.\n\n"
    "  lacuna-advise model.safetensors\n"
    "      a table of the weights, for this CPU\n"
    "  lacuna-advise model.safetensors.index.json --target=sm_90a --batch "
    "1,16,512\n"
    "      a sharded checkpoint, which may be larger than memory, for a GPU\n"
    "  lacuna-advise model.mlir --params model.safetensors --html advice.html\n"
    "      the contractions of a model and the weights that they read\n\n"
    "Exit status: 0 on success, 1 when an input cannot be read, 2 when the\n"
    "command line is wrong.\n";

namespace {
struct Flags {
  explicit Flags(AdviseOptions &options)
      : inputs(cl::Positional,
               cl::desc("<model.safetensors, *.safetensors.index.json or "
                        "model.mlir>..."),
               cl::cat(category)),
        target("target",
               cl::desc("What advice is for: cpu, sm_80, sm_90a, ... (default: "
                        "cpu)"),
               cl::value_desc("name"), cl::location(options.target),
               cl::init("cpu"), cl::cat(category)),
        targetModel("target-model", cl::desc(getTargetModelHelp()),
                    cl::value_desc("name or file"),
                    cl::location(options.targetModel), cl::cat(category)),
        precision("precision",
                  cl::desc("What f32 is computed on: f32, tf32, bf16 or f16 "
                           "(default: f32)"),
                  cl::value_desc("type"), cl::location(options.precision),
                  cl::cat(category)),
        batches("batch",
                cl::desc("Columns that weights meet at a time (default: "
                         "1,16,512)"),
                cl::value_desc("numbers"), cl::CommaSeparated,
                cl::cat(category)),
        params("params",
               cl::desc("Weights of a model in MLIR; may be given several "
                        "times"),
               cl::value_desc("file"), cl::cat(category)),
        parametersFile(
            "parameters-file",
            cl::desc("Names of weights in the checkpoint, by lacuna-import"),
            cl::value_desc("file"), cl::location(options.parametersFile),
            cl::cat(category)),
        threads("threads",
                cl::desc("Threads to read with, and to price a CPU with "
                         "(default: all of this machine)"),
                cl::value_desc("number"), cl::location(options.threads),
                cl::init(0), cl::cat(category)),
        top("top",
            cl::desc("Rows of each table, the largest weights first (default: "
                     "20; 0: all)"),
            cl::value_desc("number"), cl::location(options.top), cl::init(20),
            cl::cat(category)),
        json("json",
             cl::desc("Write everything as JSON to a file, or - for the "
                      "standard output alone"),
             cl::value_desc("file"), cl::location(options.json),
             cl::cat(category)),
        html("html", cl::desc("Write a report with pictures to a file, or -"),
             cl::value_desc("file"), cl::location(options.html),
             cl::cat(category)) {}

  using String = cl::opt<std::string, true>;
  using Number = cl::opt<unsigned, true>;
  cl::OptionCategory category{"Options of lacuna-advise"};
  cl::list<std::string> inputs;
  String target, targetModel, precision;
  cl::list<int64_t> batches;
  cl::list<std::string> params;
  String parametersFile;
  Number threads, top;
  String json, html;
};
} // namespace

static llvm::LogicalResult usageError(const llvm::Twine &message) {
  return usageError("lacuna-advise", message);
}

static bool isModel(llvm::StringRef path) {
  return path.ends_with(".mlir") || path.ends_with(".mlirbc");
}

static llvm::LogicalResult check(const AdviseOptions &options) {
  if (options.inputs.empty())
    return usageError("expected a checkpoint or a model, such as "
                      "model.safetensors; see --help");
  bool model = llvm::any_of(options.inputs, isModel);
  if (model && options.inputs.size() > 1)
    return usageError("expected one model, or any number of checkpoints; the "
                      "weights of a model are given with --params");
  if (!model && !options.params.empty())
    return usageError("--params are the weights of a model in MLIR; give "
                      "checkpoints by themselves, without a flag");
  if (options.params.empty() && !options.parametersFile.empty())
    return usageError("--parameters-file names tensors of --params; expected "
                      "both");
  if (failed(checkTarget("lacuna-advise", options.target)) ||
      failed(checkPrecision("lacuna-advise", options.precision)))
    return llvm::failure();
  for (int64_t batch : options.batches)
    if (batch < 1 || batch > (int64_t(1) << 30))
      return usageError("--batch is " + llvm::Twine(batch) +
                        "; expected numbers from 1 to 2^30, such as 1,16,512");
  if (options.json == "-" && options.html == "-")
    return usageError("--json and --html are both '-'; expected one of them on "
                      "the standard output");
  if (options.threads > 1024)
    return usageError("--threads is " + llvm::Twine(options.threads) +
                      "; expected at most 1024");
  return llvm::success();
}

llvm::FailureOr<AdviseOptions> lacuna::parseAdviseCommandLine(int argc,
                                                              char **argv) {
  AdviseOptions options;
  // A flag of LLVM's own, which means another thing.
  if (cl::Option *taken = cl::getRegisteredOptions().lookup("threads"))
    taken->removeArgument();
  Flags flags(options);
  if (failed(
          parseFlags("lacuna-advise", flags.category, argc, argv, kOverview)))
    return llvm::failure();
  options.inputs.assign(flags.inputs.begin(), flags.inputs.end());
  options.params.assign(flags.params.begin(), flags.params.end());
  if (!flags.batches.empty())
    options.batches.assign(flags.batches.begin(), flags.batches.end());
  if (flags.targetModel.getNumOccurrences() && options.targetModel.empty())
    return ::usageError(
        "--target-model is empty; expected a name or file, or no "
        "--target-model");
  if (failed(check(options)))
    return llvm::failure();
  return options;
}
