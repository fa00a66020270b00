// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mapping files, and writing them atomically. Everything that the system may
// refuse becomes a Status that names the path.

#include "Files.h"
#include "Text.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace lacuna::packing;

static std::string systemError() { return std::strerror(errno); }

Result<MappedFile> lacuna::packing::mapFile(const std::string &path) {
  // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return Status::error("cannot open " + quote(path) + ": " + systemError() +
                         "; check the path and its permissions");
  struct stat info;
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return Status::error(quote(path) +
                         " is not a regular file; name a file, which can be "
                         "mapped into memory");
  }
  MappedFile file;
  file.bytes.size = static_cast<uint64_t>(info.st_size);
  if (file.bytes.size == 0) { // mmap refuses these.
    ::close(descriptor);
    return file;
  }
  void *data =
      ::mmap(nullptr, file.bytes.size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  std::string reason = systemError();
  ::close(descriptor);
  if (data == MAP_FAILED)
    return Status::error("cannot map " + quote(path) + ": " + reason);
  uint64_t size = file.bytes.size;
  file.bytes.data = static_cast<const uint8_t *>(data);
  file.owner = std::shared_ptr<const void>(
      data, [size](void *mapped) { ::munmap(mapped, size); });
  return file;
}

void lacuna::packing::releasePages(ConstBytes mapped) {
  uintptr_t page = ::sysconf(_SC_PAGESIZE);
  uintptr_t begin = reinterpret_cast<uintptr_t>(mapped.data) & ~(page - 1);
  uintptr_t end = reinterpret_cast<uintptr_t>(mapped.data + mapped.size);
  // It is advice: nothing depends on whether it is taken.
  (void)::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_DONTNEED);
}

static std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

Result<AtomicFile> AtomicFile::create(const std::string &path) {
  AtomicFile file;
  file.path = file.target = path;
  struct stat info;
  bool exists = ::stat(path.c_str(), &info) == 0;
  // Renaming onto a device would replace it.
  if (exists && !S_ISREG(info.st_mode))
    return Status::error("cannot write " + quote(path) +
                         ": it exists and is not a regular file; choose "
                         "another name");
  if (exists) {
    if (char *resolved = ::realpath(path.c_str(), nullptr)) {
      file.target = resolved;
      std::free(resolved);
    }
  }
  // A file without a name is gone with the process, however that ends.
  if (::access("/proc/self/fd", X_OK) == 0)
    file.descriptor = ::open(folderOf(file.target).c_str(),
                             O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  // Not every file system has such files.
  if (file.descriptor < 0)
    file.makeTemporary([&](const char *name) {
      file.descriptor =
          ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      return file.descriptor >= 0;
    });
  if (file.descriptor < 0)
    return file.fail("create a file in its folder");
  // Best effort: a new file that differs in mode is no reason to fail.
  if (exists && ::fchmod(file.descriptor, info.st_mode & 07777) != 0)
    errno = 0;
  return Result<AtomicFile>(std::move(file));
}

template <typename MakeFn> bool AtomicFile::makeTemporary(MakeFn make) {
  std::random_device random;
  for (unsigned attempt = 0; attempt < 16; ++attempt) {
    temporary = folderOf(target) + "/.lacuna-" + std::to_string(::getpid()) +
                "-" + std::to_string(random()) + ".tmp";
    if (make(temporary.c_str()))
      return true;
    if (errno != EEXIST)
      break;
  }
  temporary.clear();
  return false;
}

AtomicFile::AtomicFile(AtomicFile &&other)
    : descriptor(std::exchange(other.descriptor, -1)),
      path(std::move(other.path)), target(std::move(other.target)),
      temporary(std::exchange(other.temporary, std::string())),
      pending(std::move(other.pending)) {}

AtomicFile::~AtomicFile() {
  if (descriptor >= 0)
    ::close(descriptor);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

Status AtomicFile::fail(const char *action) const {
  return Status::error("cannot write " + quote(path) + ": cannot " + action +
                       ": " + systemError() +
                       "; choose a folder that exists, may be written and "
                       "has space");
}

Status AtomicFile::write(ConstBytes bytes) {
  constexpr uint64_t gathered = 1 << 16;
  if (bytes.size < gathered) {
    pending.insert(pending.end(), bytes.data, bytes.data + bytes.size);
    return pending.size() < gathered ? Status() : flush();
  }
  Status status = flush();
  return status.ok() ? writeThrough(bytes) : status;
}

Status AtomicFile::flush() {
  Status status = writeThrough({pending.data(), pending.size()});
  pending.clear();
  return status;
}

Status AtomicFile::writeThrough(ConstBytes bytes) {
  while (bytes.size) {
    // The system takes at most about 2 GiB in one call.
    uint64_t size = std::min<uint64_t>(bytes.size, 1u << 30);
    ssize_t written = ::write(descriptor, bytes.data, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail("write its content");
    bytes.data += written;
    bytes.size -= written;
  }
  return Status();
}

Status AtomicFile::commit() {
  Status status = flush();
  if (!status.ok())
    return status;
  if (::fsync(descriptor) != 0)
    return fail("sync it to the disk");
  std::string self = "/proc/self/fd/" + std::to_string(descriptor);
  if (temporary.empty() && !makeTemporary([&](const char *name) {
        return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name,
                        AT_SYMLINK_FOLLOW) == 0;
      }))
    return fail("name the finished file");
  if (::close(std::exchange(descriptor, -1)) != 0)
    return fail("close it");
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    return fail("rename the finished file");
  temporary.clear();
  // The rename itself survives a power failure once the folder is synced; not
  // every file system can do it, and the file is whole either way.
  int folder =
      ::open(folderOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    (void)::fsync(folder);
    ::close(folder);
  }
  return Status();
}
