// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// #lacuna.nm: at most n of every m consecutive elements are kept. Answers the
// storage and the visit interface; docs/Layouts.md has the pictures.

#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

Attribute NMAttr::parse(AsmParser &parser, Type) {
  int64_t n, m, dim;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseInteger(n) || parser.parseColon() ||
      parser.parseInteger(m) || parser.parseComma() ||
      parser.parseKeyword("dim") || parser.parseEqual() ||
      parser.parseInteger(dim) || parser.parseGreater())
    return {};
  return parser.getChecked<NMAttr>(loc, parser.getContext(), n, m, dim);
}

void NMAttr::print(AsmPrinter &printer) const {
  printer << "<" << getN() << ":" << getM() << ", dim = " << getDim() << ">";
}

LogicalResult NMAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                             int64_t n, int64_t m, int64_t dim) {
  if (n <= 0 || n >= m) // nm_c1
    return emitError() << "nm_c1: expected 0 < n < m, found " << n << ":" << m
                       << (n == m ? "; a layout that keeps everything is no "
                                    "layout: leave it out"
                                  : "");
  if (m > 64) // nm_c2
    return emitError() << "nm_c2: expected m <= 64, found " << n << ":" << m;
  if (dim < 0) // nm_c3, as far as it does not need the shape
    return emitError() << "nm_c3: expected a dimension >= 0, found dim = "
                       << dim;
  return success();
}

LogicalResult
NMAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                       function_ref<InFlightDiagnostic()> emitError) const {
  return verifyLayout(shape, elementType, emitError);
}

LogicalResult
NMAttr::verifyLayout(ArrayRef<int64_t> shape, Type elementType,
                     function_ref<InFlightDiagnostic()> emitError) const {
  if (getDim() >= static_cast<int64_t>(shape.size())) // nm_c3
    return emitError() << "nm_c3: expected dim < " << shape.size()
                       << " (the tensor's rank), found dim = " << getDim();
  if (ShapedType::isDynamicShape(shape)) // nm_c4
    return emitError() << "nm_c4: expected a static shape under "
                       << getSpelling()
                       << "; layouts stand on weights, whose shapes are known";
  unsigned width =
      elementType.isIntOrFloat() ? elementType.getIntOrFloatBitWidth() : 0;
  if (width != 8 && width != 16 && width != 32 && width != 64) // nm_c5
    return emitError() << "nm_c5: expected float or integer elements of 8, 16, "
                          "32 or 64 bits, found "
                       << elementType;
  return success();
}

SmallVector<LayoutComponent>
NMAttr::getComponents(RankedTensorType type) const {
  SmallVector<int64_t> shape(type.getShape());
  int64_t groups = getNumGroups(shape);
  shape.erase(shape.begin() + getDim());
  shape.append({groups, getN()});
  Type i8 = IntegerType::get(type.getContext(), 8);
  return {{"values", RankedTensorType::get(shape, type.getElementType())},
          {"coordinates", RankedTensorType::get(shape, i8)}};
}

// As packing::VectorGeometry: groups are added until the coordinates of a row
// fill whole words.
SmallVector<LayoutComponent>
NMAttr::getVectorViews(RankedTensorType type) const {
  SmallVector<int64_t> shape(type.getShape());
  int64_t perWord = 32 / getVectorBits();
  int64_t unit = perWord / std::gcd(perWord, getN());
  int64_t entries = llvm::divideCeil(getNumGroups(shape), unit) * unit * getN();
  shape.erase(shape.begin() + getDim());
  int64_t rows = shape.empty() ? 1 : shape.pop_back_val();
  shape.push_back(llvm::divideCeil(rows, 16));
  SmallVector<int64_t> values(shape), coordinates(shape);
  values.append({entries, 16});
  coordinates.append({entries / perWord, 16});
  Type word = IntegerType::get(type.getContext(), 32);
  return {
      {"vector.values", RankedTensorType::get(values, type.getElementType())},
      {"vector.coordinates", RankedTensorType::get(coordinates, word)}};
}

TypedAttr NMAttr::getBackground(Type elementType) const {
  return Builder(elementType.getContext()).getZeroAttr(elementType);
}

int64_t NMAttr::getNumStored(ArrayRef<int64_t> shape) const {
  int64_t count = getNumGroups(shape) * getN();
  for (auto [dimension, size] : llvm::enumerate(shape))
    if (static_cast<int64_t>(dimension) != getDim())
      count *= size;
  return count;
}

StorageLayoutInterface NMAttr::permute(ArrayRef<int64_t> permutation) const {
  for (auto [to, from] : llvm::enumerate(permutation))
    if (from == getDim())
      return NMAttr::get(getContext(), getN(), getM(), to);
  return {};
}

// The higher-rank tensor is R... x groups x m: every level dense but the last.
// Upstream refuses floordiv/mod forms, so the groups are a dimension here.
sparse_tensor::SparseTensorEncodingAttr
NMAttr::getUpstreamEncoding(RankedTensorType type) const {
  using namespace sparse_tensor;
  MLIRContext *context = getContext();
  int64_t rank = type.getRank() + 1;
  std::optional<LevelType> dense =
      buildLevelType(LevelFormat::Dense, true, true);
  std::optional<LevelType> structured =
      buildLevelType(LevelFormat::NOutOfM, true, true, getN(), getM());
  SmallVector<LevelType> levels(rank - 1, *dense);
  levels.push_back(*structured);
  AffineMap map = AffineMap::getMultiDimIdentityMap(rank, context);
  return SparseTensorEncodingAttr::get(context, levels, map, map,
                                       /*posWidth=*/64, /*crdWidth=*/8);
}

std::string NMAttr::getSpelling() const {
  return llvm::formatv("nm<{0}:{1}, dim = {2}>", getN(), getM(), getDim());
}

KnownAt NMAttr::getKnownAt() const { return KnownAt::Packed; }

VisitForm NMAttr::getVisitForm() const { return VisitForm::Buffers; }

double NMAttr::getExpectedWork(ArrayRef<int64_t> shape) const {
  int64_t size = shape[getDim()];
  return size == 0 ? 1.0
                   : std::min(1.0, double(getNumGroups(shape) * getN()) / size);
}

int64_t NMAttr::getExpectedBytes(RankedTensorType type) const {
  int64_t valueBytes = type.getElementTypeBitWidth() / 8;
  return getNumStored(type.getShape()) * (valueBytes + 1);
}
