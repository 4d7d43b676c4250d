# Makefile - for people, packagers and CI. `make demo` shows what it does, `make test` proves it.
#
# LUA_VERSION (or V) says for which Lua to build: 5.4 (the default), 5.1, 5.2, 5.3 or luajit.
# demo and test install what they need on Debian; all and install never install anything.

LUA_VERSION ?= 5.4
V ?= $(LUA_VERSION)
BUILD ?= build

# From outside, as LuaRocks and distributions pass them.
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
INST_PREFIX ?= $(PREFIX)
INST_LIBDIR ?= $(INST_PREFIX)/lib/lua/$(lua_abi)
INST_LUADIR ?= $(INST_PREFIX)/share/lua/$(lua_abi)
INST_BINDIR ?= $(INST_PREFIX)/bin
PKG_CONFIG ?= pkg-config
ifeq ($(shell uname -s),Darwin)
LIBFLAG ?= -bundle -undefined dynamic_lookup
else
LIBFLAG ?= -shared
endif

# One Lua goes by several names: lua5.4 in Debian, lua-5.4 in Fedora, lua54 in Arch and BSD.
lua_abi = $(if $(filter luajit,$V),5.1,$V)
lua_names = $(if $(filter luajit,$V),luajit,lua$V lua-$V lua$(subst .,,$V))
lua_include = /usr/include/$(if $(filter luajit,$V),luajit-2.1,lua$V)
LUA ?= $(shell for n in $(addprefix $(if $(LUA_BINDIR),$(LUA_BINDIR)/),$(lua_names) lua); do \
	command -v $$n && break; done)
lua_cflags = $(if $(LUA_INCDIR),-I$(LUA_INCDIR),$(shell for n in $(lua_names); do \
	$(PKG_CONFIG) --cflags $$n 2>/dev/null && exit; done; echo -I$(lua_include)))
crypto_libs = $(shell $(PKG_CONFIG) --libs libcrypto 2>/dev/null || echo -lcrypto)
curl_cflags = $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
curl_libs = $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)

# Ours: kept apart, so that CFLAGS from outside replaces none of it.
warnings = -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wwrite-strings \
	-Wcast-qual
own_cflags = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(warnings)

# Rings 0 and 1 know no Lua: they are compiled once, the binding once for each.
core_sources = $(wildcard src/api/*.c src/core/*.c)
lua_sources = $(filter-out src/lua/engine%,$(wildcard src/lua/*.c))
core_objects = $(core_sources:src/%.c=$(BUILD)/obj/%.o)
lua_objects = $(lua_sources:src/%.c=$(BUILD)/$V/obj/%.o)
core_so = $(BUILD)/$V/stripe/core.so

# libcurl is in a shared object of its own, which loads at the first call over the wire.
engine_sources = $(wildcard src/engine/*.c)
engine_lua_sources = $(wildcard src/lua/engine*.c)
engine_objects = $(engine_sources:src/%.c=$(BUILD)/obj/%.o)
engine_lua_objects = $(engine_lua_sources:src/%.c=$(BUILD)/$V/obj/%.o)
engine_so = $(BUILD)/$V/stripe/engine.so

all: $(core_so) $(engine_so)

$(core_so): $(core_objects) $(lua_objects)
	@mkdir -p $(@D)
	$(CC) $(LIBFLAG) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(crypto_libs) -ldl

$(engine_so): $(core_objects) $(engine_objects) $(engine_lua_objects)
	@mkdir -p $(@D)
	$(CC) $(LIBFLAG) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(curl_libs) $(crypto_libs) -lpthread -ldl

$(engine_objects) $(engine_lua_objects): own_cflags += $(curl_cflags)

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(own_cflags) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/$V/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(own_cflags) $(lua_cflags) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(core_objects:.o=.d) $(lua_objects:.o=.d)
-include $(engine_objects:.o=.d) $(engine_lua_objects:.o=.d)

demo:
	@scripts/deps build $V
	@$(MAKE) --no-print-directory --silent all demo-run

demo-run:
	@LUA_PATH="./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./$(BUILD)/$V/?.so;;" \
		$(LUA) examples/demo.lua

# Everything, for every Lua that can be had here; ends with `N passed, N failed`.
test:
	@MAKE="$(MAKE)" scripts/test

# The specs for one Lua: make test-luajit, make test-5.1 SPEC=spec/core.
test-%:
	@$(MAKE) --no-print-directory --silent V=$* all specs

specs:
	busted --lua="$(LUA)" --cpath="./$(BUILD)/$V/?.so" $(SPEC_FLAGS) $(SPEC)

# The specs that stay in one process, with a core that watches its own memory, and inside valgrind.
# Those of the simulator's hosts are left out: the libraries that stripe-sim stands on leak, and
# nginx is another process.
memory_specs = spec/api spec/core spec/lua spec/transport spec/wire_spec.lua \
	spec/examples_spec.lua \
	$(filter-out spec/simulator/server spec/simulator/resty_spec.lua,$(wildcard spec/simulator/*))
asan valgrind: SPEC ?= $(memory_specs)
asan valgrind: export SPEC := $(SPEC)

asan:
	@scripts/deps build $V busted
	@$(MAKE) --no-print-directory --silent BUILD=$(BUILD)/asan \
		CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined" all
	@LUA_PROGRAM="$(LUA)" $(MAKE) --no-print-directory --silent BUILD=$(BUILD)/asan \
		LUA=scripts/lua-asan specs

valgrind:
	@scripts/deps build $V busted valgrind
	@$(MAKE) --no-print-directory --silent all
	@LUA_PROGRAM="$(LUA)" $(MAKE) --no-print-directory --silent LUA=scripts/lua-valgrind specs

# What strangers send, under libFuzzer: make fuzz FUZZ_SECONDS=600.
FUZZ_SECONDS ?= 30
fuzz_programs = $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/*.c))

$(BUILD)/fuzz/%: fuzz/%.c $(core_sources)
	@mkdir -p $@.corpus
	clang $(own_cflags) -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o $@ $^ $(crypto_libs)

fuzz: $(fuzz_programs)
	@for program in $^; do \
		$$program -max_total_time=$(FUZZ_SECONDS) -max_len=9000 -dict=fuzz/$${program##*/}.dict \
			-artifact_prefix=$$program- $$program.corpus || exit 1; \
	done

# The type stubs for editors, written from the catalogue.
types: all
	@LUA_PATH="./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./$(BUILD)/$V/?.so;;" $(LUA) -e \
		'io.open("lua/stripe/types/catalogue.lua", "wb"):write(dofile("scripts/types.lua"))'

# The official Node SDK and the Stripe CLI against the simulator, behind a port and inside nginx.
interop:
	@scripts/deps build luajit server nginx
	@$(MAKE) --no-print-directory --silent V=luajit all
	@interop/run

# The pages of examples/nginx in headless Chromium.
browser:
	@scripts/deps build luajit server nginx
	@$(MAKE) --no-print-directory --silent V=luajit all
	@browser/run

# This library beside its peers, against a local nginx; then inside nginx. Both write their part of
# bench/results.md.
bench: bench-plain bench-nginx

bench-plain:
	@scripts/deps build $V bench luajit server nginx
	@$(MAKE) --no-print-directory --silent all
	@$(MAKE) --no-print-directory --silent V=luajit all
	@PATH="$$PATH:/usr/sbin" BENCH_LUA="$(LUA)" \
		BENCH_NODE_MODULES="$$(CC="$(CC)" bench/prepare $(lua_cflags))" \
		LUA_PATH="./?.lua;./lua/?.lua;./lua/?/init.lua;;" \
		LUA_CPATH="./$(BUILD)/$V/?.so;./$(BUILD)/bench/?.so;;" $(LUA) bench/run.lua

bench-nginx:
	@scripts/deps build luajit nginx bench
	@$(MAKE) --no-print-directory --silent V=luajit all
	@mkdir -p $(BUILD)/bench
	@$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O2 -o $(BUILD)/bench/nginx_load bench/nginx/load.c
	@$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O2 -o $(BUILD)/bench/nginx_alone \
		bench/nginx/alone.c -lcurl
	@PATH="$$PATH:/usr/sbin" BENCH_LUA=luajit \
		LUA_PATH="./?.lua;./lua/?.lua;./lua/?/init.lua;;" LUA_CPATH="./$(BUILD)/luajit/?.so;;" \
		luajit bench/nginx/run.lua

lint:
	@scripts/lint

check-exports: all
	@scripts/exports $(core_so) $(engine_so)

# A bare `luarocks make` in a copy of the tree, and what it installs loaded.
rock:
	@scripts/rock

deps:
	@scripts/deps test

install: all
	install -d "$(DESTDIR)$(INST_LIBDIR)/stripe"
	install -m 755 $(core_so) "$(DESTDIR)$(INST_LIBDIR)/stripe/core.so"
	install -m 755 $(engine_so) "$(DESTDIR)$(INST_LIBDIR)/stripe/engine.so"
	cd lua && find stripe -name '*.lua' | while read -r file; do \
		install -d "$(DESTDIR)$(INST_LUADIR)/$$(dirname "$$file")" && \
		install -m 644 "$$file" "$(DESTDIR)$(INST_LUADIR)/$$file" || exit 1; done
	install -d "$(DESTDIR)$(INST_BINDIR)"
	install -m 755 bin/* "$(DESTDIR)$(INST_BINDIR)"

clean:
	rm -rf $(BUILD) stripe src/*/*.o

.PHONY: all bench bench-plain bench-nginx demo demo-run test specs asan valgrind fuzz types interop browser lint check-exports rock deps install clean
