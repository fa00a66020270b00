// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the weights, streams them by, and joins what a model says of them.

#include "Inputs.h"

#include "Model.h"
#include "Pricing.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"

#include <chrono>
#include <mutex>

using namespace lacuna;
using namespace lacuna::advise;
using packing::ElementType;
using packing::WeightStore;

/// Pairs of matrices that are told of: what differs by less of its norm.
static constexpr double kSimilar = 0.2;
/// The largest weights are looked at; of a file with more, what is left is
/// small. Where the names of tensors fill the memory they are fewer, and
/// nothing is compared.
static constexpr size_t kMostWeights = 65536, kManyTensors = 262144,
                        kMostOfMany = 16384;
static constexpr char kNoMatrix[] =
    "fewer than two dimensions are larger than 1";
static constexpr char kSmall[] = "thousands of weights are larger";

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
                                        drawn =
                                            started - std::chrono::seconds(1);
};

/// Weights on their way into the report.
class Scanner {
public:
  Scanner(const AdviseOptions &options, const WeightStore &store,
          Report &report)
      : store(store), report(report),
        numThreads(options.threads
                       ? options.threads
                       : llvm::hardware_concurrency().compute_thread_count()) {}

  /// The weight `name` as a source; or notes why it is left out.
  llvm::Error add(std::string_view name);
  /// All weights of the store, or the largest.
  llvm::Error addAll();
  void sortBySize();
  size_t getNumSources() const { return sources.size(); }
  /// Appends the weights to the report.
  llvm::Error scanAll();

private:
  llvm::Error scanMapped(ProgressBar &bar);
  llvm::Error scanMade(ProgressBar &bar);

  const WeightStore &store;
  Report &report;
  unsigned numThreads;
  std::vector<ScanSource> sources;
  std::vector<Findings> findings;
};
} // namespace

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(message.str());
}

static llvm::Error makeError(const packing::Status &status) {
  return status.ok() ? llvm::Error::success() : makeError(status.message());
}

llvm::Error Scanner::add(std::string_view name) {
  packing::Result<packing::StoredWeight> stored =
      store.locate(std::string(name));
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
        name, llvm::is_contained(spec.shape, 0) ? "no elements" : kNoMatrix);
    return llvm::Error::success();
  }
  source.view = *view;
  source.isMapped = source.weight.geometry || source.weight.dense.bytes.data;
  sources.push_back(std::move(source));
  return llvm::Error::success();
}

/// Of the weight as it is dense; 0 where it is no matrix.
static uint64_t getNumMatrixBytes(const WeightStore &store,
                                  std::string_view name) {
  packing::Result<packing::WeightSpec> spec = store.stored(std::string(name));
  if (!spec.ok())
    return 0;
  std::optional<MatrixView> view = getMatrixView(spec->shape, std::nullopt);
  return view ? view->getNumElements() * packing::getByteWidth(spec->type) : 0;
}

llvm::Error Scanner::addAll() {
  std::vector<std::string_view> names = store.names();
  if (names.empty())
    return makeError("'" + report.input +
                     "' holds no tensors; expected at least one weight");
  // Of those of one size the first.
  uint64_t least = 0;
  size_t left = names.size();
  size_t most = names.size() > kManyTensors ? kMostOfMany : kMostWeights;
  if (names.size() > most) {
    std::vector<uint64_t> sizes;
    for (std::string_view name : names)
      sizes.push_back(getNumMatrixBytes(store, name));
    std::nth_element(sizes.begin(), sizes.begin() + most - 1, sizes.end(),
                     std::greater<>());
    least = sizes[most - 1];
    left = llvm::count(llvm::ArrayRef(sizes).take_front(most), least);
  }
  for (std::string_view name : names) {
    uint64_t bytes = least ? getNumMatrixBytes(store, name) : 0;
    if (least && bytes && (bytes < least || (bytes == least && !left))) {
      report.skipped.emplace_back(name, kSmall);
      continue;
    }
    left -= bytes == least && left;
    if (llvm::Error error = add(name))
      return error;
  }
  return llvm::Error::success();
}

void Scanner::sortBySize() {
  llvm::sort(sources, [](const ScanSource &a, const ScanSource &b) {
    auto rank = [](const ScanSource &source) {
      const packing::WeightSpec &spec = source.weight.spec;
      uint64_t bytes =
          source.view.getNumElements() * packing::getByteWidth(spec.type);
      return std::make_pair(-int64_t(bytes), llvm::StringRef(spec.name));
    };
    return rank(a) < rank(b);
  });
}

/// In the order of the file, whatever the order of the sources is.
llvm::Error Scanner::scanMapped(ProgressBar &bar) {
  std::vector<size_t> order;
  for (size_t i = 0; i < sources.size(); ++i)
    if (sources[i].isMapped)
      order.push_back(i);
  auto place = [&](size_t i) {
    const packing::StoredWeight &weight = sources[i].weight;
    return weight.geometry ? weight.values.bytes.data : weight.dense.bytes.data;
  };
  llvm::sort(order, [&](size_t a, size_t b) { return place(a) < place(b); });
  std::vector<const ScanSource *> ordered;
  for (size_t index : order)
    ordered.push_back(&sources[index]);
  return makeError(scan(
      ordered, numThreads, [&](uint64_t bytes) { bar.advance(bytes); },
      [&](size_t i, Statistics &&stats) {
        findings[order[i]] = summarize(stats, ordered[i]->view);
        findings[order[i]].sketches = std::move(stats.sketches);
      }));
}

/// Weights that are joined or transposed: made in memory, one at a time.
llvm::Error Scanner::scanMade(ProgressBar &bar) {
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].isMapped)
      continue;
    ScanSource source = sources[i];
    packing::Result<packing::Tensor> tensor =
        store.source().resolve(source.weight.spec.name);
    if (!tensor.ok())
      return makeError(tensor.message());
    source.weight.dense = std::move(*tensor);
    if (llvm::Error error = makeError(scan(
            &source, numThreads, [&](uint64_t bytes) { bar.advance(bytes); },
            [&](size_t, Statistics &&stats) {
              findings[i] = summarize(stats, source.view);
              findings[i].sketches = std::move(stats.sketches);
            })))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error Scanner::scanAll() {
  std::vector<bool> compared(sources.size());
  if (sources.size() + report.skipped.size() <= kManyTensors)
    compared = findFamilies(sources);
  for (size_t i = 0; i < sources.size(); ++i) {
    sources[i].sketches = compared[i];
    report.bytes += sources[i].getNumBytes();
  }
  findings.resize(sources.size());
  ProgressBar bar(report.bytes);
  if (llvm::Error error = scanMapped(bar))
    return error;
  if (llvm::Error error = scanMade(bar))
    return error;
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

/// Whether the rows of a table are looked up, not multiplied, as far as a name
/// tells.
static bool isEmbedding(llvm::StringRef name) {
  std::string lower = name.lower();
  llvm::StringRef text(lower);
  return text.contains("embed") || text.contains("wte.") ||
         text.contains("wpe.");
}

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
  Use use;
  const packing::Shape &shape = weight.spec.shape;
  for (unsigned i = 0; i < shape.size(); ++i)
    if (shape[i] != 1)
      use.dim = i;
  // What is stored packed is seen with its layout's dimension last.
  bool isLast = use.dim == *view.columnDim;
  use.size.batch = view.batch;
  use.size.depth = isLast ? view.columns : view.rows;
  use.size.rows = isLast ? view.rows : view.columns;
  use.operandDim = use.size.batch > 1 ? 2 : 1;
  if (writeContraction(weight.spec.type, use.size).empty())
    weight.noAdvice = "nothing multiplies elements of " +
                      std::string(packing::getName(weight.spec.type));
  else
    weight.use = use;
}

/// Bytes of a checkpoint's weights, as a model at this precision has them.
static double getFootprint(const Report &report, llvm::StringRef precision) {
  double bytes = 0;
  for (const WeightReport &weight : report.weights) {
    bool isNarrow = weight.use && weight.spec.type == ElementType::F32 &&
                    (precision == "bf16" || precision == "f16");
    bytes += weight.getBytes() / (isNarrow ? 2 : 1);
  }
  return bytes;
}

llvm::Error lacuna::advise::readCheckpoint(const AdviseOptions &options,
                                           Report &report) {
  packing::Result<WeightStore> store = WeightStore::open(options.inputs);
  if (!store.ok())
    return makeError(store.message());
  Scanner scanner(options, *store, report);
  if (llvm::Error error = scanner.addAll())
    return error;
  scanner.sortBySize();
  if (llvm::Error error = scanner.scanAll())
    return error;
  for (WeightReport &weight : report.weights)
    assumeUse(weight);
  report.footprint = getFootprint(report, options.precision);
  return llvm::Error::success();
}

/// What the model says of a weight, beside what its elements say.
static void addModel(const ModelWeight &model, WeightReport &weight) {
  weight.spec.name = model.spec.name;
  weight.noAdvice = model.noAdvice;
  weight.claims = model.spec.layout;
  weight.isPruned = !model.spec.prunes.empty();
  llvm::ArrayRef<Use> uses(model.uses);
  if (!uses.empty()) {
    weight.use = uses.front();
    weight.otherUses = uses.drop_front().vec();
  }
  // It will keep its layout once it is pruned; and what nobody saw is believed.
  if (weight.claims && (weight.isPruned || !weight.findings.known))
    for (PatternFinding &pattern : weight.findings.patterns)
      if (pattern.layout == *weight.claims)
        pattern.broken = 0;
}

/// Reads the weights' elements; `models` gets the model's weight of each in the
/// report.
static llvm::Error readWeights(const AdviseOptions &options,
                               llvm::ArrayRef<ModelWeight> model,
                               Report &report,
                               std::vector<const ModelWeight *> &models) {
  packing::Result<WeightStore> store =
      WeightStore::open(options.params, options.parametersFile);
  if (!store.ok())
    return makeError(store.message());
  Scanner scanner(options, *store, report);
  for (const ModelWeight &weight : model) {
    if (llvm::Error error = makeError(store->check(weight.spec)))
      return error;
    bool isMade = store->isMade(weight.spec);
    if (llvm::Error error =
            scanner.add(isMade ? weight.spec.prunes : weight.spec.name))
      return error;
    models.resize(scanner.getNumSources(), &weight);
  }
  return scanner.scanAll();
}

static void addUnknown(llvm::ArrayRef<ModelWeight> model, Report &report,
                       std::vector<const ModelWeight *> &models) {
  for (const ModelWeight &from : model) {
    std::optional<MatrixView> view =
        getMatrixView(from.spec.shape, std::nullopt);
    if (!view) {
      report.skipped.emplace_back(from.spec.name, kNoMatrix);
      continue;
    }
    WeightReport weight;
    weight.spec = from.spec;
    weight.spec.layout.reset();
    weight.view = *view;
    weight.findings = makeUnknown(*view);
    report.bytes += weight.getBytes();
    report.weights.push_back(std::move(weight));
    models.push_back(&from);
  }
}

llvm::Error lacuna::advise::readModelAndWeights(const AdviseOptions &options,
                                                Report &report) {
  report.isModel = true;
  llvm::Expected<Model> read =
      readModel(options.inputs.front(), options.precision);
  if (!read)
    return read.takeError();
  report.footprint = read->footprint;
  std::vector<ModelWeight> &model = read->weights;
  if (model.empty())
    return makeError("'" + report.input +
                     "' has no weights; expected at least one ml_program."
                     "global with an extern value");
  // The largest first.
  llvm::sort(model, [](const ModelWeight &a, const ModelWeight &b) {
    auto rank = [](const ModelWeight &weight) {
      packing::Result<uint64_t> bytes =
          packing::getByteSize(weight.spec.type, weight.spec.shape);
      return std::make_pair(bytes.ok() ? -int64_t(*bytes) : 0,
                            llvm::StringRef(weight.spec.name));
    };
    return rank(a) < rank(b);
  });
  std::vector<const ModelWeight *> models;
  if (options.params.empty())
    addUnknown(model, report, models);
  else if (llvm::Error error = readWeights(options, model, report, models))
    return error;
  for (auto [weight, from] : llvm::zip(report.weights, models))
    addModel(*from, weight);
  return llvm::Error::success();
}
