// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding a model's weights in files, dense or packed, and giving each in the
// form that is asked for. What the file says and what the model says are
// compared here, once for compiler and runtime.

#include "ForRanges.h"
#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/Weights.h"

#include <cstring>
#include <set>

using namespace lacuna::packing;

static const std::string layoutPrefix = "lacuna.layout.";

static std::string describe(ElementType type, const Shape &shape) {
  return std::string(getName(type)) + " " + toString(shape);
}

/// Reads the metadata string of a packed weight.
static Result<NMGeometry> parseLayoutEntry(const std::string &text) {
  Result<Json> json = parseJsonObject(text);
  if (!json.ok())
    return json.status();
  const Json *layout = findMember(*json, "layout");
  const Json *shape = findMember(*json, "shape");
  const Json *dtype = findMember(*json, "dtype");
  if (!layout || !layout->is_string() || !shape || !dtype ||
      !dtype->is_string())
    return Status::error("expected the strings \"layout\" and \"dtype\" and "
                         "the array \"shape\"");
  Result<NMLayout> parsed =
      NMLayout::parse(layout->get_ref<const std::string &>());
  if (!parsed.ok())
    return parsed.status();
  Result<Shape> sizes = parseShape(*shape);
  if (!sizes.ok())
    return sizes.status().withContext("shape");
  const std::string &name = dtype->get_ref<const std::string &>();
  std::optional<ElementType> type = parseSafeTensorsElementType(name);
  if (!type)
    return Status::error("dtype " + quote(name) +
                         " is not known; expected one as in \"F32\"");
  return NMGeometry::get(*parsed, *type, *sizes);
}

/// A component of a packed weight, whose type and shape follow from the
/// geometry.
static Result<Tensor> findComponent(const SafeTensorsSet &files,
                                    const std::string &name, ElementType type,
                                    const Shape &shape) {
  const Tensor *tensor = files.find(name);
  if (!tensor)
    return Status::error("its layout is in the metadata, but tensor " +
                         quote(name) + " is not in " + files.describe() +
                         "; pack the weight again");
  if (tensor->type != type || tensor->shape != shape)
    return Status::error("tensor " + quote(name) + " is " +
                         describe(tensor->type, tensor->shape) + "; expected " +
                         describe(type, shape) +
                         " for its layout; pack the weight again");
  return *tensor;
}

WeightStore::WeightStore(ParameterSource source)
    : parameters(std::move(source)) {}

Result<WeightStore> WeightStore::open(const std::vector<std::string> &paths,
                                      const std::string &parametersPath) {
  Result<SafeTensorsSet> files = SafeTensorsSet::open(paths);
  if (!files.ok())
    return files.status();
  ParameterMap map;
  if (!parametersPath.empty()) {
    Result<ParameterMap> read = ParameterMap::open(parametersPath);
    if (!read.ok())
      return read.status();
    map = std::move(*read);
  }
  return WeightStore(ParameterSource(std::move(*files), std::move(map)));
}

const std::string *WeightStore::layoutEntry(const std::string &name) const {
  std::optional<std::string> source = parameters.identity(name);
  return source ? parameters.files().findMetadata(layoutPrefix + *source)
                : nullptr;
}

Result<StoredWeight> WeightStore::lookup(const std::string &name) const {
  const std::string *entry = layoutEntry(name);
  if (!entry) {
    Result<Tensor> dense = parameters.describe(name);
    if (!dense.ok())
      return dense.status();
    StoredWeight stored;
    stored.spec = {name, dense->type, dense->shape, std::nullopt};
    if (std::optional<std::string> source = parameters.identity(name))
      stored.dense = *parameters.files().find(*source);
    return stored;
  }
  std::string source = *parameters.identity(name);
  Result<NMGeometry> geometry = parseLayoutEntry(*entry);
  if (!geometry.ok())
    return geometry.status().withContext("metadata " +
                                         quote(layoutPrefix + source));
  const SafeTensorsSet &files = parameters.files();
  if (files.find(source))
    return Status::error("the files hold it dense and packed; expected one of "
                         "them: leave one of the files out");
  Result<Tensor> values = findComponent(files, source + ".values",
                                        geometry->type, geometry->packedShape);
  if (!values.ok())
    return values.status();
  Result<Tensor> coordinates = findComponent(
      files, source + ".coordinates", ElementType::U8, geometry->packedShape);
  if (!coordinates.ok())
    return coordinates.status();
  WeightSpec spec = {name, geometry->type, geometry->shape, geometry->layout};
  return StoredWeight{std::move(spec),
                      {},
                      std::move(*geometry),
                      std::move(*values),
                      std::move(*coordinates)};
}

Result<StoredWeight> WeightStore::locate(const std::string &name) const {
  Result<StoredWeight> stored = lookup(name);
  if (!stored.ok())
    return stored.status().withContext("weight " + quote(name));
  return stored;
}

std::vector<std::string_view> WeightStore::names() const {
  const SafeTensorsSet &files = parameters.files();
  std::vector<std::string_view> names;
  std::set<std::string> components;
  for (const auto &[key, text] : files.metadata()) {
    if (key.rfind(layoutPrefix, 0) != 0)
      continue;
    names.push_back(std::string_view(key).substr(layoutPrefix.size()));
    for (const char *component : {".values", ".coordinates"})
      components.insert(std::string(names.back()) + component);
    // A dense tensor of the same name is not asked for.
    components.emplace(names.back());
  }
  for (const auto &[name, tensor] : files.tensors())
    if (!components.count(name))
      names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

/// The dense weight that `spec` is pruned from.
static WeightSpec getSource(const WeightSpec &spec) {
  return {spec.prunes, spec.type, spec.shape, std::nullopt};
}

bool WeightStore::isMade(const WeightSpec &spec) const {
  return !spec.prunes.empty() && !layoutEntry(spec.name) &&
         !parameters.describe(spec.name).ok();
}

Result<StoredWeight> WeightStore::lookup(const WeightSpec &spec) const {
  Result<StoredWeight> stored = lookup(spec.name);
  if (!stored.ok())
    return stored;
  const WeightSpec &found = stored->spec;
  if (spec.layout && found.layout && *spec.layout != *found.layout)
    return Status::error("it is stored as " + found.layout->str() +
                         ", but the model has it as " + spec.layout->str() +
                         "; give the dense weight, or compile the model with "
                         "the layout of the file");
  if (found.type != spec.type || found.shape != spec.shape)
    return Status::error("the file has " + describe(found.type, found.shape) +
                         "; expected " + describe(spec.type, spec.shape) +
                         " as in the model; give the weights of this model, "
                         "or convert them");
  return stored;
}

Result<WeightSpec> WeightStore::stored(const std::string &name) const {
  Result<StoredWeight> stored = lookup(name);
  if (!stored.ok())
    return stored.status().withContext("weight " + quote(name));
  return stored->spec;
}

/// Runs `body` on ranges of rows.
static Status forRows(const NMGeometry &geometry, const ParallelFor &parallel,
                      const std::function<Status(RowRange)> &body) {
  return forRanges(geometry.rows, parallel, [&](uint64_t begin, uint64_t end) {
    return body({begin, end});
  });
}

/// The rows' part of a packed buffer.
template <typename Bytes>
static Bytes sliceRows(Bytes bytes, RowRange rows, uint64_t rowBytes) {
  return slice(bytes, rows.begin, rows.end, rowBytes);
}

static std::string contextOf(const WeightSpec &spec) {
  return "weight " + quote(spec.name);
}

Status WeightStore::check(const WeightSpec &spec) const {
  if (isMade(spec))
    return check(getSource(spec));
  return lookup(spec).status().withContext(contextOf(spec));
}

static Result<Tensor> unpack(const NMGeometry &geometry, const Tensor &values,
                             const Tensor &coordinates,
                             const ParallelFor &parallel) {
  Result<Buffer> buffer = Buffer::allocate(geometry.denseBytes);
  if (!buffer.ok())
    return buffer.status();
  Status status = forRows(geometry, parallel, [&](RowRange rows) {
    return unpackNM(
        geometry, sliceRows(values.bytes, rows, geometry.rowValuesBytes()),
        sliceRows(coordinates.bytes, rows, geometry.rowCoordinatesBytes()),
        buffer->bytes(), rows);
  });
  if (!status.ok())
    return status;
  return Tensor{geometry.type, geometry.shape, buffer->bytes(),
                buffer->owner()};
}

/// The dense tensor, checked as its layout asks for.
static Status checkDense(const WeightSpec &spec, const Tensor &dense,
                         const ParallelFor &parallel) {
  Status status = checkBools(dense);
  if (!status.ok() || !spec.layout)
    return status;
  Result<NMGeometry> geometry =
      NMGeometry::get(*spec.layout, spec.type, spec.shape);
  if (!geometry.ok())
    return geometry.status();
  return forRows(*geometry, parallel, [&](RowRange rows) {
    return checkNM(*geometry, dense.bytes, rows);
  });
}

/// The layout of `spec` on its type and shape.
static Result<NMGeometry> getGeometry(const WeightSpec &spec) {
  std::string context = contextOf(spec);
  if (!spec.layout)
    return Status::error(context + " has no layout in the model; ask for its "
                                   "dense form");
  Result<NMGeometry> geometry =
      NMGeometry::get(*spec.layout, spec.type, spec.shape);
  if (!geometry.ok())
    return geometry.status().withContext(context);
  return geometry;
}

Result<Tensor> WeightStore::prune(const WeightSpec &spec,
                                  const ParallelFor &parallel) const {
  Result<NMGeometry> geometry = getGeometry(spec);
  if (!geometry.ok())
    return geometry.status();
  Result<Tensor> source = dense(getSource(spec), parallel);
  if (!source.ok())
    return source.status();
  Result<Buffer> buffer = Buffer::allocate(geometry->denseBytes);
  if (!buffer.ok())
    return buffer.status();
  if (geometry->denseBytes)
    std::memcpy(buffer->bytes().data, source->bytes.data, source->bytes.size);
  Status status = forRows(*geometry, parallel, [&](RowRange rows) {
    return pruneNM(*geometry, buffer->bytes(), rows);
  });
  if (!status.ok())
    return status.withContext(contextOf(spec));
  return Tensor{spec.type, spec.shape, buffer->bytes(), buffer->owner()};
}

Result<Tensor> WeightStore::dense(const WeightSpec &spec,
                                  const ParallelFor &parallel) const {
  if (isMade(spec))
    return prune(spec, parallel);
  std::string context = contextOf(spec);
  Result<StoredWeight> stored = lookup(spec);
  if (!stored.ok())
    return stored.status().withContext(context);
  Result<Tensor> tensor = stored->geometry
                              ? unpack(*stored->geometry, stored->values,
                                       stored->coordinates, parallel)
                              : parameters.resolve(spec.name);
  if (!tensor.ok())
    return tensor.status().withContext(context);
  // What was unpacked keeps to its layout already.
  Status status = stored->geometry ? checkBools(*tensor)
                                   : checkDense(spec, *tensor, parallel);
  if (!status.ok())
    return status.withContext(context);
  return makeAligned(*tensor);
}

static Result<PackedWeight> pack(const NMGeometry &geometry,
                                 const Tensor &dense,
                                 const ParallelFor &parallel) {
  Result<Buffer> values = Buffer::allocate(geometry.valuesBytes);
  if (!values.ok())
    return values.status();
  Result<Buffer> coordinates = Buffer::allocate(geometry.coordinatesBytes);
  if (!coordinates.ok())
    return coordinates.status();
  Status status = forRows(geometry, parallel, [&](RowRange rows) {
    return packNM(
        geometry, dense.bytes,
        sliceRows(values->bytes(), rows, geometry.rowValuesBytes()),
        sliceRows(coordinates->bytes(), rows, geometry.rowCoordinatesBytes()),
        rows);
  });
  if (!status.ok())
    return status;
  return PackedWeight{
      geometry,
      {geometry.type, geometry.packedShape, values->bytes(), values->owner()},
      {ElementType::U8, geometry.packedShape, coordinates->bytes(),
       coordinates->owner()}};
}

Result<PackedWeight> WeightStore::packed(const WeightSpec &spec,
                                         const ParallelFor &parallel) const {
  std::string context = contextOf(spec);
  Result<NMGeometry> geometry = getGeometry(spec);
  if (!geometry.ok())
    return geometry.status();
  if (isMade(spec)) {
    Result<Tensor> pruned = prune(spec, parallel);
    if (!pruned.ok())
      return pruned.status();
    return pack(*geometry, *pruned, parallel);
  }
  Result<StoredWeight> stored = lookup(spec);
  if (!stored.ok())
    return stored.status().withContext(context);
  if (stored->geometry) {
    const NMGeometry &geometry = *stored->geometry;
    Status status = forRows(geometry, parallel, [&](RowRange rows) {
      return validateNM(
          geometry,
          sliceRows(stored->values.bytes, rows, geometry.rowValuesBytes()),
          sliceRows(stored->coordinates.bytes, rows,
                    geometry.rowCoordinatesBytes()),
          rows);
    });
    if (status.ok())
      status = checkBools(stored->values);
    if (!status.ok())
      return status.withContext(context);
    Result<Tensor> values = makeAligned(stored->values);
    if (!values.ok())
      return values.status().withContext(context);
    return PackedWeight{geometry, *values, stored->coordinates};
  }
  Result<Tensor> dense = parameters.resolve(spec.name);
  if (!dense.ok())
    return dense.status().withContext(context);
  Status status = checkBools(*dense);
  if (!status.ok())
    return status.withContext(context);
  Result<PackedWeight> weight = pack(*geometry, *dense, parallel);
  if (!weight.ok())
    return weight.status().withContext(context);
  return weight;
}
