#include <hiredis/hiredis.h>

/// The text of a connection's latest error; Swift would see a tuple of 128 characters.
static inline const char *chiredis_error_text(const redisContext *context) { return context->errstr; }
