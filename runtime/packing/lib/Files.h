// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the packing library: mapping files for reading, and writing files
// that appear whole or not at all.

#ifndef LACUNA_PACKING_LIB_FILES_H
#define LACUNA_PACKING_LIB_FILES_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

/// A file's bytes, and what keeps them mapped.
struct MappedFile {
  ConstBytes bytes;
  std::shared_ptr<const void> owner;
};

/// Maps a regular file for reading. Errors name the path.
Result<MappedFile> mapFile(const std::string &path);

/// Gives the memory of some mapped bytes back; they may still be read.
void releasePages(ConstBytes mapped);

/// A file under way: written beside its destination under a temporary name,
/// and removed again unless commit() succeeds.
class AtomicFile {
public:
  /// Fails where `path` cannot be written, before anything was computed.
  static Result<AtomicFile> create(const std::string &path);

  AtomicFile(AtomicFile &&other);
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  /// Appends; small pieces are gathered.
  Status write(ConstBytes bytes);

  /// Syncs and renames to the destination.
  Status commit();

private:
  AtomicFile() = default;
  Status flush();
  Status writeThrough(ConstBytes bytes);
  Status fail(const char *action) const;
  /// Gives `make` temporary names until it takes one; errno says why it did
  /// not.
  template <typename MakeFn> bool makeTemporary(MakeFn make);

  int descriptor = -1;
  std::string path;   ///< As the user wrote it, for errors.
  std::string target; ///< What is renamed to: symbolic links resolved.
  std::string
      temporary; ///< Empty while it has no name, and once it was renamed.
  std::vector<uint8_t> pending;
};

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_FILES_H
