package proxy

import "github.com/sluice-proxy/sluice/internal/sys"

// ConnOptions is how the connections of one side are treated, those of clients
// in a frontend, those to servers in a backend (manual 4.2).
type ConnOptions struct {
	KeepAlive   *sys.KeepAlive // clitcpka, srvtcpka; nil: off
	NoLinger    bool           // what is closed is reset
	NoDelay     bool           // http-no-delay
	Independent bool           // independent-streams
	// What goes up, or down, is spliced from the first byte.
	SpliceUp, SpliceDown bool
	SpliceAuto           bool // bodies are, of who sends much
}
