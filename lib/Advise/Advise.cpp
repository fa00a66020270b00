// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-advise: opens the inputs, streams the weights, asks the cost model,
// writes. Outputs appear at the end, all together.

#include "lacuna/Advise/Advise.h"

#include "Report.h"

#include "../Driver/OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/WithColor.h"

#include <chrono>
#include <mutex>
#include <numeric>

using namespace lacuna;
using namespace lacuna::advise;
using packing::WeightStore;

/// Pairs of matrices that are told of: what differs by less of its norm.
static constexpr double kSimilar = 0.2;

namespace {
/// A bar on a terminal; nothing elsewhere.
class ProgressBar {
public:
  explicit ProgressBar(uint64_t total)
      : total(total), shows(llvm::errs().is_displayed()) {}
  ~ProgressBar() {
    if (shows)
      llvm::errs() << "\r\x1b[K";
  }

  /// On any thread.
  void advance(uint64_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    done += bytes;
    auto now = std::chrono::steady_clock::now();
    if (!shows || now - drawn < std::chrono::milliseconds(100))
      return;
    drawn = now;
    double seconds = std::chrono::duration<double>(now - started).count();
    unsigned filled = total ? std::min<uint64_t>(30, 30 * done / total) : 30;
    llvm::errs() << llvm::formatv(
        "\r[{0}{1}] {2:f2} of {3:f2} GB, {4:f0} MB/s\x1b[K",
        std::string(filled, '='), std::string(30 - filled, ' '), done / 1e9,
        total / 1e9, done / 1e6 / std::max(seconds, 1e-3));
  }

private:
  uint64_t total, done = 0;
  bool shows;
  std::mutex mutex;
  std::chrono::steady_clock::time_point started =
                                            std::chrono::steady_clock::now(),
                                        drawn = started;
};
} // namespace

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(message.str());
}

/// Whether the rows of a table are looked up, not multiplied, as far as a name
/// tells.
static bool isEmbedding(llvm::StringRef name) {
  std::string lower = name.lower();
  llvm::StringRef text(lower);
  return text.contains("embed") || text.contains("wte.") ||
         text.contains("wpe.");
}

/// What a checkpoint tells of how a weight is used: nothing but its shape.
static void assumeUse(WeightReport &weight) {
  const MatrixView &view = weight.view;
  if (!view.columnDim) {
    weight.noAdvice = "four and more dimensions: give the model in MLIR to see "
                      "its contractions";
    return;
  }
  if (isEmbedding(weight.spec.name)) {
    weight.noAdvice = "embeddings, by their name: rows are looked up, and "
                      "nothing is multiplied";
    return;
  }
  // As linear layers have it: [out, in], or a stack of those.
  Use use;
  const packing::Shape &shape = weight.spec.shape;
  for (unsigned i = 0; i < shape.size(); ++i)
    if (shape[i] != 1)
      use.dim = i;
  bool isLast = use.dim == *view.columnDim;
  use.size.batch = view.batch;
  use.size.depth = isLast ? view.columns : view.rows;
  use.size.rows = isLast ? view.rows : view.columns;
  weight.use = use;
}

static llvm::Error readCheckpoint(const WeightStore &store,
                                  const AdviseOptions &options,
                                  std::vector<ScanSource> &sources,
                                  Report &report) {
  for (const std::string &name : store.names()) {
    packing::Result<packing::StoredWeight> stored = store.locate(name);
    if (!stored.ok())
      return makeError(stored.message());
    ScanSource source;
    source.weight = std::move(*stored);
    const packing::WeightSpec &spec = source.weight.spec;
    std::optional<unsigned> packed;
    if (spec.layout)
      packed = spec.layout->dim;
    std::optional<MatrixView> view = getMatrixView(spec.shape, packed);
    if (!view) {
      report.skipped.emplace_back(
          name, llvm::is_contained(spec.shape, 0)
                    ? "no elements"
                    : "fewer than two dimensions are larger than 1");
      continue;
    }
    source.view = *view;
    sources.push_back(std::move(source));
  }
  // The largest first.
  llvm::sort(sources, [](const ScanSource &a, const ScanSource &b) {
    auto rank = [](const ScanSource &source) {
      const packing::WeightSpec &spec = source.weight.spec;
      uint64_t bytes =
          source.view.getNumElements() * packing::getByteWidth(spec.type);
      return std::make_pair(-int64_t(bytes), llvm::StringRef(spec.name));
    };
    return rank(a) < rank(b);
  });
  return llvm::Error::success();
}

static llvm::Error scanAll(std::vector<ScanSource> &sources,
                           const AdviseOptions &options, Report &report) {
  std::vector<bool> compared = findFamilies(sources);
  for (size_t i = 0; i < sources.size(); ++i) {
    sources[i].sketches = compared[i];
    report.bytes += sources[i].getNumBytes();
  }
  std::vector<Findings> findings(sources.size());
  // Pages are read in the order of the file, whatever the report's order is.
  std::vector<size_t> order(sources.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    auto place = [&](size_t i) {
      const packing::StoredWeight &weight = sources[i].weight;
      return weight.geometry ? weight.values.bytes.data
                             : weight.dense.bytes.data;
    };
    return place(a) < place(b);
  });
  std::vector<ScanSource> ordered;
  for (size_t index : order)
    ordered.push_back(sources[index]);
  {
    ProgressBar bar(report.bytes);
    packing::Status status = scan(
        ordered,
        options.threads ? options.threads
                        : llvm::hardware_concurrency().compute_thread_count(),
        [&](uint64_t bytes) { bar.advance(bytes); },
        [&](size_t i, Statistics &&stats) {
          findings[order[i]] = summarize(stats, ordered[i].view);
          findings[order[i]].sketches = std::move(stats.sketches);
        });
    if (!status.ok())
      return makeError(status.message());
  }
  report.similar = findSimilar(sources, findings, kSimilar);
  for (size_t i = 0; i < sources.size(); ++i) {
    WeightReport weight;
    weight.spec = sources[i].weight.spec;
    weight.view = sources[i].view;
    weight.findings = std::move(findings[i]);
    weight.findings.sketches.clear();
    report.weights.push_back(std::move(weight));
  }
  return llvm::Error::success();
}

static llvm::Error write(const AdviseOptions &options, const Report &report) {
  OutputFiles outputs;
  std::string printed;
  llvm::raw_string_ostream out(printed);
  auto emit = [&](const std::string &path, auto writeTo) -> llvm::Error {
    std::string text;
    llvm::raw_string_ostream os(text);
    if (path == "-")
      writeTo(report, out);
    else if (!path.empty())
      writeTo(report, os);
    return text.empty() ? llvm::Error::success() : outputs.write(path, text);
  };
  if (llvm::Error error = emit(options.json, writeJSON))
    return error;
  if (llvm::Error error = emit(options.html, writeHTML))
    return error;
  if (printed.empty())
    writeText(report, options.top, out);
  if (llvm::Error error = outputs.commit())
    return error;
  llvm::outs() << printed;
  return llvm::Error::success();
}

static llvm::Error run(const AdviseOptions &options) {
  Report report;
  report.input = llvm::join(options.inputs, ", ");
  report.target = options.target;
  report.batches = options.batches;
  std::vector<ScanSource> sources;
  packing::Result<WeightStore> store = WeightStore::open(options.inputs);
  if (!store.ok())
    return makeError(store.message());
  if (store->names().empty())
    return makeError("'" + report.input +
                     "' holds no tensors; expected at least one weight");
  if (llvm::Error error = readCheckpoint(*store, options, sources, report))
    return error;
  if (llvm::Error error = scanAll(sources, options, report))
    return error;
  for (WeightReport &weight : report.weights)
    assumeUse(weight);
  if (llvm::Error error = recommend(options, report))
    return error;
  return write(options, report);
}

llvm::LogicalResult lacuna::runAdvise(const AdviseOptions &options) {
  llvm::Error error = run(options);
  if (!error)
    return llvm::success();
  llvm::WithColor::error(llvm::errs(), "lacuna-advise")
      << llvm::toString(std::move(error)) << "\n";
  return llvm::failure();
}
