package config

import "time"

// Bind is one concrete address of a bind or stats socket line: port ranges and
// comma lists are expanded (manual 4.2 "bind", 5.1).
type Bind struct {
	Pos     Pos
	Address Address
	Name    string
	ID      int // 0: not set
	Maxconn int // 0: not set
	Backlog int // 0: not set

	AcceptProxy bool

	// Of UNIX listeners. UID and GID -1: not set; User and Group are names still
	// to be looked up. Mode 0: not set.
	Mode        uint32
	User, Group string
	UID, GID    int

	V4V6, V6Only bool
	Interface    string
	Transparent  bool
	DeferAccept  bool
	TFO          bool
	MSS          int           // 0: not set
	UserTimeout  time.Duration // tcp-ut
	Nice         int
	Shards       int    // 0: not set, which is 1; -1 by-thread; -2 by-group
	Thread       string // as written, "" not set
	Label        string
	GUIDPrefix   string

	// Of stats sockets.
	Level           string // user, operator, admin; "" not set
	ExposeListeners bool   // expose-fd listeners
	SeverityOutput  string // none, number, string
}
