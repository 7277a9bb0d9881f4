#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <spf2/spf.h>
#include <spf2/spf_dns.h>
#include <spf2/spf_dns_rr.h>
#include <spf2/spf_log.h>

/// Answers a question: a type, and what netdb.h calls h_errno through the last parameter.
typedef void (*clibspf2_answer)(void *context, const char *name, int type, SPF_dns_rr_t *answer);

/// A layer that answers by a function of ours; freed with free().
typedef struct {
    SPF_dns_server_t server;
    clibspf2_answer answer;
} clibspf2_layer;

static SPF_dns_rr_t *clibspf2_lookup(SPF_dns_server_t *server, const char *name, ns_type type, int should_cache) {
    (void)should_cache;
    SPF_dns_rr_t *answer = SPF_dns_rr_new_init(server, name, type, 0, HOST_NOT_FOUND);
    if (answer) ((clibspf2_layer *)server)->answer(server->hook, name, (int)type, answer);
    return answer;
}

static inline clibspf2_layer *clibspf2_layer_new(clibspf2_answer answer, void *context) {
    clibspf2_layer *layer = calloc(1, sizeof *layer);
    if (!layer) return NULL;
    layer->server.lookup = clibspf2_lookup;
    layer->server.name = "replay";
    layer->server.hook = context;
    layer->answer = answer;
    return layer;
}

static inline SPF_dns_server_t *clibspf2_layer_server(clibspf2_layer *layer) { return &layer->server; }

/// Adds a record: an address, or a name or text, for which a NUL is put behind the octets.
static inline int clibspf2_add(SPF_dns_rr_t *answer, const uint8_t *octets, size_t count) {
    int index = answer->num_rr;
    if (SPF_dns_rr_buf_realloc(answer, index, count + 1) != SPF_E_SUCCESS) return 0;
    memcpy(answer->rr[index], octets, count);
    ((char *)answer->rr[index])[count] = 0;
    answer->num_rr = index + 1;
    return 1;
}

/// By default the library writes to standard error.
static inline void clibspf2_be_quiet(void) {
    SPF_warning_handler = NULL;
    SPF_info_handler = NULL;
    SPF_debug_handler = NULL;
}
