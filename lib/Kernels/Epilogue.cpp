// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Analysis and emission of epilogues; see the header. An element of a result is
// a tree over elements of buffers and the sum at the same place; the tree is
// walked once to check it, and once for each element to emit it.

#include "Epilogue.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

static bool isZeroFill(Value tensor) {
  auto fill = tensor.getDefiningOp<linalg::FillOp>();
  if (!fill)
    return false;
  Value value = fill.getInputs().front();
  return matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero());
}

/// The buffer that `tensor` reads, or null.
static BlockArgument getBuffer(Value tensor) {
  auto read = tensor.getDefiningOp<bufferization::ToTensorOp>();
  return read ? dyn_cast<BlockArgument>(read.getBuffer()) : BlockArgument();
}

/// Coordinates of an operand that `map` reads in loops at `loops`.
static SmallVector<Coordinate> apply(AffineMap map,
                                     ArrayRef<Coordinate> loops) {
  SmallVector<Coordinate> coordinates;
  for (AffineExpr expr : map.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      coordinates.push_back(loops[dim.getPosition()]);
    else
      coordinates.push_back({false, cast<AffineConstantExpr>(expr).getValue()});
  return coordinates;
}

/// Loops of `op` where its result is at `coordinates`.
static SmallVector<Coordinate> getLoops(linalg::GenericOp op,
                                        ArrayRef<Coordinate> coordinates) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<Coordinate> loops(op.getNumLoops());
  for (auto [expr, coordinate] : llvm::zip(map.getResults(), coordinates))
    loops[cast<AffineDimExpr>(expr).getPosition()] = coordinate;
  return loops;
}

//===- Analysis -----------------------------------------------------------===//

/// The coordinates of the element of `tensor` that the sum at the
/// contraction's loops goes into.
std::optional<Epilogue::Coordinates> Epilogue::locate(Value tensor) const {
  Operation *op = tensor.getDefiningOp();
  if (op == contraction.op) {
    Coordinates coordinates;
    for (AffineExpr expr :
         contraction.getMap(contraction.getInit()).getResults())
      coordinates.push_back({true, cast<AffineDimExpr>(expr).getPosition()});
    return coordinates;
  }
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  if (!generic || !generic.isAllParallelLoops())
    return std::nullopt;
  AffineMap out = generic.getMatchingIndexingMap(generic.getDpsInitOperand(0));
  if (!out.isPermutation())
    return std::nullopt;
  for (OpOperand *input : generic.getDpsInputOperands()) {
    std::optional<Coordinates> inner = locate(input->get());
    AffineMap map = generic.getMatchingIndexingMap(input);
    if (!inner || !map.isPermutation())
      continue;
    Coordinates loops(generic.getNumLoops());
    for (auto [expr, coordinate] : llvm::zip(map.getResults(), *inner))
      loops[cast<AffineDimExpr>(expr).getPosition()] = coordinate;
    return apply(out, loops);
  }
  return std::nullopt;
}

bool Epilogue::addLeaf(BlockArgument argument,
                       ArrayRef<Coordinate> coordinates) {
  for (const Leaf &leaf : leaves)
    if (leaf.argument == argument && ArrayRef(leaf.coordinates) == coordinates)
      return true;
  leaves.push_back({argument, Coordinates(coordinates), false, false, {}, {}});
  return true;
}

/// Whether a scalar from outside of a body can be had in the kernel.
static bool isKnownScalar(Value scalar) {
  Operation *op = scalar.getDefiningOp();
  return !op || isa<arith::ConstantOp>(op);
}

bool Epilogue::checkGeneric(linalg::GenericOp op,
                            ArrayRef<Coordinate> coordinates,
                            std::string &reason) {
  AffineMap out = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!op.isAllParallelLoops() || op.getNumDpsInits() != 1 ||
      !out.isPermutation()) {
    reason = "what follows the contraction is not elementwise";
    return false;
  }
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  if (!llvm::all_of(captured, isKnownScalar)) {
    reason = "the epilogue reads a scalar that the function computes";
    return false;
  }
  Coordinates loops = getLoops(op, coordinates);
  for (OpOperand &operand : op->getOpOperands()) {
    if (op.getMatchingBlockArgument(&operand).use_empty())
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool simple = llvm::all_of(map.getResults(), [](AffineExpr expr) {
      return isa<AffineDimExpr, AffineConstantExpr>(expr);
    });
    if (!simple) {
      reason = "the epilogue indexes an operand by more than its loops";
      return false;
    }
    if (!isa<RankedTensorType>(operand.get().getType())) {
      if (isKnownScalar(operand.get()))
        continue;
      reason = "the epilogue reads a scalar that the function computes";
      return false;
    }
    if (!check(operand.get(), apply(map, loops), reason))
      return false;
  }
  return true;
}

bool Epilogue::check(Value tensor, ArrayRef<Coordinate> coordinates,
                     std::string &reason) {
  Operation *op = tensor.getDefiningOp();
  if (op == contraction.op) {
    if (locate(tensor) == Coordinates(coordinates))
      return true;
    reason = "the epilogue reads the contraction's result at another place";
    return false;
  }
  if (BlockArgument argument = getBuffer(tensor))
    return addLeaf(argument, coordinates);
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op);
      fill && isKnownScalar(fill.getInputs().front()))
    return true;
  if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op);
      constant && isa<SplatElementsAttr>(constant.getValue()))
    return true;
  if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op))
    return checkGeneric(generic, coordinates, reason);
  llvm::raw_string_ostream os(reason);
  os << "the epilogue reads the result of ";
  if (op)
    os << op->getName();
  else
    os << "an argument that is no buffer";
  return false;
}

std::optional<Epilogue>
Epilogue::analyze(func::FuncOp function,
                  const TensorCoreContraction &contraction,
                  std::string &reason) {
  Epilogue epilogue(contraction);
  auto refuse = [&](const Twine &why) {
    reason = why.str();
    return std::nullopt;
  };
  for (auto result :
       function.getOps<bufferization::MaterializeInDestinationOp>()) {
    auto destination = dyn_cast<BlockArgument>(result.getDest());
    std::optional<Coordinates> coordinates =
        epilogue.locate(result.getSource());
    if (!destination || !coordinates)
      return refuse("a result is not elementwise on the contraction's");
    if (!epilogue.check(result.getSource(), *coordinates, reason))
      return std::nullopt;
    epilogue.outputs.push_back(
        {result.getSource(), destination, *coordinates, {}});
  }
  if (epilogue.outputs.empty())
    return refuse("the function writes no result");
  Value init = contraction.getInit()->get();
  epilogue.hasInit = !isZeroFill(init);
  if (epilogue.hasInit) {
    std::optional<Coordinates> at =
        epilogue.locate(contraction.op->getResult(0));
    if (!epilogue.check(init, *at, reason))
      return std::nullopt;
  }
  return epilogue;
}

//===- Emission -----------------------------------------------------------===//

Value Epilogue::evaluateScalar(KernelEmitter &emitter, Value scalar) {
  if (Operation *op = scalar.getDefiningOp())
    return emitter.clone(*op)->getResult(0);
  return kernelArguments[cast<BlockArgument>(scalar).getArgNumber()];
}

Value Epilogue::evaluateGeneric(KernelEmitter &emitter, linalg::GenericOp op,
                                ArrayRef<Coordinate> coordinates,
                                Element &element) {
  Coordinates loops = getLoops(op, coordinates);
  IRMapping mapping;
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    mapping.map(value, evaluateScalar(emitter, value));
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    Value tensor = operand.get();
    mapping.map(
        argument,
        isa<RankedTensorType>(tensor.getType())
            ? evaluate(emitter, tensor,
                       apply(op.getMatchingIndexingMap(&operand), loops),
                       element)
            : evaluateScalar(emitter, tensor));
  }
  for (Operation &inner : op.getBody()->without_terminator()) {
    auto index = dyn_cast<linalg::IndexOp>(inner);
    if (!index) {
      emitter.clone(inner, mapping);
      continue;
    }
    Coordinate at = loops[index.getDim()];
    mapping.map(index, at.isLoop ? emitter.getLoopIndex(at.value, element.m,
                                                        element.n, Value())
                                 : emitter.constant(at.value));
  }
  return mapping.lookup(op.getBody()->getTerminator()->getOperand(0));
}

Value Epilogue::evaluate(KernelEmitter &emitter, Value tensor,
                         ArrayRef<Coordinate> coordinates, Element &element) {
  Operation *op = tensor.getDefiningOp();
  if (BlockArgument argument = getBuffer(tensor))
    for (Leaf &leaf : leaves)
      if (leaf.argument == argument &&
          ArrayRef(leaf.coordinates) == coordinates)
        return leaf.values[leaf.values.size() == 1 ? 0 : element.number];
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return evaluateScalar(emitter, fill.getInputs().front());
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return arith::ConstantOp::create(
        emitter, cast<SplatElementsAttr>(constant.getValue())
                     .getSplatValue<TypedAttr>());
  Value &value = element.known[{op, coordinates.vec()}];
  if (value)
    return value;
  if (op != contraction.op)
    return value = evaluateGeneric(emitter, cast<linalg::GenericOp>(op),
                                   coordinates, element);
  value = element.sum;
  if (hasInit) {
    Value init =
        evaluate(emitter, contraction.getInit()->get(), coordinates, element);
    value = isa<FloatType>(value.getType())
                ? arith::AddFOp::create(emitter, value, init).getResult()
                : arith::AddIOp::create(emitter, value, init).getResult();
  }
  return value;
}

/// The axis along which a vector of `tile` lies.
static const Axis &getVectorAxis(const KernelEmitter &emitter,
                                 const ResultTile &tile) {
  return tile.isAlongRows() ? emitter.axes.m : emitter.axes.n;
}

/// Whether a vector of `tile` is neighbors in `global`: then the size of a row
/// is a multiple of the tile's width, which was chosen so. A bit has no
/// address.
static bool isContiguous(const KernelEmitter &emitter, const ResultTile &tile,
                         const GlobalBuffer &global) {
  return tile.getWidth() > 1 &&
         global.getInnerAxis() == &getVectorAxis(emitter, tile) &&
         cast<MemRefType>(global.buffer.getType()).getElementTypeBitWidth() >=
             8;
}

static llvm::MaybeAlign getAlignment(VectorType type) {
  return llvm::Align(std::min(
      kAccessBytes, type.getNumElements() * type.getElementTypeBitWidth() / 8));
}

ResultTile Epilogue::makeTile(const KernelEmitter &emitter) const {
  int64_t width = 1;
  bool alongRows = true;
  for (const Output &output : outputs) {
    const Axis *axis = output.global.getInnerAxis();
    int64_t bits =
        cast<MemRefType>(output.destination.getType()).getElementTypeBitWidth();
    if ((axis != &emitter.axes.m && axis != &emitter.axes.n) || bits < 8)
      continue;
    int64_t fits = emitter.getRowAccess(output.global) * 8 / bits;
    if (fits <= width)
      continue;
    width = fits;
    alongRows = axis == &emitter.axes.m;
  }
  auto getSize = [](const Axis &axis) {
    return axis.isStatic() ? axis.getStaticSize()
                           : std::numeric_limits<int64_t>::max();
  };
  return ResultTile(emitter.schedule, getSize(emitter.axes.m),
                    getSize(emitter.axes.n), alongRows, width);
}

bool Epilogue::loadsForVector(const Leaf &leaf, const ResultTile &tile) const {
  return (leaf.alongM || tile.getRows().size() == 1) &&
         (leaf.alongN || tile.getColumns().size() == 1);
}

void Epilogue::load(KernelEmitter &emitter, const ResultTile &tile, Leaf &leaf,
                    Value m, Value n) {
  bool alongRows = tile.isAlongRows();
  auto loadAt = [&](int64_t i) -> Value {
    return memref::LoadOp::create(
        emitter, leaf.global.buffer,
        emitter.getIndices(leaf.global, alongRows && m ? emitter.add(m, i) : m,
                           !alongRows && n ? emitter.add(n, i) : n, Value()));
  };
  leaf.values.clear();
  if (!(alongRows ? leaf.alongM : leaf.alongN)) {
    leaf.values.push_back(loadAt(0));
  } else if (!isContiguous(emitter, tile, leaf.global)) {
    for (int64_t i = 0; i < tile.getWidth(); ++i)
      leaf.values.push_back(loadAt(i));
  } else {
    auto type = VectorType::get(
        {tile.getWidth()},
        cast<MemRefType>(leaf.global.buffer.getType()).getElementType());
    Value vector =
        vector::LoadOp::create(emitter, type, leaf.global.buffer,
                               emitter.getIndices(leaf.global, m, n, Value()),
                               /*nontemporal=*/false, getAlignment(type));
    for (int64_t i = 0; i < tile.getWidth(); ++i)
      leaf.values.push_back(vector::ExtractOp::create(emitter, vector, i));
  }
}

void Epilogue::store(KernelEmitter &emitter, const ResultTile &tile,
                     const Output &output, ArrayRef<Value> values, Value m,
                     Value n) {
  if (isContiguous(emitter, tile, output.global)) {
    auto type = VectorType::get({tile.getWidth()}, values[0].getType());
    vector::StoreOp::create(
        emitter, vector::FromElementsOp::create(emitter, type, values),
        output.global.buffer, emitter.getIndices(output.global, m, n, Value()),
        /*nontemporal=*/false, getAlignment(type));
    return;
  }
  for (auto [i, value] : llvm::enumerate(values))
    memref::StoreOp::create(
        emitter, value, output.global.buffer,
        emitter.getIndices(
            output.global, tile.isAlongRows() ? emitter.add(m, i) : m,
            tile.isAlongRows() ? n : emitter.add(n, i), Value()));
}

void Epilogue::writeVector(KernelEmitter &emitter, const ResultTile &tile,
                           ArrayRef<Value> sums, Value m, Value n) {
  for (Leaf &leaf : leaves)
    if (loadsForVector(leaf, tile))
      load(emitter, tile, leaf, m, n);
  SmallVector<SmallVector<Value>> values(outputs.size());
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Element element{sum,
                    tile.isAlongRows() ? emitter.add(m, i) : m,
                    tile.isAlongRows() ? n : emitter.add(n, i),
                    static_cast<int64_t>(i),
                    {}};
    for (auto [output, results] : llvm::zip(outputs, values))
      results.push_back(
          evaluate(emitter, output.tensor, output.coordinates, element));
  }
  for (auto [output, results] : llvm::zip(outputs, values))
    store(emitter, tile, output, results, m, n);
}

/// Runs `body` where `index` is below the size of `axis`; no question is asked
/// where tiles divide it.
static void guardIndex(KernelEmitter &emitter, const Axis &axis, int64_t tile,
                       Value index, Value size, function_ref<void()> body) {
  if (axis.isStatic() && axis.getStaticSize() % tile == 0)
    return body();
  auto inside = scf::IfOp::create(emitter, emitter.less(index, size));
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(inside.thenBlock());
  body();
}

void Epilogue::emit(KernelEmitter &emitter, ArrayRef<Sums> sums,
                    ValueRange arguments) {
  kernelArguments = llvm::to_vector(arguments);
  const Axes &axes = emitter.axes;
  ScheduleAttr schedule = emitter.schedule;
  auto isAlong = [](ArrayRef<Coordinate> coordinates, const Axis &axis) {
    return llvm::any_of(coordinates, [&](Coordinate at) {
      return at.isLoop && llvm::is_contained(axis.loops, at.value);
    });
  };
  for (Leaf &leaf : leaves) {
    leaf.alongM = isAlong(leaf.coordinates, axes.m);
    leaf.alongN = isAlong(leaf.coordinates, axes.n);
    leaf.global =
        emitter.view(arguments[leaf.argument.getArgNumber()], leaf.coordinates);
  }
  for (Output &output : outputs)
    output.global = emitter.view(arguments[output.destination.getArgNumber()],
                                 output.coordinates);
  ResultTile tile = makeTile(emitter);
  tile.exchange(emitter, sums);
  Value firstM = tile.emitFirstRow(emitter),
        firstN = tile.emitFirstColumn(emitter);

  // Values that a row or a column shares are read once; past the last column,
  // where nothing is written, the last one's is read again.
  int64_t step = tile.isAlongRows() ? 1 : tile.getWidth();
  Value lastN = emitter.createOrFold<arith::SubIOp>(emitter.sizeN,
                                                    emitter.constant(step));
  SmallVector<Value> columns;
  SmallVector<SmallVector<SmallVector<Value>>> columnValues;
  for (int64_t column : tile.getColumns()) {
    columns.push_back(emitter.add(firstN, column));
    auto &values = columnValues.emplace_back();
    for (Leaf &leaf : leaves)
      if (!leaf.alongM && leaf.alongN && !loadsForVector(leaf, tile)) {
        load(emitter, tile, leaf, Value(), emitter.min(columns.back(), lastN));
        values.push_back(leaf.values);
      }
  }
  for (Leaf &leaf : leaves)
    if (!leaf.alongM && !leaf.alongN && !loadsForVector(leaf, tile))
      load(emitter, tile, leaf, Value(), Value());
  for (int64_t row : tile.getRows()) {
    Value m = emitter.add(firstM, row);
    guardIndex(emitter, axes.m, schedule.getTileM(), m, emitter.sizeM, [&] {
      for (Leaf &leaf : leaves)
        if (leaf.alongM && !leaf.alongN && !loadsForVector(leaf, tile))
          load(emitter, tile, leaf, m, Value());
      for (auto [j, column] : llvm::enumerate(tile.getColumns())) {
        unsigned next = 0;
        for (Leaf &leaf : leaves)
          if (!leaf.alongM && leaf.alongN && !loadsForVector(leaf, tile))
            leaf.values = columnValues[j][next++];
        Value n = columns[j];
        auto vector = tile.getVector(row, column);
        guardIndex(emitter, axes.n, schedule.getTileN(), n, emitter.sizeN,
                   [&] { writeVector(emitter, tile, vector, m, n); });
      }
    });
  }
}

void Epilogue::appendResults(KernelEmitter &emitter, ValueRange arguments,
                             SmallVectorImpl<GlobalBuffer> &buffers) const {
  for (const Output &output : outputs)
    buffers.push_back(emitter.view(arguments[output.destination.getArgNumber()],
                                   output.coordinates));
}
