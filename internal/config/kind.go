package config

// Kind tells proxy sections apart.
type Kind uint8

const (
	KindDefaults Kind = iota
	KindFrontend
	KindBackend
	KindListen
)

// IsFrontend says whether clients can connect to a proxy of that kind.
func (k Kind) IsFrontend() bool { return k == KindFrontend || k == KindListen }

// IsBackend says whether a proxy of that kind can have servers.
func (k Kind) IsBackend() bool { return k == KindBackend || k == KindListen }

// String returns the section's keyword.
func (k Kind) String() string {
	return [...]string{"defaults", "frontend", "backend", "listen"}[k&3]
}

func (k Kind) section() Sections {
	return [...]Sections{InDefaults, InFrontend, InBackend, InListen}[k&3]
}

// Mode is the value of "mode".
type Mode uint8

const (
	ModeTCP Mode = iota
	ModeHTTP
)

// String returns the mode's keyword.
func (m Mode) String() string {
	if m == ModeHTTP {
		return "http"
	}
	return "tcp"
}
