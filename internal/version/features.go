package version

import "slices"

// The reference's build features that Sluice has. feature(NAME) in a configuration asks for these, so a name stands
// here only once what it promises works.
var have = []string{"ACCEPT4", "CPU_AFFINITY", "EPOLL", "GETADDRINFO", "HAVE_TCP_MD5SIG", "HAVE_WORKING_TCP_MD5SIG", "LINUX_CAP", "LINUX_SPLICE", "LINUX_TPROXY", "NS", "PRCTL", "TFO", "THREAD", "TPROXY"}

// The other names the reference knows.
var haveNot = []string{
	"51DEGREES", "ACME", "BACKTRACE", "CLOSEFROM", "CRYPT_H", "DEVICEATLAS", "DL", "ECH", "ENGINE", "EVPORTS",
	"FCGI", "H2", "KQUEUE", "KTLS", "LIBATOMIC", "LIBCRYPT", "LUA", "MATH",
	"MEMORY_PROFILING", "NETFILTER", "OBSOLETE_LINKER", "OPENSSL", "OPENSSL_AWSLC", "OPENSSL_WOLFSSL", "OT", "PCRE",
	"PCRE2", "PCRE2_JIT", "PCRE_JIT", "POLL", "PROCCTL", "PROMEX", "PTHREAD_EMULATION", "QUIC", "QUIC_OPENSSL_COMPAT",
	"RT", "SHM_OPEN", "SLZ", "SPOE", "SSL", "STATIC_PCRE", "STATIC_PCRE2", "THREAD_DUMP", "TRACE", "WURFL", "ZLIB",
}

// Features lists all features by name, each as "+NAME" or "-NAME".
func Features() []string {
	type named struct {
		name string
		on   bool
	}
	var all []named
	for _, n := range have {
		all = append(all, named{n, true})
	}
	for _, n := range haveNot {
		all = append(all, named{n, false})
	}
	slices.SortFunc(all, func(a, b named) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = "-" + f.name
		if f.on {
			out[i] = "+" + f.name
		}
	}
	return out
}

// Present lists the features that Sluice has, by name.
func Present() []string { return slices.Clone(have) }

// Feature is feature(name) of the configuration language.
func Feature(name string) bool { return slices.Contains(have, name) }
