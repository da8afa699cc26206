package config

import "time"

// Server is a server line.
type Server struct {
	Pos     Pos
	Name    string
	ID      int // 0: not set
	Address Address
	Host    string // the host as written when it is a name to resolve, else ""
	ServerParams
}

// ServerParams is what server and default-server lines share (manual 5.2).
type ServerParams struct {
	Weight    int  // 1 when not set; at most 256
	Backup    bool //
	Disabled  bool
	Check     bool
	Maxconn   int // 0: no limit
	Minconn   int // 0: as Maxconn
	Maxqueue  int // 0: no limit
	Inter     time.Duration
	FastInter time.Duration // 0: as Inter
	DownInter time.Duration // 0: as Inter
	Rise      int
	Fall      int
	CheckPort int      // 0: the server's
	CheckAddr *Address // nil: the server's
	CheckHost string   // host name of CheckAddr, when it is a name
}

// The defaults of the manual 5.2.
func defaultServerParams() ServerParams {
	return ServerParams{Weight: 1, Inter: 2 * time.Second, Rise: 2, Fall: 3}
}
