// Package version says which program this is, and which version of HAProxy it behaves like.
//
// Scripts ask for the version with "-v", "show info" and "version_atleast()" and expect HAProxy's numbering, because
// the configuration language is numbered by it. So every version string begins with the version of the reference whose
// manuals Sluice follows, and goes on with Sluice's own.
package version

// Sluice's own version, and the version of the reference that it is compatible with.
const (
	Sluice    = "0.1.0"
	Reference = "3.4.0"
	Branch    = "3.4"
	Date      = "2026/11/22" // of the latest change, in the reference's form
	Product   = "Sluice"
	URL       = "https://github.com/sluice-proxy/sluice"
)

// String is the version for "-vq", "show version", "show info", "show proc" and HAPROXY_STARTUP_VERSION.
const String = Reference + "-sluice" + Sluice
