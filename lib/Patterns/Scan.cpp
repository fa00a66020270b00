// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights are cut in slices of some megabytes: whole matrices, or strips of 64
// rows of one. Threads take slices in the order of the file; their results are
// merged in that order.

#include "lacuna/Patterns/Scan.h"

#include "Elements.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Process.h"

#include <cmath>
#include <memory>
#include <mutex>
#include <sys/mman.h>
#include <thread>

using namespace lacuna;
using namespace lacuna::patterns;
using namespace lacuna::packing;

static constexpr uint64_t kSliceBytes = 32 << 20;
/// Slices that are read ahead.
static constexpr size_t kAhead = 4;
/// Columns that are taken at a time: 64 tiles stay in the cache.
static constexpr int64_t kPanel = 1024;
/// Columns after which blocks are counted and pages given back, in rows that
/// are longer.
static constexpr int64_t kWide = 32 * kPanel;
/// Rows of which a wider matrix is not looked for dead columns.
static constexpr int64_t kMostColumns = int64_t(1) << 22;

uint64_t MatrixView::getNumGroups(bool alongColumns, unsigned m) const {
  return alongColumns ? batch * rows * llvm::divideCeil(columns, m)
                      : batch * columns * llvm::divideCeil(rows, m);
}

std::optional<MatrixView>
lacuna::patterns::getMatrixView(const Shape &shape,
                                std::optional<unsigned> packedDim) {
  llvm::SmallVector<unsigned> dims;
  for (unsigned i = 0; i < shape.size(); ++i)
    if (shape[i] != 1 && i != packedDim)
      dims.push_back(i);
  if (packedDim && shape[*packedDim] != 1)
    dims.push_back(*packedDim);
  if (dims.size() < 2 || llvm::is_contained(shape, 0))
    return std::nullopt;
  MatrixView view;
  auto product = [&](llvm::ArrayRef<unsigned> list) {
    int64_t size = 1;
    for (unsigned dim : list)
      size *= shape[dim];
    return size;
  };
  // The window of a convolution lies behind its channels.
  size_t rows = dims.size() > 3 && !packedDim ? 1 : dims.size() - 2;
  llvm::ArrayRef<unsigned> all(dims);
  view.batch = product(all.take_front(rows));
  view.rowDim = dims[rows];
  view.rows = shape[view.rowDim];
  llvm::ArrayRef<unsigned> columns = all.drop_front(rows + 1);
  view.columns = product(columns);
  if (columns.size() == 1)
    view.columnDim = columns.front();
  return view;
}

MatrixView lacuna::patterns::getMatrixViewAlong(const Shape &shape,
                                                unsigned dim) {
  int64_t outer = 1, inner = 1;
  for (unsigned i = 0; i < shape.size(); ++i)
    (i < dim ? outer : inner) *= i == dim ? 1 : shape[i];
  if (inner == 1)
    return {1, outer, shape[dim], dim ? dim - 1 : 1, dim};
  return {outer, shape[dim], inner, dim, std::nullopt};
}

uint64_t ScanSource::getNumBytes() const {
  return weight.geometry
             ? weight.values.bytes.size + weight.coordinates.bytes.size
             : weight.dense.bytes.size;
}

namespace {
/// Matrices [matrix, matrix + count) of a weight, whole, or the rows
/// [begin, end) of one.
struct Slice {
  size_t source;
  int64_t matrix, count, begin, end;
};

/// Counts slices, on one thread.
class Counter {
public:
  Counter()
      : tiles(kPanel * kTile), energies(4 * kWide / kTile),
        nonzeros(4 * kWide / kTile) {}

  /// `exponent`: as of the statistics.
  Status count(const ScanSource &source, const Slice &slice, int exponent,
               Statistics &stats, Progress progress);

private:
  Status countMatrix(int64_t matrix, int64_t begin, int64_t end);
  Result<const uint8_t *> getRows(int64_t row, int64_t count);
  void countStrip(const uint8_t *bytes, int64_t matrix, int64_t row,
                  int64_t count);
  void countTileRow(const uint8_t *bytes, int64_t matrix, int64_t row,
                    int64_t count, int64_t column, int64_t width,
                    unsigned part);
  void countBlocks(int64_t count, int64_t width);
  void countMap(int64_t matrix, int64_t row, int64_t count, int64_t column,
                int64_t width);
  void noteCorner(int64_t matrix, int64_t row, int64_t column);
  void release(const Tensor &tensor, const uint8_t *begin, uint64_t size);

  const ScanSource *source = nullptr;
  Statistics *stats = nullptr;
  std::vector<float> tiles;
  std::vector<double> energies;
  std::vector<uint16_t> nonzeros;
  std::array<double, kStrip> rowEnergies;
  std::vector<uint8_t> unpacked;
  TileSums sums;
};
} // namespace

/// Tells the system about the pages that hold these bytes of a mapped tensor.
/// It is advice: nothing depends on whether it is taken. Linux maps the
/// neighbors of a page that is used, in aligned windows of this size
/// (fault_around_bytes); whole windows are given back, so that none of them
/// stays, but never more than the tensor's own pages.
static void advisePages(const Tensor &tensor, const uint8_t *begin,
                        uint64_t size, int advice) {
  constexpr uintptr_t window = 64 << 10;
  uintptr_t page = llvm::sys::Process::getPageSizeEstimate();
  auto address = [](const uint8_t *byte) {
    return reinterpret_cast<uintptr_t>(byte);
  };
  const uint8_t *first = tensor.bytes.data, *last = first + tensor.bytes.size;
  uintptr_t from =
      std::max(address(begin) / window * window, address(first) / page * page);
  uintptr_t to = std::min(llvm::alignTo(address(begin) + size, window),
                          llvm::alignTo(address(last), page));
  if (size)
    (void)::madvise(reinterpret_cast<void *>(from), to - from, advice);
}

void Counter::release(const Tensor &tensor, const uint8_t *begin,
                      uint64_t size) {
  // A page that a neighbor still reads is mapped again.
  if (source->isMapped)
    advisePages(tensor, begin, size, MADV_DONTNEED);
}

/// Rows of all matrices numbered through, of a slice.
static RowRange getRowRange(const ScanSource &source, const Slice &slice) {
  uint64_t rows = source.view.rows;
  return {slice.matrix * rows + slice.begin,
          (slice.matrix + slice.count - 1) * rows + slice.end};
}

/// Starts to read a slice from the disk; page by page, as it is used, would be
/// slow.
static void prefetch(const ScanSource &source, const Slice &slice) {
  if (!source.isMapped)
    return;
  RowRange rows = getRowRange(source, slice);
  const StoredWeight &weight = source.weight;
  auto fetch = [&](const Tensor &tensor, uint64_t rowBytes) {
    advisePages(tensor, tensor.bytes.data + rows.begin * rowBytes,
                (rows.end - rows.begin) * rowBytes, MADV_WILLNEED);
  };
  if (!weight.geometry)
    return fetch(weight.dense,
                 source.view.columns * getByteWidth(weight.spec.type));
  fetch(weight.values, weight.geometry->rowValuesBytes());
  fetch(weight.coordinates, weight.geometry->rowCoordinatesBytes());
}

/// Bytes of the dense rows, of all matrices numbered through.
Result<const uint8_t *> Counter::getRows(int64_t row, int64_t count) {
  const StoredWeight &weight = source->weight;
  uint64_t rowBytes = source->view.columns * getByteWidth(weight.spec.type);
  if (!weight.geometry)
    return weight.dense.bytes.data + row * rowBytes;
  const NMGeometry &whole = *weight.geometry;
  NMLayout layout = whole.layout;
  layout.dim = 1;
  Result<NMGeometry> rows =
      NMGeometry::get(layout, whole.type, {count, source->view.columns});
  if (!rows.ok())
    return rows.status();
  unpacked.resize(rows->denseBytes);
  const uint8_t *values =
      weight.values.bytes.data + row * whole.rowValuesBytes();
  const uint8_t *coordinates =
      weight.coordinates.bytes.data + row * whole.rowCoordinatesBytes();
  Status status = unpackNM(*rows, {values, rows->valuesBytes},
                           {coordinates, rows->coordinatesBytes},
                           {unpacked.data(), rows->denseBytes});
  if (!status.ok())
    return status;
  release(weight.values, values, rows->valuesBytes);
  release(weight.coordinates, coordinates, rows->coordinatesBytes);
  return static_cast<const uint8_t *>(unpacked.data());
}

/// The 16 rows from `row` on, columns [column, column + width): a piece of at
/// most a panel at a time.
void Counter::countTileRow(const uint8_t *bytes, int64_t matrix, int64_t row,
                           int64_t count, int64_t column, int64_t width,
                           unsigned part) {
  ElementType type = source->weight.spec.type;
  uint64_t rowBytes = source->view.columns * getByteWidth(type);
  bool columns = !stats->columns.empty();
  for (int64_t at = 0; at < width; at += kPanel) {
    int64_t size = std::min(kPanel, width - at);
    int64_t numTiles = llvm::divideCeil(size, kTile);
    for (int64_t r = 0; r < kTile; ++r) {
      float *to = tiles.data() + r * kTile;
      if (r < count)
        loadElements(type,
                     bytes + r * rowBytes + (column + at) * getByteWidth(type),
                     size, stats->exponent, to, kTile * kTile);
      else
        for (int64_t t = 0; t < numTiles; ++t)
          std::fill_n(to + t * kTile * kTile, kTile, 0.0f);
    }
    int64_t firstTile = (column + at) / kTile;
    size_t place = part * (kWide / kTile) + at / kTile;
    TileOutputs outputs;
    outputs.tileEnergies = &energies[place];
    outputs.tileNonzeros = &nonzeros[place];
    outputs.columnEnergies =
        columns ? &stats->columns[firstTile * kTile] : nullptr;
    outputs.rowEnergies = &rowEnergies[part * kTile];
    outputs.sketch = source->sketches ? stats->sketches.back().data() : nullptr;
    outputs.countsColumns = source->view.columnDim.has_value();
    countTiles({tiles.data(), numTiles, uint64_t(row), uint64_t(firstTile)},
               outputs, sums);
    noteCorner(matrix, row, column + at);
  }
}

void Counter::noteCorner(int64_t matrix, int64_t row, int64_t column) {
  if (matrix != 0 || column != 0)
    return;
  for (int64_t r = 0; r < kTile && row + r < 32; ++r)
    for (int64_t c = 0; c < 32 && c < source->view.columns; ++c)
      if (tiles[c / kTile * kTile * kTile + r * kTile + c % kTile] != 0)
        stats->corner[row + r] |= uint32_t(1) << c;
}

/// Of a strip of `count` rows and `width` columns, whose tiles are known.
void Counter::countBlocks(int64_t count, int64_t width) {
  if (!source->view.columnDim)
    return;
  int64_t numRows = llvm::divideCeil(count, kTile);
  int64_t numColumns = llvm::divideCeil(width, kTile);
  for (unsigned level = 0; level < 3; ++level) {
    int64_t step = int64_t(1) << level;
    for (int64_t r = 0; r < numRows; r += step)
      for (int64_t c = 0; c < numColumns; c += step) {
        double energy = 0;
        for (int64_t i = r; i < std::min(r + step, numRows); ++i)
          for (int64_t j = c; j < std::min(c + step, numColumns); ++j)
            energy += energies[i * (kWide / kTile) + j];
        stats->blocks[level].add(energy);
      }
  }
}

void Counter::countMap(int64_t matrix, int64_t row, int64_t count,
                       int64_t column, int64_t width) {
  const MatrixView &view = source->view;
  DensityMap &map = stats->map;
  int64_t tileRows = llvm::divideCeil(view.rows, kTile);
  int64_t tileColumns = llvm::divideCeil(view.columns, kTile);
  for (int64_t i = 0; i < int64_t(llvm::divideCeil(count, kTile)); ++i) {
    int64_t height = std::min(kTile, count - i * kTile);
    int64_t tileRow = matrix * tileRows + row / kTile + i;
    int64_t line = tileRow * map.rows / (view.batch * tileRows) * map.columns;
    for (int64_t j = 0; j < int64_t(llvm::divideCeil(width, kTile)); ++j) {
      int64_t cell = line + (column / kTile + j) * map.columns / tileColumns;
      map.nonzeros[cell] += nonzeros[i * (kWide / kTile) + j];
      map.elements[cell] += height * std::min(kTile, width - j * kTile);
    }
  }
}

void Counter::countStrip(const uint8_t *bytes, int64_t matrix, int64_t row,
                         int64_t count) {
  int64_t columns = source->view.columns;
  uint64_t width = getByteWidth(source->weight.spec.type);
  rowEnergies.fill(0);
  for (int64_t column = 0; column < columns; column += kWide) {
    int64_t size = std::min(kWide, columns - column);
    for (int64_t r = 0; r < count; r += kTile)
      countTileRow(bytes + r * columns * width, matrix, row + r,
                   std::min(kTile, count - r), column, size, r / kTile);
    countBlocks(count, size);
    countMap(matrix, row, count, column, size);
    if (columns <= kWide || source->weight.geometry)
      continue;
    for (int64_t r = 0; r < count; ++r) {
      const uint8_t *piece = bytes + (r * columns + column) * width;
      release(source->weight.dense, piece, size * width);
    }
  }
  for (int64_t r = 0; r < count; ++r)
    stats->lines[0].add(rowEnergies[r]);
}

/// Columns and sketch of a matrix that is complete.
static void finishMatrix(Statistics &stats, int64_t columns) {
  if (!stats.columns.empty())
    for (int64_t c = 0; c < columns; ++c)
      stats.lines[1].add(stats.columns[c]);
  stats.columns.clear();
}

Status Counter::countMatrix(int64_t matrix, int64_t begin, int64_t end) {
  const MatrixView &view = source->view;
  if (view.columnDim && view.columns <= kMostColumns)
    stats->columns.assign(llvm::alignTo(view.columns, kTile), 0);
  if (source->sketches)
    stats->sketches.push_back({});
  for (int64_t row = begin; row < end; row += kStrip) {
    int64_t count = std::min(kStrip, end - row);
    Result<const uint8_t *> bytes = getRows(matrix * view.rows + row, count);
    if (!bytes.ok())
      return bytes.status();
    countStrip(*bytes, matrix, row, count);
  }
  return Status();
}

Status Counter::count(const ScanSource &what, const Slice &slice, int exponent,
                      Statistics &result, Progress progress) {
  source = &what;
  stats = &result;
  stats->exponent = exponent;
  sums = TileSums();
  const MatrixView &view = what.view;
  stats->map.rows = std::min<uint64_t>(
      DensityMap::kCells, view.batch * llvm::divideCeil(view.rows, kTile));
  stats->map.columns = std::min<uint64_t>(
      DensityMap::kCells, llvm::divideCeil(view.columns, kTile));
  stats->map.nonzeros.assign(stats->map.rows * stats->map.columns, 0);
  stats->map.elements = stats->map.nonzeros;
  uint64_t rowBytes = view.columns * getByteWidth(what.weight.spec.type);
  const uint8_t *bytes = what.weight.dense.bytes.data;
  RowRange rows = getRowRange(what, slice);
  uint64_t begin = rows.begin * rowBytes;
  uint64_t size = (rows.end - rows.begin) * rowBytes;
  for (int64_t i = 0; i < slice.count; ++i) {
    Status status = countMatrix(slice.matrix + i, slice.begin, slice.end);
    if (!status.ok())
      return status;
    if (slice.begin == 0 && slice.end == view.rows)
      finishMatrix(result, view.columns);
  }
  if (!what.weight.geometry)
    release(what.weight.dense, bytes + begin, size);
  stats->nonzeros = sums.nonzeros;
  stats->nonfinite = sums.nonfinite;
  stats->energy = sums.energy;
  stats->groups = sums.groups;
  progress(what.weight.geometry
               ? size * what.getNumBytes() / what.weight.geometry->denseBytes
               : size);
  return Status();
}

/// Squares of f64 may be beyond f64: it is read twice, first for its largest
/// element, and counted in units of that.
static int findExponent(const ScanSource &source) {
  const StoredWeight &weight = source.weight;
  if (weight.spec.type != ElementType::F64)
    return 0;
  const Tensor &tensor = weight.geometry ? weight.values : weight.dense;
  double most = 0;
  for (uint64_t at = 0; at < tensor.bytes.size; at += kSliceBytes) {
    const uint8_t *begin = tensor.bytes.data + at;
    uint64_t size = std::min(kSliceBytes, tensor.bytes.size - at);
    if (source.isMapped)
      advisePages(tensor, begin, size, MADV_WILLNEED);
    most = std::max(most, findLargest(begin, size / sizeof(double)));
    if (source.isMapped)
      advisePages(tensor, begin, size, MADV_DONTNEED);
  }
  int exponent = 0;
  (void)std::frexp(most, &exponent);
  return std::max(exponent, -1022); // 2^1022 is a number, 2^1073 none.
}

static std::vector<Slice> cut(llvm::ArrayRef<const ScanSource *> sources) {
  std::vector<Slice> slices;
  for (size_t i = 0; i < sources.size(); ++i) {
    const MatrixView &view = sources[i]->view;
    uint64_t rowBytes =
        view.columns * getByteWidth(sources[i]->weight.spec.type);
    int64_t strips = std::max<uint64_t>(1, kSliceBytes / (kStrip * rowBytes));
    int64_t rows = strips * kStrip;
    int64_t matrices = std::max<uint64_t>(1, rows / view.rows);
    for (int64_t matrix = 0; matrix < view.batch; matrix += matrices)
      for (int64_t row = 0; row < view.rows; row += rows)
        slices.push_back({i, matrix, std::min(matrices, view.batch - matrix),
                          row, std::min(row + rows, view.rows)});
  }
  return slices;
}

/// Columns and sketch of a matrix so far, and those of its next rows.
static void mergePart(Statistics &part, Statistics &next) {
  if (part.columns.empty())
    part.columns = std::move(next.columns);
  else
    for (size_t i = 0; i < next.columns.size(); ++i)
      part.columns[i] += next.columns[i];
  if (next.sketches.empty())
    return;
  if (part.sketches.empty())
    part.sketches = std::move(next.sketches);
  else
    for (size_t i = 0; i < kSketch; ++i)
      part.sketches[0][i] += next.sketches[0][i];
}

namespace {
/// Hands out slices and merges what comes back, in order.
class Queue {
public:
  Queue(llvm::ArrayRef<const ScanSource *> sources, Consumer consume)
      : sources(sources), consume(consume), slices(cut(sources)),
        pending(slices.size()) {
    for (const ScanSource *source : sources)
      exponents.push_back(findExponent(*source));
  }

  /// The next slice, or null at the end or after a failure. Those behind it
  /// are on their way from the disk then.
  const Slice *take() {
    std::unique_lock<std::mutex> lock(mutex);
    if (!failure.ok() || taken == slices.size())
      return nullptr;
    const Slice *slice = &slices[taken++];
    size_t first = fetched;
    fetched = std::min(slices.size(), taken + kAhead);
    size_t end = fetched;
    lock.unlock();
    for (; first < end; ++first)
      prefetch(*sources[slices[first].source], slices[first]);
    return slice;
  }

  void give(const Slice &slice, std::unique_ptr<Statistics> stats) {
    std::lock_guard<std::mutex> lock(mutex);
    pending[&slice - slices.data()] = std::move(stats);
    for (; merged < slices.size() && pending[merged]; ++merged) {
      merge(slices[merged], *std::exchange(pending[merged], nullptr));
      size_t source = slices[merged].source;
      if (merged + 1 == slices.size() || slices[merged + 1].source != source)
        consume(source, std::exchange(result, Statistics()));
    }
  }

  void fail(const Slice &slice, const Status &status) {
    std::lock_guard<std::mutex> lock(mutex);
    size_t index = &slice - slices.data();
    if (!failure.ok() && failed < index)
      return;
    failed = index;
    failure = status.withContext("weight '" +
                                 sources[slice.source]->weight.spec.name + "'");
  }

  Status finish() const { return failure; }
  int getExponent(const Slice &slice) const { return exponents[slice.source]; }

private:
  void merge(const Slice &slice, Statistics &stats) {
    const MatrixView &view = sources[slice.source]->view;
    result.merge(stats);
    if (slice.end - slice.begin < view.rows) {
      mergePart(part, stats);
      if (slice.end < view.rows)
        return;
      finishMatrix(part, view.columns);
      result.lines[1].merge(part.lines[1]);
      std::swap(stats.sketches, part.sketches);
      part = Statistics();
    }
    llvm::append_range(result.sketches, stats.sketches);
  }

  llvm::ArrayRef<const ScanSource *> sources;
  Consumer consume;
  std::vector<Slice> slices;
  std::vector<int> exponents; ///< of the sources
  std::vector<std::unique_ptr<Statistics>> pending;
  /// The weight, and of it the matrix, that are under way.
  Statistics result, part;
  std::mutex mutex;
  size_t taken = 0, fetched = 0, merged = 0, failed = 0;
  Status failure;
};
} // namespace

Status lacuna::patterns::scan(llvm::ArrayRef<const ScanSource *> sources,
                              unsigned numThreads, Progress progress,
                              Consumer consume) {
  Queue queue(sources, consume);
  auto work = [&] {
    Counter counter;
    while (const Slice *slice = queue.take()) {
      auto stats = std::make_unique<Statistics>();
      Status status =
          counter.count(*sources[slice->source], *slice,
                        queue.getExponent(*slice), *stats, progress);
      if (status.ok())
        queue.give(*slice, std::move(stats));
      else
        queue.fail(*slice, status);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < numThreads; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
  return queue.finish();
}
