// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fuzz target for everything that reads files: the first byte of an input
// chooses the reader, the rest is the file. What a reader accepts is used as
// the compiler and the runtime use it, and what was packed must unpack to the
// same. Run it with the corpus beside it:
//
//   LacunaPackingFuzzer -max_total_time=60 -dict=packing.dict NEW corpus
//
// NEW is a folder for the inputs that are found.

#include "lacuna/Packing/Mma.h"
#include "lacuna/Packing/Npy.h"
#include "lacuna/Packing/Vector.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace lacuna::packing;

namespace {
void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Every byte is read, so that the sanitizers see ranges that lie.
unsigned touch(const Tensor &tensor) {
  require(*getByteSize(tensor.type, tensor.shape) == tensor.bytes.size,
          "a tensor has the bytes of its shape");
  unsigned sum = 0;
  for (uint64_t i = 0; i < tensor.bytes.size; ++i)
    sum += tensor.bytes.data[i];
  return sum;
}

/// A folder of this process, removed when it ends.
class Folder {
public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lacuna-fuzz-XXXXXX")
            .string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }

  std::string write(const char *name, std::string_view bytes) const {
    std::string file = path + "/" + name;
    std::ofstream(file, std::ios::binary).write(bytes.data(), bytes.size());
    return file;
  }

private:
  std::string path;
};

const Folder &folder() {
  static Folder instance;
  return instance;
}

/// A header of the right length: mutations reach the JSON at once.
std::string addLength(std::string_view text) {
  // The data begins behind the first byte 0xff, which JSON cannot hold.
  uint64_t size = std::min(text.find('\xff'), text.size());
  std::string file(8, '\0');
  std::memcpy(file.data(), &size, 8);
  file += text.substr(0, size);
  if (size < text.size())
    file += text.substr(size + 1);
  return file;
}

void backwards(uint64_t count,
               const std::function<void(uint64_t, uint64_t)> &body) {
  for (uint64_t i = count; i-- > 0;)
    body(i, i + 1);
}

bool same(const Tensor &a, const Tensor &b) {
  return std::equal(a.bytes.data, a.bytes.data + a.bytes.size, b.bytes.data,
                    b.bytes.data + b.bytes.size);
}

/// The order of tensor cores: made of what validation takes, and of nothing
/// else; in pieces as in one.
void useMma(const PackedWeight &weight) {
  Result<MmaGeometry> geometry = MmaGeometry::get(weight.geometry);
  Result<MmaWeight> whole = makeMma(weight);
  if (!geometry.ok()) {
    require(!whole.ok(), "a weight without a form is refused");
    return;
  }
  if (geometry->valuesBytes > 1 << 24)
    return;
  bool valid =
      validateNM(weight.geometry, weight.values.bytes, weight.coordinates.bytes)
          .ok();
  // Without a tile of depth nothing is read.
  require(whole.ok() == (valid || geometry->depthTiles == 0),
          "fragments are made of what validation takes");
  if (!whole.ok())
    return;
  touch(whole->values);
  touch(whole->metadata);
  Result<MmaWeight> pieces = makeMma(weight, backwards);
  require(pieces.ok() && same(pieces->values, whole->values) &&
              same(pieces->metadata, whole->metadata),
          "tiles do not depend on how they are shared out");
  // Ordered metadata: two positions, or one of tf32's two nibbles.
  for (uint64_t i = 0; i < whole->metadata.bytes.size; ++i)
    for (unsigned nibble : {whole->metadata.bytes.data[i] & 15,
                            whole->metadata.bytes.data[i] >> 4})
      require(weight.geometry.layout.m == 2 ? nibble == 0x4 || nibble == 0xe
                                            : (nibble & 3) < nibble >> 2,
              "metadata is legal");
}

/// The order of vector instructions, likewise.
void useVector(const PackedWeight &weight) {
  Result<VectorGeometry> geometry = VectorGeometry::get(weight.geometry);
  if (!geometry.ok() || geometry->valuesBytes > 1 << 24)
    return;
  Result<VectorWeight> whole = makeVector(weight);
  bool valid =
      validateNM(weight.geometry, weight.values.bytes, weight.coordinates.bytes)
          .ok();
  require(whole.ok() == (valid || geometry->entries == 0),
          "blocks are made of what validation takes");
  if (!whole.ok())
    return;
  touch(whole->values);
  touch(whole->coordinates);
  Result<VectorWeight> pieces = makeVector(weight, backwards);
  require(pieces.ok() && same(pieces->values, whole->values) &&
              same(pieces->coordinates, whole->coordinates),
          "blocks do not depend on how they are shared out");
}

/// A layout that was read is written again; for a dense tensor the layout is
/// pruned into it first.
void useWeight(const WeightStore &store, const std::string &name) {
  Result<WeightSpec> spec = store.stored(name);
  if (!spec.ok())
    return;
  Result<Tensor> dense = store.dense(*spec);
  if (dense.ok())
    touch(*dense);
  if (!spec->layout)
    return;
  Result<PackedWeight> packed = store.packed(*spec);
  require(packed.ok() == dense.ok(), "both forms are there, or none");
  if (!packed.ok())
    return;
  touch(packed->values);
  touch(packed->coordinates);
  useMma(*packed);
  useVector(*packed);
  require(checkNM(packed->geometry, dense->bytes).ok(),
          "what was unpacked keeps to its layout");
}

void fuzzSafeTensors(std::string_view bytes) {
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  Result<SafeTensorsFile> file =
      SafeTensorsFile::parse({copy.data(), copy.size()}, "fuzz");
  if (!file.ok())
    return;
  SafeTensorsWriter writer;
  for (const auto &[name, tensor] : file->tensors()) {
    touch(tensor);
    require(writer.add(name, tensor).ok(), "what was read can be written");
  }
  for (const auto &[key, value] : file->metadata())
    writer.setMetadata(key, value);
  std::string path = folder().write("w.safetensors", "");
  require(writer.write(path).ok(), "what was read can be written");
  Result<WeightStore> store = WeightStore::open({path});
  require(store.ok(), "what was written can be read");
  require(store->source().files().tensors().size() == file->tensors().size() &&
              store->source().files().metadata() == file->metadata(),
          "what was written is the same");
  constexpr std::string_view prefix = "lacuna.layout.";
  for (const auto &[key, value] : file->metadata())
    if (key.rfind(prefix, 0) == 0)
      useWeight(*store, key.substr(prefix.size()));
  for (const auto &[name, tensor] : file->tensors())
    useWeight(*store, name);
}

void fuzzNpy(std::string_view bytes) {
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  Result<Tensor> tensor = parseNpy({copy.data(), copy.size()}, "fuzz");
  if (tensor.ok())
    touch(*tensor);
}

/// A parameters file over a checkpoint with the tensors a, b and c.
void fuzzParameters(std::string_view text) {
  static const std::string checkpoint = folder().write(
      "c.safetensors",
      addLength("{\"a\":{\"dtype\":\"U8\",\"shape\":[2,3],\"data_offsets\":[0,"
                "6]},\"b\":{\"dtype\":\"U8\",\"shape\":[2,3],\"data_offsets\":"
                "[6,12]},\"c\":{\"dtype\":\"F32\",\"shape\":[2,1,2],"
                "\"data_offsets\":[12,28]}}\xff"
                "abcdefghijklmnopqrstuvwxyz12"));
  static const SafeTensorsSet files = *SafeTensorsSet::open({checkpoint});
  Result<ParameterMap> map = ParameterMap::parse(text, "fuzz");
  if (!map.ok())
    return;
  ParameterSource source(files, *map);
  for (const auto &[name, parameter] : map->parameters()) {
    Result<Tensor> described = source.describe(name);
    Result<Tensor> resolved = source.resolve(name);
    require(!resolved.ok() || described.ok(), "describe() finds as much");
    if (!resolved.ok())
      continue;
    require(described->shape == resolved->shape, "describe() says the shape");
    touch(*resolved);
  }
}

void fuzzIndex(std::string_view text) {
  std::string path = folder().write("i.index.json", text);
  Result<SafeTensorsSet> set = SafeTensorsSet::open({path});
  if (set.ok())
    for (const auto &entry : set->tensors())
      touch(entry.second);
}

/// "LAYOUT\nTYPE SIZES...\nbytes": a tensor is pruned, packed and unpacked, and
/// the bytes are taken for coordinates too.
void fuzzNM(std::string_view text) {
  size_t line = std::min(text.find('\n'), text.size());
  Result<NMLayout> layout = NMLayout::parse(text.substr(0, line));
  if (!layout.ok())
    return;
  require(*NMLayout::parse(layout->str()) == *layout, "layouts roundtrip");
  text.remove_prefix(line);
  if (text.size() < 6)
    return;
  auto type = static_cast<ElementType>(uint8_t(text[1]) % 15);
  Shape shape;
  // More than a tile of tensor cores, which is up to 64 deep.
  for (unsigned i = 0; i < uint8_t(text[2]) % 4u; ++i)
    shape.push_back(uint8_t(text[3 + i]) % 80);
  Result<NMGeometry> geometry = NMGeometry::get(*layout, type, shape);
  if (!geometry.ok() || geometry->valuesBytes > 1 << 18)
    return;
  text.remove_prefix(6);
  auto fill = [&](uint64_t size) {
    std::vector<uint8_t> bytes(size);
    for (uint64_t i = 0; i < size && !text.empty(); ++i)
      bytes[i] = text[i % text.size()];
    return bytes;
  };
  std::vector<uint8_t> dense = fill(geometry->denseBytes);
  std::vector<uint8_t> values = fill(geometry->valuesBytes);
  std::vector<uint8_t> coordinates = fill(geometry->coordinatesBytes);
  MutableBytes d = {dense.data(), dense.size()};
  MutableBytes v = {values.data(), values.size()};
  MutableBytes c = {coordinates.data(), coordinates.size()};
  bool valid = validateNM(*geometry, v, c).ok();
  require(unpackNM(*geometry, v, c, d).ok() == valid,
          "unpacking takes what validation takes");
  auto weight = [&] {
    return PackedWeight{
        *geometry,
        {type, geometry->packedShape, {v.data, v.size}, nullptr},
        {ElementType::U8, geometry->packedShape, {c.data, c.size}, nullptr}};
  };
  useMma(weight());
  useVector(weight());

  dense = fill(geometry->denseBytes);
  d.data = dense.data();
  require(checkNM(*geometry, d).ok() == packNM(*geometry, d, v, c).ok(),
          "packing takes what the check takes");
  require(pruneNM(*geometry, d).ok() && packNM(*geometry, d, v, c).ok(),
          "what was pruned can be packed");
  std::vector<uint8_t> back(dense.size()), v2(values), c2(coordinates);
  require(unpackNM(*geometry, v, c, {back.data(), back.size()}).ok() &&
              packNM(*geometry, {back.data(), back.size()},
                     {v2.data(), v2.size()}, {c2.data(), c2.size()})
                  .ok() &&
              v2 == values && c2 == coordinates,
          "the packed form is unique");
  useMma(weight());
  useVector(weight());
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
  switch (data[0]) {
  case 'S':
    fuzzSafeTensors(text);
    break;
  case 's':
    fuzzSafeTensors(addLength(text));
    break;
  case 'n':
    fuzzNpy(text);
    break;
  case 'p':
    fuzzParameters(text);
    break;
  case 'i':
    fuzzIndex(text);
    break;
  case 'm':
    fuzzNM(text);
    break;
  default:
    return -1; // Not kept in the corpus.
  }
  return 0;
}
