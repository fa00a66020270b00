// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors files: a reader that maps the file and trusts nothing in its
// header, sets of files (sharded checkpoints), and a writer that streams and
// is atomic.
//
// Mapped bytes are read when they are used: a file that somebody truncates
// meanwhile ends the process with SIGBUS, as with every mapped file. Replace
// files by renaming, as the writer does.

#ifndef LACUNA_PACKING_SAFETENSORS_H
#define LACUNA_PACKING_SAFETENSORS_H

#include "lacuna/Packing/Tensor.h"

#include <map>
#include <set>

namespace lacuna::packing {

/// Bytes that a header may have: the limit of the format's reference
/// implementation.
inline constexpr uint64_t largestSafeTensorsHeader = 100'000'000;

/// One file, mapped. Cheap to copy; tensors keep the mapping alive.
class SafeTensorsFile {
public:
  static Result<SafeTensorsFile> open(const std::string &path);

  /// The same for bytes in memory (borrowed); `name` stands in errors.
  static Result<SafeTensorsFile> parse(ConstBytes bytes,
                                       const std::string &name);

  /// By name, in byte order. Bytes are zero-copy and may be unaligned.
  const std::map<std::string, Tensor, std::less<>> &tensors() const {
    return entries;
  }

  /// Null when the file has no such tensor.
  const Tensor *find(std::string_view name) const;

  /// The strings of `__metadata__`.
  const std::map<std::string, std::string, std::less<>> &metadata() const {
    return strings;
  }

  const std::string &path() const { return file; }

private:
  friend class SafeTensorsSet;

  std::string file;
  std::map<std::string, Tensor, std::less<>> entries;
  std::map<std::string, std::string, std::less<>> strings;
};

/// Several files seen as one. A name that occurs in two of them is an error
/// that names both.
class SafeTensorsSet {
public:
  /// Each path is a safetensors file, or a `*.safetensors.index.json` that
  /// lists the files of a sharded checkpoint, which lie beside it; of those
  /// exactly the tensors that the index lists are taken.
  static Result<SafeTensorsSet> open(const std::vector<std::string> &paths);

  const Tensor *find(std::string_view name) const;

  /// The string of `__metadata__` named `key`; null when there is none. A key
  /// that two files give different values to is an error of open() when it
  /// begins with "lacuna."; otherwise the first file wins.
  const std::string *findMetadata(std::string_view key) const;

  const std::map<std::string, Tensor, std::less<>> &tensors() const {
    return entries;
  }
  const std::map<std::string, std::string, std::less<>> &metadata() const {
    return strings;
  }

  /// The files' paths, joined by ", ", for errors.
  std::string describe() const;

private:
  Status add(SafeTensorsFile &&file, const std::set<std::string> *wanted);

  std::vector<std::string> files;
  std::map<std::string, Tensor, std::less<>> entries;
  std::map<const void *, size_t> origins; ///< owners of tensors, as files
  std::map<std::string, std::string, std::less<>> strings;
};

/// Takes the bytes of a tensor piece by piece; an error ends the writing and
/// must be returned by the producer.
using ByteSink = std::function<Status(ConstBytes)>;

/// Produces the bytes of a tensor in order, by calling the sink with pieces of
/// any size; in all exactly as many bytes as its type and shape say.
using ByteProducer = std::function<Status(const ByteSink &)>;

/// Collects tensors, then writes them in one go.
class SafeTensorsWriter {
public:
  /// `tensor.bytes` must stay valid until write() (its owner is kept).
  Status add(const std::string &name, const Tensor &tensor);

  /// A tensor whose bytes are produced while the file is written, so that it
  /// may be larger than memory.
  Status add(const std::string &name, ElementType type, const Shape &shape,
             ByteProducer producer);

  void setMetadata(const std::string &key, const std::string &value);

  /// Writes to a temporary file in the same folder, syncs it and renames it
  /// to `path`: either the whole file is there afterwards or `path` is as it
  /// was and nothing else is left. The content depends only on names, tensors
  /// and metadata, not on the order of the calls to add().
  Status write(const std::string &path) const;

private:
  struct Entry {
    ElementType type;
    Shape shape;
    uint64_t size;
    ByteProducer producer;
  };
  std::vector<std::string> order() const;
  Result<std::string> header(const std::vector<std::string> &names) const;

  std::map<std::string, Entry> entries;
  std::map<std::string, std::string, std::less<>> strings;
};

} // namespace lacuna::packing

#endif // LACUNA_PACKING_SAFETENSORS_H
