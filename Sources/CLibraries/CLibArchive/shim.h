#include <stdint.h>
#include <locale.h>
#include <sys/stat.h>
#include <archive.h>
#include <archive_entry.h>

/// Until clibarchive_names_end() this thread has a locale in which every name can be written.
typedef struct {
    locale_t utf8;
    locale_t previous;
} clibarchive_names;

static inline clibarchive_names clibarchive_names_begin(void) {
    clibarchive_names names = {newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), (locale_t)0};
    if (names.utf8) names.previous = uselocale(names.utf8);
    return names;
}

static inline void clibarchive_names_end(clibarchive_names names) {
    if (!names.utf8) return;
    uselocale(names.previous);
    freelocale(names.utf8);
}

static inline int clibarchive_is_directory(struct archive_entry *entry) {
    return archive_entry_filetype(entry) == AE_IFDIR;
}

static inline int clibarchive_is_link(struct archive_entry *entry) {
    return archive_entry_filetype(entry) == AE_IFLNK || archive_entry_symlink(entry) || archive_entry_hardlink(entry);
}
