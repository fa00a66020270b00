// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writing a model's weights in canonical form. Dense weights go from the
// mapped checkpoint to the file, packed ones through a small buffer of rows.

#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/Weights.h"

using namespace lacuna::packing;

namespace {
enum class Component { Values, Coordinates };

/// Streams one component of a dense weight, packing a range of rows at a time.
Status packRows(const NMGeometry &geometry, const Tensor &dense,
                Component component, const ByteSink &sink) {
  constexpr uint64_t bytesAtOnce = 4 << 20;
  if (geometry.valuesBytes == 0) // Perhaps with any number of empty rows.
    return Status();
  uint64_t rowBytes = geometry.rowValuesBytes();
  uint64_t rowsAtOnce = std::max<uint64_t>(1, bytesAtOnce / rowBytes);
  rowsAtOnce = std::min(rowsAtOnce, geometry.rows);
  Result<Buffer> values = Buffer::allocate(rowsAtOnce * rowBytes);
  if (!values.ok())
    return values.status();
  Result<Buffer> coordinates =
      Buffer::allocate(rowsAtOnce * geometry.rowCoordinatesBytes());
  if (!coordinates.ok())
    return coordinates.status();
  for (uint64_t begin = 0; begin < geometry.rows; begin += rowsAtOnce) {
    RowRange rows = {begin, std::min(geometry.rows, begin + rowsAtOnce)};
    uint64_t count = rows.end - rows.begin;
    MutableBytes v = {values->bytes().data, count * rowBytes};
    MutableBytes c = {coordinates->bytes().data,
                      count * geometry.rowCoordinatesBytes()};
    Status status = packNM(geometry, dense.bytes, v, c, rows);
    if (status.ok())
      status =
          sink(component == Component::Values ? ConstBytes(v) : ConstBytes(c));
    if (!status.ok())
      return status;
  }
  return Status();
}

Status produceComponent(const WeightStore &store, const WeightSpec &spec,
                        const NMGeometry &geometry, Component component,
                        const ByteSink &sink) {
  if (store.isMade(spec)) {
    Result<Tensor> pruned = store.dense(spec);
    return pruned.ok() ? packRows(geometry, *pruned, component, sink)
                       : pruned.status();
  }
  Result<WeightSpec> stored = store.stored(spec.name);
  if (!stored.ok())
    return stored.status();
  if (stored->layout) {
    Result<PackedWeight> weight = store.packed(spec);
    if (!weight.ok())
      return weight.status();
    return sink(component == Component::Values ? weight->values.bytes
                                               : weight->coordinates.bytes);
  }
  Result<Tensor> dense = store.source().resolve(spec.name);
  if (!dense.ok())
    return dense.status();
  Status status = checkBools(*dense);
  if (status.ok())
    status = packRows(geometry, *dense, component, sink);
  return status.withContext("weight " + quote(spec.name));
}

Status addPacked(SafeTensorsWriter &writer, const WeightStore &store,
                 const WeightSpec &spec) {
  Result<NMGeometry> result =
      NMGeometry::get(*spec.layout, spec.type, spec.shape);
  if (!result.ok())
    return result.status();
  const NMGeometry geometry = *result;
  for (Component component : {Component::Values, Component::Coordinates}) {
    bool isValues = component == Component::Values;
    Status status = writer.add(
        spec.name + (isValues ? ".values" : ".coordinates"),
        isValues ? spec.type : ElementType::U8, geometry.packedShape,
        [&store, spec, geometry, component](const ByteSink &sink) {
          return produceComponent(store, spec, geometry, component, sink);
        });
    if (!status.ok())
      return status;
  }
  writer.setMetadata("lacuna.layout." + spec.name,
                     "{\"layout\":\"" + spec.layout->str() + "\",\"shape\":" +
                         toString(spec.shape) + ",\"dtype\":\"" +
                         std::string(getSafeTensorsName(spec.type)) + "\"}");
  return Status();
}

Status addWeight(SafeTensorsWriter &writer, const WeightStore &store,
                 const WeightSpec &spec) {
  Status status = store.check(spec);
  if (!status.ok())
    return status;
  if (spec.layout)
    return addPacked(writer, store, spec)
        .withContext("weight " + quote(spec.name));
  return writer.add(spec.name, spec.type, spec.shape,
                    [&store, spec](const ByteSink &sink) {
                      Result<Tensor> dense = store.dense(spec);
                      return dense.ok() ? sink(dense->bytes) : dense.status();
                    });
}
} // namespace

Status lacuna::packing::writeWeights(const std::string &path,
                                     const WeightStore &store,
                                     const std::vector<WeightSpec> &specs) {
  SafeTensorsWriter writer;
  for (const WeightSpec &spec : specs) {
    Status status = addWeight(writer, store, spec);
    if (!status.ok())
      return status;
  }
  return writer.write(path);
}
