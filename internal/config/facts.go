package config

import "github.com/sluice-proxy/sluice/internal/version"

// Facts are what conditions may ask about the program (manual 2.4).
type Facts struct {
	// Version is the version of the language, as version_atleast and
	// version_before compare it: "3.4.0", "3.4-dev5".
	Version  string
	Features []string // names of the features present, as after a '+' in -vv
	Enabled  []string // options enabled at run time: EPOLL, SPLICE …
	// SSLName and SSLVersion are those of the TLS library; "" without TLS, and
	// then every question about it is answered with no.
	SSLName, SSLVersion string
}

// Version is the version of HAProxy whose language this package speaks.
const Version = "3.4.0"

// Branch is the branch of Version, as HAPROXY_BRANCH tells it.
const Branch = "3.4"

// DefaultFacts are the facts about this program as it is built now.
func DefaultFacts() *Facts {
	return &Facts{
		Version:  Version,
		Features: version.Present(),
		Enabled:  []string{"EPOLL", "FAST-FORWARD", "GETADDRINFO", "REUSEPORT", "SPLICE"},
	}
}
