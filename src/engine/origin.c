/* origin.c - ring 2a: whether this is the process that made something, or the child of a fork. */
#include "origin.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 1 }; /* bytes; the system makes it a page */

void st_origin_init(st_origin *o)
{
    *o = (st_origin){ .pid = getpid() };
#ifdef MADV_WIPEONFORK
    void *page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (madvise(page, SIZE, MADV_WIPEONFORK) != 0) { /* Linux before 4.14 */
        munmap(page, SIZE);
        return;
    }
    o->page = page;
    *o->page = 1;
#endif
}

bool st_origin_left(const st_origin *o)
{
    return o->page ? !*o->page : o->pid != getpid();
}

void st_origin_free(st_origin *o)
{
    if (o->page) munmap((void *)(uintptr_t)o->page, SIZE);
    o->page = NULL;
}
