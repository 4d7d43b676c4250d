/* classify.h - ring 1: which of the contract's error types a failed answer is. */
#ifndef ST_CORE_CLASSIFY_H
#define ST_CORE_CLASSIFY_H

#pragma GCC visibility push(hidden)

/* The error type for a status and the type and code in the body (NULL: absent), as a static
   text. The status decides, but for the errors of idempotency and rate limits, which Stripe
   sends with several. */
const char *st_classify(int status, const char *type, const char *code);

#pragma GCC visibility pop

#endif
