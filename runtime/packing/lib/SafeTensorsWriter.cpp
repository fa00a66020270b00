// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writing a safetensors file: all sizes are known before the first byte, so
// the header goes first and the tensors stream behind it.

#include "Files.h"
#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/SafeTensors.h"

#include <algorithm>
#include <cstring>
#include <tuple>

using namespace lacuna::packing;

/// Where tensors begin in the file when all sizes allow it: a cache line.
static constexpr uint64_t alignment = 64;

Status SafeTensorsWriter::add(const std::string &name, const Tensor &tensor) {
  Result<uint64_t> size = getByteSize(tensor.type, tensor.shape);
  if (size.ok() && *size != tensor.bytes.size)
    return Status::error("tensor " + quote(name) + " has " +
                         std::to_string(tensor.bytes.size) +
                         " bytes; expected " + std::to_string(*size) +
                         " for shape " + toString(tensor.shape));
  return add(name, tensor.type, tensor.shape,
             [tensor](const ByteSink &sink) { return sink(tensor.bytes); });
}

Status SafeTensorsWriter::add(const std::string &name, ElementType type,
                              const Shape &shape, ByteProducer producer) {
  std::string context = "tensor " + quote(name);
  Result<uint64_t> size = getByteSize(type, shape);
  if (!size.ok())
    return size.status().withContext(context);
  if (name == "__metadata__")
    return Status::error(context + ": the name is reserved by safetensors; "
                                   "choose another");
  Result<std::string> printed = printJsonString(name);
  if (!printed.ok())
    return printed.status().withContext(context);
  if (!entries.emplace(name, Entry{type, shape, *size, std::move(producer)})
           .second)
    return Status::error(context + " is added twice; expected each name once");
  return Status();
}

void SafeTensorsWriter::setMetadata(const std::string &key,
                                    const std::string &value) {
  strings[key] = value;
}

namespace {
struct Placed {
  const std::string *name;
  unsigned width;
  uint64_t size;
};

/// Tensors whose size keeps the next one aligned go first, then those of wider
/// elements, so that every tensor is aligned for its own type.
bool comesBefore(const Placed &a, const Placed &b) {
  auto key = [](const Placed &p) {
    return std::make_tuple(p.size % alignment != 0, -int(p.width), *p.name);
  };
  return key(a) < key(b);
}

Status appendEntry(std::string &header, const std::string &key,
                   const std::string &value) {
  Result<std::string> printed = printJsonString(key);
  if (!printed.ok())
    return printed.status();
  header += (header.back() == '{' ? "" : ",") + *printed + ":" + value;
  return Status();
}
} // namespace

/// Runs the producer; the sink counts. What the producer says is wrong is no
/// matter of this file, and is said without `context`.
static Status streamTensor(AtomicFile &file, const ByteProducer &producer,
                           uint64_t size, const std::string &context) {
  uint64_t produced = 0;
  Status failure;
  auto sink = [&](ConstBytes bytes) {
    produced += bytes.size;
    if (failure.ok() && produced > size)
      failure = Status::error("more than the " + std::to_string(size) +
                              " bytes of its type and shape were produced");
    if (failure.ok())
      failure = file.write(bytes);
    return failure;
  };
  Status status = producer(sink);
  if (!failure.ok()) // Also when the producer went on regardless.
    return failure.withContext(context);
  if (status.ok() && produced != size)
    return Status::error(context + ": " + std::to_string(produced) +
                         " bytes were produced; expected " +
                         std::to_string(size) + " by its type and shape");
  return status;
}

/// The object of strings under `__metadata__`, as JSON.
static Result<std::string>
printMetadata(const std::map<std::string, std::string, std::less<>> &strings) {
  std::string metadata = "{";
  for (const auto &[key, value] : strings) {
    Result<std::string> printed = printJsonString(value);
    Status status =
        printed.ok() ? appendEntry(metadata, key, *printed) : printed.status();
    if (!status.ok())
      return status.withContext("metadata " + quote(key));
  }
  return metadata + "}";
}

std::vector<std::string> SafeTensorsWriter::order() const {
  std::vector<Placed> placed;
  for (const auto &[name, entry] : entries)
    placed.push_back({&name, getByteWidth(entry.type), entry.size});
  std::sort(placed.begin(), placed.end(), comesBefore);
  std::vector<std::string> names;
  for (const Placed &p : placed)
    names.push_back(*p.name);
  return names;
}

Result<std::string>
SafeTensorsWriter::header(const std::vector<std::string> &names) const {
  std::string header = "{";
  if (!strings.empty()) {
    Result<std::string> metadata = printMetadata(strings);
    if (!metadata.ok())
      return metadata;
    Status status = appendEntry(header, "__metadata__", *metadata);
    if (!status.ok())
      return status;
  }
  uint64_t offset = 0;
  for (const std::string &name : names) {
    const Entry &entry = entries.find(name)->second;
    uint64_t end;
    if (__builtin_add_overflow(offset, entry.size, &end))
      return Status::error("the tensors have more than 2^64 bytes");
    Status status = appendEntry(
        header, name,
        "{\"dtype\":\"" + std::string(getSafeTensorsName(entry.type)) +
            "\",\"shape\":" + toString(entry.shape) + ",\"data_offsets\":[" +
            std::to_string(offset) + "," + std::to_string(end) + "]}");
    if (!status.ok())
      return status;
    offset = end;
  }
  header += "}";
  uint64_t padded = (header.size() + 8 + alignment - 1) / alignment * alignment;
  header.resize(padded - 8, ' ');
  if (header.size() > largestSafeTensorsHeader)
    return Status::error(
        "the header would have " + std::to_string(header.size()) +
        " bytes; safetensors allows " +
        std::to_string(largestSafeTensorsHeader) + ": write several files");
  return header;
}

Status SafeTensorsWriter::write(const std::string &path) const {
  std::vector<std::string> names = order();
  Result<std::string> text = header(names);
  if (!text.ok())
    return text.status().withContext(quote(path));
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();

  uint64_t size = text->size();
  uint8_t length[8];
  std::memcpy(length, &size, sizeof(length));
  Status status = file->write({length, sizeof(length)});
  if (status.ok())
    status =
        file->write({reinterpret_cast<const uint8_t *>(text->data()), size});
  for (const std::string &name : names) {
    if (!status.ok())
      return status;
    const Entry &entry = entries.find(name)->second;
    status = streamTensor(*file, entry.producer, entry.size,
                          quote(path) + ": tensor " + quote(name));
  }
  return status.ok() ? file->commit() : status;
}
