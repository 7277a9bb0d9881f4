#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
