/* pace.h - bench: how fast calls follow each other. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

/* Seconds from one call to the next, when the first was so long ago. The rate rises during the first
   half of the warm-up; without one, it is there at once. */
static inline double pace(double since, double rate, double warm_up)
{
    double part = warm_up > 0 ? since / (warm_up / 2) : 1;
    return 1 / (part > 1 ? rate : part > 0.05 ? rate * part : rate * 0.05);
}

#endif
