/* Loss of power for one process, without losing the machine: preloaded into a program, this library watches what the
 * program does to the files below one folder, and at the n-th such operation puts the disk into a state that a loss of
 * power at that moment may leave behind, then kills the process. It can also pretend that the disk is full.
 *
 * What counts as durable is what POSIX promises and no more:
 *   - the bytes and the length of a file, once fsync or fdatasync of that file has returned;
 *   - the names in a folder, once fsync of that folder has returned. A synced file in an unsynced folder has no name.
 *
 * Settings, all from the environment; without HOMEROOM_SHIM_ROOT nothing is watched:
 *   HOMEROOM_SHIM_ROOT   the folder, absolute and without symbolic links
 *   HOMEROOM_SHIM_SPARE  a folder outside of it on the same file system, where names that were taken away are kept
 *   HOMEROOM_SHIM_AT     before which operation the power goes, from 1; "exit": when the program ends by itself
 *   HOMEROOM_SHIM_KEEP   which unsynced operations survive: "none" (the default), "all" (a plain kill), or a number: a
 *                        seed from which some are drawn, whole or torn at sectors; names survive in the order of their making
 *   HOMEROOM_SHIM_ROOM   bytes by which files may grow before the disk is full; nothing gives room back
 *   HOMEROOM_SHIM_DEAF   syncs of paths that hold this text are done and not believed: shows that a test would notice
 *   HOMEROOM_SHIM_TALLY  a file to write "operations N" and "grown N" to when the program ends by itself
 *   HOMEROOM_SHIM_TRACE  a file to append a line per operation to
 *
 * How: a file's last synced bytes are kept when it is first changed after that, and every change since is written down.
 * Real calls go straight to the kernel, so nothing here recurses. Files ending in "-shm" (SQLite's shared memory, which
 * it rebuilds) are not watched, and hold nonsense after a loss of power. Files without a name are not watched either: a
 * loss of power leaves nothing of them; only their growth counts. What is not understood ends the process loudly. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512
#define EXPORT __attribute__((visibility("default")))

/* ---- state ------------------------------------------------------------------------------------------------------- */

/* A change of a file since it was last synced: bytes written at a place, or, without bytes, a length. */
struct change {
    off_t at;
    size_t length;
    char *bytes;
};

struct file {
    dev_t device;
    ino_t number;
    int fd; /* never closed: closing any descriptor of a file would drop SQLite's locks */
    int dirty;
    char *synced; /* bytes at the last sync, while dirty */
    off_t synced_length;
    struct change *changes;
    size_t count, room;
};

enum kind { MADE, TAKEN, MOVED };

/* A change of names since their folder was last synced. */
struct entry {
    enum kind kind;
    char *path;     /* MADE, TAKEN: the name; MOVED: the old name */
    char *to;       /* MOVED: the new name */
    char *kept;     /* where what the name led to is kept: TAKEN, and MOVED over something */
    int folder;     /* TAKEN: it was an empty folder */
    mode_t mode;    /* of that folder */
    int unsynced[2]; /* whether the folder of path, and of to, has not been synced since */
};

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP; /* the end is one more call of its thread */
static int started;
static char *root, *spare, *tally, *deaf;
static size_t root_length;
static long crash_at;     /* 0: never; -1: at exit */
static int keep_all, keep_some;
static uint64_t dice;
static int limited;
static int64_t room_left;
static int trace_fd = -1;

static long operations;
static int64_t grown;
static struct file *files;
static size_t file_count;
static struct entry *entries;
static size_t entry_count, entry_room;
static char **shared_memory;
static size_t shared_memory_count;
static unsigned long spare_count;

/* ---- the kernel, directly ---------------------------------------------------------------------------------------- */

static int sys_open(const char *path, int flags, mode_t mode) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
static ssize_t sys_pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return syscall(SYS_pwrite64, fd, bytes, length, at);
}
static int sys_rename(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
static int sys_link(const char *from, const char *to) {
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
static int sys_unlink(const char *path, int flags) {
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, flags);
}

static void say(int fd, const char *text) {
    size_t length = strlen(text);
    while (length > 0) {
        long written = syscall(SYS_write, fd, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

/* What the shim does not understand must not pass for a proof. */
static void give_up(const char *what, const char *about) {
    char text[PATH_MAX + 200];
    snprintf(text, sizeof text, "unsynced shim: %s: %s\n", what, about ? about : "");
    say(2, text);
    syscall(SYS_kill, getpid(), SIGABRT);
    _exit(134);
}

static void *must(void *memory) {
    if (memory == NULL) give_up("no memory", NULL);
    return memory;
}
static char *copy_of(const char *text) { return must(strdup(text)); }

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static int is_below(const char *path) {
    return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == '\0');
}

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && strcmp(path + length - tail, end) == 0;
}

/* The path a descriptor was opened with, as the kernel has it now; 0 if it is no file with a path. */
static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = '\0';
    return 1;
}

/* The absolute path a call means, its folder resolved, the last name as given; 0 if the folder does not exist. */
static int absolute(int dirfd, const char *given, char *path) {
    char joined[PATH_MAX * 2];
    if (given == NULL || given[0] == '\0') return 0;
    if (given[0] == '/') {
        snprintf(joined, sizeof joined, "%s", given);
    } else {
        char base[PATH_MAX];
        if (dirfd == AT_FDCWD ? getcwd(base, sizeof base) == NULL : !path_of(dirfd, base)) return 0;
        snprintf(joined, sizeof joined, "%s/%s", base, given);
    }
    size_t length = strlen(joined);
    while (length > 1 && joined[length - 1] == '/') joined[--length] = '\0';
    char *slash = strrchr(joined, '/');
    const char *name = slash + 1;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return realpath(joined, path) != NULL;
    char folder[PATH_MAX];
    *slash = '\0';
    if (realpath(joined[0] ? joined : "/", folder) == NULL) return 0;
    int fits = snprintf(path, PATH_MAX, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
    return fits < PATH_MAX;
}

static int watched_path(int dirfd, const char *given, char *path) {
    return root != NULL && absolute(dirfd, given, path) && is_below(path);
}

/* What a descriptor is to us. */
enum sight { NOT_OURS, NAMELESS, A_FILE, A_FOLDER };

static enum sight sight_of(int fd, char *path, struct stat *found) {
    if (root == NULL || !path_of(fd, path) || !is_below(path)) return NOT_OURS;
    if (syscall(SYS_fstat, fd, found) != 0) return NOT_OURS;
    if (S_ISDIR(found->st_mode)) return A_FOLDER;
    if (!S_ISREG(found->st_mode) || ends_with(path, "-shm")) return NOT_OURS;
    return found->st_nlink == 0 ? NAMELESS : A_FILE;
}

static int same_folder(const char *path, const char *folder) {
    const char *slash = strrchr(path, '/');
    size_t length = (size_t)(slash - path);
    return strlen(folder) == length && strncmp(path, folder, length) == 0;
}

/* ---- what has been done ------------------------------------------------------------------------------------------ */

static struct file *file_of(int fd, const struct stat *found) {
    for (size_t i = 0; i < file_count; i++)
        if (files[i].device == found->st_dev && files[i].number == found->st_ino) return &files[i];
    files = must(realloc(files, (file_count + 1) * sizeof *files));
    struct file *file = &files[file_count++];
    memset(file, 0, sizeof *file);
    file->device = found->st_dev;
    file->number = found->st_ino;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    file->fd = sys_open(link, O_RDWR | O_CLOEXEC, 0);
    if (file->fd < 0) give_up("cannot keep a file open", strerror(errno));
    return file;
}

/* To be called before a file is changed: keeps its bytes if they are the synced ones. */
static void keep_synced(struct file *file) {
    if (file->dirty) return;
    struct stat found;
    if (syscall(SYS_fstat, file->fd, &found) != 0) give_up("fstat", strerror(errno));
    file->synced = must(malloc((size_t)found.st_size + 1));
    file->synced_length = found.st_size;
    for (off_t at = 0; at < found.st_size;) {
        ssize_t read = syscall(SYS_pread64, file->fd, file->synced + at, (size_t)(found.st_size - at), at);
        if (read <= 0) give_up("cannot read what is to be kept", strerror(errno));
        at += read;
    }
    file->dirty = 1;
}

static void forget_changes(struct file *file) {
    for (size_t i = 0; i < file->count; i++) free(file->changes[i].bytes);
    free(file->synced);
    file->synced = NULL;
    file->count = 0;
    file->dirty = 0;
}

static void note_change(struct file *file, off_t at, const void *bytes, size_t length) {
    if (file->count == file->room) {
        file->room = file->room ? file->room * 2 : 16;
        file->changes = must(realloc(file->changes, file->room * sizeof *file->changes));
    }
    struct change *change = &file->changes[file->count++];
    change->at = at;
    change->length = length;
    change->bytes = NULL;
    if (bytes != NULL) {
        change->bytes = must(malloc(length + 1));
        memcpy(change->bytes, bytes, length);
    }
}

static struct entry *note_entry(enum kind kind, const char *path, const char *to) {
    if (entry_count == entry_room) {
        entry_room = entry_room ? entry_room * 2 : 64;
        entries = must(realloc(entries, entry_room * sizeof *entries));
    }
    struct entry *entry = &entries[entry_count++];
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    entry->path = copy_of(path);
    entry->to = to ? copy_of(to) : NULL;
    entry->unsynced[0] = 1;
    entry->unsynced[1] = to != NULL;
    return entry;
}

static int is_unsynced(const struct entry *entry) { return entry->unsynced[0] || entry->unsynced[1]; }

static char *new_spare(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%d-%lu", spare, getpid(), spare_count++);
    return copy_of(path);
}

/* Keeps what a name leads to under a spare one; NULL if there is nothing. */
static char *keep_name(const char *path) {
    char *kept = new_spare();
    if (sys_link(path, kept) == 0) return kept;
    int why = errno;
    free(kept);
    if (why != ENOENT) give_up("cannot keep what a name leads to", path);
    return NULL;
}

static void folder_synced(const char *folder) {
    for (size_t i = 0; i < entry_count; i++) {
        struct entry *entry = &entries[i];
        if (same_folder(entry->path, folder)) entry->unsynced[0] = 0;
        if (entry->to && same_folder(entry->to, folder)) entry->unsynced[1] = 0;
    }
}

static void everything_synced(void) {
    for (size_t i = 0; i < file_count; i++) forget_changes(&files[i]);
    for (size_t i = 0; i < entry_count; i++) entries[i].unsynced[0] = entries[i].unsynced[1] = 0;
}

/* ---- the loss of power ------------------------------------------------------------------------------------------- */

static uint64_t draw(void) {
    uint64_t z = (dice += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
static int chance(unsigned percent) { return draw() % 100 < percent; }

static void put_back(struct file *file, const char *bytes, size_t length, off_t at) {
    while (length > 0) {
        ssize_t written = sys_pwrite(file->fd, bytes, length, at);
        if (written <= 0) give_up("cannot put bytes back", strerror(errno));
        bytes += written;
        length -= (size_t)written;
        at += written;
    }
}

/* Some sectors of a write reach the disk, others do not. */
static void put_torn(struct file *file, const struct change *change) {
    for (size_t done = 0; done < change->length;) {
        size_t part = SECTOR - (size_t)((change->at + (off_t)done) % SECTOR);
        if (part > change->length - done) part = change->length - done;
        if (chance(50)) put_back(file, change->bytes + done, part, change->at + (off_t)done);
        done += part;
    }
}

static void lose_bytes(struct file *file) {
    static const unsigned shares[] = {0, 25, 50, 75, 100};
    if (!file->dirty) return;
    if (syscall(SYS_ftruncate, file->fd, 0) != 0) give_up("cannot empty a file", strerror(errno));
    put_back(file, file->synced, (size_t)file->synced_length, 0);
    if (!keep_some) return;
    unsigned share = shares[draw() % 5];
    for (size_t i = 0; i < file->count; i++) {
        const struct change *change = &file->changes[i];
        if (!chance(share)) continue;
        if (change->bytes == NULL) {
            if (syscall(SYS_ftruncate, file->fd, change->at) != 0) give_up("cannot cut a file", strerror(errno));
        } else if (chance(25)) {
            put_torn(file, change);
        } else {
            put_back(file, change->bytes, change->length, change->at);
        }
    }
}

/* A step that finds its name gone has been overtaken by a later, durable one. */
static void lose_name(const struct entry *entry) {
    struct stat found;
    switch (entry->kind) {
    case MADE:
        if (sys_unlink(entry->path, 0) == 0 || errno == ENOENT) return;
        if (lstat(entry->path, &found) == 0 && S_ISDIR(found.st_mode)) {
            char *away = new_spare();
            if (sys_rename(entry->path, away) == 0) return;
        }
        give_up("cannot take a name away", entry->path);
        return;
    case TAKEN:
        if (entry->folder) {
            if (syscall(SYS_mkdirat, AT_FDCWD, entry->path, entry->mode) != 0 && errno != EEXIST && errno != ENOENT)
                give_up("cannot make a folder again", entry->path);
        } else if (sys_link(entry->kept, entry->path) != 0 && errno != EEXIST && errno != ENOENT) {
            give_up("cannot give a name back", entry->path);
        }
        return;
    case MOVED:
        if (sys_rename(entry->to, entry->path) != 0 && errno != ENOENT) give_up("cannot move back", entry->to);
        if (entry->kept && sys_link(entry->kept, entry->to) != 0 && errno != EEXIST && errno != ENOENT)
            give_up("cannot give a name back", entry->to);
    }
}

static void lose_names(void) {
    size_t unsynced = 0, kept = 0;
    for (size_t i = 0; i < entry_count; i++) unsynced += (size_t)is_unsynced(&entries[i]);
    if (keep_some) kept = draw() % (unsynced + 1);
    for (size_t i = entry_count; i-- > 0;) {
        if (!is_unsynced(&entries[i])) continue;
        if (unsynced-- > kept) lose_name(&entries[i]);
    }
}

/* What shared memory holds afterwards is anybody's guess. */
static void lose_shared_memory(void) {
    static const char nonsense[] = "a loss of power leaves what it likes. ";
    for (size_t i = 0; i < shared_memory_count; i++) {
        struct stat found;
        int fd = sys_open(shared_memory[i], O_RDWR | O_CLOEXEC, 0);
        if (fd < 0 || syscall(SYS_fstat, fd, &found) != 0) continue;
        off_t step = sizeof nonsense - 1;
        for (off_t at = 0; at + step <= found.st_size; at += step) sys_pwrite(fd, nonsense, (size_t)step, at);
    }
}

static void lose_power(void) {
    if (keep_all) return;
    for (size_t i = 0; i < file_count; i++) lose_bytes(&files[i]);
    lose_names();
    lose_shared_memory();
}

/* ---- every watched operation begins and ends here ---------------------------------------------------------------- */

/* Counts an operation that is about to be done; the lock is held. */
static void count(const char *what, const char *path) {
    operations++;
    if (trace_fd >= 0) {
        char line[PATH_MAX + 64];
        snprintf(line, sizeof line, "%ld %s %s\n", operations, what, path + root_length);
        say(trace_fd, line);
    }
    if (crash_at > 0 && operations >= crash_at) {
        lose_power();
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
}

/* How much of a write fits on the disk; the lock is held. */
static size_t fitting(const struct stat *found, off_t at, size_t length) {
    int64_t growth = (int64_t)at + (int64_t)length - (int64_t)found->st_size;
    if (growth <= 0) return length;
    if (limited && growth > room_left) {
        int64_t less = growth - (room_left > 0 ? room_left : 0);
        length = less >= (int64_t)length ? 0 : length - (size_t)less;
        growth = room_left;
    }
    grown += growth;
    room_left -= growth;
    return length;
}

static ssize_t full(void) {
    errno = ENOSPC;
    return -1;
}

/* A write at a place, or, with at < 0, at the descriptor's own. */
static ssize_t watched_write(int fd, const void *bytes, size_t length, off_t given) {
    char path[PATH_MAX];
    struct stat found;
    pthread_mutex_lock(&lock);
    enum sight sight = sight_of(fd, path, &found);
    off_t at = given;
    if (sight == NAMELESS || sight == A_FILE) {
        int flags = (int)syscall(SYS_fcntl, fd, F_GETFL);
        if (flags & O_APPEND) at = found.st_size;
        else if (given < 0) at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
        if (sight == A_FILE) count("write", path);
        size_t fits = fitting(&found, at, length);
        if (length > 0 && fits == 0) {
            pthread_mutex_unlock(&lock);
            return full();
        }
        length = fits;
    }
    struct file *file = NULL;
    if (sight == A_FILE) keep_synced(file = file_of(fd, &found));
    ssize_t done = given < 0 ? syscall(SYS_write, fd, bytes, length) : sys_pwrite(fd, bytes, length, given);
    int why = errno;
    if (done > 0 && file) note_change(file, at, bytes, (size_t)done);
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

/* Several buffers are one write: gathered, so that there is one way only. */
static ssize_t watched_writev(int fd, const struct iovec *parts, int count_of_parts, off_t at) {
    char path[PATH_MAX];
    struct stat found;
    if (root == NULL || sight_of(fd, path, &found) == NOT_OURS) {
        if (at < 0) return syscall(SYS_writev, fd, parts, count_of_parts);
        return syscall(SYS_pwritev, fd, parts, count_of_parts, at, 0);
    }
    size_t length = 0;
    for (int i = 0; i < count_of_parts; i++) length += parts[i].iov_len;
    char *gathered = must(malloc(length + 1)), *end = gathered;
    for (int i = 0; i < count_of_parts; i++) {
        memcpy(end, parts[i].iov_base, parts[i].iov_len);
        end += parts[i].iov_len;
    }
    ssize_t done = watched_write(fd, gathered, length, at);
    int why = errno;
    free(gathered);
    errno = why;
    return done;
}

static int watched_ftruncate(int fd, off_t length) {
    char path[PATH_MAX];
    struct stat found;
    pthread_mutex_lock(&lock);
    enum sight sight = sight_of(fd, path, &found);
    struct file *file = NULL;
    if (sight == A_FILE) {
        count("truncate", path);
        keep_synced(file = file_of(fd, &found));
    }
    int done = (int)syscall(SYS_ftruncate, fd, length);
    int why = errno;
    if (done == 0 && file) note_change(file, length, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static int watched_sync(int fd, long call) {
    char path[PATH_MAX];
    struct stat found;
    pthread_mutex_lock(&lock);
    enum sight sight = sight_of(fd, path, &found);
    if (sight == A_FILE || sight == A_FOLDER) count("sync", path);
    int done = (int)syscall(call, fd);
    int why = errno;
    int believed = done == 0 && !(deaf && strstr(path, deaf));
    if (believed && sight == A_FOLDER) folder_synced(path);
    if (believed && sight == A_FILE) forget_changes(file_of(fd, &found));
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static void remember_shared_memory(const char *path) {
    for (size_t i = 0; i < shared_memory_count; i++)
        if (strcmp(shared_memory[i], path) == 0) return;
    shared_memory = must(realloc(shared_memory, (shared_memory_count + 1) * sizeof *shared_memory));
    shared_memory[shared_memory_count++] = copy_of(path);
}

static int watched_open(int dirfd, const char *given, int flags, mode_t mode) {
    char path[PATH_MAX];
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    int nameless = (flags & O_TMPFILE) == O_TMPFILE;
    if (nameless || (!writes && !(flags & O_CREAT)) || !watched_path(dirfd, given, path))
        return (int)syscall(SYS_openat, dirfd, given, flags, mode);
    pthread_mutex_lock(&lock);
    if (ends_with(path, "-shm")) {
        remember_shared_memory(path);
        pthread_mutex_unlock(&lock);
        return (int)syscall(SYS_openat, dirfd, given, flags, mode);
    }
    if (flags & (O_SYNC | O_DSYNC)) give_up("opened for synchronous writing, which is not understood", path);
    struct stat found;
    int exists = lstat(path, &found) == 0;
    if (exists && S_ISLNK(found.st_mode)) give_up("opened through a symbolic link, which is not understood", path);
    int makes = !exists && (flags & O_CREAT);
    int empties = exists && (flags & O_TRUNC) && !((flags & O_CREAT) && (flags & O_EXCL)) && found.st_size > 0;
    if (makes) count("create", path);
    if (empties) {
        count("empty", path);
        int fd = sys_open(path, O_RDWR | O_CLOEXEC, 0);
        if (fd < 0) give_up("cannot keep a file before it is emptied", path);
        keep_synced(file_of(fd, &found));
    }
    int fd = (int)syscall(SYS_openat, dirfd, given, flags, mode);
    int why = errno;
    if (fd >= 0 && makes) note_entry(MADE, path, NULL);
    if (fd >= 0 && empties) note_change(file_of(fd, &found), 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = why;
    return fd;
}

static int watched_rename(int fromfd, const char *from, int tofd, const char *to, unsigned flags) {
    char old[PATH_MAX], new[PATH_MAX];
    int leaves = watched_path(fromfd, from, old), enters = watched_path(tofd, to, new);
    if (!leaves && !enters) return (int)syscall(SYS_renameat2, fromfd, from, tofd, to, flags);
    if (!leaves || !enters) give_up("renamed across the watched folder's border", leaves ? old : new);
    if (flags & ~1u) give_up("renamed in a way that is not understood", old);
    pthread_mutex_lock(&lock);
    struct stat found;
    if (lstat(old, &found) == 0) {
        if (S_ISDIR(found.st_mode)) give_up("renamed a folder, which is not understood", old);
        count("rename", old);
    }
    char *kept = flags == 0 ? keep_name(new) : NULL;
    int done = (int)syscall(SYS_renameat2, fromfd, from, tofd, to, flags);
    int why = errno;
    if (done == 0) note_entry(MOVED, old, new)->kept = kept;
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static int watched_link(int fromfd, const char *from, int tofd, const char *to, int flags) {
    char old[PATH_MAX], new[PATH_MAX];
    if (!watched_path(tofd, to, new)) return (int)syscall(SYS_linkat, fromfd, from, tofd, to, flags);
    if (!watched_path(fromfd, from, old)) give_up("linked from elsewhere, which is not understood", new);
    pthread_mutex_lock(&lock);
    count("link", new);
    int done = (int)syscall(SYS_linkat, fromfd, from, tofd, to, flags);
    int why = errno;
    if (done == 0) note_entry(MADE, new, NULL);
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static int watched_unlink(int dirfd, const char *given, int flags) {
    char path[PATH_MAX];
    if (!watched_path(dirfd, given, path) || ends_with(path, "-shm"))
        return (int)syscall(SYS_unlinkat, dirfd, given, flags);
    pthread_mutex_lock(&lock);
    struct stat found = {0};
    char *kept = NULL;
    if (lstat(path, &found) == 0) {
        count("unlink", path);
        if (!S_ISDIR(found.st_mode)) kept = keep_name(path);
    }
    int done = (int)syscall(SYS_unlinkat, dirfd, given, flags);
    int why = errno;
    if (done == 0) {
        struct entry *entry = note_entry(TAKEN, path, NULL);
        entry->kept = kept;
        entry->folder = kept == NULL;
        entry->mode = found.st_mode & 07777;
    }
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

static int watched_mkdir(int dirfd, const char *given, mode_t mode) {
    char path[PATH_MAX];
    struct stat found;
    if (!watched_path(dirfd, given, path) || lstat(path, &found) == 0)
        return (int)syscall(SYS_mkdirat, dirfd, given, mode);
    pthread_mutex_lock(&lock);
    count("mkdir", path);
    int done = (int)syscall(SYS_mkdirat, dirfd, given, mode);
    int why = errno;
    if (done == 0) note_entry(MADE, path, NULL);
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

/* Whether a descriptor is a file of ours; for calls that are refused, because their callers must do without them. */
static int is_ours(int fd) {
    char path[PATH_MAX];
    struct stat found;
    enum sight sight = sight_of(fd, path, &found);
    return sight == NAMELESS || sight == A_FILE;
}

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

__attribute__((constructor)) static void begin(void) {
    const char *where = setting("HOMEROOM_SHIM_ROOT"), *value;
    if (started++ || where == NULL) return;
    char resolved[PATH_MAX];
    if (realpath(where, resolved) == NULL) give_up("the watched folder is not there", where);
    if ((value = setting("HOMEROOM_SHIM_SPARE")) == NULL) give_up("HOMEROOM_SHIM_SPARE is not set", NULL);
    spare = copy_of(value);
    if ((value = setting("HOMEROOM_SHIM_AT"))) crash_at = strcmp(value, "exit") == 0 ? -1 : atol(value);
    if ((value = setting("HOMEROOM_SHIM_KEEP"))) {
        keep_all = strcmp(value, "all") == 0;
        keep_some = !keep_all && strcmp(value, "none") != 0;
        dice = strtoull(value, NULL, 10);
    }
    if ((value = setting("HOMEROOM_SHIM_ROOM"))) {
        limited = 1;
        room_left = atoll(value);
    }
    if ((value = setting("HOMEROOM_SHIM_TRACE"))) {
        trace_fd = sys_open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (trace_fd < 0) give_up("cannot trace", value);
    }
    if ((value = setting("HOMEROOM_SHIM_DEAF"))) deaf = copy_of(value);
    if ((value = setting("HOMEROOM_SHIM_TALLY"))) tally = copy_of(value);
    root_length = strlen(resolved);
    root = copy_of(resolved);
}

__attribute__((destructor)) static void end(void) {
    if (root == NULL) return;
    pthread_mutex_lock(&lock); /* for good: whoever still runs does nothing more */
    if (tally) {
        char text[100];
        snprintf(text, sizeof text, "operations %ld\ngrown %lld\n", operations, (long long)grown);
        int fd = sys_open(tally, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0) give_up("cannot write the tally", tally);
        say(fd, text);
    }
    if (crash_at == -1) lose_power();
}

/* ---- the calls as programs know them ----------------------------------------------------------------------------- */

#define MODE_OF(flags, mode)                                   \
    mode_t mode = 0;                                           \
    if (((flags)&O_CREAT) || ((flags)&O_TMPFILE) == O_TMPFILE) { \
        va_list rest;                                          \
        va_start(rest, flags);                                 \
        mode = va_arg(rest, mode_t);                           \
        va_end(rest);                                          \
    }

EXPORT int open(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return watched_open(AT_FDCWD, path, flags, mode);
}
EXPORT int open64(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return watched_open(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
EXPORT int openat(int dirfd, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return watched_open(dirfd, path, flags, mode);
}
EXPORT int openat64(int dirfd, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return watched_open(dirfd, path, flags | O_LARGEFILE, mode);
}
EXPORT int creat(const char *path, mode_t mode) {
    return watched_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
EXPORT int creat64(const char *path, mode_t mode) { return creat(path, mode); }

EXPORT ssize_t write(int fd, const void *bytes, size_t length) { return watched_write(fd, bytes, length, -1); }
EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    return watched_write(fd, bytes, length, at);
}
EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    return watched_write(fd, bytes, length, at);
}
EXPORT ssize_t writev(int fd, const struct iovec *parts, int parts_count) {
    return watched_writev(fd, parts, parts_count, -1);
}
EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int parts_count, off_t at) {
    return watched_writev(fd, parts, parts_count, at);
}
EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int parts_count, off64_t at) {
    return watched_writev(fd, parts, parts_count, at);
}

EXPORT int ftruncate(int fd, off_t length) { return watched_ftruncate(fd, length); }
EXPORT int ftruncate64(int fd, off64_t length) { return watched_ftruncate(fd, length); }
EXPORT int truncate(const char *path, off_t length) {
    int fd = sys_open(path, O_RDWR | O_CLOEXEC, 0); /* stays open, as every descriptor kept here */
    return fd < 0 ? -1 : watched_ftruncate(fd, length);
}
EXPORT int truncate64(const char *path, off64_t length) { return truncate(path, length); }

EXPORT int fsync(int fd) { return watched_sync(fd, SYS_fsync); }
EXPORT int fdatasync(int fd) { return watched_sync(fd, SYS_fdatasync); }
EXPORT void sync(void) {
    pthread_mutex_lock(&lock);
    syscall(SYS_sync);
    everything_synced();
    pthread_mutex_unlock(&lock);
}
EXPORT int syncfs(int fd) {
    pthread_mutex_lock(&lock);
    int done = (int)syscall(SYS_syncfs, fd);
    int why = errno;
    if (done == 0) everything_synced();
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

EXPORT int rename(const char *from, const char *to) { return watched_rename(AT_FDCWD, from, AT_FDCWD, to, 0); }
EXPORT int renameat(int fromfd, const char *from, int tofd, const char *to) {
    return watched_rename(fromfd, from, tofd, to, 0);
}
EXPORT int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags) {
    return watched_rename(fromfd, from, tofd, to, flags);
}
EXPORT int link(const char *from, const char *to) { return watched_link(AT_FDCWD, from, AT_FDCWD, to, 0); }
EXPORT int linkat(int fromfd, const char *from, int tofd, const char *to, int flags) {
    return watched_link(fromfd, from, tofd, to, flags);
}
EXPORT int unlink(const char *path) { return watched_unlink(AT_FDCWD, path, 0); }
EXPORT int unlinkat(int dirfd, const char *path, int flags) { return watched_unlink(dirfd, path, flags); }
EXPORT int rmdir(const char *path) { return watched_unlink(AT_FDCWD, path, AT_REMOVEDIR); }
EXPORT int mkdir(const char *path, mode_t mode) { return watched_mkdir(AT_FDCWD, path, mode); }
EXPORT int mkdirat(int dirfd, const char *path, mode_t mode) { return watched_mkdir(dirfd, path, mode); }

/* Programs must do without these where a file system does not have them; then they write in the ordinary way. */
EXPORT int fallocate(int fd, int mode, off_t at, off_t length) {
    if (!is_ours(fd)) return (int)syscall(SYS_fallocate, fd, mode, at, length);
    errno = EOPNOTSUPP;
    return -1;
}
EXPORT int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }
EXPORT int posix_fallocate(int fd, off_t at, off_t length) {
    if (is_ours(fd)) return EOPNOTSUPP;
    return syscall(SYS_fallocate, fd, 0, at, length) == 0 ? 0 : errno;
}
EXPORT int posix_fallocate64(int fd, off64_t at, off64_t length) { return posix_fallocate(fd, at, length); }
EXPORT ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    if (!is_ours(to)) return syscall(SYS_copy_file_range, from, from_at, to, to_at, length, flags);
    errno = EXDEV;
    return -1;
}
EXPORT ssize_t sendfile(int to, int from, off_t *at, size_t length) {
    if (!is_ours(to)) return syscall(SYS_sendfile, to, from, at, length);
    errno = EINVAL;
    return -1;
}
EXPORT ssize_t sendfile64(int to, int from, off64_t *at, size_t length) { return sendfile(to, from, at, length); }
EXPORT ssize_t splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    if (!is_ours(to)) return syscall(SYS_splice, from, from_at, to, to_at, length, flags);
    errno = EINVAL;
    return -1;
}

static void *watched_mmap(void *wish, size_t length, int protection, int flags, int fd, off_t at) {
    int shared = (flags & MAP_TYPE) != MAP_PRIVATE;
    if (root != NULL && fd >= 0 && !(flags & MAP_ANONYMOUS) && shared && (protection & PROT_WRITE) && is_ours(fd))
        give_up("mapped a file for writing, which is not understood", NULL);
    return (void *)syscall(SYS_mmap, wish, length, protection, flags, fd, at);
}
EXPORT void *mmap(void *wish, size_t length, int protection, int flags, int fd, off_t at) {
    return watched_mmap(wish, length, protection, flags, fd, at);
}
EXPORT void *mmap64(void *wish, size_t length, int protection, int flags, int fd, off64_t at) {
    return watched_mmap(wish, length, protection, flags, fd, at);
}
