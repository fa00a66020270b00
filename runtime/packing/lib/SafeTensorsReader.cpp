// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading one safetensors file: 8 bytes of header length, the header as JSON,
// then the tensors' bytes without gaps. Nothing in the header is believed
// before it was compared with the file.

#include "Files.h"
#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/SafeTensors.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::packing;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the file formats are little-endian and read in place");

namespace {
constexpr char damaged[] =
    "; the file is truncated, damaged or not safetensors: fetch or write it "
    "again";

struct Region {
  uint64_t begin, end;
  const std::string *name;
};

/// The JSON of the header.
Result<std::string_view> findHeader(ConstBytes file) {
  if (file.size < 8)
    return Status::error("the file has " + std::to_string(file.size) +
                         " bytes; expected 8 bytes of header length and a "
                         "header" +
                         damaged);
  uint64_t size;
  std::memcpy(&size, file.data, sizeof(size));
  if (size > file.size - 8)
    return Status::error("the header length is " + std::to_string(size) +
                         " bytes; expected at most the " +
                         std::to_string(file.size - 8) + " that follow it" +
                         damaged);
  if (size > largestSafeTensorsHeader)
    return Status::error("the header length is " + std::to_string(size) +
                         " bytes; expected at most " +
                         std::to_string(largestSafeTensorsHeader) + damaged);
  return std::string_view(reinterpret_cast<const char *>(file.data) + 8, size);
}

Result<ElementType> parseType(const Json &info) {
  const Json *dtype = findMember(info, "dtype");
  if (!dtype || !dtype->is_string())
    return Status::error("dtype is " +
                         (dtype ? describeType(*dtype) : "missing") +
                         "; expected a string, as in \"F32\"" + damaged);
  const std::string &name = dtype->get_ref<const std::string &>();
  if (std::optional<ElementType> type = parseSafeTensorsElementType(name))
    return *type;
  return Status::error(
      "dtype " + quote(name) +
      " is not known; expected F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64, "
      "I32, I16, I8, U64, U32, U16, U8 or BOOL; convert the tensor");
}

/// The byte range of a tensor in the data, which has `dataSize` bytes.
Result<Region> parseOffsets(const Json &info, uint64_t dataSize) {
  const Json *offsets = findMember(info, "data_offsets");
  if (!offsets || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned() ||
      !(*offsets)[1].is_number_unsigned())
    return Status::error("data_offsets is " +
                         std::string(offsets ? "not" : "missing; expected") +
                         " an array of two integers >= 0" + damaged);
  Region region = {(*offsets)[0].get<uint64_t>(), (*offsets)[1].get<uint64_t>(),
                   nullptr};
  if (region.begin > region.end || region.end > dataSize)
    return Status::error(
        "data_offsets are [" + std::to_string(region.begin) + ", " +
        std::to_string(region.end) + "]; expected a range within the " +
        std::to_string(dataSize) + " bytes of data in the file" + damaged);
  return region;
}

/// Type and shape of one tensor, and its range, which must be as long as they
/// say.
Result<Region> parseTensor(const Json &info, ConstBytes data, Tensor &tensor) {
  if (!info.is_object())
    return Status::error("its entry is " + describeType(info) +
                         "; expected an object" + damaged);
  Result<ElementType> type = parseType(info);
  if (!type.ok())
    return type.status();
  const Json *sizes = findMember(info, "shape");
  if (!sizes)
    return Status::error(std::string("shape is missing") + damaged);
  Result<Shape> shape = parseShape(*sizes);
  if (!shape.ok())
    return Status::error("shape: " + shape.message() + damaged);
  Result<uint64_t> size = getByteSize(*type, *shape);
  if (!size.ok())
    return Status::error(size.message() + damaged);
  Result<Region> region = parseOffsets(info, data.size);
  if (!region.ok())
    return region;
  if (region->end - region->begin != *size)
    return Status::error("data_offsets [" + std::to_string(region->begin) +
                         ", " + std::to_string(region->end) + "] span " +
                         std::to_string(region->end - region->begin) +
                         " bytes; expected " + std::to_string(*size) + " for " +
                         std::string(getSafeTensorsName(*type)) + " of shape " +
                         toString(*shape) + damaged);
  tensor.type = *type;
  tensor.shape = std::move(*shape);
  tensor.bytes = {data.data + region->begin, *size};
  return region;
}

/// Tensors follow one another without overlap, gap or bytes left over.
Status checkRegions(std::vector<Region> regions, uint64_t dataSize) {
  std::sort(regions.begin(), regions.end(),
            [](const Region &a, const Region &b) {
              return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
            });
  uint64_t end = 0;
  for (const Region &region : regions) {
    if (region.begin != end)
      return Status::error(
          "tensor " + quote(*region.name) + " begins at byte " +
          std::to_string(region.begin) + " of the data, but the " +
          (region.begin < end ? "tensor before it ends" : "bytes used end") +
          " at " + std::to_string(end) +
          "; expected tensors without overlap and gap" + damaged);
    end = region.end;
  }
  if (end != dataSize)
    return Status::error(std::to_string(dataSize - end) +
                         " bytes follow the last tensor; expected the file to "
                         "end with it" +
                         damaged);
  return Status();
}

using Tensors = std::map<std::string, Tensor, std::less<>>;
using Strings = std::map<std::string, std::string, std::less<>>;

/// Takes a header of many entries one by one.
class HeaderReader {
public:
  HeaderReader(ConstBytes data, Tensors &tensors, Strings &strings)
      : data(data), tensors(tensors), strings(strings) {}

  Status read(std::string_view header) {
    Status json = forEachMember(
        header, "__metadata__",
        [&](std::string &&key, Json &&value) {
          return accept(addTensor(key, value));
        },
        [&](std::string &&key, Json &&value) {
          return accept(addString(key, value));
        });
    if (!json.ok())
      return json.withContext("header").withHint(damaged);
    return failure.ok() ? checkRegions(std::move(regions), data.size) : failure;
  }

private:
  bool accept(Status status) {
    failure = std::move(status);
    return failure.ok();
  }

  static Status duplicate(const std::string &key) {
    return duplicateKey(key).withContext("header").withHint(damaged);
  }

  Status addTensor(const std::string &key, const Json &info) {
    if (key == "__metadata__")
      return Status::error("__metadata__ is " + describeType(info) +
                           "; expected an object of strings" + damaged);
    auto [entry, isNew] = tensors.try_emplace(key);
    if (!isNew)
      return duplicate(key);
    Result<Region> region = parseTensor(info, data, entry->second);
    if (!region.ok())
      return region.status().withContext("tensor " + quote(key));
    region->name = &entry->first;
    regions.push_back(*region);
    return Status();
  }

  Status addString(const std::string &key, Json &value) {
    if (!value.is_string())
      return Status::error("__metadata__ " + quote(key) + " is " +
                           describeType(value) + "; expected a string" +
                           damaged);
    auto [entry, isNew] = strings.try_emplace(key);
    if (!isNew)
      return duplicate(key);
    entry->second = std::move(value.get_ref<std::string &>());
    return Status();
  }

  ConstBytes data;
  Tensors &tensors;
  Strings &strings;
  std::vector<Region> regions;
  Status failure;
};
} // namespace

Result<SafeTensorsFile> SafeTensorsFile::parse(ConstBytes bytes,
                                               const std::string &name) {
  std::string context = quote(name);
  Result<std::string_view> header = findHeader(bytes);
  if (!header.ok())
    return header.status().withContext(context);
  ConstBytes data = {bytes.data + 8 + header->size(),
                     bytes.size - 8 - header->size()};
  SafeTensorsFile file;
  file.file = name;
  Status status = HeaderReader(data, file.entries, file.strings).read(*header);
  if (!status.ok())
    return status.withContext(context);
  return file;
}

Result<SafeTensorsFile> SafeTensorsFile::open(const std::string &path) {
  Result<MappedFile> mapped = mapFile(path);
  if (!mapped.ok())
    return mapped.status();
  Result<SafeTensorsFile> file = parse(mapped->bytes, path);
  if (!file.ok())
    return file;
  for (auto &[name, tensor] : file->entries)
    tensor.owner = mapped->owner;
  // The header was read, and may be large.
  Result<std::string_view> header = findHeader(mapped->bytes);
  if (header.ok())
    releasePages({mapped->bytes.data, 8 + header->size()});
  return file;
}

const Tensor *SafeTensorsFile::find(std::string_view name) const {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}
