#include <clamav.h>
#ifdef __linux__
/* To see whether a folder is in memory. */
#include <sys/vfs.h>
#endif
